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

_Values = npt.NDArray[np.float64]
_HOLD: Final = LOOK_AHEAD + 1
"""For so many samples a reduction is held: until the sample that needs it has come out."""
_DECAY: Final = np.exp(-(np.arange(BLOCK) + 1.0) / (RELEASE_S * RATE))
_NOTHING: Final = 1e-6
"""A smaller reduction is none: -120 dB."""


class Limiter:
    """Limits one bus; both channels get the same gain, so that nothing moves to a side.

    The reduction that each sample needs is held for the look-ahead, decays, and is averaged over the
    look-ahead: so it is complete when the sample that needs it comes out.
    """

    def __init__(self) -> None:
        self._delayed = np.zeros((CHANNELS, LOOK_AHEAD), np.float32)
        self._needed: _Values = np.zeros(_HOLD - 1)
        self._held: _Values = np.zeros(LOOK_AHEAD)
        self._idle = True

    @property
    def reduction(self) -> float:
        """By how much the gain is down now, 0…1."""
        return float(self._held[-1])

    def process(self, block: Samples) -> Samples:
        """Return (2, 960) samples, `LOOK_AHEAD` later and nowhere above `CEILING`."""
        line = np.concatenate([self._delayed, block], axis=1)
        self._delayed = line[:, BLOCK:]
        out = line[:, :BLOCK]
        loudest = max(float(block.max()), -float(block.min()))
        if self._idle and loudest <= CEILING:
            return out
        gain = self._gain(np.abs(block).max(axis=0).astype(np.float64))
        return np.clip(out * gain, -CEILING, CEILING).astype(np.float32)

    def _gain(self, level: _Values) -> _Values:
        needed = np.concatenate([self._needed, 1.0 - CEILING / np.maximum(level, CEILING)])
        self._needed = needed[BLOCK:]
        held = np.concatenate([self._held, _released(_largest(needed), self._held[-1])])
        self._held = held[BLOCK:]
        self._idle = bool(self._held.max() < _NOTHING and not self._needed.any())
        if self._idle:
            self._held = np.zeros(LOOK_AHEAD)
        sums = np.cumsum(held)
        gain: _Values = 1.0 - (sums[LOOK_AHEAD:] - sums[:BLOCK]) / LOOK_AHEAD
        return gain


def _largest(values: _Values) -> _Values:
    """Return the largest of each `_HOLD` values in a row, by doubling the width."""
    width = 1
    while 2 * width <= _HOLD:
        values = np.maximum(values[width:], values[:-width])
        width *= 2
    left = _HOLD - width
    return np.maximum(values[left:], values[: len(values) - left])


def _released(values: _Values, before: float) -> _Values:
    """Return the largest of each value and the decayed ones before it."""
    grown = np.maximum.accumulate(values / _DECAY)
    decayed: _Values = np.maximum(grown, before) * _DECAY
    return decayed
