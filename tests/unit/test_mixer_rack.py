"""Sources that are added and changed together: what one of them does to the others."""

import io
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import av
import numpy as np
import pytest
from PIL import Image

from stagedoor.domain.key import ChromaKey, LumaKey
from stagedoor.domain.scene import Crop, Offset
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.media.packets import Kind
from stagedoor.mixer.picture import keyer
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.picture.planes import even_up
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.sources import begin
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import Hub
from stagedoor.mixer.sources.rack import Rack
from stagedoor.mixer.sources.showing import Showing
from stagedoor.mixer.thumbnail import whole
from tests.kit.watch import near

pytestmark = pytest.mark.unit

COLOR = Source("color", SourceKind.COLOR, color="#2060a0")
STILL = Source("still", SourceKind.STILL, url="/nowhere.qoi")


class Idle:
    """A reader that reads nothing."""

    made: ClassVar[dict[str, "Idle"]] = {}

    def __init__(self, name: str, _open: object, feed: Feed, **_: object) -> None:
        self.feed, self.stopped = feed, threading.Event()
        if name == "unlucky":
            raise RuntimeError("can't start new thread")
        self.made[name] = self

    def start(self) -> None:
        self.feed.began()

    def stop(self) -> None:
        self.stopped.set()

    def join(self, _within_s: float) -> bool:
        return self.stopped.is_set()


@pytest.fixture
def sounds() -> SoundEngine:
    return SoundEngine()


@pytest.fixture
def rack(monkeypatch: pytest.MonkeyPatch, sounds: SoundEngine) -> Iterator[Rack]:
    monkeypatch.setattr(begin, "Reader", Idle)
    monkeypatch.setattr(Idle, "made", {})
    rack = Rack(Hub("http://127.0.0.1:9", ""), "hub", (64, 36), 30, sounds)
    yield rack
    rack.close()


def guest(name: str) -> Source:
    return Source(name, SourceKind.GUEST, url=name)


def apply(rack: Rack, sources: Iterable[Source]) -> None:
    rack.use(rack.prepare(sources))


def test_nothing_of_what_is_prepared_is_seen_or_changed_before_it_is_used(
    rack: Rack, sounds: SoundEngine
) -> None:
    wall = ChromaKey()
    apply(rack, [guest("guest1"), guest("guest2"), COLOR, replace(STILL, if_gone="color")])
    feed, before = rack.feeds["guest1"], rack.shown("color")
    changed = [replace(guest("guest1"), key=wall, zoom=2.0), guest("guest3"), replace(COLOR, color="#ff0000")]
    prepared = rack.prepare(changed)
    assert list(rack.ids) == ["guest1", "guest2", "color", "still"]
    assert (rack.shown("color"), rack.shown("still"), feed.key) == (before, before, None)
    assert not Idle.made["guest2"].stopped.is_set()
    rack.use(prepared)
    assert list(rack.ids) == ["guest1", "guest3", "color"]
    assert (rack.feeds["guest1"], feed.key) == (feed, wall)
    assert rack.shown("color") != before
    assert Idle.made["guest2"].stopped.is_set()
    assert sounds.sources == ("guest1", "guest3")


def test_what_was_prepared_and_never_used_is_let_go_of(rack: Rack, sounds: SoundEngine) -> None:
    apply(rack, [guest("guest1")])
    unused = rack.prepare([guest("guest1"), guest("guest2")])
    apply(rack, [guest("guest1"), COLOR])
    assert Idle.made["guest2"].stopped.is_set()
    assert sounds.sources == ("guest1",)
    # A frame's edge that came too late for whoever asked.
    rack.use(unused)
    assert rack.ids == ("guest1", "color")
    assert not Idle.made["guest1"].stopped.is_set()


def test_a_sources_own_thread_knows_its_key(rack: Rack) -> None:
    wall, screen = ChromaKey(color="#10c050"), LumaKey(low=0.3)
    keyer._colors.cache_clear()
    apply(rack, [replace(guest("guest1"), key=wall)])
    feed = rack.feeds["guest1"]
    assert feed.key == wall
    # No frame has to wait for what all of them need.
    assert keyer._colors.cache_info().currsize == 1
    for key in (screen, None):
        apply(rack, [replace(guest("guest1"), key=key)])
        assert rack.feeds["guest1"] is feed
        assert rack.feeds["guest1"].key == key


def test_that_sound_is_not_heard_is_said_until_it_is(rack: Rack, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(rack, [guest("guest1")])
    assert rack.statuses(0.0)[0].code == ""
    with monkeypatch.context() as late:
        late.setattr(SourceSound, "is_unheard", True)
        rack.feeds["guest1"].heard()
        now_s = time.monotonic()
        (status,) = rack.statuses(now_s)
        assert status.code == "source_sound_late"
        assert "playout_ms" in status.reason
        assert rack.statuses(now_s + 1.0)[0].code == "", "none comes any more"
        rack.feeds["guest1"].ended("source_ended", "its stream has ended")
        assert rack.statuses(now_s)[0].code == "source_ended"


def test_that_not_all_of_it_is_recorded_is_said_while_it_should_be(rack: Rack) -> None:
    camera = Source("camera", SourceKind.URL, "Camera", url="rtsp://192.0.2.1/a", iso=True)
    apply(rack, [camera])
    rack.feeds["camera"].facts.video_codec = "vc1"
    rack.feeds["camera"].facts.audio_codec = "aac"
    (status,) = rack.statuses(time.monotonic())
    assert (status.code, status.reason) == ("source_not_recorded", "its recording is without vc1")
    apply(rack, [replace(camera, iso=False)])
    assert rack.statuses(time.monotonic())[0].code == ""


def test_another_playout_delay_leaves_the_stream_as_it_is(rack: Rack) -> None:
    apply(rack, [guest("guest1")])
    feed = rack.feeds["guest1"]
    for step in range(50):
        feed.playout.arrived(step * 0.02, 100 + step * 0.02, Kind.VIDEO)
    apply(rack, [replace(guest("guest1"), playout_ms=400)])
    assert rack.feeds["guest1"] is feed
    feed.playout.arrived(1.0, 101.2, Kind.VIDEO)
    feed.playout.offset(101.2)
    assert feed.playout.delay_ms == 400


def test_a_still_is_the_slate_of_whatever_has_none_of_its_own_pictures(rack: Rack, tmp_path: Path) -> None:
    blue = tmp_path / "blue.png"
    Image.new("RGB", (32, 18), "#0000ff").save(blue)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    plain, own = guest("guest1"), replace(guest("guest2"), slate=str(blue), crop=Crop(left=0.5))
    broken = replace(guest("guest3"), slate=str(tmp_path / "broken.png"))
    apply(rack, [plain, own, broken, replace(STILL, slate=str(blue))])
    shown = [Image.open(io.BytesIO(whole(key, rack))).getpixel((20, 20)) for key in ("guest2", "still")]
    assert all(blue > 200 and red < 60 for red, _, blue in shown)  # type: ignore[misc]
    assert rack.shown("guest2").crop == Crop()
    assert (rack.shown("guest3").width, list(rack.feeds)) == (64, ["guest1", "guest2", "guest3"])
    before = rack.shown("guest2")
    apply(rack, [replace(own, zoom=2.0)])
    # It is not read anew for something else.
    assert rack.shown("guest2") is before
    apply(rack, [replace(own, slate="")])
    assert rack.shown("guest2").width == 64


@pytest.mark.parametrize("error", [ValueError("truncated"), RuntimeError("no decoder"), MemoryError()])
def test_a_still_that_breaks_its_decoder_costs_no_other_source_anything(
    rack: Rack, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(_file: Path, _most: tuple[int, int]) -> None:
        raise error

    monkeypatch.setattr(begin, "still", broken)
    apply(rack, [guest("guest1"), STILL, COLOR])
    assert rack.ids == ("guest1", "still", "color")
    assert [status.state for status in rack.statuses(0.0)] == [
        SourceState.CONNECTING,
        SourceState.GONE,
        SourceState.LIVE,
    ]


def test_a_source_that_cannot_be_begun_leaves_the_others(rack: Rack, sounds: SoundEngine) -> None:
    apply(rack, [guest("unlucky"), guest("guest1")])
    assert list(rack.feeds) == ["guest1"]
    assert sounds.sources == ("guest1",)


def test_what_fails_as_a_whole_leaves_everything_as_it_was(rack: Rack, sounds: SoundEngine) -> None:
    apply(rack, [guest("guest1")])

    def sources() -> Iterator[Source]:
        yield guest("guest1")
        yield guest("guest2")
        raise KeyError

    with pytest.raises(KeyError):
        apply(rack, sources())
    assert rack.ids == ("guest1",)
    assert sounds.sources == ("guest1",)
    assert [name for name, reader in Idle.made.items() if reader.stopped.is_set()] == ["guest2"]


def test_a_share_keeps_its_place_in_the_multiview_while_it_pauses(
    rack: Rack, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(rack, [guest("guest1-screen")])
    feed = rack.feeds["guest1-screen"]
    seen = {}
    for state in SourceState:
        monkeypatch.setattr(type(feed), "state", state)
        seen[state] = rack.seen
    assert [state for state, ids in seen.items() if ids] == [SourceState.LIVE, SourceState.STALLED]


def test_a_sources_own_framing_follows_it_and_its_stand_in_has_another(rack: Rack) -> None:
    zoomed = replace(COLOR, id="zoomed", crop=Crop(left=0.5), zoom=2.0, offset=Offset(1.0, 0.0))
    apply(rack, [zoomed, COLOR])
    assert rack.shown("zoomed").crop == Crop(0.75, 0.25, 0.0, 0.25)
    assert rack.shown("color").crop == Crop()
    apply(rack, [replace(zoomed, zoom=1.0), COLOR])
    assert rack.shown("zoomed").crop == Crop(left=0.5)
    apply(rack, [replace(STILL, zoom=4.0, if_gone="color"), COLOR])
    assert rack.shown("still").crop == Crop()


def test_all_of_a_sources_picture_is_drawn_before_its_framing_and_in_its_own_shape(rack: Rack) -> None:
    pattern = Source("pattern", SourceKind.PATTERN)
    apply(rack, [pattern, replace(pattern, id="framed", crop=Crop(top=0.5), zoom=4.0), guest("guest1")])
    assert whole("framed", rack) == whole("pattern", rack)
    rack.feeds["guest1"].show(Picture(av.VideoFrame(36, 64, "yuv420p"), 2.5))
    rack.feeds["guest1"].advance(time.monotonic())
    width, height = Image.open(io.BytesIO(whole("guest1", rack))).size
    assert (width, height) == (640, even_up(640 * 64 / 36))


def test_a_sources_key_follows_it_and_its_slate_has_none(rack: Rack) -> None:
    apply(rack, [replace(COLOR, key=LumaKey()), replace(STILL, key=ChromaKey())])
    assert (rack.shown("color").key, rack.shown("still").key) == (LumaKey(), None)
    apply(rack, [replace(guest("guest1"), key=ChromaKey())])
    feed = rack.feeds["guest1"]
    feed.show(Picture(av.VideoFrame(64, 36, "yuv420p"), 0.0))
    feed.advance(time.monotonic())
    assert rack.shown("guest1").key == ChromaKey()
    apply(rack, [replace(guest("guest1"), key=ChromaKey(spill=0.0))])
    assert (rack.feeds["guest1"], rack.shown("guest1").key) == (feed, ChromaKey(spill=0.0))


def pixel(rack: Rack, source: str) -> tuple[int, int, int]:
    """A pixel of what a source shows that no letter of a slate covers."""
    red, green, blue = pixels(rack, source)[20, 20].tolist()
    return red, green, blue


def pixels(rack: Rack, source: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """All of what a source shows."""
    return np.asarray(Image.open(io.BytesIO(whole(source, rack))).convert("RGB"))


def test_a_slate_as_a_source_is_its_label_on_its_colour_or_a_still_all_the_time(
    rack: Rack, tmp_path: Path
) -> None:
    file = tmp_path / "soon.png"
    Image.new("RGB", (64, 36), "#20c040").save(file)
    slate = Source("slate", SourceKind.SLATE, "Back at eight", "#2060a0")
    unnamed = replace(slate, id="unnamed", label="")
    apply(rack, [slate, unnamed])
    assert all(status.state is SourceState.LIVE and status.has_video for status in rack.statuses(0.0))
    assert near(pixel(rack, "slate"), (0x20, 0x60, 0xA0))
    words = pixels(rack, "slate")
    assert words.min(axis=2).max() > 200, "its label is on it"
    assert not np.array_equal(words, pixels(rack, "unnamed"))
    assert rack.seen == ("slate", "unnamed")

    apply(rack, [replace(slate, slate=str(file), zoom=2.0, key=LumaKey())])
    assert near(pixel(rack, "slate"), (0x20, 0xC0, 0x40))
    assert (rack.shown("slate").crop, rack.shown("slate").key) == (Crop(0.25, 0.25, 0.25, 0.25), LumaKey())
    apply(rack, [replace(slate, slate=str(tmp_path / "missing.png"), color="#c02020")])
    assert near(pixel(rack, "slate"), (0xC0, 0x20, 0x20))
    apply(rack, [replace(guest("guest1"), if_gone="slate"), slate])
    rack.feeds["guest1"].end(over=True)
    rack.advance(time.monotonic())
    assert rack.standing_in("guest1") == "slate"


def test_what_a_source_shows_is_named_by_its_pieces(rack: Rack) -> None:
    """A guest's are the relay's, a recorded camera's the mixer's; what stands in is named itself."""
    camera = Source("camera", SourceKind.URL, url="rtsp://camera.example.org/", iso=True, if_gone="guest1")
    apply(rack, [guest("guest1"), camera, Source("plain", SourceKind.COLOR)])
    assert rack.showing("camera") == Showing("camera", slate=True)
    assert rack.showing("plain") == Showing("plain")
    for name in ("guest1", "camera"):
        picture = Picture(av.VideoFrame(64, 36, "yuv420p"), 2.5)
        rack.feeds[name].show(picture)
        rack.feeds[name].advance(time.monotonic())
    assert rack.showing("guest1") == Showing("guest1", "guest1", 1, 2.5)
    assert rack.showing("camera") == Showing("camera", "camera", 1, 2.5)
    rack.advance(time.monotonic() + 60)
    rack.feeds["guest1"].show(Picture(av.VideoFrame(64, 36, "yuv420p"), 3.0))
    rack.feeds["guest1"].advance(time.monotonic())
    rack.feeds["guest1"].judge(time.monotonic())
    assert rack.showing("camera") == Showing("guest1", "guest1", 1, 3.0)


def test_a_guest_who_is_read_elsewhere_is_named_with_the_delay_until_the_time_is_known(
    monkeypatch: pytest.MonkeyPatch, sounds: SoundEngine
) -> None:
    monkeypatch.setattr(begin, "Reader", Idle)
    elsewhere = Rack(Hub("http://127.0.0.1:9", ""), "rtsp://127.0.0.1:9/{path}", (64, 36), 30, sounds)
    apply(elsewhere, [replace(guest("guest1"), playout_ms=150)])
    feed, now_s = elsewhere.feeds["guest1"], time.monotonic()
    feed.playout.arrived(2.5, now_s, Kind.VIDEO)
    feed.show(Picture(av.VideoFrame(64, 36, "yuv420p"), 2.5))
    feed.advance(now_s + 1)
    assert elsewhere.showing("guest1") == Showing("guest1", "guest1", 1, 2.5, delay_ms=150)
    feed.place(-0.5)
    assert elsewhere.showing("guest1") == Showing("guest1", "guest1", 1, 2.0)
    elsewhere.close()


def test_what_stands_in_is_named_whatever_it_is(rack: Rack) -> None:
    """A colour, and the slate of another one that is gone too."""
    broken = replace(STILL, id="broken")
    apply(
        rack, [replace(STILL, if_gone="color"), COLOR, replace(STILL, id="other", if_gone="broken"), broken]
    )
    assert rack.showing("still") == Showing("color")
    assert rack.showing("other") == Showing("broken", slate=True)
