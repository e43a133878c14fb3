"""Pictures of overlays: drawn once for each change, in a thread that may wait."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from stagedoor.domain.errors import StagedoorError
from stagedoor.domain.overlay import Anchor, AnyOverlay, Card, Scoreboard, Ticker, Timer
from stagedoor.domain.timer import Run
from stagedoor.mixer.picture.cards import draw_card
from stagedoor.mixer.picture.panels import Panel, draw_scoreboard, draw_timer
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.text import Drawn
from stagedoor.mixer.picture.ticker import Ribbon, draw_ribbon

logger = logging.getLogger(__name__)

Art = Drawn | Panel | Ribbon
"""What is drawn of a card, of a timer or a scoreboard, of a ticker."""


@dataclass(frozen=True, slots=True)
class Made:
    """An overlay's picture, and what it was made from.

    Attributes:
        overlay: As it was wanted last.
        outlines: Of the timer that a scoreboard shows.
        art: The picture.
    """

    overlay: AnyOverlay
    outlines: tuple[str, ...]
    art: Art


def draw(overlay: AnyOverlay, size: Size, outlines: tuple[str, ...] = ()) -> Art:
    """Draw an overlay for a canvas; may wait for a file.

    Args:
        overlay: What is wanted.
        size: Of the canvas, pixels.
        outlines: Of the timer that a scoreboard shows.

    Raises:
        InvalidError: Its file is no image that can be read.
    """
    match overlay:
        case Card():
            return draw_card(overlay, size)
        case Timer():
            return draw_timer(overlay, size)
        case Ticker():
            return draw_ribbon(overlay, size)
        case Scoreboard():
            return draw_scoreboard(overlay, outlines, size)


def draw_all(
    overlays: Iterable[AnyOverlay],
    before: Mapping[str, Made],
    size: Size,
    resize: Callable[[AnyOverlay], AnyOverlay] = lambda overlay: overlay,
) -> dict[str, Made]:
    """Draw what has changed; what cannot be drawn is left out, and the log says why.

    Args:
        overlays: What is wanted.
        before: What this returned the last time.
        size: Of the canvas, pixels.
        resize: Gives an overlay the size in which it is drawn.
    """
    overlays = tuple(overlays)
    timers = {overlay.id: overlay.outlines for overlay in overlays if isinstance(overlay, Timer)}
    made: dict[str, Made] = {}
    for overlay in overlays:
        outlines = timers.get(overlay.timer, ()) if isinstance(overlay, Scoreboard) else ()
        old = before.get(overlay.id)
        try:
            art = (
                old.art
                if old is not None and _is_same(old, overlay, outlines)
                else draw(resize(overlay), size, outlines)
            )
        except StagedoorError as error:
            logger.warning("Overlay %s is not shown: %s", overlay.id, error)
            continue
        made[overlay.id] = Made(overlay, outlines, art)
    return made


def _is_same(old: Made, overlay: AnyOverlay, outlines: tuple[str, ...]) -> bool:
    return old.outlines == outlines and _look(old.overlay) == _look(overlay)


def _look(overlay: AnyOverlay) -> AnyOverlay:
    """Return an overlay without what changes nothing of its picture."""
    plain = replace(overlay, on=False, alpha=1.0, anchor=Anchor.CENTER, frames=1)
    match plain:
        case Timer():
            return replace(plain, run=Run())
        case Ticker():
            return replace(plain, speed=0.0)
        case Card() | Scoreboard():
            return plain
