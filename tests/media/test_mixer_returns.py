"""Returns: everybody hears program without themselves, at program's level, whatever happens on air."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from stagedoor.domain.hearing import Carried, Place
from stagedoor.domain.layout import scene_of
from stagedoor.domain.strip import Strip
from stagedoor.domain.transition import Transition
from stagedoor.ipc.mixer import Listener, Talkback
from tests.kit.listening import Listened, listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until

pytestmark = [pytest.mark.media, pytest.mark.paced]

TONES = {"guest1": 440, "guest2": 740, "guest3": 1130}
GAINS = {"guest1": 2.0, "guest2": -1.0, "guest3": -4.0}
COLORS = {"guest1": (200, 40, 40), "guest2": (40, 60, 200), "guest3": (30, 160, 60)}
SHOWS = {name: Show(320, 180, color=COLORS[name], tone=tone, bitrate=200_000) for name, tone in TONES.items()}
OPERATOR_HZ = 2000
TALKBACK = Show(160, 90, tone=OPERATOR_HZ, bitrate=50_000)
THREE = scene_of("three_up", list(TONES), "three")
ALONE = scene_of("full", ["guest1"], "alone")
PATHS = tuple(f"return-{name}" for name in TONES)
ALL = frozenset(TONES)
MIX_FRAMES = 20
WINDOW_S = 1.0
STEP_S = 0.25
SETTLED_S = 0.1
"""After a cut a tone goes out by a ramp, which is heard at every frequency."""
OWN_BELOW_DB = 60.0
LEVEL_TOLERANCE_DB = 1.0
TONE_DB = -10.5
"""Of every guest's tone as it comes."""
NOBODYS_HZ = 590
CLEAN_DB = -60.0
BESIDE = 1.09
"""A frequency, of a tone's own, at which nobody has one."""
CODING_DB = 8.0


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    """Three guests on air, each with a tone and a loudness of their own, who all watch their return."""
    async with mixing(tmp_path) as running, AsyncExitStack() as guests:
        for name, show in SHOWS.items():
            await guests.enter_async_context(playing(running.studio, name, encode(show)))
        await running.want(
            strips={name: Strip(gain_db=gain) for name, gain in GAINS.items()},
            listeners=tuple(Listener(name=name, sources=(name,)) for name in TONES),
            watched=PATHS,
        )
        await running.show(THREE, ALONE, sources=[guest(name) for name in TONES])
        await running.are_live(*TONES)
        yield running


async def heard(stage: Mixing, seconds: float) -> dict[str, Listened]:
    """Program and every return, all over the same time."""
    names = ("program", *PATHS)
    parts = await asyncio.gather(*(listen(stage.url(f"{name}.nut"), seconds) for name in names))
    return dict(zip(names, parts, strict=True))


def windows(everything: dict[str, Listened], begin: float = 0.0) -> list[float]:
    """The beginnings of the windows that all have, seconds by the mixer's clock."""
    begin = max(begin, *(each.sound_at for each in everything.values()))
    end = min(each.sound_at + len(each.sound) / 48_000 for each in everything.values())
    return [begin + n * STEP_S for n in range(int((end - begin - WINDOW_S) / STEP_S) + 1)]


def clean(everything: dict[str, Listened]) -> float:
    """The beginning of the last window in which nothing was concealed, and nobody began to be heard."""
    return [
        at
        for at in windows(everything)
        if all(level(part, NOBODYS_HZ, at) <= CLEAN_DB for part in everything.values())
    ][-1]


def level(part: Listened, hertz: float, at: float) -> float:
    return part.level_db(hertz, at - part.sound_at, WINDOW_S)


def check_mix_minus(everything: dict[str, Listened], heard_now: frozenset[str], begin: float) -> int:
    """In each return the others are as loud as in program, and the own tone is not there, window by window.

    Windows in which something of what the guests sent was missing are left out; returns how many there are.
    """
    found = [at for at in windows(everything, begin + SETTLED_S) if is_whole(everything, at, heard_now)]
    for at in found:
        programs = {hertz: level(everything["program"], hertz, at) for hertz in TONES.values()}
        for name in TONES.keys() - heard_now:
            assert programs[TONES[name]] < CLEAN_DB, (name, at, programs)
        for name, own in TONES.items():
            back = everything[f"return-{name}"]
            levels = {hertz: level(back, hertz, at) for hertz in TONES.values()}
            others = [TONES[other] for other in heard_now - {name}]
            for hertz in others:
                apart = abs(levels[hertz] - programs[hertz])
                assert apart <= LEVEL_TOLERANCE_DB, (name, at, levels, programs)
            # Where coding leaves more than that, it leaves as much beside the tone.
            beside = level(back, own * BESIDE, at) + CODING_DB
            loud = min((levels[hertz] for hertz in others), default=programs[own])
            assert levels[own] <= max(loud - OWN_BELOW_DB, beside), (name, at, levels, beside)
    return len(found)


def is_whole(everything: dict[str, Listened], at: float, heard_now: frozenset[str]) -> bool:
    """Whether nothing is missing in a window: a gap that was concealed is heard at every frequency."""
    program = everything["program"]
    return all(
        abs(level(program, TONES[name], at) - loudness(name)) <= LEVEL_TOLERANCE_DB for name in heard_now
    ) and all(level(each, NOBODYS_HZ, at) <= CLEAN_DB for each in everything.values())


def loudness(name: str) -> float:
    """What a guest's tone has in program, dBFS."""
    return TONE_DB + GAINS[name]


async def check_until_whole(stage: Mixing, heard_now: frozenset[str], begin: float = 0.0) -> None:
    """Listen again and again from a time on until a window is whole, and check each that is.

    A machine that is too busy leaves holes in the sound: then it takes longer.
    """

    async def is_checked() -> bool:
        return check_mix_minus(await heard(stage, 2.5), heard_now, begin) > 0

    await until(is_checked, 45, what=f"a second in which nothing of {sorted(heard_now)} is missing")


async def test_each_guest_hears_the_others_and_never_themselves(stage: Mixing) -> None:
    await check_until_whole(stage, ALL)


async def test_mix_minus_holds_through_cut_and_mix(stage: Mixing) -> None:
    """Who is heard when follows from the frames in which the mixer says that it has cut and mixed."""
    rate = stage.state().frame_rate
    await check_until_whole(stage, ALL)
    cut = await stage.engine.cut("alone")
    await check_until_whole(stage, frozenset({"guest1"}), cut.frame / rate)
    await stage.engine.preview("three")
    mix = await stage.engine.auto(Transition(frames=MIX_FRAMES))
    await check_until_whole(stage, ALL, (mix.frame + MIX_FRAMES) / rate)


async def test_a_fader_is_heard_in_program_and_returns_alike(stage: Mixing) -> None:
    await stage.want(strips={**stage.wanted.strips, "guest2": Strip(gain_db=-10.0)})
    everything = await heard(stage, 5.0)
    at = clean(everything)
    programs, back = (level(everything[name], TONES["guest2"], at) for name in ("program", "return-guest1"))
    assert programs == pytest.approx(TONE_DB - 10.0, abs=LEVEL_TOLERANCE_DB)
    assert back == pytest.approx(programs, abs=LEVEL_TOLERANCE_DB)


async def test_a_return_has_programs_picture(stage: Mixing) -> None:
    points = ((0.17, 0.5), (0.5, 0.5), (0.83, 0.5))
    seen, program = await asyncio.gather(
        listen(stage.url("return-guest1.nut"), 2.0, points=points),
        listen(stage.url("program.nut"), 2.0, points=points),
    )
    assert seen.missing == 0
    for mine, programs in zip(seen.colors[-1], program.colors[-1], strict=True):
        assert mine == pytest.approx(programs, abs=16)


async def test_talkback_is_heard_by_whom_it_is_for_and_never_in_program(stage: Mixing) -> None:
    speaker = guest("talkback-anna")
    async with playing(stage.studio, "talkback-anna", encode(TALKBACK)):
        await stage.want(sources=(*stage.wanted.sources, speaker))
        await stage.are_live("talkback-anna")
        quiet = await heard(stage, 5.0)
        await stage.want(talkbacks=(Talkback(operator="anna", to=("guest2",)),))
        spoken = await heard(stage, 5.0)
    told = {each.name: (each.carries, each.talkbacks) for each in stage.engine.state().returns}
    assert told["guest2"] == (Carried.PROGRAM, ("anna",))
    assert told["guest1"] == (Carried.PROGRAM, ())
    before, after = clean(quiet), clean(spoken)
    assert level(spoken["return-guest2"], OPERATOR_HZ, after) > -16
    for name in ("program", "return-guest1", "return-guest3"):
        assert level(spoken[name], OPERATOR_HZ, after) < CLEAN_DB, name
    ducked = level(spoken["return-guest2"], 440, after) - level(quiet["return-guest2"], 440, before)
    assert ducked == pytest.approx(-12, abs=1.5)


async def test_who_waits_in_the_lobby_hears_program_and_is_not_in_it(stage: Mixing) -> None:
    waiting = Listener(name="lobby-g_1", sources=("lobby-g_1",), place=Place.LOBBY)
    show = Show(160, 90, tone=OPERATOR_HZ, bitrate=50_000)
    async with playing(stage.studio, "lobby-g_1", encode(show)):
        await stage.want(
            sources=(*stage.wanted.sources, guest("lobby-g_1")),
            listeners=(*stage.wanted.listeners, waiting),
            watched=(*PATHS, "return-lobby-g_1"),
        )
        await stage.are_live("lobby-g_1")
        program, back = await asyncio.gather(
            listen(stage.url("program.nut"), 5.0), listen(stage.url("return-lobby-g_1.nut"), 5.0)
        )
    at = clean({"program": program, "back": back})
    assert level(program, OPERATOR_HZ, at) < CLEAN_DB
    assert level(back, OPERATOR_HZ, at) < CLEAN_DB
    assert level(back, 440, at) == pytest.approx(level(program, 440, at), abs=1.0)


async def test_a_return_that_nobody_watches_is_not_made(stage: Mixing) -> None:
    await stage.want(watched=("return-guest1",))
    hub = stage.studio.parts.hub
    await until(lambda: hub.owner("return-guest2") is None)
    assert (await listen(stage.url("return-guest1.nut"), 0.5)).numbers
