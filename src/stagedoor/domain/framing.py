"""What a source itself cuts off its picture, before any slot does."""

from stagedoor.domain.scene import Crop, Offset


def edges(low: float, high: float) -> tuple[float, float]:
    """Return the edges of what is left where so much is cut off at both ends, in fractions of the whole."""
    return max(0.0, min(1.0, low)), 1.0 - max(0.0, min(1.0, high))


def framed(crop: Crop, zoom: float, offset: Offset) -> Crop:
    """Return what a source's own framing cuts off its picture.

    Args:
        crop: What is cut off first.
        zoom: How many times larger what is left is shown; 1 shows all of it.
        offset: Where in it the part lies that is shown; it does not leave it.
    """
    left, right = _framed(*edges(crop.left, crop.right), zoom, offset.x)
    top, bottom = _framed(*edges(crop.top, crop.bottom), zoom, offset.y)
    return Crop(left, top, 1 - right, 1 - bottom)


def _framed(low: float, high: float, zoom: float, offset: float) -> tuple[float, float]:
    length = max(0.0, high - low)
    shown = length / max(1.0, zoom)
    start = low + (length - shown) / 2 + offset * length
    start = max(low, min(start, high - shown))
    return start, start + shown


def cropped_twice(first: Crop, then: Crop) -> Crop:
    """Return the crop that does both, the second one in fractions of what the first leaves."""
    (left, right), (top, bottom) = edges(first.left, first.right), edges(first.top, first.bottom)
    width, height = max(0.0, right - left), max(0.0, bottom - top)
    return Crop(
        left + then.left * width,
        top + then.top * height,
        1 - right + then.right * width,
        1 - bottom + then.bottom * height,
    )
