"""Sources that come, change, fail and come back, while program goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.overlay import Card, OverlayKind
from stagedoor.domain.scene import Fit, Scene, Slot
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.switching import Applied
from stagedoor.media.packets import Codec
from stagedoor.mixer.engine import Engine
from stagedoor.relay.hub import Publisher
from tests.kit.listening import Listened, Rgb, listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import CACHE, VIDEO_RATE, Show, encode
from tests.kit.viewing import packets_of, playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
BLUE = Show(320, 180, color=(40, 60, 200), tone=880, bitrate=300_000)
VP8 = Show(480, 270, color=(30, 160, 60), tone=660, codec=Codec.VP8, bitrate=400_000)
SLATE = (0x20, 0x60, 0xA0)
ADA = guest("guest1", "Ada", "#2060a0")
ONE = scene_of("full", ["guest1"], "one")
TWO = scene_of("full", ["guest2"], "two")
CORNER = ((0.05, 0.5),)
"""Where neither a frame's number nor a slate's name is."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        yield running


async def look(stage: Mixing, seconds: float = 0.6) -> Listened:
    return await listen(stage.url("program.nut"), seconds, points=CORNER)


async def shows(stage: Mixing, color: tuple[int, int, int], timeout: float = 8.0) -> None:
    """Wait until program shows a colour."""
    last: list[tuple[int, int, int]] = []

    async def so() -> bool:
        last[:] = [(await look(stage, 0.2)).colors[-1][0]]
        return near(last[0], color)

    await until(so, timeout, interval=0.1, what=f"{color} in program")


async def edge(stage: Mixing, **changes: object) -> tuple[Applied, Listened]:
    """Want something while program is looked at, frame after frame."""
    listening = asyncio.create_task(look(stage, 2.0))
    await until(lambda: stage.studio.parts.hub.status("program").readers)
    frame = stage.state().frame
    await until(lambda: stage.state().frame > frame + 15)
    applied = await stage.want(**changes)
    return applied, await listening


def parted(seen: Listened, frame: int) -> tuple[list[Rgb], list[Rgb]]:
    """The colours of the frames before one, and from it on."""
    colors = [(number, color) for number, (color,) in zip(seen.numbers, seen.colors, strict=True)]
    parts = [color for number, color in colors if number < frame], [c for n, c in colors if n >= frame]
    assert all(parts), "it was looked at too early or too late"
    return parts


async def test_another_codec_size_and_tone_is_the_same_source(stage: Mixing) -> None:
    await stage.show(ONE, sources=[ADA])
    async with playing(stage.studio, "guest1", encode(RED)):
        await shows(stage, RED.color)
        assert stage.source("guest1").video_codec == "h264"
    async with playing(stage.studio, "guest1", encode(VP8)):
        await shows(stage, VP8.color)
        assert stage.source("guest1").video_codec == "vp8"
        assert (stage.source("guest1").width, stage.source("guest1").height) == (480, 270)
        assert (await look(stage, 1.5)).loudest_db(660) > -20


async def test_what_something_publishes_to_the_hub_is_seen_and_heard_by_its_path(stage: Mixing) -> None:
    more = Source("more", SourceKind.HUB, url="camera-2")
    await stage.show(scene_of("full", ["more"], "one"), sources=[more])
    async with playing(stage.studio, "camera-2", encode(BLUE)):
        await shows(stage, BLUE.color)
        assert (await look(stage, 1.5)).loudest_db(BLUE.tone) > -20
    async with playing(stage.studio, "camera-2", encode(RED)):
        await shows(stage, RED.color)


async def test_a_camera_that_is_off_has_its_slate_at_once_and_its_sound_goes_on(stage: Mixing) -> None:
    await stage.show(ONE, sources=[ADA])
    async with playing(stage.studio, "guest1", encode(RED)):
        await shows(stage, RED.color)
        applied, seen = await edge(stage, dark=("guest1",))
        before, after = parted(seen, applied.frame)
        assert near(before[-1], RED.color), before[-1]
        assert near(after[0], SLATE), after[0]
        assert seen.level_db(440, len(seen.sound) / 48_000 - 0.5, 0.5) > -16
        await stage.want(dark=())
        await shows(stage, RED.color)


async def test_sources_and_scenes_change_at_the_edge_of_the_frame_that_is_answered(
    stage: Mixing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a source goes together with the last scene that has it, and the edge is far off."""
    red = Source("red", SourceKind.COLOR, color="#c82828")
    half = Scene("half", slots=(Slot("red", fit=Fit.STRETCH),))
    await stage.show(half, sources=[red])
    await shows(stage, RED.color)
    blue = Source("blue", SourceKind.COLOR, color="#283cc8")
    scene = Scene("half", slots=(Slot("blue", fit=Fit.STRETCH),))
    ask = Engine._ask

    async def late(engine: Engine, act: Callable[[int], Applied]) -> Applied:
        frame = engine.state().frame
        await until(lambda: engine.state().frame > frame + 5)
        return await ask(engine, act)

    monkeypatch.setattr(Engine, "_ask", late)
    for scenes, sources, old, new in (
        ((half,), (replace(red, color="#283cc8"),), RED, BLUE),
        ((half,), (red,), BLUE, RED),
        ((scene,), (blue,), RED, BLUE),
    ):
        applied, seen = await edge(stage, scenes=scenes, sources=sources)
        before, after = parted(seen, applied.frame)
        assert all(near(color, old.color) for color in before), before
        assert all(near(color, new.color) for color in after), after


async def test_a_source_without_sound_is_seen(stage: Mixing) -> None:
    hub = stage.studio.parts.hub
    publisher = hub.publish("guest1", "test", request_key_frame=lambda: None)
    await stage.show(ONE, sources=[ADA])
    playing_on = asyncio.create_task(play_picture(publisher, RED))
    try:
        await shows(stage, RED.color)
        assert not stage.source("guest1").has_audio
    finally:
        playing_on.cancel()
        await asyncio.wait([playing_on])
        publisher.close()


async def test_a_source_that_is_gone_shows_who_stands_in(stage: Mixing) -> None:
    absent = Source("guest1", SourceKind.GUEST, "Ada", url="guest1", if_gone="guest2")
    async with playing(stage.studio, "guest2", encode(BLUE)):
        await stage.show(ONE, sources=[absent, guest("guest2")])
        await stage.are_live("guest2")
        await stage.reaches("guest1", SourceState.GONE, 15.0)
        await shows(stage, BLUE.color)
        # Who is in the picture has to know it.
        await until(lambda: "guest2" in stage.state().on_program)


async def test_an_ended_share_has_who_stands_in_at_the_next_frame(stage: Mixing) -> None:
    """The hub waits a minute for it to come back: so control says it."""
    share = Source("guest1-screen", SourceKind.GUEST, "Ada", url="guest1-screen", if_gone="blue")
    blue = Source("blue", SourceKind.COLOR, color="#283cc8")
    scene = Scene("slides", slots=(Slot("guest1-screen", fit=Fit.STRETCH),))
    async with playing(stage.studio, "guest1-screen", encode(RED)):
        await stage.show(scene, sources=[share, blue])
        await shows(stage, RED.color)
        applied, seen = await edge(stage, ended=("guest1-screen",))
        before, after = parted(seen, applied.frame)
        assert near(before[-1], RED.color), before[-1]
        assert all(near(color, BLUE.color) for color in after), after
        assert stage.source("guest1-screen").state is SourceState.GONE
        assert "blue" in stage.state().on_program
        await stage.want(ended=())
        await shows(stage, RED.color)


async def test_what_is_no_media_says_so_and_costs_program_nothing(stage: Mixing) -> None:
    async with noise() as url:
        await stage.show(ONE, sources=[Source("guest1", SourceKind.URL, "Ada", "#2060a0", url)])
        await until(lambda: stage.source("guest1").code == "source_unreadable", 10.0)
        seen = await look(stage, 1.5)
    assert seen.missing == 0
    assert near(seen.colors[-1][0], SLATE)
    assert "://" not in stage.source("guest1").reason


async def test_a_file_plays_over_and_over_at_its_own_pace(stage: Mixing) -> None:
    await asyncio.to_thread(encode, RED)
    file = Source("film", SourceKind.URL, "Film", url=str(CACHE / f"{RED.name}.nut"))
    await stage.show(scene_of("full", ["film"], "film"), sources=[file])
    await shows(stage, RED.color)
    source = stage.source("film")
    assert source.state is SourceState.LIVE
    await until(lambda: 25 < stage.source("film").frame_rate < 35, what="its own rate")
    seen = await look(stage, 5.5)  # longer than the file
    assert seen.missing == 0
    assert all(near(color, RED.color) for (color,) in seen.colors[30:])


async def test_a_still_a_colour_a_pattern_and_a_slate_are_shown(stage: Mixing) -> None:
    sources = [
        Source("color", SourceKind.COLOR, color="#2060a0"),
        Source("pattern", SourceKind.PATTERN),
        Source("still", SourceKind.STILL, "Still", "#2060a0", "/nowhere/at/all.png"),
        Source("slate", SourceKind.SLATE, "Back at eight", "#28a03c"),
    ]
    scenes = [Scene(each.id, slots=(Slot(each.id, fit=Fit.STRETCH),)) for each in sources]
    await stage.show(*scenes, sources=sources)
    assert near((await look(stage)).colors[-1][0], SLATE)
    await stage.engine.cut("pattern")
    await shows(stage, (191, 191, 191))
    await stage.engine.cut("still")
    await shows(stage, SLATE)
    assert stage.source("still").code == "still_unreadable"
    await stage.engine.cut("slate")
    await shows(stage, (0x28, 0xA0, 0x3C))


async def test_a_mix_goes_over_step_by_step_and_swaps(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)), playing(stage.studio, "guest2", encode(BLUE)):
        await stage.show(ONE, TWO, sources=[ADA, guest("guest2")])
        await stage.are_live("guest1", "guest2")
        listening = asyncio.create_task(look(stage, 4.0))
        await until(lambda: stage.studio.parts.hub.status("program").readers)
        begun = await stage.engine.auto(Transition(TransitionKind.MIX, frames=30))
        assert (begun.program, begun.preview) == ("two", "two")
        await until(lambda: stage.state().program == "two" and stage.state().position is None)
        assert stage.state().preview == "one"
        seen = await listening
    reds = {number: color[0] for number, (color,) in zip(seen.numbers, seen.colors, strict=True)}
    first, last = begun.frame, begun.frame + 29
    assert reds[first - 1] > 180
    assert reds[last] < 60
    steps = [reds[number] for number in range(first, last + 1)]
    assert all(later <= earlier + 6 for earlier, later in zip(steps, steps[1:], strict=False)), steps
    assert steps[14] == pytest.approx((RED.color[0] + BLUE.color[0]) / 2, abs=16)


async def test_fading_to_black_and_back(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[ADA])
        await shows(stage, RED.color)
        assert (await look(stage, 1.0)).loudest_db(440) > -30
        assert (await stage.engine.fade(black=True, frames=5)).to_black
        await until(lambda: stage.state().black == 1.0)
        assert stage.state().to_black
        await shows(stage, (0, 0, 0))

        async def is_silent() -> bool:
            # What is kept for new readers begins before black.
            return (await look(stage, 0.5)).loudest_db(440) < -80

        await until(is_silent, 10, what="silence in black")
        assert stage.state().heard == ()
        await stage.engine.fade(black=False, frames=5)
        await shows(stage, RED.color)
        assert not stage.state().to_black
        assert (await look(stage, 1.0)).loudest_db(440) > -30
        assert stage.state().heard == ("guest1",)


async def test_a_mixer_begins_black_where_program_was_faded(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)):
        applied, seen = await edge(stage, black=True, scenes=(ONE,), sources=(ADA,), program="one")
        await stage.are_live("guest1")
        # Whether there is a program before that frame is for how long the mixer has waited to be told.
        after = [
            color
            for number, (color,) in zip(seen.numbers, seen.colors, strict=True)
            if number >= applied.frame
        ]
        assert near(after[0], (0, 0, 0))
        assert all(near(color, (0, 0, 0)) for color in after), after
        await shows(stage, (0, 0, 0))
        await stage.engine.fade(black=False, frames=5)
        await shows(stage, RED.color)


async def test_a_lower_third_is_laid_onto_program_and_returns(stage: Mixing) -> None:
    name = Card("name", OverlayKind.LOWER_THIRD, text="Ada", title="Guest", color="#00ff00", size=0.1)
    bar = ((0.053, 0.88),)
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[ADA])
        await shows(stage, RED.color)
        await stage.want(overlays=(name,))
        assert stage.state().overlays == ()
        await stage.want(overlays=(replace(name, on=True),))
        assert stage.state().overlays == ("name",)

        async def is_there() -> bool:
            red, green, _ = (await listen(stage.url("program.nut"), 0.2, points=bar)).colors[-1][0]
            return green > 200 and red < 80

        await until(is_there, interval=0.1)


async def play_picture(publisher: Publisher, show: Show) -> None:
    """Write a picture without sound, in its own time."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for due, _, packet in packets_of((encode(show),), VIDEO_RATE, 0.0):
        await asyncio.sleep(max(0.0, began + due - loop.time()))
        publisher.write(replace(packet, arrived=loop.time()))


@asynccontextmanager
async def noise() -> AsyncIterator[str]:
    """A server that answers with what is no media."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp4\r\n\r\n" + bytes(range(256)) * 400)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/film.mp4"
