"""`stagedoor serve`: checks what can be checked, starts the processes, and keeps them running."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import TextIO

from stagedoor import __version__
from stagedoor.addresses import usable_addresses
from stagedoor.domain.errors import StagedoorError
from stagedoor.local_http import Endpoint, answers, server_endpoint
from stagedoor.secrets import Secrets, load_or_create, secret_texts
from stagedoor.settings import Loaded, ServerSettings, Settings, Tls
from stagedoor.supervisor import instance
from stagedoor.supervisor.child import Child, ChildSpec, Timing
from stagedoor.supervisor.ports import check_ports
from stagedoor.telemetry.logging import configure

log = logging.getLogger(__name__)

READY_EVERY_S = 0.02
ANSWER_WITHIN_S = 2.0
"""For a process that is busy rather than hung."""
ARENAS = "2"
"""Of glibc's malloc in a process: it would take up to eight for each core, and keep what each once had."""


def serve(loaded: Loaded, out: TextIO) -> None:
    """Run until a signal ends it.

    Args:
        loaded: The settings; all processes get exactly these, also when they start again.
        out: Where the banner goes once everything is ready.

    Raises:
        StagedoorError: It cannot start; nothing runs then.
    """
    settings = loaded.settings
    server = settings.server
    with instance.only_instance(server):
        secrets = load_or_create(server.data_dir, settings)
        configure(settings.log, "main", secrets=secret_texts(settings, secrets))
        check_ports(settings, "server", "hub", "osc")
        _renew(settings)
        instance.write_private(instance.snapshot_file(server), settings.model_dump_json())
        try:
            asyncio.run(supervise_all(_specs(settings), lambda: _ready(loaded, secrets, out)))
        finally:
            instance.withdraw(server)


async def supervise_all(
    specs: Sequence[ChildSpec], on_ready: Callable[[], Awaitable[None]], timing: Timing | None = None
) -> None:
    """Run the children until SIGINT, SIGTERM or SIGHUP; a second signal kills them.

    Raises:
        StagedoorError: A child cannot be brought up; the others have been ended.
    """
    children = [Child(spec, timing or Timing()) for spec in specs]
    stop = asyncio.Event()
    failure: StagedoorError | None = None
    with _signals(stop, children):
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(child.run(), name=child.spec.name) for child in children]
                tasks.append(group.create_task(_announce(children, on_ready), name="announce"))
                await stop.wait()
                for task in tasks:
                    task.cancel()
        except* StagedoorError as failures:
            failure = next(_leaves(failures))
    if failure is not None:
        raise failure


async def _announce(children: Sequence[Child], on_ready: Callable[[], Awaitable[None]]) -> None:
    for child in children:
        await (child.ready if child.spec.vital else child.tried).wait()
    await on_ready()


def _leaves(group: BaseExceptionGroup[StagedoorError]) -> Iterator[StagedoorError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


@contextlib.contextmanager
def _signals(stop: asyncio.Event, children: Sequence[Child]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def handle(number: signal.Signals) -> None:
        if stop.is_set():
            log.warning("%s again: the processes are killed", number.name)
            for child in children:
                child.kill()
        else:
            log.info("Stagedoor stops: %s", number.name)
            stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, handle, number)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _specs(settings: Settings) -> list[ChildSpec]:
    server = settings.server
    relay = _spec("relay", server, Endpoint(socket=server.relay_socket))
    control = _spec("control", server, server_endpoint(server))
    specs = [
        replace(relay, diagnose=lambda: check_ports(settings, "hub")),
        replace(control, prepare=lambda: _renew(settings), diagnose=lambda: check_ports(settings, "server")),
    ]
    if settings.mixer.runs:
        # Guests are met and published without it, so that it must not take the others along.
        specs.append(replace(_spec("mixer", server, Endpoint(socket=server.mixer_socket)), vital=False))
    return specs


def _spec(process: str, server: ServerSettings, endpoint: Endpoint) -> ChildSpec:
    return ChildSpec(
        process,
        _command(process, server),
        alive=lambda: answers(endpoint, "/healthz", ANSWER_WITHIN_S),
        environment=_environment(),
    )


def _environment() -> dict[str, str]:
    """Return ours for a process, which also says how it takes memory, unless ours says so."""
    return {"MALLOC_ARENA_MAX": ARENAS, **os.environ}


def _renew(settings: Settings) -> None:
    if settings.server.tls is Tls.OFF:
        return
    # Loading what makes certificates takes longer than everything else before the first child starts.
    from stagedoor.tls import prepare_certificate

    if prepare_certificate(settings.server):
        log.warning("A new certificate was made; browsers ask once more whether they may trust it")


def _command(process: str, server: ServerSettings) -> tuple[str, ...]:
    # -P: a folder of our name in the working directory is not us.
    python = (sys.executable, "-P", "-m", "stagedoor", "run", process)
    return (*python, "--parent", str(os.getpid()), "--snapshot", str(instance.snapshot_file(server)))


async def _ready(loaded: Loaded, secrets: Secrets, out: TextIO) -> None:
    """Print the banner as soon as control has found the relay."""
    endpoint = server_endpoint(loaded.settings.server)
    while not await answers(endpoint, "/readyz"):  # noqa: ASYNC110 - it is another process that gets ready
        await asyncio.sleep(READY_EVERY_S)
    await asyncio.to_thread(_announce_instance, loaded, secrets, out)


def _announce_instance(loaded: Loaded, secrets: Secrets, out: TextIO) -> None:
    # Loaded while the processes start, not before.
    from stagedoor.banner import Banner

    server = loaded.settings.server
    addresses = usable_addresses(server.host)
    banner = Banner(loaded.settings, secrets.operator_token, addresses, loaded.config)
    instance.announce(server, instance.Instance(os.getpid(), banner.roots))
    out.write(banner.text(__version__, out.encoding))
    out.flush()
