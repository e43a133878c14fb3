"""Tally: program before preview before off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.scene import Rect, Scene, Slot
from stagedoor.domain.tally import Tally, greatest, tallies, tally

pytestmark = pytest.mark.unit

names = st.sampled_from(["guest1", "guest1-screen", "guest2"])


@given(st.lists(names), st.frozensets(names), st.frozensets(names))
def test_program_counts_before_preview(
    sources: list[str], program: frozenset[str], preview: frozenset[str]
) -> None:
    found = tallies(sources, program, preview)
    assert set(found) == set(sources)
    for source, light in found.items():
        assert (light is Tally.PROGRAM) is (source in program)
        assert (light is Tally.OFF) is (source not in program | preview)


def test_a_guests_is_the_greatest_of_camera_and_screen() -> None:
    lights = tallies(["guest1", "guest1-screen"], {"guest1-screen"}, {"guest1"})
    assert lights == {"guest1": Tally.PREVIEW, "guest1-screen": Tally.PROGRAM}
    assert greatest(lights.values()) is Tally.PROGRAM
    assert greatest([Tally.OFF, Tally.PREVIEW]) is Tally.PREVIEW
    assert greatest([]) is Tally.OFF
    assert tally("guest3", {"guest1"}, {"guest2"}) is Tally.OFF


def test_what_a_scene_shows() -> None:
    outside, clear, none = Rect(1, 0, 1, 1), Slot("b", alpha=0), Slot("c", Rect(width=0))
    scene = Scene("s", background="logo", slots=(Slot("a", outside), clear, none, Slot("d"), Slot("e", z=1)))
    assert scene.visible == {"logo", "d", "e"}
    assert [slot.source for slot in scene.stack][0] == "logo"
    assert Scene("s", background="#203040").visible == frozenset()
