"""Program as a player sees it: guests' pictures and sound, by scenes, at the hub."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import pytest

from stagedoor.domain.errors import NotFoundError
from stagedoor.domain.layout import scene_of
from stagedoor.domain.overlay import Ticker
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.domain.strip import Strip
from stagedoor.mixer.outlets import canvas_stream
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.picture.renderer import Renderer
from stagedoor.mixer.sources import begin
from stagedoor.mixer.sources.still import plain
from tests.kit.listening import listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = [pytest.mark.media, pytest.mark.paced]

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
BLUE = Show(320, 180, color=(40, 60, 200), tone=1130, bitrate=300_000)
LARGE = Show(640, 360, color=(30, 160, 60), tone=660, bitrate=600_000)
FLASH = Show(320, 180, color=(40, 60, 190), flash=True, bitrate=400_000)
GREY = (128, 128, 128)
ONE = scene_of("full", ["guest1"], "one")
TWO = scene_of("full", ["guest2"], "two")
BOTH = scene_of("two_up", ["guest1", "guest2"], "both")
STEP_A_SECOND = 10 * 30 / 640
"""Half a canvas a second, as that is in even pixels a frame."""
HALVES = ((0.25, 0.5), (0.75, 0.5))
"""Where the two pictures of a two up are."""
QUIET_DB = -35.0
"""A tone that is heard has -10; a moment of concealed sound leaves less than this at another frequency."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        yield running


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Stills are black, and are made once this is set."""
    event = threading.Event()

    def still(_file: Path, _most: tuple[int, int]) -> Picture:
        event.wait(20)
        return plain("#000000")

    monkeypatch.setattr(begin, "still", still)
    return event


async def test_a_guest_is_seen_and_heard_in_program(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        seen = await watch(stage.url("program.nut"), 3.0)
    assert seen.codecs == {"video": "h264", "audio": "opus"}
    assert seen.sizes == [(640, 360)]
    assert near(seen.color, RED.color), seen.color
    assert abs(seen.tone - RED.tone) < 5
    assert not seen.errors


async def test_a_cut_changes_picture_and_sound_at_the_frame_that_was_said(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)), playing(stage.studio, "guest2", encode(BLUE)):
        await stage.show(ONE, TWO, BOTH, sources=[guest("guest1"), guest("guest2")])
        await stage.are_live("guest1", "guest2")
        listening = asyncio.create_task(listen(stage.url("program.nut"), 4.0))
        await until(lambda: stage.studio.parts.hub.status("program").readers)
        frame = stage.state().frame
        await until(lambda: stage.state().frame > frame + 45)
        applied = await stage.engine.cut("two")
        seen = await listening
    assert seen.missing == 0
    before = [
        color for number, (color,) in zip(seen.numbers, seen.colors, strict=True) if number < applied.frame
    ]
    after = [
        color for number, (color,) in zip(seen.numbers, seen.colors, strict=True) if number >= applied.frame
    ]
    assert before[-1] == pytest.approx(RED.color, abs=24)
    assert after[0] == pytest.approx(BLUE.color, abs=24)
    cut_at = applied.frame / seen.frame_rate - seen.sound_at
    assert seen.level_db(440, cut_at - 0.6, 0.5) > -14
    assert seen.level_db(1130, cut_at - 0.6, 0.5) < QUIET_DB
    assert seen.level_db(1130, cut_at + 0.3, 0.5) > -14
    assert seen.level_db(440, cut_at + 0.3, 0.5) < QUIET_DB


async def test_a_scene_that_is_not_there_is_refused(stage: Mixing) -> None:
    await stage.show(ONE, sources=[guest("guest1")])
    with pytest.raises(NotFoundError) as refused:
        await stage.engine.cut("nowhere")
    assert refused.value.code == "scene_unknown"
    await until(lambda: stage.state().program == "one")


async def test_flash_and_beep_stay_together(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(FLASH)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        seen = await watch(stage.url("program.nut"), 6.0)
    offsets = seen.av_offsets()
    assert len(offsets) >= 4
    # A picture is shown at a frame's edge: half a frame early or late.
    assert abs(median(offsets)) <= 0.02, offsets


async def test_every_frame_of_a_live_source_is_shown_once(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        seen = await watch(stage.url("program.nut"), 5.0)
    shown = [number for number in seen.numbers if number]  # before the guest was there, it was a slate
    steps = [b - a for a, b in zip(shown, shown[1:], strict=False)]
    length = RED.seconds * RED.frame_rate
    # A machine with other work to do may be late now and then.
    assert sum(step % length == 1 for step in steps) >= 0.9 * len(steps), shown


async def test_a_guest_who_leaves_has_a_slate_and_comes_back_with_another_size(stage: Mixing) -> None:
    two = [guest("guest1", color="#808080"), guest("guest2")]
    async with playing(stage.studio, "guest2", encode(BLUE)):
        async with playing(stage.studio, "guest1", encode(RED)):
            await stage.show(BOTH, sources=two)
            await stage.are_live("guest1", "guest2")
        listening = asyncio.create_task(listen(stage.url("program.nut"), 5.0, points=HALVES))
        await stage.reaches("guest1", SourceState.STALLED)
        seen = await listening
        assert seen.missing == 0
        lefts, rights = zip(*seen.colors, strict=True)
        assert any(near(color, RED.color) for color in lefts)
        assert all(near(color, BLUE.color) for color in rights[30:])
        assert not any(near(color, RED.color) for color in lefts[-30:])
        listening = asyncio.create_task(listen(stage.url("program.nut"), 5.0, points=HALVES))
        await until(lambda: stage.studio.parts.hub.status("program").readers)
        async with playing(stage.studio, "guest1", encode(LARGE)):
            await stage.are_live("guest1")
            seen = await listening
        lefts, _ = zip(*seen.colors, strict=True)
        assert near(lefts[-1], LARGE.color), lefts[-1]
        # Whoever sits there next: of the one before them not one frame.
        assert not any(near(color, RED.color) for color in lefts)
        assert seen.loudest_db(660) > -14


async def test_a_source_that_nobody_publishes_shows_its_slate(stage: Mixing) -> None:
    await stage.show(ONE, sources=[guest("guest1", color="#2060a0")])
    seen = await listen(stage.url("program.nut"), 1.0, points=((0.1, 0.1),))
    assert near(seen.colors[-1][0], (0x20, 0x60, 0xA0)), seen.colors[-1]
    assert seen.level_db(440) < QUIET_DB


async def test_sources_come_and_go_and_program_misses_no_frame(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        listening = asyncio.create_task(listen(stage.url("program.nut"), 4.0))
        for count in range(20):
            more = [guest(f"extra{number}") for number in range(count % 5)]
            await stage.want(sources=(guest("guest1"), *more))
        seen = await listening
    assert seen.missing == 0
    assert all(near(color, RED.color) for (color,) in seen.colors[30:])


async def test_a_mistake_in_drawing_costs_program_no_frame(
    stage: Mixing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        listening = asyncio.create_task(listen(stage.url("program.nut"), 3.0))
        await until(lambda: stage.studio.parts.hub.status("program").readers)
        frame = stage.state().frame
        await until(lambda: stage.state().frame > frame + 20)
        with monkeypatch.context() as broken:
            broken.setattr(Renderer, "draw", lambda *_: 1 / 0)
            await until(lambda: stage.state().timing.repeated_frames >= 10)
        seen = await listening
    assert seen.missing == 0
    assert near(seen.colors[-1][0], RED.color)


async def test_a_mixer_that_begins_shows_nothing_before_what_is_on_air(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ready: threading.Event
) -> None:
    """A reader sees the scene from the first picture on, while stills are yet to come."""
    monkeypatch.setattr(canvas_stream, "UNTOLD_S", 60.0)
    sources = [Source("red", SourceKind.COLOR, color="#c82828"), Source("photo", SourceKind.STILL, url="/x")]
    scenes = scene_of("full", ["red"], "air"), scene_of("full", ["photo"], "next")
    async with mixing(tmp_path) as stage:
        await until(lambda: stage.state().frame > 10)
        telling = asyncio.create_task(stage.show(*scenes, sources=sources))
        try:
            await until(lambda: stage.studio.parts.hub.owner("program") is not None)
            seen = await listen(stage.url("program.nut"), 1.0)
            assert stage.state().on_program == ("red",)
            assert not telling.done()
        finally:
            ready.set()
            await telling
        assert all(near(color, RED.color) for (color,) in seen.colors), seen.colors
        assert stage.source("photo").state is SourceState.LIVE


async def test_a_mute_does_not_wait_for_a_picture_that_is_being_made(
    stage: Mixing, ready: threading.Event
) -> None:
    ada, photo = guest("guest1"), Source("photo", SourceKind.STILL, url="/x")
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[ada])
        await stage.are_live("guest1")
        await until(lambda: stage.state().heard == ("guest1",))
        listening = asyncio.create_task(listen(stage.url("program.nut"), 10.0))
        adding = asyncio.create_task(stage.tell(sources=(ada, photo)))
        try:
            await until(lambda: stage.wanted.sources == (ada, photo))
            muting = asyncio.create_task(stage.tell(strips={"guest1": Strip(muted=True)}))
            await until(lambda: stage.state().heard == ())
            assert not adding.done()
            frame = stage.state().frame
        finally:
            ready.set()
        await asyncio.gather(adding, muting)
        assert stage.source("photo").state is SourceState.LIVE
        assert stage.state().heard == ()
        seen = await listening
    # What had been wanted before the mute does not undo it for a moment.
    begins = (frame + 10 - seen.numbers[0]) / 30
    assert begins < len(seen.sound) / 48_000 - 1
    assert seen.level_db(440, begins, len(seen.sound) / 48_000 - begins) < -60


async def test_program_that_nobody_wants_is_not_encoded(
    stage: Mixing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas_stream, "IDLE_S", 0.1)
    hub = stage.studio.parts.hub
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        await until(lambda: hub.owner("program") is not None)
        nobody = stage.wanted.model_copy(update={"watched": (), "revision": 100})
        await stage.engine.want(nobody)
        await until(lambda: hub.owner("program") is None)
        frame = stage.state().frame
        await until(lambda: stage.state().frame > frame + 5)
        await stage.engine.want(nobody.model_copy(update={"watched": ("program",), "revision": 101}))
        seen = await listen(stage.url("program.nut"), 1.0)
    assert seen.missing == 0
    assert seen.numbers[0] > frame
    assert near(seen.colors[-1][0], RED.color)


async def test_a_mixer_that_begins_anew_goes_on_with_a_ticker(tmp_path: Path) -> None:
    """What the first one says of it is told to the next, as control does."""
    news = Ticker("news", on=True, items=("Ferries are late",), speed=0.5)
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    async with mixing(tmp_path / "one") as first:
        await first.want(overlays=(news,))
        await until(lambda: first.state().tickers and first.state().tickers[0].entered > 0.3, 10)
        places = first.state().tickers
    async with mixing(tmp_path / "other") as anew:
        await anew.want(overlays=(news,), tickers=places)
        await until(lambda: anew.state().tickers)
        (place,) = anew.state().tickers
    gone_s = (place.day_ns - places[0].day_ns) / 1e9
    assert place.entered - places[0].entered == pytest.approx(gone_s * STEP_A_SECOND, abs=0.02)
