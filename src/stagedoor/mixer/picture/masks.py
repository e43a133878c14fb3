"""Weights for rounded corners."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stagedoor.mixer.picture.planes import OPAQUE, Mask, Words


@lru_cache(maxsize=12)
def rounded(width: int, height: int, radius: int, inset: int = 0) -> Mask:
    """Return the weights of a rectangle with rounded corners, smooth at the edge by one pixel.

    Args:
        width: Of the whole, pixels, even.
        height: The same.
        radius: Of its corners, pixels.
        inset: How far inside the whole's edge the rectangle lies; its corners are rounder by less.
    """
    x = np.arange(width, dtype=np.float32) + 0.5
    y = np.arange(height, dtype=np.float32) + 0.5
    inner = max(0.0, min(float(radius - inset), width / 2 - inset, height / 2 - inset))
    # The distance from the rectangle that the corners' centres span, minus the radius (a rounded box's edge).
    across = (np.abs(x - width / 2) - (width / 2 - inset - inner))[None, :]
    down = (np.abs(y - height / 2) - (height / 2 - inset - inner))[:, None]
    outside = np.hypot(np.maximum(across, 0.0), np.maximum(down, 0.0))
    distance: NDArray[np.float32] = outside + np.minimum(np.maximum(across, down), 0.0) - inner
    luma = np.clip((0.5 - distance) * OPAQUE, 0, OPAQUE).astype(np.uint16)
    return Mask(luma, _halved(luma))


def _halved(luma: Words) -> Words:
    height, width = luma.shape
    quarters = luma.reshape(height // 2, 2, width // 2, 2)
    halved: Words = (quarters.sum(axis=(1, 3), dtype=np.uint32) // 4).astype(np.uint16)
    return halved
