"""Lower thirds in their styles, as Pillow draws them."""

from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from stagedoor.domain.overlay import Card, LowerThirdStyle
from stagedoor.mixer.picture.planes import even_up
from stagedoor.mixer.picture.text import GROUND, INK, fitting, font, ink_on, letter_height, one_line

TITLE: Final = 0.62
"""Size of the second line, of the first."""
PAD: Final = 0.45
"""At the sides of words, of the size of the name."""
ROW: Final = 1.5
"""Height of a block, of the size of its words."""
BLUR: Final = 0.09
"""Of the shadow of words without a ground, of the size of the name."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """Name and title as they are written, with their letters."""

    name: str
    title: str
    large: ImageFont.FreeTypeFont
    small: ImageFont.FreeTypeFont

    @property
    def widths(self) -> tuple[float, float]:
        return self.large.getlength(self.name), self.small.getlength(self.title)


def draw_lower_third(card: Card, height: int, most: int) -> Image.Image:
    """Draw a lower third.

    Args:
        card: Its words, colour and style.
        height: Of the name's letters, pixels.
        most: How wide it may be, pixels.
    """
    large, small = font(height), font(letter_height(TITLE, height))
    room = most - _beside(card.style, height)
    lines = _Lines(fitting(card.text, large, room), fitting(card.title, small, room), large, small)
    match card.style:
        case LowerThirdStyle.BAR:
            return _bar(card, lines, height, most)
        case LowerThirdStyle.BLOCK:
            return _block(card, lines, height, most)
        case LowerThirdStyle.PLAIN:
            return _plain(card, lines, height, most)


def lower_third_width(card: Card, height: int) -> float:
    """Return how wide a lower third is with all of its words, its letters so many pixels high."""
    title = font(letter_height(TITLE, height)).getlength(one_line(card.title))
    return max(font(height).getlength(one_line(card.text)), title) + _beside(card.style, height)


def _beside(style: LowerThirdStyle, height: int) -> int:
    """Return how much of the width is no words."""
    match style:
        case LowerThirdStyle.BAR:
            return _bar_width(height) + 2 * round(height * PAD)
        case LowerThirdStyle.BLOCK:
            return 2 * round(height * PAD)
        case LowerThirdStyle.PLAIN:
            return 2 * _margin(height)


def _bar_width(height: int) -> int:
    return max(4, height // 8)


def _margin(height: int) -> int:
    """Return the room for a shadow around words."""
    return even_up(max(2, height * BLUR * 3))


def _bar(card: Card, lines: _Lines, height: int, most: int) -> Image.Image:
    """A dark plate with a bar of the overlay's colour, the name, and the title below it."""
    pad, bar = round(height * PAD), _bar_width(height)
    width = min(most, round(max(lines.widths)) + bar + 2 * pad)
    tall = height * (1.25 + (TITLE * 1.35 if lines.title else 0.0))
    image = Image.new("RGBA", (width, round(tall + pad)), GROUND)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, bar - 1, image.height), fill=card.color)
    left, middle = bar + pad, pad / 2 + height * 0.62
    pen.text((left, middle), lines.name, fill=INK, font=lines.large, anchor="lm")
    if lines.title:
        below = middle + height * (0.62 + TITLE * 0.68)
        pen.text((left, below), lines.title, fill=INK, font=lines.small, anchor="lm")
    return image


def _block(card: Card, lines: _Lines, height: int, most: int) -> Image.Image:
    """The name on a block of the overlay's colour, and the title below it on a dark one of its own width."""
    pad = round(height * PAD)
    name, title = (min(most, even_up(width + 2 * pad)) for width in lines.widths)
    high, low = even_up(height * ROW), even_up(height * TITLE * ROW)
    whole = (max(name, title), high + low) if lines.title else (name, high)
    image = Image.new("RGBA", whole, (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, name - 1, high - 1), fill=card.color)
    pen.text((pad, high / 2), lines.name, fill=ink_on(card.color), font=lines.large, anchor="lm")
    if lines.title:
        pen.rectangle((0, high, title - 1, high + low - 1), fill=GROUND)
        pen.text((pad, high + low / 2), lines.title, fill=INK, font=lines.small, anchor="lm")
    return image


def _plain(card: Card, lines: _Lines, height: int, most: int) -> Image.Image:
    """Words alone, with a shadow so that any picture may be below; under the name a line of its colour."""
    margin, rule = _margin(height), even_up(height / 16)
    name, title = lines.widths
    low = even_up(margin + height * 1.3)
    below = low + rule + round(height * TITLE * 1.4) if lines.title else low + rule
    size = min(most, even_up(max(name, title, rule) + 2 * margin)), even_up(below + margin)
    words = Image.new("L", size)
    pen = ImageDraw.Draw(words)
    pen.text((margin, margin + height * 0.6), lines.name, fill=255, font=lines.large, anchor="lm")
    if lines.title:
        at = (margin, low + rule + height * TITLE * 0.75)
        pen.text(at, lines.title, fill=255, font=lines.small, anchor="lm")
    line = (margin, low, size[0] - margin - 1, low + rule - 1)
    shadow = words.copy()
    ImageDraw.Draw(shadow).rectangle(line, fill=255)
    image = _tinted(shadow.filter(ImageFilter.GaussianBlur(height * BLUR)).point(_stronger), (0, 0, 0))
    image.alpha_composite(_tinted(words, INK[:3]))
    ImageDraw.Draw(image).rectangle(line, fill=card.color)
    return image


def _stronger(weight: float) -> float:
    """A shadow is hardly seen at the edge of thin letters, where it is needed."""
    return min(180, weight * 2)


def _tinted(mask: Image.Image, paint: tuple[int, ...]) -> Image.Image:
    """Return a plain colour with this alpha."""
    image = Image.new("RGBA", mask.size, (*paint, 0))
    image.putalpha(mask)
    return image
