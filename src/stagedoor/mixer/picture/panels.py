"""Timers and scoreboards: rows of blocks, with room for figures that run."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from stagedoor.domain.geometry import Box
from stagedoor.domain.overlay import Scoreboard, Timer
from stagedoor.mixer.picture.figures import Face, Figures, Plate, draw_figures
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.planes import even_up
from stagedoor.mixer.picture.text import GROUND, INK, LEAST, drawn_of, fitting, font, ink_on, letter_height

PAD: Final = 0.4
"""At the sides of words, of their size."""
BAR: Final = 0.25
"""Width of a coloured bar, of the size of words."""
TALL: Final = 1.6
"""Height of a row, of the size of words."""
WIDEST: Final = 0.9
"""Of a scoreboard, in fractions of the canvas's width."""
LABEL: Final = 0.25
"""Of that a label has so much in any case, and what names and time leave."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A timer or a scoreboard as it is drawn, without the time that it shows."""

    plates: tuple[Plate, ...]
    figures: Figures | None

    def face(self) -> Face:
        """Return something that shows a time on it."""
        return Face(self.plates, self.figures)


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of a row, as high as the row; without text it may be the room for figures."""

    width: int
    ground: str | tuple[int, int, int, int] = GROUND
    text: str = ""
    is_room: bool = False


def width_of(timer: Timer, height: int) -> int:
    """Return how wide a timer is at its widest, its figures so many pixels high."""
    figures = draw_figures(height, INK, GROUND)
    return max(_wide(blocks) for blocks in _timer_rows(timer, height, figures))


def draw_timer(timer: Timer, size: Size) -> Panel:
    """Draw a timer for a canvas."""
    height = letter_height(timer.size, size[1])
    figures = draw_figures(height, INK, GROUND)
    rows = _timer_rows(timer, height, figures)
    return Panel(tuple(_row(blocks, height, figures.height) for blocks in rows), figures)


def _timer_rows(timer: Timer, height: int, figures: Figures) -> list[tuple[_Block, ...]]:
    pad = _Block(even_up(height * PAD))
    bar = _Block(even_up(height * BAR), timer.color)
    return [(bar, pad, _room(figures, outline), pad) for outline in timer.outlines]


def draw_scoreboard(board: Scoreboard, outlines: Iterable[str], size: Size) -> Panel:
    """Draw a scoreboard for a canvas, smaller than it says where it would be too wide for that.

    Args:
        board: What it shows.
        outlines: Of the timer whose time it shows; none where it shows none.
        size: Of the canvas, pixels.
    """
    clocks, most, height = tuple(outlines) or ("",), WIDEST * size[0], letter_height(board.size, size[1])
    while True:
        figures = draw_figures(height, INK, GROUND)
        rows = [_scores(board, clock, height, figures, most) for clock in clocks]
        widest = max(map(_wide, rows))
        if widest <= most or height == LEAST:
            return Panel(tuple(_row(blocks, height, figures.height) for blocks in rows), figures)
        height = max(LEAST, int(height * most / widest))


def _scores(board: Scoreboard, clock: str, height: int, figures: Figures, most: float) -> tuple[_Block, ...]:
    """Return a scoreboard's row; it is wider than `most` only if its words cannot be any shorter."""
    behind = (_room(figures, clock), _Block(even_up(height * PAD))) if clock else ()
    left = most - _wide(behind)
    teams = _teams(board, height, figures, left)
    # Both names have the same room.
    spare = left - _wide(teams) - abs(teams[1].width - teams[-2].width)
    label = _label(board.label, height, max(LABEL * most, spare))
    return *_teams(board, height, figures, left - _wide(label)), *label, *behind


def _wide(blocks: Iterable[_Block]) -> int:
    return sum(block.width for block in blocks)


def _teams(board: Scoreboard, height: int, figures: Figures, most: float) -> tuple[_Block, ...]:
    digits = max(2, *(len(str(team.score)) for team in (board.home, board.away)))
    score = figures.width("0" * digits) + even_up(height * PAD)
    bar = even_up(height * BAR)
    name = (most - 2 * (score + bar)) // 4 * 2
    home, away = (_words(team.name, height, name) for team in (board.home, board.away))
    scores = (_Block(score, board.color, str(team.score)) for team in (board.home, board.away))
    return _Block(bar, board.home.color), home, *scores, away, _Block(bar, board.away.color)


def _label(label: str, height: int, most: float) -> tuple[_Block, ...]:
    return (_words(label, height, most // 2 * 2),) if label else ()


def _words(text: str, height: int, most: float) -> _Block:
    """Return as much of a text as fits into so many pixels, and at least a letter's height of it."""
    letters, pad = font(height), 2 * height * PAD
    words = fitting(text, letters, max(height, most - pad))
    return _Block(even_up(letters.getlength(words) + pad), text=words)


def _room(figures: Figures, outline: str) -> _Block:
    return _Block(figures.width(outline), is_room=True)


def _row(blocks: Iterable[_Block], height: int, figure: int) -> Plate:
    """Draw blocks beside each other; `figure` is how high figures are."""
    blocks, tall = tuple(blocks), even_up(height * TALL)
    image = Image.new("RGBA", (_wide(blocks), tall), GROUND)
    pen, x = ImageDraw.Draw(image), 0
    room = Box(0, 0, 0, 0)
    for block in blocks:
        pen.rectangle((x, 0, x + block.width - 1, tall - 1), fill=block.ground)
        if block.is_room:
            room = Box(x, (tall - figure) // 4 * 2, block.width, figure)
        elif block.text:
            ink = INK if isinstance(block.ground, tuple) else ink_on(block.ground)
            middle = (x + block.width / 2, tall / 2)
            pen.text(middle, block.text, fill=ink, font=font(height), anchor="mm")
        x += block.width
    return Plate(drawn_of(image), room)
