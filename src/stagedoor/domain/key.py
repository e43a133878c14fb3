"""Keys: what of a source's picture is see-through, by its colour or by its brightness."""

from dataclasses import dataclass
from typing import Literal

LEAST_HUE = 32
"""Steps of 255 between the largest and the least of a chroma key's red, green and blue: a grey has no hue."""


@dataclass(frozen=True, slots=True)
class ChromaKey:
    """A colour that is see-through, such as a green wall behind somebody.

    How far a pixel's colour is from the key's is measured by its two colour differences, whatever its
    brightness: 1 is as far as the most colourful is from grey.

    Attributes:
        kind: Which key it is.
        color: `#rrggbb`, the one that is keyed; it has a hue.
        tolerance: So far from it all is see-through, 0…1.
        softness: Over so much more it becomes opaque, 0…1; 0 is a hard edge.
        spill: How much of the key's hue is taken out of what stays, 0…1.
    """

    kind: Literal["chroma"] = "chroma"
    color: str = "#00b140"
    tolerance: float = 0.3
    softness: float = 0.15
    spill: float = 0.5


@dataclass(frozen=True, slots=True)
class LumaKey:
    """A brightness that is see-through: 0 is black, 1 is white.

    Attributes:
        kind: Which key it is.
        low: What is this dark, or darker, is see-through.
        high: What is this bright, or brighter, is opaque; not below `low`.
        invert: Whether it is the other way round: what is bright is see-through.
    """

    kind: Literal["luma"] = "luma"
    low: float = 0.05
    high: float = 0.15
    invert: bool = False


Key = ChromaKey | LumaKey


def has_hue(color: str) -> bool:
    """Tell whether a colour, `#rrggbb`, is far enough from grey to be keyed."""
    parts = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    return max(parts) - min(parts) >= LEAST_HUE
