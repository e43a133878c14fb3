"""Takes on the disk; everything here is for a thread.

A take is a folder of its own with its pieces, a note beside each of them, and a note of its own: `take.json`.
"""

import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from stagedoor.control.recording.answers import TakeView
from stagedoor.domain.errors import ConflictError, NotFoundError
from stagedoor.domain.recording import CUTS, PieceState, is_piece_name, is_take_id, take_id
from stagedoor.ipc.message import Message
from stagedoor.ipc.recording import PieceStatus
from stagedoor.outputs.files.disk import check_room, refusal, replace_file

NOTE = "take.json"
MAX_NOTE = 64 * 1024
MOST_A_SECOND = 100

M = TypeVar("M", bound=BaseModel)


class Take(Message):
    """What is known of a take beside its pieces: what is kept in the database while it runs, and beside it.

    Attributes:
        started_ns: When it began, on the monotonic clock.
        seen_ms: When it was known last that it runs.
        code: Why it ended by itself; empty where it was stopped.
    """

    take: str
    label: str = ""
    started_ms: int
    started_ns: int
    seen_ms: int = 0
    stopped_ms: int | None = None
    code: str = ""
    reason: str = ""


def make_take(root: Path, min_free_bytes: int, draft: Take) -> Take:
    """Make a take's folder; return the take with its id.

    Args:
        root: Folder of the recordings; made where it is not there.
        min_free_bytes: What must stay free.
        draft: The take without its id.

    Raises:
        StorageError: There is too little room, or the folder cannot be written.
        ConflictError: There are too many takes of this second.
    """
    with _refusing():
        root.mkdir(parents=True, exist_ok=True)
        check_room(root, min_free_bytes)
        for again in range(MOST_A_SECOND):
            take = draft.model_copy(update={"take": take_id(_date(draft.started_ms), again)})
            try:
                (root / take.take).mkdir()
            except FileExistsError:
                continue
            write_note(root, take)
            return take
    raise ConflictError("too many takes begin in this second", code="recording_runs")


def write_note(root: Path, take: Take) -> None:
    """Keep what is known of a take beside its pieces; raises `StorageError`."""
    with _refusing():
        replace_file(root / take.take / NOTE, take.model_dump_json())


def list_takes(root: Path, growing: Collection[tuple[str, str]]) -> tuple[TakeView, ...]:
    """Return what is there, the newest first.

    Args:
        root: Folder of the recordings.
        growing: Take and file of every piece that is being written.

    Raises:
        StorageError: The folder cannot be read.
    """
    with _refusing():
        try:
            with os.scandir(root) as entries:
                names = [each.name for each in entries if is_take_id(each.name) and _is_folder(each)]
        except FileNotFoundError:
            return ()
        return tuple(_take_view(root / name, growing) for name in sorted(names, reverse=True))


def read_take(root: Path, take: str, growing: Collection[tuple[str, str]]) -> TakeView:
    """Return a take; raises `NotFoundError` if there is no such one, `StorageError` if it cannot be read."""
    folder = _folder(root, take)
    with _refusing():
        return _take_view(folder, growing)


def delete_take(root: Path, take: str) -> None:
    """Delete a take with all of its files.

    Raises:
        NotFoundError: There is no such take.
        StorageError: It cannot be deleted.
    """
    folder = _folder(root, take)
    with _refusing():
        shutil.rmtree(folder)


def find_file(root: Path, take: str, file: str) -> Path:
    """Return a file of a take that may be downloaded; raises `NotFoundError` if there is no such one."""
    path = _folder(root, take) / file
    if (file != CUTS and not is_piece_name(file)) or not _is(path, stat.S_ISREG):
        raise NotFoundError(f"take {take} has no file {file}", code="recording_unknown")
    return path


def _folder(root: Path, take: str) -> Path:
    folder = root / take
    if not is_take_id(take) or not _is(folder, stat.S_ISDIR):
        raise NotFoundError(f"there is no take {take}", code="recording_unknown")
    return folder


def _take_view(folder: Path, growing: Collection[tuple[str, str]]) -> TakeView:
    known = _read(folder / NOTE, Take)
    pieces = tuple(sorted(_pieces(folder, growing), key=lambda each: (each.offset_ms, each.file)))
    stopped_ms = None if known is None else known.stopped_ms
    return TakeView(
        take=folder.name,
        label="" if known is None else known.label,
        started=None if known is None else _date(known.started_ms),
        stopped=None if stopped_ms is None else _date(stopped_ms),
        duration_ms=max((each.offset_ms + each.duration_ms for each in pieces), default=0),
        size=sum(each.size for each in pieces),
        pieces=pieces,
        code="" if known is None else known.code,
        reason="" if known is None else known.reason,
    )


def _pieces(folder: Path, growing: Collection[tuple[str, str]]) -> Iterator[PieceStatus]:
    with os.scandir(folder) as entries:
        found = [each for each in entries if is_piece_name(each.name) and each.is_file(follow_symlinks=False)]
    for entry in found:
        noted = _read((folder / entry.name).with_suffix(".json"), PieceStatus)
        if noted is None or noted.file != entry.name:
            path, _, number = entry.name.rpartition(".")[0].rpartition("-")
            noted = PieceStatus(file=entry.name, path=path, number=int(number))
        cut_off = noted.state is PieceState.RECORDING and (folder.name, entry.name) not in growing
        yield noted.model_copy(
            update={
                "size": entry.stat(follow_symlinks=False).st_size,
                "state": PieceState.INTERRUPTED if cut_off else noted.state,
            }
        )


def _read(path: Path, model: type[M]) -> M | None:
    """Return a note; None where there is none, or none that can be read."""
    try:
        with path.open("rb") as file:
            return model.model_validate_json(file.read(MAX_NOTE))
    except (OSError, ValidationError):
        return None


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    """Tell whether a path is there and of a kind; what leads elsewhere is not."""
    try:
        return kind(path.lstat().st_mode)
    except OSError:
        return False


def _date(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refusal(error) from error
