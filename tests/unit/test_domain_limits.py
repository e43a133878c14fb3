"""Bad scenes, sources, sound and transitions are refused by the field's name."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.checks import Rule
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.key import ChromaKey, LumaKey
from stagedoor.domain.limits import (
    MAX_SCENES,
    MAX_SOURCES,
    check_scenes,
    check_sources,
    check_strips,
    check_transition,
)
from stagedoor.domain.overlay import AnyOverlay, Card, OverlayKind, Scoreboard, Team, Ticker, Timer
from stagedoor.domain.overlay_limits import check_overlay, scored
from stagedoor.domain.scene import MAX_SLOTS, Border, Crop, Offset, Rect, Scene, SceneSound, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.strip import Compressor, Strip
from stagedoor.domain.timer import TimerMode
from stagedoor.domain.transition import Transition, TransitionKind
from tests.kit import scenes

pytestmark = pytest.mark.unit

FILM = Source("film", SourceKind.URL, url="film.mp4")
TIMER = Timer("t", seconds=600)
TICKER = Ticker("n", items=("All is well",))
SCOREBOARD = Scoreboard("s", home=Team("Ada", score=1), timer="t")
GOOD = Scene("one", "One", slots=(Slot("guest1"),))


def refusal(check: Callable[[Any], None], value: object) -> str:
    with pytest.raises(InvalidError) as refused:
        check(value)
    assert refused.value.code == "bad_value"
    at = refused.value.message.partition(": ")[0]
    assert refused.value.values["at"] == at
    assert refused.value.values["rule"] in list(Rule)
    return at


def field_of(slot: Slot) -> str:
    """The field that is named when a slot stands third in the second scene."""
    return refusal(check_scenes, [GOOD, Scene("two", slots=(Slot("guest1"), Slot("guest1"), slot))])


class TestScenes:
    @given(st.lists(scenes.scenes, max_size=3, unique_by=lambda scene: scene.id))
    def test_good_ones_pass(self, good: list[Scene]) -> None:
        check_scenes(good)

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.01, 1e308, 3.1, 10**400])
    @pytest.mark.parametrize("field", ["x", "y", "width", "height"])
    def test_a_rectangles_numbers(self, field: str, value: float) -> None:
        assert (
            field_of(Slot("guest1", replace(Rect(), **{field: value}))) == f"scenes[1].slots[2].rect.{field}"
        )

    def test_a_rectangle_ends_not_too_far_outside(self) -> None:
        assert field_of(Slot("guest1", Rect(x=1.5, width=0.6))) == "scenes[1].slots[2].rect.width"
        assert field_of(Slot("guest1", Rect(y=1.5, height=0.6))) == "scenes[1].slots[2].rect.height"

    @pytest.mark.parametrize(
        ("slot", "field"),
        [
            (Slot(""), "source"),
            (Slot("../guest1"), "source"),
            (Slot("talkback-ann"), "source"),
            (Slot("guest1", z=10**400), "z"),
            (Slot("guest1", alpha=1.5), "alpha"),
            (Slot("guest1", alpha=math.nan), "alpha"),
            (Slot("guest1", radius=-0.1), "radius"),
            (Slot("guest1", crop=Crop(top=-0.1)), "crop.top"),
            (Slot("guest1", crop=Crop(left=0.5, right=0.5)), "crop.right"),
            (Slot("guest1", crop=Crop(top=0.9, bottom=0.5)), "crop.bottom"),
            (Slot("guest1", border=Border(math.inf)), "border.width"),
            (Slot("guest1", border=Border(0, "white")), "border.color"),
            (Slot("guest1", if_gone=""), "if_gone"),
            (Slot("guest1", if_gone="talkback-ann"), "if_gone"),
            (Slot("guest1", if_gone="outside-guest2"), "if_gone"),
            (Slot("guest1", if_gone="guest1"), "if_gone"),
        ],
    )
    def test_the_rest_of_a_slot(self, slot: Slot, field: str) -> None:
        assert field_of(slot) == f"scenes[1].slots[2].{field}"

    @pytest.mark.parametrize(
        ("scene", "field"),
        [
            (replace(GOOD, id=""), "id"),
            (replace(GOOD, id="a b"), "id"),
            (replace(GOOD, id="a" * 81), "id"),
            (replace(GOOD, label="x" * 201), "label"),
            (replace(GOOD, label="a\nb"), "label"),
            (replace(GOOD, background="#12345"), "background"),
            (replace(GOOD, background="#1234567"), "background"),
            (replace(GOOD, background="talkback-ann"), "background"),
            (replace(GOOD, slots=(Slot("guest1"),) * (MAX_SLOTS + 1)), "slots"),
            (replace(GOOD, slots=(Slot("guest1"),) * 10_000), "slots"),
            (replace(GOOD, audio=(SceneSound("a b"),)), "audio[0].source"),
            (replace(GOOD, audio=(SceneSound("film"), SceneSound("talkback-ann"))), "audio[1].source"),
            (replace(GOOD, audio=(SceneSound("film"), SceneSound("film"))), "audio[1].source"),
            (replace(GOOD, audio=(SceneSound("film", gain_db=math.nan),)), "audio[0].gain_db"),
            (replace(GOOD, audio=(SceneSound("film", gain_db=20.5),)), "audio[0].gain_db"),
            (replace(GOOD, audio=(SceneSound("film"),) * (MAX_SLOTS + 1)), "audio"),
        ],
    )
    def test_the_rest_of_a_scene(self, scene: Scene, field: str) -> None:
        assert refusal(check_scenes, [scene]) == f"scenes[0].{field}"

    def test_two_with_one_id(self) -> None:
        assert refusal(check_scenes, [GOOD, replace(GOOD, id="two"), GOOD]) == "scenes[2].id"

    def test_too_many(self) -> None:
        many = [replace(GOOD, id=f"scene{n}") for n in range(MAX_SCENES + 1)]
        check_scenes(many[:-1])
        assert refusal(check_scenes, many) == "scenes"

    def test_unknown_sources_and_slots_that_overlap_are_legal(self) -> None:
        check_scenes(
            [Scene("one", background="nobody", slots=(Slot("nobody"), Slot("nobody", if_gone="none")))]
        )

    @given(
        st.builds(
            Slot,
            source=st.text(max_size=3),
            rect=st.builds(Rect, *(st.floats() for _ in range(4))),
            z=st.integers(),
            alpha=st.floats(),
            crop=st.builds(Crop, *(st.floats() for _ in range(4))),
            border=st.builds(Border, st.floats(), st.text(max_size=7)),
            radius=st.floats(),
        )
    )
    def test_whatever_comes_passes_or_is_refused_by_its_field(self, slot: Slot) -> None:
        scene = replace(GOOD, slots=(slot,))
        numbers = (slot.rect.x, slot.rect.right, slot.rect.y, slot.rect.bottom, slot.alpha, slot.radius)
        if all(-1 <= number <= 2 for number in numbers):
            with suppress(InvalidError):
                check_scenes([scene])
        else:
            assert refusal(check_scenes, [scene]).startswith("scenes[0].slots[0].")


def source(id: str, if_gone: str | None = None) -> Source:
    return Source(id, SourceKind.GUEST, if_gone=if_gone)


class TestSources:
    def test_a_way_out_of_the_circle_is_legal(self) -> None:
        check_sources(
            [source("a", "b"), source("b", "c"), source("c"), source("d", "c"), source("e", "nobody")]
        )

    @pytest.mark.parametrize(
        ("sources", "field"),
        [
            ([source("a", "a")], "sources[0].if_gone"),
            ([source("a", "b"), source("b", "c"), source("c", "b")], "sources[1].if_gone"),
            ([source("a"), source("a")], "sources[1].id"),
            ([source("a"), source("b c")], "sources[1].id"),
            ([source("talkback-ann")], "sources[0].id"),
            ([source("a", "no name")], "sources[0].if_gone"),
            ([replace(source("a"), color="red")], "sources[0].color"),
            ([replace(source("a"), label="a\0")], "sources[0].label"),
            ([replace(source("a"), playout_ms=-1)], "sources[0].playout_ms"),
            ([replace(source("a"), playout_ms=1001)], "sources[0].playout_ms"),
            ([replace(source("a"), url="talkback-ann")], "sources[0].url"),
            ([replace(source("a"), url="program")], "sources[0].url"),
            ([replace(source("a"), url="return-guest1")], "sources[0].url"),
            ([Source("a", SourceKind.URL, url="http://x/" + "y" * 2000)], "sources[0].url"),
            ([Source("a", SourceKind.STILL, url="a\n.png")], "sources[0].url"),
            ([replace(source("a"), crop=Crop(left=math.nan))], "sources[0].crop.left"),
            ([replace(source("a"), crop=Crop(bottom=-0.1))], "sources[0].crop.bottom"),
            ([replace(source("a"), crop=Crop(left=0.5, right=0.5))], "sources[0].crop.right"),
            ([replace(source("a"), zoom=0.9)], "sources[0].zoom"),
            ([replace(source("a"), zoom=math.nan)], "sources[0].zoom"),
            ([replace(source("a"), zoom=17.0)], "sources[0].zoom"),
            ([replace(source("a"), offset=Offset(x=1.1))], "sources[0].offset.x"),
            ([replace(source("a"), offset=Offset(y=math.inf))], "sources[0].offset.y"),
            ([replace(source("a"), key=ChromaKey(color="green"))], "sources[0].key.color"),
            ([replace(source("a"), key=ChromaKey(color="#808880"))], "sources[0].key.color"),
            ([replace(source("a"), key=ChromaKey(tolerance=math.nan))], "sources[0].key.tolerance"),
            ([replace(source("a"), key=ChromaKey(softness=1.1))], "sources[0].key.softness"),
            ([replace(source("a"), key=ChromaKey(spill=-0.1))], "sources[0].key.spill"),
            ([replace(source("a"), key=LumaKey(low=-0.1))], "sources[0].key.low"),
            ([replace(source("a"), key=LumaKey(high=math.inf))], "sources[0].key.high"),
            ([replace(source("a"), key=LumaKey(low=0.5, high=0.4))], "sources[0].key.low"),
            ([replace(FILM, in_s=math.nan)], "sources[0].in_s"),
            ([replace(FILM, in_s=-0.1)], "sources[0].in_s"),
            ([replace(FILM, in_s=2.0, out_s=1.0)], "sources[0].in_s"),
            ([replace(FILM, out_s=math.inf)], "sources[0].out_s"),
            ([replace(FILM, url="rtsp://h/x", in_s=1.0)], "sources[0].in_s"),
            ([replace(FILM, url="rtsp://h/x", out_s=1.0)], "sources[0].out_s"),
            ([replace(FILM, duration_s=1.0)], "sources[0].duration_s"),
            ([Source("a", SourceKind.STILL, url="a.png", duration_s=0.0)], "sources[0].duration_s"),
            ([source(f"s{n}") for n in range(MAX_SOURCES + 1)], "sources"),
        ],
    )
    def test_bad_ones(self, sources: list[Source], field: str) -> None:
        assert refusal(check_sources, sources) == field

    def test_a_circle_is_told(self) -> None:
        with pytest.raises(InvalidError, match="a → b → a"):
            check_sources([source("a", "b"), source("b", "a")])


class TestSoundAndTransitions:
    def test_good_ones_pass(self) -> None:
        check_strips({"guest1": Strip(), "guest2": Strip(-60, 1, True, 1000, 300)})
        check_strips({"guest1": Strip(gate_db=0, compressor=Compressor(-60, 20, 24))})
        check_transition(Transition())

    @pytest.mark.parametrize(
        ("strip", "field"),
        [
            (Strip(gain_db=math.nan), "gain_db"),
            (Strip(gain_db=20.1), "gain_db"),
            (Strip(pan=-1.1), "pan"),
            (Strip(delay_ms=1001), "delay_ms"),
            (Strip(high_pass_hz=-1), "high_pass_hz"),
            (Strip(gate_db=-80.1), "gate_db"),
            (Strip(gate_db=math.nan), "gate_db"),
            (Strip(compressor=Compressor(threshold_db=0.1)), "compressor.threshold_db"),
            (Strip(compressor=Compressor(ratio=0.9)), "compressor.ratio"),
            (Strip(compressor=Compressor(makeup_db=math.inf)), "compressor.makeup_db"),
        ],
    )
    def test_bad_strips(self, strip: Strip, field: str) -> None:
        assert refusal(check_strips, {"guest1": strip}) == f"strips.guest1.{field}"

    def test_bad_transitions(self) -> None:
        assert refusal(check_transition, Transition(frames=0)) == "transition.frames"
        assert refusal(check_transition, Transition(frames=251)) == "transition.frames"
        assert refusal(check_transition, Transition(color="#00000")) == "transition.color"
        assert refusal(check_transition, Transition(cut_at=-1)) == "transition.cut_at"
        assert refusal(check_transition, Transition(file="a\n.webm")) == "transition.file"
        assert refusal(check_transition, Transition(TransitionKind.STINGER)) == "transition.file"
        check_transition(Transition(TransitionKind.STINGER, file="a.webm"))


class TestOverlays:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"id": "a b"}, "id"),
            ({"text": "x" * 501}, "text"),
            ({"text": "\x07"}, "text"),
            ({"kind": OverlayKind.LOWER_THIRD}, "text"),
            ({"title": "a\nb"}, "title"),
            ({"url": "logo.png"}, "url"),
            ({"kind": OverlayKind.IMAGE, "text": ""}, "url"),
            ({"size": math.nan}, "size"),
            ({"size": 0.0}, "size"),
            ({"size": 0.51, "text": "two\nlines"}, "size"),
            ({"color": "white"}, "color"),
            ({"alpha": -0.1}, "alpha"),
            ({"frames": 0}, "frames"),
            ({"frames": 251}, "frames"),
        ],
    )
    def test_what_cannot_be_drawn(self, change: dict[str, Any], field: str) -> None:
        good = Card("one", OverlayKind.TEXT, text="One\nand two", size=0.5)
        check_overlay(good)
        assert refusal(check_overlay, replace(good, **change)) == f"overlay.{field}"

    @pytest.mark.parametrize(
        ("good", "change", "field"),
        [
            (TIMER, {"id": ""}, "id"),
            (TIMER, {"seconds": 0}, "seconds"),
            (TIMER, {"seconds": 360_000}, "seconds"),
            (TIMER, {"mode": TimerMode.COUNT_UP}, "seconds"),
            (TIMER, {"mode": TimerMode.CLOCK, "seconds": 0}, "format"),
            (TIMER, {"size": 0.21}, "size"),
            (TICKER, {"items": ()}, "items"),
            (TICKER, {"items": (" ", "")}, "items"),
            (TICKER, {"items": ("good", "two\nlines")}, "items[1]"),
            (TICKER, {"items": ("x" * 501,)}, "items[0]"),
            (TICKER, {"items": ("x",) * 51}, "items"),
            (TICKER, {"items": ("x" * 450,) * 5}, "items"),
            (TICKER, {"items": ("x" * 450,), "size": 0.15}, "items"),
            (TICKER, {"separator": "-" * 11}, "separator"),
            (TICKER, {"speed": 0.01}, "speed"),
            (TICKER, {"speed": math.inf}, "speed"),
            (TICKER, {"size": 0.16}, "size"),
            (SCOREBOARD, {"home": Team(name="x" * 41)}, "home.name"),
            (SCOREBOARD, {"away": Team(color="blue")}, "away.color"),
            (SCOREBOARD, {"away": Team(score=1000)}, "away.score"),
            (SCOREBOARD, {"home": Team(score=-1)}, "home.score"),
            (SCOREBOARD, {"label": "x" * 41}, "label"),
            (SCOREBOARD, {"timer": "a b"}, "timer"),
            (SCOREBOARD, {"size": 0.0}, "size"),
        ],
    )
    def test_what_of_the_moving_kinds(self, good: AnyOverlay, change: dict[str, Any], field: str) -> None:
        check_overlay(good)
        assert refusal(check_overlay, replace(good, **change)) == f"overlay.{field}"

    def test_a_score_has_its_bounds(self) -> None:
        assert scored(Team(score=1), -1, "home") == 0
        for points in (-2, 999):
            with pytest.raises(InvalidError, match=r"^home: "):
                scored(Team(score=1), points, "home")
