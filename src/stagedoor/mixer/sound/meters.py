"""What the sound measures: peak and RMS over 100 ms, and program's momentary loudness."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from stagedoor.mixer.sound.filters import K_WEIGHTING, Filter
from stagedoor.mixer.sound.samples import BLOCK, CHANNELS, FLOOR_DB, Samples, to_db

METER_BLOCKS: Final = 5
"""Blocks of one reading, 100 ms."""
_MOMENTARY_BLOCKS: Final = 20
"""400 ms (EBU Tech 3341)."""
_LOUDNESS_OFFSET: Final = -0.691


@dataclass(frozen=True, slots=True)
class Level:
    """One reading.

    Attributes:
        peak: dBFS of each channel's largest sample.
        rms: dBFS of each channel's root mean square; a sine at full scale reads -3.
    """

    peak: tuple[float, ...]
    rms: tuple[float, ...]


SILENT: Final = Level((FLOOR_DB,) * CHANNELS, (FLOOR_DB,) * CHANNELS)


class LevelMeter:
    """Measures any number of sounds at once, each under its name."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._peaks: npt.NDArray[np.float32] = np.zeros((0, CHANNELS), np.float32)
        self._squares = self._peaks.copy()
        self._blocks = 0

    def add(self, names: Sequence[str], sounds: Samples) -> None:
        """Take one block of each: (names, 2, 960). Other names than before begin a new reading."""
        if self._names != tuple(names):
            self._names = tuple(names)
            self._reset()
        peaks = np.maximum(sounds.max(axis=2), -sounds.min(axis=2))
        self._peaks = np.maximum(self._peaks, peaks)
        self._squares += np.einsum("scn,scn->sc", sounds, sounds)
        self._blocks += 1

    def take(self) -> dict[str, Level]:
        """Return what was measured since the last time."""
        means = np.sqrt(self._squares / (BLOCK * max(1, self._blocks)))
        readings = {
            name: Level(tuple(map(to_db, peak)), tuple(map(to_db, mean)))
            for name, peak, mean in zip(self._names, self._peaks.tolist(), means.tolist(), strict=True)
        }
        self._reset()
        return readings

    def _reset(self) -> None:
        self._peaks = np.zeros((len(self._names), CHANNELS), np.float32)
        self._squares = np.zeros_like(self._peaks)
        self._blocks = 0


class Loudness:
    """Momentary loudness by ITU-R BS.1770-4 and EBU Tech 3341: the last 400 ms, K-weighted, not gated."""

    def __init__(self) -> None:
        self._filter = Filter(K_WEIGHTING)
        self._powers: deque[float] = deque([0.0] * _MOMENTARY_BLOCKS, maxlen=_MOMENTARY_BLOCKS)

    def add(self, block: Samples) -> None:
        """Take one block, (2, 960)."""
        weighted = self._filter.process(block)
        self._powers.append(float(np.vdot(weighted, weighted)) / BLOCK)

    @property
    def lufs(self) -> float:
        """LUFS as of the newest block, at least -120."""
        power = sum(self._powers) / _MOMENTARY_BLOCKS
        return max(FLOOR_DB, _LOUDNESS_OFFSET + to_db(power**0.5))
