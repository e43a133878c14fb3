"""Pictures of which each pixel says itself how opaque it is."""

from dataclasses import dataclass

import numpy as np

from stagedoor.domain.geometry import Box
from stagedoor.mixer.picture.planes import OPAQUE, Bytes, Mask, Planes, Words


@dataclass(frozen=True, slots=True)
class Masked:
    """A picture with the opacity of its pixels.

    Attributes:
        planes: Its pixels.
        mask: How opaque each is.
        seen: The least rectangle outside of which all is see-through, even; of size 0 where all is.
    """

    planes: Planes
    mask: Mask
    seen: Box

    @classmethod
    def of(cls, planes: Planes, mask: Mask) -> "Masked":
        """Put both together; the mask is of the picture's size."""
        return cls(planes, mask, _seen(mask.chroma))

    def lay_on(self, canvas: Planes, window: Box, at: Box, weight: int = OPAQUE) -> None:
        """Lay a part of it onto a canvas.

        Args:
            canvas: What it is laid onto.
            window: Which part.
            at: Where; of the window's size.
            weight: Opacity 0…256 of all.
        """
        part = window.within(self.seen)
        if part.width:
            mask = self.mask.cut(part.x, part.y, part.width, part.height)
            place = part.moved(at.x - window.x, at.y - window.y)
            canvas.lay_masked(self.planes, mask, part, place, weight)


def by_alpha(planes: Planes, alpha: Bytes) -> Masked:
    """Return a picture with its alpha, 0…255, as opacity."""
    return Masked.of(planes, weights(alpha))


def weights(alpha: Bytes) -> Mask:
    """Return an alpha, 0…255, as the weights of a picture."""
    luma = alpha.astype(np.uint16)
    # 255 becomes 256, and everything else stays as far from opaque as it is.
    luma += luma >> 7
    return Mask(luma, halved(luma))


def halved(luma: Words) -> Words:
    """Return the weights of chroma samples: of each four pixels the mean."""
    height, width = luma.shape
    quarters = luma.reshape(height // 2, 2, width // 2, 2)
    # Four times 256 is far from what a word holds. Rounded up: what is seen at all has some colour.
    chroma: Words = quarters[:, 0, :, 0] + quarters[:, 0, :, 1]
    chroma += quarters[:, 1, :, 0]
    chroma += quarters[:, 1, :, 1]
    chroma += 3
    chroma >>= 2
    return chroma


def doubled(chroma: Words) -> Words:
    """Return the weights of luma samples: chroma lies on every other column, between two rows."""
    height, width = chroma.shape
    luma: Words = np.empty((height, 2, width, 2), np.uint16)
    luma[:, 0, :, 0] = chroma
    between = luma[:, 0, :, 1]
    np.add(chroma[:, :-1], chroma[:, 1:], out=between[:, :-1])
    between[:, :-1] >>= 1
    between[:, -1] = chroma[:, -1]
    luma[:, 1] = luma[:, 0]
    return luma.reshape(2 * height, 2 * width)


def _seen(chroma: Words) -> Box:
    rows, columns = np.flatnonzero(chroma.any(axis=1)), np.flatnonzero(chroma.any(axis=0))
    if not rows.size:
        return Box(0, 0, 0, 0)
    # A pixel between two samples of chroma is as opaque as both are on average: it may lie one outside.
    left, right = max(0, int(columns[0]) - 1), int(columns[-1]) + 1
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    return Box(2 * left, 2 * top, 2 * (right - left), 2 * (bottom - top))
