"""How much a sender may use: what its seat allows, less while packets are lost or queue up on the way.

The estimate goes to the sender as REMB (draft-alvestrand-rmcat-remb). It begins at the seat's maximum, since
a browser trusts the first estimates at once and climbs slowly afterwards. A queue on the way cuts it to a
little less than what came through; near that rate it climbs slowly again, elsewhere fast.
"""

from collections import deque
from typing import NamedTuple

INTERVAL = 0.5
EARLY_INTERVAL = 0.2
EARLY_TIMES = 15
"""Seconds from one estimate to the next; the first ones come faster, since the start may be far too high."""
FLOOR = 150_000
"""Bits a second that are always allowed."""
QUEUE_HIGH = 0.060
QUEUE_LOW = 0.025
"""Seconds of standing queue: above the first the rate is cut, below the second it may grow again."""
QUEUE_FULL = 0.150
"""A queue this long cuts at once; a shorter one must stand for two intervals: a key frame makes one, too."""
CUT = 0.85
"""Of what came through while a queue stood: the rest of the link empties it."""
LOSS_HIGH = 0.10
LOSS_LOW = 0.03
"""Smoothed part of the packets that are lost: above the first the rate is cut, below the second it may grow.
One or two percent by chance, as radio links have them, must not cost anything."""
NEAR = (0.95, 1.15)
"""Around the rate at which the queue stood last, as parts of it: there growth is slow."""
SPARE = (1.4, 200_000)
"""Growth ends at so many times what is used, and so many bits a second more: what a sender has never sent,
the way has never been seen to carry."""
USED_OVER = 2.0
"""Seconds over which use is averaged."""
IN_VAIN = 2.0
"""Seconds of cuts that do not shorten the queue: then the way has become longer, and is no queue."""
LEAP = 5.0
"""Seconds of change that are no queue: the time stamps have wrapped, or are those of another stream."""
_MEMORY = 40
"""Intervals over which the shortest way is remembered."""


class Came(NamedTuple):
    """What came in one interval.

    Attributes:
        bytes: Of picture and sound.
        loss: Fraction 0…1 of the packets that were missing when it ended.
        delay: Arrival minus time stamp of the fastest picture, in seconds with any constant error; None if
            none came.
    """

    bytes: int
    loss: float
    delay: float | None


class Bandwidth:
    """One estimate for one sender.

    Args:
        most: Bits a second that the seat allows.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = most
        self._shortest: deque[float] = deque(maxlen=_MEMORY)
        self._rate = 0
        self._used = 0.0
        self._loss = 0.0
        self._link = 0
        self._is_queueing = self._was_long = False
        self._cutting = 0.0
        self._queue_then = 0.0

    def update(self, elapsed: float, came: Came) -> int:
        """The rate to allow from now on, in bits a second; `elapsed` are the seconds since the last call.

        What came is the larger one of two intervals, since a queue fills within one.
        """
        rate, before = int(came.bytes * 8 / elapsed), self._rate
        received, self._rate = max(rate, before), rate
        queue = self._queue(came.delay)
        self._used += (rate - self._used) * min(1.0, elapsed / USED_OVER)
        self._loss += (came.loss - self._loss) * min(1.0, elapsed)
        stands, self._was_long = self._was_long or queue > QUEUE_FULL, queue > QUEUE_HIGH
        if self._was_long and stands and received:
            self._cut(queue, received, elapsed)
        elif queue < QUEUE_LOW:
            self._is_queueing, self._cutting = False, 0.0
        if self._loss > LOSS_HIGH and not self._is_queueing:
            self.allowed = int(self.allowed * (1 - self._loss * elapsed))
        elif self._loss < LOSS_LOW and not self._is_queueing:
            self._grow(elapsed)
        self.allowed = max(FLOOR, min(self.most, self.allowed))
        return self.allowed

    def _cut(self, queue: float, received: int, elapsed: float) -> None:
        if not self._cutting:
            self._queue_then = queue
        self._cutting += elapsed
        if self._cutting > IN_VAIN and queue > self._queue_then * 0.8:
            self._shortest.clear()
            self._is_queueing, self._cutting = False, 0.0
            return
        self._is_queueing = True
        self._link = received
        self.allowed = min(self.allowed, int(received * CUT))

    def _grow(self, elapsed: float) -> None:
        times, more = SPARE
        if self.allowed > self._used * times + more:
            return
        low, high = NEAR
        if self._link * low <= self.allowed <= self._link * high:
            self.allowed += int((self.allowed * 0.03 + 10_000) * elapsed)
        else:
            self.allowed += int((self.allowed * 0.10 + 40_000) * elapsed)

    def _queue(self, delay: float | None) -> float:
        """Seconds that the fastest frame of this interval waited beyond the fastest of the last 20 s."""
        if delay is None:
            return 0.0
        if self._shortest and abs(delay - self._shortest[-1]) > LEAP:
            self._shortest.clear()
        self._shortest.append(delay)
        return delay - min(self._shortest)
