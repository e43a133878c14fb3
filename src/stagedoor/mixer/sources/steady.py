"""Times of a file's tracks that go on evenly, whatever the file's own do."""

from collections.abc import Hashable, Mapping
from math import inf
from typing import Final, TypeVar

BACKWARDS_S: Final = 1.0
FORWARD_S: Final = 10.0
"""A track's time that goes back or forward by more than this goes on where it was, unless it is right."""
ALIKE_S: Final = 1.2
"""Tracks of a file that jump by the same time, but for so much, keep their relation to each other."""

K = TypeVar("K", bound=Hashable)


def leaps(track: K, time_s: float, ends: Mapping[K, float], until_s: float, gap_s: float) -> bool:
    """Tell whether a track's time leaps forward without a reason.

    A picture may stand for long, and sound pause: then the other track has gone on meanwhile. Where there is
    no other, the file itself says how long it is.

    Args:
        track: Which.
        time_s: Its new time.
        ends: Where what has come of each track ends.
        until_s: Where the file ends, as it says itself.
        gap_s: What is no leap.
    """
    if time_s - ends.get(track, time_s) <= gap_s:
        return False
    others = [end_s for other, end_s in ends.items() if other != track]
    return time_s - gap_s > max(others) if others else time_s > until_s


class Steady:
    """Moves the times of one way through a file, or of a stream.

    Args:
        end_s: Where it begins.
        until_s: Where it ends, as the file says; minus infinity where it says nothing.
        forward_s: What is no leap forward.
        alike_s: How much tracks that jump together may differ in it, to keep their relation.

    Attributes:
        end_s: Where what has come ends.
    """

    def __init__(
        self,
        end_s: float = 0.0,
        until_s: float = -inf,
        forward_s: float = FORWARD_S,
        alike_s: float = ALIKE_S,
    ) -> None:
        self.end_s = end_s
        self._until_s = until_s
        self._forward_s = forward_s
        self._alike_s = alike_s
        self._ends: dict[Hashable, float] = {}
        self._shifts: dict[Hashable, float] = {}

    @property
    def newest_s(self) -> float:
        """Where the track that has come furthest is now."""
        return max(self._ends.values(), default=0.0)

    def at(self, track: Hashable, time_s: float, lasts_s: float) -> float:
        """Return when something of a track comes that lasts so long."""
        shift_s = self._shifts.get(track, 0.0)
        end_s = self._ends.get(track, time_s)
        goes_back = time_s + shift_s - end_s < -BACKWARDS_S
        if goes_back or leaps(track, time_s + shift_s, self._ends, self._until_s, self._forward_s):
            shift_s = end_s - time_s
            for other_s in self._shifts.values():
                if abs(other_s - shift_s) <= self._alike_s:
                    shift_s = other_s
            self._shifts[track] = shift_s
        self._ends[track] = time_s + shift_s + lasts_s
        self.end_s = max(self.end_s, self._ends[track])
        return time_s + shift_s
