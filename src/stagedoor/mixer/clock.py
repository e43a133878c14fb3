"""The mixer's one clock: frame and sample numbers, and when they are due."""

import threading
import time
from dataclasses import dataclass
from typing import Final

SAMPLE_RATE: Final = 48_000
_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    """Counts program frames and samples from one instant on.

    Attributes:
        started_ns: When frame 0 and sample 0 are due, nanoseconds of `time.monotonic_ns()`.
        frame_rate: Program frames a second.
    """

    started_ns: int
    frame_rate: int

    def frame_due_ns(self, frame: int) -> int:
        """When a program frame is due."""
        return self.started_ns + frame * _NS // self.frame_rate

    def sample_due_ns(self, sample: int) -> int:
        """When a program sample is due."""
        return self.started_ns + sample * _NS // SAMPLE_RATE

    def ticks_due_ns(self, ticks: int, clock_rate: int) -> int:
        """When a time of program is due that is given in ticks."""
        return self.started_ns + ticks * _NS // clock_rate

    def frame_of(self, ticks: int, clock_rate: int) -> int:
        """The number of the program frame whose time is given in ticks, which are rounded."""
        return (2 * ticks * self.frame_rate + clock_rate) // (2 * clock_rate)

    def frame_at(self, now_ns: int) -> int:
        """The number of the newest frame that is due; negative before the first."""
        return (now_ns - self.started_ns) * self.frame_rate // _NS

    def block_at(self, now_ns: int, samples: int) -> int:
        """The number of the newest block of so many samples that is due to its end; negative before."""
        return (now_ns - self.started_ns) * SAMPLE_RATE // _NS // samples - 1


def sleep_until(due_ns: int, stop: threading.Event) -> bool:
    """Wait until an instant of `time.monotonic_ns()`; returns False at once when `stop` is set.

    `Event.wait` may wake early on a coarse timer, so what is left is slept.
    """
    while (left := due_ns - time.monotonic_ns()) > 0:
        if left > 2_000_000:
            if stop.wait((left - 1_000_000) / _NS):
                return False
        else:
            time.sleep(left / _NS)
    return not stop.is_set()
