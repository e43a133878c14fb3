"""A source that stays connected and misbehaves, as program has it frame by frame."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.source import SourceState
from stagedoor.media.packets import Packet
from tests.kit.listening import Listened, listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

RATE = 30
RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
SIZES = (
    Show(320, 180, color=(200, 40, 40), seconds=1, bitrate=300_000),
    Show(640, 360, color=(40, 60, 200), seconds=1, bitrate=300_000),
    Show(180, 320, color=(30, 160, 60), seconds=1, bitrate=300_000),
)
"""One upright among them, which is in the middle of the canvas."""
SLATE = (0x20, 0x60, 0xA0)
ONE = scene_of("full", ["guest1"], "one")
MIDDLE = (0.5, 0.7)
"""Where neither a frame's number nor a slate's name is."""
BITS = tuple(((bit + 0.5) / 16, 0.5 / 9) for bit in range(7))
"""Where the canvas has the lowest bits of the number that each picture of the source carries."""
HELD = range(RATE * 3 // 2, RATE * 3)
"""Program's frames with the last picture: 2 s from when it came, which is before it is shown."""
BACK = 2 * RATE
"""Program's frames until it is seen again: a second, and as much until the next key frame."""


class Way(StrEnum):
    """What becomes of the packets on their way."""

    WHOLE = "whole"
    NOTHING = "nothing"
    GARBAGE = "garbage"


@dataclass
class Line:
    """What a source's packets come by."""

    way: Way = Way.WHOLE
    _random: random.Random = field(default_factory=lambda: random.Random(1))

    def carry(self, packet: Packet) -> Packet | None:
        """What comes of a packet."""
        match self.way:
            case Way.WHOLE:
                return packet
            case Way.NOTHING:
                return None
            case Way.GARBAGE:
                return replace(packet, data=self._random.randbytes(len(packet.data)))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        await running.show(ONE, sources=[guest("guest1", "Ada", "#2060a0")])
        yield running


async def frames(stage: Mixing, count: int) -> int:
    """Wait for so many frames of program; the number of the last."""
    begun = stage.state().frame
    await until(lambda: stage.state().frame >= begun + count, 10)
    return stage.state().frame


async def watching(stage: Mixing, seconds: float) -> "asyncio.Task[Listened]":
    """Begin to look at program; return when somebody reads it."""
    task = asyncio.create_task(listen(stage.url("program.nut"), seconds, points=(MIDDLE, *BITS)))
    await until(lambda: stage.studio.parts.hub.status("program").readers, 10)
    return task


def drawn(seen: Listened) -> dict[int, int]:
    """By program's frame the number that is drawn in it; frames without this source are left out."""
    return {
        number: sum(1 << bit for bit, color in enumerate(bits) if color[0] > 128)
        for number, (middle, *bits) in zip(seen.numbers, seen.colors, strict=True)
        if near(middle, RED.color)
    }


def news(seen: Listened) -> list[int]:
    """The frames that have another picture than the one before them."""
    shown = drawn(seen)
    return [number for number in shown if shown.get(number - 1, shown[number]) != shown[number]]


def first_new(seen: Listened, begin: int) -> int:
    """The first frame from `begin` on with a new picture."""
    return min(number for number in news(seen) if number >= begin)


def last_new(seen: Listened, end: int) -> int:
    """The last frame before `end` with a new picture."""
    return max(number for number in news(seen) if number < end)


async def test_a_size_that_changes_each_second_costs_program_nothing(stage: Mixing) -> None:
    async with playing(stage.studio, "guest1", *map(encode, SIZES)):
        await stage.are_live("guest1")
        seen = await (await watching(stage, 4.5))
        sizes = {(stage.source("guest1").width, stage.source("guest1").height)}
    assert sizes <= {(show.width, show.height) for show in SIZES}
    assert seen.missing <= stage.left_out()
    middles = [middle for middle, *_ in seen.colors[RATE:]]
    shown = [next((show for show in SIZES if near(color, show.color)), None) for color in middles]
    assert None not in shown, "neither a slate nor half a picture"
    changes = [pair for pair in zip(shown, shown[1:], strict=False) if pair[0] is not pair[1]]
    assert len(changes) >= 2, shown
    assert seen.loudest_db(440) > -14


async def test_a_source_that_freezes_and_then_sends_garbage_comes_back(stage: Mixing) -> None:
    """Its last picture stands for 2 s, then its slate; it is back with its next key frame."""
    line = Line()
    async with playing(stage.studio, "guest1", encode(RED), change=line.carry):
        await stage.are_live("guest1")
        task = await watching(stage, 9.0)
        froze = await frames(stage, RATE)
        line.way = Way.NOTHING
        await stage.reaches("guest1", SourceState.STALLED)
        assert stage.studio.parts.hub.owner("guest1") is not None
        await frames(stage, 3 * RATE)
        line.way, thawed = Way.WHOLE, stage.state().frame
        await stage.reaches("guest1", SourceState.LIVE)
        await frames(stage, RATE)
        line.way = Way.GARBAGE
        mended = await frames(stage, RATE)
        line.way = Way.WHOLE
        seen = await task
        lost = stage.left_out()
        await comes_back(stage)
    assert seen.missing <= lost
    slates = [
        number
        for number, (middle, *_) in zip(seen.numbers, seen.colors, strict=True)
        if number > froze and near(middle, SLATE)
    ]
    assert slates[0] - last_new(seen, slates[0]) in HELD, slates
    assert slates[-1] >= thawed - 1, "the slate stands until something comes"
    assert first_new(seen, thawed) - thawed <= BACK + lost
    assert first_new(seen, mended) - mended <= BACK + lost


async def comes_back(stage: Mixing) -> None:
    """Wait until program shows and sounds as the source does."""

    async def is_right() -> bool:
        seen = await listen(stage.url("program.nut"), 1.5, points=(MIDDLE, *BITS))
        steps = len(set(drawn(seen).values()))
        return steps > RATE // 2 and seen.level_db(RED.tone, len(seen.sound) / 48_000 - 0.5, 0.5) > -14

    await until(is_right, 20, what="the guest as they are")
