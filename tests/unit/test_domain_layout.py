"""The built-in layouts and the scenes made of them."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.errors import NotFoundError
from stagedoor.domain.geometry import boxed
from stagedoor.domain.layout import LAYOUTS, Corner, on_second, packed, ready_scenes, scene_of
from stagedoor.domain.limits import check_scene, check_scenes
from stagedoor.domain.regions import common
from stagedoor.domain.scene import MAX_SLOTS, Border, Crop, Fit, Rect, Scene, Slot
from tests.kit.scenes import scenes

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


TALL, WIDE, SQUARE = 9 / 16, 16 / 9, 1.0


def on(shape: float, layout: str, count: int) -> dict[str, Rect]:
    """Where a built-in layout's sources go on another canvas, in their order there."""
    return {slot.source: slot.rect for slot in on_second(made(layout, count), shape).slots}


def test_values_on_a_second_canvas() -> None:
    assert on(TALL, "full", 1) == {"guest1": Rect()}
    halves = {"guest1": Rect(0, 0, 1, 0.5), "guest2": Rect(0, 0.5, 1, 0.5)}
    assert on(TALL, "two_up", 2) == on(TALL, "interview", 2) == on(TALL, "pip", 2) == halves
    assert on(WIDE, "pip", 2) == {"guest1": Rect(0, 0, 0.5, 1), "guest2": Rect(0.5, 0, 0.5, 1)}
    assert list(on(TALL, "quad", 4).values()) == [Rect(0, n / 4, 1, 1 / 4) for n in range(4)]
    assert on(WIDE, "quad", 4)["guest4"] == Rect(0.5, 0.5, 0.5, 0.5)
    assert on(TALL, "grid", 5)["guest5"] == Rect(0, 2 / 3, 1, 1 / 3), "a row that is not full is wider"
    assert on(SQUARE, "three_up", 3)["guest3"] == Rect(0, 0.5, 1, 0.5)
    assert on(TALL, "main_three_corners", 4)["guest1"] == Rect(0, 0, 1, 0.5)


def test_the_large_picture_is_first_wherever_it_is_in_the_scene() -> None:
    small, large = Slot("small", Rect(0.7, 0.7, 0.28, 0.28), z=1), Slot("large")
    for slots in ((small, large), (large, small)):
        assert [slot.source for slot in packed(slots, TALL)] == ["large", "small"]
    twice = (Slot("below"), Slot("above"))
    assert [slot.source for slot in packed(twice, TALL)] == ["below", "above"], "neither lies on the other"


def test_a_slot_keeps_all_but_its_place() -> None:
    slot = Slot(
        "guest1", Rect(0.1, 0.1, 0.2, 0.2), 3, 0.5, Crop(0.1), Fit.CONTAIN, Border(0.01), 0.1, label=True
    )
    (there,) = packed([slot, Slot("away", Rect(1, 0)), Slot("gone", alpha=0)], TALL)
    assert there == Slot("guest1", Rect(), 3, 0.5, Crop(0.1), Fit.CONTAIN, Border(0.01), 0.1, label=True)


def test_a_scene_may_have_slots_of_its_own_for_it() -> None:
    own = (Slot("guest2", Rect(0, 0, 1, 0.3)),)
    scene = Scene("s", background="logo", slots=(Slot("guest1"),), second=own)
    assert on_second(scene, TALL) == Scene("s", background="logo", slots=own)
    assert scene.visible == {"logo", "guest1"}
    assert scene.visible_on_second == {"logo", "guest2"}
    assert on_second(Scene("s", slots=(Slot("guest1"),), second=()), TALL).slots == ()


@given(scenes, st.integers(90, 640), st.integers(90, 640))
def test_what_is_packed_anew_fills_the_canvas_and_overlaps_nowhere(
    scene: Scene, width: int, height: int
) -> None:
    width, height = 2 * width, 2 * height
    there = on_second(scene, width / height)
    assert there.visible == scene.visible == scene.visible_on_second
    assert there.background == scene.background
    boxes = [boxed(slot.rect, width, height) for slot in there.slots]
    assert all(box.within(boxed(Rect(), width, height)) == box for box in boxes)
    assert not any(a.within(b).width for a, b in combinations(boxes, 2))
    assert sum(box.width * box.height for box in boxes) == (width * height if boxes else 0)
    check_scene(there)
