"""What keys cost: of one picture that fills the canvas, and of a quad's four."""

import asyncio
import statistics
import time
from collections.abc import Iterator

import av

from bench.report import Result
from stagedoor.domain.geometry import Box
from stagedoor.domain.key import ChromaKey, Key, LumaKey
from stagedoor.domain.layers import Layer, alone
from stagedoor.domain.layout import scene_of
from stagedoor.domain.scene import Scene
from stagedoor.mixer.picture.picture import NOTHING, Picture
from stagedoor.mixer.picture.planes import Planes, color
from stagedoor.mixer.picture.renderer import Renderer

FRAMES = 60
"""Of each measurement; every one has new pictures."""
ROUNDS = 5
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
NAMES = ("a", "b", "c", "d")
PERSON = (0.3, 0.15, 0.4, 0.85)
"""Where somebody sits before the green wall, in fractions of the picture."""
KEYS: dict[str, Key] = {"chroma": ChromaKey(), "luma": LumaKey()}


async def keys() -> list[Result]:
    """Milliseconds to draw a frame with and without keys, in turn."""
    return await asyncio.to_thread(lambda: [row for size in SIZES for row in _rows(size)])


def _rows(size: str) -> Iterator[Result]:
    scenes = {
        "one that fills the canvas": scene_of("full", NAMES[:1], "s"),
        "a quad": scene_of("quad", NAMES, "s"),
    }
    for words, scene in scenes.items():
        plain: list[float] = []
        keyed: dict[str, list[float]] = {name: [] for name in KEYS}
        for _ in range(ROUNDS):
            plain.append(_draw(size, scene, None))
            for name, key in KEYS.items():
                keyed[name].append(_draw(size, scene, key))
        before = statistics.median(plain)
        for name, values in keyed.items():
            yield Result(
                f"{name} key, {words}, {size}",
                f"{statistics.median(values):.1f} ms a frame ({min(values):.1f}…{max(values):.1f}), "
                f"{before:.1f} without",
                "< 33 ms",
                f"median of {ROUNDS} × {FRAMES} frames drawn in turn, time of one core, new {size} pictures "
                "for each, somebody on a third of a green wall, over a colour",
            )


def _draw(size: str, scene: Scene, key: Key | None) -> float:
    """Return the median of what a frame takes of a core, milliseconds."""
    width, height = SIZES[size]
    renderer, frame = Renderer(width, height), _portrait(width, height)
    layers: tuple[Layer, ...] = alone(scene)
    spent: list[float] = []
    for _ in range(FRAMES):
        pictures = {name: Picture(frame).framed(NOTHING, key) for name in NAMES}
        began = time.thread_time()
        renderer.draw(layers, pictures.__getitem__, {})
        spent.append((time.thread_time() - began) * 1000)
    return statistics.median(spent)


def _portrait(width: int, height: int) -> av.VideoFrame:
    planes = Planes.new(width, height)
    planes.fill(color("#00b140"))
    x, y, wide, high = (
        round(part * whole) // 2 * 2
        for part, whole in zip(PERSON, (width, height, width, height), strict=True)
    )
    planes.fill(color("#c08060"), Box(x, y, wide, high))
    return planes.frame
