"""What is drawn during a transition, judged point by point on small canvases of plain colours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.geometry import interpolated
from stagedoor.domain.layers import Fill, Layer, alone, plan
from stagedoor.domain.layout import scene_of
from stagedoor.domain.regions import MOST_PIECES, common, remainder
from stagedoor.domain.scene import CANVAS, Rect, Scene, Slot
from stagedoor.domain.transition import Direction, Transition, TransitionKind
from tests.kit import scenes

pytestmark = pytest.mark.unit

Light = dict[str, float]
"""How much of each source or colour is seen at a point; the sum is 1."""

Point = tuple[float, float]
MIX, DIP, WIPE, PUSH, SLIDE, CUT = (
    Transition(TransitionKind(kind)) for kind in ("mix", "dip", "wipe", "push", "slide", "cut")
)
MOVING = (TransitionKind.WIPE, TransitionKind.PUSH, TransitionKind.SLIDE)
POINTS = [((column + 0.5) / 8, (row + 0.5) / 8) for column in range(8) for row in range(8)]
"""In the middle of each field of the grid that rectangles lie on."""
ONE, TWO = (Scene(id, slots=(Slot(source),)) for id, source in (("one", "guest1"), ("two", "guest2")))

directions = st.sampled_from([None, *Direction])
kinds = st.builds(Transition, st.sampled_from(TransitionKind), color=st.just("#ff0000"), direction=directions)
inner = st.floats(0.01, 0.99)


def with_sources(names: tuple[str, ...]) -> st.SearchStrategy[Scene]:
    slots = st.builds(Slot, st.sampled_from(names), scenes.grid_rects, st.integers(0, 2))
    return st.builds(
        Scene, st.just("s"), background=scenes.backgrounds, slots=st.lists(slots, max_size=4).map(tuple)
    )


def inside(rect: Rect, point: tuple[float, float]) -> bool:
    return rect.x <= point[0] < rect.right and rect.y <= point[1] < rect.bottom


def light(layers: tuple[Layer, ...], point: tuple[float, float]) -> Light:
    """Blend layers at a point, as an engine does, every source one plain colour."""
    seen: Light = {}
    for layer in layers:
        area = CANVAS if isinstance(layer.content, Fill) else layer.content.rect
        if inside(layer.clip, point) and inside(area, point):
            name = layer.content.color if isinstance(layer.content, Fill) else layer.content.source
            seen = {each: amount * (1 - layer.opacity) for each, amount in seen.items()}
            seen[name] = seen.get(name, 0.0) + layer.opacity
    return {each: amount for each, amount in seen.items() if amount > 1e-9}


def shares(old: Light, new: Light, position: float) -> Light:
    mixed = {
        name: old.get(name, 0.0) * (1 - position) + new.get(name, 0.0) * position for name in {*old, *new}
    }
    return {name: amount for name, amount in mixed.items() if amount > 1e-9}


class TestEnds:
    @given(kinds, scenes.scenes, scenes.scenes, st.floats(-1, 0))
    def test_at_0_the_first_scene_is_drawn_alone(
        self, transition: Transition, old: Scene, new: Scene, position: float
    ) -> None:
        assert plan(transition, old, new, position) == alone(old)

    @given(kinds, scenes.scenes, scenes.scenes, st.floats(1, 2))
    def test_at_1_the_second_scene_is_drawn_alone(
        self, transition: Transition, old: Scene, new: Scene, position: float
    ) -> None:
        assert plan(transition, old, new, position) == alone(new)

    def test_a_scene_is_drawn_from_its_ground_up(self) -> None:
        slots = (Slot("top", z=1), Slot("low", z=-1), Slot("veil", alpha=0.5), Slot("clear", alpha=0))
        drawn = alone(Scene("s", background="logo", slots=slots))
        names = [each.content.source for each in drawn if isinstance(each.content, Slot)]
        assert names == ["logo", "low", "veil", "top"]
        assert drawn[0] == Layer(Fill("#000000"))
        assert drawn[3].opacity == 0.5

    @given(kinds, scenes.scenes, scenes.scenes, inner)
    def test_every_layer_can_be_drawn(
        self, transition: Transition, old: Scene, new: Scene, position: float
    ) -> None:
        for layer in plan(transition, old, new, position):
            assert 0 < layer.opacity <= 1
            assert layer.clip.on_canvas
            assert common(layer.clip, CANVAS) is not None

    @given(kinds, scenes.scenes, scenes.scenes, inner)
    def test_no_point_stays_empty(
        self, transition: Transition, old: Scene, new: Scene, position: float
    ) -> None:
        layers = plan(transition, old, new, position)
        assert all(sum(light(layers, point).values()) == pytest.approx(1) for point in POINTS)

    @pytest.mark.parametrize("transition", [MIX, DIP, WIPE, PUSH, SLIDE, CUT])
    @given(scene=scenes.scenes, position=inner)
    def test_a_scene_that_becomes_itself_stands_still(
        self, transition: Transition, scene: Scene, position: float
    ) -> None:
        still = Scene("s", background="#000000", slots=(Slot("logo"), *scene.slots))
        layers = plan(transition, still, still, position)
        for point in POINTS:
            assert light(layers, point) == pytest.approx(light(alone(still), point))


class TestMix:
    def test_two_full_pictures_cross(self) -> None:
        old, new = Slot("guest1"), Slot("guest2")
        assert plan(MIX, ONE, TWO, 0.25) == (Layer(Fill("#000000")), Layer(old), Layer(new, 0.25))

    @given(with_sources(("guest1", "guest2", "guest3")), with_sources(("guest4", "guest5", "guest6")), inner)
    def test_each_point_is_the_shares_of_both_scenes(self, old: Scene, new: Scene, position: float) -> None:
        old = Scene("old", background="#102030", slots=old.slots)
        layers = plan(MIX, old, new, position)
        for point in POINTS:
            wanted = shares(light(alone(old), point), light(alone(new), point), position)
            assert light(layers, point) == pytest.approx(wanted)

    def test_a_picture_that_nothing_replaces_fades_out(self) -> None:
        assert light(plan(MIX, ONE, Scene("none"), 0.25), (0.5, 0.5)) == {"guest1": 0.75, "#000000": 0.25}

    def test_a_translucent_slot_keeps_its_share(self) -> None:
        veil = Scene("veil", slots=(Slot("guest2", alpha=0.5),))
        assert plan(MIX, Scene("none"), veil, 0.5)[-1].opacity == 0.25

    def test_below_what_is_keyed_the_old_picture_fades(self) -> None:
        here, there = Slot("guest1"), Slot("guest2")
        layers = plan(MIX, ONE, TWO, 0.25, frozenset({"guest2"}))
        assert layers == (Layer(Fill("#000000")), Layer(here, 0.75), Layer(there, 0.25))

    def test_what_lies_below_a_keyed_slot_of_the_same_scene_is_drawn(self) -> None:
        behind = Scene("b", slots=(Slot("guest3"), Slot("guest2", z=1)))
        layers = plan(MIX, ONE, behind, 0.5, frozenset({"guest2"}))
        assert [_source(layer) for layer in layers][-2:] == ["guest3", "guest2"]

    def test_round_corners_let_the_old_picture_fade(self) -> None:
        rounded = Scene("r", slots=(Slot("guest2", Rect(0.25, 0.25, 0.5, 0.5), radius=0.1),))
        layers = plan(MIX, ONE, rounded, 0.5)
        stays = [layer.clip for layer in layers if layer.content == Slot("guest1") and layer.opacity == 1]
        assert [(clip.x, clip.width) for clip in stays] == [(0.25, 0.5)]
        assert [(clip.y, clip.bottom) for clip in stays] == [pytest.approx((0.35, 0.65))]


class TestWhoStays:
    @pytest.mark.parametrize("transition", [MIX, DIP, WIPE, PUSH, SLIDE])
    def test_a_source_in_both_moves_and_does_not_dip(self, transition: Transition) -> None:
        quad = scene_of("quad", ["guest2", "guest3", "guest4", "guest1"], "q")
        for position in (0.1, 0.49, 0.51, 0.9):
            layers = plan(transition, ONE, quad, position)
            moving = interpolated(ONE.slots[0], quad.slots[3], position)
            assert layers.count(Layer(moving)) == 1

    def test_what_comes_above_it_is_seen_at_once(self) -> None:
        pip = scene_of("pip", ["guest1", "guest2"], "pip")
        layers = plan(MIX, ONE, pip, 0.5)
        assert light(layers, (0.9, 0.9)) == {"guest1": 0.5, "guest2": 0.5}
        assert light(layers, (0.1, 0.1)) == {"guest1": 1.0}

    def test_what_leaves_above_it_fades(self) -> None:
        pip = scene_of("pip", ["guest1", "guest2"], "pip")
        assert light(plan(MIX, pip, ONE, 0.75), (0.9, 0.9)) == {"guest1": 0.75, "guest2": 0.25}

    def test_pictures_that_change_places_lie_as_in_the_new_scene(self) -> None:
        here = scene_of("pip", ["guest1", "guest2"], "a")
        there = scene_of("pip", ["guest2", "guest1"], "b")
        drawn = [layer.content for layer in plan(MIX, here, there, 0.01)]
        assert [slot.source for slot in drawn if isinstance(slot, Slot)] == ["guest2", "guest1"]

    def test_a_background_source_that_becomes_a_slot_moves(self) -> None:
        behind = Scene("b", background="logo")
        front = Scene("f", slots=(Slot("logo", Rect(0.5, 0.5, 0.5, 0.5)),))
        slots = [layer.content for layer in plan(MIX, behind, front, 0.25) if isinstance(layer.content, Slot)]
        assert [slot.rect for slot in slots] == [Rect(0.125, 0.125, 0.875, 0.875)]

    def test_a_source_shown_twice_is_matched_one_by_one(self) -> None:
        twice = Scene("t", slots=(Slot("guest1", Rect(0, 0, 0.5, 1)), Slot("guest1", Rect(0.5, 0, 0.5, 1))))
        layers = plan(DIP, twice, ONE, 0.25)
        assert [layer.opacity for layer in layers if isinstance(layer.content, Slot)] == [1.0, 0.5]


class TestOthers:
    def test_a_cut_waits_for_its_end(self) -> None:
        assert plan(CUT, ONE, TWO, 0.9) == alone(ONE)

    @pytest.mark.parametrize(
        ("position", "seen"),
        [
            (0.25, {"guest1": 0.5, "#ffffff": 0.5}),
            (0.5, {"#ffffff": 1.0}),
            (0.75, {"guest2": 0.5, "#ffffff": 0.5}),
        ],
    )
    def test_a_dip_goes_through_its_colour(self, position: float, seen: Light) -> None:
        white = Transition(TransitionKind.DIP, color="#ffffff")
        assert light(plan(white, ONE, TWO, position), (0.3, 0.3)) == pytest.approx(seen)


class TestMoving:
    """A wipe, a push and a slide, in all directions."""

    @staticmethod
    def behind(way: Direction, point: Point, by: float) -> Point:
        """Return the point that has been moved here, so far."""
        across, down = way.step
        return point[0] - across * by, point[1] - down * by

    @pytest.mark.parametrize("kind", MOVING)
    @given(
        with_sources(("guest1", "guest2")), with_sources(("guest4", "guest5")), directions, st.integers(1, 7)
    )
    def test_each_point_is_of_one_scene(
        self, kind: TransitionKind, old: Scene, new: Scene, direction: Direction | None, eighths: int
    ) -> None:
        old = Scene("old", background="#102030", slots=old.slots)
        new = Scene("new", background="#000000", slots=new.slots)
        transition, gone = Transition(kind, direction=direction), eighths / 8
        layers = plan(transition, old, new, gone)
        for point in POINTS:
            moved = self.behind(transition.way, point, gone - 1)
            if inside(CANVAS, moved):
                scene, at = new, moved if kind is not TransitionKind.WIPE else point
            elif kind is TransitionKind.PUSH:
                scene, at = old, self.behind(transition.way, point, gone)
            else:
                scene, at = old, point
            assert light(layers, point) == light(alone(scene), at)

    @pytest.mark.parametrize("kind", MOVING)
    @given(directions, inner, inner)
    def test_the_new_scene_takes_its_share_and_gives_no_point_back(
        self, kind: TransitionKind, direction: Direction | None, one: float, other: float
    ) -> None:
        def taken(position: float) -> Rect:
            layers = plan(Transition(kind, direction=direction), ONE, TWO, position)
            (clip,) = (each.clip for each in layers if _source(each) == "guest2")
            return clip

        early, late = taken(min(one, other)), taken(max(one, other))
        assert early.width * early.height == pytest.approx(min(one, other))
        assert all(inside(late, point) for point in POINTS if inside(early, point))

    @pytest.mark.parametrize(
        ("kind", "usual"),
        [(WIPE, Direction.RIGHT), (PUSH, Direction.LEFT), (SLIDE, Direction.LEFT)],
    )
    def test_the_usual_direction(self, kind: Transition, usual: Direction) -> None:
        named = Transition(kind.kind, direction=usual)
        assert plan(kind, ONE, TWO, 0.3) == plan(named, ONE, TWO, 0.3)

    def test_a_slide_leaves_the_old_scene_where_it_is(self) -> None:
        layers = plan(SLIDE, ONE, TWO, 0.25)
        slots = [each.content.rect.x for each in layers if isinstance(each.content, Slot)]
        assert slots == [0, 0.75]


def _source(layer: Layer) -> str:
    return layer.content.source if isinstance(layer.content, Slot) else ""


class TestPosition:
    def test_of_each_frame(self) -> None:
        transition = Transition(frames=4)
        assert [transition.position(frame) for frame in (-1, 0, 1, 3, 4, 5)] == [0, 0, 0.25, 0.75, 1, 1]

    def test_a_cut_is_over_at_once(self) -> None:
        assert CUT.position(0) == 1


class TestRegions:
    @given(scenes.grid_rects, st.lists(scenes.grid_rects, max_size=5))
    def test_what_remains_is_what_no_hole_has(self, rect: Rect, holes: list[Rect]) -> None:
        pieces = remainder(rect, holes)
        for point in POINTS:
            wanted = inside(rect, point) and not any(inside(hole, point) for hole in holes)
            assert sum(inside(piece, point) for piece in pieces) == wanted

    def test_what_would_crumble_stays_whole(self) -> None:
        holes = [Rect(n / 32, n / 32, 1 / 64, 1 / 64) for n in range(32)]
        assert remainder(CANVAS, holes) == (CANVAS,)
        assert len(remainder(CANVAS, holes[:4])) <= MOST_PIECES
