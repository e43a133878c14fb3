"""Reading in its own time what comes as fast as it is read, or in bursts."""

import threading
import time
from typing import Final

from av.container import InputContainer

AHEAD_S: Final = 0.2
"""How far it is read ahead of the time at which it is due."""
LATE_S: Final = 1.0
"""What is later than this is not caught up with: its time begins anew."""
BACKWARDS_S: Final = 1.0
"""A track whose time goes back by more than this, or forward by more than a gap, goes on where it was."""
SOUND_GAP_S: Final = 1.0
PICTURE_GAP_S: Final = 10.0
"""The longest gaps: pictures alone may be as rare as they like, sound is there all the time."""


def has_end(container: InputContainer) -> bool:
    """Whether a server's stream is a whole film, which is sent as fast as it is read."""
    return _is_http(container) and bool(container.duration and container.duration > 0)


def comes_in_bursts(container: InputContainer) -> bool:
    """Whether a server's stream comes in pieces of some seconds each."""
    return container.format.name == "hls"


def _is_http(container: InputContainer) -> bool:
    return container.name.startswith(("http://", "https://"))


class Pacer:
    """Lets packets through no sooner than they are due by their own times.

    Args:
        stop: Ends a wait.
        gap_s: The longest time from a track's packet to the next.
    """

    def __init__(self, stop: threading.Event, gap_s: float) -> None:
        self._stop = stop
        self._gap_s = gap_s
        self._origin_s: float | None = None
        self._ends: dict[int, float] = {}
        self._shifts: dict[int, float] = {}

    def wait(self, track: int, at_s: float, duration_s: float) -> None:
        """Return when a track's packet of this time is due, or as soon as `stop` is set."""
        now_s = time.monotonic()
        line_s = self._continued(track, at_s, duration_s)
        if self._origin_s is None or now_s - self._origin_s - line_s > LATE_S:
            self._origin_s = now_s - line_s
        self._stop.wait(max(0.0, self._origin_s + line_s - AHEAD_S - now_s))

    def _continued(self, track: int, at_s: float, duration_s: float) -> float:
        """Return a time that goes on evenly, whatever the track's own does."""
        shift_s = self._shifts.get(track, 0.0)
        end_s = self._ends.get(track, at_s + shift_s)
        if not -BACKWARDS_S <= at_s + shift_s - end_s <= self._gap_s:
            shift_s = self._shifts[track] = end_s - at_s
        self._ends[track] = at_s + shift_s + duration_s
        return at_s + shift_s
