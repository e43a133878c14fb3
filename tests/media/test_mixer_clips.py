"""Files that are played in: which picture of the file each program frame shows, and what is heard of it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from stagedoor.domain.clip import Autoplay, ClipAction, ClipState
from stagedoor.domain.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from stagedoor.domain.key import ChromaKey, Key
from stagedoor.domain.layout import scene_of
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.clips import ClipCommand, ClipMoved, ClipStart, ClipStatus
from stagedoor.mixer.picture import picture as picture_module
from stagedoor.mixer.picture.keyer import keyed
from stagedoor.mixer.picture.masked import Masked
from stagedoor.mixer.picture.planes import Planes
from tests.kit.listening import Listened, listen
from tests.kit.mixing import Mixing, mixing
from tests.kit.show import CACHE, Show, encode, numbers_in, squares
from tests.kit.wait import until

pytestmark = [pytest.mark.media, pytest.mark.paced]

RATE = 30
FILM = Show(640, 360, color=(40, 60, 200), tone=440, bitrate=600_000)
ON_AIR = scene_of("full", ["film"], "on-air")
OFF_AIR = scene_of("full", ["nobody"], "off-air")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        yield running


@pytest.fixture
async def film() -> Source:
    """Four seconds, of which the second and third are shown; it waits for `play`."""
    await asyncio.to_thread(encode, FILM)
    url = str(CACHE / f"{FILM.name}.nut")
    return Source("film", SourceKind.URL, url=url, loop=False, in_s=1.0, out_s=3.0, autoplay=Autoplay.NEVER)


def clip(stage: Mixing) -> ClipStatus | None:
    return stage.source("film").clip


async def becomes(stage: Mixing, state: ClipState) -> ClipStatus:
    await until(lambda: (now := clip(stage)) and now.state is state, 10.0, what=f"the clip is {state}")
    now = clip(stage)
    assert now is not None
    return now


async def steer(stage: Mixing, action: ClipAction, at_s: float = 0.0) -> int:
    """Do something; returns the frame that shows it."""
    moved: ClipMoved = await stage.engine.clips.steer(ClipCommand(source="film", action=action, at_s=at_s))
    assert moved.frame is not None
    return moved.frame


@asynccontextmanager
async def watching(stage: Mixing, seconds: float) -> AsyncIterator[Listened]:
    """Watch program while the block goes on, and for so long in all."""
    watched = Listened(RATE)
    task = asyncio.create_task(listen(stage.url("program.nut"), seconds, points=squares()))
    await until(lambda: stage.studio.parts.hub.status("program").readers, what="somebody watches")
    yield watched
    watched.__dict__.update((await task).__dict__)


def tone_at(watched: Listened, frame: int, seconds: float = 0.3) -> float:
    """The level of the file's tone from a program frame on."""
    return watched.level_db(FILM.tone, frame / RATE - watched.sound_at, seconds)


async def test_its_key_is_worked_out_in_its_own_thread(
    stage: Mixing, film: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set[str]()

    def noted(planes: Planes, key: Key) -> Masked:
        threads.add(threading.current_thread().name)
        return keyed(planes, key)

    monkeypatch.setattr(picture_module, "keyed", noted)
    blue = ChromaKey(color="#283cc8")
    round_ = replace(film, loop=True, autoplay=Autoplay.ALWAYS, key=blue)
    await stage.show(ON_AIR, sources=[round_])

    async def is_alone() -> bool:
        """Whether nobody else did any of it for half a second."""
        threads.clear()
        first = stage.state().frame
        await until(lambda: stage.state().frame > first + 15)
        return threads == {"source film"}

    await until(is_alone, 15.0)


async def test_it_is_cued_played_paused_sought_and_ends_by_the_frame(stage: Mixing, film: Source) -> None:
    await stage.show(ON_AIR, sources=[film])
    cued = await becomes(stage, ClipState.CUED)
    assert (cued.at_s, cued.remaining_s) == (1.0, 2.0)
    assert cued.duration_s == pytest.approx(4.0, abs=0.1)
    await stage.reaches("film", SourceState.LIVE)
    async with watching(stage, 6.5) as seen:
        first = stage.state().frame
        await until(lambda: stage.state().frame > first + 12)
        played = await steer(stage, ClipAction.PLAY)
        await until(lambda: stage.state().frame > played + 15)
        paused = await steer(stage, ClipAction.PAUSE)
        now = await becomes(stage, ClipState.PAUSED)
        assert now.at_s == pytest.approx(1.0 + (paused - played) / RATE, abs=0.01)
        await until(lambda: stage.state().frame > paused + 20)
        sought = await steer(stage, ClipAction.SEEK, 2.5)
        again = await steer(stage, ClipAction.PLAY)
        ended = await becomes(stage, ClipState.ENDED)
        assert (ended.at_s, ended.remaining_s) == (3.0, 0.0)
        end = stage.state().frame
        await until(lambda: stage.state().frame > end + 75)
        assert stage.source("film").state is SourceState.LIVE
    frames = numbers_in(seen)
    assert frames[played - 1] == frames[played] == 30
    between = [frames[n] - 30 - (n - played) for n in range(played, paused) if n in frames]
    assert max(between) <= 0, "never too early; late where the machine had no time to draw"
    assert abs(frames[paused] - 30 - (paused - played)) <= 1
    assert {frames[n] for n in range(paused, sought) if n in frames} == {frames[paused]}
    assert frames[sought] == frames[again] == 75
    assert {frames[n] for n in range(end, end + 70) if n in frames} == {89}
    assert tone_at(seen, played - 12) < -60 < -20 < tone_at(seen, played + 3)
    assert tone_at(seen, paused + 4) < -60 < -20 < tone_at(seen, again + 3)


async def test_a_round_follows_the_other_without_a_hole(stage: Mixing, film: Source) -> None:
    looped = replace(film, loop=True, in_s=0.5, out_s=1.0, autoplay=Autoplay.ALWAYS)
    await stage.show(ON_AIR, sources=[looped])
    await becomes(stage, ClipState.PLAYING)
    begun = stage.state().frame
    async with watching(stage, 2.5) as seen:
        pass
    # A viewer begins with a key frame, which may be from before.
    frames = {number: picture for number, picture in numbers_in(seen).items() if number >= begun}
    assert set(frames.values()) <= set(range(15, 30))
    advanced = sum((frames[later] - frames[number]) % 15 for number, later in pairwise(frames))
    assert advanced == pytest.approx(max(frames) - min(frames), abs=1)
    assert max(seen.level_db(FILM.tone, begin / 4, 0.5) for begin in range(6)) > -15
    await stage.want(sources=(replace(looped, loop=False),))
    assert (await becomes(stage, ClipState.ENDED)).at_s == 1.0


async def test_one_that_goes_with_program_plays_on_air_and_is_cued_off_air(
    stage: Mixing, film: Source
) -> None:
    await stage.show(OFF_AIR, ON_AIR, sources=[replace(film, autoplay=Autoplay.PROGRAM)])
    await becomes(stage, ClipState.CUED)
    await stage.engine.cut("on-air")
    assert (await becomes(stage, ClipState.PLAYING)).at_s < 1.5
    await stage.engine.cut("off-air")
    assert (await becomes(stage, ClipState.CUED)).at_s == 1.0
    await stage.engine.cut("on-air")
    await becomes(stage, ClipState.PLAYING)
    await steer(stage, ClipAction.PAUSE)
    await stage.want(sources=(replace(film, autoplay=Autoplay.PROGRAM, label="Film"),))
    await becomes(stage, ClipState.PAUSED)


async def test_a_mixer_that_begins_anew_goes_on_where_it_was(stage: Mixing, film: Source) -> None:
    starts = {"film": ClipStart(state=ClipState.PAUSED, at_s=2.0)}
    await stage.show(ON_AIR, sources=[film], clips=starts)
    assert (await becomes(stage, ClipState.PAUSED)).at_s == 2.0
    await stage.want(clips={"film": ClipStart(state=ClipState.PLAYING, at_s=2.5)})
    assert (await becomes(stage, ClipState.PAUSED)).at_s == 2.0


async def test_what_cannot_be_done_says_why(stage: Mixing, film: Source, tmp_path: Path) -> None:
    sources = [film, Source("lost", SourceKind.URL, url=str(tmp_path / "lost.mp4"))]
    sources += [Source("color", SourceKind.COLOR), replace(film, id="late", in_s=9.0, out_s=None)]
    await stage.show(ON_AIR, sources=sources)
    await becomes(stage, ClipState.CUED)

    async def refused(kind: type[Exception], source: str, action: ClipAction, at_s: float = 0.0) -> str:
        with pytest.raises(kind) as raised:
            await stage.engine.clips.steer(ClipCommand(source=source, action=action, at_s=at_s))
        return str(getattr(raised.value, "code", ""))

    assert await refused(InvalidError, "film", ClipAction.SEEK, 3.5) == "clip_outside"
    assert await refused(InvalidError, "film", ClipAction.SEEK, 0.5) == "clip_outside"
    assert await refused(ConflictError, "color", ClipAction.PLAY) == "not_a_clip"
    assert await refused(NotFoundError, "nobody", ClipAction.CUE) == "source_unknown"
    assert await refused(UnavailableError, "lost", ClipAction.PLAY) == "clip_not_ready"
    await until(lambda: stage.source("late").code == "clip_beyond_end")
    await stage.reaches("lost", SourceState.GONE)
    assert (stage.source("lost").clip, stage.source("late").clip) == (None, None)
    assert (await becomes(stage, ClipState.CUED)).at_s == 1.0


async def test_a_still_leaves_when_its_time_is_over_and_is_back_the_next_time(
    stage: Mixing, tmp_path: Path
) -> None:
    file = tmp_path / "card.png"
    Image.new("RGB", (640, 360), (200, 40, 40)).save(file)
    card = Source("card", SourceKind.STILL, url=str(file), duration_s=0.5, if_gone="blue")
    blue = Source("blue", SourceKind.COLOR, color="#2840c8")
    scene = scene_of("full", ["card"], "card")
    await stage.show(OFF_AIR, scene, sources=[card, blue])
    assert stage.source("card").state is SourceState.LIVE
    async with watching(stage, 3.0) as seen:
        cut = (await stage.engine.cut("card")).frame
        await stage.reaches("card", SourceState.GONE)
        moved = await stage.engine.clips.steer(ClipCommand(source="card", action=ClipAction.PLAY))
        assert moved.frame is not None
        await stage.reaches("card", SourceState.GONE)
    reds = {n: colors[0][0] > 128 for n, colors in zip(seen.numbers, seen.colors, strict=True)}
    assert [reds[n] for n in (cut, cut + 14, moved.frame - 1)] == [True, True, False]
    assert [reds[n] for n in (moved.frame, moved.frame + 14, moved.frame + 16)] == [True, True, False]
    await stage.engine.cut("off-air")
    await stage.reaches("card", SourceState.LIVE)


async def test_what_stands_in_is_played_and_not_heard(stage: Mixing, film: Source, tmp_path: Path) -> None:
    file = tmp_path / "card.png"
    Image.new("RGB", (640, 360), (200, 40, 40)).save(file)
    lost = Source("lost", SourceKind.STILL, url=str(tmp_path / "lost.png"), if_gone="film")
    card = Source("card", SourceKind.STILL, url=str(file), duration_s=0.2, if_gone="blue")
    away, blue = replace(lost, id="away", if_gone="card"), Source("blue", SourceKind.COLOR)
    scenes = [scene_of("full", [name], name) for name in ("lost", "away")]
    await stage.show(
        OFF_AIR, *scenes, sources=[lost, away, card, blue, replace(film, autoplay=Autoplay.PROGRAM)]
    )
    await becomes(stage, ClipState.CUED)
    await stage.engine.cut("lost")
    await becomes(stage, ClipState.PLAYING)
    assert "film" not in stage.state().heard
    await stage.engine.cut("away")
    await becomes(stage, ClipState.CUED)
    await stage.reaches("card", SourceState.GONE)
    states, first = set(), stage.state().frame
    while stage.state().frame < first + 15:
        states.add(stage.source("card").state)
        await asyncio.sleep(0.01)
    assert states == {SourceState.GONE}
    await stage.engine.cut("off-air")
    await stage.reaches("card", SourceState.LIVE)
