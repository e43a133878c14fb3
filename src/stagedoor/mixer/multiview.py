"""The multiview: preview, program and every source in one picture, with names, tally, meters and a clock."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stagedoor.domain.geometry import Box, placed
from stagedoor.domain.layers import Fill, Layer, alone
from stagedoor.domain.scene import Border, Fit, Rect, Scene, Slot
from stagedoor.domain.tally import Tally
from stagedoor.ipc.mixer import Meter
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.picture.planes import Planes, color
from stagedoor.mixer.picture.renderer import Renderer
from stagedoor.mixer.picture.text import plate

GROUND: Final = "#14171b"
QUIET: Final = "#3a4048"
TALLY: Final = {Tally.PROGRAM: "#e02020", Tally.PREVIEW: "#20b050"}
"""Colours of the borders; the labels say it in words, too."""
WORDS: Final = {Tally.PROGRAM: "ON AIR · ", Tally.PREVIEW: "NEXT · "}
"""Before the name, of which less is shown where there is no room for all of it."""
PROGRAM: Final = ":program"
PREVIEW: Final = ":preview"
"""No source can be called so."""
LARGE: Final = 0.5
"""Of preview and program, in fractions of the canvas."""
GAP: Final = 0.006
BORDER: Final = Border(0.006)
LEAST_COLUMNS: Final = 4
LOWEST_DB: Final = -60.0
LOUD_DB: Final = -9.0
HOT_DB: Final = -3.0
CLOCK_HEIGHT: Final = 0.8
"""At most, in fractions of its place's height."""
CLOCK_SHAPE: Final = 0.25
"""Height of the clock by its place's width, so that all of it fits."""
METER_WIDTH: Final = 0.02
"""Of a meter, in fractions of its cell's width."""
_GREEN, _AMBER, _RED, _OFF = (color(paint) for paint in ("#28c060", "#e0b020", "#e03030", "#22262c"))


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of the multiview."""

    source: str
    rect: Rect


def cells(sources: Sequence[str]) -> tuple[Cell, ...]:
    """Return where everything goes: preview left and program right on top, the sources below in a grid."""
    large = LARGE - 1.5 * GAP
    found = [
        Cell(PREVIEW, Rect(GAP, GAP, large, large)),
        Cell(PROGRAM, Rect(LARGE + GAP / 2, GAP, large, large)),
    ]
    columns = _columns(len(sources))
    side = 1 / columns
    for number, source in enumerate(sources):
        row, column = divmod(number, columns)
        x, y = column * side + GAP / 2, LARGE + row * side + GAP / 2
        found.append(Cell(source, Rect(x, y, side - GAP, side - GAP)))
    return tuple(found)


def clock_rect(count: int) -> Rect:
    """Return where the clock goes beside so many sources: in the lower right corner, where no picture is."""
    columns = _columns(count)
    side = 1 / columns
    height = side / 2 if columns % 2 else side
    return Rect(1 - side, 1 - height, side, height)


def _columns(count: int) -> int:
    """Return how many sources stand beside each other, the last place being the clock's.

    The pictures have the canvas's shape, so that half of its height is there for half as many rows: an odd
    number leaves half a row free for the clock.
    """
    columns = LEAST_COLUMNS
    while count > columns * (columns // 2) - (1 - columns % 2):
        columns += 1
    return columns


@dataclass(frozen=True, slots=True)
class View:
    """What the multiview shows of one moment.

    Attributes:
        program: Program's picture.
        preview: The scene on preview.
        sources: Those that have a cell, in their order.
        tallies: What is on program or preview.
        labels: What people read, by source.
        meters: The newest levels, by source and of program.
    """

    program: Planes | None
    preview: Scene
    sources: Sequence[str]
    tallies: Mapping[str, Tally]
    labels: Mapping[str, str]
    meters: Mapping[str, Meter]


class Multiview:
    """Draws the multiview; one thread's own.

    Args:
        size: Pixels.
        canvas: Program's size, whose shape preview has.
        show: Gives the picture of a source.
    """

    def __init__(
        self, size: tuple[int, int], canvas: tuple[int, int], show: Callable[[str], Picture]
    ) -> None:
        self._size = size
        self._show = show
        self._renderer = Renderer(*size)
        # As large as its cell shows it, so that it need not be scaled.
        place = placed(Slot(PREVIEW, cells(())[0].rect, fit=Fit.CONTAIN), *size, *canvas)
        assert place is not None, "a canvas has an area"
        self._small = Renderer(place.scaled_width, place.scaled_height)

    def draw(self, view: View) -> Planes:
        """Return the multiview of one moment."""
        preview = Picture(self._small.draw(alone(view.preview), self._show, view.labels).frame)
        program = self._show("") if view.program is None else Picture(view.program.frame)
        ours = {PREVIEW: preview, PROGRAM: program}
        places = cells(view.sources)
        layers = [Layer(Fill(GROUND)), *(Layer(_slot(cell, view.tallies)) for cell in places)]
        labels = {**_words(view), PREVIEW: "PREVIEW", PROGRAM: "PROGRAM"}
        canvas = self._renderer.draw(layers, lambda source: ours.get(source) or self._show(source), labels)
        self._renderer.used = {}
        self._small.used = {}
        for cell in places:
            meter = view.meters.get(cell.source.removeprefix(":"))
            if meter is not None:
                self._draw_meter(canvas, cell.rect, meter)
        self._draw_clock(canvas, clock_rect(len(view.sources)))
        return canvas

    def _draw_meter(self, canvas: Planes, rect: Rect, meter: Meter) -> None:
        """Draw a bar for each channel at the right edge of a cell, by its peak."""
        width, height = self._size
        bar = max(2, round(METER_WIDTH * rect.width * width) // 2 * 2)
        edge = round(BORDER.width * height) // 2 * 2 + 2
        bottom = int((rect.y + rect.height) * height) // 2 * 2 - edge
        tall = int(rect.height * height) // 2 * 2 - 2 * edge
        right = int((rect.x + rect.width) * width) // 2 * 2 - edge
        for number, peak in enumerate(reversed(meter.peak)):
            x = right - (number + 1) * (bar + 2)
            canvas.fill(_OFF, Box(x, bottom - tall, bar, tall))
            lit = round(tall * min(1.0, max(0.0, 1 - peak / LOWEST_DB))) // 2 * 2
            if lit:
                canvas.fill(_paint(peak), Box(x, bottom - lit, bar, lit))

    def _draw_clock(self, canvas: Planes, rect: Rect) -> None:
        width, height = self._size
        tall = min(CLOCK_HEIGHT * rect.height * height, CLOCK_SHAPE * rect.width * width)
        overlay = plate(time.strftime("%H:%M:%S"), max(12, round(tall)))
        planes = overlay.planes
        # Of very many sources the last place is too small for letters that can be read.
        x = min(round((rect.x + rect.width / 2) * width - planes.width / 2), width - planes.width)
        y = min(round((rect.y + rect.height / 2) * height - planes.height / 2), height - planes.height)
        whole = Box(0, 0, planes.width, planes.height)
        at = Box(x // 2 * 2, y // 2 * 2, planes.width, planes.height)
        canvas.lay_masked(planes, overlay.mask, whole, at)


def _slot(cell: Cell, tallies: Mapping[str, Tally]) -> Slot:
    own = {PROGRAM: Tally.PROGRAM, PREVIEW: Tally.PREVIEW}
    tally = own.get(cell.source) or tallies.get(cell.source, Tally.OFF)
    border = Border(BORDER.width, TALLY.get(tally, QUIET))
    return Slot(cell.source, cell.rect, fit=Fit.CONTAIN, border=border, label=True)


def _words(view: View) -> dict[str, str]:
    return {
        source: WORDS.get(view.tallies.get(source, Tally.OFF), "") + view.labels.get(source, source)
        for source in view.sources
    }


def _paint(peak: float) -> tuple[int, int, int]:
    if not math.isfinite(peak) or peak < LOUD_DB:
        return _GREEN
    return _AMBER if peak < HOT_DB else _RED
