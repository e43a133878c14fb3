"""A screen share that ends, in slots that say what they show then and in one that does not."""

import asyncio
from pathlib import Path

import pytest

from stagedoor.domain.hearing import Place
from stagedoor.domain.scene import Fit, Rect, Scene, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.cuts import Cut
from stagedoor.ipc.mixer import Listener
from tests.kit.listening import Listened, listen
from tests.kit.mixing import mixing
from tests.kit.show import Show, encode
from tests.kit.takes import take_of
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
BLUE, GREEN = (40, 60, 200), (30, 160, 60)
SHARE = Source("guest1-screen", SourceKind.GUEST, "Ada", "#2060a0", "guest1-screen", if_gone="green")
CARDS = [
    Source(name, SourceKind.COLOR, color=f"#{bytes(rgb).hex()}")
    for name, rgb in (("blue", BLUE), ("green", GREEN))
]
LEFT = Slot("guest1-screen", Rect(0, 0, 0.5, 1), fit=Fit.STRETCH, if_gone="blue")
RIGHT = Slot("guest1-screen", Rect(0.5, 0, 0.5, 1), fit=Fit.STRETCH)
SLIDES = Scene("slides", slots=(LEFT, RIGHT))
ELSEWHERE = Scene("elsewhere", slots=(RIGHT,))
SIDES = ((0.02, 0.5), (0.98, 0.5))
"""Where neither a frame's number nor a slate's name is."""
ADA = Listener(name="guest1", sources=("guest1", "guest1-screen"), place=Place.SEATED)


def parted(seen: Listened, frame: int) -> tuple[list[bool], list[bool]]:
    """Whether each frame before one shows the share twice, and from it on what stands in for it."""
    colors = list(zip(seen.numbers, seen.colors, strict=True))
    before = [all(near(color, RED.color) for color in sides) for number, sides in colors if number < frame]
    after = [near(a, BLUE) and near(b, GREEN) for number, (a, b) in colors if number >= frame]
    assert all((before, after)), "it was looked at too early or too late"
    return before, after


async def test_the_slots_own_choice_wins_and_everything_goes_by_it(tmp_path: Path) -> None:
    async with mixing(tmp_path) as stage, playing(stage.studio, "guest1-screen", encode(RED)):
        hub = stage.studio.parts.hub
        await stage.show(
            SLIDES, ELSEWHERE, sources=[SHARE, *CARDS], listeners=(ADA,), recording=take_of(tmp_path)
        )
        await stage.are_live("guest1-screen")
        await until(lambda: stage.state().on_program == ("guest1-screen",))
        listening = asyncio.create_task(listen(stage.url("program.nut"), 2.0, points=SIDES))
        await until(lambda: hub.status("program").readers)
        frame = stage.state().frame
        await until(lambda: stage.state().frame > frame + 15)
        applied = await stage.want(ended=("guest1-screen",))
        before, after = parted(await listening, applied.frame)
        assert before[-1]
        assert all(after)
        now = stage.state()
        # The scene names the blue card, the share itself the green one.
        assert set(now.on_program) == {"guest1-screen", "blue", "green"}
        assert now.on_preview == ("green",)
        assert "blue" in now.heard
        assert "green" not in now.heard
        await stage.want(recording=None, ended=())
        await until(lambda: stage.state().on_program == ("guest1-screen",))
    lines = (tmp_path / "take" / "cuts.jsonl").read_text().splitlines()
    cuts = [Cut.model_validate_json(line) for line in lines]
    (gone,) = [cut for cut in cuts if cut.frame == applied.frame]
    assert gone.layers == ("blue", "guest1-screen")
    assert [(each.source, each.slot_of) for each in gone.sources] == [
        ("blue", ""),
        ("green", "guest1-screen"),
    ]
