"""Watching a stream as a player does: what is decoded, when, in which colour, with which tone."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import av
import numpy as np
import numpy.typing as npt

from tests.kit.show import BITS, Show

DARK: Final = 60
BRIGHT: Final = 235
LOUD: Final = 0.1
"""Full scale is 1; a beep is 0.5."""


@dataclass
class Watched:
    """What came out of a stream; times are seconds by its own clock.

    Attributes:
        codecs: Kind ("video", "audio") to the codec's name.
        sizes: Width and height, each time that they changed.
        numbers: The frames' numbers as drawn by `show`.
        color: Red, green and blue in the middle of the last picture.
        tone: Hertz of the loudest part of the sound; 0 while there is none.
        flashes: When the picture turned white.
        beeps: When the sound began after silence.
    """

    codecs: dict[str, str] = field(default_factory=dict)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    video_times: list[float] = field(default_factory=list)
    audio_times: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    color: tuple[int, int, int] = (0, 0, 0)
    tone: float = 0.0
    flashes: list[float] = field(default_factory=list)
    beeps: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def av_offsets(self) -> list[float]:
        """For each flash the seconds by which the nearest beep comes after it."""
        return [min((beep - flash for beep in self.beeps), key=abs) for flash in self.flashes if self.beeps]

    def longest_gap(self, kind: str) -> float:
        """Seconds between two neighbouring frames."""
        times = self.video_times if kind == "video" else self.audio_times
        return float(np.max(np.diff(times))) if len(times) > 1 else float("inf")


async def watch(
    url: str, seconds: float, *, timeout: float = 15.0, options: Mapping[str, str] | None = None, **how: Any
) -> Watched:
    """Decode `seconds` of the stream at `url`; gives up `timeout` seconds after the start.

    Args:
        options: FFmpeg's options for the input.
        how: More for `av.open`, such as `format`.

    Raises:
        av.FFmpegError: The stream cannot be opened.
    """
    return await asyncio.to_thread(_watch, url, seconds, timeout, dict(options or {}), how)


def missing(seen: Watched, show: Show) -> int:
    """Pictures of `show` that never came between the first and the last that did."""
    total = show.seconds * show.frame_rate
    return sum(
        (after - before - 1) % total for before, after in zip(seen.numbers, seen.numbers[1:], strict=False)
    )


def near(color: tuple[int, int, int], wanted: tuple[int, int, int], tolerance: int = 24) -> bool:
    """Whether two colours are the same but for what coding does to them."""
    return all(abs(a - b) <= tolerance for a, b in zip(color, wanted, strict=True))


def _watch(url: str, seconds: float, timeout: float, options: dict[str, str], how: dict[str, Any]) -> Watched:
    seen, sound = Watched(), _Sound()
    deadline = time.monotonic() + timeout
    with av.open(url, timeout=(timeout, min(timeout, 5.0)), options=options, **how) as container:
        seen.codecs = {
            stream.type: stream.codec_context.name for stream in container.streams if stream.codec_context
        }
        begun: float | None = None
        try:
            for packet in container.demux():
                at = (
                    None
                    if packet.dts is None or packet.time_base is None
                    else float(packet.dts * packet.time_base)
                )
                begun = at if begun is None else begun
                if time.monotonic() > deadline or (
                    at is not None and begun is not None and at - begun > seconds
                ):
                    break
                for frame in _decode(packet, seen):
                    if isinstance(frame, av.VideoFrame):
                        _picture(seen, frame)
                    elif isinstance(frame, av.AudioFrame):
                        sound.add(seen, frame)
        except av.FFmpegError as error:
            seen.errors.append(str(error))
    seen.tone = sound.tone()
    return seen


def _decode(packet: "av.Packet[Any]", seen: Watched) -> list[Any]:
    try:
        return list(packet.decode())
    except av.InvalidDataError as error:
        seen.errors.append(str(error))
        return []


def _picture(seen: Watched, frame: av.VideoFrame) -> None:
    size = (frame.width, frame.height)
    if not seen.sizes or seen.sizes[-1] != size:
        seen.sizes.append(size)
    seen.video_times.append(frame.time or 0.0)
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    seen.numbers.append(_number(pixels))
    middle = pixels[
        frame.height // 2 - 8 : frame.height // 2 + 8, frame.width // 2 - 8 : frame.width // 2 + 8
    ]
    was_white = min(seen.color) >= BRIGHT
    red, green, blue = (int(value) for value in middle.mean(axis=(0, 1)))
    seen.color = (red, green, blue)
    if min(seen.color) >= BRIGHT and not was_white:
        seen.flashes.append(frame.time or 0.0)


def _number(pixels: npt.NDArray[np.uint8]) -> int:
    side = pixels.shape[1] // BITS
    centers = pixels[side // 2, side // 2 :: side, 1][:BITS]
    return sum(1 << bit for bit, value in enumerate(centers) if value > 128)


class _Sound:
    def __init__(self) -> None:
        self._samples: list[npt.NDArray[np.float32]] = []
        self._rate = 0
        self._quiet_until = -1.0

    def add(self, seen: Watched, frame: av.AudioFrame) -> None:
        samples = _mono(frame)
        self._rate = frame.sample_rate
        self._samples.append(samples)
        begins = frame.time or 0.0
        seen.audio_times.append(begins)
        loud = np.flatnonzero(np.abs(samples) > LOUD)
        if loud.size:
            first = begins + float(loud[0]) / frame.sample_rate
            if first - self._quiet_until > 0.3:
                seen.beeps.append(first)
            self._quiet_until = begins + float(loud[-1]) / frame.sample_rate

    def tone(self) -> float:
        """Hertz of the strongest part of the last second."""
        if not self._samples:
            return 0.0
        samples = np.concatenate(self._samples)[-self._rate :]
        if float(np.max(np.abs(samples))) < 0.01:
            return 0.0
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        return float(np.argmax(spectrum)) * self._rate / len(samples)


def _mono(frame: av.AudioFrame) -> npt.NDArray[np.float32]:
    data: npt.NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        data = data.reshape(-1, frame.layout.nb_channels).T
    if data.dtype.kind == "f":
        return np.asarray(data[0], np.float32)
    range_ = np.iinfo(data.dtype)
    middle = (range_.max + range_.min + 1) / 2
    return np.asarray((data[0] - middle) / (range_.max - middle), np.float32)
