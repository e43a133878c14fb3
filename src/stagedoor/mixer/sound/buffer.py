"""One source's sound between the thread that decodes it and the thread that mixes."""

import threading
from math import floor
from typing import Final

import numpy as np
import numpy.typing as npt

from stagedoor.mixer.sound.concealment import Concealer
from stagedoor.mixer.sound.interpolation import AFTER, BEFORE, interpolate
from stagedoor.mixer.sound.ring import CAPACITY, Ring
from stagedoor.mixer.sound.samples import RATE, Samples, cleaned, silence

RESTART: Final = RATE // 2
"""Sound that begins by more than this before the newest belongs to a new time line."""
UNHEARD: Final = 3 * RATE
"""Sound of which so much comes late without a break is not heard at all; a burst after a stall is less."""
_JUMP: Final = 1.0
"""A block that begins further than this from the end of the one before does not continue it."""


class SourceSound:
    """Written at media times, read at media times, at any rate near 1; keeps three seconds.

    `write` is for one thread, `read` for another; a lock is held while samples are copied. What `read` does
    not find is concealed, and what comes for a time that was read already is of no use any more.

    Attributes:
        late: Samples that came after their time was read.
        dropped: Samples that went unread for want of room, or because a new time line began.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ring: Ring | None = None
        self._read_to: int | None = None
        self._line = silence(0)
        self._next: float | None = None
        self._concealer = Concealer()
        self._late_run = 0
        self.late = 0
        self.dropped = 0

    def forget(self) -> None:
        """Begin anew, as if nothing had been written or read; for the thread that reads."""
        with self._lock:
            self._ring = self._read_to = None
            self._late_run = 0
        self.rest()

    def began(self) -> None:
        """Say that another stream comes: whether it comes in time is to be seen."""
        with self._lock:
            self._late_run = 0

    def rest(self) -> None:
        """Have what is read next rise from silence, not from what was last; for the thread that reads."""
        concealed = self._concealer.concealed
        self._line, self._next = silence(0), None
        self._concealer = Concealer()
        self._concealer.concealed = concealed

    @property
    def concealed(self) -> int:
        """Samples that were missing when they were read, of each gap the first two seconds at most."""
        return self._concealer.concealed

    @property
    def is_unheard(self) -> bool:
        """Whether for seconds most of what has come came after its time was read."""
        return self._late_run >= UNHEARD

    @property
    def waiting(self) -> int:
        """Samples that are there and were not read yet."""
        with self._lock:
            return 0 if self._ring is None else self._unread(self._ring.end)

    def write(self, samples: Samples, at: int) -> None:
        """Add (2, n) samples, the first of them at media time `at`, in samples since the source's origin.

        Where it overlaps with what is there, what was there first stays, and its end is crossfaded.
        """
        at += max(0, samples.shape[1] - CAPACITY)
        samples = cleaned(samples[:, -CAPACITY:])
        with self._lock:
            ring = self._ring
            if ring is None or not -RESTART <= at - ring.end < CAPACITY:
                self.dropped += self._unread(ring.end) if ring else 0
                ring = self._ring = Ring(at)
            end = at + samples.shape[1]
            late = self._late(at, end)
            self.late += late
            self._late_run = self._late_run + late if 2 * late > samples.shape[1] else 0
            self.dropped += self._unread(end - CAPACITY)
            ring.write(samples, at, at if self._read_to is None else self._read_to)

    def read(self, start: float, count: int, rate: float) -> Samples:
        """Return (2, `count`) samples from media time `start` on, `rate` source samples for each.

        A start that does not continue the block before is crossfaded with it.
        """
        first, last = floor(start) - BEFORE, floor(start + rate * (count - 1)) + AFTER + 1
        if self._next is None or abs(start - self._next) > _JUMP:
            self._concealer.jump()
            self._line, self._read_to = silence(0), first
        line_start = self._extend(last)
        out = interpolate(self._line, start - line_start, count, rate)
        self._next = start + rate * count
        needed = floor(self._next - _JUMP) - BEFORE
        self._line = self._line[:, max(0, needed - line_start) :]
        return out

    def _extend(self, last: int) -> int:
        """Read the ring up to media time `last`; return the media time at which the line begins."""
        first = self._read_to or 0
        line_start = first - int(self._line.shape[1])
        if last > first:
            with self._lock:
                self._read_to = last
                samples, have = self._found(first, last)
            self._line = np.concatenate([self._line, self._concealer.fill(samples, have)], axis=1)
        return line_start

    def _found(self, first: int, last: int) -> tuple[Samples, npt.NDArray[np.bool_]]:
        if self._ring is not None:
            return self._ring.read(first, last)
        return silence(last - first), np.zeros(last - first, np.bool_)

    def _late(self, first: int, last: int) -> int:
        """Count what has been read already of the times `first` to `last`."""
        if self._read_to is None or first < self._read_to - CAPACITY:
            return 0
        return max(0, min(last, self._read_to) - first)

    def _unread(self, before: int) -> int:
        """Count the samples that are there, were not read, and are `before` a time."""
        if self._ring is None or self._read_to is None:
            return 0
        return self._ring.count(self._read_to, before)
