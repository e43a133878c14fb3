"""Sources of every sort are added, renamed and removed on air, and nobody who has program misses a frame."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from stagedoor.domain.destination import DestinationState
from stagedoor.domain.layout import scene_of
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.mixer import OutputSpec
from tests.kit.files import png
from tests.kit.listening import listen, reading
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.show import CACHE, Show, encode
from tests.kit.takes import noted, take_of
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
BLUE = Show(320, 180, color=(40, 60, 200), tone=880, bitrate=300_000)
ONE = scene_of("full", ["guest1"], "one")
ROUNDS = 2


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RtmpServer]:
    (tmp_path / "rtmp").mkdir()
    async with rtmp_server(tmp_path / "rtmp") as running:
        yield running


async def on_air(stage: Mixing, server: RtmpServer, folder: Path) -> None:
    """Have a guest on program, which is published and recorded."""
    await stage.show(ONE, sources=[guest("guest1")])
    await stage.are_live("guest1")
    output = OutputSpec(id="out", url=f"{server.url}/live/program")
    await stage.want(destinations=(output,), recording=take_of(folder))

    def goes_out() -> bool:
        return stage.state().destinations[0].state is DestinationState.LIVE and bool(
            stage.state().recording.pieces
        )

    await until(goes_out, 15, what="program is published and recorded")


def more(stage: Mixing, folder: Path) -> tuple[Source, ...]:
    """A source of every sort that needs no hardware, beside the guest."""
    still = folder / "still.png"
    still.write_bytes(png(640, 360))
    film = str(CACHE / f"{BLUE.name}.nut")
    return (
        Source("url", SourceKind.URL, "Url", url=stage.url("camera.mkv")),
        Source("film", SourceKind.URL, "Film", url=film),
        Source("still", SourceKind.STILL, "Still", url=str(still)),
        Source("hub", SourceKind.HUB, "Hub", url="camera"),
        Source("color", SourceKind.COLOR, "Colour", "#c82828"),
        Source("pattern", SourceKind.PATTERN, "Pattern"),
        Source("slate", SourceKind.SLATE, "Slate"),
        guest("guest2"),
    )


async def changed(stage: Mixing, others: tuple[Source, ...], number: int) -> None:
    """Add them one by one, rename all, the guest on air too, and take them away again."""
    first = guest("guest1", f"Ada {number}")
    for count in range(1, len(others) + 1):
        await stage.want(sources=(first, *others[:count]))
    await until(lambda: all(stage.source(each.id).state is SourceState.LIVE for each in others), 15)
    renamed = tuple(replace(each, label=f"{each.label} again") for each in (first, *others))
    for count in range(len(renamed), 0, -1):
        await stage.want(sources=renamed[:count])


async def test_program_its_output_and_its_recording_miss_nothing(tmp_path: Path, server: RtmpServer) -> None:
    async with mixing(tmp_path) as stage, AsyncExitStack() as guests:
        for path, show in {"guest1": RED, "guest2": BLUE, "camera": BLUE}.items():
            await guests.enter_async_context(playing(stage.studio, path, encode(show)))
        await on_air(stage, server, tmp_path)
        async with (
            reading(stage.url("program.nut")) as at_hub,
            reading(f"{server.url}/live/program") as at_server,
        ):
            seen = {"hub": at_hub, "output": at_server}
            await until(lambda: all(each.numbers for each in seen.values()), 15, what="both read program")
            others, begun = more(stage, tmp_path), stage.state().frame
            for number in range(ROUNDS):
                await changed(stage, others, number)
            frames = stage.state().frame - begun
            await until(lambda: all(each.span >= frames for each in seen.values()), 10, what="all is read")
        (out,) = stage.state().destinations
        await stage.want(recording=None)
        assert (out.attempts, out.dropped) == (0, 0)
        left_out = stage.left_out()
    (note,) = noted(tmp_path / "take")
    assert note.dropped == 0
    seen["recording"] = await listen(str(tmp_path / "take" / note.file), 1000)
    for where, each in seen.items():
        assert each.missing <= left_out, where
        assert each.span >= frames, where
        assert all(near(color, RED.color) for (color,) in each.colors), where
