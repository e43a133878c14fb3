"""A limiter that looks ahead: it is down before a peak comes, and nothing is changed while there is none."""

from typing import Final

import numpy as np
import numpy.typing as npt

from stagedoor.mixer.sound.samples import BLOCK, CHANNELS, RATE, Samples, from_db

LOOK_AHEAD: Final = 144
"""Samples by which the sound is delayed, 3 ms; a gain takes as long to go down."""
CEILING: Final = from_db(-1.0)
RELEASE_S: Final = 0.1
"""Time constant with which it lets go."""
FOLLOW_S: Final = 0.3
"""Time constant with which another bus goes after a limiter's gain."""

Gains = npt.NDArray[np.float64]
"""Of single samples."""
_HOLD: Final = LOOK_AHEAD + 1
"""For so many samples a reduction is held: until the sample that needs it has come out."""
_DECAY: Final = np.exp(-(np.arange(BLOCK) + 1.0) / (RELEASE_S * RATE))
_TIME: Final = (np.arange(BLOCK) + 1.0) / BLOCK
_FOLLOW: Final = 1.0 - np.exp(-BLOCK / (FOLLOW_S * RATE))
_NOTHING: Final = 1e-6
"""A smaller reduction is none: -120 dB."""


class Limiter:
    """Limits one bus; both channels get the same gain, so that nothing moves to a side.

    The reduction that each sample needs is held for the look-ahead, decays, and is averaged over the
    look-ahead: so it is complete when the sample that needs it comes out.

    Attributes:
        mean: Its gain in the last block, on average.
    """

    def __init__(self) -> None:
        self.mean = 1.0
        self._delayed = np.zeros((CHANNELS, LOOK_AHEAD), np.float32)
        self._needed: Gains = np.zeros(_HOLD - 1)
        self._held: Gains = np.zeros(LOOK_AHEAD)
        self._idle = True

    @property
    def reduction(self) -> float:
        """By how much the gain is down now, 0…1."""
        return float(self._held[-1])

    def process(self, block: Samples, most: Gains | None = None) -> Samples:
        """Return (2, 960) samples, `LOOK_AHEAD` later and nowhere above `CEILING`.

        `most` is a gain for each sample, above which none is used.
        """
        line = np.concatenate([self._delayed, block], axis=1)
        self._delayed = line[:, BLOCK:]
        out = line[:, :BLOCK]
        loudest = max(float(block.max()), -float(block.min()))
        self.mean = 1.0
        if self._idle and loudest <= CEILING:
            return out if most is None else (out * most).astype(np.float32)
        gain = self._gain(np.abs(block).max(axis=0).astype(np.float64))
        self.mean = float(gain.mean())
        if most is not None:
            gain = np.minimum(gain, most)
        return np.clip(out * gain, -CEILING, CEILING).astype(np.float32)

    def _gain(self, level: Gains) -> Gains:
        needed = np.concatenate([self._needed, 1.0 - CEILING / np.maximum(level, CEILING)])
        self._needed = needed[BLOCK:]
        held = np.concatenate([self._held, _released(_largest(needed), self._held[-1])])
        self._held = held[BLOCK:]
        self._idle = bool(self._held.max() < _NOTHING and not self._needed.any())
        if self._idle:
            self._held = np.zeros(LOOK_AHEAD)
        sums = np.cumsum(held)
        gain: Gains = 1.0 - (sums[LOOK_AHEAD:] - sums[:BLOCK]) / LOOK_AHEAD
        return gain


class Following:
    """A gain that goes after another bus's, so slowly that what drives that limiter leaves no trace in it.

    A bus that has only some of the same sound is as loud as it is there, and still has nothing of the rest.
    """

    def __init__(self) -> None:
        self._gain = 1.0

    def after(self, mean: float) -> Gains | None:
        """Return the gains for a block in which the other bus's is so much on average; None for no change."""
        before, self._gain = self._gain, self._gain + _FOLLOW * (mean - self._gain)
        if mean == 1.0 and self._gain > 1.0 - _NOTHING:
            self._gain = 1.0
        return None if before == self._gain == 1.0 else before + (self._gain - before) * _TIME


def _largest(values: Gains) -> Gains:
    """Return the largest of each `_HOLD` values in a row, by doubling the width."""
    width = 1
    while 2 * width <= _HOLD:
        values = np.maximum(values[width:], values[:-width])
        width *= 2
    left = _HOLD - width
    return np.maximum(values[left:], values[: len(values) - left])


def _released(values: Gains, before: float) -> Gains:
    """Return the largest of each value and the decayed ones before it."""
    grown = np.maximum.accumulate(values / _DECAY)
    decayed: Gains = np.maximum(grown, before) * _DECAY
    return decayed
