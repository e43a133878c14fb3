"""Lines of the cut log on their way to the disk: each waits until it is known which pieces have its pictures.

A guest's pieces are the relay's, and all that the mixer knows of them is what stands beside the files. A
piece is made up to half a second after its first picture, so that what a line shows may have no file yet.
"""

import logging
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from stagedoor.domain.recording import is_piece_name
from stagedoor.ipc.cuts import Cut, Moment
from stagedoor.ipc.recording import PieceStatus, RecordingSpec

MOST_LINES: Final = 1000
"""Lines that wait; the oldest go first."""
WAIT_S: Final = 2.0
"""How long a line waits for its pieces; then it is written as it is."""
EARLY_MS: Final = 2000
"""A piece that begins with a burst says only later when its first picture came, and until then too late."""
LATE_MS: Final = 5000
"""A picture is shown so long after it came, at most: playout delay, and the last one of what has stalled."""

logger = logging.getLogger(__name__)


class CutLines:
    """Keeps lines until they can be written; filled in any thread, emptied in the recorder's.

    Attributes:
        dropped: Lines that were lost because too many waited.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, float, Cut]] = deque(maxlen=MOST_LINES)
        self.dropped = 0

    def add(self, take: str, cut: Cut) -> None:
        """Take a line for a take."""
        if len(self._waiting) >= MOST_LINES:
            self.dropped += 1
            if self.dropped == 1:
                logger.warning("The cut log loses lines: more than %d wait for the disk", MOST_LINES)
        self._waiting.append((take, time.monotonic(), cut))

    def ready(self, spec: RecordingSpec, *, last: bool) -> list[str]:
        """Return the lines that can be written now, with `last` all; those of other takes are left out."""
        lines: list[str] = []
        has_paths = any(moment.path for _, _, cut in tuple(self._waiting) for moment in cut.sources)
        noted = _noted(Path(spec.folder)) if has_paths else []
        while self._waiting:
            take, since_s, cut = self._waiting[0]
            if take == spec.take:
                cut = placed(cut, noted)
                waits = any(each.path and not each.piece for each in cut.sources)
                if waits and not last and time.monotonic() - since_s < WAIT_S:
                    break
                lines.append(cut.model_dump_json())
            self._waiting.popleft()
        return lines


def placed(cut: Cut, pieces: Sequence[PieceStatus]) -> Cut:
    """Return a line with the pieces that have what its sources show, as far as they are known."""
    return cut.model_copy(
        update={"sources": tuple(_with_piece(each, cut.take_ms, pieces) for each in cut.sources)}
    )


def _with_piece(moment: Moment, take_ms: int, pieces: Iterable[PieceStatus]) -> Moment:
    """Find the newest piece of a path whose picture of that time came shortly before it was shown."""
    if moment.path_ms is None:
        return moment
    for piece in sorted(pieces, key=lambda each: -each.number):
        piece_ms = moment.path_ms - piece.origin_ms
        waited_ms = take_ms - piece.offset_ms - piece_ms
        if piece.path == moment.path and piece_ms >= 0 and -EARLY_MS <= waited_ms <= LATE_MS:
            return moment.model_copy(update={"piece": piece.file, "piece_ms": piece_ms})
    return moment


def _noted(folder: Path) -> list[PieceStatus]:
    """Return what stands beside the pieces of a take; raises `OSError` if the folder cannot be read."""
    found = []
    for path in folder.glob("*.json"):
        with suppress(OSError, ValidationError):
            piece = PieceStatus.model_validate_json(path.read_bytes())
            if is_piece_name(piece.file):
                found.append(piece)
    return found
