"""What the browser's camera sees: a detailed picture that moves, with grain, so that its bitrate is used."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from tests.kit.show import CACHE

FRAMES = 60
RATE = 30
STEP = 3
"""Pixels that the picture moves from one frame to the next, forth and back."""
GRAIN = 3


def camera(width: int, height: int) -> Path:
    """A Y4M file of two seconds (nothing to decode: the processor is for the browser's encoder)."""
    path = CACHE / f"camera-1-{width}x{height}.y4m"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        random = np.random.default_rng(7)
        room = _room(width + STEP * FRAMES, height, random)
        chroma = np.full(width * height // 2, 120, np.uint8).tobytes()
        with draft.open("wb") as file:
            file.write(f"YUV4MPEG2 W{width} H{height} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
            for number in range(FRAMES):
                at = STEP * min(number, FRAMES - number)
                grain = random.integers(-GRAIN, GRAIN + 1, (height, width), np.int16)
                picture = np.clip(room[:, at : at + width] + grain, 16, 235).astype(np.uint8)
                file.write(b"FRAME\n" + picture.tobytes() + chroma)
        draft.replace(path)
    return path


def _room(width: int, height: int, random: np.random.Generator) -> npt.NDArray[np.int16]:
    """Blots of every size from 4 pixels up, as in most pictures, around a middle grey."""
    sum_of_all = np.full((height, width), 120.0)
    for size in (4, 8, 16, 32, 64, 128, 256):
        coarse = random.normal(0, 6 + size / 16, (height // size + 2, width // size + 2))
        sum_of_all += np.kron(coarse, np.ones((size, size)))[:height, :width]
    return np.asarray(np.clip(sum_of_all, 16, 235), np.int16)
