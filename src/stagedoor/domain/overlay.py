"""An overlay: words or an image laid onto program, above every scene."""

from dataclasses import dataclass
from enum import StrEnum


class OverlayKind(StrEnum):
    """What an overlay is; the values are those of the API."""

    LOWER_THIRD = "lower_third"
    TEXT = "text"
    IMAGE = "image"


class Anchor(StrEnum):
    """Where on the canvas an overlay stands."""

    TOP_LEFT = "top_left"
    TOP = "top"
    TOP_RIGHT = "top_right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom_right"


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something that is laid onto program while it is on.

    Attributes:
        id: Unique among overlays.
        kind: What it is.
        on: Whether it is shown.
        text: The name of a lower third, or the text.
        title: The second line of a lower third.
        url: The file of an image, which may have alpha: a logo, or a picture as large as the canvas.
        anchor: Where it stands.
        size: Of an image its height, otherwise that of the first line, in fractions of the canvas's height.
        color: `#rrggbb` of a lower third's bar.
        alpha: Opacity 0…1.
        frames: How many frames its coming and its going take; 1…250.
    """

    id: str
    kind: OverlayKind
    on: bool = False
    text: str = ""
    title: str = ""
    url: str = ""
    anchor: Anchor = Anchor.BOTTOM_LEFT
    size: float = 0.06
    color: str = "#e4572e"
    alpha: float = 1.0
    frames: int = 12


SAFE = 0.05
"""How far from the canvas's edge an overlay keeps, in fractions of its width or height (EBU R 95)."""


def placed(anchor: Anchor, size: tuple[int, int], canvas: tuple[int, int]) -> tuple[int, int]:
    """Return where an overlay's upper left corner goes, in even pixels.

    Args:
        anchor: Where it stands.
        size: Of the overlay, pixels; one that leaves no margin touches the edges.
        canvas: Pixels.
    """
    return (
        _start(_ACROSS[anchor], size[0], canvas[0]),
        _start(_DOWN[anchor], size[1], canvas[1]),
    )


_ACROSS = {anchor: 0.0 if "left" in anchor else 1.0 if "right" in anchor else 0.5 for anchor in Anchor}
_DOWN = {anchor: 0.0 if "top" in anchor else 1.0 if "bottom" in anchor else 0.5 for anchor in Anchor}


def _start(share: float, length: int, room: int) -> int:
    margin = min(round(room * SAFE), max(0, (room - length) // 2))
    return max(0, round(margin + share * (room - length - 2 * margin))) // 2 * 2
