"""Where a clip's transport goes in files of all sorts, without a mixer around: on which picture it stands."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from stagedoor.domain.clip import Autoplay, ClipAction, ClipState
from stagedoor.domain.errors import ConflictError
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.samples import Samples
from stagedoor.mixer.sources.clip_line import Lap
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import open_url
from stagedoor.mixer.sources.reader import Reader
from stagedoor.mixer.sources.transport import Transport
from tests.kit import interlaced
from tests.kit.priority import kept_priority
from tests.kit.source_pictures import luma_of
from tests.kit.wait import until

pytestmark = pytest.mark.media

RATE = 30
STEP = 2
"""By how much brighter each picture is than the one before."""


def film(file: Path, *, first_s: float = 0.0, b_frames: int = 0, sound: bool = True) -> Path:
    """Write three seconds with a key frame each two, whose pictures grow brighter one by one."""
    options = {"preset": "ultrafast", "bf": str(b_frames), "g": str(2 * RATE), "sc_threshold": "0", "qp": "1"}
    pieces = {"movflags": "frag_keyframe+empty_moov+default_base_moof"} if file.stem == "pieces" else {}
    with av.open(str(file), "w", options=pieces) as out, kept_priority():
        video = out.add_stream("libx264", rate=RATE, options=options)
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        audio = out.add_stream("aac", rate=48_000, layout="stereo") if sound else None
        for number in range(3 * RATE):
            pixels = np.full((54, 64), 128, np.uint8)
            pixels[:36] = 30 + number * STEP
            frame = av.VideoFrame.from_ndarray(pixels, "yuv420p")
            frame.pts, frame.time_base = round(first_s * RATE) + number, Fraction(1, RATE)
            out.mux(video.encode(frame))
            if audio is not None:
                heard = av.AudioFrame.from_ndarray(np.full((2, 1600), 0.1, np.float32), "fltp")
                heard.sample_rate, heard.time_base = 48_000, Fraction(1, 48_000)
                heard.pts = round(first_s * 48_000) + number * 1600
                out.mux(audio.encode(heard))
        out.mux(video.encode(None))
    return file


def song(file: Path) -> Path:
    """Write a second of sound."""
    with av.open(str(file), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        for number in range(50):
            frame = av.AudioFrame.from_ndarray(np.full((1, 1920), 3000, np.int16), "s16")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, Fraction(1, 48_000)
            out.mux(stream.encode(frame))
    return file


class KeptSound(SourceSound):
    """Sound that remembers where each piece lies on the line, and how long it is."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[tuple[int, int]] = []

    def write(self, samples: Samples, at: int) -> None:
        self.pieces.append((at, samples.shape[1]))
        super().write(samples, at)

    @property
    def seconds(self) -> float:
        return sum(count for _, count in self.pieces) / 48_000


class Playing:
    """A file that is read, as program's thread would have it."""

    def __init__(self, file: Path, program_rate: int, **changes: object) -> None:
        clip = Source("film", SourceKind.URL, url=str(file), loop=False, autoplay=Autoplay.NEVER)
        self.source = replace(clip, **changes)  # type: ignore[arg-type]
        self.transport = Transport(self.source)
        self.sound = KeptSound()
        self.feed = Feed(None, self.sound, self.transport, program_rate)
        self.reader = Reader("film", partial(open_url, str(file)), self.feed)
        self.frame = 0

    async def run(self) -> None:
        while True:
            now_s = time.monotonic()
            self.transport.step(self.frame, now_s)
            self.feed.judge(now_s)
            self.feed.advance(now_s)
            self.frame += 1
            await asyncio.sleep(0.01)

    async def do(self, action: ClipAction, at_s: float = 0.0) -> None:
        await asyncio.wait_for(asyncio.wrap_future(self.transport.steer(action, at_s)), 10)
        frame = self.frame
        await until(lambda: self.frame > frame, what="the next frame")

    async def is_(self, state: ClipState) -> None:
        await until(lambda: self.transport.state is state, 15.0, what=f"it is {state}")
        frame = self.frame
        await until(lambda: self.frame > frame + 1, what="the next frame")

    @property
    def picture(self) -> int | None:
        """Which picture of the file is shown."""
        shown = self.feed.picture
        return None if shown is None else round((float(shown.at((64, 36), Scaler()).y.mean()) - 30) / STEP)


@contextlib.asynccontextmanager
async def playing(file: Path, program_rate: int = RATE, **changes: object) -> AsyncIterator[Playing]:
    """Read a file until the block ends."""
    made = Playing(file, program_rate, **changes)
    made.reader.start()
    program = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        program.cancel()
        await asyncio.wait([program])
        made.reader.stop()
        assert await asyncio.to_thread(made.reader.join, 15.0)


@pytest.mark.parametrize(
    ("name", "first_s", "b_frames"),
    [
        ("film.mp4", 0.0, 3),
        ("pieces.mp4", 0.0, 0),
        ("film.mkv", 20.0, 2),
        ("film.ts", 20.0, 0),
        ("film.flv", 0.0, 0),
    ],
)
async def test_it_stands_on_the_very_picture(
    tmp_path: Path, name: str, first_s: float, b_frames: int
) -> None:
    # FFmpeg's fragments put pictures later by the sound's priming.
    sound = name != "pieces.mp4"
    file = await asyncio.to_thread(
        partial(film, tmp_path / name, first_s=first_s, b_frames=b_frames, sound=sound)
    )
    async with playing(file, in_s=0.5, out_s=2.8) as made:
        await made.is_(ClipState.CUED)
        assert made.picture == 15
        assert made.feed.state is SourceState.LIVE
        assert not made.feed.sounds
        for at_s, number in ((1.5, 45), (2.1, 63), (0.5, 15), (1.0, 30), (2.8, 83)):
            await made.do(ClipAction.SEEK, at_s)
            assert made.picture == number, at_s
        status = made.transport.status(None)
        assert status is not None
        assert (status.state, status.at_s, status.remaining_s) == (ClipState.PAUSED, 2.8, 0.0)
        assert status.duration_s == pytest.approx(3.0, abs=0.1)
        await made.do(ClipAction.SEEK, 2.5)
        await made.do(ClipAction.PLAY)
        assert made.feed.sounds is sound
        await made.is_(ClipState.ENDED)
        assert (made.picture, made.feed.sounds, made.feed.state) == (83, False, SourceState.LIVE)


@pytest.mark.parametrize("in_s", [0.0, 0.4])
async def test_rounds_follow_each_other_without_a_hole_in_the_sound(tmp_path: Path, in_s: float) -> None:
    file = await asyncio.to_thread(film, tmp_path / "film.mp4")
    async with playing(file, in_s=in_s, out_s=in_s + 0.5, loop=True, autoplay=Autoplay.ALWAYS) as made:
        await until(lambda: len(made.sound.pieces) > 1 and made.sound.seconds > 1.3, 15.0)
        await made.is_(ClipState.PLAYING)
    ends = [at + count for at, count in made.sound.pieces]
    holes = [at - end for end, (at, _) in zip(ends, made.sound.pieces[1:], strict=False)]
    assert all(abs(hole) <= 1 for hole in holes), holes


@pytest.mark.parametrize(("program_rate", "fields"), [(25, 1), (50, 2)])
async def test_interlaced_rounds_follow_each_other_without_a_hole_in_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program_rate: int, fields: int
) -> None:
    file = await asyncio.to_thread(interlaced.film, tmp_path / "film.mp4", interlaced.RATE, "tff")
    async with playing(file, program_rate, loop=True, autoplay=Autoplay.ALWAYS) as made:
        shown: list[float] = []
        show = made.feed.show

        def keep(picture: Picture) -> None:
            shown.append(picture.media_s)
            show(picture)

        monkeypatch.setattr(made.feed, "show", keep)
        await until(lambda: len(shown) > 3 * fields * interlaced.RATE, 15.0, what="three rounds")
    assert np.diff(shown) == pytest.approx(1 / (fields * interlaced.RATE), abs=0.001)


async def test_an_interlaced_clip_stands_on_the_very_field(tmp_path: Path) -> None:
    file = await asyncio.to_thread(interlaced.film, tmp_path / "film.mp4", interlaced.ROUND // 2, "tff")
    async with playing(file, 2 * interlaced.RATE) as made:
        await made.is_(ClipState.CUED)
        for at_s in (1.5, 0.3, 0.9):
            await made.do(ClipAction.SEEK, at_s)
            shown = made.feed.picture
            assert shown is not None
            place = interlaced.bar_at(luma_of(shown)) - interlaced.BAR / 2
            assert round(place / interlaced.STEP) == round(at_s * 2 * interlaced.RATE)
        await made.do(ClipAction.PLAY)
        await made.is_(ClipState.ENDED)
        shown = made.feed.picture
        assert shown is not None
        place = interlaced.bar_at(luma_of(shown)) - interlaced.BAR / 2
        assert round(place / interlaced.STEP) == interlaced.ROUND - 1


async def test_other_settings_are_taken_while_it_stands_and_plays(tmp_path: Path) -> None:
    file = await asyncio.to_thread(film, tmp_path / "film.mp4")
    async with playing(file) as made:
        await made.is_(ClipState.CUED)
        made.transport.use(replace(made.source, in_s=1.0))
        await until(lambda: made.picture == 30, what="the new in point")
        await made.do(ClipAction.PLAY)
        made.transport.use(replace(made.source, in_s=1.0, out_s=1.5))
        await made.is_(ClipState.ENDED)
        assert made.picture == 44
        await made.do(ClipAction.PLAY)
        await made.do(ClipAction.CUE)
        assert (made.transport.state, made.picture) == (ClipState.CUED, 30)


async def test_a_bare_stream_is_played_again_and_cannot_be_sought(tmp_path: Path) -> None:
    file = await asyncio.to_thread(partial(film, tmp_path / "film.h264", sound=False))
    async with playing(file, in_s=1.0) as made:
        await made.is_(ClipState.CUED)
        assert made.picture == 30
        with pytest.raises(ConflictError) as refused:
            made.transport.steer(ClipAction.SEEK, 1.5)
        assert refused.value.code == "clip_unseekable"
        await made.do(ClipAction.PLAY)
        await made.is_(ClipState.ENDED)
        assert made.picture == 89
        await made.do(ClipAction.CUE)
        assert (made.transport.state, made.picture) == (ClipState.CUED, 30)


async def test_a_bare_stream_is_shown_to_its_end_in_each_round(tmp_path: Path) -> None:
    file = await asyncio.to_thread(partial(film, tmp_path / "film.h264", sound=False))
    async with playing(file, in_s=2.5, loop=True, autoplay=Autoplay.ALWAYS) as made:
        for _ in range(2):
            await until(lambda: made.picture is not None and made.picture < 80, 15.0)
            await until(lambda: (made.picture or 0) > 87, 5.0)


@pytest.mark.parametrize("rate", [Fraction(1), Fraction(1, 5)])
async def test_pictures_that_are_rare_are_cued_too(tmp_path: Path, rate: Fraction) -> None:
    file = tmp_path / "slides.mkv"
    with av.open(str(file), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "qp": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for number in range(4):
            pixels = np.full((54, 64), 30 + number * STEP, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, "yuv420p")
            frame.pts, frame.time_base = number, 1 / rate
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    async with playing(file) as made:
        await made.is_(ClipState.CUED)
        assert made.picture == 0
        await made.do(ClipAction.SEEK, float(2.5 / rate))
        assert made.picture == 2


async def test_sound_alone_is_cued_and_ends(tmp_path: Path) -> None:
    file = song(tmp_path / "song.wav")
    async with playing(file, in_s=0.5) as made:
        await made.is_(ClipState.CUED)
        assert (made.feed.sounds, made.feed.state) == (False, SourceState.LIVE)
        await made.do(ClipAction.PLAY)
        assert made.feed.sounds
        await made.is_(ClipState.ENDED)
        status = made.transport.status(None)
        assert status is not None
        assert status.at_s == pytest.approx(1.0, abs=0.03)


async def test_a_short_sound_is_read_again_only_when_it_is_due(tmp_path: Path) -> None:
    async with playing(song(tmp_path / "song.wav"), loop=True, autoplay=Autoplay.ALWAYS) as made:
        await until(lambda: made.sound.seconds > 2.5, 15.0)
        now_s = time.monotonic()
        here_s = now_s - made.transport.offset(now_s)
        at, samples = made.sound.pieces[-1]
        assert (at + samples) / 48_000 - here_s < 2.5
        assert made.feed.sounds


async def test_a_single_picture_is_read_again_only_when_it_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.mp4"
    with av.open(str(file), "w") as out:
        stream = out.add_stream("libx264", rate=4)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.full((54, 64), 30, np.uint8), "yuv420p")
        frame.pts, frame.time_base = 0, Fraction(1, 4)
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    async with playing(file, loop=True, autoplay=Autoplay.ALWAYS) as made:
        rounds: list[Lap] = []
        begin = made.transport.begin

        def noted(file_s: float, line_s: float | None = None) -> Lap:
            rounds.append(begin(file_s, line_s))
            return rounds[-1]

        monkeypatch.setattr(made.transport, "begin", noted)
        await until(lambda: len(rounds) > 4 and made.picture == 0, 15.0)
        now_s = time.monotonic()
        assert rounds[-1].line_s - (now_s - made.transport.offset(now_s)) < 1.0


async def test_a_file_that_appears_later_is_cued_then(tmp_path: Path) -> None:
    async with playing(tmp_path / "film.mp4") as made:
        await until(lambda: made.feed.facts.code == "source_missing")
        assert made.transport.status(None) is None
        await asyncio.to_thread(film, tmp_path / "film.mp4")
        await made.is_(ClipState.CUED)
        assert (made.picture, made.feed.facts.code) == (0, "")
