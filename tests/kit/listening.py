"""What is seen and heard of a stream, frame by frame and tone by tone."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import av
import numpy as np
import numpy.typing as npt

RATE: Final = 48_000
SILENCE_DB: Final = -120.0
LINES: Final = 4
"""Of a spectrum, to each hertz."""
DETUNED: Final = 0.006
HOLE_S: Final = 0.01
"""What is missing of sound for longer is heard as silence, so that what follows is in its place."""
MIDDLE: Final = ((0.5, 0.5),)
Rgb = tuple[int, int, int]
Points = tuple[tuple[float, float], ...]
"""Places in a picture, fractions of its width and height."""


@dataclass
class Listened:
    """A stream's pictures by frame number, and its sound.

    Attributes:
        frame_rate: Of the pictures.
        numbers: Each picture's number, by its time.
        colors: What each picture has at each point that was asked for, red, green and blue.
        sides: Its sound, (2, n) at 48 kHz, from `sound_at` on; silent where there was none for a while.
        sound_at: The time of the first sample, seconds by the stream's clock.
    """

    frame_rate: int
    numbers: list[int] = field(default_factory=list)
    colors: list[tuple[Rgb, ...]] = field(default_factory=list)
    sides: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros((2, 0), np.float32))
    sound_at: float = 0.0

    @cached_property
    def sound(self) -> npt.NDArray[np.float32]:
        """Both sides as one."""
        return np.asarray(self.sides.mean(axis=0), np.float32)

    @property
    def span(self) -> int:
        """Frames from the first to the last, with those that were left out."""
        return self.numbers[-1] - self.numbers[0] + 1

    @property
    def missing(self) -> int:
        """Numbers that were left out between the first and the last."""
        return self.span - len(self.numbers)

    def level_db(self, hertz: float, begin: float = 0.0, seconds: float | None = None) -> float:
        """The level of a tone in a part of the sound, dBFS of its amplitude."""
        first = round(begin * RATE)
        part = self.sound[first : None if seconds is None else first + round(seconds * RATE)]
        return level_db(part, hertz)

    def loudest_db(self, hertz: float) -> float:
        """The level of a tone in the half second in which it is loudest, dBFS of its amplitude."""
        last_s = max(len(self.sound) / RATE - 0.5, 0.0)
        return max(self.level_db(hertz, begin, 0.5) for begin in np.arange(0.0, last_s + 0.01, 0.25))


def level_db(samples: npt.NDArray[np.float32], hertz: float) -> float:
    """The level of a tone, dBFS of its amplitude; by a window that lets other tones through 90 dB lower.

    A tone that is played faster or slower by half a percent, as a time line moves, is the same tone.
    """
    return tone_db(spectrum(samples), hertz)


def levels_db(packets: Iterable[bytes]) -> list[float]:
    """The level of each packet of Opus as a decoder gives it that has had those before, dBFS (RMS)."""
    decoder = av.CodecContext.create("libopus", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.format = av.AudioFormat("s16")
    frames = [frame.to_ndarray() for packet in packets for frame in decoder.decode(av.Packet(packet))]
    return [20 * float(np.log10(max(frame.std() / 2**15, 1e-9))) for frame in frames]


def spectrum(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """What `tone_db` finds tones in."""
    window = np.blackman(len(samples)) ** 2
    return np.abs(np.fft.rfft(samples * window, LINES * RATE)) * 2 / np.sum(window)


def tone_db(found: npt.NDArray[np.float64], hertz: float) -> float:
    """The level of a tone in a spectrum, dBFS of its amplitude."""
    near = found[int(LINES * hertz * (1 - DETUNED)) : int(LINES * hertz * (1 + DETUNED)) + 2]
    return max(SILENCE_DB, 20 * float(np.log10(max(float(near.max()), 1e-9))))


async def listen(url: str, seconds: float, *, points: Points = MIDDLE, frame_rate: int = 30) -> Listened:
    """Decode so many seconds of a stream.

    Args:
        points: Where in the pictures colours are looked at.
        frame_rate: By which pictures are numbered.
    """
    heard = Listened(frame_rate)
    deadline = time.monotonic() + seconds + 15.0
    await asyncio.to_thread(
        _listen, heard, url, points, lambda read_s: read_s > seconds or time.monotonic() > deadline
    )
    return heard


@asynccontextmanager
async def reading(url: str, *, points: Points = MIDDLE, frame_rate: int = 30) -> AsyncIterator[Listened]:
    """Decode a stream while the block lasts: its pictures are there as they come, its sound afterwards.

    Args:
        points: Where in the pictures colours are looked at.
        frame_rate: By which pictures are numbered.
    """
    heard, is_over = Listened(frame_rate), threading.Event()
    reader = asyncio.create_task(
        asyncio.to_thread(_listen, heard, url, points, lambda _read_s: is_over.is_set())
    )
    try:
        yield heard
    finally:
        is_over.set()
        await reader


def _listen(heard: Listened, url: str, points: Points, is_enough: Callable[[float], bool]) -> None:
    blocks: list[npt.NDArray[np.float32]] = []
    resampler = av.AudioResampler("fltp", "stereo", RATE)
    with av.open(
        url, timeout=(10.0, 5.0), options={"probesize": "8192", "analyzeduration": "0"}
    ) as container:
        first: float | None = None
        for packet in container.demux():
            if packet.pts is None or packet.time_base is None:
                continue
            at = float(packet.pts * packet.time_base)
            first = at if first is None else first
            if is_enough(at - first):
                break
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    _look(heard, frame, points)
                elif isinstance(frame, av.AudioFrame):
                    heard.sound_at = heard.sound_at if blocks else frame.time or 0.0
                    end = heard.sound_at + sum(block.shape[1] for block in blocks) / RATE
                    if blocks and (frame.time or 0.0) - end > HOLE_S:
                        blocks.append(np.zeros((2, round(((frame.time or 0.0) - end) * RATE)), np.float32))
                    parts = resampler.resample(frame)
                    blocks += [np.asarray(part.to_ndarray(), np.float32) for part in parts]
    if blocks:
        heard.sides = np.concatenate(blocks, axis=1)


def _look(heard: Listened, frame: Any, points: Points) -> None:
    heard.numbers.append(round(frame.time * heard.frame_rate))
    pixels = frame.to_ndarray(format="rgb24")
    found: list[Rgb] = []
    for x, y in points:
        column, row = int(x * frame.width), int(y * frame.height)
        red, green, blue = pixels[row - 2 : row + 2, column - 2 : column + 2].mean(axis=(0, 1))
        found.append((int(red), int(green), int(blue)))
    heard.colors.append(tuple(found))
