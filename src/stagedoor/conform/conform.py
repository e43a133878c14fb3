"""Conforming a take: its pieces rendered at program's rate into a folder beside it, with an edit list."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import av
from pydantic import ValidationError

from stagedoor.conform.clips import clip_of
from stagedoor.conform.copies import render
from stagedoor.conform.recut import Copy, recut
from stagedoor.conform.timeline import timeline, write
from stagedoor.control.recording.answers import TakeView
from stagedoor.control.recording.takes import read_take
from stagedoor.domain.errors import ConflictError, MediaError
from stagedoor.domain.ids import PROGRAM, SECOND
from stagedoor.domain.recording import CUTS
from stagedoor.ipc.cuts import Cut
from stagedoor.outputs.files.cut_pieces import placed
from stagedoor.outputs.files.disk import FULL, check_room, refusal

SUFFIX: Final = "-conformed"
_DRAFT: Final = ".part"


def conform(
    root: Path,
    take: str,
    media: Path,
    min_free_bytes: int,
    say: Callable[[str], None],
    *,
    force: bool = False,
) -> Path:
    """Render a take that is over; return the folder that has its copies and its edit list.

    Args:
        root: Folder of the recordings.
        take: The take's id.
        media: Folder of the clips, which the edit list names where they are.
        min_free_bytes: What stays free on the disk.
        say: Gets a line for each file that is done.
        force: Whether a result that is there already is replaced.

    Raises:
        NotFoundError: There is no such take.
        ConflictError: It has no program or no cut log, or there is a result already.
        StorageError: There is no room, or the folder cannot be written.
    """
    view = read_take(root, take, ())
    result = root / f"{take}{SUFFIX}"
    if not force:
        _require_none(result)
    with _drafted(result) as draft:
        check_room(root, min_free_bytes)
        cuts = _read_cuts(root / take, view)
        copies = _render_all(root / take, view, draft, cuts[-1].frame_rate, min_free_bytes, say)
        copies |= _clips(cuts, media, result, say)
        program = [piece for piece in view.pieces if piece.path == PROGRAM]
        built = timeline(view.label or take, recut(cuts, program, copies), f"../{take}")
        write(built, draft / f"{take}.otio")
        say(f"{take}.otio")
    return result


def _render_all(
    folder: Path, view: TakeView, draft: Path, rate: int, min_free_bytes: int, say: Callable[[str], None]
) -> dict[str, Copy]:
    """Render the pieces; return their copies by file. One that cannot be read costs the others nothing."""
    copies = {}
    for piece in view.pieces:
        # What is cut already is no material.
        if piece.path in (PROGRAM, SECOND) or not piece.tracks:
            continue
        target = draft / Path(piece.file).with_suffix(".mov").name
        try:
            copy = render(folder / piece.file, piece, target, rate, lambda: check_room(draft, min_free_bytes))
        except (av.error.FFmpegError, MediaError) as error:
            if isinstance(error, OSError) and error.errno in FULL:
                raise
            target.unlink(missing_ok=True)
            say(f"{piece.file}: cannot be read, left out")
            continue
        copies[piece.file] = copy
        say(f"{copy.file}: {copy.frames} frames")
    return copies


def _clips(cuts: list[Cut], media: Path, result: Path, say: Callable[[str], None]) -> dict[str, Copy]:
    """Return the clips that program showed, by their names in the media folder."""
    found = {}
    for name in sorted({moment.file for cut in cuts for moment in cut.sources if moment.file}):
        clip = clip_of(media, name, result, cuts[-1].frame_rate)
        if clip is None:
            say(f"{name}: is not among the media any more, or cannot be read, left out")
            continue
        found[name] = clip
        say(f"{name}: {clip.frames} frames, as it is")
    return found


def _require_none(result: Path) -> None:
    if result.exists():
        raise ConflictError(
            f"{result} is there already", code="conformed_already", hint="--force makes it anew."
        )


def _read_cuts(folder: Path, view: TakeView) -> list[Cut]:
    """Return the lines of the cut log; one that a crash or the disk has spoiled is left out."""
    has_program = any(piece.path == PROGRAM and piece.duration_ms for piece in view.pieces)
    try:
        lines = (folder / CUTS).read_bytes().splitlines()
    except FileNotFoundError:
        lines = []
    cuts = []
    for line in lines:
        try:
            cut = Cut.model_validate_json(line)
        except ValidationError:
            continue
        # A mixer that was killed has not written all that is known now.
        cuts.append(placed(cut, view.pieces))
    if not cuts or not has_program:
        raise ConflictError(
            "this take has no program, or no log of its cuts",
            code="take_without_cuts",
            hint="Only takes that the mixer recorded can be cut again.",
        )
    return cuts


@contextmanager
def _drafted(result: Path) -> Iterator[Path]:
    """Fill a folder that takes the result's place once it is whole; what fails leaves nothing behind."""
    draft = result.with_name(result.name + _DRAFT)
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o750)
        yield draft
        if result.exists():
            shutil.rmtree(result)
        draft.rename(result)
    except OSError as error:
        raise refusal(error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
