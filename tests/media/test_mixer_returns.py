"""Returns and monitors: who hears whom, whatever happens on air."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from stagedoor.domain.hearing import Carried, Place
from stagedoor.domain.layout import scene_of
from stagedoor.domain.strip import Strip
from stagedoor.domain.transition import Transition
from stagedoor.ipc.mixer import Listener, Monitor, Talkback
from stagedoor.ipc.switching import Applied
from tests.kit.listening import Listened, listen
from tests.kit.mix_minus import Aired, Judged, MixMinus, Window, windows
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until

pytestmark = [pytest.mark.media, pytest.mark.paced]

logger = logging.getLogger(__name__)

SEATS = ("guest1", "guest2", "guest3")
SHARE = "guest1-screen"
WAITING = "lobby-g_1"
TONES = {"guest1": 330, "guest2": 1200, "guest3": 2700, SHARE: 5200}
"""So far apart that what two coders leave of a tone that is not there is 70 dB below the others."""
GAINS = {"guest1": -2.0, "guest2": -5.0, "guest3": -8.0, SHARE: -2.0}
"""Together below what program's limiter holds back."""
OPERATOR_HZ = 9000
NOBODYS_HZ = 1800
COLORS = {"guest1": (200, 40, 40), "guest2": (40, 60, 200), "guest3": (30, 160, 60)}
SHOWS = {
    name: Show(320, 180, color=COLORS[name], tone=TONES[name], bitrate=200_000, seconds=2) for name in SEATS
}
SLIDES = Show(320, 180, color=(200, 200, 60), tone=TONES[SHARE], bitrate=200_000, seconds=2)
TALKBACK = Show(160, 90, tone=OPERATOR_HZ, bitrate=50_000, seconds=2)
THREE = scene_of("three_up", SEATS, "three")
ALONE = scene_of("full", ["guest1"], "alone")
SLIDESHOW = scene_of("quad", [SHARE, *SEATS], "slides")
PATHS = tuple(f"return-{name}" for name in SEATS)
MIX_FRAMES = 20
TONE_DB = -10.5
"""Of everybody's tone as it comes."""
QUIET_DB = -60.0
AS_LOUD_DB = 1.0
MOST_LEFT_OUT = 20
"""Windows after a change that a busy machine may spoil: one that is right among many says little."""
JUDGE = MixMinus(
    tones=TONES,
    own={"guest1": ("guest1", SHARE), "guest2": ("guest2",), "guest3": ("guest3",)},
    voice=OPERATOR_HZ,
    voice_db=TONE_DB,
    nobodys=NOBODYS_HZ,
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    """Three guests with a loudness of their own, on air together in one scene, who all watch their return."""
    async with mixing(tmp_path) as running:
        await running.want(
            strips={name: Strip(gain_db=gain) for name, gain in GAINS.items()},
            listeners=tuple(Listener(name=name, sources=JUDGE.own[name]) for name in SEATS),
            watched=PATHS,
        )
        sources = [guest(name) for name in (*SEATS, SHARE, "talkback-anna")]
        await running.show(THREE, ALONE, SLIDESHOW, sources=sources)
        yield running


async def heard(stage: Mixing, seconds: float, *names: str) -> dict[str, Listened]:
    """Program and paths, every return where none is named, all over the same time."""
    names = names or ("program", *PATHS)
    parts = await asyncio.gather(*(listen(stage.url(f"{name}.nut"), seconds) for name in names))
    return dict(zip(names, parts, strict=True))


async def through(
    stage: Mixing, aired: Aired, change: Callable[[], Awaitable[Applied]], frames: int = 0
) -> None:
    """Listen while something changes, and until a window is whole in which it has.

    A machine that is too busy leaves holes in the sound: then it takes longer.

    Args:
        aired: Who is heard so many frames after the change.
    """
    hub = stage.studio.parts.hub
    listening = asyncio.create_task(heard(stage, 3.0))
    try:
        await until(lambda: all(hub.status(path).readers for path in ("program", *PATHS)), 10)
        begin = ((await change()).frame + frames) / stage.state().frame_rate
    finally:
        everything = await listening
    judged = await asyncio.to_thread(judge, everything, aired, begin)

    async def is_checked() -> bool:
        nonlocal judged
        if not judged.whole:
            judged += await asyncio.to_thread(judge, await heard(stage, 2.0), aired, begin)
        assert judged.left_out <= MOST_LEFT_OUT, judged
        return judged.whole > 0

    await until(is_checked, 45, what=f"a second in which nothing of {aired} is missing")
    logger.info("%d windows are right, %d were left out, of %s", judged.whole, judged.left_out, aired)


def judge(everything: dict[str, Listened], aired: Aired, begin: float) -> Judged:
    parts = windows(everything)
    JUDGE.check_nobody_hears_themselves(parts)
    return JUDGE.check(parts, aired, begin)


def on_air(*names: str, **gains: float) -> Aired:
    """These are heard in program, as loud as their faders say."""
    return Aired({name: TONE_DB + (GAINS | gains)[name] for name in names})


@pytest.mark.timeout(120)
async def test_mix_minus_holds_whatever_happens(stage: Mixing) -> None:
    """Cut, mix, fader, reconnect, a share with sound, talkback: in each return are the others alone."""
    async with AsyncExitStack() as guests:
        for name in ("guest1", "guest2"):
            await guests.enter_async_context(playing(stage.studio, name, encode(SHOWS[name])))
        async with playing(stage.studio, "guest3", encode(SHOWS["guest3"])):
            await stage.are_live(*SEATS)
            await cut_and_mixed(stage)
            await faded(stage)
        await through(stage, on_air(*SEATS), lambda: reconnected(stage, guests))
        await guests.enter_async_context(playing(stage.studio, SHARE, encode(SLIDES)))
        await stage.are_live(SHARE)
        await through(stage, on_air(*SEATS, SHARE), lambda: stage.engine.cut("slides"))
        await guests.enter_async_context(playing(stage.studio, "talkback-anna", encode(TALKBACK)))
        await spoken_to(stage)


async def cut_and_mixed(stage: Mixing) -> None:
    """Who is heard when follows from the frames in which the mixer says that it has cut and mixed."""
    await through(stage, on_air("guest1"), lambda: stage.engine.cut("alone"))
    await stage.engine.preview("three")
    mix = Transition(frames=MIX_FRAMES)
    await through(stage, on_air(*SEATS), lambda: stage.engine.auto(mix), MIX_FRAMES)


async def faded(stage: Mixing) -> None:
    """A fader down, and up again."""
    strips = stage.wanted.strips
    lower = {**strips, "guest2": Strip(gain_db=-12.0)}
    await through(stage, on_air(*SEATS, guest2=-12.0), lambda: stage.want(strips=lower))
    await stage.want(strips=strips)


async def reconnected(stage: Mixing, guests: AsyncExitStack) -> Applied:
    """The third guest, whose session has ended, comes back."""
    await guests.enter_async_context(playing(stage.studio, "guest3", encode(SHOWS["guest3"])))
    await stage.are_live("guest3")
    return await stage.want()


async def spoken_to(stage: Mixing) -> None:
    """An operator speaks to one of them, to two, to all: they alone hear it, and the others lower."""
    await stage.are_live("talkback-anna")
    for to in (("guest2",), ("guest1", "guest3"), SEATS):
        anna = (Talkback(operator="anna", to=to),)
        aired = Aired(on_air(*SEATS, SHARE).levels, frozenset(to))
        await through(stage, aired, lambda anna=anna: stage.want(talkbacks=anna))  # type: ignore[misc]
        told = {each.name: (each.carries, each.talkbacks) for each in stage.engine.state().returns}
        for name in SEATS:
            assert told[name] == (Carried.PROGRAM, ("anna",) if name in to else ())


async def test_a_return_has_programs_picture_while_somebody_watches(stage: Mixing) -> None:
    points = ((0.17, 0.5), (0.5, 0.5), (0.83, 0.5))
    async with AsyncExitStack() as guests:
        for name, show in SHOWS.items():
            await guests.enter_async_context(playing(stage.studio, name, encode(show)))
        await stage.are_live(*SEATS)
        seen, program = await asyncio.gather(
            listen(stage.url("return-guest1.nut"), 2.0, points=points),
            listen(stage.url("program.nut"), 2.0, points=points),
        )
        assert seen.missing <= stage.left_out()
        for mine, programs in zip(seen.colors[-1], program.colors[-1], strict=True):
            assert mine == pytest.approx(programs, abs=16)
        await stage.want(watched=("return-guest1",))
        hub = stage.studio.parts.hub
        await until(lambda: hub.owner("return-guest2") is None)
        assert (await listen(stage.url("return-guest1.nut"), 0.5)).numbers


async def hears(stage: Mixing, wanted: Mapping[str, Mapping[int, float]]) -> None:
    """Wait for a window in which each path has these tones at these levels, and no other that anybody has."""
    last: list[str] = []

    async def so() -> bool:
        everything = await heard(stage, 2.0, *wanted)
        for part in await asyncio.to_thread(windows, everything):
            last[:] = [wrong for path, tones in wanted.items() for wrong in differences(part, path, tones)]
            if not last:
                return True
        return False

    try:
        await until(so, 30)
    except AssertionError:
        raise AssertionError(last) from None


def differences(part: Window, path: str, tones: Mapping[int, float]) -> list[str]:
    """What is otherwise on a path than its tones at their levels, and silence at everybody else's."""
    levels = {hertz: part.level(path, hertz) for hertz in (*TONES.values(), OPERATOR_HZ)}
    return [
        f"{path}: {hertz} Hz at {got:.1f} dBFS"
        for hertz, got in levels.items()
        if not (abs(got - tones[hertz]) <= AS_LOUD_DB if hertz in tones else got < QUIET_DB)
    ]


async def test_an_operator_listens_before_the_fader_and_alone_hears_who_answers(stage: Mixing) -> None:
    """Somebody muted and somebody in the lobby are heard in a monitor; nothing on air changes."""
    waiting = Listener(name=WAITING, sources=(WAITING,), place=Place.LOBBY)
    await stage.want(
        sources=(*stage.wanted.sources, guest(WAITING)),
        strips={**stage.wanted.strips, "guest2": Strip(muted=True)},
        listeners=(*stage.wanted.listeners, waiting),
        monitors=(Monitor(operator="anna"), Monitor(operator="bob", listen=("guest2", WAITING))),
        watched=(f"return-{WAITING}", "return-guest2", "monitor-anna", "monitor-bob"),
    )
    await stage.engine.cut("alone")
    async with AsyncExitStack() as guests:
        for name, show in ({**SHOWS, WAITING: SLIDES, "talkback-anna": TALKBACK}).items():
            await guests.enter_async_context(playing(stage.studio, name, encode(show)))
        await stage.are_live(*SEATS, WAITING)
        aired = {TONES["guest1"]: TONE_DB + GAINS["guest1"]}
        same = dict.fromkeys(("program", "return-guest2", f"return-{WAITING}", "monitor-anna"), aired)
        before = {TONES["guest2"]: TONE_DB, SLIDES.tone: TONE_DB}
        await hears(stage, {**same, "monitor-bob": before})
        await answered(stage, aired, same)


async def answered(stage: Mixing, aired: dict[int, float], same: dict[str, dict[int, float]]) -> None:
    """Anna speaks to the third guest, who is not on air: of the answer nobody else hears a word."""
    answer = {TONES["guest3"]: TONE_DB}
    monitors = (Monitor(operator="anna"), Monitor(operator="bob", listen=("guest3",)))
    await stage.want(monitors=monitors, talkbacks=(Talkback(operator="anna", to=("guest3",)),))
    await hears(stage, {**same, "monitor-anna": aired | answer, "monitor-bob": {}})
    await stage.want(talkbacks=())
    await hears(stage, {**same, "monitor-bob": answer})
