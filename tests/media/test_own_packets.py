"""A source's own packets in a piece: whatever codec and container they come in, the piece plays the same."""

import asyncio
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.recording import PieceStatus
from stagedoor.media.mux import Container
from stagedoor.media.packets import Codec, Packet
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sources import own_packets
from stagedoor.mixer.sources.entry import Entry
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import open_url
from stagedoor.mixer.sources.own_packets import OwnPackets
from stagedoor.mixer.sources.reader import Reader
from stagedoor.mixer.sources.still import plain
from stagedoor.mixer.sources.tracks import tracks_of
from stagedoor.outputs.files.piece import Piece
from tests.kit.samples import tone
from tests.kit.takes import unread
from tests.kit.wait import until
from tests.kit.watch import watch

pytestmark = pytest.mark.media

FRAMES = 25
FORMS = [
    ("mpegts", "mpeg2video", "mp2"),
    ("avi", "mjpeg", "pcm_alaw"),
    ("mov", "mpeg4", "pcm_s16be"),
    ("mp4", "libx264", "aac"),
    ("mp4", "libx265", "ac3"),
    ("webm", "libvpx-vp9", "vorbis"),
    ("matroska", "libvpx", "flac"),
    ("flv", "libx264", "libmp3lame"),
    ("nut", "mpeg1video", "pcm_mulaw"),
    ("nut", "mpeg4", "pcm_s16le"),
    ("mpegts", "libx264", "eac3"),
    ("mov", "prores", "pcm_s24le"),
    ("mov", "dnxhd", "pcm_s24be"),
    ("avi", "ffv1", "pcm_u8"),
    ("mov", "jpeg2000", "pcm_s32be"),
    ("avi", "flv", "pcm_s32le"),
    ("avi", "h263", "pcm_f32le"),
    ("matroska", "libx264", "pcm_f64le"),
    ("nut", "mjpeg", "g722"),
]
OPTIONS = {"libx264": {"preset": "ultrafast"}, "dnxhd": {"profile": "dnxhr_lb"}}
PIXELS = {"mjpeg": "yuvj420p", "prores": "yuv422p10le", "dnxhd": "yuv422p"}
RATES = {"pcm_alaw": 8000, "pcm_mulaw": 8000, "g722": 16_000}


class Kept:
    """A tap that keeps everything."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.wanted = True

    def began(self) -> Callable[[Packet], None]:
        return self.packets.append

    def ended(self) -> None:
        self.wanted = False


@pytest.mark.parametrize(("form", "picture", "sound"), FORMS)
async def test_every_codec_comes_through(tmp_path: Path, form: str, picture: str, sound: str) -> None:
    original = tmp_path / f"original.{form}"
    await asyncio.to_thread(make, original, form, picture, sound)
    status = await asyncio.to_thread(record, original)
    before, after = await watch(str(original), 1000), await watch(str(tmp_path / status.file), 1000)
    assert after.codecs == before.codecs
    assert len(after.video_times) == len(before.video_times) == FRAMES
    assert not after.errors
    assert abs(after.tone - before.tone) < 5
    assert abs(after.tone - 440) < 5
    assert {track.kind for track in status.tracks} == {"video", "audio"}
    assert status.duration_ms == pytest.approx(1000, abs=100)


async def test_sound_as_television_sends_it_comes_through(tmp_path: Path) -> None:
    """AAC in LATM, whose frames say themselves how they are coded (ISO/IEC 14496-3, 1.7)."""
    original = tmp_path / "original.ts"
    latm = {"mpegts_flags": "latm"}
    await asyncio.to_thread(make, original, "mpegts", "libx264", "aac", latm)
    status = await asyncio.to_thread(record, original)
    before, after = await watch(str(original), 1000), await watch(str(tmp_path / status.file), 1000)
    assert after.codecs["audio"] == before.codecs["audio"] == "aac_latm"
    assert len(after.video_times) == FRAMES
    assert abs(after.tone - 440) < 5
    assert not after.errors


async def test_a_surround_sound_track_comes_through(tmp_path: Path) -> None:
    """DTS, which nothing here can make but Debian's ffmpeg."""
    original = tmp_path / "original.ts"
    picture, sound = "testsrc=s=320x180:r=25:d=1", "sine=440:r=48000:d=1"
    made = ("-c:v", "mpeg2video", "-c:a", "dca", "-strict", "-2", "-ac", "2", str(original))
    ffmpeg = ("ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *made)
    process = await asyncio.create_subprocess_exec(*ffmpeg)
    assert await process.wait() == 0
    status = await asyncio.to_thread(record, original)
    after = await watch(str(tmp_path / status.file), 1000)
    assert [track.codec for track in status.tracks] == ["mpeg2video", "dts"]
    assert len(after.video_times) == FRAMES
    assert abs(after.tone - 440) < 5
    assert not after.errors


async def test_what_no_piece_can_have_is_said_and_the_rest_recorded(tmp_path: Path) -> None:
    original, kept, feed = tmp_path / "original.avi", Kept(), Feed(None, SourceSound())
    await asyncio.to_thread(make, original, "avi", "wmv2", "libmp3lame")
    reader = Reader("camera", partial(open_url, str(original)), feed, tap=kept)
    reader.start()
    try:
        await until(lambda: kept.packets, 10, what="the sound is recorded")
    finally:
        reader.stop()
        assert await asyncio.to_thread(reader.join, 5.0)
    assert {packet.track.codec for packet in kept.packets} == {Codec.MP3}
    source = Source("camera", SourceKind.URL, url="http://192.0.2.1/original.avi", iso=True)
    status = Entry(source, plain("#000000"), feed).status(time.monotonic())
    assert (status.code, status.reason) == ("source_not_recorded", "its recording is without wmv2")


class Pieces:
    """A tap that keeps what belongs together together."""

    wanted = True

    def __init__(self) -> None:
        self.pieces: list[list[Packet]] = []

    def began(self) -> Callable[[Packet], None]:
        self.pieces.append([])
        return self.pieces[-1].append

    def ended(self) -> None:
        """What is kept stays."""


@pytest.mark.parametrize("by_s", [-3600, -2, 3600])
async def test_where_the_times_of_both_tracks_jump_another_piece_begins(tmp_path: Path, by_s: int) -> None:
    original, kept = tmp_path / "original.mkv", Pieces()
    await asyncio.to_thread(make, original, "matroska", "libvpx", "flac")
    now_s = 100.0
    with av.open(original) as container:
        tracks = tracks_of(container, low_delay=False)
        own = OwnPackets(kept, tracks, lambda: now_s)
        packets = [raw for raw in container.demux() if raw.size]
        sound = [raw for raw in packets if raw.stream.type == "audio"]
        for shift_s in (0, by_s):
            for raw in packets:
                now_s += 0.01
                if shift_s and raw is packets[1]:
                    # Some sound of the time before comes after the first picture of the time after.
                    own.take(sound[-1], tracks[sound[-1].stream.index].packet_at(sound[-1])[0] + 3601)
                own.take(raw, tracks[raw.stream.index].packet_at(raw)[0] + 3601 + shift_s)
        own.close()
    assert [len(piece) for piece in kept.pieces] == [len(packets)] * 2
    for piece in kept.pieces:
        assert piece[0].key
        assert max(packet.pts / packet.track.clock_rate for packet in piece) < 1.1 + min(
            packet.pts / packet.track.clock_rate for packet in piece
        )


async def test_what_cannot_be_looked_at_costs_the_recording_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_stream: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(own_packets, "_made", broken)
    original, kept = tmp_path / "original.mkv", Pieces()
    await asyncio.to_thread(make, original, "matroska", "libvpx", "flac")
    with av.open(original) as container:
        own = OwnPackets(kept, tracks_of(container, low_delay=False), time.monotonic)
        for raw in container.demux():
            own.take(raw, 1.0)
        own.close()
    assert kept.pieces == [[]]


def record(original: Path) -> PieceStatus:
    """Record a file's packets beside it, as if they came from a server."""
    kept = Kept()
    piece = Piece(original.parent, unread("camera", Container.MKV), time.monotonic_ns())
    with av.open(original) as container:
        tracks = tracks_of(container, low_delay=False)
        own = OwnPackets(kept, tracks, time.monotonic)
        for raw in container.demux():
            if raw.size:
                shown_s, _, _ = tracks[raw.stream.index].packet_at(raw)
                own.take(raw, shown_s + 1)
        own.close()
    piece.open(kept.packets)
    piece.close()
    return piece.status


def make(path: Path, form: str, picture: str, sound: str, muxed: dict[str, str] | None = None) -> None:
    """Write a second of something that moves, with a tone."""
    with av.open(path, "w", format=form, options=muxed or {}) as container:
        video = container.add_stream(picture, rate=25, options=OPTIONS.get(picture, {}))
        assert isinstance(video, av.VideoStream)
        video.width, video.height = (352, 288) if picture == "h263" else (320, 180)
        video.pix_fmt = PIXELS.get(picture, "yuv420p")
        rate = RATES.get(sound, 48_000)
        layout = "mono" if sound == "g722" else "stereo"
        audio = container.add_stream(sound, rate=rate, layout=layout, options={"strict": "-2"})
        assert isinstance(audio, av.AudioStream)
        for number in range(FRAMES):
            pixels = np.full((video.height, video.width, 3), number * 9, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=video.pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        samples = np.ascontiguousarray(tone(1.0)[:, :: 48_000 // rate])
        frame_of_sound = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame_of_sound.sample_rate, frame_of_sound.pts = rate, 0
        frame_of_sound.time_base = Fraction(1, rate)
        container.mux(audio.encode(frame_of_sound))
        container.mux(audio.encode(None))
