"""What a source shows, and what state its pictures and its sound say, in simulated time."""

from collections.abc import Callable
from types import SimpleNamespace

import av
import pytest

from stagedoor.domain import source as domain
from stagedoor.domain.clip import Autoplay
from stagedoor.domain.geometry import Box, Part
from stagedoor.domain.key import ChromaKey
from stagedoor.domain.source import SourceState
from stagedoor.media.packets import Kind
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sources import feed as feed_module
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.transport import Transport
from stagedoor.mixer.sources.waiting import LEAST_BYTES, MOST_BYTES, Waiting

pytestmark = pytest.mark.unit

LIVE, STALLED, GONE = SourceState.LIVE, SourceState.STALLED, SourceState.GONE
FRAME = av.VideoFrame(16, 16, "yuv420p")
FILM = domain.Source("film", domain.SourceKind.URL, url="/film.mp4", autoplay=Autoplay.ALWAYS)


class Source:
    """A feed, and what it is given and asked as simulated time goes on."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        playout_ms: int | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.now_s = 100.0
        self.feed = Feed(playout_ms, SourceSound(), transport)
        self.feed.began()
        self.states: list[SourceState] = []
        self.shown: list[tuple[float, Picture | None]] = []
        monkeypatch.setattr(feed_module, "time", SimpleNamespace(monotonic=lambda: self.now_s))

    def run(
        self, seconds: float, *, every_s: float | None = None, sound: bool = False, rate: int = 240
    ) -> None:
        """Let time go on; a picture comes each `every_s` with the time at which it was sent as its own."""
        for step in range(round(seconds * rate)):
            self.now_s += 1 / rate
            if every_s is not None and step % round(every_s * rate) == 0:
                self.feed.playout.arrived(self.now_s, self.now_s, Kind.VIDEO)
                self.feed.show(Picture(FRAME, self.now_s))
            if sound:
                self.feed.playout.arrived(self.now_s, self.now_s, Kind.VIDEO)
                self.feed.heard()
            if self.feed.judge(self.now_s):
                self.states.append(self.feed.state)
            self.feed.advance(self.now_s)
            self.shown.append((self.now_s, self.feed.picture))


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Source]:
    return lambda playout_ms=None, transport=None: Source(monkeypatch, playout_ms, transport)


@pytest.mark.parametrize(("rate", "playout_ms"), [(30, 1000), (60, 600), (120, 300), (240, 1000)])
def test_every_picture_is_shown_however_long_it_is_held_back(
    make: Callable[..., Source], rate: int, playout_ms: int
) -> None:
    source = make(playout_ms)
    source.run(4.0, every_s=1 / rate)
    late = [now - picture.media_s for now, picture in source.shown[-240:] if picture is not None]
    assert len(late) == 240
    assert max(late) < playout_ms / 1000 + 1 / rate + 0.01
    assert source.feed.dropped == 0


def test_pictures_that_come_much_too_early_are_not_kept(make: Callable[..., Source]) -> None:
    source = make()
    source.run(1.0, every_s=1 / 30)
    for number in range(300):
        source.feed.show(Picture(FRAME, source.now_s + number / 30))
    assert source.feed.dropped > 270
    source.run(0.6)
    times = [picture.media_s for _, picture in source.shown[-144:] if picture is not None]
    assert times == sorted(times)
    assert times[-1] - times[0] > 0.4


def test_what_waits_is_bounded_in_bytes_and_the_newest_are_dropped() -> None:
    waiting = Waiting()
    most = MOST_BYTES // LEAST_BYTES
    for number in range(most + 7):
        waiting.put(Picture(FRAME, number * 0.01), 384, before_s=1e9)
    assert (waiting.dropped, waiting.count, waiting.filled) == (7, most, 1.0)
    first = waiting.due(0.0)
    assert first is not None
    assert first.media_s == 0.0
    large = Waiting()
    for number in range(3):
        large.put(Picture(FRAME, number * 0.01), MOST_BYTES // 2, before_s=1e9)
    assert large.dropped == 1


def test_no_picture_is_dropped_for_another_that_is_keyed_before_it_is_due(
    make: Callable[..., Source],
) -> None:
    feed = make(1000).feed
    feed.key = ChromaKey()
    feed.wanted = frozenset({Part(Box(0, 0, 16, 16), Box(0, 0, 1920, 1080))})
    plain = 1920 * 1080 * 3 // 2
    keyed = 0
    for number in range(MOST_BYTES // plain // 2):
        feed.playout.arrived(number * 0.01, 100.0 + number * 0.01, Kind.VIDEO)
        keyed += feed.key_ahead is not None
        feed.show(Picture(FRAME, number * 0.01))
    assert keyed == pytest.approx(MOST_BYTES // 2 / (3 * plain), abs=1)
    assert (feed.key_ahead, feed.dropped) == (None, 0)


def test_a_time_line_that_begins_again_takes_the_place_of_the_old_one() -> None:
    waiting = Waiting()
    for media_s in (50.0, 50.1, 7.0):
        waiting.put(Picture(FRAME, media_s), 384, before_s=1e9)
    taken = waiting.due(7.0)
    assert taken is not None
    assert taken.media_s == 7.0


def test_a_source_that_pauses_is_stalled_and_after_ten_seconds_gone(make: Callable[..., Source]) -> None:
    source = make()
    source.run(2.0, every_s=1 / 30)
    source.run(9.5)
    assert source.states == [LIVE, STALLED]
    source.run(1.0)
    assert source.states == [LIVE, STALLED, GONE]


def test_what_was_held_back_of_the_stream_before_is_not_of_the_next(make: Callable[..., Source]) -> None:
    source = make()
    source.feed.playout.hold(0.04)
    source.run(1.0, every_s=0.05)
    assert source.feed.playout.delay_ms == 100
    source.feed.began()
    source.run(30.0, every_s=0.05)
    assert source.feed.playout.delay_ms == 60


def test_a_stream_that_has_ended_is_gone_when_its_last_picture_has_stood(make: Callable[..., Source]) -> None:
    source = make()
    source.run(2.0, every_s=1 / 30)
    source.feed.ended("source_ended", "its stream has ended")
    source.run(1.9)
    assert (source.states, source.shown[-1][1] is None) == ([LIVE, STALLED], False)
    source.run(0.3)
    assert (source.states, source.shown[-1][1] is None) == ([LIVE, STALLED, GONE], True)


@pytest.mark.parametrize("playout_ms", [None, 1000])
def test_nothing_of_before_a_gap_is_seen_after_it(
    make: Callable[..., Source], playout_ms: int | None
) -> None:
    """Another guest may sit there by then; the first new picture is not due when it comes."""
    source = make(playout_ms)
    source.run(2.0, every_s=1 / 30)
    source.feed.ended("source_ended", "its stream has ended")
    source.run(5.0)
    source.shown, came_s = [], source.now_s
    source.feed.began()
    source.run(3.0, every_s=1 / 30)
    seen = [picture.media_s for _, picture in source.shown if picture is not None]
    assert seen
    assert min(seen) > came_s
    assert source.shown[0][1] is None


def test_nothing_of_before_a_camera_was_off_is_seen_once_it_is_on(make: Callable[..., Source]) -> None:
    source = make()
    source.run(2.0, every_s=1 / 30)
    source.feed.dark = True
    source.run(0.2, sound=True)
    source.feed.dark = False
    source.shown, came_s = [], source.now_s
    source.run(0.5, every_s=1 / 30)
    seen = [picture.media_s for _, picture in source.shown if picture is not None]
    assert seen
    assert min(seen) > came_s


def test_who_was_ended_is_gone_at_once_and_back_with_the_first_new_picture(
    make: Callable[..., Source],
) -> None:
    source = make()
    source.run(2.0, every_s=1 / 30, sound=True)
    source.feed.end(over=True)
    source.shown = []
    # What was under way still comes.
    source.run(0.3, every_s=1 / 30, sound=True)
    assert source.states == [LIVE, GONE]
    assert all(picture is None for _, picture in source.shown)
    source.run(1.0)
    source.feed.end(over=False)
    source.run(0.2)
    assert (source.feed.state, source.shown[-1][1]) == (GONE, None)
    came_s = source.now_s
    source.shown = []
    source.run(0.5, every_s=1 / 30)
    seen = [picture.media_s for _, picture in source.shown if picture is not None]
    assert source.states == [LIVE, GONE, LIVE]
    assert seen
    assert min(seen) > came_s


def test_a_clip_is_live_while_its_file_is_open_and_shown_however_rare_its_pictures_are(
    make: Callable[..., Source],
) -> None:
    transport = Transport(FILM)
    source = make(None, transport)

    def begin() -> None:
        place = transport.opened(60.0, can_seek=True)
        line_s = transport.begin(0.0).line_s
        source.feed.show(Picture(FRAME, line_s))
        transport.came(place.number, line_s)
        transport.step(1, source.now_s)

    begin()
    source.run(30.0)
    assert transport.moves
    assert source.states == [LIVE]
    assert all(picture is not None for _, picture in source.shown)
    for _ in range(3):
        # It can be opened and breaks before anything of it comes.
        transport.failed()
        source.feed.ended("source_unreadable", "it is broken")
        source.run(1.0)
        transport.opened(60.0, can_seek=True)
        source.feed.began()
        transport.step(2, source.now_s)
        source.run(0.1)
    assert source.shown[-1][1] is None
    begin()
    source.run(1.0)
    assert source.shown[-1][1] is not None
    assert source.feed.state is LIVE


def test_who_reconnects_at_once_was_never_gone(make: Callable[..., Source]) -> None:
    source = make()
    source.run(2.0, every_s=1 / 30)
    source.feed.ended("source_ended", "its stream has ended")
    source.run(1.0)
    source.feed.began()
    source.run(1.5)
    source.run(1.0, every_s=1 / 30)
    assert source.states == [LIVE, STALLED, LIVE]


def test_who_is_heard_without_being_seen_is_not_gone(make: Callable[..., Source]) -> None:
    source = make()
    source.run(2.0, every_s=1 / 30, sound=True)
    source.run(30.0, sound=True)
    assert (source.states, source.shown[-1][1]) == ([LIVE, STALLED], None)
    source.feed.ended("source_ended", "its stream has ended")
    source.run(3.0)
    source.feed.began()
    source.run(5.0, sound=True)
    assert source.states == [LIVE, STALLED, GONE, LIVE]


@pytest.mark.parametrize("every_s", [0.5, 1.0, 2.5])
def test_a_source_of_few_pictures_is_live_and_shows_them(make: Callable[..., Source], every_s: float) -> None:
    source = make()
    source.run(3 * every_s, every_s=every_s)
    source.states, source.shown = [], []
    source.run(30.0, every_s=every_s)
    assert source.states == []
    assert all(picture is not None for _, picture in source.shown)
    source.run(3.1)
    assert source.states == [STALLED]


def test_times_on_the_path_are_known_by_stream() -> None:
    """The last picture of the stream before stands until another is due, and keeps its time."""
    feed = Feed(None, SourceSound())
    pictures = []
    for stream, shift_s in enumerate((2.0, -30.0, None), 1):
        feed.began()
        picture = Picture(FRAME, 5.0)
        feed.show(picture)
        assert feed.path_s(picture) is None
        feed.place(shift_s)
        assert feed.path_s(picture) == (None if shift_s is None else 5.0 + shift_s), stream
        pictures.append(picture)
    assert [feed.path_s(picture) for picture in pictures] == [None, -25.0, None]
