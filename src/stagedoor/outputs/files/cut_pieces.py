"""Which pieces have what a cut log's lines show: a line is written at once, and may be older than its piece.

A guest's pieces are the relay's, other sources' the mixer's, and all that either knows of the other's is what
stands beside the files. A piece is made up to half a second after its first picture.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from stagedoor.domain.recording import CUTS, PieceState, is_piece_name
from stagedoor.ipc.cuts import Cut, Moment
from stagedoor.ipc.recording import PieceStatus
from stagedoor.outputs.files.disk import replace_file

EARLY_MS: Final = 2000
"""A piece that begins with a burst says only later when its first picture came, and until then too late."""
LATE_MS: Final = 5000
"""A picture is shown so long after it came, at most: playout delay, and the last one of what has stalled."""
DRIFT: Final = 500e-6
"""By so much of a piece's length a sender's clock and ours may have parted."""


def placed(cut: Cut, pieces: Sequence[PieceStatus]) -> Cut:
    """Return a line with the pieces that have what its sources show, as far as they are known."""
    return cut.model_copy(
        update={"sources": tuple(_with_piece(each, cut.take_ms, pieces) for each in cut.sources)}
    )


def noted(folder: Path) -> list[PieceStatus]:
    """Return what stands beside the pieces of a take; raises `OSError` if the folder cannot be read."""
    found = []
    for path in folder.glob("*.json"):
        with suppress(OSError, ValidationError):
            piece = PieceStatus.model_validate_json(path.read_bytes())
            if is_piece_name(piece.file):
                found.append(piece)
    return found


def complete(folder: Path) -> None:
    """Write into a take's cut log the pieces that were not known when their lines were; raises `OSError`."""
    log = folder / CUTS
    if not log.exists():
        return
    before, pieces = log.read_bytes(), noted(folder)
    after = b"".join(_completed(line, pieces) + b"\n" for line in before.splitlines())
    if after != before:
        replace_file(log, after)


def _completed(line: bytes, pieces: Sequence[PieceStatus]) -> bytes:
    """Return a line with its pieces; one that a crash or the disk has spoiled stays as it is."""
    try:
        cut = Cut.model_validate_json(line)
    except ValidationError:
        return line
    found = placed(cut, pieces)
    return line if found == cut else found.model_dump_json().encode()


def _with_piece(moment: Moment, take_ms: int, pieces: Iterable[PieceStatus]) -> Moment:
    """Find the newest piece of a path whose picture of that time came shortly before it was shown.

    A picture from before all of them, as at a take's beginning, is so long before the first that follows it.
    """
    if not moment.path or moment.piece:
        return moment
    after: list[tuple[PieceStatus, int]] = []
    for piece in sorted(pieces, key=lambda each: -each.number):
        piece_ms = _piece_ms(moment, take_ms, piece)
        if piece.path != moment.path or piece_ms is None:
            continue
        if moment.path_ms is None and _is_over(piece, piece_ms):
            continue
        drifts_ms = DRIFT * max(0, take_ms - piece.offset_ms)
        if not -EARLY_MS - drifts_ms <= take_ms - piece.offset_ms - piece_ms <= LATE_MS + drifts_ms:
            continue
        if piece_ms >= 0:
            return _in_piece(moment, piece, piece_ms)
        after.append((piece, piece_ms))
    return _in_piece(moment, *after[-1]) if after else moment


def _piece_ms(moment: Moment, take_ms: int, piece: PieceStatus) -> int | None:
    """Return when in a piece a picture is; by its delay alone, where its own time is not the path's."""
    if moment.path_ms is not None:
        return moment.path_ms - piece.origin_ms
    return None if moment.delay_ms is None else take_ms - moment.delay_ms - piece.offset_ms


def _is_over(piece: PieceStatus, piece_ms: int) -> bool:
    """Whether a piece had ended before: a delay alone fits every piece that came before."""
    return piece.state is not PieceState.RECORDING and piece_ms > piece.duration_ms


def _in_piece(moment: Moment, piece: PieceStatus, piece_ms: int) -> Moment:
    return moment.model_copy(update={"piece": piece.file, "piece_ms": piece_ms})
