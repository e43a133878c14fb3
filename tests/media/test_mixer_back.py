"""Who was away is in his slot again in time, in program's own frames from his first new key frame on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.source import SourceState
from stagedoor.media.packets import Kind, Packet
from tests.kit.listening import Listened, Rgb, listen, reading
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
LARGE = Show(640, 360, color=(30, 160, 60), tone=660, bitrate=600_000)
ONE = scene_of("full", ["guest1"], "one")
SLATE = (0x20, 0x60, 0xA0)
CORNER = ((0.05, 0.5),)
"""Where neither a frame's number nor a slate's name is."""
CAMERA_FRAMES = 15
"""Half a second: for a camera that was off."""
SLOT_FRAMES = 30
"""A second: for whoever was away."""


@dataclass
class Gate:
    """Lets a guest's packets through or not; what comes after a pause begins with a key frame.

    Attributes:
        kinds: What passes.
        came: Program's frame when the first key frame after the last pause came.
    """

    stage: Mixing
    kinds: frozenset[Kind] = frozenset(Kind)
    came: int | None = None
    _waits: bool = field(default=True)

    def shut(self, *kinds: Kind) -> None:
        """Let nothing of these kinds through."""
        self.kinds, self._waits, self.came = frozenset(Kind) - set(kinds), True, None

    def open(self) -> None:
        """Let everything through."""
        self.kinds = frozenset(Kind)

    def __call__(self, packet: Packet) -> Packet | None:
        if packet.track.kind not in self.kinds:
            return None
        if packet.track.kind is Kind.VIDEO and self._waits:
            if not packet.key:
                return None
            self._waits, self.came = False, self.stage.state().frame
        return packet


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        await running.show(ONE, sources=[guest("guest1", color="#2060a0")])
        yield running


async def shows(stage: Mixing, color: Rgb) -> None:
    """Wait until program shows a colour, and somebody who has just come would see it at once."""

    async def so() -> bool:
        seen = await listen(stage.url("program.nut"), 0.1, points=CORNER)
        return all(near(got, color) for (got,) in seen.colors)

    await until(so, 10, interval=0.1, what=f"{color} in program")


@asynccontextmanager
async def watched(stage: Mixing) -> AsyncIterator[Listened]:
    """Have program read while the block lasts, from before its first line on."""
    async with reading(stage.url("program.nut"), points=CORNER) as seen:
        await until(lambda: seen.colors, what="a picture of program")
        yield seen


async def comes_within(seen: Listened, gate: Gate, show: Show, frames: int) -> None:
    """Check that the picture is in program so many frames after its first key frame came."""
    await until(lambda: gate.came is not None, 5, what="a key frame")
    came = gate.came
    assert came is not None
    assert seen.numbers[0] <= came, "it was looked at too late"
    await until(lambda: seen.numbers[-1] > came + frames, 10, what="program until it has to be there")
    # A number may be there a moment before its colours.
    shown = zip(seen.numbers, seen.colors, strict=False)
    found = [number for number, (got,) in shown if near(got, show.color)]
    assert found, f"{show.color} was not there in time"
    assert came < found[0] <= came + frames, (came, found[0])


async def test_a_camera_that_is_switched_on_again_is_seen_within_half_a_second(stage: Mixing) -> None:
    """Its page has sent nothing meanwhile; its microphone was heard all the time."""
    gate = Gate(stage)
    async with playing(stage.studio, "guest1", encode(RED), change=gate):
        await shows(stage, RED.color)
        await stage.want(dark=("guest1",))
        gate.shut(Kind.VIDEO)
        await shows(stage, SLATE)
        async with watched(stage) as seen:
            gate.open()
            await stage.want(dark=())
            await comes_within(seen, gate, RED, CAMERA_FRAMES)


async def test_who_has_stalled_is_back_within_a_second(stage: Mixing) -> None:
    gate = Gate(stage)
    async with playing(stage.studio, "guest1", encode(RED), change=gate):
        await shows(stage, RED.color)
        gate.shut(*Kind)
        await stage.reaches("guest1", SourceState.STALLED)
        await shows(stage, SLATE)
        async with watched(stage) as seen:
            gate.open()
            await comes_within(seen, gate, RED, SLOT_FRAMES)


async def test_who_comes_back_by_another_session_is_back_within_a_second(stage: Mixing) -> None:
    """With a picture of another size."""
    async with playing(stage.studio, "guest1", encode(RED)):
        await shows(stage, RED.color)
    await shows(stage, SLATE)
    gate = Gate(stage)
    async with watched(stage) as seen, playing(stage.studio, "guest1", encode(LARGE), change=gate):
        await comes_within(seen, gate, LARGE, SLOT_FRAMES)
