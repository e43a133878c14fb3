"""The multiview and scenes' thumbnails, as whoever looks at them has them."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest
from PIL import Image

from stagedoor.domain.ids import Canvas
from stagedoor.domain.layout import scene_of
from stagedoor.domain.scene import Rect
from stagedoor.ipc.mixer import Listener
from stagedoor.mixer.multiview import cells
from tests.kit.listening import Rgb, listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
BLUE = Show(320, 180, color=(40, 60, 200), tone=0, bitrate=300_000)
ONE = scene_of("full", ["guest1"], "one")
TWO = scene_of("full", ["guest2"], "two")
BOTH = scene_of("two_up", ["guest1", "guest2"], "both")
WIDTH, HEIGHT = 1280, 720
LINE = 2.5
"""Pixels from a cell's edge to the middle of its border."""
ON_AIR, NEXT = (0xE0, 0x20, 0x20), (0x20, 0xB0, 0x50)
LIT, UNLIT = (0x28, 0xC0, 0x60), (0x22, 0x26, 0x2C)
OFF = (0x3A, 0x40, 0x48)
AT_ONCE = 15
"""Frames of the multiview, which is drawn when there is time for it."""
BAR = 11
"""Pixels from a cell's right edge to the right bar of its meter, in a large cell too."""


@dataclass(frozen=True)
class Cell:
    """What a cell shows: its border, its picture, its meter at two heights; None is anything."""

    border: Rgb
    picture: Rgb | None = None
    half: Rgb | None = None
    top: Rgb | None = None

    def is_like(self, wanted: "Cell") -> bool:
        """Whether it shows what is wanted."""
        pairs = zip(astuple(self), astuple(wanted), strict=True)
        return all(want is None or near(got, want, 40) for got, want in pairs)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        await running.want(watched=("multiview",))
        await running.show(ONE, TWO, BOTH, sources=[guest("guest1"), guest("guest2")])
        yield running


def points(rect: Rect) -> tuple[tuple[float, float], ...]:
    right, middle = rect.x + rect.width, rect.y + rect.height / 2
    bar = right - BAR / WIDTH
    return (
        (rect.x + LINE / WIDTH, middle),
        (rect.x + rect.width / 4, middle),
        (bar, middle),
        (bar, rect.y + 0.08 * rect.height),
    )


async def looks(stage: Mixing) -> dict[str, Cell]:
    """The newest picture's cells, by source."""
    places = [cell.rect for cell in cells(("guest1", "guest2"))]
    wanted = tuple(point for rect in places for point in points(rect))
    seen = await listen(stage.url("multiview.nut"), 0.4, points=wanted)
    found = [Cell(*seen.colors[-1][at : at + 4]) for at in range(0, len(wanted), 4)]
    return dict(zip(("preview", "program", "guest1", "guest2"), found, strict=True))


async def shows(stage: Mixing, **wanted: Cell) -> None:
    """Wait until cells look like this."""
    last: dict[str, Cell] = {}

    async def so() -> bool:
        last.update(await looks(stage))
        return all(last[source].is_like(cell) for source, cell in wanted.items())

    try:
        await until(so, 10, interval=0.1)
    except AssertionError:
        raise AssertionError(last) from None


async def test_tally_follows_a_cut_and_meters_their_sound(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)), playing(stage.studio, "guest2", encode(BLUE)):
        heard, quiet = Cell(ON_AIR, RED.color, LIT, UNLIT), Cell(NEXT, BLUE.color, UNLIT, UNLIT)
        await shows(stage, guest1=heard, program=heard, guest2=quiet, preview=Cell(NEXT, BLUE.color))
        cut, first = await seen_on_air(stage, "two", "guest2")
        assert cut - 1 <= first <= cut + AT_ONCE, (cut, first)
        await shows(
            stage, guest1=Cell(OFF), guest2=Cell(ON_AIR, BLUE.color), program=Cell(ON_AIR, BLUE.color, UNLIT)
        )
        await stage.engine.cut("both")
        await shows(stage, guest1=Cell(ON_AIR), guest2=Cell(ON_AIR))


async def seen_on_air(stage: Mixing, scene: str, source: str) -> tuple[int, int]:
    """Cut; the frame that was said, and the first of the multiview in which a source is on air."""
    place = points(
        cells(("guest1", "guest2"))[("preview", "program", "guest1", "guest2").index(source)].rect
    )[0]
    watching = asyncio.create_task(listen(stage.url("multiview.nut"), 2.5, points=(place,)))
    await until(lambda: stage.studio.parts.hub.status("multiview").readers)
    frame = stage.state().frame
    await until(lambda: stage.state().frame > frame + 10)
    applied = await stage.engine.cut(scene)
    seen = await watching
    red = [number for number, (got,) in zip(seen.numbers, seen.colors, strict=True) if near(got, ON_AIR, 40)]
    assert red, f"{source} never had a red border"
    return applied.frame, red[0]


async def test_what_nobody_watches_is_neither_drawn_nor_encoded(stage: Mixing) -> None:
    returned = {"encode return"}
    both = {"multiview", "encode multivie", *returned}
    ada = Listener(name="guest1", sources=("guest1",))
    await stage.want(listeners=(ada,), watched=("multiview", "return-guest1"))
    await until(lambda: at_work() == both)
    await stage.want(watched=("return-guest1",))
    await until(lambda: at_work() == returned)
    await stage.want(watched=())
    await until(lambda: at_work() == set())
    await stage.want(watched=("multiview",))
    await until(lambda: at_work() == both - returned)


def at_work() -> set[str]:
    """The threads that draw and encode what is not program's own."""
    named = {thread.name for thread in threading.enumerate()}
    return {name for name in named if name.startswith(("multiview", "encode ")) and name != "encode program"}


async def test_a_scenes_thumbnail_shows_what_its_sources_do(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)), playing(stage.studio, "guest2", encode(BLUE)):
        for scene, wanted in {"both": (RED, BLUE), "one": (RED, RED), "two": (BLUE, BLUE)}.items():

            async def so(scene: str = scene, wanted: tuple[Show, Show] = wanted) -> bool:
                found = await thumbnail(stage, scene)
                return all(near(got, show.color) for got, show in zip(found, wanted, strict=True))

            await until(so, 10, interval=0.05, what=f"the thumbnail of {scene}")


async def thumbnail(stage: Mixing, scene: str) -> list[Rgb]:
    """What is to the left and to the right in a scene's thumbnail, which has the canvas's shape."""
    with Image.open(io.BytesIO(await stage.engine.thumbnail(scene, Canvas.PROGRAM))) as image:
        assert image.size == (320, 180)
        colors = [image.convert("RGB").getpixel((column, 90)) for column in (80, 240)]
    return [(int(red), int(green), int(blue)) for red, green, blue in colors]  # type: ignore[misc]
