"""Lines of the cut log on their way to the disk, each with the pieces that are known by then."""

import logging
from collections import deque
from pathlib import Path
from typing import Final

from stagedoor.ipc.cuts import Cut
from stagedoor.ipc.recording import RecordingSpec
from stagedoor.outputs.files.cut_pieces import noted, placed

MOST_LINES: Final = 1000
"""Lines that wait; the oldest go first."""

logger = logging.getLogger(__name__)


class CutLines:
    """Keeps lines until they are written; filled in any thread, emptied in the recorder's.

    Attributes:
        dropped: Lines that were lost because too many waited.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, Cut]] = deque(maxlen=MOST_LINES)
        self.dropped = 0

    def add(self, take: str, cut: Cut) -> None:
        """Take a line for a take."""
        if len(self._waiting) >= MOST_LINES:
            self.dropped += 1
            if self.dropped == 1:
                logger.warning("The cut log loses lines: more than %d wait for the disk", MOST_LINES)
        self._waiting.append((take, cut))

    def ready(self, spec: RecordingSpec) -> list[str]:
        """Return the lines that wait; those of other takes are left out."""
        cuts: list[Cut] = []
        while self._waiting:
            take, cut = self._waiting.popleft()
            if take == spec.take:
                cuts.append(cut)
        has_paths = any(moment.path for cut in cuts for moment in cut.sources)
        pieces = noted(Path(spec.folder)) if has_paths else []
        return [placed(cut, pieces).model_dump_json() for cut in cuts]
