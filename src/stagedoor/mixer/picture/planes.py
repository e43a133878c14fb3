"""The three planes of a YUV 4:2:0 picture as arrays, and how one is laid onto another.

Every position and size is even, in pixels of the luma plane, so that chroma planes are cut at whole samples.
"""

import math
from dataclasses import dataclass
from typing import Final, Self, TypeVar

import av
import numpy as np
from numpy.typing import NDArray

from stagedoor.domain.geometry import Box

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint16]
_Number = TypeVar("_Number", np.uint8, np.uint16)
PIXELS: Final = "yuv420p"
ALPHA_PIXELS: Final = "yuva420p"
"""The same with a fourth plane, of the opacity of each pixel."""
OPAQUE: Final = 256
"""Weights are 0…256, so that a product is brought back by a shift."""


@dataclass(frozen=True, slots=True)
class Planes:
    """Views of a frame's planes; writing to them writes to the frame.

    Attributes:
        frame: What owns the bytes.
        y: Luma, height × width.
        u: Blue difference, half as high and wide.
        v: Red difference, the same.
    """

    frame: av.VideoFrame
    y: Bytes
    u: Bytes
    v: Bytes

    @classmethod
    def new(cls, width: int, height: int) -> Self:
        """Make a picture whose bytes are still whatever was there."""
        return cls.of(av.VideoFrame(width, height, PIXELS))

    @classmethod
    def of(cls, frame: av.VideoFrame) -> Self:
        """Look at a frame that is yuv420p already."""
        y, u, v = (_plane(frame, index) for index in range(3))
        return cls(frame, y, u, v)

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.y.shape[0])

    def copy(self) -> "Planes":
        """Return the same picture in bytes of its own."""
        made = Planes.new(self.width, self.height)
        for mine, theirs in zip((made.y, made.u, made.v), (self.y, self.u, self.v), strict=True):
            mine[...] = theirs
        return made

    def part(self, box: Box) -> "Planes":
        """Return a rectangle of it; the bytes are the same ones."""
        half = _parts(box)[1]
        assert half is not None
        return Planes(self.frame, _cut(self.y, box), _cut(self.u, half), _cut(self.v, half))

    def fill(self, color: "Color", box: Box | None = None) -> None:
        """Make everything, or what lies in `box`, one colour."""
        for plane, value, part in zip((self.y, self.u, self.v), color, _parts(box), strict=True):
            (plane if part is None else _cut(plane, part))[...] = value

    def tint(self, color: "Color", box: Box, weight: int) -> None:
        """Lay a plain colour onto what lies in `box`, with an opacity 0…256."""
        if weight >= OPAQUE:
            self.fill(color, box)
        elif weight > 0:
            for plane, value, part in zip((self.y, self.u, self.v), color, _parts(box), strict=True):
                assert part is not None
                below = _cut(plane, part)
                mixed = below.astype(np.uint16)
                mixed *= np.uint16(OPAQUE - weight)
                mixed += np.uint16(value * weight)
                mixed >>= 8
                below[...] = mixed

    def lay(self, other: "Planes", window: Box, at: Box, weight: int = OPAQUE) -> None:
        """Lay a part of another picture onto this one.

        Args:
            other: What is laid on.
            window: Which part of it.
            at: Where; of the window's size.
            weight: Opacity 0…256.
        """
        if weight <= 0 or not at.width or not at.height:
            return
        pairs = ((self.y, other.y), (self.u, other.u), (self.v, other.v))
        for (mine, theirs), source, target in zip(pairs, _parts(window), _parts(at), strict=True):
            assert source is not None
            assert target is not None
            below, above = _cut(mine, target), _cut(theirs, source)
            if weight >= OPAQUE:
                below[...] = above
            else:
                _blend(below, above, weight)

    def lay_on(self, canvas: "Planes", window: Box, at: Box, weight: int = OPAQUE) -> None:
        """Lay a part of it onto another picture, as `lay` does."""
        canvas.lay(self, window, at, weight)

    def lay_masked(self, other: "Planes", mask: "Mask", window: Box, at: Box, weight: int = OPAQUE) -> None:
        """Lay a part of another picture onto this one.

        Args:
            other: What is laid on.
            mask: A weight for each pixel of the window.
            window: Which part of it.
            at: Where; of the window's size.
            weight: Opacity 0…256 of all.
        """
        if weight <= 0 or not at.width or not at.height:
            return
        pairs = ((self.y, other.y, mask.luma), (self.u, other.u, mask.chroma), (self.v, other.v, mask.chroma))
        for (mine, theirs, weights), source, target in zip(pairs, _parts(window), _parts(at), strict=True):
            assert source is not None
            assert target is not None
            weighed: Words = (
                weights if weight >= OPAQUE else (weights.astype(np.uint32) * weight >> 8).astype(np.uint16)
            )
            _blend(_cut(mine, target), _cut(theirs, source), weighed)


@dataclass(frozen=True, slots=True)
class Mask:
    """A weight 0…256 for each pixel of a picture: for its luma and its chroma samples."""

    luma: Words
    chroma: Words

    def cut(self, x: int, y: int, width: int, height: int) -> "Mask":
        """Return the part for a rectangle in even pixels."""
        box = Box(x, y, width, height)
        half = Box(x // 2, y // 2, width // 2, height // 2)
        return Mask(_cut(self.luma, box), _cut(self.chroma, half))


Color = tuple[int, int, int]
"""Y, U and V, limited range (ITU-R BT.709)."""


def color(text: str) -> Color:
    """`#rrggbb` in ITU-R BT.709 (section 3), limited range."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        round(16 + 219 * luma),
        round(128 + 224 * (blue - luma) / 1.8556),
        round(128 + 224 * (red - luma) / 1.5748),
    )


def even_up(length: float) -> int:
    """Return the fewest even pixels, two at least, that a length fits into."""
    return max(2, math.ceil(length / 2) * 2)


def alpha_of(frame: av.VideoFrame) -> Bytes:
    """Return a view of the opacity, 0…255, of a frame that is yuva420p already."""
    return _plane(frame, 3)


def _cut(plane: "NDArray[_Number]", box: Box) -> "NDArray[_Number]":
    return plane[box.y : box.y + box.height, box.x : box.x + box.width]


def _blend(below: Bytes, above: Bytes, weight: int | Words) -> None:
    # 255 * 256 is the most that a word has to hold here: the two weights add up to 256.
    weights = np.uint16(weight) if isinstance(weight, int) else weight
    mixed = above.astype(np.uint16)
    mixed *= weights
    rest = below.astype(np.uint16)
    rest *= np.uint16(OPAQUE) - weights
    mixed += rest
    mixed >>= 8
    below[...] = mixed


def _parts(box: Box | None) -> tuple[Box | None, Box | None, Box | None]:
    if box is None:
        return None, None, None
    half = Box(box.x // 2, box.y // 2, box.width // 2, box.height // 2)
    return box, half, half


def _plane(frame: av.VideoFrame, index: int) -> Bytes:
    plane = frame.planes[index]
    rows: Bytes = np.frombuffer(plane, np.uint8)  # type: ignore[call-overload]
    return rows.reshape(plane.height, plane.line_size)[:, : plane.width]
