"""Threads that run before everything else on the machine, where the system lets them.

What is on air has a time by which it must be done, and little to do: it waits for nothing that has time.
Linux's `SCHED_RR` (sched(7)) says so: such a thread waits for none of the usual ones, and the kernel keeps a
part of every second for them. Root may have it, a process with CAP_SYS_NICE, and one that RLIMIT_RTPRIO lets
(`LimitRTPRIO=` of systemd).
"""

import os
import sys
from typing import Final

OF_ENCODER: Final = 1
"""What encodes program: the longest of them."""
OF_LOOP: Final = 2
"""What hands packets on, in the mixer and in the relay."""
OF_PROGRAM: Final = 3
"""What draws program."""
LEAST_CORES: Final = 2
"""On a single one the page would starve by which an operator takes something away."""


def come_first(level: int, *, with_threads: bool = False) -> bool:
    """Run the calling thread before all usual ones from now on; tells whether the system lets it.

    Args:
        level: Of two that do, the one with the higher level runs first.
        with_threads: Whether the threads that it starts from now on do too.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < LEAST_CORES:
        return False
    policy = os.SCHED_RR if with_threads else os.SCHED_RR | os.SCHED_RESET_ON_FORK
    try:
        os.sched_setscheduler(0, policy, os.sched_param(level))
    except OSError:
        return False
    return True


def threads_beside() -> int:
    """Return how many threads may work before everything else all the time: one core is left to that."""
    return max(1, len(os.sched_getaffinity(0)) - 1) if sys.platform == "linux" else 1


def step_back() -> None:
    """Make the calling thread, and those that it starts from now on, usual ones again."""
    if sys.platform == "linux":
        # Who must not have taken that flag may not take it back.
        flag = os.sched_getscheduler(0) & os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, os.SCHED_OTHER | flag, os.sched_param(0))
