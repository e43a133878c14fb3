"""Pictures that do not move: colours, test patterns, stills, slates."""

from pathlib import Path
from typing import Final

from PIL import Image

from stagedoor.domain.geometry import Box
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.picture.planes import Planes, color
from stagedoor.mixer.picture.text import frame_of, open_image, slate
from stagedoor.precedence import aside

_BARS: Final = ("#bfbfbf", "#bfbf00", "#00bfbf", "#00bf00", "#bf00bf", "#bf0000", "#0000bf")
"""75 % colour bars (SMPTE EG 1)."""
_RAMP: Final = 16
"""Steps of grey below the bars."""


def plain(paint: str) -> Picture:
    """Return one colour, `#rrggbb`; small, since it looks the same at every size."""
    planes = Planes.new(32, 18)
    planes.fill(color(paint))
    return Picture(planes.frame)


def named(label: str, paint: str, width: int, height: int) -> Picture:
    """Return a slate: a colour with a name on it."""
    return Picture(slate(label, paint, width, height))


def pattern(width: int, height: int) -> Picture:
    """Return a test pattern: colour bars over a ramp of greys."""
    planes = Planes.new(width, height)
    planes.fill(color("#000000"))
    top = height * 3 // 4 // 2 * 2
    for number, (left, right) in enumerate(_edges(width, len(_BARS))):
        planes.fill(color(_BARS[number]), Box(left, 0, right - left, top))
    for number, (left, right) in enumerate(_edges(width, _RAMP)):
        grey = round(255 * number / (_RAMP - 1))
        planes.fill(color(f"#{grey:02x}{grey:02x}{grey:02x}"), Box(left, top, right - left, height - top))
    return Picture(planes.frame)


def still(file: Path, most: tuple[int, int]) -> Picture:
    """Read an image file, no larger than `most` pixels.

    Raises:
        InvalidError: It is no image, or too large to be opened.
    """
    with aside:
        upright = open_image(file, most)
    ground = Image.new("RGBA", upright.size, "#000000")
    ground.alpha_composite(upright)
    return Picture(frame_of(ground))


def _edges(width: int, count: int) -> list[tuple[int, int]]:
    edges = [number * width // count // 2 * 2 for number in range(count)] + [width]
    return list(zip(edges, edges[1:], strict=False))
