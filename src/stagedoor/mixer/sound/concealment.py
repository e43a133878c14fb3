"""What is heard where sound is missing: its last 20 ms backwards and forwards again, fading to silence.

Played backwards from the place where it broke off, sound goes on without a step; after 40 ms it is silent.
What comes after the gap is crossfaded with it, and so is the sound after a jump, which is a gap of no
length.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from stagedoor.mixer.sound.samples import BLOCK, Samples, silence

HELD: Final = 2 * BLOCK
"""Samples until a gap is silent."""
RETURN: Final = 240
"""Samples of the crossfade to what comes after, 5 ms."""
COUNTED: Final = 96_000
"""Samples of one gap that count as concealed; a source that is silent for longer has stopped sending."""

_ORDER: Final = np.concatenate([np.arange(BLOCK - 1, -1, -1), np.arange(BLOCK)])
_FADE: Final = (1.0 - (np.arange(HELD) + 1.0) / HELD).astype(np.float32)
_RISE: Final = ((np.arange(RETURN) + 1.0) / (RETURN + 1.0)).astype(np.float32)


class Concealer:
    """Takes a source's sound in order, in pieces of any size, and returns it without holes.

    Attributes:
        concealed: Samples that were missing, of each gap at most `COUNTED`.
    """

    def __init__(self) -> None:
        self.concealed = 0
        self._past = silence(BLOCK)
        self._stand_in = silence(HELD)
        self._age = COUNTED
        self._missing = True
        self._returned = RETURN

    def jump(self) -> None:
        """Say that what follows does not continue what was."""
        if not self._missing:
            self._break()

    def fill(self, samples: Samples, have: npt.NDArray[np.bool_]) -> Samples:
        """Return the piece, with something in place of the samples that are not there."""
        if have.all() and not self._missing and self._returned >= RETURN:
            self._remember(samples)
            return samples
        edges = np.flatnonzero(np.diff(have)) + 1
        bounds = [0, *edges.tolist(), len(have)]
        runs = []
        for start, end in zip(bounds, bounds[1:], strict=False):
            run = self._present(samples[:, start:end]) if have[start] else self._absent(end - start)
            self._remember(run)
            runs.append(run)
        return np.concatenate(runs, axis=1)

    def _present(self, samples: Samples) -> Samples:
        if self._missing:
            self._missing, self._returned = False, 0
        count = min(RETURN - self._returned, samples.shape[1])
        if count <= 0:
            return samples
        rise = _RISE[self._returned : self._returned + count]
        out = samples.copy()
        out[:, :count] = out[:, :count] * rise + self._stood_in(count) * (1.0 - rise)
        self._returned += count
        return out

    def _absent(self, count: int) -> Samples:
        if not self._missing:
            self._break()
            self._missing = True
        self.concealed += max(0, min(count, COUNTED - self._age))
        return self._stood_in(count)

    def _break(self) -> None:
        self._stand_in = self._past[:, _ORDER] * _FADE
        self._age = self._returned = 0

    def _stood_in(self, count: int) -> Samples:
        out = silence(count)
        there = self._stand_in[:, self._age : self._age + count]
        out[:, : there.shape[1]] = there
        self._age += count
        return out

    def _remember(self, samples: Samples) -> None:
        if samples.shape[1] >= BLOCK:
            self._past = samples[:, -BLOCK:].copy()
        else:
            self._past = np.concatenate([self._past[:, samples.shape[1] :], samples], axis=1)
