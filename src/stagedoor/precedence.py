"""Threads that run before everything else on the machine, where the system lets them.

What is on air has a time by which it must be done, and little to do: it waits for nothing that has time.
Linux's `SCHED_RR` (sched(7)) says so: such a thread waits for none of the usual ones, and the kernel keeps a
part of every second for them. Root may have it, a process with CAP_SYS_NICE, and one that RLIMIT_RTPRIO lets
(`LimitRTPRIO=` of systemd).

Python's lock knows no precedence. A usual thread that holds it and waits for a core makes program wait as
well, for as long as anything else on the machine has work. So in a process whose loop comes first all threads
come first in what they do in Python; what takes long and needs no lock, as decoding, is done `aside`, in the
thread's usual place. Program's encoder alone is above them, for as long as one picture takes.
"""

import ctypes
import os
import sys
import threading
from types import TracebackType
from typing import Final

OF_LOOP: Final = 1
"""What hands packets on, in the mixer and in the relay."""
OF_PYTHON: Final = 1
"""What any thread does while it has Python's lock."""
OF_ENCODER: Final = 2
"""What encodes program, the longest of them: below so many others it would wait for each."""
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
    return _come_first(level, with_threads=with_threads)


def _come_first(level: int, *, with_threads: bool) -> bool:
    """Run the calling thread first, however many cores there are."""
    if sys.platform != "linux":
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


class _Here(threading.local):
    """What is known of the calling thread.

    Attributes:
        steps_aside: Whether it comes first in Python alone.
    """

    steps_aside: bool = False


class _Param(ctypes.Structure):
    """`struct sched_param` (sched(7))."""

    _fields_ = (("sched_priority", ctypes.c_int),)


_here: Final = _Here()
_libc: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


def come_first_in_python() -> None:
    """Run the calling thread before all usual ones but for what it does `aside`, if the main thread does."""
    _here.steps_aside = _main_comes_first() and come_first(OF_PYTHON)


def _main_comes_first() -> bool:
    if sys.platform != "linux":
        return False
    return os.sched_getscheduler(os.getpid()) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR


class Aside:
    """A block in which the calling thread does not come first, if it does so in Python alone.

    For what takes long without Python's lock and hardly uses Python itself: between the block's ends and such
    a call, for some microseconds, the thread has the lock in a place where others may hold it up. Blocks do
    not lie within each other.
    """

    def __enter__(self) -> None:
        if _here.steps_aside and _libc is not None:
            # Not by `os`, which would keep the lock: whoever is usual again may lose the core at once.
            _libc.sched_setscheduler(0, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, ctypes.byref(_Param(0)))

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if _here.steps_aside:
            _come_first(OF_PYTHON, with_threads=False)


aside: Final = Aside()
