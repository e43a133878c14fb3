"""Buses: every bus a sum of sources, each with a gain that moves in a straight line."""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from stagedoor.mixer.sound.samples import BLOCK, CHANNELS, RATE, Samples

FADE_FRAMES: Final = 3
"""Of program that the usual ramp takes: a source is heard and seen together."""
USUAL_FRAME_RATE: Final = 30

Gains = Mapping[str, float]
"""Linear gains by source id; a source that is not there is not heard."""


class Ramp(NamedTuple):
    """How many samples gains take to where they shall be; None: as many as usual.

    Attributes:
        rise: Those that become louder.
        fall: Those that become softer.
    """

    rise: int | None = None
    fall: int | None = None


USUAL_RAMP: Final = Ramp()
_TIME: Final = (np.arange(BLOCK) / BLOCK).astype(np.float32)


class BusMatrix:
    """The gains of all sources on all buses, and their way to what is wanted.

    Ramps take whole blocks, at least one, so that one matrix product makes all buses: of the gains at the
    block's beginning with the sound, and of their steps with the sound times its place in the block. A gain
    of exactly 0 adds exactly nothing.

    Args:
        frame_rate: Program's, by which the usual ramp goes.
    """

    def __init__(self, frame_rate: int = USUAL_FRAME_RATE) -> None:
        self._usual_samples = FADE_FRAMES * RATE // frame_rate
        self._buses: list[str] = []
        self._sources: list[str] = []
        self._leaving: frozenset[str] = frozenset()
        self._wanted: dict[str, dict[str, float]] = {}
        self._now: npt.NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._target = self._now.copy()
        self._blocks: npt.NDArray[np.int64] = np.zeros((0, 0), np.int64)

    @property
    def buses(self) -> tuple[str, ...]:
        """The buses, in the order of what `mix` returns."""
        return tuple(self._buses)

    def set_buses(self, buses: Iterable[str]) -> None:
        """Have these buses; new ones are silent, the others go on."""
        wanted = list(dict.fromkeys(buses))
        self._rearrange(wanted, self._sources)
        self._wanted = {bus: self._wanted.get(bus, {}) for bus in wanted}

    def set_sources(self, sources: Iterable[str], leaving: Iterable[str] = ()) -> None:
        """Have these sources, in the order of what `mix` gets.

        New ones rise to the gain that is wanted; those of them that are `leaving` fall to 0, whatever is
        wanted.
        """
        wanted, gone = list(sources), frozenset(leaving)
        if wanted != self._sources or gone != self._leaving:
            self._leaving = gone
            self._rearrange(self._buses, wanted)
            for bus in self._buses:
                self._aim(bus, USUAL_RAMP)

    def set_gains(self, gains: Mapping[str, Gains], ramp: Ramp = USUAL_RAMP) -> None:
        """Move the named buses' gains; a ramp that leads there goes on."""
        for bus, row in gains.items():
            if bus in self._wanted:
                self._wanted[bus] = dict(row)
                self._aim(bus, ramp)

    def is_silent(self, source: str) -> bool:
        """Tell whether a source is heard on no bus and will not be."""
        if source not in self._sources:
            return True
        column = self._sources.index(source)
        return not (self._now[:, column].any() or self._target[:, column].any())

    def mix(self, sounds: Samples) -> Samples:
        """Return (buses, 2, 960) of (sources, 2, 960), and move the gains on by one block."""
        flat = sounds.reshape(len(self._sources), CHANNELS * BLOCK)
        moving = self._blocks > 0
        if not moving.any():
            mixed = self._now @ flat
        else:
            steps = np.where(moving, (self._target - self._now) / np.maximum(self._blocks, 1), 0.0)
            steps = steps.astype(np.float32)
            timed = (sounds * _TIME).reshape(flat.shape)
            mixed = np.concatenate([self._now, steps], axis=1) @ np.concatenate([flat, timed])
            self._blocks = np.maximum(self._blocks - 1, 0)
            self._now = np.where(self._blocks > 0, self._now + steps, self._target)
        return mixed.reshape(len(self._buses), CHANNELS, BLOCK)

    def _aim(self, bus: str, ramp: Ramp) -> None:
        row, wanted = self._buses.index(bus), self._wanted[bus]
        gains = [0.0 if one in self._leaving else wanted.get(one, 0.0) for one in self._sources]
        target = np.array(gains, np.float32)
        changed = target != self._target[row]
        self._target[row] = target
        rises = changed & (target > self._now[row])
        self._blocks[row, changed] = self._in_blocks(ramp.fall)
        self._blocks[row, rises] = self._in_blocks(ramp.rise)

    def _in_blocks(self, samples: int | None) -> int:
        return max(1, ceil((self._usual_samples if samples is None else samples) / BLOCK))

    def _rearrange(self, buses: list[str], sources: list[str]) -> None:
        """Carry what goes on to its new place; what is new is 0."""
        rows = [(new, self._buses.index(bus)) for new, bus in enumerate(buses) if bus in self._buses]
        columns = [(new, self._sources.index(one)) for new, one in enumerate(sources) if one in self._sources]
        shape = (len(buses), len(sources))
        now, target, blocks = (
            np.zeros(shape, np.float32),
            np.zeros(shape, np.float32),
            np.zeros(shape, np.int64),
        )
        if rows and columns:
            new = np.ix_([row for row, _ in rows], [column for column, _ in columns])
            old = np.ix_([row for _, row in rows], [column for _, column in columns])
            now[new], target[new], blocks[new] = self._now[old], self._target[old], self._blocks[old]
        self._buses, self._sources = buses, sources
        self._now, self._target, self._blocks = now, target, blocks
