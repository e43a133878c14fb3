"""Lower thirds, texts and images, as Pillow draws them."""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from stagedoor.domain.overlay import Card, OverlayKind
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.text import Drawn, drawn_of, fitting, font, letter_height, one_line, open_image

INK: Final = (255, 255, 255, 255)
GROUND: Final = (14, 16, 20, 215)
TITLE: Final = 0.62
"""Size of a lower third's second line, of its first."""
PAD: Final = 0.45
"""At the sides of its words, of their size."""


def draw_card(card: Card, size: Size) -> Drawn:
    """Draw a lower third, a text or an image for a canvas; may wait for a file.

    Raises:
        InvalidError: Its file is no image that can be read.
    """
    height = letter_height(card.size, size[1])
    match card.kind:
        case OverlayKind.LOWER_THIRD:
            return drawn_of(_lower_third(card, height, size[0]))
        case OverlayKind.TEXT:
            return drawn_of(_plain(card.text, height, size[0]))
        case OverlayKind.IMAGE:
            image = open_image(Path(card.url), size)
            scale = min(height / image.height, size[0] / image.width)
            sides = (max(2, round(side * scale)) for side in image.size)
            return drawn_of(image.resize((next(sides), next(sides))))


def width_of(card: Card, height: int) -> float:
    """Return how wide a lower third or a text is with all of its words, its letters so many pixels high."""
    letters = font(height)
    if card.kind is OverlayKind.TEXT:
        return max((letters.getlength(line) for line in card.text.splitlines()), default=0.0) + height
    title = font(letter_height(TITLE, height)).getlength(one_line(card.title))
    return max(letters.getlength(one_line(card.text)), title) + 2 * round(height * PAD) + _bar(height)


def _bar(height: int) -> int:
    return max(4, height // 8)


def _lower_third(card: Card, height: int, most: int) -> Image.Image:
    """A dark plate with a bar of the overlay's colour, the name, and the title below it."""
    large, small = font(height), font(letter_height(TITLE, height))
    pad, bar = round(height * PAD), _bar(height)
    room = most - bar - 2 * pad
    name, title = fitting(card.text, large, room), fitting(card.title, small, room)
    wide = max(large.getlength(name), small.getlength(title))
    width = min(most, round(wide) + bar + 2 * pad)
    lines = height * (1.25 + (TITLE * 1.35 if title else 0.0))
    image = Image.new("RGBA", (width, round(lines + pad)), GROUND)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, bar - 1, image.height), fill=card.color)
    left, middle = bar + pad, pad / 2 + height * 0.62
    pen.text((left, middle), name, fill=INK, font=large, anchor="lm")
    if title:
        below = middle + height * (0.62 + TITLE * 0.68)
        pen.text((left, below), title, fill=INK, font=small, anchor="lm")
    return image


def _plain(text: str, height: int, most: int) -> Image.Image:
    letters = font(height)
    lines = [fitting(line, letters, most - height) for line in text.splitlines()] or [""]
    width = min(most, round(max(letters.getlength(line) for line in lines) + height))
    image = Image.new("RGBA", (max(2, width), round(height * (1.3 * len(lines) + 0.3))), GROUND)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((height / 2, height * (1.3 * number + 0.8)), line, fill=INK, font=letters, anchor="lm")
    return image
