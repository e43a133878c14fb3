"""Lower thirds, texts and images, as Pillow draws them."""

from pathlib import Path

from PIL import Image, ImageDraw

from stagedoor.domain.overlay import Card, OverlayKind
from stagedoor.mixer.picture.lower_thirds import draw_lower_third, lower_third_width
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.text import (
    GROUND,
    INK,
    Drawn,
    drawn_of,
    fitting,
    font,
    letter_height,
    open_image,
)


def draw_card(card: Card, size: Size) -> Drawn:
    """Draw a lower third, a text or an image for a canvas; may wait for a file.

    Raises:
        InvalidError: Its file is no image that can be read.
    """
    height = letter_height(card.size, size[1])
    match card.kind:
        case OverlayKind.LOWER_THIRD:
            return drawn_of(draw_lower_third(card, height, size[0]))
        case OverlayKind.TEXT:
            return drawn_of(_plain(card.text, height, size[0]))
        case OverlayKind.IMAGE:
            image = open_image(Path(card.url), size)
            scale = min(height / image.height, size[0] / image.width)
            sides = (max(2, round(side * scale)) for side in image.size)
            return drawn_of(image.resize((next(sides), next(sides))))


def width_of(card: Card, height: int) -> float:
    """Return how wide a lower third or a text is with all of its words, its letters so many pixels high."""
    if card.kind is OverlayKind.LOWER_THIRD:
        return lower_third_width(card, height)
    letters = font(height)
    return max((letters.getlength(line) for line in card.text.splitlines()), default=0.0) + height


def _plain(text: str, height: int, most: int) -> Image.Image:
    letters = font(height)
    lines = [fitting(line, letters, most - height) for line in text.splitlines()] or [""]
    width = min(most, round(max(letters.getlength(line) for line in lines) + height))
    image = Image.new("RGBA", (max(2, width), round(height * (1.3 * len(lines) + 0.3))), GROUND)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((height / 2, height * (1.3 * number + 0.8)), line, fill=INK, font=letters, anchor="lm")
    return image
