"""The time of day beside the clock that frames are counted by: what is kept of moments over restarts."""

import time
from typing import Final

TRIES: Final = 5


def day_offset_ns() -> int:
    """Return what the time of day is ahead of `time.monotonic_ns()`, in nanoseconds since the epoch.

    Both are read several times, and the closest pair counts: this thread may have to wait between the two.
    """
    pairs = (_pair() for _ in range(TRIES))
    return min(pairs)[1]


def _pair() -> tuple[int, int]:
    """Return how long it took to read both clocks, and their difference."""
    before_ns = time.monotonic_ns()
    day_ns = time.time_ns()
    after_ns = time.monotonic_ns()
    return after_ns - before_ns, day_ns - (before_ns + after_ns) // 2
