"""Stingers: what is decoded of a clip with alpha, what program shows with it, and what is cut instead."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Never

import av
import pytest

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.errors import ConflictError, MediaError, StagedoorError
from stagedoor.domain.scene import Scene, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.switching import Applied, Settled
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.picture.planes import OPAQUE, Planes
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.sound.samples import Samples
from stagedoor.mixer.sources import tracks as tracks_module
from stagedoor.mixer.sources.tracks import AnyPacket
from stagedoor.mixer.stingers import clip as clip_module
from stagedoor.mixer.stingers import file as file_module
from stagedoor.mixer.stingers import stingers as stingers_module
from stagedoor.mixer.stingers.clip import StingerClip
from stagedoor.mixer.stingers.stingers import Stingers
from stagedoor.mixer.switcher import Switcher
from tests.kit import files
from tests.kit.listening import Listened, Rgb, listen
from tests.kit.mixing import Mixing, mixing
from tests.kit.stingers import CODECS, IN_PIECES, RATE, TONE, brightness, stinger
from tests.kit.wait import until

pytestmark = [pytest.mark.media, pytest.mark.paced]

CANVAS = (320, 180)
PICTURES = 15
CUT_AT = 6
RED, BLUE = (200, 40, 40), (40, 60, 200)
SOURCES = (
    Source("red", SourceKind.COLOR, color="#c82828"),
    Source("blue", SourceKind.COLOR, color="#283cc8"),
)
ONE, TWO = Scene("one", slots=(Slot("red"),)), Scene("two", slots=(Slot("blue"),))
POINTS = ((0.5, 0.5), (0.1, 0.1))
"""On the stinger's square, and where it is see-through."""

Open = Callable[[Path], StingerClip]
Pictured = tuple[Rgb, ...]
Pictures = dict[int, Pictured]


@pytest.fixture
def opened() -> Iterator[Open]:
    made: list[StingerClip] = []

    def open_it(file: Path) -> StingerClip:
        made.append(StingerClip(str(file), CANVAS, RATE, SourceSound(), 0.0))
        made[-1].start()
        return made[-1]

    yield open_it
    for each in made:
        each.close()
        assert each.join(5.0)


class Written(SourceSound):
    """Sound that remembers how far it has come, seconds."""

    until_s = 0.0

    def write(self, samples: Samples, at: int) -> None:
        self.until_s = max(self.until_s, (at + samples.shape[1]) / 48_000)
        super().write(samples, at)


class TestClip:
    @pytest.mark.parametrize("codec", CODECS)
    def test_each_picture_comes_with_its_alpha(self, codec: str, tmp_path: Path, opened: Open) -> None:
        clip = opened(stinger(tmp_path / "clip", codec, PICTURES))
        clip.ready(10.0)
        assert (clip.frames, clip.has_sound) == (PICTURES, False)
        for step in range(PICTURES):
            shown = clip.at(step)
            assert shown is not None
            assert shown.planes.y[90, 160] == pytest.approx(16 + brightness(step) * 219 / 255, abs=5)
            assert shown.mask.luma[90, 160] == OPAQUE
            assert shown.mask.luma[5, 5] <= 2
        assert clip.late == 0

    def test_few_pictures_wait_however_long_it_is(
        self, tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(clip_module, "MOST_BYTES", 3 * CANVAS[0] * CANVAS[1] * clip_module.BYTES_A_PIXEL)
        clip = opened(stinger(tmp_path / "clip", "qtrle", 40))
        clip.ready(10.0)
        for step in range(40):
            assert clip.waiting <= 3
            clip.at(step)
        # What was left out for want of time is not caught up with: the last picture is the last one's.
        wait_until_read(clip)
        shown = clip.at(40)
        assert shown is not None
        assert shown.planes.y[90, 160] == pytest.approx(16 + brightness(39) * 219 / 255, abs=5)

    def test_sound_is_there_in_time_wherever_the_file_has_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(clip_module, "MOST_BYTES", 3 * CANVAS[0] * CANVAS[1] * clip_module.BYTES_A_PIXEL)
        file = stinger(tmp_path / "clip", "qtrle", 40, sound=True, muxed=IN_PIECES)
        sound = Written()
        clip = StingerClip(str(file), CANVAS, RATE, sound, 0.0)
        clip.start()
        try:
            clip.ready(10.0)
            assert (clip.waiting, sound.until_s > 1.0) == (3, True)
            for step in range(40):
                clip.at(step)
            wait_until_read(clip)
            assert sound.until_s == pytest.approx(40 / RATE, abs=0.1)
        finally:
            clip.close()
            assert clip.join(5.0)

    def test_of_small_pictures_no_more_wait_than_their_sound_may(self, tmp_path: Path) -> None:
        sound = Written()
        file = stinger(tmp_path / "clip", "qtrle", 4 * RATE, CANVAS, sound=True)
        clip = StingerClip(str(file), CANVAS, RATE, sound, 0.0)
        clip.start()
        try:
            clip.ready(10.0)
            assert (clip.waiting < 2 * RATE, sound.dropped) == (True, 0)
        finally:
            clip.close()
            assert clip.join(5.0)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "source_unreadable"),
            (b"no clip at all" * 100, "source_unreadable"),
            (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n", "source_unreadable"),
            (files.wav(), "source_unreadable"),
            (files.clip()[:300], "source_unreadable"),
            (None, "source_missing"),
        ],
    )
    def test_what_is_no_clip_is_refused(
        self, content: bytes | None, code: str, tmp_path: Path, opened: Open
    ) -> None:
        file = tmp_path / "clip.webm"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(StagedoorError) as refused:
            opened(file).ready(10.0)
        assert refused.value.code == code

    @pytest.mark.parametrize("error", [av.error.InvalidDataError, av.error.PatchWelcomeError])
    def test_what_its_decoder_makes_nothing_of_is_left_out(
        self,
        error: type[av.error.FFmpegError],
        tmp_path: Path,
        opened: Open,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(file_module, "_decoder", lambda stream: Choosy(stream.codec_context, error))
        clip = opened(stinger(tmp_path / "clip", "qtrle", PICTURES))
        clip.ready(10.0)
        shown = clip.at(PICTURES)
        assert shown is not None
        assert shown.planes.y[90, 160] == pytest.approx(16 + brightness(PICTURES - 1) * 219 / 255, abs=5)

    @pytest.mark.parametrize(
        ("module", "limit", "value", "code"),
        [
            (file_module, "MAX_STINGER_S", 0.3, "stinger_too_long"),
            (tracks_module, "MAX_PICTURE_PIXELS", 1000, "source_too_large"),
        ],
    )
    def test_one_that_is_too_large_is_refused(
        self,
        module: ModuleType,
        limit: str,
        value: float,
        code: str,
        tmp_path: Path,
        opened: Open,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(module, limit, value)
        with pytest.raises(StagedoorError) as refused:
            opened(stinger(tmp_path / "clip", "qtrle", PICTURES)).ready(10.0)
        assert refused.value.code == code


class Choosy:
    """A decoder that refuses its third packet."""

    def __init__(self, decoder: av.VideoCodecContext, error: type[av.error.FFmpegError]) -> None:
        self._decoder = decoder
        self._error = error
        self._packets = 0

    def decode(self, packet: AnyPacket) -> list[av.VideoFrame]:
        self._packets += 1
        if self._packets == 3:
            raise self._error(1, "no")
        return list(self._decoder.decode(packet))


def wait_until_read(clip: StingerClip) -> None:
    """Take what waits until all of it has been decoded."""
    while not clip.join(0.02):
        clip.at(40)


class Desk:
    """A switcher with a stinger over it, of which a test draws one frame after the other."""

    def __init__(self, stingers: Stingers) -> None:
        self.stingers = stingers
        self.now = Switcher("one", "two")
        self._frame = 0

    async def switch(self, change: Callable[[Switcher, int], Switcher]) -> Applied:
        """Do something before the next frame."""
        self.now = change(self.now, self._frame + 1)
        return Applied(frame=self._frame + 1)

    def draw(self) -> Planes:
        """Draw the next frame: black, with what is played over it."""
        self._frame += 1
        self.now, shot = self.now.at(self._frame)
        canvas = Planes.new(*CANVAS)
        canvas.fill((16, 128, 128))
        self.stingers.lay(canvas, shot.stinger)
        return canvas


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Stingers(CANVAS, Clock(0, RATE), SoundEngine())
    running = asyncio.create_task(made.run())
    yield Desk(made)
    await cancel_and_wait(running)
    await asyncio.to_thread(made.close)


async def write(path: Path, pictures: int) -> Transition:
    """Write a clip; return the transition that it is played by."""
    file = await asyncio.to_thread(stinger, path, "qtrle", pictures)
    return Transition(TransitionKind.STINGER, file=str(file), cut_at=CUT_AT)


async def test_a_change_of_the_board_leaves_alone_what_is_asked_for(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, own = await write(tmp_path / "usual.mov", 30), await write(tmp_path / "own.mov", PICTURES)
    looked_at, may_go_on = list[str](), threading.Event()

    def slow(file: str) -> float:
        looked_at.append(file)
        assert file != own.file or may_go_on.wait(20)
        return file_module.duration_of(file)

    monkeypatch.setattr(clip_module, "duration_of", slow)
    monkeypatch.setattr(stingers_module, "READY_WITHIN_S", 20.0)
    await asyncio.to_thread(desk.stingers.use, usual)
    asked = asyncio.create_task(desk.stingers.auto(own, desk.switch))
    await until(lambda: looked_at[-1:] == [own.file])
    await asyncio.to_thread(desk.stingers.use, replace(usual, cut_at=1))
    may_go_on.set()
    applied = await asked
    assert (applied.cut_frame, applied.trouble) == (applied.frame + CUT_AT, "")
    for number in range(PICTURES):
        canvas = await asyncio.to_thread(desk.draw)
        assert canvas.y[90, 160] == pytest.approx(16 + brightness(number) * 219 / 255, abs=5)
    await asyncio.to_thread(desk.draw)
    # Then the board's is made ready again.
    await until(lambda: looked_at[-1] == usual.file)


async def test_programs_thread_begins_no_other(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sting, begin = await write(tmp_path / "clip.mov", 2), StingerClip.start
    beginners = list[str]()

    def noted(clip: StingerClip) -> None:
        beginners.append(threading.current_thread().name)
        begin(clip)

    monkeypatch.setattr(StingerClip, "start", noted)
    await asyncio.to_thread(desk.stingers.use, sting)
    await desk.stingers.auto(sting, desk.switch)
    with ThreadPoolExecutor(1, "program") as program:
        while desk.now.transition is not None:
            await asyncio.get_running_loop().run_in_executor(program, desk.draw)
    # The one that was ready is over, and another one is made so.
    await until(lambda: len(beginners) == 2)
    assert all(not name.startswith("program") for name in beginners)


@pytest.mark.parametrize(
    ("before", "begins"),
    [
        (Switcher("one", "two"), True),
        (Switcher("one"), False),
        (Switcher("one", "two").with_bar(0.5, Transition()), False),
    ],
)
async def test_a_cut_is_announced_where_there_will_be_one(
    desk: Desk, tmp_path: Path, before: Switcher, begins: bool
) -> None:
    desk.now = before
    applied = await desk.stingers.auto(await write(tmp_path / "clip.mov", PICTURES), desk.switch)
    assert (desk.now.transition is not None and desk.now.transition.kind is TransitionKind.STINGER) is begins
    assert (applied.cut_frame, applied.trouble) == (applied.frame + CUT_AT if begins else None, "")


async def test_one_that_cannot_be_played_is_cut_where_there_is_something_to_cut_to(
    desk: Desk, tmp_path: Path
) -> None:
    desk.now = Switcher("one")
    gone = Transition(TransitionKind.STINGER, file=str(tmp_path / "gone.mov"))
    applied = await desk.stingers.auto(gone, desk.switch)
    assert (desk.now.program, applied.cut_frame) == ("one", None)
    assert applied.trouble


async def test_one_that_is_called_off_is_not_ready(tmp_path: Path, opened: Open) -> None:
    clip = opened(await asyncio.to_thread(stinger, tmp_path / "clip.mov", "qtrle", PICTURES))
    clip.close()
    await asyncio.to_thread(clip.join, 5.0)
    with pytest.raises(StagedoorError) as refused:
        await asyncio.to_thread(clip.ready, 5.0)
    assert refused.value.code == "stinger_not_ready"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        yield running


async def played(
    stage: Mixing, seconds: float, plan: Callable[[], Awaitable[list[Applied]]]
) -> tuple[Listened, list[Applied]]:
    """Watch program, with `plan` done once somebody does."""
    watching = asyncio.create_task(listen(stage.url("program.nut"), seconds, points=POINTS))
    await until(lambda: stage.studio.parts.hub.status("program").readers, what="somebody watches")
    first = stage.state().frame
    await until(lambda: stage.state().frame > first + 15)
    done = await plan()
    return await watching, done


def middle_and_corner(shown: Pictures, number: int) -> Pictured:
    """What a frame shows on the square and beside it; one that was not encoded as the one before."""
    return shown[max(each for each in shown if each <= number)]


async def test_it_lies_over_both_scenes_and_the_cut_below_it_is_where_it_was_said(
    stage: Mixing, tmp_path: Path
) -> None:
    file = await asyncio.to_thread(stinger, tmp_path / "clip.webm", "vp9", PICTURES, sound=True)
    sting = Transition(TransitionKind.STINGER, file=str(file), cut_at=CUT_AT)
    await stage.show(ONE, TWO, sources=SOURCES, transition=sting)

    async def there_and_back() -> list[Applied]:
        there = await stage.engine.auto(None)
        with pytest.raises(ConflictError):
            await stage.engine.tbar(0.5)
        with pytest.raises(ConflictError):
            await stage.engine.auto(None)
        await until(lambda: stage.state().frame > there.frame + 30)
        assert (stage.state().program, stage.state().position) == ("two", None)
        assert there.settled == stage.state().settled == Settled(program="two", preview="one")
        back = await stage.engine.auto(None)
        return [there, back]

    repeated = stage.state().timing.repeated_frames
    seen, (there, back) = await played(stage, 4.0, there_and_back)
    # A frame that the machine had no time to draw shows the one before: later than it should, never earlier.
    timing = stage.state().timing
    late = timing.repeated_frames - repeated + timing.dropped_frames
    shown = dict(zip(seen.numbers, seen.colors, strict=True))
    for applied, before, after in ((there, RED, BLUE), (back, BLUE, RED)):
        begin, cut = applied.frame, applied.frame + CUT_AT
        assert (applied.cut_frame, applied.trouble) == (cut, "")
        for number, scene in ((begin - 1, before), (begin + PICTURES + late, after)):
            assert all(color == pytest.approx(scene, abs=24) for color in middle_and_corner(shown, number))
        for number in range(begin, begin + PICTURES):
            middle, corner = middle_and_corner(shown, number)
            if number < cut or number >= cut + late:
                assert corner == pytest.approx(before if number < cut else after, abs=24)
            picture = (middle[0] - brightness(0)) / (brightness(1) - brightness(0))
            assert number - begin - late - 0.6 < picture < number - begin + 0.6
        begin_s = begin / RATE - seen.sound_at
        assert seen.level_db(TONE, begin_s + 0.05, 0.4) > -20
        assert seen.level_db(TONE, begin_s - 0.25, 0.2) < -60


@pytest.mark.parametrize("content", [None, b"no clip at all"])
async def test_one_that_cannot_be_played_is_cut_and_that_is_said(
    stage: Mixing, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "gone.webm"
    if content is not None:
        file.write_bytes(content)
    await stage.show(ONE, TWO, sources=SOURCES)
    applied = await stage.engine.auto(Transition(TransitionKind.STINGER, file=str(file)))
    assert (applied.program, applied.cut_frame) == ("two", applied.frame)
    assert applied.trouble
    await until(lambda: stage.state().frame > applied.frame)
    assert (stage.state().program, stage.state().preview) == ("two", "one")


async def test_a_cut_ends_it(stage: Mixing, tmp_path: Path) -> None:
    file = await asyncio.to_thread(stinger, tmp_path / "clip.mov", "qtrle", 60)
    await stage.show(ONE, TWO, sources=SOURCES)

    async def cut_short() -> list[Applied]:
        begun = await stage.engine.auto(Transition(TransitionKind.STINGER, file=str(file), cut_at=50))
        await until(lambda: stage.state().frame > begun.frame + 5)
        return [begun, await stage.engine.cut("two")]

    seen, (begun, cut) = await played(stage, 3.0, cut_short)
    shown = dict(zip(seen.numbers, seen.colors, strict=True))
    assert shown[begun.frame + 1][1] == pytest.approx(RED, abs=24)
    assert shown[cut.frame][0] == pytest.approx(BLUE, abs=24)
    assert shown[cut.frame + 10][0] == pytest.approx(BLUE, abs=24)


async def test_one_that_breaks_off_leaves_program_and_its_cut_alone(
    stage: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(clip_module, "MOST_BYTES", 0)
    file = await asyncio.to_thread(stinger, tmp_path / "clip.mov", "qtrle", 30)
    await stage.show(ONE, TWO, sources=SOURCES)
    sting = Transition(TransitionKind.STINGER, file=str(file), cut_at=20)

    async def broken() -> list[Applied]:
        begun = await stage.engine.auto(sting)
        monkeypatch.setattr(clip_module, "by_alpha", no_more)
        return [begun]

    seen, (begun,) = await played(stage, 3.0, broken)
    shown = dict(zip(seen.numbers, seen.colors, strict=True))
    assert middle_and_corner(shown, begun.frame + 15)[0] == pytest.approx(RED, abs=24)
    assert middle_and_corner(shown, begun.frame + 40)[0] == pytest.approx(BLUE, abs=24)
    assert "The stinger broke off: nothing comes any more" in caplog.text


def no_more(*_: object) -> Never:
    raise MediaError("nothing comes any more")
