"""Draws the layers of a scene or a transition onto a canvas."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from stagedoor.domain.framing import cropped_twice
from stagedoor.domain.geometry import Box, Part, Placement, boxed, placed, reduced
from stagedoor.domain.layers import Fill, Layer
from stagedoor.domain.scene import Slot
from stagedoor.mixer.picture.masked import Masked
from stagedoor.mixer.picture.masks import lay_rounded
from stagedoor.mixer.picture.picture import NOTHING, Picture, Scaler, Size
from stagedoor.mixer.picture.planes import OPAQUE, Planes, color
from stagedoor.mixer.picture.text import plate

logger = logging.getLogger(__name__)

FAILURES_A_LINE: Final = 300
"""Of slots that fail one after the other so many make one line in the log."""
GROUND_SHRUNK: Final = 24
"""A ground is the picture itself, scaled down by so much and up again."""
GROUND_DIMMED: Final = 110
"""Weight 0…256 of the picture in its ground; the rest is black."""
LABEL_HEIGHT: Final = 0.045
"""Of a label's plate, in fractions of the canvas's shorter side."""
LABEL_STEP: Final = 16
"""Pixels in which a label that is too long is made narrower."""

Show = Callable[[str], Picture]
"""The picture that a source shows now; its slate where it has none."""
_BLACK: Final = color("#000000")


def place(slot: Slot, picture: Picture, canvas: Size) -> Placement | None:
    """Return how a slot shows a picture, of which its source may cut something off first."""
    if picture.crop != NOTHING:
        slot = replace(slot, crop=cropped_twice(picture.crop, slot.crop))
    return placed(slot, *canvas, picture.width, picture.height)


def _window(placement: Placement) -> Box:
    """Return what of the scaled part is seen."""
    return placement.window.moved(-placement.part.at.x, -placement.part.at.y)


@dataclass(frozen=True, slots=True)
class _Tile:
    """What a slot showed with its border, ground and label; slates and stills show the same for long."""

    picture: Picture
    label: str
    planes: Planes


class Renderer:
    """Draws onto canvases of one size; one thread's own.

    Args:
        width: Pixels, even.
        height: Pixels, even.

    Attributes:
        used: The parts and sizes that each source was drawn in, since this was last emptied.
        failures: Slots that could not be drawn.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._scaler = Scaler()
        self._tiles: dict[Slot, _Tile] = {}
        self._tiles_before: dict[Slot, _Tile] = {}
        self.used: dict[str, set[Part]] = {}
        self.failures = 0

    def draw(self, layers: Iterable[Layer], show: Show, labels: Mapping[str, str]) -> Planes:
        """Return a new canvas with all layers on it.

        Args:
            layers: The lowest first.
            show: Gives the picture of a source.
            labels: What is written on slots that show their source's label.
        """
        canvas = Planes.new(self._width, self._height)
        self._tiles_before, self._tiles = self._tiles, {}
        for layer in self._visible(layers):
            if isinstance(layer.content, Fill):
                self._fill(canvas, layer.content.color, layer)
            else:
                self._slot_or_nothing(canvas, layer, show, labels)
        return canvas

    def _visible(self, layers: Iterable[Layer]) -> list[Layer]:
        """Return the layers from the topmost one on that covers everything below it."""
        found: list[Layer] = []
        for layer in layers:
            if isinstance(layer.content, Fill) and layer.opacity >= 1 and self._clip(layer) == self._whole:
                found.clear()
            found.append(layer)
        return found

    @property
    def _whole(self) -> Box:
        return Box(0, 0, self._width, self._height)

    def _clip(self, layer: Layer) -> Box:
        return boxed(layer.clip, self._width, self._height).within(self._whole)

    def _fill(self, canvas: Planes, paint: str, layer: Layer) -> None:
        canvas.tint(color(paint), self._clip(layer), round(layer.opacity * OPAQUE))

    def _slot_or_nothing(self, canvas: Planes, layer: Layer, show: Show, labels: Mapping[str, str]) -> None:
        """Draw a slot; one that cannot be drawn by a mistake of ours leaves the others alone."""
        assert isinstance(layer.content, Slot)
        try:
            self._slot(canvas, layer.content, layer, show, labels)
        except Exception:
            if self.failures % FAILURES_A_LINE == 0:
                logger.exception("Something in a scene could not be drawn")
            self.failures += 1

    def _slot(self, canvas: Planes, slot: Slot, layer: Layer, show: Show, labels: Mapping[str, str]) -> None:
        picture = show(slot.source)
        placement = place(slot, picture, (self._width, self._height))
        if placement is None:
            return
        seen = placement.box.within(self._clip(layer))
        weight = round(layer.opacity * OPAQUE)
        if not seen.width or weight <= 0:
            return
        self.used.setdefault(slot.source, set()).add(placement.part)
        if not (placement.ground or slot.border.width or slot.radius or slot.label):
            window = _window(placement).moved(seen.x - placement.box.x, seen.y - placement.box.y)
            window = replace(window, width=seen.width, height=seen.height)
            self._part(picture, placement.part).lay_on(canvas, window, seen, weight)
            return
        label = labels.get(slot.source, slot.source) if slot.label else ""
        tile = self._same_tile(slot, picture, label)
        if tile is None:
            tile = self._tile(canvas, slot, placement, picture)
            self._write(tile, label, self._edge(slot))
        if picture.key is None:
            self._tiles[slot] = _Tile(picture, label, tile)
        self._lay_tile(canvas, tile, slot, placement, seen, weight)

    def _same_tile(self, slot: Slot, picture: Picture, label: str) -> Planes | None:
        """Return what the slot had a frame ago, if nothing of it has changed since."""
        before = self._tiles_before.get(slot)
        if before is None or before.label != label or not before.picture.is_same(picture):
            return None
        return before.planes

    def _part(self, picture: Picture, part: Part) -> Planes | Masked:
        """Return a part of a picture, without what its key makes see-through."""
        if picture.key is None:
            return picture.part(part, self._scaler)
        return picture.keyed(part, picture.key, self._scaler)

    def _tile(self, canvas: Planes, slot: Slot, placement: Placement, picture: Picture) -> Planes:
        """Return what the slot's box shows, as a picture of its own."""
        box = placement.box
        if picture.key is not None:
            # Where it is see-through the box shows what is there already, and no ground.
            tile = canvas.part(box).copy()
        else:
            tile = Planes.new(box.width, box.height)
            if placement.ground:
                self._ground(tile, picture)
        self._part(picture, placement.part).lay_on(tile, _window(placement), placement.picture)
        # Planes are cut at even pixels, and so is a border.
        edge = round(slot.border.width * self._height / 2) * 2
        if edge:
            self._frame(tile, slot, placement, edge)
        return tile

    def _ground(self, tile: Planes, picture: Picture) -> None:
        small = (max(2, tile.width // GROUND_SHRUNK * 2), max(2, tile.height // GROUND_SHRUNK * 2))
        part = reduced(picture.crop, picture.width, picture.height, *small)
        soft = self._scaler.scale(picture.part(part, self._scaler).frame, (tile.width, tile.height))
        whole = Box(0, 0, tile.width, tile.height)
        tile.fill(_BLACK)
        tile.lay(soft, whole, whole, GROUND_DIMMED)

    def _frame(self, tile: Planes, slot: Slot, placement: Placement, edge: int) -> None:
        """Draw the border inside the edge of the whole slot, of which the tile may be a part."""
        bare, part = tile.copy(), Box(0, 0, tile.width, tile.height)
        tile.fill(color(slot.border.color))
        whole = placement.whole.moved(-placement.box.x, -placement.box.y)
        inner = Box(whole.x + edge, whole.y + edge, whole.width - 2 * edge, whole.height - 2 * edge)
        if inner.width > 0 and inner.height > 0:
            lay_rounded(tile, bare, inner, part, max(0, self._radius(slot) - edge))

    def _radius(self, slot: Slot) -> int:
        return round(slot.radius * self._height)

    def _lay_tile(
        self, canvas: Planes, tile: Planes, slot: Slot, placement: Placement, seen: Box, weight: int
    ) -> None:
        if seen != placement.box:
            # Something clips it: what is not seen of the tile is cut off.
            tile = tile.part(seen.moved(-placement.box.x, -placement.box.y))
        lay_rounded(canvas, tile, placement.whole, seen, self._radius(slot), weight)

    def _edge(self, slot: Slot) -> int:
        """How far inside the slot's edge a label keeps, for its border and for a corner that is cut off."""
        return round((slot.border.width + slot.radius / 4) * self._height) // 2 * 2

    def _write(self, tile: Planes, label: str, edge: int) -> None:
        if not label:
            return
        tall = max(12, round(min(self._width, self._height) * LABEL_HEIGHT))
        left = tall // 4 * 2 + edge
        overlay, room = plate(label, tall), tile.width - 2 * left
        if overlay.planes.width > room:
            # In steps, because a slot that grows has another width with each frame.
            overlay = plate(label, tall, room // LABEL_STEP * LABEL_STEP)
        width, height = overlay.planes.width, overlay.planes.height
        whole = Box(0, 0, tile.width, tile.height)
        low = (tile.height - height * 3 // 2) // 2 * 2 - edge
        at = Box(left, low, width, height).within(whole)
        window = Box(0, 0, at.width, at.height)
        tile.lay_masked(overlay.planes, overlay.mask.cut(0, 0, at.width, at.height), window, at)
