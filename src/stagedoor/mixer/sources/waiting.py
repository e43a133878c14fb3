"""A source's pictures until they are due."""

import threading
from collections import deque
from typing import Final

from stagedoor.mixer.picture.picture import Picture

SLACK_S: Final = 0.003
"""By how much a picture may be shown before or after its time to keep the rhythm."""
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of all pictures that wait: 1080p at 60 a second, held back for a second, is 190 MB."""
LEAST_BYTES: Final = 256 * 1024
"""What a picture counts for at least, so that small ones are not too many."""
BACKWARDS_S: Final = 1.0
"""A picture that is so much before the newest belongs to another time line."""


class Waiting:
    """Pictures in their order; put in by one thread and taken out by another.

    Attributes:
        dropped: Pictures that were never shown, for want of room or because newer ones were due.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: deque[tuple[Picture, int]] = deque()
        self._bytes = 0
        self.dropped = 0

    @property
    def is_half_full(self) -> bool:
        """Whether half of the room is taken."""
        return self._bytes > MOST_BYTES // 2

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._pictures)

    @property
    def filled(self) -> float:
        """How much of the room is taken, 0…1."""
        return self._bytes / MOST_BYTES

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._pictures.clear()
            self._bytes = 0

    def put(self, picture: Picture, bytes_: int, *, before_s: float) -> None:
        """Have a picture wait that takes so many bytes.

        It is dropped if its media time is after `before_s` or there is no room: the others are due sooner.
        """
        size = max(LEAST_BYTES, bytes_)
        with self._lock:
            if self._pictures and picture.media_s < self._pictures[-1][0].media_s - BACKWARDS_S:
                self.dropped += len(self._pictures)
                self._pictures.clear()
                self._bytes = 0
            if picture.media_s > before_s or self._bytes + size > MOST_BYTES:
                self.dropped += 1
                return
            self._pictures.append((picture, size))
            self._bytes += size

    def due(self, media_s: float) -> Picture | None:
        """Take out what is due, and return the picture to show; None where that stays the same.

        Where program and source have the same rate and pictures are due just about when frames are, a little
        jitter would show one picture twice and leave out the next: so one may come a little early or late.
        """
        with self._lock:
            waiting = self._pictures
            count = sum(1 for each, _ in waiting if each.media_s <= media_s)
            if count == 0 and waiting and waiting[0][0].media_s <= media_s + SLACK_S:
                count = 1
            elif count > 1 and waiting[count - 1][0].media_s > media_s - SLACK_S:
                count -= 1
            self.dropped += max(0, count - 1)
            taken: Picture | None = None
            for _ in range(count):
                taken, size = waiting.popleft()
                self._bytes -= size
            return taken
