"""The program recording: the mixer's own packets as MP4, on the take's clock."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.recording import PieceState, RecordingState
from stagedoor.ipc.cuts import Cut
from stagedoor.ipc.mixer import OutputSpec
from stagedoor.outputs.files import recorder
from tests.kit.listening import listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.rtmp_server import rtmp_server
from tests.kit.show import Show, encode, numbers_in, squares
from tests.kit.takes import noted, play, take_of
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import Watched, watch

pytestmark = [pytest.mark.media, pytest.mark.paced]

FLASH = Show(320, 180, color=(40, 60, 190), flash=True, bitrate=400_000)
RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
BLUE = Show(320, 180, color=(40, 60, 200), tone=880, bitrate=300_000)
ONE = scene_of("full", ["guest1"], "one")
TWO = scene_of("full", ["guest2"], "two")
BOTH = scene_of("two_up", ["guest1", "guest2"], "both")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        yield running


async def lasts(stage: Mixing, ms: int) -> None:
    def long_enough() -> bool:
        return any(each.duration_ms >= ms for each in stage.state().recording.pieces)

    await until(long_enough, 20, what=f"program is recorded for {ms} ms")


async def test_program_is_recorded_whole_and_in_step(stage: Mixing, tmp_path: Path) -> None:
    async with playing(stage.studio, "guest1", encode(FLASH)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        spec = take_of(tmp_path)
        await stage.want(recording=spec)
        await lasts(stage, 2500)
        growing = await play(tmp_path / "take" / "program-001.mp4")
        await lasts(stage, 5000)
        await stage.want(recording=None)
    assert stage.state().recording.state is RecordingState.IDLE
    ended = await play(tmp_path / "take" / "program-001.mp4")
    assert growing.video_times[-1] > 1.5
    assert ended.video_times[-1] > growing.video_times[-1] + 1.5
    assert ended.codecs == {"video": "h264", "audio": "aac"}
    assert not ended.errors
    # What a busy machine did not mix in time is not there; what is there lies where it belongs.
    assert len(ended.video_times) > 0.9 * 30 * ended.video_times[-1]
    assert len(ended.audio_times) > 0.8 * 48_000 / 1024 * ended.audio_times[-1]
    assert len(ended.flashes) >= 3
    assert median(abs(offset) for offset in ended.av_offsets()) < 0.03, ended.av_offsets()
    (note,) = noted(tmp_path / "take")
    assert (note.state, note.dropped) == (PieceState.DONE, 0)
    assert abs(note.duration_ms - 1000 * ended.video_times[-1]) < 100


async def test_program_and_a_guest_of_one_take_have_one_clock(stage: Mixing, tmp_path: Path) -> None:
    """A flash's time in each file and the file's offset: apart by the guest's way to program."""
    async with playing(stage.studio, "guest1", encode(FLASH)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        spec = take_of(tmp_path)
        await stage.studio.parts.iso.want(spec)
        await stage.want(recording=spec)
        await lasts(stage, 4500)
        playout_ms = stage.source("guest1").playout_ms
        await stage.want(recording=None)
        await stage.studio.parts.iso.want(None)
    iso, program = noted(tmp_path / "take")
    assert (iso.path, program.path) == ("guest1", "program")
    flashes = [
        [note.offset_ms + 1000 * at for at in (await play(tmp_path / "take" / note.file)).flashes]
        for note in (iso, program)
    ]
    later = [min(at - own for own in flashes[0] if at >= own) for at in flashes[1][1:]]
    assert len(later) >= 2
    # Whole frames on both sides, and the machine's own delays while it does both.
    assert abs(median(later) - playout_ms) < 120, (later, playout_ms)


async def test_the_cut_log_names_the_verynumbers_in(
    stage: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a cut's first frame shows is found again in the guest's own file, by the number in the picture.

    Its line is there at once, whatever becomes of the mixer then.
    """
    # A line that waited for the next look at the disk would never come.
    monkeypatch.setattr(recorder, "LOOK_EVERY_S", 3600)
    log = tmp_path / "take" / "cuts.jsonl"
    async with playing(stage.studio, "guest1", encode(RED)), playing(stage.studio, "guest2", encode(BLUE)):
        await stage.show(ONE, TWO, BOTH, sources=[guest("guest1"), guest("guest2")])
        await stage.are_live("guest1", "guest2")
        spec = take_of(tmp_path)
        await stage.studio.parts.iso.want(spec)
        await stage.want(recording=spec)
        await lasts(stage, 1000)
        frames = []
        for name in ("two", "one", "two", "both"):
            frames.append((await stage.engine.cut(name)).frame)
            await until(lambda: f'{{"frame":{frames[-1]},' in log.read_text(), what="the line of the cut")
            await until(lambda: stage.state().frame > frames[-1] + 20, 10)
        await stage.want(recording=None)
        await stage.studio.parts.iso.want(None)
    cuts = [Cut.model_validate_json(line) for line in log.read_text().splitlines()]
    assert [cut.program for cut in cuts] == ["one", "two", "one", "two", "both"]
    assert [cut.frame for cut in cuts[1:]] == frames
    assert [[each.source for each in cut.sources] for cut in cuts[-2:]] == [["guest2"], ["guest1", "guest2"]]
    notes = {note.path: note for note in noted(tmp_path / "take")}
    played = {path: await play(tmp_path / "take" / note.file) for path, note in notes.items()}
    for cut in cuts[1:-1]:
        (moment,) = cut.sources
        assert moment.path_ms is not None
        in_program = _number_at(played["program"], cut.take_ms - notes["program"].offset_ms)
        in_piece = _number_at(played[moment.path], moment.path_ms - notes[moment.path].origin_ms)
        assert in_program == in_piece, (cut, notes)


def _number_at(seen: Watched, ms: int) -> int:
    """The number in the picture whose time is nearest."""
    nearest = min(range(len(seen.numbers)), key=lambda n: abs(1000 * seen.video_times[n] - ms))
    assert abs(1000 * seen.video_times[nearest] - ms) < 20
    return seen.numbers[nearest]


async def test_a_piece_says_with_which_program_frames_it_begins_and_ends(
    stage: Mixing, tmp_path: Path
) -> None:
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        live = asyncio.create_task(listen(stage.url("program.nut"), 6.0, points=squares()))
        await until(lambda: stage.studio.parts.hub.status("program").readers, what="somebody watches")
        applied = await stage.want(recording=take_of(tmp_path))
        await lasts(stage, 1500)
        told = stage.state().recording.pieces[0].first_frame
        await stage.want(recording=None)
        on_air = numbers_in(await live)
    (note,) = noted(tmp_path / "take")
    assert (note.first_frame, note.first_frame is not None) == (told, True)
    assert note.first_frame is not None
    assert note.first_frame >= applied.frame
    recorded = numbers_in(await listen(str(tmp_path / "take" / note.file), 1000, points=squares()))
    # Sound may begin a little before the picture.
    shift = note.first_frame - min(recorded)
    pairs = [
        (on_air[shift + number], picture) for number, picture in recorded.items() if shift + number in on_air
    ]
    assert len(pairs) > 30
    assert len({picture for _, picture in pairs}) > 20, "they can be told from each other"
    assert all(seen == picture for seen, picture in pairs), pairs
    assert note.last_frame == shift + max(recorded)


async def test_an_output_says_which_frame_its_server_was_sent_first(stage: Mixing, tmp_path: Path) -> None:
    (tmp_path / "rtmp").mkdir()
    async with rtmp_server(tmp_path / "rtmp") as rtmp, playing(stage.studio, "guest1", encode(RED)):
        url = f"{rtmp.url}/live/program"
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        live = asyncio.create_task(listen(stage.url("program.nut"), 6.0, points=squares()))
        # Whoever waits there gets what the server gets, from the first picture on.
        player = asyncio.create_task(watch(url, 1.5))
        await rtmp.read_by(1)
        await until(lambda: stage.studio.parts.hub.status("program").readers, what="somebody watches")
        await stage.want(destinations=(OutputSpec(id="out", url=url),))
        await until(lambda: stage.state().destinations[0].first_frame is not None, 15)
        told = stage.state().destinations[0].first_frame
        received = await player
        await stage.want(destinations=())
        on_air = numbers_in(await live)
    assert told is not None
    pairs = [(on_air[told + n], received.numbers[n]) for n in range(20) if told + n in on_air]
    assert len(pairs) > 10
    assert all(seen == picture for seen, picture in pairs), pairs


async def test_a_scene_without_sound_is_recorded_too(stage: Mixing, tmp_path: Path) -> None:
    await stage.show(ONE, sources=[guest("guest1")])
    await stage.want(recording=take_of(tmp_path))
    await lasts(stage, 1500)
    await stage.want(recording=None)
    (note,) = noted(tmp_path / "take")
    assert len(note.tracks) == 2


async def test_another_take_follows_and_a_setting_beside_it_changes_nothing(
    stage: Mixing, tmp_path: Path
) -> None:
    first = take_of(tmp_path)
    await stage.show(ONE, sources=[guest("guest1")])
    await stage.want(recording=first)
    await lasts(stage, 500)
    await stage.want(sources=(guest("guest1"), guest("guest2")))
    await lasts(stage, 1500)
    await stage.want(recording=take_of(tmp_path, "next"))
    await lasts(stage, 500)
    assert stage.state().recording.take == "next"
    await stage.want(recording=None)
    assert [each.file for each in noted(tmp_path / "take")] == ["program-001.mp4"]
    assert [each.file for each in noted(tmp_path / "next")] == ["program-001.mp4"]


async def test_a_disk_that_refuses_costs_program_nothing(stage: Mixing, tmp_path: Path) -> None:
    await stage.show(ONE, sources=[guest("guest1")])
    await stage.want(recording=take_of(tmp_path, min_free_bytes=10**18))
    await until(lambda: stage.state().recording.state is RecordingState.FAILED, 10)
    assert stage.state().recording.code == "disk_full"
    seen = await watch(stage.url("program.nut"), 1.5, format="nut")
    assert len(seen.video_times) > 30
    assert not seen.errors
