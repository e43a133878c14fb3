"""A scene as a small JPEG."""

import io
from typing import Final

from PIL import Image

from stagedoor.domain.layers import alone
from stagedoor.domain.scene import Scene
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.renderer import Renderer
from stagedoor.mixer.sources.rack import Rack

WIDTH: Final = 320
"""Pixels; the height follows the canvas."""
QUALITY: Final = 80


def thumbnail(scene: Scene, rack: Rack, canvas: Size) -> bytes:
    """Draw a scene with what its sources show now, and return it as a JPEG."""
    width, height = canvas
    renderer = Renderer(WIDTH, max(2, WIDTH * height // width // 2 * 2))
    drawn = renderer.draw(alone(scene), rack.shown, rack.labels)
    made = io.BytesIO()
    image: Image.Image = drawn.frame.to_image()  # type: ignore[no-untyped-call]
    image.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()
