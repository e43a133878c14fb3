"""Transitions as program's viewers have them, picture by picture: by themselves and by hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

from stagedoor.domain.scene import Fit, Rect, Scene, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.transition import Direction, Transition, TransitionKind
from stagedoor.ipc.switching import Applied
from tests.kit.listening import Rgb, listen
from tests.kit.mixing import Mixing, mixing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

FRAMES = 20
RED, GREEN, BLUE, WHITE, YELLOW = (200, 40, 40), (40, 160, 60), (40, 60, 200), (220, 220, 220), (200, 180, 40)
COLORS = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
PLACES = tuple((1 + 2 * number) / 2 / FRAMES for number in range(FRAMES))
"""From left to right, half way between where a moving edge is in one frame and in the next."""

Wanted = Callable[[float, float], Rgb]
"""What is to be seen at a place, at a position of the transition."""


def paint(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def halves(id: str, left: str, right: str) -> Scene:
    """Two colours side by side, so that it is seen whether they move."""
    slots = (
        Slot(left, Rect(0, 0, 0.5, 1), fit=Fit.STRETCH),
        Slot(right, Rect(0.5, 0, 0.5, 1), fit=Fit.STRETCH),
    )
    return Scene(id, slots=slots)


SOURCES = tuple(Source(name, SourceKind.COLOR, color=paint(color)) for name, color in COLORS.items())
OLD, NEW = halves("old", "red", "green"), halves("new", "blue", "white")


def old(place: float) -> Rgb:
    return RED if place < 0.5 else GREEN


def new(place: float) -> Rgb:
    return BLUE if place < 0.5 else WHITE


def blend(above: Rgb, below: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(above, below, strict=True))
    return red, green, blue


def mixed(place: float, position: float) -> Rgb:
    return blend(new(place), old(place), position)


def dipped(place: float, position: float) -> Rgb:
    shown = old(place) if position < 0.5 else new(place)
    return blend(shown, YELLOW, abs(1 - 2 * position))


def wiped(place: float, position: float) -> Rgb:
    return new(place) if place < position else old(place)


def wiped_to_the_left(place: float, position: float) -> Rgb:
    return new(place) if place > 1 - position else old(place)


def pushed(place: float, position: float) -> Rgb:
    return old(place + position) if place + position < 1 else new(place + position - 1)


@dataclass(frozen=True)
class Seen:
    """Program around something that was done.

    Attributes:
        pictures: The colours at all places, by frame number.
        late: By how many frames a picture may be behind, as the mixer says: the machine was too busy to draw.
    """

    pictures: dict[int, tuple[Rgb, ...]]
    late: int

    def step(self, frame: int, wanted: Wanted, steps: Iterable[int]) -> int | None:
        """Return which of these steps of a transition a frame shows; None where it is none of them."""
        got = list(zip(self.pictures[frame], PLACES, strict=True))
        return next(
            (step for step in steps if all(near(seen, wanted(at, step / FRAMES)) for seen, at in got)), None
        )


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        await running.show(OLD, NEW, sources=SOURCES)
        yield running


async def during(stage: Mixing, act: Callable[[], Awaitable[Applied]]) -> tuple[Applied, Seen]:
    """Do something while program is watched, and watch for longer than a transition takes."""
    before = stage.state().timing.repeated_frames
    points = tuple((place, 0.5) for place in PLACES)
    watching = asyncio.create_task(listen(stage.url("program.nut"), 3.0, points=points))
    await until(lambda: stage.studio.parts.hub.status("program").readers)
    frame = stage.state().frame
    await until(lambda: stage.state().frame > frame + 5)
    applied = await act()
    seen = await watching
    assert seen.missing <= stage.left_out()
    late = stage.state().timing.repeated_frames - before
    return applied, Seen(dict(zip(seen.numbers, seen.colors, strict=True)), late)


@pytest.mark.parametrize(
    ("kind", "direction", "wanted"),
    [
        (TransitionKind.DIP, None, dipped),
        (TransitionKind.WIPE, None, wiped),
        (TransitionKind.WIPE, Direction.LEFT, wiped_to_the_left),
        (TransitionKind.PUSH, None, pushed),
    ],
)
async def test_each_frame_is_a_step(
    stage: Mixing, kind: TransitionKind, direction: Direction | None, wanted: Wanted
) -> None:
    """From the last frame of the old scene to the first of the new one, which is then on program."""
    transition = Transition(kind, FRAMES, paint(YELLOW), direction)
    begun, seen = await during(stage, lambda: stage.engine.auto(transition))
    for number in range(FRAMES + 2):
        step = min(number, FRAMES)
        allowed = range(step, max(0, step - seen.late) - 1, -1)
        frame = begun.frame - 1 + number
        assert seen.step(frame, wanted, allowed) is not None, (step, seen.late, seen.pictures[frame])
    await until(lambda: stage.state().program == "new" and stage.state().preview == "old")


@pytest.mark.parametrize(("kind", "wanted"), [(TransitionKind.MIX, mixed), (TransitionKind.WIPE, wiped)])
async def test_by_hand_it_stands_where_the_bar_does(
    stage: Mixing, kind: TransitionKind, wanted: Wanted
) -> None:
    """Forward, back a little, and over the end: program then is the new scene, and the bar rests."""
    await stage.want(transition=Transition(kind))
    moved: list[tuple[int, int]] = []

    async def by_hand() -> Applied:
        for step in (4, 14, 9):
            applied = await stage.engine.tbar(step / FRAMES)
            moved.append((step, applied.frame))
            await until(lambda at=applied.frame: stage.state().frame > at + 8)  # type: ignore[misc]
        assert stage.state().position == pytest.approx(9 / FRAMES)
        return await stage.engine.tbar(1.0)

    over, seen = await during(stage, by_hand)
    moved.append((FRAMES, over.frame))
    shown = [(frame, seen.step(frame, wanted, (0, *(step for step, _ in moved)))) for frame in seen.pictures]
    first = {step: min(frame for frame, found in shown if found == step) for step, _ in moved}
    assert [step for step, _ in groupby(found for _, found in shown)] == [0, *first]
    for step, frame in moved:
        assert frame <= first[step] <= frame + seen.late, (step, frame, first)
    assert (over.program, over.preview) == ("new", "old")
