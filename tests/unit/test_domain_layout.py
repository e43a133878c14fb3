"""The built-in layouts and the scenes made of them."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.errors import NotFoundError
from stagedoor.domain.layout import LAYOUTS, Corner, ready_scenes, scene_of
from stagedoor.domain.limits import check_scene, check_scenes
from stagedoor.domain.regions import common
from stagedoor.domain.scene import MAX_SLOTS, Fit, Rect, Scene

pytestmark = pytest.mark.unit

IDS = {
    "full", "two_up", "three_up", "quad", "grid", "top_bottom", "interview", "main_two_side",
    "main_three_corners", "pip", "speaker_focus", "presentation_focus", "presentation_speaker",
    "presentation_pip", "strip",
}  # fmt: skip
LIE_ABOVE = {"main_three_corners", "pip", "presentation_pip"}
NEAR = 1e-9

layouts = st.sampled_from(sorted(LAYOUTS))
counts = st.integers(0, 80)


def made(layout: str, count: int, corner: Corner = Corner.BOTTOM_RIGHT) -> Scene:
    return scene_of(layout, [f"guest{n + 1}" for n in range(count)], "s", corner=corner)


def rects(layout: str, count: int) -> list[Rect]:
    return [slot.rect for slot in made(layout, count).slots]


def test_they_have_the_names_that_were_agreed() -> None:
    assert set(LAYOUTS) == IDS
    assert all(layout.id == id for id, layout in LAYOUTS.items())
    assert (LAYOUTS["two_up"].label, LAYOUTS["quad"].label) == ("Two Up", "Quad")
    assert len({layout.label for layout in LAYOUTS.values()}) == len(LAYOUTS)


def test_one_that_is_not_there_is_said_to_be() -> None:
    with pytest.raises(NotFoundError) as refusal:
        scene_of("hexagon", ["guest1"], "s")
    assert refusal.value.code == "layout_unknown"


@given(layouts, counts)
def test_each_source_has_a_slot_on_the_canvas_as_long_as_there_is_room(layout: str, count: int) -> None:
    scene = made(layout, count)
    assert [slot.source for slot in scene.slots] == [
        f"guest{n + 1}" for n in range(min(count, LAYOUTS[layout].most))
    ]
    for slot in scene.slots:
        assert slot.rect.width > 0
        assert slot.rect.height > 0
        assert slot.rect.x >= -NEAR
        assert slot.rect.y >= -NEAR
        assert slot.rect.right <= 1 + NEAR
        assert slot.rect.bottom <= 1 + NEAR
    check_scene(scene)


@given(layouts, counts)
def test_slots_overlap_only_where_small_pictures_lie_on_a_large_one(layout: str, count: int) -> None:
    slots = made(layout, count).slots
    for low, high in combinations(slots, 2):
        if common(low.rect, high.rect) is not None:
            assert layout in LIE_ABOVE
            assert low.rect == Rect()
            assert high.z > low.z


@given(st.integers(1, MAX_SLOTS))
def test_a_grids_pictures_are_whole_equal_and_as_large_as_can_be(count: int) -> None:
    sides = {round(side, 9) for rect in rects("grid", count) for side in (rect.width, rect.height)}
    best = max(min(1 / columns, 1 / -(-count // columns)) for columns in range(1, count + 1))
    assert sides == {round(best, 9)}


def test_values() -> None:
    assert rects("full", 1) == [Rect()]
    assert rects("quad", 4) == rects("grid", 4)
    assert rects("quad", 4)[3] == Rect(0.5, 0.5, 0.5, 0.5)
    assert rects("interview", 2) == [Rect(0, 0, 0.5, 1), Rect(0.5, 0, 0.5, 1)]
    assert rects("speaker_focus", 2) == [Rect(0, 0.125, 0.75, 0.75), Rect(0.75, 0.375, 0.25, 0.25)]
    assert rects("grid", 3)[2] == Rect(0.25, 0.5, 0.5, 0.5)
    assert rects("strip", 4)[1] == Rect(0.25, 0.375, 0.25, 0.25)


@pytest.mark.parametrize("layout", ["pip", "presentation_pip"])
def test_the_small_picture_goes_to_any_corner(layout: str) -> None:
    small = {corner: made(layout, 2, corner).slots[1] for corner in Corner}
    assert len({slot.rect for slot in small.values()}) == 4
    assert small[Corner.TOP_LEFT].rect.x == small[Corner.TOP_LEFT].rect.y == 0.02
    assert small[Corner.BOTTOM_RIGHT].rect.right == pytest.approx(0.98)
    assert {slot.z for slot in small.values()} == {1}


@pytest.mark.parametrize("layout", sorted(id for id in IDS if id.startswith("presentation")))
def test_nothing_is_cut_off_slides(layout: str) -> None:
    assert made(layout, 2).slots[0].fit is Fit.CONTAIN


@given(st.integers(1, 64))
def test_ready_scenes_show_every_seat_alone_and_may_be_stored(count: int) -> None:
    seats = {f"guest{n + 1}": f"Guest {n + 1}" for n in range(count)}
    scenes = ready_scenes(seats)
    check_scenes(scenes)
    alone = [scene for scene in scenes if scene.id.startswith("full-")]
    assert [(scene.visible, scene.label) for scene in alone] == [
        (frozenset({name}), label) for name, label in seats.items()
    ]
    assert scenes[0] is alone[0]
    together = [scene for scene in scenes if "-" not in scene.id]
    assert all(len(scene.slots) == LAYOUTS[scene.id].most or scene.id == "grid" for scene in together)


def test_ready_scenes_of_four_seats() -> None:
    ids = [scene.id for scene in ready_scenes(dict.fromkeys(("guest1", "guest2", "guest3", "guest4"), ""))]
    assert {"full-guest1", "two_up", "three_up", "quad", "pip", "interview", "screen-guest4"} <= set(ids)
    assert "grid" not in ids
