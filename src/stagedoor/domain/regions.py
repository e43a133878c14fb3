"""Parts of rectangles: what two share, and what lies outside others."""

from collections.abc import Iterable

from stagedoor.domain.scene import Rect

_SLIVER = 1e-6
"""In fractions of the canvas: what is thinner was left by rounding."""
MOST_PIECES = 16
"""Into which a rectangle is taken apart."""


def remainder(rect: Rect, holes: Iterable[Rect]) -> tuple[Rect, ...]:
    """Return what of a rectangle lies outside all the holes, as rectangles that do not overlap.

    Where that takes more than `MOST_PIECES`, the rectangle itself is returned.
    """
    pieces = [rect]
    for hole in holes:
        pieces = [left for piece in pieces for left in _around(piece, hole)]
        if len(pieces) > MOST_PIECES:
            return (rect,)
    return tuple(pieces)


def common(a: Rect, b: Rect) -> Rect | None:
    """Return the part that two rectangles share; None where there is none."""
    return _spanned(max(a.x, b.x), max(a.y, b.y), min(a.right, b.right), min(a.bottom, b.bottom))


def _around(rect: Rect, hole: Rect) -> list[Rect]:
    inner = common(rect, hole)
    if inner is None:
        return [rect]
    pieces = (
        _spanned(rect.x, rect.y, rect.right, inner.y),
        _spanned(rect.x, inner.y, inner.x, inner.bottom),
        _spanned(inner.right, inner.y, rect.right, inner.bottom),
        _spanned(rect.x, inner.bottom, rect.right, rect.bottom),
    )
    return [piece for piece in pieces if piece is not None]


def _spanned(left: float, top: float, right: float, bottom: float) -> Rect | None:
    if right - left < _SLIVER or bottom - top < _SLIVER:
        return None
    return Rect(left, top, right - left, bottom - top)
