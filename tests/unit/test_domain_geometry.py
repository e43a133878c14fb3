"""Where pictures go on a canvas, by value and by chance."""

from dataclasses import astuple, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.geometry import (
    MAX_SCALED,
    NOWHERE,
    Box,
    Part,
    Placement,
    boxed,
    interpolated,
    placed,
    reduced,
)
from stagedoor.domain.scene import Border, Crop, Fit, Rect, Slot
from tests.kit import scenes

pytestmark = pytest.mark.unit

CANVAS = (1920, 1080)
LEFT_HALF = Rect(0, 0, 0.5, 1)
TOP_HALF = Rect(0, 0, 1, 0.5)

canvases = st.tuples(st.integers(80, 1920), st.integers(45, 1080)).map(lambda s: (s[0] * 2, s[1] * 2))
pictures = st.tuples(st.integers(1, 7680), st.integers(1, 4320))
wild = st.floats(allow_nan=False, allow_infinity=False)
wild_slots = st.builds(
    Slot,
    source=st.just("guest1"),
    rect=st.builds(Rect, wild, wild, wild, wild),
    crop=st.builds(Crop, wild, wild, wild, wild),
    fit=st.sampled_from(Fit),
)


def place(slot: Slot, picture: tuple[int, int] = CANVAS, canvas: tuple[int, int] = CANVAS) -> Placement:
    placement = placed(slot, *canvas, *picture)
    assert placement is not None
    return placement


def slot(rect: Rect, fit: Fit = Fit.AUTO, crop: Crop = Crop()) -> Slot:  # noqa: B008
    return Slot("guest1", rect, fit=fit, crop=crop)


def numbers(slot: Slot) -> tuple[float, ...]:
    return (*astuple(slot.rect), slot.alpha, *astuple(slot.crop), slot.border.width, slot.radius)


class TestByValue:
    def test_a_picture_of_the_canvas_fills_it_unchanged(self) -> None:
        whole = Box(0, 0, 1920, 1080)
        wanted = Placement(whole, whole, 1920, 1080, whole, whole, ground=False, part=Part(whole, whole))
        assert place(slot(Rect())) == wanted

    def test_cover_cuts_at_both_sides_alike(self) -> None:
        placement = place(slot(LEFT_HALF, Fit.COVER))
        assert (placement.scaled_width, placement.scaled_height) == (1920, 1080)
        assert placement.window == Box(480, 0, 960, 1080)
        assert not placement.ground

    def test_contain_shows_all_in_the_middle_on_a_ground(self) -> None:
        placement = place(slot(LEFT_HALF, Fit.CONTAIN))
        assert (placement.scaled_width, placement.scaled_height) == (960, 540)
        assert placement.window == Box(0, 0, 960, 540)
        assert placement.picture == Box(0, 270, 960, 540)
        assert placement.ground

    def test_stretch_takes_the_slots_shape(self) -> None:
        placement = place(slot(LEFT_HALF, Fit.STRETCH))
        assert (placement.scaled_width, placement.scaled_height) == (960, 1080)
        assert placement.window == placement.picture == Box(0, 0, 960, 1080)

    @pytest.mark.parametrize(
        ("rect", "picture", "contained"),
        [
            (LEFT_HALF, (1920, 1080), False),  # half of its width would be cut, and none of its height
            (TOP_HALF, (1920, 1080), True),
            (Rect(), (1080, 1920), True),
            (Rect(), (1440, 1080), False),
            (Rect(), (1920, 1660), False),
            (Rect(), (1920, 1664), True),
        ],
    )
    def test_auto_contains_where_much_of_the_height_would_be_cut(
        self, rect: Rect, picture: tuple[int, int], contained: bool
    ) -> None:
        chosen = place(slot(rect), picture)
        assert chosen == place(slot(rect, Fit.CONTAIN if contained else Fit.COVER), picture)
        assert chosen.ground is contained

    def test_of_a_small_crop_only_that_is_scaled(self) -> None:
        part = place(slot(Rect(), crop=Crop(left=0.5, bottom=0.5))).part
        assert part == Part(Box(956, 0, 964, 544), Box(1912, 0, 1928, 1088))

    def test_most_of_a_picture_is_scaled_as_a_whole(self) -> None:
        part = place(slot(Rect(), crop=Crop(left=0.1))).part
        assert (part.region, part.at.x) == (Box(0, 0, 1920, 1080), 0)

    def test_a_picture_that_need_not_be_scaled_is_not_taken_apart(self) -> None:
        assert place(slot(LEFT_HALF, Fit.COVER)).part.region == Box(0, 0, 1920, 1080)

    def test_the_part_of_a_slot_that_moves_stays_the_same(self) -> None:
        crop = Crop(0.25, 0.25, 0.25, 0.25)
        parts = {place(slot(Rect(x / 10, 0, 0.5, 0.5), crop=crop)).part for x in range(-4, 10)}
        assert len(parts) == 1

    def test_the_crop_comes_first(self) -> None:
        placement = place(slot(Rect(), crop=Crop(left=0.5, bottom=0.5)))
        assert (placement.scaled_width, placement.scaled_height) == (3840, 2160)
        assert placement.window == Box(1920, 0, 1920, 1080)

    def test_a_close_zoom_ends_at_the_largest_size_with_its_shape_and_its_crop(self) -> None:
        placement = place(slot(Rect(), Fit.COVER, Crop(left=0.97)), (500, 4000))
        assert (placement.scaled_width, placement.scaled_height) == (4096, 32_768)
        assert (placement.window.x, placement.window.width) == (3974, 122)
        assert placement.ground

    def test_what_lies_outside_the_canvas_is_cut_and_moves_the_window(self) -> None:
        placement = place(slot(Rect(-0.25, 0.5, 0.5, 0.5)))
        assert placement.whole == Box(-480, 540, 960, 540)
        assert placement.box == Box(0, 540, 480, 540)
        assert placement.window == Box(480, 0, 480, 540)
        assert placement.picture == Box(0, 0, 480, 540)

    def test_a_box_may_show_ground_alone(self) -> None:
        placement = place(slot(Rect(0.9, 0, 0.5, 0.5), Fit.CONTAIN), (108, 1920))
        assert (placement.box, placement.picture) == (Box(1728, 0, 192, 540), NOWHERE)
        assert placement.ground

    def test_a_hairline_is_no_ground(self) -> None:
        assert not place(slot(Rect(), Fit.CONTAIN), (1920, 1088)).ground

    @pytest.mark.parametrize(
        "nothing",
        [
            slot(Rect(0, 0, 0, 1)),
            slot(Rect(0, 0, 1, -1)),
            slot(Rect(1, 0, 1, 1)),
            slot(Rect(0, -1, 1, 1)),
            slot(Rect(0, 0, 0.0001, 1)),
            slot(Rect(), crop=Crop(left=0.5, right=0.5)),
            slot(Rect(), crop=Crop(top=0.7, bottom=0.7)),
        ],
    )
    def test_there_may_be_nothing_to_draw(self, nothing: Slot) -> None:
        assert placed(nothing, *CANVAS, *CANVAS) is None

    def test_a_picture_without_size_is_nothing(self) -> None:
        assert placed(slot(Rect()), *CANVAS, 0, 1080) is None

    def test_thirds_touch(self) -> None:
        left, middle, right = (boxed(Rect(n / 3, 0, 1 / 3, 1), 1280, 720) for n in range(3))
        assert (left.right, middle.right, right.right) == (middle.x, right.x, 1280)


class TestByChance:
    @given(st.one_of(wild_slots, scenes.slots), canvases, pictures)
    def test_what_is_drawn_fits_and_is_even(
        self, slot: Slot, canvas: tuple[int, int], picture: tuple[int, int]
    ) -> None:
        placement = placed(slot, *canvas, *picture)
        if placement is None:
            return
        width, height = placement.scaled_width, placement.scaled_height
        box, window, shown = placement.box, placement.window, placement.picture
        boxes = (box, placement.whole, window, shown)
        numbers = [n for each in boxes for n in (each.x, each.y, each.width, each.height)]
        assert all(n % 2 == 0 for n in (*numbers, width, height))
        assert 2 <= width <= MAX_SCALED
        assert 2 <= height <= MAX_SCALED
        assert box.width > 0
        assert box.height > 0
        assert box.within(Box(0, 0, *canvas)) == box.within(placement.whole) == box
        assert (window.width, window.height) == (shown.width, shown.height)
        if window != NOWHERE:
            assert window.within(Box(0, 0, width, height)) == window
            assert shown.within(Box(0, 0, box.width, box.height)) == shown
        assert placement.ground is ((shown.width, shown.height) != (box.width, box.height))

    @given(scenes.rects, st.sampled_from([Fit.COVER, Fit.STRETCH]), pictures)
    def test_cover_and_stretch_leave_no_ground(self, rect: Rect, fit: Fit, picture: tuple[int, int]) -> None:
        placement = placed(slot(rect, fit), 1280, 720, *picture)
        too_long = max(picture) / min(picture) * 1280 > MAX_SCALED
        assert placement is None or not placement.ground or too_long

    @given(scenes.rects, pictures)
    def test_contain_shows_all_that_is_on_the_canvas(self, rect: Rect, picture: tuple[int, int]) -> None:
        inside = Rect(abs(rect.x) / 2, abs(rect.y) / 2, rect.width / 2, rect.height / 2)
        placement = placed(slot(inside, Fit.CONTAIN), *CANVAS, *picture)
        if placement is not None:
            assert placement.window == Box(0, 0, placement.scaled_width, placement.scaled_height)

    @given(scenes.slots, st.sampled_from([Fit.COVER, Fit.CONTAIN]), pictures)
    def test_a_picture_keeps_its_shape(self, slot: Slot, fit: Fit, picture: tuple[int, int]) -> None:
        placement = placed(replace(slot, fit=fit), *CANVAS, *picture)
        if placement is None:
            return
        wide, high = placement.scaled_width / picture[0], placement.scaled_height / picture[1]
        rounding = 1 / picture[0] + 1 / picture[1]
        hairline, least = 0.011 * max(wide, high), 2 / min(picture)
        assert abs(wide - high) <= rounding + hairline + least

    @given(scenes.crops, st.sampled_from(Fit))
    def test_nothing_that_is_cropped_away_is_seen(self, crop: Crop, fit: Fit) -> None:
        placement = place(slot(Rect(), fit, crop))
        width, height, window = placement.scaled_width, placement.scaled_height, placement.window
        one_pair = 2
        assert window.x >= crop.left * width - one_pair
        assert window.right <= (1 - crop.right) * width + one_pair
        assert window.y >= crop.top * height - one_pair
        assert window.bottom <= (1 - crop.bottom) * height + one_pair


class TestParts:
    @given(st.one_of(wild_slots, scenes.slots), canvases, pictures)
    def test_all_that_is_seen_is_in_the_part(
        self, slot: Slot, canvas: tuple[int, int], picture: tuple[int, int]
    ) -> None:
        placement = placed(slot, *canvas, *picture)
        if placement is None:
            return
        region, at, window = placement.part.region, placement.part.at, placement.window
        assert region.within(Box(0, 0, *picture)) == region
        assert min(region.width, region.height) > 0
        assert all(n % 2 == 0 for n in (at.x, at.y, at.width, at.height))
        if window != NOWHERE:
            assert window.within(at) == window
        is_whole = region == Box(0, 0, *picture)
        assert is_whole or all(n % 2 == 0 for n in (region.x, region.y, region.width, region.height))

    @given(st.one_of(wild_slots, scenes.slots), canvases, pictures)
    def test_the_part_is_scaled_as_the_whole_would_be(
        self, slot: Slot, canvas: tuple[int, int], picture: tuple[int, int]
    ) -> None:
        placement = placed(slot, *canvas, *picture)
        if placement is None or min(picture) < 8:
            return
        region, at = placement.part.region, placement.part.at
        for first, length, at_first, at_length, scaled, whole in (
            (region.x, region.width, at.x, at.width, placement.scaled_width, picture[0]),
            (region.y, region.height, at.y, at.height, placement.scaled_height, picture[1]),
        ):
            scale = scaled / whole
            assert abs(at_first - first * scale) <= 2 + 2 * scale
            assert abs(at_length - length * scale) <= 4 + 4 * scale

    @given(scenes.slots, pictures)
    def test_no_more_is_scaled_than_is_worth_it(self, slot: Slot, picture: tuple[int, int]) -> None:
        placement = placed(slot, *CANVAS, *picture)
        if placement is not None:
            at = placement.part.at
            whole = placement.scaled_width * placement.scaled_height
            assert at.width * at.height <= max(whole, 1)

    @given(scenes.crops, pictures)
    def test_a_ground_shows_nothing_that_is_cut_off(self, crop: Crop, picture: tuple[int, int]) -> None:
        region = reduced(crop, *picture, 32, 18).region
        assert region.within(Box(0, 0, *picture)) == region
        one_pair = 2
        if min(picture) >= 8:
            assert region.x >= crop.left * picture[0] - one_pair
            assert region.right <= (1 - crop.right) * picture[0] + one_pair


class TestInterpolation:
    @given(scenes.slots, scenes.slots)
    def test_it_begins_and_ends_with_the_very_slots(self, a: Slot, b: Slot) -> None:
        assert interpolated(a, b, 0) == a
        assert interpolated(a, b, 1) == b

    @given(scenes.slots, scenes.slots, scenes.fractions)
    def test_what_is_between_lies_between(self, a: Slot, b: Slot, t: float) -> None:
        between = interpolated(a, b, t)
        near = 1e-9
        for one, other, mean in zip(numbers(a), numbers(b), numbers(between), strict=True):
            assert min(one, other) - near <= mean <= max(one, other) + near

    def test_half_way(self) -> None:
        a, b = slot(LEFT_HALF, Fit.COVER), slot(Rect(0.5, 0.5, 0.25, 0.5), Fit.CONTAIN)
        assert interpolated(a, b, 0.5) == slot(Rect(0.25, 0.25, 0.375, 0.75), Fit.CONTAIN)

    def test_a_border_comes_in_its_own_colour(self) -> None:
        plain = slot(Rect())
        framed = replace(plain, border=Border(0.02, "#20c040"))
        assert interpolated(plain, framed, 0.25).border == Border(0.005, "#20c040")
        assert interpolated(framed, plain, 0.75).border == Border(0.005, "#20c040")
