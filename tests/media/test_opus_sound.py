"""Opus whose packets were lost: what is rebuilt, and how near it comes to what was said."""

import contextlib
import io
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media import libopus, opus
from stagedoor.media.libopus import OpusDecoder
from stagedoor.media.mux.matroska import MatroskaWriter
from stagedoor.media.mux.nut import NutWriter
from stagedoor.media.opus_sound import LONGEST, OpusSound
from stagedoor.media.packets import Packet
from stagedoor.mixer.picture.picture import Scaler
from stagedoor.mixer.playout import Playout
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.samples import BLOCK, RATE, Samples
from stagedoor.mixer.sources import lost_sound
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.reading import Reading
from stagedoor.mixer.sources.tracks import tracks_of
from tests.kit import samples
from tests.kit.tones import dropped

pytestmark = pytest.mark.media

SECONDS = 2.6
"""Less than a source's sound is kept for, since all of it is written before it is read."""


@cache
def spoken(channels: int = 1) -> list[Packet]:
    """A voice; packets carry copies of what is spoken, none of pauses."""
    return samples.opus(samples.voice(SECONDS, channels), repair=True)


@cache
def sung(channels: int = 2) -> list[Packet]:
    """A tone whose packets carry none."""
    return samples.opus(samples.tone(SECONDS, channels))


def without(packets: list[Packet], lost: set[int]) -> list[Packet]:
    return [packet for number, packet in enumerate(packets) if number not in lost]


class Noted(Playout):
    """Remembers the media times, in seconds, of what it was told has come."""

    def __init__(self, fixed_ms: int | None) -> None:
        super().__init__(fixed_ms)
        self.came: list[float] = []

    def arrived(self, media_s: float, now_s: float, kind: str) -> None:
        self.came.append(round(media_s, 3))
        super().arrived(media_s, now_s, kind)


def heard(
    packets: list[Packet], *, rebuild: bool = True, made: type[NutWriter | MatroskaWriter] = NutWriter
) -> tuple[Samples, Feed]:
    """Read packets from the hub's container as the mixer does; all that program could have of them."""
    writer = made([packets[0].track])
    stream = io.BytesIO(writer.header() + b"".join(map(writer.write, packets)))
    feed = Feed(None, SourceSound())
    feed.playout = Noted(None)
    form = "nut" if made is NutWriter else "matroska"
    with av.open(stream, "r", format=form) as container:
        tracks = tracks_of(container, low_delay=True)
        for track in tracks.values():
            track.opus = track.opus if rebuild else None
        Reading(feed, Scaler(), threading.Event(), container, tracks, paced=False).run()
    blocks = range(0, int((SECONDS - 0.1) * RATE), BLOCK)
    return np.concatenate([feed.sound.read(float(at), BLOCK, 1.0) for at in blocks], axis=1), feed


def off(sound: Samples, whole: Samples, numbers: set[int]) -> tuple[float, float]:
    """How much the sound of some packets differs, as a part of its power, and how alike it is, 0 to 1."""
    places = np.concatenate([np.arange(number * BLOCK, (number + 1) * BLOCK) for number in sorted(numbers)])
    one, other = sound[0, places].astype(float), whole[0, places].astype(float)
    error = float(np.sum((one - other) ** 2) / np.sum(other**2))
    return error, float(np.sum(one * other) / np.sqrt(np.sum(one**2) * np.sum(other**2)))


@pytest.mark.parametrize("channels", [1, 2])
def test_a_packet_that_was_lost_is_rebuilt_from_the_one_after_it(channels: int) -> None:
    packets = spoken(channels)
    lost = {number for number in range(9, 120, 3) if opus.carries_repair(packets[number + 1].data)}
    assert len(lost) > 15
    whole, _ = heard(packets)
    rebuilt, feed = heard(without(packets, lost))
    faded, _ = heard(without(packets, lost), rebuild=False)

    error, likeness = off(rebuilt, whole, lost)
    error_of_fade, _ = off(faded, whole, lost)
    assert likeness > 0.98
    assert error < 0.05 < 0.5 < error_of_fade
    assert feed.sound.concealed == 0
    assert feed.rebuilt_s == pytest.approx(0.02 * len(lost))
    assert isinstance(feed.playout, Noted)
    assert sorted(feed.playout.came) == [round(packet.pts / RATE, 3) for packet in packets]


def test_what_was_recorded_is_rebuilt_too() -> None:
    """Times of recordings are whole milliseconds."""
    lost = {10, 25, 40}
    _, feed = heard(without(spoken(), lost), made=MatroskaWriter)
    assert feed.rebuilt_s == pytest.approx(0.06)
    assert feed.sound.concealed == 0


@pytest.mark.parametrize("sound", ["voice", "tone"])
def test_what_no_packet_carries_goes_on_from_what_was_heard(sound: str) -> None:
    packets, lost = samples.opus(getattr(samples, sound)(SECONDS)), set(range(10, 120, 7))
    assert not any(opus.carries_repair(packet.data) for packet in packets)
    whole, _ = heard(packets)
    error, _ = off(heard(without(packets, lost))[0], whole, lost)
    error_of_fade, _ = off(heard(without(packets, lost), rebuild=False)[0], whole, lost)
    assert error < 0.3 < 0.5 < error_of_fade


@pytest.mark.parametrize("packets", [spoken, sung])
def test_nothing_is_changed_where_nothing_is_lost(packets: Callable[[], list[Packet]]) -> None:
    whole, feed = heard(packets())
    by_ffmpeg, _ = heard(packets(), rebuild=False)
    # FFmpeg's own decoder gives speech 40 µs earlier or later.
    nearest = min(float(np.mean((whole - np.roll(by_ffmpeg, by, axis=1)) ** 2)) for by in range(-3, 4))
    assert nearest < 1e-4 * float(np.mean(whole**2))
    assert feed.rebuilt_s == 0


def test_a_tone_does_not_drop_out_at_2_percent_of_loss() -> None:
    packets = sung(1)
    lost = {number for number in range(5, len(packets) - 8) if number * 0.618 % 1 < 0.02}
    assert len(lost) >= 2
    now, before = (heard(without(packets, lost), rebuild=rebuild)[0][0] for rebuild in (True, False))
    assert dropped(now, 440.0) < 0.005 < dropped(before, 440.0)


def test_of_a_long_gap_the_end_is_rebuilt_and_the_rest_fades() -> None:
    packets, lost = spoken(), set(range(40, 60))
    _, feed = heard(without(packets, lost))
    assert feed.rebuilt_s == pytest.approx(0.02)
    assert feed.sound.concealed == 19 * BLOCK


class Taken:
    """What `OpusSound` gives, with its times."""

    def __init__(self) -> None:
        self.sound = OpusSound()
        self.pieces: list[tuple[int, int]] = []

    def take(self, packet: bytes, at: int | None) -> None:
        for frame in self.sound.decode(packet, at):
            assert frame.pts is not None
            assert np.isfinite(frame.to_ndarray()).all()
            self.pieces.append((frame.pts, frame.pts + frame.samples))


@settings(max_examples=60, deadline=None)
@given(there=st.lists(st.booleans(), min_size=1, max_size=60))
def test_whatever_is_lost_no_sample_is_missing_or_there_twice(there: list[bool]) -> None:
    taken, end = Taken(), None
    for packet, comes in zip(spoken(), there, strict=False):
        if not comes:
            continue
        known, gap = len(taken.pieces), 0 if end is None else packet.pts - end
        taken.take(packet.data, packet.pts)
        carried = BLOCK if opus.carries_repair(packet.data) else 0
        new = taken.pieces[known:]
        assert new[0][0] == packet.pts - (gap if gap <= LONGEST else carried)
        assert new[-1] == (packet.pts, packet.pts + BLOCK)
        assert all(one[1] == other[0] for one, other in pairwise(new))
        end = packet.pts + BLOCK


@settings(max_examples=60, deadline=None)
@given(
    packets=st.lists(
        st.tuples(
            st.one_of(
                st.binary(max_size=80),
                st.sampled_from([packet.data for packet in [*spoken(1)[:30], *spoken(2)[:30], *sung()[:30]]]),
                st.sampled_from([b"\x08", b"\x08\x00", b"\xf8", b"\xfc\xff\xfe"]),
            ),
            st.one_of(st.none(), st.integers(-RATE, 3 * RATE), st.just(1 << 60)),
        ),
        max_size=30,
    )
)
def test_whatever_comes_in_whatever_order_is_sound_or_a_media_error(
    packets: list[tuple[bytes, int | None]],
) -> None:
    taken = Taken()
    for packet, at in packets:
        with contextlib.suppress(MediaError):
            taken.take(packet, at)


def test_a_packet_that_is_none_counts_as_lost() -> None:
    packets, taken = spoken(), Taken()
    for number in range(12):
        with contextlib.suppress(MediaError):
            taken.take(b"\x0b" if number == 10 else packets[number].data, packets[number].pts)
    assert [end - begin for begin, end in taken.pieces] == [BLOCK] * 12
    assert taken.pieces[-1][1] == 12 * BLOCK


def test_mono_that_becomes_stereo_across_a_gap_goes_on() -> None:
    taken = Taken()
    for number in range(20):
        one = spoken(1 if number < 9 else 2)[number]
        if number not in (8, 9):
            taken.take(one.data, one.pts)
    assert taken.pieces[-1][1] == 20 * BLOCK
    assert sum(end - begin for begin, end in taken.pieces) == 20 * BLOCK


def test_after_a_seek_and_before_the_first_packet_nothing_was_lost() -> None:
    taken = Taken()
    taken.take(spoken()[20].data, spoken()[20].pts)
    taken.sound.flush()
    taken.take(spoken()[25].data, spoken()[25].pts)
    assert taken.pieces == [(20 * BLOCK, 21 * BLOCK), (25 * BLOCK, 26 * BLOCK)]


def test_a_decoder_is_freed_once_and_says_so_afterwards() -> None:
    decoder = OpusDecoder()
    assert decoder.decode(spoken()[0].data).samples == BLOCK
    decoder.close()
    decoder.close()
    with pytest.raises(MediaError):
        decoder.decode(spoken()[0].data)


AT_THE_END = """
from stagedoor.media import libopus
libopus.library().opus_decoder_destroy = lambda state: print("freed", flush=True)
given_up, kept = libopus.OpusDecoder(), libopus.OpusDecoder()
del given_up
print("ends", flush=True)
"""


def test_a_decoder_is_not_freed_as_the_process_ends() -> None:
    command = [sys.executable, "-c", AT_THE_END]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=True)
    assert done.stdout.split() == ["freed", "ends"]


def test_without_libopus_ffmpeg_decodes_and_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(libopus, "library", lambda: None)
    lost_sound._can_rebuild.cache_clear()
    try:
        _, feed = heard(without(spoken(), {10, 20, 30}))
        heard(spoken())
    finally:
        lost_sound._can_rebuild.cache_clear()
    assert feed.rebuilt_s == 0
    assert feed.sound.concealed == 3 * BLOCK
    assert [record.message for record in caplog.records].count(
        "Lost sound is faded and not rebuilt: there is no libopus"
    ) == 1
    with pytest.raises(MediaError):
        OpusDecoder()


@pytest.mark.parametrize(
    ("head", "is_rebuilt"),
    [
        (b"", True),
        (b"OpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x00\x00", True),
        (b"OpusHead\x01\x02\x38\x01\x80\xbb\x00\x00\x00\x00\x00", False),
        (b"OpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x01\x00", False),
        (b"OpusHead\x01\x06\x00\x00\x80\xbb\x00\x00\x00\x00\x01", False),
    ],
    ids=["no head", "as the hub has it", "with a beginning to skip", "with a gain", "with six channels"],
)
def test_only_what_came_over_a_network_is_rebuilt(head: bytes, is_rebuilt: bool) -> None:
    assert lost_sound._is_plain(head) is is_rebuilt
