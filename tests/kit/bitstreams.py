"""Real bitstreams, encoded by PyAV, and the proof that one can be decoded."""

import functools
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np

from tests.kit.priority import kept_priority


@functools.cache
def encode(
    encoder: str,
    width: int,
    height: int,
    *,
    frames: int = 6,
    pix_fmt: str = "yuv420p",
    options: tuple[tuple[str, str], ...] = (),
) -> tuple[bytes, ...]:
    """Encode a moving gradient whose every third picture is noise; one key frame, then differences."""
    with kept_priority():
        return tuple(_encoded(encoder, width, height, frames, pix_fmt, options))


def _encoded(
    encoder: str, width: int, height: int, frames: int, pix_fmt: str, options: tuple[tuple[str, str], ...]
) -> Iterator[bytes]:
    context = av.CodecContext.create(encoder, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, pix_fmt
    context.time_base, context.framerate = Fraction(1, 30), Fraction(30)
    context.bit_rate, context.gop_size, context.options = 2_000_000, 600, dict(options)
    noise = np.random.default_rng(width * height)
    for number in range(frames):
        picture = np.full((height, width, 3), number * 9, np.uint8)
        picture[:, :, 0] += np.arange(width, dtype=np.uint16).astype(np.uint8)
        if number % 3 == 0:
            picture[: height // 2] = noise.integers(0, 255, (height // 2, width, 3), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pix_fmt)
        frame.pts = number
        yield from map(bytes, context.encode(frame))
    yield from map(bytes, context.encode(None))


def decode(decoder: str, coded: list[bytes]) -> list[tuple[int, int]]:
    """Decode frames; gives the size of each picture that comes out, and raises where a frame is broken."""
    context = av.CodecContext.create(decoder, "r")
    assert isinstance(context, av.VideoCodecContext)
    context.options = {"err_detect": "explode"}
    pictures = [frame for data in coded for frame in context.decode(av.Packet(data))]
    pictures += context.decode(None)
    return [(picture.width, picture.height) for picture in pictures]
