"""Figures of one width each, so that a time that runs does not jump, and where they stand on a picture.

They are drawn once; to show another time is to copy a few of them, which takes no time in program's thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from stagedoor.domain.geometry import Box
from stagedoor.domain.timer import MINUS
from stagedoor.mixer.picture.planes import Mask, even_up
from stagedoor.mixer.picture.text import Drawn, drawn_of, font

DIGITS: Final = "0123456789"
LINE: Final = 1.25
"""Height of a figure's cell, of its letters' size."""
_Ink = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """The cells of all figures, on a plain ground."""

    cells: Mapping[str, Drawn]

    @property
    def height(self) -> int:
        """Of every cell, pixels."""
        return self.cells[":"].planes.height

    def width(self, text: str) -> int:
        """Return how wide a text of figures is, in even pixels."""
        return sum(self.cells[figure].planes.width for figure in text)

    def places(self, text: str, width: int) -> tuple[tuple[str, int], ...]:
        """Return where each figure of a text goes that ends at the right edge of so many pixels."""
        x, found = width, list[tuple[str, int]]()
        for figure in reversed(text):
            x -= self.cells[figure].planes.width
            found.append((figure, x))
        return tuple(reversed(found))


def draw_figures(height: int, ink: _Ink, ground: _Ink) -> Figures:
    """Draw all figures, their letters so many pixels high."""
    letters = font(height)
    digit = even_up(max(letters.getlength(figure) for figure in (*DIGITS, MINUS)))
    colon = even_up(letters.getlength(":"))
    tall = even_up(height * LINE)
    cells: dict[str, Drawn] = {}
    for figure in (*DIGITS, MINUS, ":"):
        cell = Image.new("RGBA", (colon if figure == ":" else digit, tall), ground)
        middle = (cell.width / 2, tall / 2)
        ImageDraw.Draw(cell).text(middle, figure, fill=ink, font=letters, anchor="mm")
        cells[figure] = drawn_of(cell)
    return Figures(cells)


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture with room for figures.

    Attributes:
        drawn: The picture; flat where the room is.
        room: Where on it the figures stand; even. Without width it has none.
    """

    drawn: Drawn
    room: Box


class Face:
    """What a plate shows while its figures change; one thread's own.

    Args:
        plates: The same picture with more and more room; the first in which a text fits is shown.
        figures: What is written; None where there is nothing to write.
    """

    def __init__(self, plates: tuple[Plate, ...], figures: Figures | None) -> None:
        self._plates = plates
        self._figures = figures
        self._plate = plates[0]
        self._shown = _copy(plates[0].drawn)
        self._places: tuple[tuple[str, int], ...] = ()
        self._text = ""

    def showing(self, text: str) -> Drawn:
        """Return the picture with a text of figures; it is the same one until another text is shown."""
        if self._figures is not None and text != self._text:
            self._text = text
            self._show(text, self._figures)
        return self._shown

    def _show(self, text: str, figures: Figures) -> None:
        width = figures.width(text)
        plate = next((each for each in self._plates if each.room.width >= width), self._plates[-1])
        places = tuple(place for place in figures.places(text, plate.room.width) if place[1] >= 0)
        if plate is not self._plate or [x for _, x in places] != [x for _, x in self._places]:
            self._plate, self._shown, self._places = plate, _copy(plate.drawn), ()
        for place in set(places) - set(self._places):
            self._put(figures.cells[place[0]], plate.room.x + place[1], plate.room.y)
        self._places = places

    def _put(self, cell: Drawn, x: int, y: int) -> None:
        box = Box(x, y, cell.planes.width, cell.planes.height)
        self._shown.planes.lay(cell.planes, Box(0, 0, box.width, box.height), box)
        mask = self._shown.mask.cut(box.x, box.y, box.width, box.height)
        mask.luma[...] = cell.mask.luma
        mask.chroma[...] = cell.mask.chroma


def _copy(drawn: Drawn) -> Drawn:
    mask = Mask(np.array(drawn.mask.luma), np.array(drawn.mask.chroma))
    return Drawn(drawn.planes.copy(), mask)
