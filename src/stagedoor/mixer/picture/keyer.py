"""Keys at work: what of a picture is see-through, and what is left of its colours."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stagedoor.domain.key import ChromaKey, Key, LumaKey
from stagedoor.mixer.picture.masked import Masked, doubled, halved
from stagedoor.mixer.picture.planes import OPAQUE, Bytes, Mask, Planes, Words, color

GREY: Final = 128
"""Of both colour differences; also the distance that counts as 1."""
_BLACK, _SPAN = 16, 219
"""Luma of black, and from there to white (ITU-R BT.709, limited range)."""
_STEEPEST: Final = 1e-6

Floats = NDArray[np.float64]


def ready(key: Key | None) -> None:
    """Have ready what is the same for every picture of a key; takes some milliseconds."""
    match key:
        case ChromaKey():
            _colors(key)
        case LumaKey():
            _brightnesses(key)
        case None:
            pass


def keyed(planes: Planes, key: Key) -> Masked:
    """Return what a key leaves of a picture; its own bytes stay as they are."""
    if isinstance(key, ChromaKey):
        mask, planes = _by_color(planes, key)
    else:
        mask = _by_brightness(planes, key)
    return Masked.of(planes, mask)


def _by_color(planes: Planes, key: ChromaKey) -> tuple[Mask, Planes]:
    table = _colors(key)
    pairs = planes.u.astype(np.intp)
    pairs <<= 8
    pairs |= planes.v
    chroma: Words = table.weights.take(pairs)
    if key.spill > 0:
        planes = Planes(planes.frame, planes.y, table.u.take(pairs), table.v.take(pairs))
    return Mask(doubled(chroma), chroma), planes


def _by_brightness(planes: Planes, key: LumaKey) -> Mask:
    luma: Words = _brightnesses(key).take(planes.y)
    return Mask(luma, halved(luma))


@dataclass(frozen=True, slots=True)
class _Colors:
    """What becomes of each of the 65,536 pairs of colour differences, the blue one first."""

    weights: Words
    u: Bytes
    v: Bytes


@lru_cache(maxsize=32)
def _colors(key: ChromaKey) -> _Colors:
    _, own_u, own_v = color(key.color)
    u, v = np.divmod(np.arange(256 * 256), 256)
    away = np.hypot(u - own_u, v - own_v) / GREY
    weights = _ramp(away, key.tolerance, key.tolerance + key.softness)
    # Towards the key's hue, and beside it.
    towards = np.array([own_u - GREY, own_v - GREY]) / max(_STEEPEST, np.hypot(own_u - GREY, own_v - GREY))
    along = (u - GREY) * towards[0] + (v - GREY) * towards[1]
    beside = np.abs((v - GREY) * towards[0] - (u - GREY) * towards[1])
    spilled = np.maximum(0, along - beside) * key.spill
    return _Colors(weights, _bytes(u - spilled * towards[0]), _bytes(v - spilled * towards[1]))


@lru_cache(maxsize=32)
def _brightnesses(key: LumaKey) -> Words:
    weights = _ramp((np.arange(256) - _BLACK) / _SPAN, key.low, key.high)
    return OPAQUE - weights if key.invert else weights


def _ramp(values: Floats, low: float, high: float) -> Words:
    """Return 0 up to `low`, all from `high` on, and what lies between them by its place there."""
    part = np.clip((values - low) / max(_STEEPEST, high - low), 0.0, 1.0)
    weights: Words = np.rint(part * OPAQUE).astype(np.uint16)
    return weights


def _bytes(values: Floats) -> Bytes:
    rounded: Bytes = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return rounded
