"""Pictures that were looked at once and are to stay as they were."""

import os
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from stagedoor.mixer.picture.planes import Planes

FOLDER: Final = Path(__file__).resolve().parents[1] / "golden"
MEAN: Final = 1.0
"""Steps of 255 that all pixels may differ by on average: scaling rounds differently on other processors."""
WORST: Final = 0.002
"""Fraction of pixels that may differ by more than `FAR`, as at the edge of a letter."""
FAR: Final = 24
RENEW: Final = "STAGEDOOR_TEST_RENEW_GOLDEN"
"""Set, pictures are written instead of compared; look at each before it is committed."""


def same(planes: Planes, name: str) -> None:
    """Compare a picture with `tests/golden/{name}.png`."""
    image: Image.Image = planes.frame.to_image()  # type: ignore[no-untyped-call]
    file = FOLDER / f"{name}.png"
    if os.environ.get(RENEW):
        image.save(file, optimize=True)
    with Image.open(file) as golden:
        wanted = np.asarray(golden.convert("RGB"), np.int16)
    got = np.asarray(image, np.int16)
    assert got.shape == wanted.shape, name
    differences = np.abs(got - wanted)
    far = float((differences.max(axis=2) > FAR).mean())
    assert differences.mean() <= MEAN, f"{name}: {differences.mean():.2f} steps on average"
    assert far <= WORST, f"{name}: {far:.2%} of the pixels are far off"
