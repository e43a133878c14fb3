"""One clock per path, whatever its publishers bring."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.media.packets import Packet
from stagedoor.relay.hub.timeline import Timeline
from tests.kit.relay import AUDIO, VIDEO

pytestmark = pytest.mark.unit


def at(ms: int, arrived_ms: int, *, video: bool = True) -> Packet:
    track = VIDEO if video else AUDIO
    ticks = ms * track.clock_rate // 1000
    return Packet(track, b"x", ticks, ticks, key=True, arrived=arrived_ms / 1000)


def place(timeline: Timeline, packet: Packet) -> Packet | None:
    return timeline.place(packet, video=packet.track is VIDEO)


def test_the_first_publisher_is_not_touched() -> None:
    timeline = Timeline()
    packet = at(5000, 0)
    assert place(timeline, packet) is packet


def test_a_new_clock_goes_on_by_the_time_that_passed() -> None:
    timeline = Timeline()
    place(timeline, at(70_000, 1000))
    timeline.restart()
    moved = place(timeline, at(3, 4000))
    assert moved is not None
    assert moved.pts == 73_000 * 90


def test_the_slower_track_of_a_new_clock_never_goes_back() -> None:
    timeline = Timeline()
    place(timeline, at(10_000, 1000))
    place(timeline, at(10_000, 1000, video=False))
    timeline.restart()
    sound = place(timeline, at(500, 1010, video=False))
    picture = place(timeline, at(300, 1011))
    later = place(timeline, at(520, 1030, video=False))
    assert sound is not None
    assert picture is not None
    assert later is not None
    assert sound.pts == 10_010 * 48
    assert picture.pts > 10_000 * 90
    # Moved on together: from here the two keep the distance that they came with.
    assert later.pts / 48 - picture.pts / 90 == pytest.approx(220)


def test_what_is_late_is_left_out() -> None:
    timeline = Timeline()
    place(timeline, at(100, 0, video=False))
    place(timeline, at(120, 20, video=False))
    assert place(timeline, at(110, 30, video=False)) is None
    assert place(timeline, at(120, 30, video=False)) is None
    assert place(timeline, at(140, 40, video=False)) is not None


def test_a_clock_that_was_started_anew_goes_on() -> None:
    timeline = Timeline()
    place(timeline, at(60_000, 0))
    place(timeline, at(60_000, 0, video=False))
    moved = place(timeline, at(0, 40))
    assert moved is not None
    assert moved.pts == 60_040 * 90
    moved = place(timeline, at(0, 40, video=False))
    assert moved is not None
    assert moved.pts == 60_040 * 48


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 400)), min_size=1, max_size=6))
def test_no_track_ever_goes_back(publishers: list[tuple[int, int]]) -> None:
    timeline = Timeline()
    last = {True: -1, False: -1}
    arrived = 0
    for start, skew in publishers:
        timeline.restart()
        for step in range(10):
            arrived += 20
            for video in (True, False):
                packet = at(start + step * 20 + (0 if video else skew), arrived, video=video)
                moved = place(timeline, replace(packet, dts=packet.pts))
                if moved is not None:
                    assert moved.dts > last[video]
                    last[video] = moved.dts
