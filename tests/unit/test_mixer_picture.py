"""Planes, masks and what is drawn of scenes, against pictures that were looked at."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from stagedoor.domain.errors import InvalidError
from stagedoor.domain.geometry import Box
from stagedoor.domain.key import LumaKey
from stagedoor.domain.layers import alone, plan
from stagedoor.domain.layout import LAYOUTS, scene_of
from stagedoor.domain.overlay import Anchor, AnyOverlay, Card, CardKind, LowerThirdStyle, OverlayKind, placed
from stagedoor.domain.scene import Border, Crop, Fit, Rect, Scene, Slot
from stagedoor.domain.tally import Tally
from stagedoor.domain.transition import Direction, Transition, TransitionKind
from stagedoor.ipc.mixer import Meter
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.multiview import Multiview, View, cells, clock_rect
from stagedoor.mixer.picture.art import draw
from stagedoor.mixer.picture.lower_thirds import draw_lower_third, lower_third_width
from stagedoor.mixer.picture.masked import by_alpha
from stagedoor.mixer.picture.masks import lay_rounded
from stagedoor.mixer.picture.overlays import Overlays
from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.picture.planes import OPAQUE, Planes, color, even_up
from stagedoor.mixer.picture.renderer import LABEL_STEP, Renderer, place
from stagedoor.mixer.picture.text import drawn_of, plate, slate
from stagedoor.mixer.sources.still import named, pattern, plain
from tests.kit import golden

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 640, 360
WHOLE = Box(0, 0, WIDTH, HEIGHT)
CLOCK = Clock(0, 30)
PICTURES = {
    "ada": named("Ada", "#e4572e", WIDTH, HEIGHT),
    "bjorn": named("Bjørn Åse", "#2e86ab", WIDTH, HEIGHT),
    "bars": pattern(WIDTH, HEIGHT),
    "phone": named("Zoë", "#3bb273", HEIGHT, WIDTH),
    "grey": plain("#808080"),
}
LABELS = {"ada": "Ada", "bjorn": "Bjørn Åse", "phone": "Zoë", "bars": "Test pattern"}
ONE = Scene("one", slots=(Slot("ada"),))
OTHER = Scene("other", slots=(Slot("bjorn"),))
FEW = ("two_up", "pip", "main_two_side", "speaker_focus")
"""Layouts that are drawn with three sources."""


def show(source: str) -> Picture:
    return PICTURES[source]


def drawn(scene: Scene) -> Planes:
    return Renderer(WIDTH, HEIGHT).draw(alone(scene), show, LABELS)


def moment(kind: TransitionKind, old: Scene, new: Scene, position: float) -> Planes:
    return Renderer(WIDTH, HEIGHT).draw(plan(Transition(kind), old, new, position), show, LABELS)


class TestPlanes:
    @given(st.integers(0, 255), st.integers(0, 255), st.integers(0, OPAQUE))
    def test_blending_is_the_weighted_mean(self, below: int, above: int, weight: int) -> None:
        canvas, other = Planes.new(4, 4), Planes.new(4, 4)
        canvas.fill((below, below, below))
        other.fill((above, above, above))
        box = Box(0, 0, 4, 4)
        canvas.lay(other, box, box, weight)
        exact = (below * (OPAQUE - weight) + above * weight) / OPAQUE
        for plane in (canvas.y, canvas.u, canvas.v):
            assert np.abs(plane - exact).max() < 1

    def test_only_the_box_is_touched(self) -> None:
        canvas, other = Planes.new(16, 16), Planes.new(16, 16)
        canvas.fill(color("#000000"))
        other.fill(color("#ffffff"))
        canvas.lay(other, Box(0, 0, 4, 6), Box(8, 2, 4, 6))
        assert canvas.y.sum() == 16 * (256 - 24) + 235 * 24
        assert (canvas.y[2:8, 8:12] == 235).all()

    @pytest.mark.parametrize(
        ("paint", "wanted"),
        [("#000000", (16, 128, 128)), ("#ffffff", (235, 128, 128)), ("#ff0000", (63, 102, 240))],
    )
    def test_colours_are_those_of_bt_709(self, paint: str, wanted: tuple[int, int, int]) -> None:
        assert color(paint) == wanted

    def test_a_picture_is_scaled_once_for_each_size(self) -> None:
        picture, scaler = named("x", "#123456", 64, 36), Scaler()
        assert picture.at((32, 18), scaler) is picture.at((32, 18), scaler)

    def test_a_picture_keeps_few_sizes_however_long_it_lives(self) -> None:
        picture, scaler = named("x", "#123456", 64, 36), Scaler()
        first = picture.at((32, 18), scaler)
        for side in range(2, 60, 2):
            picture.at((side, side), scaler)
        assert picture.at((32, 18), scaler) is not first

    def test_what_says_that_it_is_bt_601_becomes_bt_709(self) -> None:
        pixels = np.full((36, 64, 3), (200, 40, 40), np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
            format="yuv420p", dst_colorspace="itu601"
        )
        frame.colorspace = 6
        wanted = color("#c82828")
        made = Scaler().scale(frame, (64, 36))
        assert [int(plane[4, 4]) for plane in (made.y, made.u, made.v)] == pytest.approx(wanted, abs=2)


class TestRounded:
    WHITE = (235, 128, 128)

    def laid(self, whole: Box, radius: int, part: Box | None = None, weight: int = OPAQUE) -> Planes:
        canvas, part = Planes.new(64, 36), part or whole
        canvas.fill(color("#000000"))
        tile = Planes.new(part.width, part.height)
        tile.fill(self.WHITE)
        lay_rounded(canvas, tile, whole, part, radius, weight)
        return canvas

    def test_it_is_full_inside_and_empty_in_the_corners(self) -> None:
        canvas = self.laid(Box(0, 0, 64, 36), 12)
        assert canvas.y[18, 32] == canvas.y[0, 32] == canvas.y[18, 0] == 235
        assert canvas.y[0, 0] == canvas.y[0, 63] == canvas.y[35, 0] == canvas.y[35, 63] == 16

    @given(st.integers(0, 40))
    def test_all_corners_are_alike(self, radius: int) -> None:
        y = self.laid(Box(0, 0, 64, 36), radius).y
        assert (y == y[::-1]).all()
        assert (y == y[:, ::-1]).all()

    @given(st.integers(0, 16), st.integers(-8, 16), st.integers(-8, 8))
    def test_a_part_shows_what_the_whole_does_there(self, radius: int, x: int, y: int) -> None:
        whole = Box(4, 2, 56, 32)
        part = Box(x * 2, y * 2, 32, 18).within(whole)
        seen = self.laid(whole, radius, part) if part.width else None
        if seen is not None:
            rows, columns = slice(part.y, part.bottom), slice(part.x, part.right)
            assert (seen.y[rows, columns] == self.laid(whole, radius).y[rows, columns]).all()

    def test_without_a_radius_everything_is_seen(self) -> None:
        assert (self.laid(Box(0, 0, 64, 36), 0).y == 235).all()

    def test_one_that_is_half_opaque_is_so_everywhere(self) -> None:
        assert self.laid(Box(0, 0, 64, 36), 6, weight=128).y[18, 32] == pytest.approx(125, abs=1)


class TestScenes:
    @pytest.mark.parametrize("layout", FEW)
    def test_layouts(self, layout: str) -> None:
        golden.same(drawn(scene_of(layout, ["ada", "bjorn", "bars"], "s")), f"layout-{layout}")

    @pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() - FEW))
    def test_layouts_of_any_number(self, layout: str) -> None:
        """Each with more sources than most have, so that what is left out is seen as well."""
        small = Renderer(WIDTH // 2, HEIGHT // 2)
        scene = scene_of(layout, ["bars", "ada", "bjorn", "phone", "grey", "ada"], "s")
        golden.same(small.draw(alone(scene), show, LABELS), f"layout-{layout}")

    def test_borders_corners_labels_and_grounds(self) -> None:
        slots = (
            Slot("phone", Rect(0.05, 0.1, 0.5, 0.5), border=Border(0.02, "#ffffff"), radius=0.08, label=True),
            Slot("ada", Rect(0.5, 0.4, 0.6, 0.5), z=1, alpha=0.6, radius=0.1),
            Slot("bars", Rect(0.1, 0.65, 0.3, 0.3), crop=Crop(0.25, 0.0, 0.25, 0.3), label=True),
        )
        golden.same(drawn(Scene("s", background="#203040", slots=slots)), "borders")

    def test_a_source_as_background(self) -> None:
        scene = Scene("s", background="bars", slots=(Slot("ada", Rect(0.25, 0.25, 0.5, 0.5)),))
        golden.same(drawn(scene), "background")

    def test_what_cannot_be_drawn_leaves_the_others_alone(self) -> None:
        def failing(source: str) -> Picture:
            return PICTURES[source] if source != "bjorn" else 1 / 0  # type: ignore[return-value]

        renderer = Renderer(WIDTH, HEIGHT)
        canvas = renderer.draw(alone(scene_of("two_up", ["ada", "bjorn"], "s")), failing, LABELS)
        assert renderer.failures == 1
        assert (
            canvas.y == drawn(Scene("s", slots=scene_of("two_up", ["ada", "bjorn"], "s").slots[:1])).y
        ).all()


class TestFraming:
    CENTER = Crop(0.25, 0.25, 0.25, 0.25)

    def shown(self, picture: Picture, slot: Slot) -> Planes:
        return Renderer(WIDTH, HEIGHT).draw(alone(Scene("s", slots=(slot,))), lambda _: picture, {})

    @pytest.mark.parametrize("fit", [Fit.COVER, Fit.STRETCH])
    def test_a_sources_crop_is_as_a_slots(self, fit: Fit) -> None:
        bars = PICTURES["bars"]
        own = self.shown(bars.framed(self.CENTER), Slot("bars", fit=fit))
        assert (own.y == self.shown(bars, Slot("bars", fit=fit, crop=self.CENTER)).y).all()
        assert (own.y != self.shown(bars, Slot("bars", fit=fit)).y).any()

    def test_it_comes_before_the_slots(self) -> None:
        bars = PICTURES["bars"].framed(Crop(right=0.5))
        both = self.shown(bars, Slot("bars", fit=Fit.STRETCH, crop=Crop(left=0.5)))
        one = self.shown(PICTURES["bars"], Slot("bars", fit=Fit.STRETCH, crop=Crop(left=0.25, right=0.5)))
        assert (both.y == one.y).all()

    def test_nothing_that_is_cut_off_is_in_the_ground(self) -> None:
        black = Picture(PICTURES["grey"].at((WIDTH, HEIGHT), Scaler()).copy().frame)
        planes = Planes.of(black.at((WIDTH, HEIGHT), Scaler()).frame)
        planes.fill(color("#000000"))
        planes.fill(color("#ffffff"), Box(0, 0, WIDTH // 4, HEIGHT))
        seen = self.shown(black.framed(Crop(left=0.3, right=0.3)), Slot("black", fit=Fit.CONTAIN))
        assert seen.y.max() <= 17

    @pytest.mark.parametrize("form", ["yuv420p", "yuvj420p", "yuv422p", "rgb24", "yuv420p10le"])
    @pytest.mark.parametrize("size", [(640, 360), (641, 361), (182, 1000)])
    def test_a_part_looks_as_it_does_in_the_whole(self, form: str, size: tuple[int, int]) -> None:
        picture = Picture(pattern(640, 360).at(size, Scaler()).frame.reformat(format=form))
        slot = Slot("bars", fit=Fit.COVER, crop=Crop(0.4, 0.3, 0.35, 0.45))
        placement = place(slot, picture, (WIDTH, HEIGHT))
        assert placement is not None
        assert placement.part.region.width < size[0]
        whole = picture.at((placement.scaled_width, placement.scaled_height), Scaler())
        seen, part = self.shown(picture, slot), whole.part(placement.window)
        box = placement.picture
        off = np.abs(seen.part(box).y.astype(int) - part.y)
        assert off.mean() < 3
        assert np.quantile(off, 0.9) < 8

    def test_pixels_that_are_not_square(self) -> None:
        wide = Picture(pattern(320, 360).at((320, 360), Scaler()).frame)
        wide.width = 640
        slot = Slot("bars", fit=Fit.STRETCH, crop=Crop(left=0.5))
        usual = self.shown(PICTURES["bars"], slot)
        assert np.abs(self.shown(wide, slot).y.astype(int) - usual.y).mean() < 4


class TestTransitions:
    @pytest.mark.parametrize("kind", [TransitionKind.MIX, TransitionKind.DIP])
    def test_half_way_between_two_full_pictures(self, kind: TransitionKind) -> None:
        old, new = drawn(ONE), drawn(OTHER)
        half = moment(kind, ONE, OTHER, 0.5)
        corner = (4, 4)
        mean = (int(old.y[corner]) + int(new.y[corner])) / 2
        assert half.y[corner] == pytest.approx(mean if kind is TransitionKind.MIX else 16, abs=2)

    def test_a_wipe_shows_both_side_by_side(self) -> None:
        half = moment(TransitionKind.WIPE, ONE, OTHER, 0.5)
        old, new = drawn(ONE), drawn(OTHER)
        assert half.y[4, 10] == new.y[4, 10]
        assert half.y[4, WIDTH - 10] == old.y[4, WIDTH - 10]

    def test_a_slide_comes_from_below_over_what_stands(self) -> None:
        up = Transition(TransitionKind.SLIDE, direction=Direction.UP)
        half = Renderer(WIDTH, HEIGHT).draw(plan(up, ONE, OTHER, 0.5), show, LABELS)
        middle = HEIGHT // 2
        assert (half.y[:middle] == drawn(ONE).y[:middle]).all()
        assert (half.y[middle:] == drawn(OTHER).y[:middle]).all()
        assert (half.u[middle // 2 :] == drawn(OTHER).u[: middle // 2]).all()

    def test_who_is_in_both_scenes_moves_and_never_dims(self) -> None:
        two = scene_of("two_up", ["ada", "bjorn"], "two")
        golden.same(moment(TransitionKind.MIX, ONE, two, 0.5), "moving")

    @pytest.mark.parametrize("kind", [TransitionKind.DIP, TransitionKind.WIPE, TransitionKind.PUSH])
    def test_on_the_way_from_one_picture_to_several(self, kind: TransitionKind) -> None:
        small, way = Renderer(WIDTH // 2, HEIGHT // 2), Transition(kind, color="#3bb273")
        several = scene_of("pip", ["bars", "phone"], "several")
        golden.same(small.draw(plan(way, OTHER, several, 0.7), show, LABELS), f"transition-{kind}")

    @pytest.mark.parametrize("kind", TransitionKind)
    def test_the_ends_are_the_scenes(self, kind: TransitionKind) -> None:
        assert (moment(kind, ONE, OTHER, 0.0).y == drawn(ONE).y).all()
        assert (moment(kind, ONE, OTHER, 1.0).y == drawn(OTHER).y).all()


class TestOverlays:
    LOWER = Card(
        "name", OverlayKind.LOWER_THIRD, on=True, text="Bjørn Åse", title="Harbour master, Tromsø", frames=10
    )

    def laid(self, overlay: AnyOverlay, frame: int) -> Planes:
        canvas, overlays = drawn(ONE), Overlays((WIDTH, HEIGHT), CLOCK)
        overlays.use([overlay], {overlay.id: draw(overlay, (WIDTH, HEIGHT))}, 1)
        overlays.lay(canvas, frame)
        return canvas

    def test_a_lower_third_is_there_after_its_frames(self) -> None:
        golden.same(self.laid(self.LOWER, 10), "lower-third")
        golden.same(self.laid(self.LOWER, 5), "lower-third-coming")

    @pytest.mark.parametrize("style", [LowerThirdStyle.BLOCK, LowerThirdStyle.PLAIN])
    def test_the_styles_of_a_lower_third(self, style: LowerThirdStyle) -> None:
        golden.same(self.laid(replace(self.LOWER, style=style, size=0.09), 10), f"lower-third-{style}")

    def test_one_that_is_off_is_not_seen(self) -> None:
        assert (self.laid(replace(self.LOWER, on=False), 50).y == drawn(ONE).y).all()

    @pytest.mark.parametrize(
        ("kind", "style"),
        [(OverlayKind.TEXT, LowerThirdStyle.BAR), *((OverlayKind.LOWER_THIRD, s) for s in LowerThirdStyle)],
    )
    @pytest.mark.parametrize("text", ["", "W" * 500, "Ada\x85\u2029\nLovelace", "\U0001f469\u200d\U0001f680"])
    @pytest.mark.parametrize("size", [0.01, 1.0])
    def test_any_words_can_be_drawn(
        self, kind: CardKind, style: LowerThirdStyle, text: str, size: float
    ) -> None:
        self.laid(Card("words", kind, on=True, text=text, title=text, size=size, style=style), 20)

    @pytest.mark.parametrize("style", LowerThirdStyle)
    @pytest.mark.parametrize("title", ["", "Harbour master, Tromsø", "At sea"])
    def test_a_lower_third_is_as_wide_as_it_says(self, style: LowerThirdStyle, title: str) -> None:
        card = replace(self.LOWER, style=style, title=title)
        image = draw_lower_third(card, 48, 4000)
        assert image.width == pytest.approx(lower_third_width(card, 48), abs=2)
        assert draw_lower_third(card, 48, 200).width <= 200

    def test_it_goes_from_where_it_is(self) -> None:
        overlays, picture = Overlays((WIDTH, HEIGHT), CLOCK), {"name": draw(self.LOWER, (WIDTH, HEIGHT))}
        overlays.use([self.LOWER], picture, 1)
        overlays.use([replace(self.LOWER, on=False)], picture, 6)
        assert overlays.on == ()
        canvas = drawn(ONE)
        overlays.lay(canvas, 6)
        assert (canvas.y != drawn(ONE).y).any()
        late = drawn(ONE)
        overlays.lay(late, 15)
        assert (late.y == drawn(ONE).y).all()

    def test_a_logo_keeps_its_alpha(self, tmp_path: Path) -> None:
        file = tmp_path / "logo.png"
        image = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
        ImageDraw.Draw(image).ellipse((10, 10, 190, 90), fill=(255, 210, 0, 255))
        image.save(file)
        logo = Card("logo", OverlayKind.IMAGE, on=True, url=str(file), anchor=Anchor.TOP_RIGHT, size=0.2)
        golden.same(self.laid(logo, 50), "logo")

    @pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\n" + bytes(40)])
    def test_what_is_no_image_is_refused(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "broken.png"
        file.write_bytes(content)
        with pytest.raises(InvalidError) as refused:
            draw(Card("logo", OverlayKind.IMAGE, url=str(file)), (WIDTH, HEIGHT))
        assert refused.value.code == "still_unreadable"

    @given(st.sampled_from(Anchor), st.integers(2, 2000), st.integers(2, 2000))
    def test_it_stands_on_the_canvas_at_even_pixels(self, anchor: Anchor, width: int, height: int) -> None:
        x, y = placed(anchor, (width, height), (1920, 1080))
        assert x % 2 == y % 2 == 0
        assert 0 <= x <= max(0, 1920 - width)
        assert 0 <= y <= max(0, 1080 - height)


class TestMultiview:
    @given(st.integers(0, 70))
    def test_every_source_has_a_place_of_its_own_on_the_canvas(self, count: int) -> None:
        found = cells([f"s{number}" for number in range(count)])
        assert len(found) == count + 2
        for cell in found:
            rect = cell.rect
            assert 0 <= rect.x < rect.x + rect.width <= 1
            assert 0 <= rect.y < rect.y + rect.height <= 1
        corners = {(round(cell.rect.x, 6), round(cell.rect.y, 6)) for cell in found}
        assert len(corners) == len(found)

    @given(st.integers(0, 256))
    def test_the_clock_covers_no_picture(self, count: int) -> None:
        clock = clock_rect(count)
        assert clock.right == pytest.approx(1)
        assert clock.bottom == pytest.approx(1)
        for cell in cells([f"s{number}" for number in range(count)]):
            assert cell.rect.right < clock.x or cell.rect.bottom < clock.y

    @pytest.mark.parametrize("count", [0, 256])
    def test_the_clock_is_on_the_canvas_however_many_sources_there_are(self, count: int) -> None:
        drawer = Multiview((320, 180), (WIDTH, HEIGHT), lambda _: PICTURES["ada"])
        drawer.draw(View(None, ONE, [f"s{number}" for number in range(count)], {}, {}, {}))

    def test_names_tally_and_meters(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("time.strftime", lambda _form: "20:15:00")
        drawer = Multiview((WIDTH, HEIGHT), (WIDTH, HEIGHT), show)
        view = View(
            drawn(ONE),
            scene_of("pip", ["bars", "phone"], "next"),
            ["ada", "bjorn", "bars", "phone"],
            {"ada": Tally.PROGRAM, "bars": Tally.PREVIEW, "phone": Tally.PREVIEW},
            LABELS,
            {
                "program": Meter(peak=(-12.0, -2.0), rms=(-20.0, -20.0)),
                "ada": Meter(peak=(-6.0, -30.0), rms=(-20.0, -40.0)),
                "bjorn": Meter(peak=(-120.0, -120.0), rms=(-120.0, -120.0)),
            },
        )
        golden.same(drawer.draw(view), "multiview")

    def test_preview_has_the_shape_of_the_canvas(self) -> None:
        drawer = Multiview((WIDTH, HEIGHT), (HEIGHT, WIDTH), show)
        preview = Scene("tall", slots=(Slot("grey", fit=Fit.STRETCH),))
        row = drawer.draw(View(drawn(ONE), preview, (), {}, {}, {})).y[HEIGHT // 4, : WIDTH // 2]
        grey, _, _ = color("#808080")
        seen = np.flatnonzero(np.abs(row.astype(int) - grey) < 4)
        tall = (HEIGHT / 2) * HEIGHT / WIDTH
        assert 0.9 * tall < seen[-1] - seen[0] < tall


def test_a_label_is_cut_short_where_its_slot_has_no_room() -> None:
    slot = Slot("ada", Rect(0, 0, 0.25, 0.25), label=True)
    scene, long = Scene("one", slots=(slot,)), {"ada": "Augusta Ada King, Countess of Lovelace"}
    written, plain = (
        Renderer(WIDTH, HEIGHT).draw(alone(scene), show, labels).y for labels in (long, {"ada": ""})
    )
    changed = np.flatnonzero((written != plain).any(axis=0))
    left, right = changed[0], WIDTH // 4 - 1 - changed[-1]
    assert left <= right < left + LABEL_STEP + 2, "as far from both sides, as nearly as it can be"


class TestKeptSlots:
    """A slot with a border, a ground or a label is not drawn anew while nothing of it changes."""

    SCENE = Scene(
        "framed",
        slots=(
            Slot("ada", Rect(0.05, 0.1, 0.4, 0.5), border=Border(0.01, "#ffffff"), radius=0.05, label=True),
            Slot("phone", Rect(0.5, 0.1, 0.45, 0.6), label=True),
        ),
    )

    def draw(self, renderer: Renderer, pictures: dict[str, Picture], labels: dict[str, str]) -> Planes:
        return renderer.draw(alone(self.SCENE), lambda source: pictures[source], labels)

    @pytest.mark.parametrize("change", ["nothing", "picture", "crop", "key", "label"])
    def test_it_shows_what_a_new_renderer_would(self, change: str) -> None:
        pictures, labels = dict(PICTURES), dict(LABELS)
        renderer = Renderer(WIDTH, HEIGHT)
        for _ in range(2):
            self.draw(renderer, pictures, labels)
        if change == "picture":
            pictures["ada"] = PICTURES["bjorn"]
        elif change == "crop":
            pictures["ada"] = PICTURES["ada"].framed(Crop(left=0.5))
        elif change == "key":
            pictures["ada"] = PICTURES["ada"].framed(Crop(), LumaKey(low=0.3, high=0.5))
        elif change == "label":
            labels["ada"] = "Grace"
        mine, fresh = (self.draw(one, pictures, labels) for one in (renderer, Renderer(WIDTH, HEIGHT)))
        for plane, wanted in zip((mine.y, mine.u, mine.v), (fresh.y, fresh.u, fresh.v), strict=True):
            assert (plane == wanted).all()

    def test_what_has_not_changed_is_not_drawn_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        renderer = Renderer(WIDTH, HEIGHT)
        self.draw(renderer, PICTURES, LABELS)

        def never(*_: object) -> None:
            raise AssertionError("drawn again")

        monkeypatch.setattr(renderer, "_write", never)
        self.draw(renderer, PICTURES, LABELS)
        assert renderer.failures == 0


@pytest.mark.parametrize("name", ["", "W" * 500, "Ada\x85\u2029\nLovelace"])
def test_any_name_has_a_slate_and_a_label(name: str) -> None:
    assert slate(name, "#20c040", WIDTH, HEIGHT).width == WIDTH
    assert plate(name, 20).planes.height == 20


@pytest.mark.parametrize(("length", "pixels"), [(0, 2), (1.2, 2), (2, 2), (2.1, 4), (3, 4), (1079.5, 1080)])
def test_a_length_fits_into_its_even_pixels(length: float, pixels: int) -> None:
    assert even_up(length) == pixels


def test_alpha_weighs_the_same_in_overlays_and_stingers() -> None:
    alpha = np.arange(256, dtype=np.uint8).reshape(16, 16)
    image = Image.new("RGBA", (16, 16), "#e4572e")
    image.putalpha(Image.fromarray(alpha))
    laid = drawn_of(image)
    played = by_alpha(laid.planes, alpha)
    assert (laid.mask.luma == played.mask.luma).all()
    assert (laid.mask.chroma == played.mask.chroma).all()
