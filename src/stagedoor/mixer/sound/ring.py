"""A source's newest three seconds of sound, by media time, with what is there and what is not."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from stagedoor.mixer.sound.samples import RATE, Samples, silence

CAPACITY: Final = 3 * RATE
"""Samples that are kept; the oldest go. Playout and a strip's delay are a second each at most."""
_FADE: Final = 240
"""5 ms: so much of what was there first is crossfaded with what goes on beyond its end."""


class Ring:
    """Stereo samples by media time; not for several threads at once.

    Attributes:
        end: The time after the newest sample.
    """

    def __init__(self, start: int) -> None:
        self.end = start
        self._samples = silence(CAPACITY)
        self._have = np.zeros(CAPACITY, np.bool_)

    @property
    def start(self) -> int:
        """The time of the oldest place."""
        return self.end - CAPACITY

    def write(self, samples: Samples, at: int, unread: int) -> None:
        """Put (2, n) samples where nothing is yet; the oldest go where what is newer needs their room.

        What goes on beyond the end from before it is crossfaded with what is there, as far as that is unread.
        """
        end = at + samples.shape[1]
        if at < self.end < end:
            self._fade(samples, at, max(at, unread, self.end - _FADE))
        for _, places in _pieces(max(self.end, end - CAPACITY), end):
            self._have[places] = False
        self.end = max(self.end, end)
        first = max(at, self.start)
        for piece, places in _pieces(first, end):
            given = samples[:, first - at :][:, piece]
            free = ~self._have[places]
            if free.all():
                self._samples[:, places] = given
            else:
                self._samples[:, places] = np.where(free, given, self._samples[:, places])
            self._have[places] = True

    def _fade(self, samples: Samples, at: int, first: int) -> None:
        """Crossfade what is there from `first` to the end with samples that begin at `at`."""
        count = self.end - first
        for piece, places in _pieces(first, self.end):
            rise = (np.arange(piece.start, piece.stop, dtype=np.float32) + 1) / (count + 1)
            there, given = self._samples[:, places], samples[:, first - at :][:, piece]
            self._samples[:, places] = there + (given - there) * rise * self._have[places]

    def read(self, first: int, last: int) -> tuple[Samples, npt.NDArray[np.bool_]]:
        """Return the samples from `first` to `last`, silence where there are none, and where there are."""
        samples, have = silence(last - first), np.zeros(last - first, np.bool_)
        begin = max(first, self.start)
        for piece, places in _pieces(begin, min(last, self.end)):
            samples[:, begin - first :][:, piece] = self._samples[:, places]
            have[begin - first :][piece] = self._have[places]
        return samples, have

    def count(self, first: int, last: int) -> int:
        """Count the samples that are there from `first` to `last`."""
        pieces = _pieces(max(first, self.start), min(last, self.end))
        return sum(int(np.count_nonzero(self._have[places])) for _, places in pieces)


def _pieces(first: int, last: int) -> Iterator[tuple[slice, slice]]:
    """Yield where the times from `first` to `last` are, counted from `first` and in the ring."""
    time = first
    while time < last:
        place = time % CAPACITY
        count = min(last - time, CAPACITY - place)
        yield slice(time - first, time - first + count), slice(place, place + count)
        time += count
