"""A clip's own time line, on which its pictures and its sound lie.

While the clip plays the line goes on with program's clock; otherwise it stands. Each place that is gone to,
by cue or seek, lies further on the line than anything before it, so that nothing of the place before is taken
for it; each round of a loop follows on the one before.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from stagedoor.domain.clip import ClipState

SAME_S: Final = 0.001
"""Times that are given in thousandths of a second may be meant for a picture that is so much later."""
APART_S: Final = 10.0
"""Between two places on the line."""
_LAPS: Final = 64


@dataclass(frozen=True, slots=True)
class Lap:
    """One way through the file: `line_s` on the line is `file_s` in the file."""

    line_s: float
    file_s: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip is to be.

    Attributes:
        number: Grows with each place.
        at_s: In the file; None is its in point.
        then: What it does there.
    """

    number: int
    at_s: float | None
    then: ClipState


@dataclass(slots=True)
class ClipLine:
    """Not for several threads at once.

    Attributes:
        begin_s: Where the newest place begins.
        top_s: Where what is decoded ends.
    """

    begin_s: float = 0.0
    top_s: float = 0.0
    _stand_s: float = 0.0
    _runs_from_s: float | None = None
    _laps: deque[Lap] = field(default_factory=lambda: deque(maxlen=_LAPS))

    @property
    def runs(self) -> bool:
        """Whether it goes on with program's clock."""
        return self._runs_from_s is not None

    def at(self, now_s: float) -> float:
        """Return where it is at a time of `time.monotonic()`."""
        return self._stand_s if self._runs_from_s is None else self._stand_s + now_s - self._runs_from_s

    def run(self, from_s: float) -> None:
        """Go on from this time of `time.monotonic()`."""
        self._runs_from_s = from_s

    def stand(self, at_s: float) -> None:
        """Stand at this place."""
        self._stand_s, self._runs_from_s = at_s, None

    def begin(self, file_s: float) -> Lap:
        """Begin another place, further on than anything before."""
        self.begin_s = self.top_s = self.top_s + APART_S
        return self.follow(self.begin_s, file_s)

    def follow(self, line_s: float, file_s: float) -> Lap:
        """Begin another round here."""
        self._laps.append(Lap(line_s, file_s))
        return self._laps[-1]

    def file_at(self, line_s: float) -> float:
        """Return which second of the file a place is."""
        lap = self.lap_at(line_s)
        return max(0.0, lap.file_s + line_s - lap.line_s)

    def lap_at(self, line_s: float) -> Lap:
        """Return the way through the file that a place is of."""
        found = (lap for lap in reversed(self._laps) if lap.line_s <= line_s + SAME_S)
        # Before all that is remembered there is nothing of the file.
        return next(found, Lap(line_s, 0.0))
