"""Tones, and how loud one tone is within other sound."""

from typing import Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
RATE: Final = 48_000
_WINDOW: Final = 960
"""Samples over which a tone's loudness is measured, every 10 ms."""
_DROPPED_DB: Final = -6.0
_COSINES: Final = (0.35875, -0.48829, 0.14128, -0.01168)
"""The Blackman-Harris window: what is 4 bins away is 92 dB down."""


def tone(
    hertz: float, samples: int, amplitude: float = 0.3, *, start: float = 0.0, rate: float = 1.0
) -> Samples:
    """Return a stereo sine as (2, samples); its phase is 0 at sample 0, and `start` is its first sample."""
    places = start + rate * np.arange(samples)
    sine = amplitude * np.sin(2 * np.pi * hertz / RATE * places)
    return np.tile(sine.astype(np.float32), (2, 1))


def level(samples: npt.NDArray[np.floating], hertz: float) -> float:
    """Return dBFS of a sine's amplitude at `hertz` within one channel of sound, a second long or so."""
    count = samples.shape[-1]
    angles = 2 * np.pi * np.arange(count) / count
    window = sum(part * np.cos(number * angles) for number, part in enumerate(_COSINES))
    turning = np.exp(-2j * np.pi * hertz / RATE * np.arange(count))
    amplitude = 2 * np.abs(np.sum(samples * window * turning)) / np.sum(window)
    return float(20 * np.log10(max(amplitude, 1e-9)))


def dropped(sound: npt.NDArray[np.floating], hertz: float) -> float:
    """Return the part of one channel's time in which a tone is more than 6 dB below what it usually is."""
    turned = sound * np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
    loudness = np.abs(np.convolve(turned, np.hanning(2 * _WINDOW), "valid"))[:: _WINDOW // 2]
    return float(np.mean(loudness < np.median(loudness) * 10 ** (_DROPPED_DB / 20)))


def steepest(samples: npt.NDArray[np.floating]) -> float:
    """Return the largest step from one sample to the next."""
    return float(np.abs(np.diff(samples, axis=-1)).max())
