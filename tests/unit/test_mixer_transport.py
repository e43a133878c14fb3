"""A clip's transport by program's frames, in simulated time: what it does from which frame on."""

from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.clip import TRANSITIONS, Autoplay, ClipAction, ClipState, moved
from stagedoor.domain.errors import IllegalTransitionError, InvalidError, UnavailableError
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.clips import ClipStart
from stagedoor.mixer.sources.clip_line import ClipLine
from stagedoor.mixer.sources.pace import Pacer
from stagedoor.mixer.sources.stay import Stay
from stagedoor.mixer.sources.steady import Steady
from stagedoor.mixer.sources.tracks import AnyPacket
from stagedoor.mixer.sources.transport import Transport

pytestmark = pytest.mark.unit

RATE = 25
FILM = Source("film", SourceKind.URL, url="/film.mp4", loop=False, in_s=1.0, autoplay=Autoplay.NEVER)
CUED, PLAYING, PAUSED, ENDED = ClipState.CUED, ClipState.PLAYING, ClipState.PAUSED, ClipState.ENDED


class Deck:
    """A transport, its reader that always has what is asked for at once, and program's frames."""

    def __init__(self, source: Source = FILM, start: ClipStart | None = None) -> None:
        self.transport = Transport(source, start)
        self.place = self.transport.opened(4.0, can_seek=True)
        self.number = 0
        self.read()

    def read(self) -> None:
        source = self.transport.source
        at_s = source.in_s if self.place.at_s is None else self.place.at_s
        line = self.transport.begin(at_s)
        self.transport.came(self.place.number, line.line_s)
        end_s = 4.0 if source.out_s is None else source.out_s
        self.transport.ends(self.place.number, line.line_s + end_s - at_s)

    def run(self, frames: int) -> None:
        for _ in range(frames):
            self.number += 1
            self.transport.step(self.number, self.number / RATE)
            if not self.transport.is_at(self.place.number):
                place = self.transport.next_place(self.place.number)
                assert place is not None
                self.place = place
                self.read()

    def do(self, action: ClipAction, at_s: float = 0.0) -> "Future[int]":
        return self.transport.steer(action, at_s)

    @property
    def file_s(self) -> float:
        """Which second of the file the newest frame shows."""
        now_s = self.number / RATE
        return self.transport.file_at(now_s - self.transport.offset(now_s))


def test_it_plays_from_the_very_frame_that_is_answered() -> None:
    deck = Deck()
    deck.run(10)
    assert (deck.transport.state, deck.file_s, deck.transport.moves) == (CUED, 1.0, False)
    played = deck.do(ClipAction.PLAY)
    deck.run(1)
    assert played.result(0) == 11
    assert deck.file_s == pytest.approx(1.0)
    deck.run(25)
    assert deck.file_s == pytest.approx(2.0)
    paused = deck.do(ClipAction.PAUSE)
    deck.run(1)
    assert (paused.result(0), deck.transport.state) == (37, PAUSED)
    stood_s = deck.file_s
    deck.run(100)
    assert deck.file_s == stood_s == pytest.approx(2.04)
    deck.do(ClipAction.PLAY)
    deck.run(2)
    assert deck.file_s == pytest.approx(2.08)


def test_it_ends_where_its_out_point_is_and_plays_anew_from_its_in_point() -> None:
    deck = Deck(replace(FILM, out_s=2.0, autoplay=Autoplay.ALWAYS))
    deck.run(26)
    assert deck.transport.state is ENDED
    assert deck.file_s == pytest.approx(2.0)
    deck.do(ClipAction.PAUSE)
    deck.run(2)
    assert deck.transport.state is ENDED
    again = deck.do(ClipAction.PLAY)
    deck.run(2)
    assert (again.result(0), deck.transport.state) == (30, PLAYING)
    assert deck.file_s == pytest.approx(1.0)


def test_who_is_asked_twice_before_a_frame_does_the_last() -> None:
    deck = Deck()
    deck.run(1)
    for action in (ClipAction.PLAY, ClipAction.PAUSE):
        deck.do(action)
    deck.run(1)
    assert deck.transport.state is PAUSED
    first, last = deck.do(ClipAction.SEEK, 2.0), deck.do(ClipAction.SEEK, 3.0)
    deck.run(2)
    assert (first.result(0), last.result(0), deck.file_s) == (4, 4, 3.0)


@pytest.mark.parametrize(
    ("start", "state", "file_s"),
    [
        (None, CUED, 1.0),
        (ClipStart(state=CUED, at_s=3.0), CUED, 1.0),
        (ClipStart(state=PAUSED, at_s=2.5), PAUSED, 2.5),
        (ClipStart(state=PAUSED, at_s=0.2), PAUSED, 1.0),
        (ClipStart(state=PLAYING, at_s=2.5), PLAYING, 2.5),
        (ClipStart(state=ENDED, at_s=4.0), ENDED, 4.0),
    ],
)
def test_it_begins_where_it_was(start: ClipStart | None, state: ClipState, file_s: float) -> None:
    deck = Deck(start=start)
    deck.run(1)
    assert deck.transport.state is state
    assert deck.file_s == pytest.approx(file_s)


def test_it_goes_with_program_where_it_is_set_so() -> None:
    deck = Deck(replace(FILM, autoplay=Autoplay.PROGRAM))
    for on, state in ((False, CUED), (True, PLAYING), (True, PLAYING), (False, CUED)):
        deck.transport.on_air(on=on)
        deck.run(2)
        assert deck.transport.state is state
    other = Deck()
    other.transport.on_air(on=True)
    other.run(2)
    assert other.transport.state is CUED


def test_a_file_that_fails_answers_so_and_begins_anew() -> None:
    deck = Deck()
    deck.run(1)
    deck.do(ClipAction.PLAY)
    deck.run(1)
    waiting = deck.do(ClipAction.PAUSE)
    deck.transport.failed()
    with pytest.raises(UnavailableError):
        waiting.result(0)
    assert (deck.transport.state, deck.transport.status(None)) == (None, None)
    with pytest.raises(UnavailableError) as refused:
        deck.do(ClipAction.PLAY)
    assert refused.value.code == "clip_not_ready"


@pytest.mark.parametrize("at_s", [0.5, 4.5, 1e5])
def test_there_is_nothing_outside(at_s: float) -> None:
    with pytest.raises(InvalidError) as refused:
        Deck().do(ClipAction.SEEK, at_s)
    assert refused.value.code == "clip_outside"


@given(st.lists(st.sampled_from([*ClipAction, None]), max_size=30))
def test_whatever_is_done_it_stays_within_its_points(actions: list[ClipAction | None]) -> None:
    deck = Deck(replace(FILM, out_s=2.0))
    for action in actions:
        if action is not None:
            deck.do(action, 1.5)
        deck.run(5)
        assert 1.0 - 1e-6 <= deck.file_s <= 2.0 + 1e-6
        assert deck.transport.moves is (deck.transport.state is PLAYING)


@pytest.mark.parametrize("state", ClipState)
def test_the_table_of_moves(state: ClipState) -> None:
    assert moved(state, state) is state
    for to in ClipState:
        if to is not state and to not in TRANSITIONS[state]:
            with pytest.raises(IllegalTransitionError):
                moved(state, to)


def test_rounds_lie_behind_each_other_on_the_line() -> None:
    line = ClipLine()
    first = line.begin(1.0)
    line.follow(first.line_s + 2.0, 1.0)
    assert [line.file_at(first.line_s + after) for after in (0.0, 1.5, 2.0, 3.0)] == [1.0, 2.5, 1.0, 2.0]
    line.top_s = first.line_s + 4.0
    assert line.begin(3.0).line_s > first.line_s + 4.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_times_that_jump_go_on_evenly_in_both_tracks(jumps: list[float]) -> None:
    steady, last_s = Steady(0.0), 0.0
    for jump_s in (0.0, *jumps):
        for track in ("video", "audio"):
            at_s = steady.at(track, jump_s, 0.04)
            assert -1.3 <= at_s - last_s <= 11.3
            last_s = at_s


def test_a_picture_that_stands_for_long_keeps_its_time_where_the_sound_goes_on() -> None:
    steady, pacer = Steady(0.0), Pacer(2, 10.0, lambda _: True)
    assert steady.at("video", 0.0, 0.04) == 0.0
    pacer.put(a_packet(0), 0.0, 0.0, 0.04)
    for number in range(1000):
        steady.at("audio", number * 0.02, 0.02)
        pacer.put(a_packet(1), number * 0.02, number * 0.02, 0.02)
    assert steady.at("video", 20.0, 0.04) == 20.0
    pacer.put(a_packet(0), 20.0, 20.0, 0.04)
    assert [shown_s for _, shown_s in pacer.due(all_of_them=True)][-1] == 20.0
    assert pacer.reached_s == 20.0


@pytest.mark.parametrize(("until_s", "at_s"), [(25.0, 20.0), (19.0, 0.04)])
def test_without_sound_it_keeps_its_time_as_far_as_the_file_goes(until_s: float, at_s: float) -> None:
    steady, pacer = Steady(0.0, until_s), Pacer(1, 10.0, lambda _: True, until_s)
    for time_s in (0.0, 20.0):
        pacer.put(a_packet(0), time_s, time_s, 0.04)
    assert len(list(pacer.due(all_of_them=True))) == 2
    assert pacer.reached_s == pytest.approx(at_s)
    assert [steady.at("video", time_s, 0.04) for time_s in (0.0, 20.0)] == [0.0, pytest.approx(at_s)]


def test_both_tracks_that_leap_go_on_where_they_were() -> None:
    steady = Steady(0.0, 10_000.0)
    for track in ("video", "audio"):
        assert steady.at(track, 0.0, 0.04) == 0.0
    for track in ("video", "audio"):
        assert steady.at(track, 3600.0, 0.04) == pytest.approx(0.04)


def a_packet(track: int) -> AnyPacket:
    return cast("AnyPacket", SimpleNamespace(stream=SimpleNamespace(index=track), size=1))


class TestStay:
    def over(self, stay: Stay, first: int, frames: int) -> list[bool]:
        found = []
        for number in range(first, first + frames):
            stay.step(number, number / RATE)
            found.append(stay.is_over)
        return found

    def test_it_counts_on_program_and_from_play(self) -> None:
        stay = Stay(0.4)
        assert not any(self.over(stay, 0, 50))
        stay.on_air(on=True)
        assert self.over(stay, 50, 12) == [False] * 9 + [True] * 3
        played = stay.steer(ClipAction.PLAY)
        assert self.over(stay, 62, 12) == [False] * 10 + [True] * 2
        assert played.result(0) == 62
        stay.on_air(on=False)
        assert self.over(stay, 80, 1) == [False]

    def test_another_duration_counts_at_once(self) -> None:
        stay = Stay(10.0)
        stay.on_air(on=True)
        self.over(stay, 0, 50)
        stay.use(1.0)
        assert self.over(stay, 50, 1) == [True]
