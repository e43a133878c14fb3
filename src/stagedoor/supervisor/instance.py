"""One instance for each data directory: the lock, and what others may know of the one that runs."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from stagedoor.domain.errors import ConflictError, InvalidError
from stagedoor.settings import ServerSettings, Settings

MAX_SOCKET_PATH = 103
"""Bytes: the room for a path in a Unix socket's address on macOS; Linux has 107."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A running instance.

    Attributes:
        pid: The supervisor's process.
        urls: Roots of the pages, for links; the first is the one for this machine.
    """

    pid: int
    urls: tuple[str, ...] = ()


@contextmanager
def only_instance(server: ServerSettings) -> Iterator[None]:
    """Hold the lock of the data directory.

    Raises:
        ConflictError: Another process holds it.
        InvalidError: The directory cannot be used.
    """
    if len(os.fsencode(server.relay_socket)) > MAX_SOCKET_PATH:
        raise _unusable(server.data_dir, "its name is too long for a socket in it")
    try:
        # `mode` counts for the last folder only, and names of guests are in this one.
        server.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        server.run_dir.mkdir(exist_ok=True, mode=0o700)
        server.media_dir.mkdir(exist_ok=True, mode=0o700)
        lock = os.open(_lock_file(server), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(server.data_dir, error.strerror or str(error)) from error
    try:
        _take(lock, server.data_dir)
        yield
    finally:
        os.close(lock)


def running(server: ServerSettings) -> Instance | None:
    """Return the instance that holds the lock; None if nobody does."""
    try:
        lock = os.open(_lock_file(server), os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _known(server) or Instance(_holder(lock))
    finally:
        os.close(lock)
    return None


def running_settings(server: ServerSettings) -> Settings | None:
    """Return the settings of the running instance, which its command line may have changed."""
    if running(server) is None:
        return None
    try:
        return Settings.model_validate_json(snapshot_file(server).read_bytes())
    except (OSError, ValueError):
        return None


def snapshot_file(server: ServerSettings) -> Path:
    """Where the settings in force are written for our own processes."""
    return server.run_dir / "settings.json"


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read, in one step."""
    beside = path.with_name(f".{path.name}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    beside.replace(path)


def announce(server: ServerSettings, instance: Instance) -> None:
    """Write down what other commands may know of this instance."""
    write_private(_instance_file(server), json.dumps(asdict(instance)))


def withdraw(server: ServerSettings) -> None:
    """Remove what `announce` wrote."""
    _instance_file(server).unlink(missing_ok=True)
    snapshot_file(server).unlink(missing_ok=True)


def _take(lock: int, data_dir: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConflictError(
            f"Stagedoor already runs with the data directory {data_dir} (process {_holder(lock)})",
            code="already_running",
            hint="Stop that one, or give this one a server.data_dir of its own.",
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


def _known(server: ServerSettings) -> Instance | None:
    try:
        stored = json.loads(_instance_file(server).read_bytes())
        return Instance(int(stored["pid"]), tuple(str(url) for url in stored["urls"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _instance_file(server: ServerSettings) -> Path:
    return server.run_dir / "instance.json"


def _lock_file(server: ServerSettings) -> Path:
    return server.run_dir / "lock"


def _holder(lock: int) -> int:
    text = os.pread(lock, 20, 0)
    return int(text) if text.isdigit() else 0


def _unusable(data_dir: Path, why: str) -> InvalidError:
    return InvalidError(
        f"the data directory {data_dir} cannot be used: {why}",
        code="data_dir_unusable",
        hint="server.data_dir must be a directory that this user may write to.",
    )
