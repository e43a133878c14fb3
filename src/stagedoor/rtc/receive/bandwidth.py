"""How much a sender may use: what its seat allows, less while packets are lost or queue up on the way.

The estimate goes to the sender as REMB (draft-alvestrand-rmcat-remb). It begins at the seat's maximum, since
a browser trusts the first estimates at once and climbs slowly afterwards. A queue on the way cuts it to a
little less than what came through; near that rate it climbs slowly again, elsewhere fast.
"""

from collections import deque

INTERVAL = 0.5
"""Seconds from one estimate to the next."""
FLOOR = 150_000
"""Bits a second that are always allowed."""
QUEUE_HIGH = 0.060
QUEUE_LOW = 0.025
"""Seconds of standing queue: above the first the rate is cut, below the second it may grow again."""
CUT = 0.85
"""Of what came through while a queue stood: the rest of the link empties it."""
LOSS_HIGH = 0.10
LOSS_LOW = 0.03
"""Smoothed part of the packets that are lost: above the first the rate is cut, below the second it may grow.
One or two percent by chance, as radio links have them, must not cost anything."""
NEAR = (0.80, 1.20)
"""Around the rate at which the queue stood last, as parts of it: there growth is slow."""
MOST_CUTS = 4
"""Cuts in a row that do not shorten the queue: then the way has become longer, and is no queue."""
_MEMORY = 40
"""Intervals over which the shortest way is remembered."""


class Bandwidth:
    """One estimate for one sender.

    Args:
        most: Bits a second that the seat allows.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = most
        self._shortest: deque[float] = deque(maxlen=_MEMORY)
        self._window: float | None = None
        self._bytes = 0
        self._loss = 0.0
        self._link = 0
        self._is_queueing = False
        self._cuts = 0
        self._queue_then = 0.0

    def frame(self, delay: float, size: int) -> None:
        """Take a frame's way: arrival minus time stamp in seconds (any constant error), and its bytes."""
        self._bytes += size
        if self._window is None or delay < self._window:
            self._window = delay

    def packet_bytes(self, size: int) -> None:
        """Count bytes that belong to no frame of the picture, such as sound."""
        self._bytes += size

    def update(self, elapsed: float, loss: float) -> int:
        """The rate to allow from now on, in bits a second.

        Args:
            elapsed: Seconds since the last call.
            loss: Fraction 0…1 of the packets of this interval that were missing when it ended.
        """
        received = int(self._bytes * 8 / elapsed) if elapsed > 0 else 0
        queue = self._queue()
        self._bytes, self._window = 0, None
        self._loss += (loss - self._loss) / 2
        if queue > QUEUE_HIGH and received:
            self._cut(queue, received)
        elif queue < QUEUE_LOW:
            self._is_queueing, self._cuts = False, 0
        if self._loss > LOSS_HIGH and not self._is_queueing:
            self.allowed = int(self.allowed * (1 - self._loss / 2))
        elif self._loss < LOSS_LOW and not self._is_queueing:
            self._grow()
        self.allowed = max(FLOOR, min(self.most, self.allowed))
        return self.allowed

    def _cut(self, queue: float, received: int) -> None:
        if self._cuts == 0:
            self._queue_then = queue
        self._cuts += 1
        if self._cuts > MOST_CUTS and queue > self._queue_then * 0.8:
            self._shortest.clear()
            self._is_queueing, self._cuts = False, 0
            return
        self._is_queueing = True
        self._link = received
        self.allowed = min(self.allowed, int(received * CUT))

    def _grow(self) -> None:
        low, high = NEAR
        if self._link * low <= self.allowed <= self._link * high:
            self.allowed += self.allowed // 100 + 5_000
        else:
            self.allowed += self.allowed // 20 + 20_000

    def _queue(self) -> float:
        """Seconds that the fastest frame of this interval waited beyond the fastest of the last 20 s."""
        if self._window is None:
            return 0.0
        self._shortest.append(self._window)
        return self._window - min(self._shortest)
