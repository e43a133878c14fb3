"""Whoever only checks camera and microphone is neither seen nor heard nor measured by anybody else."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from stagedoor.domain.hearing import Place
from stagedoor.domain.layout import scene_of
from stagedoor.ipc.mixer import Listener
from tests.kit.listening import Rgb, listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

SEATED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
CHECKS = Show(320, 180, color=(40, 60, 200), tone=1200, bitrate=300_000)
NAME = "lobby-g_1"
EVERYWHERE = tuple((x / 40 + 0.0125, y / 24 + 0.02) for x in range(40) for y in range(24))
"""So close together that no cell of the multiview lies between them."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    """One guest is on air, another one checks, and hears their own test."""
    async with mixing(tmp_path) as running, AsyncExitStack() as guests:
        await guests.enter_async_context(playing(running.studio, "guest1", encode(SEATED)))
        await guests.enter_async_context(playing(running.studio, NAME, encode(CHECKS)))
        await running.show(
            scene_of("full", ["guest1"], "one"),
            sources=[guest("guest1"), guest(NAME)],
            listeners=(Listener(name=NAME, sources=(NAME,), place=Place.CHECKING),),
            watched=("multiview", f"return-{NAME}"),
        )
        await running.are_live("guest1")
        yield running


async def colors(stage: Mixing) -> list[Rgb]:
    seen = await listen(stage.url("multiview.nut"), 1.0, points=EVERYWHERE)
    return list(seen.colors[-1])


def measured(stage: Mixing) -> tuple[set[str], set[str]]:
    """Of which sources meters and status are told."""
    return set(stage.engine.levels.meters) - {"program"}, {each.id for each in stage.state().sources}


async def test_of_a_check_nothing_is_seen_or_measured(stage: Mixing) -> None:
    async def tests() -> bool:
        return (await listen(stage.url(f"return-{NAME}.nut"), 1.0)).loudest_db(CHECKS.tone) > -20

    await until(tests, 15, what="the guest hears the own test")
    everywhere = await colors(stage)
    assert any(near(color, SEATED.color) for color in everywhere)
    assert not any(near(color, CHECKS.color) for color in everywhere)
    assert [cell.source for cell in stage.state().multiview] == ["guest1"]
    assert measured(stage) == ({"guest1"}, {"guest1"})


async def test_whoever_waits_is_measured_and_moves_nothing_in_the_multiview(stage: Mixing) -> None:
    await stage.want(listeners=(Listener(name=NAME, sources=(NAME,), place=Place.LOBBY),))
    await stage.are_live(NAME)
    await until(lambda: measured(stage) == ({"guest1", NAME}, {"guest1", NAME}))
    assert [cell.source for cell in stage.state().multiview] == ["guest1"]
    assert not any(near(color, CHECKS.color) for color in await colors(stage))
    await stage.want(listeners=(), sources=(guest("guest1"),))
    await until(lambda: measured(stage) == ({"guest1"}, {"guest1"}))
