"""Times of a file's tracks that go on evenly, whatever the file's own do."""

from typing import Final

BACKWARDS_S: Final = 1.0
FORWARD_S: Final = 10.0
"""A track's time that goes back or forward by more than this goes on where it was."""
ALIKE_S: Final = 1.2
"""Tracks that jump by the same time, but for so much, keep their relation to each other."""


class Steady:
    """Moves the times of one way through a file.

    Args:
        end_s: Where it begins.

    Attributes:
        end_s: Where what has come ends.
    """

    def __init__(self, end_s: float) -> None:
        self.end_s = end_s
        self._ends: dict[str, float] = {}
        self._shifts: dict[str, float] = {}

    def at(self, track: str, time_s: float, lasts_s: float) -> float:
        """Return when something of a track comes that lasts so long."""
        shift_s = self._shifts.get(track, 0.0)
        end_s = self._ends.get(track, time_s)
        if not -BACKWARDS_S <= time_s + shift_s - end_s <= FORWARD_S:
            shift_s = end_s - time_s
            for other_s in self._shifts.values():
                if abs(other_s - shift_s) <= ALIKE_S:
                    shift_s = other_s
            self._shifts[track] = shift_s
        self._ends[track] = time_s + shift_s + lasts_s
        self.end_s = max(self.end_s, self._ends[track])
        return time_s + shift_s
