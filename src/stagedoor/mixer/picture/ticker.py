"""Tickers: a ribbon of text that is drawn once, and what of it each frame shows."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PIL import Image, ImageDraw

from stagedoor.domain.geometry import Box
from stagedoor.domain.overlay import Ticker
from stagedoor.domain.ticker import next_end, step_of, windows
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.planes import Planes, color, even_up
from stagedoor.mixer.picture.text import font, frame_of, letter_height

GROUND: Final = "#0e1014"
INK: Final = "#ffffff"
TALL: Final = 1.6
"""Height of a ribbon, of its letters' size."""
GAP: Final = 0.5
"""On both sides of a separator, of the letters' size."""
TILE: Final = 1024
"""A ribbon is kept in pieces of so many pixels."""
MOST_SECTIONS: Final = 4
"""Texts that are seen behind each other, while it is changed again and again; then the last one gives way."""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A ticker's text as it is drawn; behind its end it begins anew.

    Attributes:
        tiles: Its pieces, from left to right, all but the last `TILE` pixels wide.
        width: Of all of them.
        lead: Of that, the separator at its end.
        ends: Where words end in it, even pixels in order.
    """

    tiles: tuple[Planes, ...]
    width: int
    lead: int
    ends: tuple[int, ...]

    @property
    def height(self) -> int:
        """Pixels."""
        return self.tiles[0].height

    def lay(self, canvas: Planes, offset: int, at: Box, weight: int) -> None:
        """Lay what is seen from a place of it on into a box of the canvas that is no higher."""
        x = at.x
        for start, wide in windows(offset, at.width, self.width):
            end = start + wide
            while start < end:
                tile, left = self.tiles[start // TILE], start % TILE
                box = Box(left, 0, min(tile.width - left, end - start), at.height)
                canvas.lay(tile, box, Box(x, at.y, box.width, at.height), weight)
                start, x = start + box.width, x + box.width


def draw_ribbon(ticker: Ticker, size: Size) -> Ribbon:
    """Draw a ticker's text for a canvas."""
    height = letter_height(ticker.size, size[1])
    letters, gap = font(height), height * GAP
    lead = letters.getlength(ticker.separator) + 2 * gap
    x, words, ends = 0.0, list[tuple[float, str, str]](), list[int]()
    for item in filter(None, map(str.strip, ticker.items)):
        for word in item.split():
            words.append((x, word, INK))
            x += letters.getlength(word)
            ends.append(even_up(x))
            x += letters.getlength(" ")
        x -= letters.getlength(" ")
        words.append((x + gap, ticker.separator, ticker.color))
        x += lead
    image = Image.new("RGB", (even_up(x), even_up(height * TALL)), GROUND)
    pen = ImageDraw.Draw(image)
    for left, word, ink in words:
        pen.text((left, image.height / 2), word, fill=ink, font=letters, anchor="lm")
    return Ribbon(_tiles(image), image.width, image.width - ends[-1], tuple(ends))


def _tiles(image: Image.Image) -> tuple[Planes, ...]:
    parts = range(0, image.width, TILE)
    boxes = ((left, 0, min(left + TILE, image.width), image.height) for left in parts)
    return tuple(Planes.of(frame_of(image.crop(box))) for box in boxes)


@dataclass(frozen=True, slots=True)
class _Section:
    """A text from one place of the way on.

    Attributes:
        ribbon: The text.
        begins: Where, pixels from where the ticker began.
        phase: Which place of the ribbon that is.
    """

    ribbon: Ribbon
    begins: int
    phase: int


class Crawl:
    """What a ticker shows while it moves; one thread's own.

    What is seen of a text is not taken away by another one: the word at the right edge is finished, then a
    separator and the new text come in.

    Args:
        width: Of the canvas.
        frame_rate: Frames a second.
        ribbon: The text, which comes in from the right.
        speed: In fractions of the width a second.
        frame: The first that shows something of it.
        entered: How much of it had come in one frame before, pixels; 0 begins it.
    """

    def __init__(
        self, width: int, frame_rate: int, ribbon: Ribbon, speed: float, frame: int, entered: int = 0
    ) -> None:
        self._width = width
        self._frame_rate = frame_rate
        self._step = step_of(speed, width, frame_rate)
        self._from = (frame, self._step)
        self._sections = [_Section(ribbon, width - entered, 0)]

    @property
    def height(self) -> int:
        """Of what is shown, pixels."""
        return self._sections[-1].ribbon.height

    def change(self, ribbon: Ribbon, speed: float, frame: int) -> None:
        """Show another text, of the same height, or move at another speed, from a frame on."""
        self._from = (frame, self._left(frame))
        self._step = step_of(speed, self._width, self._frame_rate)
        last, right = self._sections[-1], self._from[1] + self._width
        if ribbon is last.ribbon:
            return
        if last.begins >= right or len(self._sections) == MOST_SECTIONS:
            phase = ribbon.width - ribbon.lead if last.phase else 0
            self._sections[-1] = _Section(ribbon, last.begins, phase)
            return
        end = next_end(last.ribbon.ends, right - last.begins + last.phase, last.ribbon.width)
        begins = last.begins + end - last.phase
        self._sections.append(_Section(ribbon, begins, ribbon.width - ribbon.lead))

    def lay(self, canvas: Planes, y: int, frame: int, weight: int) -> None:
        """Lay what a frame shows onto its canvas, at a height."""
        left = self._left(frame)
        right = left + self._width
        self._forget(left)
        first = self._sections[0].begins - left
        if first > 0:
            canvas.tint(color(GROUND), Box(0, y, min(first, self._width), self.height), weight)
        ends = [*(section.begins for section in self._sections[1:]), right]
        for section, end in zip(self._sections, ends, strict=True):
            start, end = max(section.begins, left), min(end, right)
            if start < end:
                at = Box(start - left, y, end - start, self.height)
                section.ribbon.lay(canvas, start - section.begins + section.phase, at, weight)

    def entered(self, frame: int) -> int:
        """Return how much of the newest text has come in since it began, every round counted; pixels."""
        last = self._sections[-1]
        return self._left(frame) + self._width - last.begins + last.phase

    def _left(self, frame: int) -> int:
        """Return how far the left edge of the canvas is along the way."""
        begun, left = self._from
        return left + (frame - begun) * self._step

    def _forget(self, left: int) -> None:
        """Let go of texts that have gone out on the left."""
        gone = sum(following.begins <= left for _, following in pairwise(self._sections))
        del self._sections[:gone]
