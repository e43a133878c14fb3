"""How far timers have run, and how that is written; how tickers move."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.overlay import Timer
from stagedoor.domain.ticker import next_end, step_of, windows
from stagedoor.domain.timer import MINUS, MOST_S, SECOND_NS, AtZero, Run, TimerFormat, TimerMode, written

pytestmark = pytest.mark.unit

NOW = 1_790_000_000 * SECOND_NS
TIMES = st.integers(0, 10**15)
TIMERS = st.builds(
    Timer,
    st.just("t"),
    mode=st.sampled_from([TimerMode.COUNTDOWN, TimerMode.COUNT_UP]),
    seconds=st.integers(1, MOST_S),
    format=st.sampled_from(TimerFormat),
    at_zero=st.sampled_from(AtZero),
)


class TestRun:
    def test_it_stands_until_it_is_started(self) -> None:
        assert Run().elapsed_ns(NOW) == 0
        assert not Run().running

    @given(TIMES, TIMES, TIMES, TIMES)
    def test_it_is_the_sum_of_the_times_that_it_ran(
        self, first: int, pause: int, second: int, later: int
    ) -> None:
        run = Run().started(NOW).paused(NOW + first)
        assert run.elapsed_ns(NOW + first + later) == first
        assert not run.running
        run = run.started(NOW + first + pause)
        assert run.running
        assert run.elapsed_ns(NOW + first + pause + second) == first + second

    @given(TIMES, TIMES)
    def test_to_start_it_again_changes_nothing(self, first: int, second: int) -> None:
        run = Run().started(NOW)
        assert run.started(NOW + first) == run
        stopped = run.paused(NOW + first)
        assert stopped.paused(NOW + first + second).elapsed_ns(NOW + 2 * second) == first

    @given(TIMES, TIMES)
    def test_a_moment_that_is_still_to_come_counts_from_then_on(self, ahead: int, then: int) -> None:
        run = Run().started(NOW + ahead)
        assert run.elapsed_ns(NOW) == 0
        pausing = Run().started(NOW).paused(NOW + ahead)
        assert pausing.elapsed_ns(NOW + min(then, ahead)) == min(then, ahead)


class TestWritten:
    @pytest.mark.parametrize(
        ("seconds", "form", "text"),
        [
            (0, TimerFormat.SECONDS, "0:00"),
            (599, TimerFormat.SECONDS, "9:59"),
            (5400, TimerFormat.SECONDS, "90:00"),
            (5400, TimerFormat.HOURS, "1:30:00"),
            (5459, TimerFormat.MINUTES, "1:30"),
            (-61, TimerFormat.SECONDS, f"{MINUS}1:01"),
        ],
    )
    def test_forms(self, seconds: int, form: TimerFormat, text: str) -> None:
        assert written(seconds, form) == text

    def test_a_clock_has_two_figures_for_the_hour(self) -> None:
        assert written(9 * 3600 + 5 * 60, TimerFormat.MINUTES, padded=True) == "09:05"

    @given(TIMERS, TIMES)
    def test_it_fits_into_its_outlines(self, timer: Timer, elapsed: int) -> None:
        text = timer.text(elapsed)
        assert re.fullmatch(rf"{MINUS}?\d+(:\d\d){{1,2}}", text)
        usual, widest = timer.outlines
        assert len(usual) <= len(widest)
        assert len(text) <= len(widest)
        assert text.count(":") == widest.count(":") == usual.count(":")

    @given(TIMERS, TIMES)
    def test_it_changes_by_one_second_a_second(self, timer: Timer, elapsed: int) -> None:
        texts = [timer.text(elapsed + step * SECOND_NS // 50) for step in range(51)]
        changes = sum(one != other for one, other in pairwise(texts))
        assert changes <= 1
        if timer.format is not TimerFormat.MINUTES and 1 < elapsed // SECOND_NS < timer.seconds - 2:
            assert changes == 1


class TestCountdown:
    TEN = Timer("t", seconds=10)

    @pytest.mark.parametrize(
        ("at_zero", "texts"),
        [
            (AtZero.STOP, ["0:10", "0:10", "0:09", "0:01", "0:00", "0:00", "0:00"]),
            (AtZero.COUNT_ON, ["0:10", "0:10", "0:09", "0:01", "0:00", "0:00", f"{MINUS}0:01"]),
        ],
    )
    def test_it_shows_what_has_begun(self, at_zero: AtZero, texts: list[str]) -> None:
        timer = Timer("t", seconds=10, at_zero=at_zero)
        moments = (0.0, 0.99, 1.0, 9.99, 10.0, 10.99, 11.0)
        assert [timer.text(round(moment * SECOND_NS)) for moment in moments] == texts

    def test_what_runs_on_has_an_end(self) -> None:
        up = Timer("t", mode=TimerMode.COUNT_UP, format=TimerFormat.HOURS)
        assert up.text(10**18) == "99:59:59"
        assert up.zero_ns is None
        assert self.TEN.zero_ns == 10 * SECOND_NS


class TestTicker:
    @given(st.floats(0.02, 0.5), st.integers(160, 3840), st.integers(10, 120))
    def test_its_steps_are_even_and_never_none(self, speed: float, width: int, frame_rate: int) -> None:
        step = step_of(speed, width, frame_rate)
        assert step >= 2
        assert step % 2 == 0
        assert step == 2 or abs(step - speed * width / frame_rate) <= 1

    @given(st.integers(0, 10**9), st.integers(1, 400), st.integers(1, 300))
    def test_what_is_seen_is_the_text_over_and_over(self, offset: int, width: int, loop: int) -> None:
        seen = [start + each for start, wide in windows(offset, width, loop) for each in range(wide)]
        assert seen == [(offset + x) % loop for x in range(width)]

    @given(st.sets(st.integers(1, 500), min_size=1), st.integers(0, 10**6), st.integers(1, 80))
    def test_the_next_word_ends_at_or_behind_a_place(self, ends: set[int], offset: int, more: int) -> None:
        loop = max(ends) + more
        found = next_end(sorted(ends), offset, loop)
        assert offset <= found < offset + 2 * loop
        assert found % loop in ends
        assert not any(place % loop in ends for place in range(max(offset, found - loop), found))
