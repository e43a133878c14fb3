"""Words and flat pictures, made by Pillow once for each change."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import av
import numpy as np
from font_source_sans_pro import SourceSansProSemibold  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont, ImageOps

from stagedoor.domain.errors import InvalidError, StagedoorError
from stagedoor.domain.media import MAX_STILL_BYTES, MAX_STILL_PIXELS, STILLS
from stagedoor.mixer.picture.masked import weights
from stagedoor.mixer.picture.planes import PIXELS, Mask, Planes

INK: Final = (255, 255, 255, 255)
"""Of words on an overlay."""
GROUND: Final = (14, 16, 20, 215)
"""Below words of an overlay."""
_DARK: Final = (16, 18, 22, 255)
_PLATE: Final = (16, 18, 22, 190)
_MOST: Final = 80
"""Letters of a label that are drawn."""
LEAST: Final = 8
"""Height of letters, pixels: what is smaller cannot be read."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with a weight for each pixel."""

    planes: Planes
    mask: Mask


def slate(label: str, color: str, width: int, height: int) -> av.VideoFrame:
    """Return what is shown in place of a source that has nothing to show: its colour and its name."""
    image = Image.new("RGBA", (width, height), color)
    draw = ImageDraw.Draw(image)
    letters = font(max(10, height // 10))
    words = fitting(label[:_MOST], letters, width * 0.9)
    draw.text((width / 2, height / 2), words, fill=ink_on(color), font=letters, anchor="mm")
    return frame_of(image.convert("RGB"))


@lru_cache(maxsize=512)
def plate(label: str, height: int, most: int | None = None) -> Drawn:
    """Return a label on a dark plate of a height in pixels, with as much of it as fits into `most` pixels."""
    letters, pad = font(letter_height(0.6, height)), height * 0.8
    words = one_line(label)[:_MOST]
    if most is not None:
        words = fitting(words, letters, most - pad)
    width = round(letters.getlength(words) + pad)
    image = Image.new("RGBA", (width // 2 * 2 + 2, height // 2 * 2), _PLATE)
    ImageDraw.Draw(image).text(
        (image.width / 2, image.height / 2), words, fill=INK, font=letters, anchor="mm"
    )
    return drawn_of(image)


def one_line(text: str) -> str:
    """Return a text without ends of lines, which cannot be laid out: people's names may have any."""
    return " ".join(text.splitlines())


def fitting(text: str, letters: ImageFont.FreeTypeFont, width: float) -> str:
    """Return as much of a text as fits into a width in pixels, in one line."""
    words = one_line(text)
    while len(words) > 1 and letters.getlength(words) > width:
        words = words[:-2].rstrip() + "…"
    return words


def open_image(file: Path, most: tuple[int, int]) -> Image.Image:
    """Read an image file as RGBA, upright and no larger than `most` pixels.

    Raises:
        InvalidError: It is no image, or too large to be opened.
    """
    try:
        image = _opened(file, most)
    except StagedoorError:
        raise
    except Exception as error:  # Pillow raises what it likes for a broken file
        raise InvalidError(
            f"{file.name} is not an image that can be read", code="still_unreadable"
        ) from error
    image.thumbnail(most)
    return image


def _opened(file: Path, most: tuple[int, int]) -> Image.Image:
    if file.stat().st_size > MAX_STILL_BYTES:
        raise InvalidError(f"{file.name} is larger than {MAX_STILL_BYTES} bytes", code="still_too_large")
    with Image.open(file, formats=tuple(STILLS)) as image:
        if image.width * image.height > MAX_STILL_PIXELS:
            raise InvalidError(f"{file.name} has more than {MAX_STILL_PIXELS} pixels", code="still_too_large")
        # A photo is decoded no larger than it is needed, whichever way up it is.
        image.draft(None, (max(most), max(most)))
        return ImageOps.exif_transpose(image).convert("RGBA")


def frame_of(image: Image.Image) -> av.VideoFrame:
    """Return an RGB image as a frame in ITU-R BT.709; its sides are made even."""
    even = (max(2, image.width // 2 * 2), max(2, image.height // 2 * 2))
    cut = image if image.size == even else image.crop((0, 0, *even))
    pixels = np.ascontiguousarray(np.asarray(cut.convert("RGB")))
    return av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=PIXELS, dst_colorspace="itu709")


def drawn_of(image: Image.Image) -> Drawn:
    """Return an RGBA image as a picture with its weights; its sides are made even."""
    even = image.crop((0, 0, max(2, image.width // 2 * 2), max(2, image.height // 2 * 2)))
    return Drawn(Planes.of(frame_of(even)), weights(np.asarray(even.getchannel("A"), dtype=np.uint8)))


def ink_on(color: str) -> tuple[int, int, int, int]:
    """Return the ink, dark or white, that is read best on a colour."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return _DARK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else INK


def letter_height(size: float, whole: int) -> int:
    """Return how many pixels high letters are whose size is in fractions of a whole height."""
    return max(LEAST, round(size * whole))


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font of everything that is written, its letters so many pixels high."""
    # It comes with the program: what a guest is called must not depend on the fonts of this machine.
    return ImageFont.truetype(SourceSansProSemibold, size)
