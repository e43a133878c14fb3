"""What the browser's camera sees: a detailed room, somebody who moves in front of it, and grain."""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from tests.kit.show import CACHE

FRAMES = 60
RATE = 30
STEP = 2
"""Pixels of 1080 lines that the person moves from one frame to the next, forth and back."""
GRAIN = 3
MUCH_GRAIN = 7
"""Grey levels up and down, by chance for each pixel and picture; the second wants more than 3 Mbit/s."""

Picture = npt.NDArray[np.int16]


def camera(width: int, height: int, grain: int = GRAIN) -> Path:
    """A Y4M file of two seconds (nothing to decode: the processor is for the browser's encoder)."""
    path = CACHE / f"camera-{grain}-{width}x{height}.y4m"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        random = np.random.default_rng(7)
        room, person = _texture(width, height, random), _texture(width // 3, height * 3 // 4, random)
        chroma = np.full(width * height // 2, 120, np.uint8).tobytes()
        with draft.open("wb") as file:
            file.write(f"YUV4MPEG2 W{width} H{height} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
            for number in range(FRAMES):
                picture = room + random.integers(-grain, grain + 1, room.shape, np.int16)
                left = width // 4 + STEP * height // 1080 * min(number, FRAMES - number)
                picture[height // 4 :, left : left + person.shape[1]] = person
                file.write(b"FRAME\n" + np.clip(picture, 16, 235).astype(np.uint8).tobytes() + chroma)
        draft.replace(path)
    return path


def _texture(width: int, height: int, random: np.random.Generator) -> Picture:
    """Soft blots of every size from 8 pixels up around a middle grey."""
    total = np.full((height, width), 120.0)
    for size in (8, 16, 32, 64, 128, 256):
        coarse = random.normal(120, 3 + size / 10, (height // size + 2, width // size + 2))
        frame = av.VideoFrame.from_ndarray(np.clip(coarse, 0, 255).astype(np.uint8), format="gray")
        fine = frame.reformat(width, height, interpolation="BICUBIC").to_ndarray()
        total += np.asarray(fine, np.float64) - 120
    return np.asarray(np.clip(total, 16, 235), np.int16)
