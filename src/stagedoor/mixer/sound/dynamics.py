"""A source's gate and compressor: one gain for both sides, which moves in straight lines of a millisecond.

Both look at the same level: the largest sample of the last 10 ms, of either side, so that a low tone has one
level. It is found for each millisecond of a block at once; only the states, a few numbers, go from one
millisecond to the next.

The gate opens within 4 ms where the level reaches its threshold. It closes over 150 ms, once the level has
been 6 dB below it for 250 ms: a word's pauses and its end are heard. Closed, it lets nothing pass.

The compressor has no knee: what is above its threshold comes out as the threshold and what is left of the
rest, divided by the ratio. It goes there with a time constant of 5 ms and back with one of 150 ms.
"""

from math import exp
from typing import Final

import numpy as np

from stagedoor.domain.strip import GATE_OFF_DB, Compressor, linear
from stagedoor.mixer.sound.samples import BLOCK, FLOOR_DB, RATE, Samples, to_db

STEP: Final = RATE // 1000
"""Samples of a step, 1 ms."""
PEAK_STEPS: Final = 10
"""Steps over which the largest sample is the level."""
OPENING_STEPS: Final = 4
CLOSING_STEPS: Final = 150
HOLD_STEPS: Final = 250
HYSTERESIS_DB: Final = 6.0
ATTACK_STEPS: Final = 5.0
RELEASE_STEPS: Final = 150.0
"""Time constants of the compressor."""

_ATTACK: Final = 1.0 - exp(-1.0 / ATTACK_STEPS)
_RELEASE: Final = 1.0 - exp(-1.0 / RELEASE_STEPS)
_NOTHING_DB: Final = 1e-3
"""A smaller reduction is none."""
_STEPS: Final = BLOCK // STEP
_RAMP: Final = ((np.arange(STEP) + 1.0) / STEP).astype(np.float32)
_QUIETEST: Final = linear(FLOOR_DB)


class Gate:
    """How far a gate is open, step after step.

    Attributes:
        gain: 0 to 1.
    """

    def __init__(self) -> None:
        self.gain = 1.0
        self._is_open = True
        self._quiet = 0

    def step(self, level_db: float, gate_db: float) -> float:
        """Return the gain at the end of a step with this level."""
        if gate_db <= GATE_OFF_DB or level_db >= gate_db:
            self._is_open, self._quiet = True, 0
        elif level_db >= gate_db - HYSTERESIS_DB:
            self._quiet = 0
        else:
            self._quiet += 1
            self._is_open = self._is_open and self._quiet <= HOLD_STEPS
        if self._is_open:
            self.gain = min(1.0, self.gain + 1.0 / OPENING_STEPS)
        else:
            self.gain = max(0.0, self.gain - 1.0 / CLOSING_STEPS)
        return self.gain


class Compression:
    """By how much a compressor turns down, step after step.

    Attributes:
        reduction_db: How much it is, at least 0.
    """

    def __init__(self) -> None:
        self.reduction_db = 0.0

    def step(self, level_db: float, compressor: Compressor) -> float:
        """Return the reduction at the end of a step with this level."""
        wanted_db = max(0.0, level_db - compressor.threshold_db) * (1.0 - 1.0 / compressor.ratio)
        speed = _ATTACK if wanted_db > self.reduction_db else _RELEASE
        self.reduction_db += (wanted_db - self.reduction_db) * speed
        if wanted_db == 0.0 and self.reduction_db < _NOTHING_DB:
            self.reduction_db = 0.0
        return self.reduction_db


class Dynamics:
    """Gate and compressor of one source; for the mixing thread alone."""

    def __init__(self) -> None:
        self._gate = Gate()
        self._compression = Compression()
        self._makeup_db = 0.0
        self._level_db = FLOOR_DB
        self._peaks = np.zeros(PEAK_STEPS - 1, np.float32)
        self._gain = 1.0
        self._runs = False

    @property
    def reduced_db(self) -> float:
        """By how much both turn down what comes now, 0 for silence; make-up gain is not in it."""
        return min(self._level_db - FLOOR_DB, self._compression.reduction_db - to_db(self._gate.gain))

    def process(self, block: Samples, gate_db: float, compressor: Compressor) -> Samples:
        """Return (2, 960) samples; the very same ones where nothing is to be changed."""
        is_off = gate_db <= GATE_OFF_DB and compressor.is_off
        if is_off and not self._runs:
            return block
        levels_db = self._levels(block)
        gains = self._gains(levels_db, gate_db, compressor)
        self._level_db = levels_db[-1]
        before, self._gain = self._gain, gains[-1]
        self._runs = not is_off or self._gain != 1.0
        if before == 1.0 and gains.count(1.0) == _STEPS:
            return block
        edges = np.array([before, *gains], np.float32)
        line = edges[:-1, None] + np.diff(edges)[:, None] * _RAMP
        return block * line.reshape(1, BLOCK)

    def _levels(self, block: Samples) -> list[float]:
        """Return the level of each step in dBFS."""
        loudest = np.abs(block).max(axis=0).reshape(_STEPS, STEP).max(axis=1)
        peaks = np.concatenate([self._peaks, loudest])
        self._peaks = peaks[_STEPS:]
        levels = np.lib.stride_tricks.sliding_window_view(peaks, PEAK_STEPS).max(axis=1)
        return list(map(float, 20.0 * np.log10(np.maximum(levels, _QUIETEST))))

    def _gains(self, levels_db: list[float], gate_db: float, compressor: Compressor) -> list[float]:
        """Return the gain at the end of each step; make-up gain moves in a straight line over the block."""
        before_db, self._makeup_db = self._makeup_db, compressor.added_db
        step_db = (self._makeup_db - before_db) / _STEPS
        gains = []
        for number, level_db in enumerate(levels_db, 1):
            made_up_db = before_db + step_db * number if number < _STEPS else self._makeup_db
            reduction_db = self._compression.step(level_db, compressor)
            gains.append(self._gate.step(level_db, gate_db) * linear(made_up_db - reduction_db))
        return gains
