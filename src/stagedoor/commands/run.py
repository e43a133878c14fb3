"""`stagedoor run control|relay|mixer|guest|probe`: one of the processes that the program starts."""

import logging
import sys
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from stagedoor import garbage
from stagedoor.domain.errors import InvalidError, StagedoorError
from stagedoor.exits import exit_code
from stagedoor.open_files import allow_all
from stagedoor.secrets import Secrets, load_or_create, secret_texts
from stagedoor.settings import Settings, load
from stagedoor.telemetry.logging import configure

log = logging.getLogger(__name__)


def run(process: str, config: Path | None, snapshot: Path | None, parent: int | None) -> int:
    """Run a process until it is told to end, and return its exit code.

    Args:
        process: `control`, `relay` or `mixer`; `guest` and `probe` read all that
            they must know from their standard input.
        config: The settings file.
        snapshot: The settings that the supervisor has read, in place of the file and the environment.
        parent: The process without which this one must not live.
    """
    if parent is not None:
        from stagedoor.supervisor.lifeline import hold

        hold(parent)
    if process in ("guest", "probe"):
        return _run_by_order(process)
    allow_all()
    settings = load(config).settings if snapshot is None else _read(snapshot)
    secrets = load_or_create(settings.server.data_dir, settings)
    configure(settings.log, process, secrets=secret_texts(settings, secrets))
    sys.excepthook = _log_bug
    try:
        return _main(process, settings, secrets)
    except StagedoorError as error:
        failure = error
    words = ". ".join(filter(None, (failure.message, failure.hint)))
    log.error("%s", words, extra={"fields": {"code": failure.code}})
    return exit_code(failure)


def _run_by_order(process: str) -> int:
    """Run a process that needs no settings."""
    if process == "guest":
        from stagedoor.synthetic.main import run as run_guest

        return run_guest()
    from stagedoor.probe.main import run as run_probe

    return run_probe()


def _log_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write what nobody caught in the form of the log, without the secrets that it may hold."""
    log.critical("The process ends by a failure that nobody expected", exc_info=(kind, error, trace))


def _main(process: str, settings: Settings, secrets: Secrets) -> int:
    garbage.wait()
    if process == "control":
        from stagedoor.control.main import run as run_control

        return run_control(settings, secrets)
    if process == "mixer":
        from stagedoor.mixer.main import run as run_mixer

        return run_mixer(settings, secrets)
    from stagedoor.relay.main import run as run_relay

    return run_relay(settings, secrets)


def _read(snapshot: Path) -> Settings:
    try:
        return Settings.model_validate_json(snapshot.read_bytes())
    except (OSError, ValidationError) as error:
        raise InvalidError(f"{snapshot}: is not what the supervisor wrote", code="bad_settings") from error
