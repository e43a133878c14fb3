"""Where pictures go on a canvas, in pixels.

Planes are 4:2:0, so every position and size is even. Edges are rounded, not sizes: slots that touch in a
scene touch on the canvas.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from stagedoor.domain.framing import edges
from stagedoor.domain.scene import Border, Crop, Fit, Rect, Slot

MOST_CUT = 0.35
"""How much of a picture's height `auto` cuts before it contains."""
MAX_SCALED = 32_768
"""The largest side, in pixels, that a picture would have as a whole at the scale of what is shown of it."""
WORTH = 0.75
"""Of a picture that is shown for less than this only the part is scaled: others may want the whole of it."""
MOST_KEPT = 1024
"""Placements that are kept: most slots are where they were a frame ago."""
_SMALL = 4
"""Pixels of a side under which a picture is not taken apart."""
_AROUND = 2
"""Pixels around a part that scaling it looks at, before and after."""
_SAME_SHAPE = 0.99
"""From this likeness on a contained picture is stretched: a hairline at its side would look like a fault."""
_FARTHEST = 16.0
"""Where edges that lie farther outside than any real slot's are cut off, in canvases."""
_TIE = 1e-9
"""Added before rounding, so that an edge reached by two ways is rounded one way."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height

    def within(self, other: "Box") -> "Box":
        """Return the part that both share, of size 0 where there is none."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width, height = min(self.right, other.right) - x, min(self.bottom, other.bottom) - y
        return Box(x, y, width, height) if width > 0 and height > 0 else Box(x, y, 0, 0)

    def moved(self, x: int, y: int) -> "Box":
        """Return it so many pixels further right and down."""
        return replace(self, x=self.x + x, y=self.y + y)


NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a picture, and what it becomes when it is scaled.

    Attributes:
        region: Which part, in pixels of the picture.
        at: Where it lies in the whole picture when that is scaled, all even; it is scaled to this size.
    """

    region: Box
    at: Box


@dataclass(frozen=True, slots=True)
class Placement:
    """How a slot is drawn; pixels, all even.

    To draw it: scale the whole source picture to `scaled_width` × `scaled_height`, take `window` of that, and
    blit it at `picture`; where `ground` says so, fill `box` before. Instead of the whole picture, its `part`
    is enough.

    Attributes:
        box: The part of the slot that is on the canvas, in canvas pixels.
        whole: The slot with what lies outside the canvas, in canvas pixels; border and corners belong to it.
        scaled_width: To which the whole source picture is scaled.
        scaled_height: The same.
        window: What of the scaled picture is seen; of size 0 where the box shows nothing but ground.
        picture: Where in `box` it goes, from the box's corner; as large as the window.
        ground: Whether the picture leaves some of `box` free.
        part: All of the picture that the slot shows, also outside the canvas.
    """

    box: Box
    whole: Box
    scaled_width: int
    scaled_height: int
    window: Box
    picture: Box
    ground: bool
    part: Part


def boxed(rect: Rect, canvas_width: int, canvas_height: int) -> Box:
    """Return a rectangle in pixels of the canvas, not cut off at its edges; of size 0 if it has no area."""
    left, right = _edge(rect.x, canvas_width), _edge(rect.right, canvas_width)
    top, bottom = _edge(rect.y, canvas_height), _edge(rect.bottom, canvas_height)
    return Box(left, top, max(0, right - left), max(0, bottom - top))


@lru_cache(maxsize=MOST_KEPT)
def placed(
    slot: Slot, canvas_width: int, canvas_height: int, picture_width: int, picture_height: int
) -> Placement | None:
    """Return how a slot shows a picture; None where nothing of it is on the canvas or left by the crop.

    Args:
        slot: Any, also one that was not checked.
        canvas_width: Pixels, even.
        canvas_height: Pixels, even.
        picture_width: Of the source's picture as it is to be seen, after its rotation.
        picture_height: The same.
    """
    whole = boxed(slot.rect, canvas_width, canvas_height)
    box = whole.within(Box(0, 0, canvas_width // 2 * 2, canvas_height // 2 * 2))
    left, right = edges(slot.crop.left, slot.crop.right)
    top, bottom = edges(slot.crop.top, slot.crop.bottom)
    width, height = picture_width * (right - left), picture_height * (bottom - top)
    if not box.width or not box.height or width < 1 or height < 1:
        return None
    scale_x, scale_y = _scales(slot.fit, whole, width, height)
    if scale_x == scale_y:
        scale_x = scale_y = min(scale_x, MAX_SCALED / picture_width, MAX_SCALED / picture_height)
    across = _line(whole.width, _size(picture_width, scale_x), left, right)
    down = _line(whole.height, _size(picture_height, scale_y), top, bottom)
    return _placement(whole, box, across, down, _part(across, picture_width, down, picture_height))


def _placement(whole: Box, box: Box, across: "_Line", down: "_Line", part: Part) -> Placement:
    picture = Box(whole.x + across.start, whole.y + down.start, across.length, down.length)
    shown = picture.within(box)
    window = shown.moved(across.first - picture.x, down.first - picture.y)
    seen = shown.width > 0
    return Placement(
        box,
        whole,
        across.scaled,
        down.scaled,
        window=window if seen else NOWHERE,
        picture=shown.moved(-box.x, -box.y) if seen else NOWHERE,
        ground=shown != box,
        part=part,
    )


def reduced(crop: Crop, picture_width: int, picture_height: int, width: int, height: int) -> Part:
    """Return what a crop leaves of a picture, to be scaled to a size as it is."""
    if min(picture_width, picture_height) < _SMALL or crop == Crop():
        return Part(Box(0, 0, picture_width, picture_height), Box(0, 0, width, height))
    (left, right), (top, bottom) = edges(crop.left, crop.right), edges(crop.top, crop.bottom)
    x, across = _reached(picture_width, left * picture_width, right * picture_width)
    y, down = _reached(picture_height, top * picture_height, bottom * picture_height)
    return Part(Box(x, y, across, down), Box(0, 0, width, height))


def _part(across: "_Line", picture_width: int, down: "_Line", picture_height: int) -> Part:
    whole = Part(Box(0, 0, picture_width, picture_height), Box(0, 0, across.scaled, down.scaled))
    is_as_it_is = (across.scaled, down.scaled) == (picture_width, picture_height)
    if is_as_it_is or min(picture_width, picture_height) < _SMALL:
        return whole
    (x, width), (at_x, at_width) = _piece(across, picture_width)
    (y, height), (at_y, at_height) = _piece(down, picture_height)
    if at_width * at_height > WORTH * across.scaled * down.scaled:
        return whole
    return Part(Box(x, y, width, height), Box(at_x, at_y, at_width, at_height))


def _piece(line: "_Line", picture: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where in the picture a line's window is and how long, and the same of the scaled picture."""
    scale = line.scaled / picture
    around = _AROUND + _AROUND / scale
    last = line.first + line.length
    first, length = _reached(picture, line.first / scale - around, last / scale + around)
    if length >= picture - 1:
        return (first, length), (0, line.scaled)
    at = min(line.first, _even(first * scale))
    return (first, length), (at, max(last - at, _even(length * scale)))


def _reached(picture: int, low: float, high: float) -> tuple[int, int]:
    """Return the even pixels of a picture that reach from one place to another, as first and length."""
    most = picture // 2 * 2
    first = max(0, min(2 * math.floor(low / 2), most - 2))
    return first, max(2, min(most, 2 * math.ceil(high / 2)) - first)


@dataclass(frozen=True, slots=True)
class _Line:
    """A picture in its slot, across or down; pixels.

    Attributes:
        scaled: How long the whole picture becomes.
        first: Where in that the window starts.
        length: Of the window.
        start: Where the window goes in the slot.
    """

    scaled: int
    first: int
    length: int
    start: int


def _line(room: int, scaled: int, low: float, high: float) -> _Line:
    length = min(room, scaled, _size(scaled, high - low))
    middle = scaled * (low + high) / 2
    first = _even(middle - length / 2)
    return _Line(scaled, max(0, min(first, scaled - length)), length, start=_even((room - length) / 2))


def _scales(fit: Fit, box: Box, width: float, height: float) -> tuple[float, float]:
    """Return how many pixels one of the picture's becomes, across and down."""
    across, down = box.width / width, box.height / height
    cover, contain = max(across, down), min(across, down)
    if fit is Fit.AUTO:
        fit = Fit.CONTAIN if box.height < height * cover * (1 - MOST_CUT) else Fit.COVER
    if fit is Fit.STRETCH or (fit is Fit.CONTAIN and contain >= cover * _SAME_SHAPE):
        return across, down
    return (cover, cover) if fit is Fit.COVER else (contain, contain)


def _edge(fraction: float, length: int) -> int:
    return _even(max(-_FARTHEST, min(_FARTHEST, fraction)) * length)


def _even(value: float) -> int:
    return 2 * math.floor(value / 2 + 0.5 + _TIE)


def _size(length: int, scale: float) -> int:
    return max(2, min(MAX_SCALED, _even(length * scale)))


def interpolated(a: Slot, b: Slot, t: float) -> Slot:
    """Return a slot on its way from `a`, at `t` 0, to `b`, at 1.

    Places, sizes and opacity move; what cannot be between two values changes half-way.
    """
    if t <= 0 or t >= 1:
        return b if t >= 1 else a
    return replace(
        a if t < 0.5 else b,
        rect=Rect(*_between(_rect(a.rect), _rect(b.rect), t)),
        alpha=_mean(a.alpha, b.alpha, t),
        crop=Crop(*_between(_crop(a.crop), _crop(b.crop), t)),
        border=_border(a.border, b.border, t),
        radius=_mean(a.radius, b.radius, t),
    )


def _rect(rect: Rect) -> tuple[float, ...]:
    return rect.x, rect.y, rect.width, rect.height


def _crop(crop: Crop) -> tuple[float, ...]:
    return crop.left, crop.top, crop.right, crop.bottom


def _border(a: Border, b: Border, t: float) -> Border:
    """A frame that comes or goes grows or shrinks in its own colour."""
    if not a.width or not b.width:
        color = a.color if a.width else b.color
    else:
        color = a.color if t < 0.5 else b.color
    return Border(_mean(a.width, b.width, t), color)


def _between(a: tuple[float, ...], b: tuple[float, ...], t: float) -> list[float]:
    return [_mean(x, y, t) for x, y in zip(a, b, strict=True)]


def _mean(a: float, b: float, t: float) -> float:
    return a * (1 - t) + b * t
