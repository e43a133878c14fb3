"""What stands in, by the scene, for sources that are gone: as a rule, and from frame to frame."""

from collections.abc import Set
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.scene import Rect, Scene, Slot
from stagedoor.domain.source import SourceState
from stagedoor.mixer.scenes import HOLDING, Scenes
from tests.kit import scenes as by_chance

pytestmark = pytest.mark.unit

LEFT = Slot("share", Rect(0, 0, 0.5, 1), z=3, alpha=0.5, label=True, if_gone="card")
RIGHT = Slot("share", Rect(0.5, 0, 0.5, 1))
TALK = Scene("talk", "Talk", slots=(LEFT, RIGHT), second=(replace(LEFT, rect=Rect()), RIGHT))
PLAIN = Scene("plain", slots=(RIGHT,))
some = st.sets(st.sampled_from([*by_chance.SOURCES, "holding"]))


class TestTheRule:
    def test_the_slot_that_says_so_shows_what_stands_in_on_both_canvases(self) -> None:
        shown = TALK.as_shown({"share"}, {"card"})
        instead = replace(LEFT, source="card", if_gone=None)
        assert shown == replace(TALK, slots=(instead, RIGHT), second=(replace(instead, rect=Rect()), RIGHT))
        assert shown.visible == {"card", "share"}

    @pytest.mark.parametrize(
        ("gone", "known"), [(set(), {"card"}), ({"share"}, set()), ({"card"}, {"card", "share"})]
    )
    def test_nothing_else_makes_it_another_scene(self, gone: set[str], known: set[str]) -> None:
        assert TALK.as_shown(gone, known) is TALK

    @given(by_chance.scenes, some, some)
    def test_of_any_scene(self, scene: Scene, gone: Set[str], known: Set[str]) -> None:
        shown = scene.as_shown(gone, known)
        assert replace(shown, slots=scene.slots) == scene
        for slot, was in zip(shown.slots, scene.slots, strict=True):
            stands_in = was.source in gone and was.if_gone in known
            assert slot.source == (was.if_gone if stands_in else was.source)
            assert replace(slot, source=was.source, if_gone=was.if_gone) == was
        assert shown.as_shown(gone, known) == shown, "what stands in is not looked at once more"


class Stage:
    """Scenes, and sources whose state the test says."""

    def __init__(self) -> None:
        self.states = {"share": SourceState.LIVE, "card": SourceState.LIVE}
        self.asked = 0
        self.scenes = Scenes()

    def state(self, source: str) -> SourceState | None:
        self.asked += 1
        return self.states.get(source)

    def frame(self) -> Scene:
        self.scenes.look(self.state)
        return self.scenes.shown("talk")


class TestFromFrameToFrame:
    def test_it_stands_in_from_the_frame_on_in_which_the_source_is_gone(self) -> None:
        stage = Stage()
        stage.scenes.use({"talk": TALK, "plain": PLAIN})
        assert stage.frame() is TALK
        stage.states["share"] = SourceState.STALLED
        assert stage.frame() is TALK
        stage.states["share"] = SourceState.GONE
        shown = stage.frame()
        assert [slot.source for slot in shown.slots] == ["card", "share"]
        assert stage.frame() is shown, "who keeps what it was packed into need not do that again"
        assert (stage.scenes.as_set("talk"), stage.scenes.shown("plain")) == (TALK, PLAIN)
        stage.states["share"] = SourceState.LIVE
        assert stage.frame() is TALK

    def test_what_there_is_not_stands_in_only_once_it_is_there(self) -> None:
        stage = Stage()
        stage.states = {"share": SourceState.GONE}
        stage.scenes.use({"talk": TALK})
        assert stage.frame() is TALK
        stage.states["card"] = SourceState.CONNECTING
        assert stage.frame().slots[0].source == "card"

    def test_a_change_of_other_things_is_no_frame_without_it(self) -> None:
        stage = Stage()
        stage.states["share"] = SourceState.GONE
        stage.scenes.use({"talk": TALK})
        stage.frame()
        stage.scenes.use({"talk": replace(TALK, label="Another")})
        assert stage.scenes.shown("talk").slots[0].source == "card"
        assert stage.frame().label == "Another"

    def test_where_no_slot_says_anything_no_source_is_asked(self) -> None:
        stage = Stage()
        stage.scenes.use({"talk": PLAIN})
        assert stage.frame() is PLAIN
        assert stage.asked == 0

    def test_without_scenes_there_is_the_holding_picture(self) -> None:
        assert (Stage().frame(), Stage().scenes.as_set("talk")) == (HOLDING, HOLDING)
