"""Layouts: where on the canvas any sources go. A layout and sources make a scene.

A scene that is made for one canvas is packed anew for another one.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from stagedoor.domain.errors import NotFoundError
from stagedoor.domain.ids import screen_path
from stagedoor.domain.regions import common
from stagedoor.domain.scene import CANVAS, MAX_SLOTS, Border, Fit, Rect, Scene, Slot
from stagedoor.domain.source import screen_label

MARGIN = 0.02
"""Between pictures and around them, where a layout shows the ground."""
INSET = 0.28
"""Side of a small picture on a large one."""
FRAME = Border(0.004)
"""Sets a small picture off from the one below it."""
FAVOURED = 4 / 3
"""Width by height of the place that a picture of any shape does best in: most of it is seen, and large."""

_NEAR = 1e-6
"""In fractions of the canvas: what is nearer is the same."""


class Corner(StrEnum):
    """Where on a large picture a small one lies."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


@dataclass(frozen=True, slots=True)
class Layout:
    """Geometry alone: slots without their sources.

    Attributes:
        id: As in the API.
        label: What people read.
        most: How many sources it shows; further ones are left out.
        slots_for: Makes the slots for a number of sources from 1 to `most`.
    """

    id: str
    label: str
    most: int
    slots_for: Callable[[int], Sequence[Slot]]

    def slots(self, sources: Sequence[str]) -> tuple[Slot, ...]:
        """Return one slot for each source that there is room for, in their order."""
        shown = sources[: self.most]
        empty = self.slots_for(len(shown)) if shown else ()
        return tuple(replace(slot, source=source) for slot, source in zip(empty, shown, strict=False))


def scene_of(
    layout_id: str,
    sources: Sequence[str],
    id: str,
    label: str = "",
    corner: Corner = Corner.BOTTOM_RIGHT,
) -> Scene:
    """Return the scene that a built-in layout makes of these sources.

    Args:
        layout_id: One of `LAYOUTS`.
        sources: Their ids, the main one first.
        id: Of the scene.
        label: Of the scene; the layout's where it is empty.
        corner: Where `pip` and `presentation_pip` put the small picture.

    Raises:
        NotFoundError: There is no such layout.
    """
    layout = LAYOUTS.get(layout_id)
    if layout is None:
        raise NotFoundError(
            f"there is no layout {layout_id}", code="layout_unknown", hint=f"One of {', '.join(LAYOUTS)}."
        )
    slots = layout.slots(sources)
    if layout_id in _CORNERED and len(slots) > 1:
        slots = (slots[0], replace(slots[1], rect=_inset(corner)))
    return Scene(id, label or layout.label, slots=slots)


def on_second(scene: Scene, shape: float) -> Scene:
    """Return what the second canvas shows of a scene: the slots that it has for it, or else all, packed anew.

    Args:
        scene: As it is made for program.
        shape: Width by height of the second canvas, in pixels.
    """
    slots = packed(scene.slots, shape) if scene.second is None else scene.second
    return replace(scene, slots=slots, second=None)


def packed(slots: Sequence[Slot], shape: float) -> tuple[Slot, ...]:
    """Return the slots that are seen so that they share a canvas: all of each is seen, and none is empty.

    They stand in a grid, in their order. One that all others lie on has half of the canvas: above the others
    where the canvas is taller than wide, else to the left of them.

    Args:
        slots: As they are on another canvas.
        shape: Width by height of the canvas, in pixels.
    """
    seen = [slot for slot in slots if slot.alpha > 0 and slot.rect.on_canvas]
    large = _below_all(seen)
    if large is None:
        places = _tiles(len(seen), CANVAS, shape)
    else:
        seen.insert(0, seen.pop(large))
        first, rest = _halves(shape)
        places = [first, *_tiles(len(seen) - 1, rest, shape)]
    return tuple(replace(slot, rect=rect) for slot, rect in zip(seen, places, strict=True))


def ready_scenes(seats: Mapping[str, str]) -> tuple[Scene, ...]:
    """Return the scenes of a first start: whoever joins is on air with one click.

    Args:
        seats: What people read of each seat, by its name, in order.
    """
    names = tuple(seats)
    together = ("two_up", "interview", "pip", "three_up", "main_two_side", "quad", "grid")
    wanted = {"three_up": 3, "main_two_side": 3, "quad": 4, "grid": 5}
    alone = [scene_of("full", [name], f"full-{name}", seats[name] or name) for name in names]
    shared = [scene_of(id, names, id) for id in together if len(names) >= wanted.get(id, 2)]
    screens = [
        scene_of(
            "presentation_pip", [screen_path(name), name], f"screen-{name}", screen_label(seats[name] or name)
        )
        for name in names
    ]
    return *alone, *shared, *screens


def _slot(x: float, y: float, width: float, height: float) -> Slot:
    return Slot("", Rect(x, y, width, height))


def _inset(corner: Corner) -> Rect:
    far = 1 - MARGIN - INSET
    left = corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)
    top = corner in (Corner.TOP_LEFT, Corner.TOP_RIGHT)
    return Rect(MARGIN if left else far, MARGIN if top else far, INSET, INSET)


def _small(corner: Corner) -> Slot:
    return Slot("", _inset(corner), z=1, border=FRAME)


def _fixed(*slots: Slot) -> Callable[[int], Sequence[Slot]]:
    return lambda _: slots


def _row(count: int, y: float, side: float, gap: float = 0.0) -> list[Slot]:
    """Pictures of the canvas's shape beside each other, in the middle of its width."""
    start = (1 - count * side - (count - 1) * gap) / 2
    return [_slot(start + n * (side + gap), y, side, side) for n in range(count)]


def _column(count: int, x: float, side: float) -> list[Slot]:
    """Pictures of the canvas's shape below each other, in the middle of its height."""
    return [_slot(x, (1 - count * side) / 2 + n * side, side, side) for n in range(count)]


def _two_up(_: int) -> Sequence[Slot]:
    side = (1 - 3 * MARGIN) / 2
    return _row(2, (1 - side) / 2, side, MARGIN)


def _three_up(_: int) -> Sequence[Slot]:
    """Three columns: pictures are cut at their sides, so that people are larger than in whole ones."""
    width, height = (1 - 4 * MARGIN) / 3, 0.6
    return [_slot(MARGIN + n * (width + MARGIN), (1 - height) / 2, width, height) for n in range(3)]


def _grid(count: int) -> Sequence[Slot]:
    """The largest equal pictures of the canvas's shape; rows that are not full stand in the middle."""
    columns = math.isqrt(count - 1) + 1
    rows = -(-count // columns)
    side, top = 1 / columns, (1 - rows / columns) / 2
    lengths = enumerate(_lengths(count, rows))
    return [slot for row, length in lengths for slot in _row(length, top + row * side, side)]


def _lengths(count: int, rows: int) -> list[int]:
    """How many pictures each row has, the first ones more where they cannot be equal."""
    return [count // rows + (row < count % rows) for row in range(rows)]


def _below_all(slots: Sequence[Slot]) -> int | None:
    """Return which slot all others lie on, as a picture in picture does; None where there is none."""
    areas = [common(slot.rect, CANVAS) or slot.rect for slot in slots]
    for number, area in enumerate(areas):
        others = [*areas[:number], *areas[number + 1 :]]
        if others and all(_lies_on(other, area) for other in others):
            return number
    return None


def _lies_on(small: Rect, large: Rect) -> bool:
    across = small.x > large.x - _NEAR and small.right < large.right + _NEAR
    down = small.y > large.y - _NEAR and small.bottom < large.bottom + _NEAR
    return across and down and small.width * small.height < large.width * large.height - _NEAR


def _halves(shape: float) -> tuple[Rect, Rect]:
    """Return the halves of a canvas, across its longer side."""
    if shape > 1:
        return Rect(0, 0, 0.5, 1), Rect(0.5, 0, 0.5, 1)
    return Rect(0, 0, 1, 0.5), Rect(0, 0.5, 1, 0.5)


def _tiles(count: int, area: Rect, shape: float) -> list[Rect]:
    """Return places in rows that fill an area, in as many columns as come nearest to the favoured shape."""

    def likeness(columns: int) -> float:
        cell = shape * area.width / area.height * -(-count // columns) / columns
        return min(cell, FAVOURED) / max(cell, FAVOURED)

    if not count:
        return []
    columns = max(range(1, count + 1), key=likeness)
    rows = -(-count // columns)
    height = area.height / rows
    return [
        Rect(area.x + n * area.width / length, area.y + row * height, area.width / length, height)
        for row, length in enumerate(_lengths(count, rows))
        for n in range(length)
    ]


def _speaker_focus(count: int) -> Sequence[Slot]:
    return [_slot(0, 1 / 8, 3 / 4, 3 / 4), *_column(count - 1, 3 / 4, 1 / 4)]


def _presentation_focus(count: int) -> Sequence[Slot]:
    return [_whole(_slot(0.1, 0, 0.8, 0.8)), *_row(count - 1, 0.8, 0.2)]


def _strip(count: int) -> Sequence[Slot]:
    side = 1 / count
    return _row(count, (1 - side) / 2, side)


def _whole(slot: Slot) -> Slot:
    """Of slides nothing is cut."""
    return replace(slot, fit=Fit.CONTAIN)


_FULL = Slot("", CANVAS)
_MAIN = _slot(0, 1 / 6, 2 / 3, 2 / 3)
_SIDE = tuple(_column(2, 2 / 3, 1 / 3))
_CORNERED = frozenset({"pip", "presentation_pip"})
_THREE_CORNERS = (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT, Corner.BOTTOM_LEFT)

LAYOUTS: Mapping[str, Layout] = {
    layout.id: layout
    for layout in (
        Layout("full", "Full", 1, _fixed(_FULL)),
        Layout("two_up", "Two Up", 2, _two_up),
        Layout("three_up", "Three Up", 3, _three_up),
        Layout("quad", "Quad", 4, _fixed(*(_slot(x, y, 0.5, 0.5) for y in (0, 0.5) for x in (0, 0.5)))),
        Layout("grid", "Grid", MAX_SLOTS, _grid),
        Layout("top_bottom", "Top and Bottom", 2, _fixed(_slot(0, 0, 1, 0.5), _slot(0, 0.5, 1, 0.5))),
        Layout("interview", "Interview", 2, _fixed(_slot(0, 0, 0.5, 1), _slot(0.5, 0, 0.5, 1))),
        Layout("main_two_side", "Main and Two Beside", 3, _fixed(_MAIN, *_SIDE)),
        Layout(
            "main_three_corners", "Main and Three Corners", 4, _fixed(_FULL, *map(_small, _THREE_CORNERS))
        ),
        Layout("pip", "Picture in Picture", 2, _fixed(_FULL, _small(Corner.BOTTOM_RIGHT))),
        Layout("speaker_focus", "Speaker Focus", 5, _speaker_focus),
        Layout("presentation_focus", "Presentation Focus", 6, _presentation_focus),
        Layout(
            "presentation_speaker",
            "Presentation and Speaker",
            2,
            _fixed(_whole(_slot(0, 1 / 8, 3 / 4, 3 / 4)), _slot(3 / 4, 1 / 8, 1 / 4, 3 / 4)),
        ),
        Layout(
            "presentation_pip",
            "Presentation with Picture",
            2,
            _fixed(_whole(_FULL), _small(Corner.BOTTOM_RIGHT)),
        ),
        Layout("strip", "Strip", MAX_SLOTS, _strip),
    )
}
"""The built-in layouts by id."""
