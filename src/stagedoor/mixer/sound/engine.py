"""The sound engine: block by block, every source once, every bus, one after the other."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from stagedoor.domain.strip import Strip
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.limiter import LOOK_AHEAD, Following, Limiter
from stagedoor.mixer.sound.meters import METER_BLOCKS, Level, LevelMeter, Loudness
from stagedoor.mixer.sound.mixing import USUAL_FRAME_RATE, USUAL_RAMP, BusMatrix, Gains, Ramp
from stagedoor.mixer.sound.samples import BLOCK, CHANNELS, Samples
from stagedoor.mixer.sound.strip import SourceStrip

PROGRAM: Final = "program"
"""The bus that everybody hears; its loudness is measured."""
_USUAL: Final = Strip()


@dataclass(frozen=True, slots=True)
class Block:
    """20 ms of every bus.

    Attributes:
        at: Program sample number of the first sample.
        sound: (2, 960) samples by bus.
        levels: Every 100 ms the sources' levels, before the fader, by id; else None.
        program: Every 100 ms program's level; else None.
        lufs: Every 100 ms program's momentary loudness; else None.
        reduced: With the levels, by how many dB gate and compressor turn down; of the sources that they do.
    """

    at: int
    sound: dict[str, Samples]
    levels: dict[str, Level] | None = None
    program: Level | None = None
    lufs: float | None = None
    reduced: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Changes:
    """What is to be so from the next block on; one entry for each bus, however often it changes."""

    buses: tuple[str, ...] | None = None
    like_program: frozenset[str] = frozenset()
    gains: dict[str, tuple[Gains, Ramp]] = field(default_factory=dict)


class SoundEngine:
    """Mixes. `block` is for one thread, everything else for any; no method waits for a block.

    What is set takes effect at the edge of the next block.

    Args:
        frame_rate: Program's: what comes on air and leaves it takes three of its frames.
    """

    def __init__(self, frame_rate: int = USUAL_FRAME_RATE) -> None:
        self._lock = threading.Lock()
        self._strips: dict[str, SourceStrip] = {}
        self._leaving: dict[str, SourceStrip] = {}
        self._settings: dict[str, Strip] = {}
        self._changes = _Changes()
        self._matrix = BusMatrix(frame_rate)
        self._limiters: dict[str, Limiter] = {}
        self._like_program: frozenset[str] = frozenset()
        self._following: dict[str, Following] = {}
        self._source_meter, self._program_meter = LevelMeter(), LevelMeter()
        self._loudness = Loudness()

    def add(self, source: str) -> SourceSound:
        """Have a source; return what its decoder writes to, the same one while the source is there."""
        with self._lock:
            if source not in self._strips:
                leaving = self._leaving.pop(source, None)
                self._strips[source] = leaving if leaving is not None else SourceStrip()
            return self._strips[source].sound

    def remove(self, source: str) -> None:
        """Fade a source out and forget it; one that is not there is none."""
        with self._lock:
            if (strip := self._strips.pop(source, None)) is not None:
                self._leaving[source] = strip

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that are there, without those that fade out."""
        with self._lock:
            return tuple(self._strips)

    def set_strips(self, strips: Mapping[str, Strip]) -> None:
        """Use these settings of sources; all of them but the fader, which is in the gains."""
        with self._lock:
            self._settings = dict(strips)

    def set_buses(self, buses: Iterable[str], like_program: Iterable[str] = ()) -> None:
        """Have these buses and no others; a new one is silent until it gets gains.

        Args:
            buses: Their names.
            like_program: Those that are turned down wherever program's limiter turns program down.
        """
        with self._lock:
            self._changes.buses, self._changes.like_program = tuple(buses), frozenset(like_program)

    def set_gains(self, gains: Mapping[str, Gains], ramp: Ramp = USUAL_RAMP) -> None:
        """Move each named bus to its gains, linear by source.

        They are gains of the sound before the fader. Sources that a bus does not name are silent on it, and
        those that are not there yet will rise to their gain when they come.
        """
        with self._lock:
            self._changes.gains.update({bus: (dict(row), ramp) for bus, row in gains.items()})

    def block(self, number: int, offsets: Mapping[str, float]) -> Block:
        """Compute program block `number`, which begins at program sample `number * 960`.

        `offsets` has each source's program time minus media time, in samples; a source without one is silent.
        The sources are read as far ahead as the limiters delay them: what comes out is in time.
        """
        at = number * BLOCK
        strips, settings = self._begin()
        sounds = np.zeros((len(strips), CHANNELS, BLOCK), np.float32)
        for row, (source, strip) in zip(sounds, strips.items(), strict=True):
            setting = settings.get(source, _USUAL)
            row[:] = strip.block_or_silence(source, at + LOOK_AHEAD, offsets.get(source), setting)
        mixed = dict(zip(self._matrix.buses, self._matrix.mix(sounds), strict=True))
        return self._measured(at, strips, sounds, self._limited(mixed))

    def _limited(self, mixed: Mapping[str, Samples]) -> dict[str, Samples]:
        """Limit every bus, program first: some follow it."""
        limited: dict[str, Samples] = {}
        for bus in sorted(mixed, key=PROGRAM.__ne__):
            follows = bus in self._like_program and PROGRAM in limited
            most = self._following[bus].after(self._limiters[PROGRAM].mean if follows else 1.0)
            limited[bus] = self._limiters[bus].process(mixed[bus], most)
        return limited

    def _begin(self) -> tuple[dict[str, SourceStrip], dict[str, Strip]]:
        """Take over what was changed since the last block."""
        with self._lock:
            self._leaving = {one: strip for one, strip in self._leaving.items() if self._is_heard(one)}
            strips, leaving = {**self._strips, **self._leaving}, tuple(self._leaving)
            settings = self._settings
            changes, self._changes = self._changes, _Changes()
        if changes.buses is not None:
            self._matrix.set_buses(changes.buses)
            self._like_program = changes.like_program
            self._limiters = {bus: self._limiters.get(bus) or Limiter() for bus in self._matrix.buses}
            self._following = {bus: self._following.get(bus) or Following() for bus in self._matrix.buses}
        self._matrix.set_sources(strips, leaving)
        for bus, (gains, ramp) in changes.gains.items():
            self._matrix.set_gains({bus: gains}, ramp)
        return strips, settings

    def _is_heard(self, source: str) -> bool:
        return not self._matrix.is_silent(source)

    def _measured(
        self, at: int, strips: Mapping[str, SourceStrip], sounds: Samples, buses: dict[str, Samples]
    ) -> Block:
        self._source_meter.add(tuple(strips), sounds)
        program = buses.get(PROGRAM)
        if program is not None:
            self._program_meter.add((PROGRAM,), program[None])
            self._loudness.add(program)
        if (at // BLOCK + 1) % METER_BLOCKS:
            return Block(at, buses)
        level = self._program_meter.take().get(PROGRAM) if program is not None else None
        lufs = self._loudness.lufs if program is not None else None
        reduced = {source: strip.reduced_db for source, strip in strips.items() if strip.reduced_db}
        return Block(at, buses, self._source_meter.take(), level, lufs, reduced)
