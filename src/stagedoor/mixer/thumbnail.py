"""A scene, or all of a source's picture, as a small JPEG."""

import io
from typing import Final

from PIL import Image

from stagedoor.domain.layers import alone
from stagedoor.domain.scene import BLACK, Fit, Scene, Slot
from stagedoor.mixer.picture.picture import NOTHING, Size
from stagedoor.mixer.picture.planes import Planes, even_up
from stagedoor.mixer.picture.renderer import Renderer
from stagedoor.mixer.sources.rack import Rack
from stagedoor.precedence import aside

WIDTH: Final = 320
"""Pixels; the height follows the canvas."""
WHOLE_WIDTH: Final = 640
"""Of all of a source's picture, which is cut by hand; the height follows the picture."""
MAX_HEIGHT: Final = 1280
"""Of what is far taller than wide."""
QUALITY: Final = 80


def thumbnail(scene: Scene, rack: Rack, canvas: Size) -> bytes:
    """Draw a scene with what its sources show now, and return it as a JPEG."""
    scale = min(WIDTH / canvas[0], MAX_HEIGHT / canvas[1])
    renderer = Renderer(*(even_up(side * scale) for side in canvas))
    return _jpeg(renderer.draw(alone(scene), rack.shown, rack.labels))


def whole(source: str, rack: Rack) -> bytes:
    """Draw all of the picture that a source shows now, before its framing, and return it as a JPEG."""
    picture = rack.shown(source).framed(NOTHING)
    height = min(MAX_HEIGHT, even_up(WHOLE_WIDTH * picture.height / picture.width))
    scene = Scene(source, "", BLACK, (Slot(source, fit=Fit.STRETCH),))
    return _jpeg(Renderer(WHOLE_WIDTH, height).draw(alone(scene), lambda _: picture, {}))


def _jpeg(drawn: Planes) -> bytes:
    made = io.BytesIO()
    with aside:
        image: Image.Image = drawn.frame.to_image()  # type: ignore[no-untyped-call]
    # Pillow keeps Python's lock all through this.
    image.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()
