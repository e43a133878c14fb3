"""What timers show, frame by frame."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from stagedoor.domain.overlay import Timer
from stagedoor.domain.timer import SECOND_NS, TimerMode, written
from stagedoor.ipc.day import day_offset_ns
from stagedoor.mixer.clock import Clock


@dataclass(frozen=True, slots=True)
class _Timed:
    """A timer, and how its run's time of day is brought to the mixer's clock.

    That is looked at once for each start, pause and reset: whoever sets the machine's clock moves no timer.
    """

    timer: Timer
    offset_ns: int


class Times:
    """Knows what each timer shows in a frame; program's thread's own.

    Args:
        clock: When frames are due.
        offset: Gives what the time of day is ahead of the clock.
    """

    def __init__(self, clock: Clock, offset: Callable[[], int] = day_offset_ns) -> None:
        self._clock = clock
        self._offset = offset
        self._half_frame_ns = SECOND_NS // clock.frame_rate // 2
        self._timed: Mapping[str, _Timed] = {}

    def use(self, timers: Iterable[Timer]) -> None:
        """Have these timers, and no others."""
        now = self._offset()
        before = self._timed
        self._timed = {
            timer.id: _Timed(timer, self._kept(before.get(timer.id), timer, now)) for timer in timers
        }

    @staticmethod
    def _kept(before: _Timed | None, timer: Timer, now: int) -> int:
        if before is None or before.timer.run.moments != timer.run.moments:
            return now
        return before.offset_ns

    def day_ns(self, frame: int) -> int:
        """Return the time of day at which a frame is due, nanoseconds since the epoch."""
        return self._clock.frame_due_ns(frame) + self._offset()

    def text(self, timer: str, frame: int) -> str:
        """Return what a timer shows in a frame; nothing where there is no such timer."""
        timed = self._timed.get(timer)
        if timed is None:
            return ""
        if timed.timer.mode is TimerMode.CLOCK:
            return self._of_day(timed.timer, frame)
        return timed.timer.text(self._elapsed_ns(timed, frame))

    def over(self, frame: int) -> tuple[Timer, ...]:
        """Return the timers that have come to a zero at which they are to go."""
        return tuple(
            timed.timer
            for timed in self._timed.values()
            if timed.timer.is_over(self._elapsed_ns(timed, frame))
        )

    def _elapsed_ns(self, timed: _Timed, frame: int) -> int:
        # To the nearest frame: a second that begins with a frame is seen in that frame, and not in the next.
        due_ns = self._clock.frame_due_ns(frame) + self._half_frame_ns
        return timed.timer.run.elapsed_ns(due_ns + timed.offset_ns)

    def _of_day(self, timer: Timer, frame: int) -> str:
        now_ns = self._clock.frame_due_ns(frame) + self._half_frame_ns + self._offset()
        now = time.localtime(now_ns // SECOND_NS)
        seconds = now.tm_hour * 3600 + now.tm_min * 60 + min(now.tm_sec, 59)
        return written(seconds, timer.format, padded=True)
