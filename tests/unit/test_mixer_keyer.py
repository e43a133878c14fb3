"""Keys: which pixels are see-through, what becomes of their colours, and how that lies in a scene."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.geometry import Box, Part
from stagedoor.domain.key import ChromaKey, Key, LumaKey, has_hue
from stagedoor.domain.layers import alone, plan
from stagedoor.domain.scene import Border, Fit, Rect, Scene, Slot
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.mixer.picture import picture as picture_module
from stagedoor.mixer.picture.keyer import GREY, keyed
from stagedoor.mixer.picture.masked import Masked
from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.picture.planes import OPAQUE, Planes, color
from stagedoor.mixer.picture.renderer import Renderer
from stagedoor.mixer.sources.still import pattern, plain
from tests.kit import golden

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 640, 360
GREEN = "#00b140"
PERSON = Box(240, 80, 160, 280)
colors = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")
shares = st.floats(0, 1)
chroma_keys = st.builds(
    ChromaKey, color=colors.filter(has_hue), tolerance=shares, softness=shares, spill=shares
)


few = settings(max_examples=15)
"""Of those that look at every colour."""


def all_colors(luma: int = 120) -> Planes:
    """A picture of 512 × 512 with every pair of colour differences once."""
    planes = Planes.new(512, 512)
    planes.y[...] = luma
    planes.u[...], planes.v[...] = np.divmod(np.arange(256 * 256).reshape(256, 256), 256)
    return planes


def away(paint: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """How far each of those colours is from another one."""
    _, u, v = color(paint)
    of_u, of_v = np.divmod(np.arange(256 * 256).reshape(256, 256), 256)
    distances: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.hypot(of_u - u, of_v - v) / GREY
    return distances


def one(paint: tuple[int, int, int], key: Key) -> Masked:
    """A plain picture, keyed."""
    planes = Planes.new(8, 8)
    planes.fill(paint)
    return keyed(planes, key)


class TestChroma:
    @given(chroma_keys)
    def test_its_own_colour_is_see_through_at_any_brightness(self, key: ChromaKey) -> None:
        _, u, v = color(key.color)
        for luma in (16, 120, 235):
            made = one((luma, u, v), key)
            assert not made.mask.luma.any()
            assert made.seen.width == 0

    @few
    @given(chroma_keys)
    def test_it_is_opaque_from_its_edge_on_and_see_through_before(self, key: ChromaKey) -> None:
        weights, distances = keyed(all_colors(), key).mask.chroma, away(key.color)
        assert (weights[distances > key.tolerance + key.softness + 1e-5] == OPAQUE).all()
        assert (weights[distances <= key.tolerance] == 0).all()

    @few
    @given(chroma_keys)
    def test_what_is_farther_off_is_never_less_opaque(self, key: ChromaKey) -> None:
        weights, distances = keyed(all_colors(), key).mask.chroma.ravel(), away(key.color).ravel()
        in_order = weights[np.argsort(distances, kind="stable")].astype(int)
        assert (np.diff(in_order) >= 0).all()

    @few
    @given(chroma_keys)
    def test_more_of_a_setting_never_shows_more(self, key: ChromaKey) -> None:
        weights = keyed(all_colors(), key).mask.chroma
        wider = keyed(all_colors(), replace(key, tolerance=1.0)).mask.chroma
        assert (wider <= weights).all()

    def test_people_are_opaque_before_a_green_wall_as_it_is_usually_set(self) -> None:
        for paint in ("#e0ac69", "#8d5524", "#ffffff", "#000000", "#2060a0", "#c03028"):
            assert (one(color(paint), ChromaKey()).mask.luma == OPAQUE).all(), paint
        for paint in ("#00b140", "#00a038", "#10b848"):
            assert not one(color(paint), ChromaKey()).mask.luma.any(), paint

    def test_luma_between_two_colours_is_half_as_opaque(self) -> None:
        planes = Planes.new(8, 2)
        planes.fill(color(GREEN))
        planes.fill(color("#c03028"), Box(4, 0, 4, 2))
        made = keyed(planes, ChromaKey(spill=0))
        assert made.mask.luma.tolist() == [[0, 0, 0, OPAQUE // 2, *[OPAQUE] * 4]] * 2
        assert made.seen == Box(2, 0, 6, 2)


class TestSpill:
    @given(chroma_keys)
    def test_grey_stays_grey(self, key: ChromaKey) -> None:
        made = one((120, GREY, GREY), key)
        assert (int(made.planes.u[0, 0]), int(made.planes.v[0, 0])) == (GREY, GREY)

    @few
    @given(chroma_keys)
    def test_none_leaves_colours_as_they_are(self, key: ChromaKey) -> None:
        before = all_colors()
        made = keyed(before, replace(key, spill=0.0))
        assert made.planes is before

    @few
    @given(chroma_keys)
    def test_all_of_it_leaves_nothing_that_leans_to_the_key_more_than_elsewhere(self, key: ChromaKey) -> None:
        made = keyed(all_colors(), replace(key, spill=1.0)).planes
        _, key_u, key_v = color(key.color)
        way = np.array([key_u - GREY, key_v - GREY]) / np.hypot(key_u - GREY, key_v - GREY)
        u, v = made.u.astype(int) - GREY, made.v.astype(int) - GREY
        along, beside = u * way[0] + v * way[1], np.abs(v * way[0] - u * way[1])
        assert (along <= beside + 2).all()

    def test_what_leans_elsewhere_is_left_alone(self) -> None:
        skin = color("#e0ac69")
        made = one(skin, ChromaKey(spill=1.0))
        assert (int(made.planes.u[0, 0]), int(made.planes.v[0, 0])) == skin[1:]


class TestLuma:
    @given(shares, shares, st.booleans())
    def test_from_see_through_to_opaque(self, one: float, other: float, invert: bool) -> None:
        key = LumaKey(low=min(one, other), high=max(one, other), invert=invert)
        planes = Planes.new(512, 2)
        planes.y[...] = np.arange(512) // 2
        weights = keyed(planes, key).mask.luma[0, ::2].astype(int)
        if invert:
            weights = OPAQUE - weights
        values = (np.arange(256) - 16) / 219
        assert (np.diff(weights) >= 0).all()
        assert (weights[values <= key.low] == 0).all()
        assert (weights[values > key.high + 1e-5] == OPAQUE).all()

    def test_chroma_is_as_opaque_as_its_four_pixels(self) -> None:
        planes = Planes.new(4, 2)
        planes.fill(color("#ffffff"))
        planes.y[0, 0] = 16
        assert keyed(planes, LumaKey()).mask.chroma.tolist() == [[192, 256]]

    def test_what_is_a_hue_and_what_is_grey(self) -> None:
        assert has_hue(GREEN)
        assert not has_hue("#808080")
        assert not has_hue("#908880")


def _portrait() -> Picture:
    """Somebody in red before a green wall."""
    planes = Planes.new(WIDTH, HEIGHT)
    planes.fill(color(GREEN))
    planes.fill(color("#c03028"), PERSON)
    return Picture(planes.frame)


PORTRAIT = _portrait()
PICTURES = {
    "bars": pattern(WIDTH, HEIGHT),
    "grey": plain("#808080"),
    "ada": PORTRAIT.framed(PORTRAIT.crop, ChromaKey()),
}
INSIDE, OUTSIDE = (200, 320), (200, 40)


def drawn(*slots: Slot, background: str = "bars") -> Planes:
    scene = Scene("s", background=background, slots=slots)
    return Renderer(WIDTH, HEIGHT).draw(alone(scene), PICTURES.__getitem__, {"ada": "Ada"})


def test_what_was_prepared_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made, scaler, key = list[Key](), Scaler(), ChromaKey()

    def noted(planes: Planes, by: Key) -> Masked:
        made.append(by)
        return keyed(planes, by)

    monkeypatch.setattr(picture_module, "keyed", noted)
    picture = _portrait()
    parts = [Part(Box(0, 0, WIDTH, HEIGHT), Box(0, 0, *size)) for size in ((320, 180), (WIDTH, HEIGHT))]
    picture.prepare(parts, key, scaler)
    assert made == [key, key]
    for part in parts:
        assert picture.framed(picture.crop, key).keyed(part, key, scaler).seen.width < part.at.width
    assert made == [key, key]


class TestScenes:
    def test_the_wall_shows_what_lies_below(self) -> None:
        made, below = drawn(Slot("ada")), drawn()
        assert made.y[INSIDE] == PORTRAIT.at((WIDTH, HEIGHT), Scaler()).y[INSIDE]
        untouched = made.y == below.y
        assert untouched[:, : PERSON.x - 2].all()
        assert untouched[:, PERSON.right + 2 :].all()
        assert untouched[: PERSON.y - 2].all()

    def test_four_of_a_quad_are_keyed_each(self) -> None:
        places = [Rect(x, y, 0.5, 0.5) for x in (0, 0.5) for y in (0, 0.5)]
        made, below = drawn(*(Slot("ada", place) for place in places)), drawn()
        for place in places:
            x, y = int(place.x * WIDTH), int(place.y * HEIGHT)
            assert made.y[y + 4, x + 4] == below.y[y + 4, x + 4]
            assert made.y[y + 120, x + 160] == color("#c03028")[0]

    def test_a_translucent_slot_is_so_where_it_is_seen(self) -> None:
        made = drawn(Slot("ada", alpha=0.5), background="#ffffff")
        assert made.y[OUTSIDE] == 235
        assert made.y[INSIDE] == pytest.approx((235 + color("#c03028")[0]) / 2, abs=1)

    def test_what_is_contained_has_no_ground(self) -> None:
        made, below = drawn(Slot("ada", Rect(0, 0, 1, 0.5), fit=Fit.CONTAIN)), drawn()
        assert (made.y[:, :8] == below.y[:, :8]).all()
        assert (made.u[:, :4] == below.u[:, :4]).all()

    def test_with_border_corners_and_a_label(self) -> None:
        slot = Slot("ada", Rect(0.1, 0.1, 0.8, 0.8), border=Border(0.02), radius=0.1, label=True)
        golden.same(drawn(slot), "keyed")

    @pytest.mark.parametrize("position", [0.01, 0.99])
    def test_a_mix_to_it_begins_and_ends_as_the_scenes_are(self, position: float) -> None:
        """What it shows through is not there all the while, to vanish with the last frame."""
        old, new = Scene("old", slots=(Slot("grey"),)), Scene("new", slots=(Slot("ada"),))
        layers = plan(Transition(TransitionKind.MIX), old, new, position, frozenset({"ada"}))
        made = Renderer(WIDTH, HEIGHT).draw(layers, PICTURES.__getitem__, {})
        near = Renderer(WIDTH, HEIGHT).draw(alone(new if position > 0.5 else old), PICTURES.__getitem__, {})
        assert np.abs(made.y.astype(int) - near.y).max() <= 4
