"""Rounded rectangles: only their corners have to be blended, and everything else is laid as it is."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from stagedoor.domain.geometry import Box
from stagedoor.mixer.picture.planes import OPAQUE, Mask, Planes, Words


def lay_rounded(
    canvas: Planes, tile: Planes, whole: Box, part: Box, radius: int, weight: int = OPAQUE
) -> None:
    """Lay a rounded rectangle onto a canvas.

    Args:
        canvas: What it is laid onto.
        tile: What lies in `part` of it; of that size.
        whole: The rectangle, in pixels of the canvas, even; it may lie partly outside.
        part: What of it is to be seen, in pixels of the canvas, even.
        radius: Of its corners, pixels.
        weight: Opacity 0…256.
    """
    for box, mask in _parts(whole, radius):
        seen = box.within(part)
        if not seen.width:
            continue
        window = seen.moved(-part.x, -part.y)
        if mask is None:
            canvas.lay(tile, window, seen, weight)
        else:
            cut = mask.cut(seen.x - box.x, seen.y - box.y, seen.width, seen.height)
            canvas.lay_masked(tile, cut, window, seen, weight)


def _parts(whole: Box, radius: int) -> Iterator[tuple[Box, Mask | None]]:
    """Yield the parts of a rounded rectangle: four corners with their weights, and what needs none."""
    radius = min(radius, whole.width // 2, whole.height // 2)
    side = min(-(-radius // 2) * 2, whole.width // 4 * 2, whole.height // 4 * 2)
    if side <= 0:
        yield whole, None
        return
    x, y, right, low = whole.x, whole.y, whole.right - side, whole.bottom - side
    wide, high = whole.width - 2 * side, whole.height - 2 * side
    for corner, (left, top) in enumerate(((x, y), (right, y), (x, low), (right, low))):
        yield Box(left, top, side, side), _corner(radius, side, corner)
    if wide:
        yield Box(x + side, y, wide, side), None
        yield Box(x + side, low, wide, side), None
    if high:
        yield Box(x, y + side, whole.width, high), None


@lru_cache(maxsize=256)
def _corner(radius: int, side: int, corner: int) -> Mask:
    """Return the weights of a corner, smooth at its edge; 0 is upper left, 1 upper right, 2 lower left."""
    away = radius - (np.arange(side, dtype=np.float32) + 0.5)
    distance = np.hypot(np.maximum(away, 0.0)[None, :], np.maximum(away, 0.0)[:, None]) - radius
    luma: Words = (np.clip(0.5 - distance, 0.0, 1.0) * OPAQUE).astype(np.uint16)
    luma = luma[:: -1 if corner > 1 else 1, :: -1 if corner % 2 else 1]
    quarters = luma.reshape(side // 2, 2, side // 2, 2)
    chroma: Words = (quarters.sum(axis=(1, 3), dtype=np.uint32) // 4).astype(np.uint16)
    return Mask(np.ascontiguousarray(luma), chroma)
