"""How much a sender may use: what its seat allows, less while packets are lost or queue up on the way.

The estimate goes to the sender as REMB (draft-alvestrand-rmcat-remb). It begins at the seat's maximum, since
a browser trusts the first estimates at once and climbs slowly afterwards. A queue on the way cuts it to a
little less than what came through; near that rate it climbs slowly again, elsewhere fast, and while anything
stands in a queue not at all: what overflows costs pictures up to the next key frame, and a sender that hears
of such losses falls to half by itself.
"""

from collections import deque
from typing import NamedTuple

INTERVAL = 0.5
EARLY_INTERVAL = 0.2
EARLY_TIMES = 15
"""Seconds from one estimate to the next; the first ones come faster, since the start may be far too high."""
FLOOR = 150_000
"""Bits a second that are always allowed."""
QUEUE_HIGH = 0.050
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
NEAR = (0.90, 1.50)
"""Around the rate at which the queue stood last, as parts of it: there growth is slow. What came through then
was payload, and less than the way carries."""
NEAR_FOR = 20.0
"""Seconds of growth after which the way counts as wider than it was; until then growth becomes faster."""
SLOW = 0.015
FAST = 0.10
MORE = 20_000
"""Growth in a second: a part of what is allowed, and bits a second."""
RECEIVED_OVER = 1.0
"""Seconds of which the best interval says what the way carries: a sender, or a machine, may pause in one."""
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
        self._rates: deque[tuple[int, float]] = deque()
        self._used = 0.0
        self._loss = 0.0
        self._link = 0
        self._is_queueing = self._was_long = False
        self._cutting = 0.0
        self._queue_then = 0.0
        self._growing = 0.0

    def update(self, elapsed: float, came: Came) -> int:
        """The rate to allow from now on, in bits a second; `elapsed` are the seconds since the last call.

        What came is the most of several intervals, since a queue fills within one.
        """
        rate = int(came.bytes * 8 / elapsed)
        received = self._received(rate, elapsed)
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
        elif self._loss < LOSS_LOW and queue < QUEUE_LOW:
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
        self._link, self._growing = received, 0.0
        self.allowed = min(self.allowed, int(received * CUT))

    def _grow(self, elapsed: float) -> None:
        times, more = SPARE
        if self.allowed > self._used * times + more:
            return
        self._growing += elapsed
        low, high = NEAR
        is_near = self._link * low <= self.allowed <= self._link * high
        trust = min(1.0, self._growing / NEAR_FOR) ** 2 if is_near else 1.0
        self.allowed += int((self.allowed * (SLOW + (FAST - SLOW) * trust) + MORE * trust) * elapsed)

    def _received(self, rate: int, elapsed: float) -> int:
        """The best rate of the intervals that `RECEIVED_OVER` touches."""
        self._rates.append((rate, elapsed))
        while sum(each for _, each in self._rates) - self._rates[0][1] >= RECEIVED_OVER:
            self._rates.popleft()
        return max(each for each, _ in self._rates)

    def _queue(self, delay: float | None) -> float:
        """Seconds that the fastest frame of this interval waited beyond the fastest of the last 20 s."""
        if delay is None:
            return 0.0
        if self._shortest and abs(delay - self._shortest[-1]) > LEAP:
            self._shortest.clear()
        self._shortest.append(delay)
        return delay - min(self._shortest)
