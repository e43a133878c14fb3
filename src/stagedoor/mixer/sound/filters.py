"""Recursive filters on whole blocks: matrices instead of a loop over samples.

A filter of second-order sections is a linear system with a small state. For a piece of 120 samples its
output is one product with the sound and one with the state, and so is the next state: a block takes one
product for all of its pieces and then eight steps of the state. State and matrices are 64-bit, since the
corners are low.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin
from typing import Final

import numpy as np
import numpy.typing as npt

from stagedoor.mixer.sound.samples import BLOCK, CHANNELS, RATE, Samples

_PIECE: Final = 120
_NOTHING: Final = 1e-18
"""Smaller states are none: numbers that dwindle for ever take ever longer to compute with."""
_Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Section:
    """One second-order section: y = b0 x + b1 x' + b2 x'' - a1 y' - a2 y''."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


K_WEIGHTING: Final = (
    Section(1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585),
    Section(1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
)
"""ITU-R BS.1770-4, annex 1, tables 1 and 2: the head, and what is too low to be heard as loud; at 48 kHz."""


def high_pass(hertz: float) -> tuple[Section]:
    """Return a Butterworth high-pass of second order, by the bilinear transform."""
    angle = 2.0 * pi * hertz / RATE
    alpha = sin(angle) / 2.0**0.5
    scale = 1.0 / (1.0 + alpha)
    side = (1.0 + cos(angle)) / 2.0 * scale
    return (Section(side, -2.0 * side, side, -2.0 * cos(angle) * scale, (1.0 - alpha) * scale),)


class Filter:
    """A filter with a state of its own, for blocks of stereo sound."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._system = _system(tuple(sections))
        self._state = np.zeros((CHANNELS, 2 * len(sections)))

    def process(self, block: Samples) -> Samples:
        """Return the filtered (2, 960) samples; they continue the block before."""
        system = self._system
        pieces = block.reshape(CHANNELS, -1, _PIECE).astype(np.float64)
        forced, driven = pieces @ system.forced, pieces @ system.driven
        states = np.empty_like(driven)
        state = self._state
        for index in range(states.shape[1]):
            states[:, index] = state
            state = state @ system.kept + driven[:, index]
        self._state = np.where(np.abs(state) < _NOTHING, 0.0, state)
        return np.asarray(forced + states @ system.free, np.float32).reshape(block.shape)


@dataclass(frozen=True, slots=True)
class _System:
    """What maps a piece (row of samples) and a state (row) to the piece that comes out and the next state."""

    forced: _Matrix
    free: _Matrix
    driven: _Matrix
    kept: _Matrix


@lru_cache(maxsize=64)
def _system(sections: tuple[Section, ...]) -> _System:
    """Find the matrices by feeding unit samples and unit states to the plain recursion."""
    order = 2 * len(sections)
    units = np.eye(_PIECE + order)
    out, state = _recursion(sections, units[:, :_PIECE], units[:, _PIECE:])
    return _System(out[:_PIECE], out[_PIECE:], state[:_PIECE], state[_PIECE:])


def _recursion(sections: tuple[Section, ...], rows: _Matrix, states: _Matrix) -> tuple[_Matrix, _Matrix]:
    """Filter each row sample by sample, from its row of states (transposed direct form II)."""
    states, out = states.copy(), np.empty_like(rows)
    for index in range(rows.shape[1]):
        value = rows[:, index]
        for number, section in enumerate(sections):
            first, second = states[:, 2 * number].copy(), states[:, 2 * number + 1]
            filtered = section.b0 * value + first
            states[:, 2 * number] = section.b1 * value - section.a1 * filtered + second
            states[:, 2 * number + 1] = section.b2 * value - section.a2 * filtered
            value = filtered
        out[:, index] = value
    return out, states


class HighPass:
    """A high-pass whose corner can move; changes are crossfaded over one block."""

    def __init__(self) -> None:
        self._hertz = 0
        self._filter: Filter | None = None

    def process(self, block: Samples, hertz: int) -> Samples:
        """Return the (2, 960) samples without what is below `hertz`; 0 lets everything pass."""
        before = self._filter.process(block) if self._filter else block
        if hertz == self._hertz:
            return before
        self._hertz = hertz
        self._filter = Filter(high_pass(hertz)) if hertz else None
        after = self._filter.process(block) if self._filter else block
        return before + (after - before) * _CROSSFADE


_CROSSFADE: Final = ((np.arange(BLOCK) + 1.0) / BLOCK).astype(np.float32)
