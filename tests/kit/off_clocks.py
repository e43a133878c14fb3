"""Sources whose clocks run faster and slower than ours, and what program makes of them.

Each has two tones, which together tell its media time within a fifth of a second, and pictures with their
numbers: so program's sound and picture say by themselves how late they are, and how far apart.
"""

import heapq
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from stagedoor.domain.scene import Rect
from stagedoor.media.packets import Kind
from stagedoor.mixer.sound.codec import OpusEncoder
from tests.kit.app import App
from tests.kit.putting import Due, putting_packets
from tests.kit.show import AUDIO_RATE, VIDEO_RATE, Show, encode, squares
from tests.kit.viewing import packets_of
from tests.kit.wait import until

PICTURES: Final = Show(160, 90, frame_rate=25, seconds=4, bitrate=200_000)
"""At a program rate of 30 they are early and late by turns, so that a median says how far apart sound is."""
BEAT_HZ: Final = 5
"""How far a source's tones are apart."""
AMPLITUDE: Final = 0.06
"""Of each tone."""
WINDOW: Final = AUDIO_RATE * 2 // 5
"""Samples in which tones are told from each other."""
HOP: Final = AUDIO_RATE // 10
MOMENT: Final = AUDIO_RATE // 20
"""Samples within which tones are the same, however a time line moves."""
PLAYOUT_MS: Final = 500
"""Fixed, and longer than whoever sends may stand still: what is late is late by the clocks alone."""
BLOCK: Final = 960

Sound = npt.NDArray[np.float32]
Media = tuple[float, float]
"""A time of program, and the media time that is heard then, modulo what the tones can tell."""


@dataclass(frozen=True)
class OffClock:
    """One such source; its name is its path at the hub and its id.

    Attributes:
        ppm: By how much its clock is fast.
        tone: Hertz of the lower of its tones.
        rect: Where it is in program.
    """

    name: str
    ppm: int
    tone: int
    rect: Rect

    @property
    def pace(self) -> float:
        """Seconds of its own in each of ours."""
        return 1 + self.ppm / 1e6

    @property
    def tones(self) -> tuple[int, int]:
        """Hertz of both, by its own clock."""
        return self.tone, self.tone + BEAT_HZ


OFF_CLOCKS: Final = (
    OffClock("fast", 200, 400, Rect(0.0, 0.75, 0.25, 0.25)),
    OffClock("slow", -200, 520, Rect(0.75, 0.75, 0.25, 0.25)),
)


@asynccontextmanager
async def off_clocks(app: App) -> AsyncIterator[None]:
    """Have them on program, and nothing else."""
    async with AsyncExitStack() as stack:
        for each in OFF_CLOCKS:
            kinds = {Kind.VIDEO, Kind.AUDIO}
            await stack.enter_async_context(
                putting_packets(app, each.name, _packets(each), kinds, pace=each.pace)
            )
            source = {"id": each.name, "kind": "hub", "url": each.name, "playout_ms": PLAYOUT_MS}
            (await app.api.post("/api/sources", json=source)).raise_for_status()

        async def live() -> bool:
            sources = (await app.api.get("/api/mixer")).json()["sources"]
            states = {each["id"]: each["state"] for each in sources}
            return all(states.get(each.name) == "live" for each in OFF_CLOCKS)

        await until(live, 15.0, what="sources whose clocks are off are live")
        slots = [{"source": each.name, **_box(each.rect)} for each in OFF_CLOCKS]
        (await app.api.post("/api/scenes", json={"id": "clocks", "slots": slots})).raise_for_status()
        (await app.api.post("/api/mixer/cut", json={"scene": "clocks"})).raise_for_status()
        yield


async def missing_ms(app: App) -> int:
    """How much of their sound was not there in time so far, as where the machine stood still."""
    sources = (await app.api.get("/api/mixer")).json()["sources"]
    names = {each.name for each in OFF_CLOCKS}
    return sum(each["concealed_ms"] for each in sources if each["id"] in names)


def _box(rect: Rect) -> dict[str, float]:
    return {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height}


def _packets(source: OffClock) -> Iterator[Due]:
    pictures = packets_of((encode(PICTURES),), VIDEO_RATE, 0.0)
    return heapq.merge(pictures, _sound(source), key=lambda each: each[:2])


def _sound(source: OffClock) -> Iterator[Due]:
    encoder = OpusEncoder(96_000)
    for first in itertools.count(step=BLOCK):
        times = (first + np.arange(BLOCK)) / AUDIO_RATE
        low, high = (np.sin(2 * np.pi * hertz * times) for hertz in source.tones)
        wave = (AMPLITUDE * (low + high)).astype(np.float32)
        for packet in encoder.encode(np.tile(wave, (2, 1)), first):
            yield packet.pts / AUDIO_RATE, AUDIO_RATE, packet


@dataclass(frozen=True)
class Followed:
    """What program made of them, since it was looked at last.

    Attributes:
        later: Of each, seconds by which its sound is heard later than when the first look ended, the median;
            half a beat or more is not told from less than none.
        ahead: Of each, seconds by which its picture is ahead of its sound, the median.
        rough: The most that there was beside the tones within a moment, in parts of a tone: a click, a hole.
        uneven: The most by which a tone was louder or softer than it was sent, in parts of it.
    """

    later: dict[str, float]
    ahead: dict[str, float]
    rough: float
    uneven: float


@dataclass
class Following:
    """Given everything that a reader decodes of program."""

    _blocks: list[tuple[float, Sound]] = field(default_factory=list)
    _pictures: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    _first: dict[str, float] = field(default_factory=dict)

    def see(self, frame: object, _now: float) -> None:
        """Take one picture or block of sound."""
        if isinstance(frame, av.AudioFrame):
            self._blocks.append((frame.time or 0.0, np.asarray(frame.to_ndarray(), np.float32)))
        elif isinstance(frame, av.VideoFrame):
            pixels = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
            for each in OFF_CLOCKS:
                seen = self._pictures.setdefault(each.name, [])
                seen.append((frame.time or 0.0, _number(pixels, each.rect)))

    @property
    def span_s(self) -> float:
        """Seconds of program that have come since it was looked at last."""
        return self._blocks[-1][0] - self._blocks[0][0] if self._blocks else 0.0

    def taken(self) -> Followed:
        """What was so, and begin anew."""
        blocks, self._blocks = self._blocks, []
        pictures, self._pictures = self._pictures, {}
        begin, whole = _whole(blocks)
        heard, uneven = _heard(begin, whole)
        later = {each.name: self._later(each, heard[each.name]) for each in OFF_CLOCKS}
        ahead = {each.name: _ahead(each, heard[each.name], pictures[each.name]) for each in OFF_CLOCKS}
        return Followed(later, ahead, _rough(whole), uneven)

    def _later(self, source: OffClock, heard: list[Media]) -> float:
        delays = [at - media / source.pace for at, media in heard]
        first = self._first.setdefault(source.name, delays[-1])
        return float(np.median([_wrapped(delay - first, 1 / BEAT_HZ / source.pace) for delay in delays]))


def _whole(blocks: list[tuple[float, Sound]]) -> tuple[float, Sound]:
    """The left side of all of the sound, and its time; what did not come is no number."""
    begin = blocks[0][0]
    count = round((blocks[-1][0] - begin) * AUDIO_RATE) + blocks[-1][1].shape[1]
    whole = np.full(count, np.nan, np.float32)
    for at, samples in blocks:
        first = round((at - begin) * AUDIO_RATE)
        whole[first : first + samples.shape[1]] = samples[0]
    return begin, whole


def _windows(whole: Sound, length: int, hop: int) -> Iterator[tuple[int, Sound]]:
    """Pieces in which nothing is missing, each with its first sample."""
    for first in range(0, len(whole) - length, hop):
        piece = whole[first : first + length]
        if not np.isnan(piece).any():
            yield first, piece


@cache
def _waves(length: int) -> npt.NDArray[np.float64]:
    """Sine and cosine of each tone of each source, as fast as it is by our clock."""
    times = np.arange(length) / AUDIO_RATE
    angles = [2 * np.pi * hertz * each.pace * times for each in OFF_CLOCKS for hertz in each.tones]
    return np.stack([wave(angle) for angle in angles for wave in (np.sin, np.cos)], axis=1)


def _heard(begin: float, whole: Sound) -> tuple[dict[str, list[Media]], float]:
    """The media times of each source that are heard, and how uneven its tones are."""
    heard: dict[str, list[Media]] = {each.name: [] for each in OFF_CLOCKS}
    uneven, fit = 0.0, np.linalg.pinv(_waves(WINDOW))
    for first, piece in _windows(whole, WINDOW, HOP):
        sines, cosines = (fit @ piece).reshape(-1, 2).T
        uneven = max(uneven, float(np.abs(np.hypot(sines, cosines) / AMPLITUDE - 1).max()))
        turns = np.arctan2(cosines, sines).reshape(-1, 2) / (2 * np.pi)
        for each, (low, high) in zip(OFF_CLOCKS, turns, strict=True):
            roughly = (high - low) / BEAT_HZ
            media = roughly + _wrapped(low / each.tone - roughly, 1 / each.tone)
            heard[each.name].append((begin + first / AUDIO_RATE, media))
    return heard, uneven


def _rough(whole: Sound) -> float:
    tones = np.linalg.qr(_waves(MOMENT)).Q
    beside = [piece - tones @ (tones.T @ piece) for _, piece in _windows(whole, MOMENT, MOMENT)]
    return float(np.abs(beside).max()) / AMPLITUDE


def _ahead(source: OffClock, heard: list[Media], pictures: list[tuple[float, int]]) -> float:
    times, media = np.asarray(heard).T
    found = []
    for at, number in pictures:
        nearest = int(np.abs(times - at).argmin())
        sound = media[nearest] + (at - times[nearest]) * source.pace
        found.append(_wrapped(_begins_s() + number / PICTURES.frame_rate - sound, 1 / BEAT_HZ))
    return float(np.median(found))


@cache
def _begins_s() -> float:
    """The media time of the picture with number 0."""
    return encode(PICTURES).video[0].pts / VIDEO_RATE


def _wrapped(value: float, round_: float) -> float:
    """A value that is known but for whole rounds, as near to 0 as can be."""
    return (value + round_ / 2) % round_ - round_ / 2


def _number(pixels: npt.NDArray[np.uint8], rect: Rect) -> int:
    height, width = pixels.shape
    bits = (pixels[int(y * height), int(x * width)] > 128 for x, y in squares(rect))
    return sum(1 << number for number, bit in enumerate(bits) if bit)
