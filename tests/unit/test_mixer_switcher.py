"""What is on program and preview, frame by frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.errors import ConflictError
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.switching import Settled
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.switcher import Shot, Switcher

pytestmark = pytest.mark.unit

AIR = Switcher("a", "b")
TEN = Transition(frames=10)
BEFORE, AFTER = Settled(program="a", preview="b"), Settled(program="b", preview="a")


def shot(state: Switcher, frame: int) -> Shot:
    return state.at(frame)[1]


def test_a_cut_changes_program_and_leaves_preview() -> None:
    assert AIR.cut("c") == Switcher("c", "b")


def test_a_take_swaps() -> None:
    assert AIR.take() == Switcher("b", "a")


def test_auto_goes_step_by_step_and_swaps_at_its_end() -> None:
    going = AIR.auto(TEN, 99)
    assert shot(going, 100).position == pytest.approx(0.1)
    assert shot(going, 108).scenes == ("a", "b")
    after, last = going.at(109)
    assert last == Shot("b")
    assert (after.program, after.preview) == ("b", "a")


@given(st.integers(1, 250), st.integers(0, 10_000))
def test_an_auto_of_n_frames_is_over_at_the_nth(frames: int, begun: int) -> None:
    going = AIR.auto(Transition(frames=frames), begun)
    assert all(shot(going, begun + n).incoming for n in range(1, min(frames, 5)))
    assert shot(going, begun + frames).program == "b"


def test_a_second_auto_is_refused_while_one_goes_on() -> None:
    with pytest.raises(ConflictError) as refused:
        AIR.auto(TEN, 1).auto(TEN, 3)
    assert refused.value.code == "in_transition"


def test_preview_cannot_be_changed_while_it_is_on_its_way() -> None:
    with pytest.raises(ConflictError):
        AIR.auto(TEN, 1).with_preview("c")


def test_a_cut_ends_a_transition() -> None:
    assert shot(AIR.auto(TEN, 1).cut("c"), 5) == Shot("c")


def test_an_auto_of_kind_cut_is_a_take() -> None:
    assert AIR.auto(Transition(TransitionKind.CUT), 1) == AIR.take()


def test_the_bar_stands_where_it_is_put() -> None:
    half = AIR.with_bar(0.5, TEN)
    assert shot(half, 7).position == shot(half, 900).position == 0.5
    assert half.with_bar(0.0, TEN) == AIR
    assert half.with_bar(1.0, TEN).program == "b"


def test_a_bar_that_has_arrived_rests_until_it_was_back() -> None:
    arrived = AIR.with_bar(0.9, TEN).with_bar(1.0, TEN)
    assert (arrived.program, arrived.preview) == ("b", "a")
    assert arrived.with_bar(1.0, TEN) == arrived.with_bar(0.7, TEN) == arrived
    assert arrived.cut("c").with_bar(1.0, TEN).program == "c"
    back = arrived.with_bar(0.0, TEN)
    assert shot(back.with_bar(0.5, TEN), 3).scenes == ("b", "a")
    assert shot(arrived.auto(TEN, 10), 11).position == pytest.approx(0.1)


def test_auto_goes_on_from_where_the_bar_stands() -> None:
    going = AIR.with_bar(0.5, TEN).auto(TEN, 100)
    assert shot(going, 101).position == pytest.approx(0.6)
    assert shot(going, 105) == Shot("b")


def test_fading_to_black_and_back_from_half_way() -> None:
    down = AIR.with_fade(black=True, frames=10, frame=0)
    assert shot(down, 5).black == pytest.approx(0.5)
    up = down.with_fade(black=False, frames=5, frame=5)
    assert shot(up, 5).black == pytest.approx(0.5)
    assert shot(up, 10).black == 0.0
    assert shot(down, 10).black == shot(down, 1000).black == 1.0


def test_a_fade_leads_where_it_was_told_to_from_its_first_step_on() -> None:
    down = AIR.with_fade(black=True, frames=15, frame=0)
    assert (shot(down, 1).black < 0.5, down.fade.to_black, AIR.fade.to_black) == (True, True, False)
    up = down.with_fade(black=False, frames=15, frame=14)
    assert (shot(up, 15).black > 0.5, up.fade.to_black) == (True, False)


def test_a_transition_leaves_a_scene_as_long_as_that_is_on_air() -> None:
    assert AIR.leaving(5) == ""
    going = AIR.auto(TEN, 99)
    assert [going.leaving(frame) for frame in (100, 108, 109)] == ["a", "a", ""]
    held = AIR.with_bar(0.1, TEN)
    assert [held.leaving(frame) for frame in (1, 1000)] == ["a", "a"]
    stinger = AIR.auto(Transition(TransitionKind.STINGER, frames=11, cut_at=4), 99)
    assert [stinger.leaving(frame) for frame in (103, 104, 110)] == ["a", "", ""]


@given(st.integers(0, 10**7), st.sampled_from([24, 25, 30, 50, 60]))
def test_a_frame_is_the_newest_from_its_instant_on(frame: int, rate: int) -> None:
    clock = Clock(12_345, rate)
    due = clock.frame_due_ns(frame)
    assert clock.frame_at(due + 1) == frame
    assert clock.frame_at(due - 2) == frame - 1


@given(st.integers(0, 10**7))
def test_a_block_is_the_newest_once_its_last_sample_is_due(block: int) -> None:
    clock = Clock(0, 30)
    due = clock.sample_due_ns((block + 1) * 960)
    assert clock.block_at(due + 1, 960) == block
    assert clock.block_at(due - 21_000, 960) == block - 1


class TestSettled:
    """Where a mixer that begins anew begins."""

    @pytest.mark.parametrize(("bar", "settled"), [(0.1, BEFORE), (0.6, AFTER), (1.0, AFTER)])
    def test_a_bar_is_at_the_nearer_end(self, bar: float, settled: Settled) -> None:
        assert AIR.with_bar(bar, TEN).settled == settled

    def test_what_goes_by_itself_has_arrived(self) -> None:
        going = AIR.auto(TEN, 99)
        assert AIR.settled == BEFORE
        assert [going.at(frame)[0].settled for frame in (100, 109, 110)] == [AFTER] * 3
        assert AIR.with_bar(0.1, TEN).auto(TEN, 99).settled == AFTER


class TestStinger:
    STING = Transition(TransitionKind.STINGER, frames=11, file="swoosh.webm", cut_at=4)

    def test_to_all_who_ask_it_is_a_cut_with_something_over_it(self) -> None:
        going = AIR.auto(self.STING, 99)
        shots = [shot(going, 100 + step) for step in range(11)]
        assert [each.program for each in shots] == ["a"] * 4 + ["b"] * 7
        assert [each.stinger for each in shots] == [*range(10), None]
        assert all(each.transition is None and each.scenes == (each.program,) for each in shots)
        assert going.at(110)[0] == Switcher("b", "a")

    @given(st.integers(1, 600), st.integers(0, 600), st.integers(0, 10_000))
    def test_the_cut_is_where_it_was_said(self, pictures: int, cut_at: int, begun: int) -> None:
        sting = Transition(TransitionKind.STINGER, frames=pictures + 1, cut_at=min(cut_at, pictures))
        going, cut = AIR.auto(sting, begun), begun + 1 + min(cut_at, pictures)
        assert shot(going, cut).program == "b"
        assert cut == begun + 1 or shot(going, cut - 1).program == "a"

    @pytest.mark.parametrize("bar", [0.0, 0.5, 1.0])
    def test_it_is_not_moved_by_hand(self, bar: float) -> None:
        with pytest.raises(ConflictError):
            AIR.auto(self.STING, 1).with_bar(bar, TEN)
        by_hand = AIR.with_bar(0.5, self.STING).transition
        assert by_hand is not None
        assert by_hand.kind is TransitionKind.MIX

    def test_a_bar_that_stands_in_between_goes_on_as_what_it_has_begun(self) -> None:
        going = AIR.with_bar(0.5, TEN).auto(self.STING, 99)
        assert going.transition == TEN
        assert shot(going, 100).position == pytest.approx(0.6)

    def test_a_cut_ends_it(self) -> None:
        assert shot(AIR.auto(self.STING, 1).cut("c"), 3) == Shot("c")
