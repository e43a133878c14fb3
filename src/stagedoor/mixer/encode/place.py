"""Whether an encoder comes before everything else on the machine, and with how many threads."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from stagedoor.mixer.precedence import give_way
from stagedoor.precedence import (
    OF_ENCODER,
    come_first,
    come_first_in_python,
    step_back,
    threads_beside,
)

logger = logging.getLogger(__name__)

LEAST_THREADS: Final = 2
"""Each has a slice of the picture, which so leaves in half the time."""
BEHIND_S: Final = 2.0
"""Too many pictures that wait for so long are not a moment's trouble."""
SHARE_S: Final = 4.0
SHARE_MOST: Final = 0.7
"""The part of so many seconds in which it may take all cores."""


class Place:
    """The place of a thread that encodes among those of the machine.

    Before everything else, where that is wanted and let. On two cores that takes both from all others while a
    picture is encoded. Who does so most of the time, and who does not keep up even so, goes back among the
    others for good: they need their time as well.

    Args:
        name: For the log.
        first: Whether to come first, where the system lets it.
        gives_way: By how much its usual place is below that of others.
        clock: Seconds.

    Attributes:
        threads: With how many to encode; None for as many as is set.
    """

    def __init__(
        self, name: str, *, first: bool, gives_way: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._first = first
        self._gives_way = gives_way
        self._clock = clock
        self._behind_since: float | None = None
        self._window_s, self._busy_s = clock(), 0.0
        self.threads: int | None = None

    def take(self) -> None:
        """Take it, for the calling thread; all else is to be called there too."""
        if self._first and come_first(OF_ENCODER, with_threads=True):
            self.threads = max(LEAST_THREADS, threads_beside())
        else:
            give_way(self._gives_way)

    @contextmanager
    def working(self) -> Iterator[None]:
        """A picture is encoded while the block lasts."""
        begun_s = self._clock()
        try:
            yield
        finally:
            self._busy_s += self._clock() - begun_s

    def moves(self, *, is_behind: bool) -> bool:
        """Look whether it goes back among the others, and do so; its threads are to be made anew then.

        Args:
            is_behind: Whether too many pictures wait.
        """
        if self.threads is None:
            return False
        now_s = self._clock()
        if self._has_been_behind(now_s, is_behind=is_behind):
            why = "cannot be encoded in time"
        elif self._takes_most(now_s) and threads_beside() < self.threads:
            why = "takes most of all cores"
        else:
            return False
        logger.warning("%s %s, and comes before other work no longer", self._name, why)
        step_back()
        come_first_in_python()
        self.threads = None
        return True

    def _has_been_behind(self, now_s: float, *, is_behind: bool) -> bool:
        if not is_behind:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = now_s
        return self._behind_since is not None and now_s - self._behind_since > BEHIND_S

    def _takes_most(self, now_s: float) -> bool:
        if (window_s := now_s - self._window_s) < SHARE_S:
            return False
        share = self._busy_s / window_s
        self._window_s, self._busy_s = now_s, 0.0
        return share > SHARE_MOST
