"""Overlays on a canvas that is narrower than program: smaller, so that all of their words fit."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from stagedoor.domain.overlay import SAFE, AnyOverlay, Card, OverlayKind, Scoreboard, Ticker, Timer
from stagedoor.mixer.picture import cards, panels
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.text import LEAST, letter_height


def narrowed(overlay: AnyOverlay, canvas: Size) -> AnyOverlay:
    """Return an overlay with the size in which it is drawn for a canvas.

    Its size is a fraction of the canvas's shorter side there, and less where words would be cut off: a
    producer has seen them whole on program. Scoreboards look after that by themselves.

    Args:
        overlay: As it is wanted.
        canvas: Pixels.
    """
    size = overlay.size * min(1.0, canvas[0] / canvas[1])
    match overlay:
        case Card(kind=OverlayKind.LOWER_THIRD | OverlayKind.TEXT):
            return replace(overlay, size=_fitting(partial(cards.width_of, overlay), size, canvas))
        case Timer():
            return replace(overlay, size=_fitting(partial(panels.width_of, overlay), size, canvas))
        case Card() | Ticker() | Scoreboard():
            return replace(overlay, size=size)


def _fitting(width_of: Callable[[int], float], size: float, canvas: Size) -> float:
    """Return a size, at most the one that is given, in which words fit onto the canvas."""
    height, most = letter_height(size, canvas[1]), canvas[0] * (1 - 2 * SAFE)
    while height > LEAST and (width := width_of(height)) > most:
        height = max(LEAST, min(height - 1, int(height * most / width)))
    return height / canvas[1]
