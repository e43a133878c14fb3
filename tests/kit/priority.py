"""The scheduling class that a thread runs in (sched(7))."""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def kept_priority() -> Iterator[None]:
    """Give the thread its class back at the end.

    As root SVT-AV1 leaves the thread that encodes with it in a real-time class, and so everything that is
    started by that thread later: what spins there while it waits for another thread never lets it run.
    """
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)
