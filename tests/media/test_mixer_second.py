"""The second canvas as players see it: the same show in another shape, frame by frame."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.scene import Rect, Scene, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.cuts import Cut
from stagedoor.mixer.outlets import canvas_stream
from stagedoor.settings.mixer import SecondCanvasSettings
from tests.kit.listening import Listened, Rgb, listen
from tests.kit.mixing import SMALL, Mixing, mixing
from tests.kit.takes import noted, play, take_of
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = pytest.mark.media

WIDTH, HEIGHT = 180, 320
SECOND = SecondCanvasSettings(enabled=True, width=WIDTH, height=HEIGHT, bitrate=600_000, preset="ultrafast")
COLORS = {"red": (200, 40, 40), "green": (30, 160, 60), "blue": (40, 60, 200), "grey": (150, 150, 150)}
SOURCES = [Source(name, SourceKind.COLOR, color=f"#{bytes(rgb).hex()}") for name, rgb in COLORS.items()]
QUAD = scene_of("quad", list(COLORS), "quad")
OWN = Scene(
    "own",
    slots=(Slot("blue"),),
    second=(Slot("green", Rect(0, 0, 1, 0.5)), Slot("blue", Rect(0, 0.5, 1, 0.5))),
)
ROWS = tuple((0.5, row / 4 + 1 / 8) for row in range(4))
QUARTERS = tuple((x, y) for y in (0.25, 0.75) for x in (0.25, 0.75))


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Mixing]:
    monkeypatch.setattr(canvas_stream, "IDLE_S", 0.1)
    async with mixing(tmp_path, SMALL.model_copy(update={"second_canvas": SECOND})) as running:
        yield running


def shows(colors: tuple[Rgb, ...], *names: str) -> bool:
    return all(near(color, COLORS[name]) for color, name in zip(colors, names, strict=True))


def first_with(seen: Listened, *names: str) -> int:
    """The number of the first frame that shows these sources at its points."""
    found = (
        number for number, colors in zip(seen.numbers, seen.colors, strict=True) if shows(colors, *names)
    )
    return next(found)


async def test_one_cut_changes_both_canvases_in_the_same_frame(stage: Mixing, tmp_path: Path) -> None:
    hub, spec = stage.studio.parts.hub, take_of(tmp_path)
    await stage.show(QUAD, OWN, sources=SOURCES, watched=("second",), recording=spec)
    await until(lambda: hub.owner("program") is not None and hub.owner("second") is not None, 10)
    listening = [
        asyncio.create_task(listen(stage.url(f"{path}.nut"), 3.0, points=points))
        for path, points in (("program", QUARTERS), ("second", ROWS))
    ]
    await until(lambda: all(hub.status(path).readers for path in ("program", "second")))
    frame = stage.state().frame
    await until(lambda: stage.state().frame > frame + 30)
    applied = await stage.engine.cut("own")
    program, second = await asyncio.gather(*listening)
    (picture,) = [track for track in hub.status("second").tracks if track.kind == "video"]
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    for seen, after in ((program, ["blue"] * 4), (second, ["green", "green", "blue", "blue"])):
        for number, colors in zip(seen.numbers, seen.colors, strict=True):
            assert shows(colors, *(COLORS if number < applied.frame else after)), (number, colors)
    assert first_with(program, *["blue"] * 4) == applied.frame
    assert stage.state().second_canvas is not None
    assert set(stage.state().on_program) == {"green", "blue"}, "whoever is on either canvas is on air"
    await _is_recorded_beside_program(stage, tmp_path / "take")


async def _is_recorded_beside_program(stage: Mixing, folder: Path) -> None:
    growing = await play(folder / "second-001.mp4")
    assert growing.sizes == [(WIDTH, HEIGHT)]
    assert growing.codecs == {"video": "h264", "audio": "aac"}
    await stage.want(recording=None)
    assert {piece.path for piece in noted(folder)} == {"program", "second"}
    cuts = [Cut.model_validate_json(line) for line in (folder / "cuts.jsonl").read_text().splitlines()]
    assert [cut.program for cut in cuts] == ["quad", "own"]
    assert cuts[-1].layers == ("blue",), "the cut log is program's"


async def test_what_nobody_wants_is_not_made(stage: Mixing) -> None:
    hub = stage.studio.parts.hub
    await stage.show(QUAD, sources=SOURCES)
    assert hub.owner("second") is None
    await stage.want(watched=("second",))
    await until(lambda: hub.owner("second") is not None, 10)
    await stage.want(watched=())
    await until(lambda: hub.owner("second") is None, 10)
    await stage.want(watched=("second",))
    seen = await listen(stage.url("second.nut"), 1.0, points=ROWS)
    assert shows(seen.colors[-1], *COLORS)
