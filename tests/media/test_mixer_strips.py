"""What a strip does to a source's sound, as it is heard in program."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.scene import SceneSound
from stagedoor.domain.strip import Follow, Strip
from stagedoor.domain.transition import Transition, TransitionKind
from tests.kit.listening import level_db, listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import watch

pytestmark = [pytest.mark.media, pytest.mark.paced]

LOW = Show(320, 180, color=(200, 40, 40), tone=100, bitrate=300_000)
HIGH = Show(320, 180, color=(40, 60, 200), tone=1000, bitrate=300_000)
FLASH = Show(320, 180, color=(40, 60, 190), flash=True, bitrate=400_000)
BOTH = scene_of("two_up", ["guest1", "guest2"], "both")
ALONE = scene_of("full", ["guest1"], "alone")
TONE_DB = -10.5
"""Of everybody's tone as it comes."""
AS_LOUD_DB = 1.0
SILENT_DB = -60.0
CORNER_HZ = 400
LOWERED_DB = TONE_DB - 24.1
"""Two octaves below the corner of a Butterworth high-pass of second order."""
HALF_DB = TONE_DB - 3.0
"""The side that is turned down, half way to the other one."""
LATER_MS = 250
IN_STEP_S = 0.02

Sides = tuple[float, float]
"""Of a tone, dBFS left and right."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        await running.show(BOTH, ALONE, sources=[guest("guest1"), guest("guest2")])
        yield running


async def hears(stage: Mixing, wanted: Mapping[int, Sides]) -> None:
    """Wait until program has each tone, given by its hertz, on each side as loud as it should be."""
    last: dict[int, Sides] = {}

    async def so() -> bool:
        heard = (await listen(stage.url("program.nut"), 1.2)).sides
        left, right = (side[-48_000:] for side in heard)
        last.update({hertz: (level_db(left, hertz), level_db(right, hertz)) for hertz in wanted})
        return all(
            as_loud(got, want)
            for hertz in wanted
            for got, want in zip(last[hertz], wanted[hertz], strict=True)
        )

    try:
        await until(so, 15)
    except AssertionError:
        raise AssertionError(last) from None


def as_loud(got: float, wanted: float) -> bool:
    return got < SILENT_DB if wanted == SILENT_DB else abs(got - wanted) <= AS_LOUD_DB


async def test_balance_and_high_pass_are_heard(stage: Mixing) -> None:
    plain = {LOW.tone: (TONE_DB, TONE_DB), HIGH.tone: (TONE_DB, TONE_DB)}
    async with playing(stage.studio, "guest1", encode(LOW)), playing(stage.studio, "guest2", encode(HIGH)):
        await hears(stage, plain)
        await stage.want(strips={"guest1": Strip(pan=-1.0), "guest2": Strip(pan=0.5)})
        await hears(stage, {LOW.tone: (TONE_DB, SILENT_DB), HIGH.tone: (HALF_DB, TONE_DB)})
        await stage.want(strips=dict.fromkeys(("guest1", "guest2"), Strip(high_pass_hz=CORNER_HZ)))
        await hears(stage, {LOW.tone: (LOWERED_DB, LOWERED_DB), HIGH.tone: (TONE_DB, TONE_DB)})
        await stage.want(strips={})
        await hears(stage, plain)


async def test_scenes_of_the_same_sources_sound_as_each_of_them_says(stage: Mixing) -> None:
    lone = replace(BOTH, id="lone", audio=(SceneSound("guest2", Follow.OFF),))
    await stage.want(scenes=(BOTH, ALONE, lone))
    together = {LOW.tone: (TONE_DB, TONE_DB), HIGH.tone: (TONE_DB, TONE_DB)}
    one = {LOW.tone: (TONE_DB, TONE_DB), HIGH.tone: (SILENT_DB, SILENT_DB)}
    async with playing(stage.studio, "guest1", encode(LOW)), playing(stage.studio, "guest2", encode(HIGH)):
        await hears(stage, together)
        await stage.engine.cut("lone")
        await hears(stage, one)
        await stage.engine.preview("both")
        await stage.engine.auto(Transition(TransitionKind.MIX, frames=10))
        await hears(stage, together)


async def test_delay_lets_sound_come_after_its_picture(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", encode(FLASH)):
        await stage.engine.cut("alone")
        await stage.want(strips={"guest1": Strip(delay_ms=LATER_MS)})
        await stage.are_live("guest1")
        seen = await watch(stage.url("program.nut"), 5.5)
    offsets = seen.av_offsets()[1:]
    assert len(offsets) >= 3, (seen.flashes, seen.beeps)
    assert abs(median(offsets) - LATER_MS / 1000) <= IN_STEP_S, offsets
