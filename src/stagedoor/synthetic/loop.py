"""What a synthetic guest shows and says: some seconds that are encoded once and kept as a file.

The picture has the guest's colour and name, the number of the frame in digits for people and as a row of
sixteen squares for programs (the lowest bit on the left), and a bar that moves; the sound is a tone.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import numpy.typing as npt
from font_source_sans_pro import SourceSansProSemibold  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

from stagedoor.domain.errors import StorageError
from stagedoor.ipc.synthetic import MAX_SYNTHETIC

WIDTH: Final = 640
HEIGHT: Final = 360
FRAME_RATE: Final = 30
SECONDS: Final = 10
FRAMES: Final = FRAME_RATE * SECONDS
SAMPLE_RATE: Final = 48_000
BLOCK: Final = 960
"""Samples of one packet of sound."""
BLOCKS: Final = SAMPLE_RATE * SECONDS // BLOCK
LOUDNESS: Final = 0.1
"""Of full scale: 20 dB below it."""
BITS: Final = 16
LEAD_IN: Final = 25
"""Blocks of sound that are encoded before the first one: each repetition goes on where the last one ended,
and a decoder that is told to begin anew in the middle of a tone begins with a burst."""
VERSION: Final = 2
"""Part of the files' names: raised whenever what is encoded changes."""

_BRIGHT: Final = (235, 235, 235)
_DARK: Final = (16, 16, 16)
_X264: Final = {
    "preset": "veryfast",
    "tune": "zerolatency",
    "profile": "baseline",
    "x264-params": "annexb=1:repeat-headers=1:scenecut=0",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one synthetic guest is told from the others; `tone` in hertz, none a harmonic of another."""

    color: tuple[int, int, int]
    tone: int


LOOKS: Final = (
    Look((31, 92, 148), 311),
    Look((140, 66, 34), 392),
    Look((38, 110, 66), 494),
    Look((104, 58, 138), 622),
)
assert len(LOOKS) == MAX_SYNTHETIC


@dataclass(frozen=True, slots=True)
class Loop:
    """Encoded pictures, `FRAME_RATE` a second, and packets of sound, each of `BLOCK` samples."""

    pictures: tuple[bytes, ...]
    sounds: tuple[bytes, ...]


def load(look: int, name: str, folder: Path) -> Loop:
    """Return the loop of a guest, encoded now if that has not been done before; blocks for a second or two.

    Raises:
        StorageError: It cannot be written or read.
    """
    path = folder / f"v{VERSION}-{look}.nut"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            _write(LOOKS[look], name, path)
        return _read(path)
    except (OSError, av.FFmpegError) as error:
        path.unlink(missing_ok=True)
        raise StorageError(
            f"what a test guest shows cannot be kept: {error}",
            code="test_guest_unwritable",
            hint="Make room in server.data_dir.",
        ) from error


def _read(path: Path) -> Loop:
    found: dict[str, list[bytes]] = {"video": [], "audio": []}
    with av.open(path, format="nut") as container:
        for packet in container.demux():
            if packet.size:
                found[packet.stream.type].append(bytes(packet))
    return Loop(tuple(found["video"][:FRAMES]), tuple(found["audio"][:BLOCKS]))


def _write(look: Look, name: str, path: Path) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        with av.open(draft, "w", format="nut") as container:
            _encode(look, name, container)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _encode(look: Look, name: str, container: "av.container.OutputContainer") -> None:
    video = container.add_stream("libx264", rate=FRAME_RATE, options=_X264)
    video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    video.bit_rate, video.gop_size, video.thread_count = 500_000, FRAME_RATE, 1
    audio = container.add_stream("libopus", rate=SAMPLE_RATE, options={"frame_duration": "20"})
    audio.layout, audio.bit_rate = "mono", 48_000
    for number, picture in enumerate(_pictures(look, name)):
        frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
        container.mux(video.encode(frame))
    container.mux(video.encode(None))
    for block in range(-LEAD_IN, BLOCKS):
        # An encoder's first packet is earlier than its sound by what it looks ahead, less than a block.
        packets = audio.encode(_sound(look.tone, block))
        container.mux([packet for packet in packets if (packet.pts or 0) > -BLOCK])
    container.mux(audio.encode(None))


def _pictures(look: Look, name: str) -> Iterator[Image.Image]:
    small, large = (ImageFont.truetype(SourceSansProSemibold, size) for size in (40, 72))
    for number in range(FRAMES):
        picture = Image.new("RGB", (WIDTH, HEIGHT), look.color)
        draw = ImageDraw.Draw(picture)
        _draw_bits(draw, number)
        draw.text((WIDTH / 2, HEIGHT * 0.28), name, fill=_BRIGHT, font=small, anchor="mm")
        draw.text((WIDTH / 2, HEIGHT * 0.72), f"{number:03d}", fill=_BRIGHT, font=large, anchor="mm")
        right = WIDTH * (number + 1) // FRAMES
        draw.rectangle((0, HEIGHT - 16, right, HEIGHT), fill=_BRIGHT)
        yield picture


def _draw_bits(draw: ImageDraw.ImageDraw, number: int) -> None:
    side = WIDTH // BITS
    for bit in range(BITS):
        color = _BRIGHT if number >> bit & 1 else _DARK
        draw.rectangle((bit * side, 0, (bit + 1) * side - 1, side - 1), fill=color)


def _sound(tone: int, block: int) -> av.AudioFrame:
    """One packet's worth; the loop is a whole number of periods, so that it goes on without a click."""
    at = np.arange(block * BLOCK, (block + 1) * BLOCK)
    samples: npt.NDArray[Any] = LOUDNESS * np.sin(2 * np.pi * tone * at / SAMPLE_RATE)
    frame = av.AudioFrame.from_ndarray(samples.astype(np.float32).reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, block * BLOCK, Fraction(1, SAMPLE_RATE)
    return frame
