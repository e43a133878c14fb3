"""The disk that a take is on: what is left of it, and in which words it is refused."""

import errno
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stagedoor.domain.errors import StorageError
from stagedoor.ipc.recording import RecordingSpec

FULL_HINT = "Make room, or set recording.dir to another disk; recording.min_free_mb says how much stays free."
TAKE_HINT = "recording.max_take_gb says how large a take may become; the next take begins anew."
DIR_HINT = "recording.dir must be a folder that this program may write to."
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Room:
    """What a take has, and what is left, bytes."""

    take: int
    free: int


def free_bytes(folder: Path) -> int:
    """Return what is left for us on the folder's disk; raises `OSError`."""
    return shutil.disk_usage(folder).free


def check_room(folder: Path, min_free_bytes: int) -> int:
    """Return what is left on a disk; for a thread.

    Raises:
        StorageError: It is less than must stay free.
        OSError: The folder cannot be read.
    """
    free = free_bytes(folder)
    if free < min_free_bytes:
        raise StorageError(
            f"the disk of the recordings has {free // 1_000_000} MB left, and "
            f"{min_free_bytes // 1_000_000} MB must stay free (recording.min_free_mb)",
            code="disk_full",
            values={"free_mb": free // 1_000_000, "least_mb": min_free_bytes // 1_000_000},
            hint=FULL_HINT,
        )
    return free


def check_take(spec: RecordingSpec) -> Room:
    """Return what a take has and what is left; for a thread.

    Raises:
        StorageError: The disk is too full, or the take too large, to go on.
        OSError: The folder cannot be read.
    """
    folder = Path(spec.folder)
    free = check_room(folder, spec.min_free_bytes)
    taken = take_bytes(folder)
    if spec.max_bytes and taken >= spec.max_bytes:
        limit = spec.max_bytes // 1_000_000_000
        raise StorageError(
            f"the take has reached {limit} GB (recording.max_take_gb)",
            code="take_full",
            values={"most_gb": limit},
            hint=TAKE_HINT,
        )
    return Room(taken, free)


def take_bytes(folder: Path) -> int:
    """Return how large the files of a take are together; raises `OSError`."""
    with os.scandir(folder) as entries:
        return sum(_size(entry) for entry in entries)


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        # What is written beside a piece is replaced all the time.
        return 0


def refusal(error: OSError) -> StorageError:
    """Return what a failed write means for whoever records."""
    why = error.strerror or type(error).__name__
    if error.errno in FULL:
        return StorageError(f"the disk of the recordings is full ({why})", code="disk_full", hint=FULL_HINT)
    return StorageError(
        f"the recordings cannot be written: {why}", code="recordings_unwritable", hint=DIR_HINT
    )


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Add lines to a file, which is made where it is not there; raises `OSError`."""
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


def replace_file(path: Path, content: str | bytes) -> None:
    """Write a small file so that it is there whole, the old one or the new one; raises `OSError`."""
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(content.encode() if isinstance(content, str) else content)
    draft.replace(path)
