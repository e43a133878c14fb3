"""Reading files and streams of every sort, without a mixer around: what reaches a source's feed, and when."""

import asyncio
import contextlib
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np
import pytest

from stagedoor.domain.source import Source, SourceKind
from stagedoor.media.packets import Codec
from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.samples import Samples
from stagedoor.mixer.sources import late_tracks
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import open_url
from stagedoor.mixer.sources.reader import Reader
from stagedoor.mixer.sources.transport import Transport
from tests.kit import interlaced, samples
from tests.kit.priority import kept_priority
from tests.kit.wait import until

pytestmark = [pytest.mark.media, pytest.mark.paced]

RATE = 30
RANGE = re.compile(rb"Range: bytes=(\d+)-")
Answer = Callable[[str], bytes | None]


class KeptSound(SourceSound):
    """Sound that remembers the media time of every piece, and when it came."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[tuple[float, float]] = []
        self.peak = 0.0

    def write(self, samples: Samples, at: int) -> None:
        self.came.append((at / 48_000, time.monotonic()))
        self.peak = max(self.peak, float(np.abs(samples).max(initial=0.0)))
        super().write(samples, at)


class Kept(Feed):
    """A feed that remembers the media time of every picture, and when it came."""

    sound: KeptSound

    def __init__(self, transport: Transport | None = None) -> None:
        super().__init__(None, KeptSound(), transport)
        self.came: list[tuple[float, float]] = []
        self.last: Picture | None = None

    def show(self, picture: Picture) -> None:
        self.came.append((picture.media_s, time.monotonic()))
        self.last = picture
        super().show(picture)

    @property
    def steps(self) -> list[float]:
        """Seconds of media from each picture to the next."""
        return [later - earlier for (earlier, _), (later, _) in pairwise(self.came)]


async def stepping(feed: Feed) -> None:
    """Do what program's thread does for a clip before each frame."""
    frame = 0
    while feed.transport is not None:
        feed.transport.step(frame, time.monotonic())
        frame += 1
        await asyncio.sleep(1 / 60)


@contextlib.asynccontextmanager
async def reading(url: str | Path) -> AsyncIterator[Kept]:
    """Read something into a feed until the block ends."""
    clip = Source("test", SourceKind.URL, url=str(url))
    feed = Kept(Transport(clip) if clip.is_clip else None)
    reader = Reader("test", partial(open_url, str(url)), feed)
    reader.start()
    program = asyncio.create_task(stepping(feed))
    try:
        yield feed
    finally:
        program.cancel()
        await asyncio.wait([program])
        reader.stop()
        assert await asyncio.to_thread(reader.join, 15.0)


def film(
    file: Path,
    seconds: float = 1.0,
    *,
    first_s: float = 0.0,
    b_frames: int = 0,
    pixel: Fraction = Fraction(1),
) -> Path:
    """Write 180x144 H.264 without sound, in the format that the file's name says."""
    with av.open(str(file), "w") as out, kept_priority():
        stream = out.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "bf": str(b_frames)})
        stream.width, stream.height, stream.pix_fmt = 180, 144, "yuv420p"
        stream.codec_context.sample_aspect_ratio = pixel
        for number in range(round(seconds * RATE)):
            pixels = np.random.default_rng(number).integers(0, 255, (216, 180), np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, "yuv420p")
            frame.pts, frame.time_base = round(first_s * RATE) + number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


def sound(file: Path, codec: str, first_s: int = 0) -> Path:
    """Write a second of sound, whose times begin at `first_s`."""
    with av.open(str(file), "w") as out:
        stream = out.add_stream(codec, rate=48_000, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        form = "fltp" if codec == "aac" else "s16"
        shape = (2, 1024) if codec == "aac" else (1, 2048)
        for number in range(47):
            frame = av.AudioFrame.from_ndarray(
                np.ones(shape, np.float32 if codec == "aac" else np.int16), form
            )
            frame.sample_rate, frame.time_base = 48_000, Fraction(1, 48_000)
            frame.pts = first_s * 48_000 + number * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


async def test_a_source_whose_times_make_no_sense_is_refused(tmp_path: Path) -> None:
    async with reading(sound(tmp_path / "absurd.nut", "pcm_s16le", 2**44)) as feed:
        await until(lambda: feed.facts.code == "source_unreadable")
        assert not feed.has_sound
    async with reading(sound(tmp_path / "epoch.nut", "pcm_s16le", 1_800_000_000)) as feed:
        await until(lambda: feed.has_sound)


@pytest.mark.parametrize(
    ("name", "first_s", "b_frames"), [("late.ts", 20.0, 0), ("late.mkv", 20.0, 2), ("b.mp4", 0.0, 3)]
)
async def test_a_file_goes_round_without_a_hole(
    tmp_path: Path, name: str, first_s: float, b_frames: int
) -> None:
    file = await asyncio.to_thread(partial(film, tmp_path / name, first_s=first_s, b_frames=b_frames))
    async with reading(file) as feed:
        await until(lambda: len(feed.came) > 2.5 * RATE, 15.0)
    assert feed.steps == pytest.approx([1 / RATE] * len(feed.steps), abs=0.005)


async def test_a_file_whose_time_jumps_goes_on(tmp_path: Path) -> None:
    parts = [film(tmp_path / f"{first}.ts", first_s=first) for first in (500.0, 20.0, 900.0)]
    whole = tmp_path / "whole.ts"
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    async with reading(whole) as feed:
        await until(lambda: len(feed.came) > 4 * RATE, 15.0)
    assert feed.steps == pytest.approx([1 / RATE] * len(feed.steps), abs=0.005)
    assert feed.came[-1][1] - feed.came[0][1] > 2.0


async def test_sound_and_picture_that_lie_a_second_apart_in_a_file_come_together(tmp_path: Path) -> None:
    file = tmp_path / "pieces.mp4"
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "min_frag_duration": "1000000"}
    await asyncio.to_thread(partial(both, file, options))
    async with reading(file) as feed:
        await until(lambda: len(feed.came) > 4 * RATE, 15.0)
    pictures, heard = ([now - at for at, now in came] for came in (feed.came, feed.sound.came))
    assert abs(median(pictures) - median(heard)) < 0.25


async def test_pictures_without_times_come_at_their_rate(tmp_path: Path) -> None:
    async with reading(film(tmp_path / "raw.h264", 2.0, b_frames=2)) as feed:
        await until(lambda: len(feed.came) >= 2 * RATE, 15.0)
    assert feed.steps[: 2 * RATE - 1] == pytest.approx([1 / RATE] * (2 * RATE - 1), abs=0.001)
    assert feed.came[2 * RATE - 1][1] - feed.came[0][1] > 1.5


async def test_a_film_of_a_server_comes_in_its_own_time_and_again(tmp_path: Path) -> None:
    file = film(tmp_path / "film.mp4", 2.0)
    async with serving(lambda _: file.read_bytes()) as url, reading(f"{url}/film.mp4") as feed:
        await until(lambda: len(feed.came) > 3 * RATE, 20.0)
        assert feed.dropped == 0
    assert feed.came[2 * RATE - 1][1] - feed.came[0][1] > 1.5


async def test_an_interlaced_film_of_a_server_goes_round_without_a_hole(tmp_path: Path) -> None:
    file = interlaced.film(tmp_path / "film.mp4", interlaced.RATE, "tff")
    async with serving(lambda _: file.read_bytes()) as url, reading(f"{url}/film.mp4") as feed:
        await until(lambda: len(feed.came) > 2.5 * interlaced.RATE, 20.0)
    assert feed.steps == pytest.approx([1 / interlaced.RATE] * len(feed.steps), abs=0.005)


async def test_hls_that_comes_in_pieces_is_spread_over_its_time(tmp_path: Path) -> None:
    pieces = {f"/{n}.ts": film(tmp_path / f"{n}.ts", first_s=10.0 + n).read_bytes() for n in range(4)}
    asked = []

    def answer(path: str) -> bytes | None:
        if path != "/live.m3u8":
            return pieces.get(path)
        asked.append(path)
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", "#EXT-X-MEDIA-SEQUENCE:0"]
        lines += [f"#EXTINF:1.0,\n{name[1:]}" for name in pieces]
        return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if asked[1:] else []), ""]).encode()

    async with serving(answer) as url, reading(f"{url}/live.m3u8") as feed:
        await until(lambda: len(feed.came) >= 3 * RATE, 20.0)
    assert feed.came[3 * RATE - 1][1] - feed.came[0][1] > 2.0
    assert feed.dropped == 0


PICTURES = [
    ("one.mp4", "libx264", {}, "h264"),
    ("one.mp4", "libx265", {"x265-params": "log-level=none"}, "hevc"),
    ("one.ts", "libx265", {"x265-params": "log-level=none"}, "hevc"),
    ("one.webm", "libvpx", {"deadline": "realtime"}, "vp8"),
    ("one.webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}, "vp9"),
    ("one.mkv", "libsvtav1", {"preset": "12"}, "av1"),
]
SOUNDS = [
    ("one.mp3", "libmp3lame", "mp3"),
    ("one.m4a", "aac", "aac"),
    ("one.ogg", "libopus", "opus"),
    ("one.wav", "pcm_s16le", "pcm_s16le"),
    ("one.mkv", "pcm_s24le", "pcm_s24le"),
]


@pytest.mark.parametrize(("name", "encoder", "options", "codec"), PICTURES)
async def test_pictures_of_every_codec_are_seen_as_they_were(
    tmp_path: Path, name: str, encoder: str, options: dict[str, str], codec: str
) -> None:
    file = await asyncio.to_thread(painted, tmp_path / name, encoder, options)
    async with reading(file) as feed:
        await until(lambda: len(feed.came) > 1, 15.0)
        assert (feed.facts.video_codec, feed.facts.width, feed.facts.height) == (codec, 180, 144)
        assert feed.last is not None
        whole = feed.last.at((180, 144), Scaler()).frame.to_ndarray(format="yuv420p")
    parts = whole[:144], *whole[144:].reshape(2, 72, 90)
    # VP8 has the colours of BT.601, which are made program's.
    assert [float(part.mean()) for part in parts] == pytest.approx(PAINT, abs=8)


@pytest.mark.parametrize(("name", "encoder", "codec"), SOUNDS)
async def test_sound_of_every_codec_is_heard(tmp_path: Path, name: str, encoder: str, codec: str) -> None:
    file = await asyncio.to_thread(tone, tmp_path / name, encoder)
    async with reading(file) as feed:
        await until(lambda: feed.sound.peak > 0.4, 15.0)
        assert feed.facts.audio_codec == codec
    assert feed.sound.peak < 0.6


PAINT = (180, 90, 170)
"""Luma and both chromas, limited range."""


def painted(file: Path, encoder: str, options: dict[str, str]) -> Path:
    """Write ten pictures of one colour."""
    with av.open(str(file), "w") as out, kept_priority():
        stream = out.add_stream(encoder, rate=RATE, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 180, 144, "yuv420p", 400_000
        frame = av.VideoFrame(180, 144, "yuv420p")
        for plane, value in zip(frame.planes, PAINT, strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        for number in range(10):
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


def tone(file: Path, encoder: str) -> Path:
    """Write a second of 440 Hz, of amplitude 0.5, on both sides."""
    wave = np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000, dtype=np.float32) / 2
    with av.open(str(file), "w") as out:
        stream = out.add_stream(encoder, rate=48_000, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        fitting = av.AudioResampler(stream.codec_context.format, "stereo", 48_000, 960)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), "fltp")
        frame.sample_rate, frame.time_base, frame.pts = 48_000, Fraction(1, 48_000), 0
        for each in (*fitting.resample(frame), *fitting.resample(None)):
            out.mux(stream.encode(each))
        out.mux(stream.encode(None))
    return file


async def test_cover_art_is_no_picture(tmp_path: Path) -> None:
    file = tmp_path / "song.aac"
    song = sound(tmp_path / "bare.aac", "aac").read_bytes()
    file.write_bytes(with_cover(song))
    async with reading(file) as feed:
        await until(lambda: feed.has_sound)
    assert (feed.facts.video_codec, feed.came) == ("", [])


async def test_pixels_that_are_not_square_are_stretched(tmp_path: Path) -> None:
    async with reading(film(tmp_path / "sd.mp4", pixel=Fraction(16, 11))) as feed:
        await until(lambda: feed.came)
        assert (feed.facts.width, feed.facts.height) == (262, 144)


@pytest.fixture
def looks_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_tracks, "LOOK_AFTER_S", (0.3, 0.6, 0.9, 1.2, 1.5))


@pytest.mark.usefixtures("looks_soon")
@pytest.mark.parametrize("late", ["sound", "video"])
async def test_what_a_stream_announces_late_is_there(tmp_path: Path, late: str) -> None:
    first = partial(live, sound="") if late == "sound" else partial(live, video="")
    without = await asyncio.to_thread(first, tmp_path / "a.flv")
    whole = await asyncio.to_thread(live, tmp_path / "b.flv")
    asked = []

    def answer(path: str) -> bytes:
        asked.append(path)
        return without if len(asked) <= 2 else whole

    def has_late() -> bool:
        return feed.has_sound if late == "sound" else bool(feed.came)

    async with serving(answer, slowly_s=LIVE_S) as url, reading(f"{url}/live.flv") as feed:
        await until(lambda: feed.came if late == "sound" else feed.has_sound)
        assert not has_late()
        await until(has_late, 12.0)
        assert (feed.facts.video_codec, feed.facts.audio_codec) == ("h264", "aac")


@pytest.mark.usefixtures("looks_soon")
@pytest.mark.parametrize(("name", "video"), [("flv", "flv"), ("ts", "mpeg2video")])
async def test_another_codec_on_the_same_connection_is_shown(tmp_path: Path, name: str, video: str) -> None:
    before = await asyncio.to_thread(partial(live, tmp_path / f"a.{name}", seconds=3))
    after = await asyncio.to_thread(partial(live, tmp_path / f"b.{name}", video=video))
    asked = []

    def answer(path: str) -> bytes:
        asked.append(path)
        # A header is only at the beginning of FLV: 9 bytes, and 4 that say that nothing was before it.
        return before + (after[13:] if name == "flv" else after) if len(asked) == 1 else after

    async with serving(answer, slowly_s=LIVE_S) as url, reading(f"{url}/live.{name}") as feed:
        await until(lambda: feed.facts.video_codec == "h264" and feed.came)
        await until(lambda: feed.facts.video_codec != "h264", 15.0)
        shown = len(feed.came)
        await until(lambda: len(feed.came) > shown + RATE)


@pytest.mark.usefixtures("looks_soon")
async def test_a_server_that_answers_nobody_any_more_is_not_waited_for_twice(tmp_path: Path) -> None:
    begin = await asyncio.to_thread(partial(live, tmp_path / "a.flv", seconds=2))

    def looks() -> bool:
        return any(thread.name.startswith("tracks? ") for thread in threading.enumerate())

    async with hanging(begin) as url, reading(f"{url}/live.flv") as feed:
        await until(lambda: feed.came)
        await until(lambda: feed.facts.code == "source_silent", 8.0)
        assert looks()


@contextlib.asynccontextmanager
async def hanging(begin: bytes) -> AsyncIterator[str]:
    """A server that sends so much to the first who asks, and then says nothing to anybody."""
    over, asked = asyncio.Event(), list[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        if len(asked) == 1:
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + begin)
        await over.wait()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        over.set()


LIVE_S = 20
ENCODED = {
    "libx264": {"preset": "ultrafast", "tune": "zerolatency", "g": "15"},
    "flv": {"g": "15"},
    "mpeg2video": {"g": "15"},
}


def live(file: Path, *, seconds: int = LIVE_S, video: str = "libx264", sound: str = "aac") -> bytes:
    """Return so much of a stream that goes on; without picture or sound where no codec is named for it."""
    both(file, {"flvflags": "no_duration_filesize"}, seconds=seconds, video=video, sound=sound)
    return file.read_bytes()


def both(
    file: Path,
    options: dict[str, str] | None = None,
    *,
    seconds: int = 4,
    video: str = "libx264",
    sound: str = "aac",
) -> None:
    """Write picture and sound."""
    with av.open(str(file), "w", options=options or {}) as out, kept_priority():
        shown = out.add_stream(video, rate=RATE, options=ENCODED[video]) if video else None
        if isinstance(shown, av.VideoStream):
            shown.width, shown.height, shown.pix_fmt = 180, 144, "yuv420p"
        heard = out.add_stream(sound, rate=48_000, layout="stereo") if sound else None
        for number in range(seconds * RATE):
            if isinstance(shown, av.VideoStream):
                picture = av.VideoFrame(180, 144, "yuv420p")
                picture.pts, picture.time_base = number, Fraction(1, RATE)
                out.mux(shown.encode(picture))
            if isinstance(heard, av.AudioStream):
                block = av.AudioFrame.from_ndarray(np.full((2, 1600), 0.1, np.float32), "fltp")
                block.sample_rate, block.pts, block.time_base = 48_000, number * 1600, Fraction(1, 48_000)
                out.mux(heard.encode(block))


def with_cover(song: bytes) -> bytes:
    """Put an ID3v2.3 tag with a picture before a song."""
    picture = av.CodecContext.create("png", "w")
    assert isinstance(picture, av.VideoCodecContext)
    picture.width, picture.height, picture.pix_fmt, picture.time_base = 16, 16, "rgb24", Fraction(1, 25)
    frame = av.VideoFrame(16, 16, "rgb24")
    png = b"".join(bytes(packet) for packet in (*picture.encode(frame), *picture.encode(None)))
    body = b"\0image/png\0\3\0" + png
    tag = b"APIC" + len(body).to_bytes(4, "big") + b"\0\0" + body
    size = bytes(len(tag) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + tag + song


@contextlib.asynccontextmanager
async def serving(answer: Answer, *, slowly_s: int = 0) -> AsyncIterator[str]:
    """Serve files with their length, or as a stream of `slowly_s` seconds without one."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            body = answer(request.split()[1].decode())
            first = int(RANGE.findall(request)[0]) if RANGE.search(request) else 0
            status = b"404 Not Found" if body is None else b"206 Partial Content" if first else b"200 OK"
            whole, body = len(body or b""), (body or b"")[first:]
            length = b"" if slowly_s else b"Content-Length: %d\r\n" % len(body)
            if first:
                length += b"Content-Range: bytes %d-%d/%d\r\n" % (first, whole - 1, whole)
            accepts = b"" if slowly_s else b"Accept-Ranges: bytes\r\n"
            writer.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n" + accepts + length + b"\r\n")
            piece = max(1, len(body) // (25 * slowly_s)) if slowly_s else len(body) or 1
            for start in range(0, len(body), piece):
                writer.write(body[start : start + piece])
                await writer.drain()
                await asyncio.sleep(0.04 if slowly_s else 0)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("said", [(320, 180), (4112, 4112)])
@pytest.mark.parametrize("codec", [Codec.H264, Codec.VP8, Codec.VP9, Codec.AV1])
async def test_pictures_that_are_too_large_are_not_decoded(
    tmp_path: Path, codec: Codec, said: tuple[int, int]
) -> None:
    """Whatever the stream says: for a few hundred bytes there is no room of gigabytes."""
    file = await asyncio.to_thread(huge, tmp_path / "bomb.nut", codec, said)
    async with reading(file) as feed:
        await until(lambda: feed.facts.code == "source_too_large")
    assert feed.came == []


def huge(file: Path, codec: Codec, said: tuple[int, int]) -> Path:
    """Write a picture of 4112x4112, in a stream that says another size or that one."""
    [picture] = samples.video(codec, ((4112, 4112),), frames=1)
    with av.open(str(file), "w") as out:
        stream: Any = out.add_mux_stream(str(codec), rate=RATE, width=said[0], height=said[1])
        packet = av.Packet(picture.data)
        packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, RATE), True
        packet.pts = packet.dts = 0
        out.mux(packet)
    return file


LISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nfilm.ts\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile film.ts\n",
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_of_files_is_not_played(tmp_path: Path, name: str) -> None:
    """What one names may lie anywhere."""
    await asyncio.to_thread(film, tmp_path / "film.ts")
    (tmp_path / name).write_text(LISTS[name])
    async with reading(tmp_path / name) as feed:
        await until(lambda: feed.facts.code == "source_unreadable")
    assert feed.came == []


async def test_pictures_that_come_at_no_rate_are_shown_when_they_are_due(tmp_path: Path) -> None:
    """As a telephone films: their own times are kept, whatever rate the file names."""
    times = np.cumsum(np.random.default_rng(1).integers(1, 9, 40)) * 10 / 1000
    file = await asyncio.to_thread(uneven, tmp_path / "phone.mp4", times)
    async with serving(lambda _: file.read_bytes()) as url, reading(f"{url}/phone.mp4") as feed:
        await until(lambda: len(feed.came) >= len(times), 20.0)
    assert feed.steps[: len(times) - 1] == pytest.approx(np.diff(times).tolist(), abs=0.002)
    waits = [after - before for (_, before), (_, after) in pairwise(feed.came)]
    assert np.corrcoef(waits[: len(times) - 1], np.diff(times))[0, 1] > 0.5


def uneven(file: Path, times: Iterable[float]) -> Path:
    """Write a picture for each of these times, seconds."""
    with av.open(str(file), "w") as out, kept_priority():
        stream = out.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 180, 144, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for number, at_s in enumerate(times):
            frame = av.VideoFrame.from_ndarray(np.full((216, 180), number, np.uint8), "yuv420p")
            frame.pts, frame.time_base = round(1000 * at_s), Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file
