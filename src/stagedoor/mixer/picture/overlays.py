"""Overlays on program: drawn once for each change, blended only where they are."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from stagedoor.domain.errors import StagedoorError
from stagedoor.domain.geometry import Box
from stagedoor.domain.overlay import Overlay, OverlayKind, placed
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.planes import OPAQUE, Planes
from stagedoor.mixer.picture.text import Drawn, drawn_of, fitting, font, open_image
from stagedoor.mixer.switcher import Fade

logger = logging.getLogger(__name__)

INK: Final = (255, 255, 255, 255)
GROUND: Final = (14, 16, 20, 215)
TITLE: Final = 0.62
"""Size of a lower third's second line, of its first."""
SLIDE: Final = 0.3
"""By how much of its width a lower third slides in."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An overlay as it is drawn, and how far it has come.

    Attributes:
        overlay: What it is to be.
        drawn: Its picture.
        fade: Its coming or going: 0 gone, 1 there.
    """

    overlay: Overlay
    drawn: Drawn
    fade: Fade


class Overlays:
    """Lays overlays onto program; in program's thread."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._laid: dict[str, Laid] = {}

    def use(self, overlays: Iterable[Overlay], drawn: Mapping[str, Drawn], frame: int) -> None:
        """Have these overlays from a frame on; those that are taken away go at once.

        Args:
            overlays: The lowest first.
            drawn: Their pictures by id, made by `draw`.
            frame: The first that shows the change.
        """
        self._laid = {
            overlay.id: self._changed(overlay, drawn[overlay.id], frame)
            for overlay in overlays
            if overlay.id in drawn
        }

    def _changed(self, overlay: Overlay, drawn: Drawn, frame: int) -> Laid:
        target = 1.0 if overlay.on else 0.0
        old = self._laid.get(overlay.id)
        if old is None:
            return Laid(overlay, drawn, Fade(frame - 1, overlay.frames, 0.0, target))
        if old.fade.target == target:
            return Laid(overlay, drawn, old.fade)
        return Laid(overlay, drawn, Fade(frame - 1, overlay.frames, old.fade.at(frame - 1), target))

    @property
    def on(self) -> tuple[str, ...]:
        """The ids of those that are there or coming."""
        return tuple(key for key, laid in self._laid.items() if laid.fade.target > 0)

    def lay(self, canvas: Planes, frame: int) -> None:
        """Lay all that is to be seen in a frame onto its canvas."""
        for laid in self._laid.values():
            shown = laid.fade.at(frame)
            if shown > 0:
                self._lay(canvas, laid, shown)

    def _lay(self, canvas: Planes, laid: Laid, shown: float) -> None:
        planes, overlay = laid.drawn.planes, laid.overlay
        x, y = placed(overlay.anchor, (planes.width, planes.height), self._size)
        if overlay.kind is OverlayKind.LOWER_THIRD:
            x -= round((1 - shown) ** 2 * SLIDE * planes.width) // 2 * 2
        whole = Box(x, y, planes.width, planes.height)
        at = whole.within(Box(0, 0, *self._size))
        window = at.moved(-x, -y)
        mask = laid.drawn.mask.cut(window.x, window.y, window.width, window.height)
        canvas.lay_masked(planes, mask, window, at, round(shown * overlay.alpha * OPAQUE))


def draw(overlay: Overlay, size: Size) -> Drawn:
    """Draw an overlay for a canvas; may wait for a file.

    Raises:
        InvalidError: Its file is no image that can be read.
    """
    height = max(8, round(overlay.size * size[1]))
    match overlay.kind:
        case OverlayKind.LOWER_THIRD:
            return drawn_of(_lower_third(overlay, height, size[0]))
        case OverlayKind.TEXT:
            return drawn_of(_plain(overlay.text, height, size[0]))
        case OverlayKind.IMAGE:
            image = open_image(Path(overlay.url), size)
            width = round(image.width * height / image.height)
            return drawn_of(image.resize((max(2, min(width, size[0])), height)))


def _lower_third(overlay: Overlay, height: int, most: int) -> Image.Image:
    """A dark plate with a bar of the overlay's colour, the name, and the title below it."""
    large, small = font(height), font(max(8, round(height * TITLE)))
    pad, bar = round(height * 0.45), max(4, height // 8)
    room = most - bar - 2 * pad
    name, title = fitting(overlay.text, large, room), fitting(overlay.title, small, room)
    wide = max(large.getlength(name), small.getlength(title))
    width = min(most, round(wide) + bar + 2 * pad)
    lines = height * (1.25 + (TITLE * 1.35 if title else 0.0))
    image = Image.new("RGBA", (width, round(lines + pad)), GROUND)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, bar - 1, image.height), fill=overlay.color)
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


def draw_all(
    overlays: Iterable[Overlay], before: Mapping[str, tuple[Overlay, Drawn]], size: Size
) -> dict[str, tuple[Overlay, Drawn]]:
    """Draw what has changed; what cannot be drawn is left out, and the log says why.

    Args:
        overlays: What is wanted.
        before: What this returned the last time.
        size: Of the canvas, pixels.
    """
    drawn: dict[str, tuple[Overlay, Drawn]] = {}
    for overlay in overlays:
        old, picture = before.get(overlay.id, (None, None))
        try:
            if picture is None or not _unchanged(old, overlay):
                picture = draw(overlay, size)
        except StagedoorError as error:
            logger.warning("Overlay %s is not shown: %s", overlay.id, error)
            continue
        drawn[overlay.id] = overlay, picture
    return drawn


def _unchanged(old: Overlay | None, new: Overlay) -> bool:
    """Whether an overlay's picture can be used again; its coming and going change nothing of it."""
    return (
        old is not None
        and replace(old, on=new.on, alpha=new.alpha, anchor=new.anchor, frames=new.frames) == new
    )
