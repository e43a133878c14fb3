"""Interlaced sources: what is made of their fields, in programs of different rates."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from av.container import InputContainer

from stagedoor.domain.scene import Scene, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sources import feed as feed_module
from stagedoor.mixer.sources import reading as reading_module
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.reading import Reading
from stagedoor.mixer.sources.tracks import AnyPacket, tracks_of
from stagedoor.mixer.sources.upright import Upright
from tests.kit.flashes import decode
from tests.kit.interlaced import BAR, HEIGHT, RATE, STEP, WIDTH, bar_at, film, media, moves
from tests.kit.mixing import SMALL, mixing
from tests.kit.source_pictures import luma_of, pictures
from tests.kit.viewing import playing
from tests.kit.wait import until

pytestmark = [pytest.mark.media, pytest.mark.paced]

COUNT = 12
"""Frames of a short film."""
SECONDS = 4
HALL = Source("hall", SourceKind.HUB, url="hall", playout_ms=500)
"""Held back for longer than whoever sends it may stand still."""
SCENE = Scene("hall", slots=(Slot("hall", label=False),))


def places(made: list[Picture]) -> list[float]:
    return [bar_at(luma_of(each)) for each in made]


@pytest.mark.parametrize("first", ["tff", "bff"])
@pytest.mark.parametrize("ending", ["mp4", "h264"])
def test_each_field_is_a_picture_where_program_has_a_frame_for_it(
    tmp_path: Path, first: str, ending: str
) -> None:
    """Also of a bare stream, whose frames say nothing of time."""
    made = pictures(film(tmp_path / f"film.{ending}", COUNT, first), 2 * RATE)
    assert len(made) == 2 * COUNT
    assert places(made) == pytest.approx(
        [BAR / 2 - 0.5 + number * STEP for number in range(2 * COUNT)], abs=1
    )
    assert [each.media_s - made[0].media_s for each in made] == pytest.approx(
        [number / (2 * RATE) for number in range(2 * COUNT)]
    )


@pytest.mark.parametrize("program_rate", [25, 30])
def test_each_frame_is_one_picture_where_program_has_no_frame_for_more(
    tmp_path: Path, program_rate: int
) -> None:
    made = pictures(film(tmp_path / "film.mp4", COUNT, "tff"), program_rate)
    assert [each.media_s for each in made] == pytest.approx([number / RATE for number in range(COUNT)])
    assert moves(places(made)) == pytest.approx([2 * STEP] * (COUNT - 1), abs=1)


def test_what_says_the_wrong_order_goes_back_and_forth(tmp_path: Path) -> None:
    """So that the tests here would see it if fields were shown in another order than the stream's."""
    made = pictures(film(tmp_path / "film.mp4", COUNT, "bff", said="tff"), 2 * RATE)
    assert sum(move < 0 for move in moves(places(made))) >= COUNT - 2


Timed = list[tuple[av.VideoFrame, float]]
"""Frames with their times."""


def frames(file: Path, apart: Fraction, begin_s: int = 0) -> Timed:
    """Decode a film, and have its frames come so many seconds after each other."""
    with av.open(str(file)) as container:
        found = list(container.decode(video=0))
    times = [begin_s + number * apart for number in range(len(found))]
    for frame, time in zip(found, times, strict=True):
        frame.pts, frame.time_base = round(time * 90_000), Fraction(1, 90_000)
    return [(frame, float(time)) for frame, time in zip(found, times, strict=True)]


def seen(upright: Upright, given: Timed, said_s: float) -> list[int]:
    """The times of what is made of frames of a stream that says how long they last, in fields."""
    made = [each for frame, at_s in given for each in upright.frames(frame, at_s, said_s)]
    return [round(each.at_s * 2 * RATE) for each in made]


def rest(upright: Upright) -> list[int]:
    return [round(each.at_s * 2 * RATE) for each in upright.rest()]


def test_how_far_frames_are_apart_decides_and_not_what_the_stream_says(tmp_path: Path) -> None:
    upright = Upright(2 * RATE)
    given = frames(film(tmp_path / "film.mp4", COUNT, "tff"), Fraction(1, RATE))
    times = seen(upright, given, 1 / (2 * RATE)) + rest(upright)
    assert times == [0, *range(2, 2 * COUNT)]


def test_another_rate_in_the_same_stream_is_followed_and_no_frame_lost(tmp_path: Path) -> None:
    file, upright = film(tmp_path / "film.mp4", COUNT, "tff"), Upright(2 * RATE)
    times = seen(upright, frames(file, Fraction(1, 2 * RATE)), 1 / RATE)
    assert upright.fields == 1
    times += seen(upright, frames(file, Fraction(1, RATE), begin_s=1), 1 / RATE) + rest(upright)
    assert upright.fields == 2
    assert times == sorted(set(times))
    assert {*range(COUNT), *range(50, 50 + 2 * COUNT, 2)} <= set(times)
    assert {*range(62, 50 + 2 * COUNT)} <= set(times)


def test_frames_that_are_whole_stay_one_picture_each(tmp_path: Path) -> None:
    """A stream that is interlaced, then not, then is again."""
    woven = frames(film(tmp_path / "film.mp4", COUNT, "tff"), Fraction(1, RATE))
    plain = [(av.VideoFrame.from_ndarray(frame.to_ndarray(), "yuv420p"), at_s) for frame, at_s in woven[4:8]]
    for (frame, _), (like, _) in zip(plain, woven[4:8], strict=True):
        frame.pts, frame.time_base = like.pts, like.time_base
    upright = Upright(2 * RATE)
    times = seen(upright, [*woven[:4], *plain, *woven[8:]], 1 / RATE) + rest(upright)
    assert times == [*range(8), 8, 10, 12, 14, *range(16, 24)]


class Live:
    """A film that comes packet by packet as its encoder makes it, and program, in simulated time.

    Attributes:
        places: Where the bar is in each of program's frames.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, program_rate: int) -> None:
        self.feed = Feed(None, SourceSound(), program_rate=program_rate)
        self.places: list[float] = []
        self._rate = program_rate
        self._now_s, self._frame = 1000.0, 0
        for module in (reading_module, feed_module):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self._now_s))
        monkeypatch.setattr(reading_module, "packets_of", self._packets)

    def read(self, file: Path) -> None:
        """Read all of it."""
        self.feed.began()
        with av.open(str(file)) as container:
            tracks = tracks_of(container, low_delay=False)
            Reading(self.feed, Scaler(), threading.Event(), container, tracks, paced=False).run()

    def _packets(self, container: InputContainer, _tracks: object) -> Iterator[AnyPacket]:
        for packet in container.demux():
            if packet.dts is not None and packet.time_base is not None:
                self._go_on(1000.0 + float(packet.dts * packet.time_base))
                yield packet

    def _go_on(self, until_s: float) -> None:
        while (due_s := 1000.0 + self._frame / self._rate) < until_s:
            self._now_s = due_s
            self.feed.judge(due_s)
            self.feed.advance(due_s)
            if self.feed.picture is not None:
                self.places.append(bar_at(luma_of(self.feed.picture)))
            self._frame += 1
        self._now_s = until_s


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize(("program_rate", "fields"), [(2 * RATE, 2), (RATE, 1)])
def test_no_picture_comes_after_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, b_frames: int, program_rate: int, fields: int
) -> None:
    """A frame is deinterlaced once the next one has come, and both its fields are shown then."""
    live = Live(monkeypatch, program_rate)
    live.read(film(tmp_path / "film.mp4", 100, "tff", b_frames=b_frames))
    assert live.feed.dropped <= fields
    found = moves(live.places[program_rate:])
    assert len(found) > 1.5 * program_rate
    assert found == pytest.approx([2 * STEP / fields] * len(found), abs=1)


def test_only_what_is_interlaced_is_held_back_for_a_frame_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(monkeypatch, 2 * RATE)
    live.read(film(tmp_path / "film.mp4", 25, "tff"))
    assert live.feed.playout.delay_ms == 60 + 1000 // RATE
    live = Live(monkeypatch, 2 * RATE)
    live.read(film(tmp_path / "plain.mp4", 25, "tff", said="prog"))
    assert live.feed.playout.delay_ms == 60


@dataclass
class Bars:
    """Where the bar is in each of program's frames.

    Attributes:
        late: Frames that showed the one before for want of time, however new the source's pictures were.
    """

    frame_rate: int
    late: int = 0
    numbers: list[int] = field(default_factory=list)
    places: list[float] = field(default_factory=list)

    def see(self, frame: object, _now: float) -> None:
        if isinstance(frame, av.VideoFrame):
            self.numbers.append(round((frame.time or 0.0) * self.frame_rate))
            self.places.append(bar_at(np.asarray(frame.to_ndarray(format="gray"), np.uint8)))

    @property
    def seconds(self) -> float:
        return (self.numbers[-1] - self.numbers[0]) / self.frame_rate if self.numbers else 0.0

    @property
    def moves(self) -> list[list[float]]:
        """By how much it moves from frame to frame, in each second after the first, which has waited."""
        steps, rate = moves(self.places), self.frame_rate
        return [steps[begin : begin + rate] for begin in range(rate, SECONDS * rate, rate)]

    def judge(self, fresh: int) -> None:
        """So many frames of each second show another picture than the one before, and it never goes back."""
        found = [sum(abs(step) > 1 for step in second) for second in self.moves]
        assert min(found) >= fresh - self.late, (self.late, self.moves)
        assert sum(found) >= fresh * len(found) - self.late, (self.late, self.moves)
        assert min(map(min, self.moves)) > -1, self.moves


async def program(folder: Path, first: str, frame_rate: int) -> tuple[Bars, float]:
    """Have an interlaced source alone in a program; what is seen there, and the pictures a second it has."""
    settings = SMALL.model_copy(update={"width": WIDTH, "height": HEIGHT, "frame_rate": frame_rate})
    film_ = await asyncio.to_thread(media, folder / "film.nut", first)
    async with mixing(folder, settings) as mixer, playing(mixer.studio, "hall", film_):
        await mixer.show(SCENE, sources=[HALL])
        await mixer.are_live("hall")
        # Its picture is due, and its time line has settled.
        await until(lambda: mixer.source("hall").frame_rate > 0.9 * RATE)
        bars, stop, before = Bars(frame_rate), threading.Event(), mixer.state().timing.repeated_frames
        reading = asyncio.create_task(asyncio.to_thread(decode, mixer.url("program.nut"), stop, bars.see))
        try:
            await until(lambda: bars.seconds > SECONDS + 1, 20.0, what="program")
        finally:
            stop.set()
            await reading
        bars.late = mixer.state().timing.repeated_frames - before
        return bars, mixer.source("hall").frame_rate


@pytest.mark.parametrize("first", ["tff", "bff"])
async def test_motion_is_as_smooth_as_program(tmp_path: Path, first: str) -> None:
    bars, shown = await program(tmp_path, first, 2 * RATE)
    bars.judge(45)
    assert shown == pytest.approx(2 * RATE, rel=0.1)


async def test_program_of_the_sources_rate_has_each_frame_once(tmp_path: Path) -> None:
    bars, shown = await program(tmp_path, "tff", RATE)
    bars.judge(RATE - 1)
    assert shown == pytest.approx(RATE, rel=0.1)
