"""Drawn people for a browser's camera, so that pictures of the pages show what a show looks like."""

import io
import math
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from tests.kit.show import CACHE, put_in_place

FRAMES: Final = 60
_WIDTH, _HEIGHT = 640, 360


@dataclass(frozen=True)
class Portrait:
    """Somebody before a wall; colours are red, green and blue, 0 to 255."""

    name: str
    wall: tuple[int, int, int]
    shirt: tuple[int, int, int]
    skin: tuple[int, int, int]
    hair: tuple[int, int, int]


HOST: Final = Portrait("host", (38, 48, 66), (38, 104, 118), (246, 196, 160), (66, 42, 28))
GUEST: Final = Portrait("guest", (84, 60, 44), (170, 72, 44), (150, 100, 72), (20, 18, 18))


def portrait_file(portrait: Portrait, height: int = _HEIGHT) -> str:
    """An MJPEG file of somebody who sways a little and speaks; so many lines of 16:9."""
    path = CACHE / f"portrait-{portrait.name}-{height}-1.mjpeg"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        wall, size = _wall(portrait), (height * _WIDTH // _HEIGHT, height)
        frames = (_frame(portrait, wall.copy(), number).resize(size) for number in range(FRAMES))
        put_in_place(path, b"".join(map(_jpeg, frames)))
    return str(path)


def _wall(portrait: Portrait) -> Image.Image:
    wall = Image.new("RGB", (_WIDTH, _HEIGHT), portrait.wall)
    draw = ImageDraw.Draw(wall)
    bright = tuple(min(255, part + 60) for part in portrait.wall)
    draw.ellipse((20, 10, 240, 200), fill=bright)
    draw.rectangle((430, 90, 600, 98), fill=bright)
    for x, height in ((450, 40), (470, 28), (520, 46), (560, 32)):
        draw.rectangle((x, 90 - height, x + 14, 90), fill=bright)
    return wall.filter(ImageFilter.GaussianBlur(14))


def _frame(portrait: Portrait, picture: Image.Image, number: int) -> Image.Image:
    phase = 2 * math.pi * number / FRAMES
    x, y = _WIDTH // 2 + round(6 * math.sin(phase)), 140 + round(3 * math.sin(2 * phase))
    mouth = 2 + round(4 * abs(math.sin(5 * phase)))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((x - 150, y + 105, x + 150, y + 420), fill=portrait.shirt)
    draw.rounded_rectangle((x - 24, y + 40, x + 24, y + 125), 20, fill=portrait.skin)
    draw.ellipse((x - 66, y - 92, x + 66, y + 30), fill=portrait.hair)
    draw.ellipse((x - 56, y - 66, x + 56, y + 82), fill=portrait.skin)
    draw.pieslice((x - 60, y - 86, x + 60, y + 10), 180, 360, fill=portrait.hair)
    for eye in (x - 22, x + 22):
        draw.ellipse((eye - 5, y - 2, eye + 5, y + 8), fill=(30, 26, 26))
    draw.ellipse((x - 15, y + 44 - mouth, x + 15, y + 44 + mouth), fill=(140, 60, 60))
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=90)
    return made.getvalue()
