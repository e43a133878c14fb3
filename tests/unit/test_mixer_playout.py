"""When media is due: base, jitter, and a time line that moves slowly."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.media.packets import Kind
from stagedoor.mixer.playout import JUMP_S, SLEW, Playout

pytestmark = pytest.mark.unit

PACKET_S = 0.02


def run(
    playout: Playout,
    seconds: float,
    *,
    start: float = 100.0,
    media: float = 7.0,
    way: Callable[[float], float] = lambda _: 0.03,
    drift: float = 0.0,
    every: float = PACKET_S,
) -> Iterator[tuple[float, float]]:
    """Feed packets whose media begins at `media` when it is `start`; yield (time, offset) after each.

    `way` is how long a packet takes that is sent so many seconds after the start, if it waits for no
    other; the sender's clock is fast by `drift`.
    """
    now = start
    for sent in (index * every for index in range(round(seconds / every))):
        now = max(now, start + sent + way(sent))
        playout.arrived(media + sent * (1 + drift), now, Kind.AUDIO)
        yield now, playout.offset(now)


def last(steps: Iterator[tuple[float, float]]) -> float:
    return list(steps)[-1][1]


def jittery(sent: float) -> float:
    """Return 30 to 80 ms, every value equally often."""
    return 0.03 + 0.05 * (round(sent / PACKET_S) * 0.618 % 1)


def test_before_the_first_packet_there_is_no_time_line() -> None:
    playout = Playout(None)
    assert playout.offset(5.0) == 0.0
    assert playout.delay_ms == 0


def test_without_jitter_the_delay_is_the_shortest() -> None:
    playout = Playout(None)
    assert last(run(playout, 20)) == pytest.approx(93.0 + 0.03 + 0.06)
    assert playout.delay_ms == 60


def test_the_delay_covers_the_jitter() -> None:
    playout = Playout(None)
    list(run(playout, 40, way=jittery))
    assert 78 <= playout.delay_ms <= 81


def test_a_fixed_delay_is_kept_whatever_the_jitter() -> None:
    playout = Playout(250)
    assert last(run(playout, 40, way=jittery)) == pytest.approx(93.0 + 0.03 + 0.25, abs=0.001)
    assert playout.delay_ms == 250


def test_the_delay_is_never_longer_than_the_longest() -> None:
    playout = Playout(None)
    list(run(playout, 40, way=lambda sent: 0.03 + (0.9 if sent % 2 < 0.01 else 0.0)))
    assert playout.delay_ms == 400


@pytest.mark.parametrize("drift", [200e-6, -200e-6])
def test_a_clock_that_drifts_is_followed_for_an_hour(drift: float) -> None:
    playout = Playout(None)
    steps = run(playout, 3600, way=jittery, drift=drift, every=0.06)
    delays, errors = [], []
    for index, (now, offset) in enumerate(steps):
        if index > 1000 and index % 100 == 0:
            delays.append(playout.delay_ms)
            # The offset that fits a packet which is sent now, takes 30 ms and waits for 80 ms.
            sent = now - 100.0
            errors.append(offset - (100.0 + sent + 0.11 - 7.0 - sent * (1 + drift)))
    assert max(delays) - min(delays) <= 3
    assert max(map(abs, errors)) < 0.005


def test_jitter_that_grows_is_covered_soon_and_given_up_late() -> None:
    playout = Playout(None)
    list(run(playout, 20))
    list(run(playout, 20, start=120.0, media=27.0, way=lambda sent: 0.03 + 0.1 * (sent * 50 % 5 > 3)))
    assert 125 <= playout.delay_ms <= 135
    list(run(playout, 9, start=140.0, media=47.0))
    assert playout.delay_ms >= 110
    list(run(playout, 40, start=149.0, media=56.0))
    assert playout.delay_ms == 60


def test_the_time_line_moves_slowly_where_it_can() -> None:
    playout = Playout(None)
    list(run(playout, 20))
    steps = list(run(playout, 60, start=120.0, media=27.0, way=lambda sent: 0.03 + 0.05 * (sent % 1 < 0.1)))
    for (before, old), (now, new) in zip(steps, steps[1:], strict=False):
        assert abs(new - old) <= SLEW * max(0.0, now - before) + 1e-9


def test_it_jumps_where_too_much_would_be_lost() -> None:
    playout = Playout(None)
    before = last(run(playout, 20))
    after = last(run(playout, 2, start=120.0, media=27.0, way=lambda _: 0.33))
    assert after - before > JUMP_S
    assert playout.delay_ms >= 300


def test_a_cache_that_comes_at_once_does_not_count_as_late() -> None:
    playout = Playout(None)
    for index in range(100):
        playout.arrived(5.0 + index * PACKET_S, 100.03 + index * 0.0002, Kind.AUDIO)
    offset = last(run(playout, 5, start=100.03, media=7.0))
    assert offset == pytest.approx(93.03 + 0.03 + 0.06, abs=0.002)
    assert playout.delay_ms <= 62


@pytest.mark.parametrize("media", [0.0, 5000.0, 27.0 - 1.2])
def test_another_time_line_begins_at_once(media: float) -> None:
    playout = Playout(None)
    list(run(playout, 20))
    (now, offset), *_ = run(playout, 1, start=125.0, media=media)
    assert now - media - 0.03 <= offset <= now - media + 0.1


@pytest.mark.parametrize("late_s", [-1.8, -0.7, 0.7, 1.8, 4.0])
@pytest.mark.parametrize("first", list(Kind))
def test_sound_and_picture_that_are_sent_far_apart_are_on_one_time_line(late_s: float, first: Kind) -> None:
    """So that the one which comes in time is shown evenly, whatever becomes of the other."""
    playout, offsets = Playout(None), []
    behind = {Kind.VIDEO: 0.0, Kind.AUDIO: late_s}
    other = next(kind for kind in Kind if kind is not first)
    for index in range(1000):
        now = 100.0 + index * PACKET_S
        for kind in (first, other):
            if kind is Kind.VIDEO and 10.0 < now - 100.0 < 11.5:
                # A picture that stands still: some senders send none of it.
                continue
            playout.arrived(now - 93.0 - behind[kind], now, kind)
            offsets.append(playout.offset(now))
    settled = offsets[100:]
    assert max(settled) - min(settled) < 0.001
    assert settled[-1] == pytest.approx(93.0 + min(behind.values()) + 0.4, abs=0.001)


def test_a_time_line_that_stays_late_is_another_one() -> None:
    playout = Playout(None)
    list(run(playout, 20))
    list(run(playout, 4, start=121.5, media=26.9))
    assert playout.delay_ms <= 62


def test_a_pause_of_the_network_is_no_other_time_line() -> None:
    playout = Playout(None)
    before = last(run(playout, 20))
    list(run(playout, 1.5, start=120.0, media=27.0, way=lambda sent: 0.03 + 1.5 - sent))
    after = last(run(playout, 30, start=121.5, media=28.5))
    assert after == pytest.approx(before, abs=0.35)
    assert playout.delay_ms <= 400


@given(
    ways=st.lists(st.floats(0.0, 0.15), min_size=200, max_size=600),
    drift=st.floats(-200e-6, 200e-6),
    fixed=st.none() | st.integers(0, 1000),
)
@settings(max_examples=50, deadline=None)
def test_whatever_the_network_does_the_offset_stays_between_its_bounds(
    ways: list[float], drift: float, fixed: int | None
) -> None:
    playout = Playout(fixed)
    base = None
    for index, wait in enumerate(ways):
        sent = index * PACKET_S
        media, now = 7.0 + sent * (1 + drift), 100.0 + sent + wait
        playout.arrived(media, now, Kind.AUDIO)
        base = min(base, now - media) if base is not None else now - media
        offset = playout.offset(now)
        longest = 0.4 if fixed is None else fixed / 1000
        shortest = 0.06 if fixed is None else fixed / 1000
        if index > 50:
            assert base + shortest - 0.16 <= offset <= base + longest + 0.16


def test_what_is_held_back_after_it_has_come_is_added_within_the_limits() -> None:
    playout = Playout(None)
    list(run(playout, 20))
    playout.hold(0.04)
    steps = list(run(playout, 40, start=120.0, media=27.0))
    assert playout.delay_ms == 100
    for (before, old), (now, new) in zip(steps, steps[1:], strict=False):
        assert abs(new - old) <= SLEW * max(0.0, now - before) + 1e-9
    list(run(playout, 40, start=160.0, media=67.0, way=jittery))
    assert 118 <= playout.delay_ms <= 121
    playout.hold(1.0)
    list(run(playout, 40, start=200.0, media=107.0))
    assert playout.delay_ms == 400
    playout.fix(250)
    list(run(playout, 40, start=240.0, media=147.0))
    assert playout.delay_ms == 250
    playout.fix(None)
    playout.hold(0.0)
    list(run(playout, 90, start=280.0, media=187.0))
    assert playout.delay_ms == 60


def test_another_time_line_is_held_back_as_well() -> None:
    playout = Playout(None)
    playout.hold(0.04)
    list(run(playout, 2))
    list(run(playout, 2, start=125.0, media=5000.0))
    assert playout.delay_ms == 100


def test_a_delay_can_be_fixed_and_let_go_while_packets_come() -> None:
    playout = Playout(None)
    list(run(playout, 20))
    playout.fix(300)
    list(run(playout, 5, start=120.0, media=27.0))
    assert playout.delay_ms == 300
    playout.fix(None)
    list(run(playout, 60, start=125.0, media=32.0))
    assert playout.delay_ms == 60
