"""One clock for a guest's tracks: from arrival at first, from sender reports afterwards."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.media.packets import Kind
from stagedoor.rtc.receive.clock import SLEW, GuestClock, ntp_ns
from stagedoor.rtc.receive.reports import SECOND

pytestmark = pytest.mark.unit

VIDEO_RATE, AUDIO_RATE = 90000, 48000


def ntp(seconds: float) -> int:
    return int(seconds * (1 << 32))


class Sender:
    """A browser whose tracks reach us late by a constant each; its clock is the test's clock."""

    def __init__(
        self, video_delay: float, audio_delay: float, video_first: int = 7, audio_first: int = 9
    ) -> None:
        self.clock = GuestClock()
        self.delay = {Kind.VIDEO: video_delay, Kind.AUDIO: audio_delay}
        self.first = {Kind.VIDEO: video_first, Kind.AUDIO: audio_first}
        self.rate = {Kind.VIDEO: VIDEO_RATE, Kind.AUDIO: AUDIO_RATE}

    def timestamp(self, kind: Kind, at: float) -> int:
        return (self.first[kind] + round(at * self.rate[kind])) & 0xFFFFFFFF

    def frame(self, kind: Kind, at: float) -> float:
        """Send the frame captured at `at`; its place on the path in seconds."""
        pts = self.clock.pts(kind, self.rate[kind], self.timestamp(kind, at), at + self.delay[kind])
        return pts / self.rate[kind]

    def report(self, kind: Kind, at: float) -> None:
        self.clock.report(kind, self.rate[kind], ntp(1000 + at), self.timestamp(kind, at))

    def offset_ms(self, at: float) -> float:
        """Sound minus picture on the path, of what was captured together at `at`."""
        return (self.frame(Kind.AUDIO, at) - self.frame(Kind.VIDEO, at)) * 1000


def test_before_reports_the_tracks_differ_by_the_difference_of_their_ways() -> None:
    sender = Sender(video_delay=0.070, audio_delay=0.030)
    assert sender.offset_ms(1.0) == pytest.approx(-40, abs=0.1)


def test_frames_that_go_no_further_tell_the_way_too() -> None:
    sender = Sender(video_delay=0.030, audio_delay=0.030)
    sender.frame(Kind.AUDIO, 0.0)
    sender.clock.notice(Kind.VIDEO, VIDEO_RATE, sender.timestamp(Kind.VIDEO, 0.0), 0.030)
    sender.delay[Kind.VIDEO] = 0.150
    sender.frame(Kind.VIDEO, 0.1)
    assert sender.offset_ms(0.12) == pytest.approx(0, abs=1), "a key frame that took long to make is not late"


def test_reports_that_come_before_the_frames_leave_no_offset_at_all() -> None:
    sender = Sender(video_delay=0.070, audio_delay=0.030)
    sender.frame(Kind.AUDIO, 0.0)
    sender.report(Kind.AUDIO, 0.0)
    sender.report(Kind.VIDEO, 0.0)
    assert sender.offset_ms(0.1) == pytest.approx(0, abs=0.1)
    assert sender.clock.av_offset_ms() == 0


@pytest.mark.parametrize("first", list(Kind))
def test_first_reports_bring_a_slow_microphone_into_step_at_once_whichever_comes_first(first: Kind) -> None:
    sender = Sender(video_delay=0.030, audio_delay=0.330)
    sender.offset_ms(0.0)
    other = next(kind for kind in Kind if kind is not first)
    sender.report(first, 0.1)
    sender.offset_ms(0.2)
    sender.report(other, 0.3)
    sender.offset_ms(0.4)
    assert sender.offset_ms(0.5) == pytest.approx(0, abs=1)


def test_a_machine_that_slept_is_in_step_with_the_first_reports_again() -> None:
    sender = Sender(video_delay=0.030, audio_delay=0.330)
    for at in (0.0, 1.0, 60.0):
        if at == 60.0:
            # Its tracks' own times stood meanwhile, each for another while.
            sender.first = {Kind.VIDEO: 7 - 50 * VIDEO_RATE, Kind.AUDIO: 9 - 51 * AUDIO_RATE}
        sender.offset_ms(at)
        for kind in (Kind.VIDEO, Kind.AUDIO):
            sender.report(kind, at + 0.1)
            sender.offset_ms(at + 0.2)
        sender.offset_ms(at + 0.3)
    assert sender.offset_ms(60.4) == pytest.approx(0, abs=1)


def test_a_late_report_is_approached_at_five_ms_a_second_by_the_picture() -> None:
    sender = Sender(video_delay=0.070, audio_delay=0.030)
    sender.offset_ms(0.0)
    sender.report(Kind.AUDIO, 0.5)
    sender.report(Kind.VIDEO, 0.5)
    audio = [sender.frame(Kind.AUDIO, t / 50) for t in range(1, 500)]
    steps = {round(b - a, 6) for a, b in zip(audio, audio[1:], strict=False)}
    assert steps == {0.02}, "sound is never touched"
    sender = Sender(video_delay=0.070, audio_delay=0.030)
    sender.offset_ms(0.0)
    sender.report(Kind.AUDIO, 0.5)
    sender.report(Kind.VIDEO, 0.5)
    offsets = [sender.offset_ms(t / 10) for t in range(1, 100)]
    changes = [b - a for a, b in zip(offsets, offsets[1:], strict=False)]
    assert max(changes) <= 0.5 + 0.05
    assert offsets[-1] == pytest.approx(0, abs=0.5)


def test_a_track_that_lost_time_goes_forward_at_once() -> None:
    sender = Sender(video_delay=0.03, audio_delay=0.03)
    sender.offset_ms(0.0)
    for kind in Kind:
        sender.report(kind, 0.0)
    sender.first[Kind.AUDIO] -= AUDIO_RATE * 3 // 10
    sender.report(Kind.AUDIO, 1.0)
    assert sender.offset_ms(1.0) == pytest.approx(-300, abs=10), "one report may be late itself"
    sender.report(Kind.AUDIO, 2.0)
    assert sender.offset_ms(2.0) == pytest.approx(0, abs=1)


def test_one_report_that_was_sent_late_moves_nothing() -> None:
    sender = Sender(video_delay=0.03, audio_delay=0.03)
    sender.offset_ms(0.0)
    for kind in Kind:
        sender.report(kind, 0.0)
    sender.clock.report(Kind.VIDEO, VIDEO_RATE, ntp(1001.3), sender.timestamp(Kind.VIDEO, 1.0))
    assert sender.offset_ms(1.0) == pytest.approx(0, abs=1)
    sender.report(Kind.VIDEO, 2.0)
    assert sender.offset_ms(2.0) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("stands_s", [2.9, 3.5, 5.0, 8.0])
def test_a_line_that_stood_still_and_gives_all_at_once_changes_no_time(stands_s: float) -> None:
    sender = Sender(video_delay=0.03, audio_delay=0.03)
    places = []
    for step in range(1500):
        at = step / 50
        stood = 10 < at <= 10 + stands_s
        sender.delay = dict.fromkeys(Kind, 0.03 + (10 + stands_s - at if stood else 0.0))
        places.append(sender.frame(Kind.AUDIO, at))
        if step % 100 == 0 and not stood:
            for kind in Kind:
                sender.report(kind, at)
    steps = [after - before for before, after in zip(places, places[1:], strict=False)]
    assert (min(steps), max(steps)) == pytest.approx((0.02, 0.02), abs=0.0002)


def test_a_line_that_stays_seconds_later_is_followed() -> None:
    sender = Sender(video_delay=0.03, audio_delay=0.03)
    before = sender.frame(Kind.AUDIO, 0.0)
    sender.delay = dict.fromkeys(Kind, 4.03)
    places = [sender.frame(Kind.AUDIO, step / 50) for step in range(1, 200)]
    assert places[-1] - before == pytest.approx(199 / 50 + 4.0, abs=0.01)


@pytest.mark.parametrize("has_reports", [True, False])
@pytest.mark.parametrize("drift", [-200e-6, 200e-6])
def test_a_sender_whose_clock_drifts_stays_by_ours_for_hours(drift: float, has_reports: bool) -> None:
    sender = Sender(video_delay=0.030, audio_delay=0.030)
    away, apart = [], []
    for at in range(6 * 3600):
        by_its_clock = at * (1 + drift)
        audio, video = (
            sender.clock.pts(
                kind, sender.rate[kind], sender.timestamp(kind, by_its_clock), at + sender.delay[kind]
            )
            / sender.rate[kind]
            for kind in (Kind.AUDIO, Kind.VIDEO)
        )
        if has_reports and at % 5 == 0:
            for kind in Kind:
                sender.report(kind, by_its_clock)
        away.append(audio - at)
        apart.append(abs(audio - video))
    assert max(away) - min(away) < 0.1
    assert max(apart) < 0.001
    steps = [after - before for before, after in zip(away, away[1:], strict=False)]
    assert max(map(abs, steps)) < 0.006, "it never leaps"


@pytest.mark.parametrize("seed", range(20))
def test_reports_of_a_busy_sender_do_not_move_sound_against_picture(seed: int) -> None:
    chance = random.Random(seed)
    sender = Sender(video_delay=0.03, audio_delay=0.03)
    sender.offset_ms(0.0)
    for kind in Kind:
        sender.report(kind, 0.0)
    furthest = 0.0
    for second in range(1, 90):
        for kind in Kind:
            # Every fourth is dated by when it was got round to, up to 190 ms after its time stamp.
            late = chance.uniform(0.01, 0.19) if chance.random() < 0.25 else 0.0
            stamp = sender.timestamp(kind, second)
            sender.clock.report(kind, sender.rate[kind], ntp(1000 + second + late), stamp)
        furthest = max(furthest, abs(sender.offset_ms(second + 0.5)))
    assert furthest < 20


def test_a_senders_wall_clock_that_is_set_anew_is_believed_without_a_leap() -> None:
    sender = Sender(video_delay=0.03, audio_delay=0.03)
    sender.offset_ms(0.0)
    for second in range(60):
        step = 0.7 if second >= 20 else 0.0
        for kind in Kind:
            stamp = sender.timestamp(kind, second)
            sender.clock.report(kind, sender.rate[kind], ntp(1000 + second + step), stamp)
        assert abs(sender.offset_ms(second + 0.5)) < 6
    assert sender.clock.av_offset_ms() == pytest.approx(0, abs=1)
    sender.first[Kind.AUDIO] -= AUDIO_RATE // 20
    for second in range(60, 90):
        for kind in Kind:
            stamp = sender.timestamp(kind, second)
            sender.clock.report(kind, sender.rate[kind], ntp(1000.7 + second), stamp)
        sender.offset_ms(second + 0.5)
    assert sender.offset_ms(90.0) == pytest.approx(0, abs=1), (
        "reports by the new clock move the picture as before"
    )


@given(
    st.lists(st.tuples(st.sampled_from(list(Kind)), st.integers(0, 400), st.booleans()), max_size=200),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
)
def test_times_always_go_forward(
    events: list[tuple[Kind, int, bool]], video_first: int, audio_first: int
) -> None:
    sender = Sender(0.0, 0.0, video_first, audio_first)
    last = {Kind.VIDEO: -1.0, Kind.AUDIO: -1.0}
    at = 0.0
    for kind, late_ms, is_report in events:
        at += 0.02
        sender.delay[kind] = late_ms / 1000
        if is_report:
            sender.report(kind, at)
        else:
            pts = sender.frame(kind, at)
            assert pts > last[kind]
            last[kind] = pts


def test_time_stamps_wrap() -> None:
    sender = Sender(0, 0, video_first=0xFFFFFFFF - 1000)
    first = sender.frame(Kind.VIDEO, 0.0)
    assert sender.frame(Kind.VIDEO, 1.0) - first == pytest.approx(1.0)


def test_a_new_stream_takes_up_where_the_old_one_ended() -> None:
    sender = Sender(0, 0)
    before = sender.frame(Kind.VIDEO, 5.0)
    sender.clock.restart(Kind.VIDEO)
    sender.first[Kind.VIDEO] = 123_456_789
    assert sender.frame(Kind.VIDEO, 6.0) - before == pytest.approx(1.0, abs=0.001)


def test_ntp_is_read_to_the_nanosecond() -> None:
    assert ntp_ns(1 << 32) == SECOND
    assert ntp_ns(1 << 31) == SECOND // 2
    assert SLEW == 5_000_000


def test_reports_of_a_sender_without_a_clock_or_with_a_wild_one_are_not_believed() -> None:
    sender = Sender(0, 0)
    sender.clock.report(Kind.AUDIO, AUDIO_RATE, 0, 0)
    sender.frame(Kind.VIDEO, 0.0)
    sender.report(Kind.VIDEO, 0.0)
    sender.clock.report(Kind.AUDIO, AUDIO_RATE, ntp(5), sender.timestamp(Kind.AUDIO, 0))
    assert sender.offset_ms(1.5) == pytest.approx(0, abs=1)
