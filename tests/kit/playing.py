"""Really encoded packets, as a publisher's would be, and a reader that plays them in their own time."""

from __future__ import annotations

import asyncio
import functools
import heapq
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np

from stagedoor.media.packets import Codec, Packet, Track

FRAME_RATE = 30
VIDEO_CLOCK = 90_000
AUDIO_CLOCK = 48_000

ENCODERS = {
    Codec.H264: ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}),
    Codec.VP8: ("libvpx", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    Codec.VP9: ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
}


@functools.cache
def video(
    *sizes: tuple[int, int, int], codec: Codec = Codec.H264, gop: int = 15, first: int = 0
) -> tuple[Packet, ...]:
    """Moving picture: for each (width, height, frames) a part, which begins with a key frame."""
    packets: list[Packet] = []
    for width, height, frames in sizes:
        packets += _part(codec, width, height, frames, gop, first + len(packets))
    return tuple(packets)


@functools.cache
def audio(seconds: float, codec: Codec = Codec.OPUS, start: float = 0.0) -> tuple[Packet, ...]:
    """A tone of 440 Hz, stereo."""
    context = av.CodecContext.create("aac" if codec is Codec.AAC else "libopus", "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout = AUDIO_CLOCK, "stereo"
    context.format = "fltp" if codec is Codec.AAC else "flt"
    context.time_base = Fraction(1, AUDIO_CLOCK)
    context.open()
    size = context.frame_size or 960
    track = Track(
        codec, AUDIO_CLOCK, channels=2, extradata=context.extradata or b"" if codec is Codec.AAC else b""
    )
    packets: list[Packet] = []
    for number in range(int(seconds * AUDIO_CLOCK / size)):
        wave = 0.2 * np.sin(2 * np.pi * 440 * (np.arange(size) + number * size) / AUDIO_CLOCK)
        stereo = np.stack([wave, wave]).astype(np.float32)
        planar = codec is Codec.AAC
        frame = av.AudioFrame.from_ndarray(
            stereo if planar else stereo.T.reshape(1, -1).copy(),
            format="fltp" if planar else "flt",
            layout="stereo",
        )
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_CLOCK, number * size, Fraction(1, AUDIO_CLOCK)
        for packet in context.encode(frame):
            pts = len(packets) * size + int(start * AUDIO_CLOCK)
            packets.append(Packet(track, bytes(packet), pts, pts, size, key=True))
    return tuple(packets)


def seconds(packet: Packet) -> float:
    """When it is decoded."""
    return packet.dts / packet.track.clock_rate


def together(*tracks: Sequence[Packet]) -> list[Packet]:
    """Interleave by time."""
    return list(heapq.merge(*tracks, key=seconds))


class Playing:
    """A reader of a path: gives packets in their own time, `speed` times as fast, and then none for ever.

    Args:
        packets: In the order of their times.
        speed: How much faster than in life.
        ends: Whether the path ends after the last one.
        begun: The loop's time of the path's time 0; else the first packet comes at once.
    """

    def __init__(
        self,
        packets: Sequence[Packet],
        *,
        speed: float = 1.0,
        ends: bool = False,
        begun: float | None = None,
    ) -> None:
        self._packets = packets
        self._speed = speed
        self.ends = ends
        self._begun = begun
        self.closed = False
        self.dropped = 0
        self.queued = 0
        self.given = 0

    def __aiter__(self) -> Playing:
        return self

    async def __anext__(self) -> Packet:
        if self.given == len(self._packets):
            if self.ends:
                raise StopAsyncIteration
            await asyncio.Event().wait()
        packet = self._packets[self.given]
        now = asyncio.get_running_loop().time()
        if self._begun is None:
            self._begun = now - seconds(packet) / self._speed
        await asyncio.sleep(self._begun + seconds(packet) / self._speed - now)
        self.given += 1
        return packet

    async def aclose(self) -> None:
        self.closed = True


def _part(codec: Codec, width: int, height: int, frames: int, gop: int, first: int) -> list[Packet]:
    name, options = ENCODERS[codec]
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, FRAME_RATE), Fraction(FRAME_RATE)
    context.gop_size, context.bit_rate = gop, 1_000_000
    context.options = options
    packets: list[Packet] = []
    track = Track(codec, VIDEO_CLOCK, width, height)
    for encoded in _encode(context, width, height, frames):
        data = bytes(encoded)
        if codec is Codec.H264 and encoded.is_keyframe and not track.extradata:
            track = Track(codec, VIDEO_CLOCK, width, height, extradata=_parameter_sets(data))
        pts = (first + len(packets)) * VIDEO_CLOCK // FRAME_RATE
        packets.append(Packet(track, data, pts, pts, VIDEO_CLOCK // FRAME_RATE, encoded.is_keyframe))
    assert len(packets) == frames
    return packets


def _encode(
    context: av.VideoCodecContext, width: int, height: int, frames: int
) -> list[av.Packet[av.VideoStream]]:
    found = []
    noise = np.random.default_rng(1)
    for number in range(frames):
        picture = np.full((height * 3 // 2, width), 128, np.uint8)
        picture[:height] = noise.integers(0, 64, (height, width), np.uint8)
        picture[:height, (number * 8) % (width - 16) :][:, :16] = 220
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = number
        found += context.encode(frame)
    return found + context.encode(None)


def _parameter_sets(data: bytes) -> bytes:
    units = [unit.rstrip(b"\0") for unit in data.split(b"\0\0\1")]
    return b"".join(b"\0\0\0\1" + unit for unit in units if unit and unit[0] & 31 in (7, 8))
