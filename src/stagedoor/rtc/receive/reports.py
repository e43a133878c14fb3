"""What a track's sender reports (RFC 3550 section 6.4.1) say of the sender's clock, and what to believe.

A report gives the wall clock's time of an RTP time stamp. Some senders date it by when they got round to
sending, which may be too late but is never too early. So of the last few the earliest counts, and one that is
far too late is believed only where the frames' arrival speaks for it as well: then the track has lost time.

All times are nanoseconds.
"""

from collections import deque
from enum import Enum, auto
from typing import Final

SECOND: Final = 1_000_000_000
HOLE: Final = SECOND // 10
"""A track this far behind the sender's clock has lost time for good."""
LEAP: Final = 2 * SECOND
"""A jump of a sender's own clock beyond this is a new clock."""
_AHEAD: Final = SECOND // 200
"""By so much more than a clock drifts from one report to the next: the ones before were dated too late."""
_EARLIEST_OF: Final = 3
_LEAPS: Final = 2
_OTHERS: Final = 4
"""So many reports that agree, one after the other, make a new clock of what the arrivals do not speak for."""


class Verdict(Enum):
    """What to do with a report."""

    DOUBTED = auto()
    """Nothing, for now."""
    USUAL = auto()
    """It goes with the ones before."""
    EARLIER = auto()
    """Those before were dated too late."""
    LOST = auto()
    """The track has lost time."""
    ANOTHER = auto()
    """The sender's clock is another one."""


class Reports:
    """Judges one track's reports.

    Attributes:
        offset: The sender's wall clock minus the stream's own time; None before the first report.
    """

    def __init__(self) -> None:
        self.offset: int | None = None
        self._last: deque[int] = deque(maxlen=_EARLIEST_OF)
        self._doubted: list[int] = []
        self._latest: int | None = None

    def forget(self) -> None:
        """Begin anew."""
        self.offset = None
        self._last.clear()
        self._doubted.clear()

    def arrived(self, late: int) -> None:
        """Take note of a frame, and by how much it came later than its place on the path's time line."""
        self._latest = late if self._latest is None else min(self._latest, late)

    def take(self, said: int) -> Verdict:
        """Judge what a report says the offset is, and believe it or not."""
        verdict = self._judge(said)
        if verdict is Verdict.DOUBTED:
            return verdict
        self._doubted.clear()
        if verdict is not Verdict.USUAL:
            self._last.clear()
        self._last.append(said)
        self.offset = min(self._last)
        return verdict

    def _judge(self, said: int) -> Verdict:
        further = 0 if self.offset is None else said - self.offset
        if -LEAP <= further <= HOLE:
            return Verdict.EARLIER if further < -_AHEAD else Verdict.USUAL
        if not self._doubted or abs(said - self._doubted[0]) > HOLE // 2:
            self._doubted, self._latest = [], None
        self._doubted.append(said)
        agree = len(self._doubted)
        if agree >= _OTHERS or (agree >= _LEAPS and abs(further) > LEAP):
            return Verdict.ANOTHER
        comes_later = self._latest is not None and self._latest > further - HOLE // 2
        return Verdict.LOST if agree >= _LEAPS and comes_later else Verdict.DOUBTED
