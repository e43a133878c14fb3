"""What sound is inside the mixer: planes of 32-bit floats, two channels, 48 kHz, blocks of 20 ms."""

from typing import Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""Sound as (channels, samples), or with further dimensions before these two; full scale is ±1."""

RATE: Final = 48_000
"""Samples a second."""
BLOCK: Final = 960
"""Samples of a block, 20 ms."""
CHANNELS: Final = 2
LOUDEST: Final = 8.0
"""What comes from outside is clipped here, 18 dB above full scale: floats can carry anything."""
FLOOR_DB: Final = -120.0
"""What silence reads as."""


def silence(samples: int) -> Samples:
    """Return so many samples of silence."""
    return np.zeros((CHANNELS, samples), np.float32)


def to_db(linear: float) -> float:
    """Return decibels of an amplitude, at least `FLOOR_DB`."""
    return max(FLOOR_DB, 20.0 * float(np.log10(linear))) if linear > 0.0 else FLOOR_DB


def from_db(decibels: float) -> float:
    """Return the amplitude of so many decibels."""
    return float(10.0 ** (decibels / 20.0))


def cleaned(samples: Samples) -> Samples:
    """Return them without what is not a number, and clipped: one bad sample would silence every bus."""
    if np.isfinite(samples).all():
        return np.clip(samples, -LOUDEST, LOUDEST)
    return np.clip(np.nan_to_num(samples, posinf=LOUDEST, neginf=-LOUDEST), -LOUDEST, LOUDEST)
