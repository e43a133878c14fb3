"""A source's packets on their way to its recording: nobody waits for anybody, and what is lost is counted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from stagedoor.ipc.recording import PieceStatus
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.mixer.outlets.cut_lines import CutLines
from stagedoor.mixer.outlets.isos import MOST_BYTES_CROSSING, MOST_CROSSING, Isos
from stagedoor.outputs.files import recorder as recorder_module
from stagedoor.outputs.files.recorder import Recorder
from tests.kit.takes import noted, take_of
from tests.kit.wait import until

pytestmark = pytest.mark.service

PICTURE = Track(Codec.VP8, 90_000, 320, 180)
EACH = 3000
"""Ticks from one picture to the next."""


def picture(number: int, *, key: bool = False) -> Packet:
    return Packet(PICTURE, b"picture", number * EACH, number * EACH, EACH, key, arrived=number / 30)


@pytest.fixture
async def recorder(tmp_path: Path) -> AsyncIterator[Recorder]:
    async with asyncio.TaskGroup() as group:
        recorder = Recorder(group, lambda: None)
        await recorder.start(take_of(tmp_path))
        yield recorder
        await recorder.aclose()


def recorded(recorder: Recorder) -> list[PieceStatus]:
    return list(recorder.status.pieces)


async def test_a_loop_that_stands_still_holds_no_source_up(recorder: Recorder, tmp_path: Path) -> None:
    isos = Isos(recorder, asyncio.get_running_loop())
    isos.want(["camera"])
    give = isos.tap("camera").began()
    give(picture(0, key=True))
    await until(lambda: recorded(recorder), 10)
    # The loop does nothing else while all of these are given.
    for number in range(1, 2 * MOST_CROSSING):
        give(picture(number))
    give(picture(2 * MOST_CROSSING, key=True))
    await asyncio.sleep(0)
    give(picture(2 * MOST_CROSSING + 1))
    give(picture(2 * MOST_CROSSING + 2, key=True))
    await until(lambda: recorded(recorder)[0].dropped, 10)
    await recorder.stop()
    (note,) = noted(tmp_path / "take")
    assert note.dropped == 2 * MOST_CROSSING + 1 - MOST_CROSSING
    assert note.duration_ms == round((2 * MOST_CROSSING + 3) * 1000 / 30)


async def test_large_packets_that_wait_for_the_loop_are_bounded_in_bytes(
    recorder: Recorder, tmp_path: Path
) -> None:
    isos = Isos(recorder, asyncio.get_running_loop())
    isos.want(["camera"])
    give = isos.tap("camera").began()
    give(picture(0, key=True))
    await until(lambda: recorded(recorder), 10)
    each = MOST_BYTES_CROSSING // 8
    for number in range(1, 21):
        give(replace(picture(number), data=bytes(each)))
    await asyncio.sleep(0)
    give(picture(21, key=True))
    await until(lambda: recorded(recorder)[0].dropped, 10)
    await recorder.stop()
    (note,) = noted(tmp_path / "take")
    assert note.dropped == 20 - 8


async def test_only_what_is_wanted_is_recorded_each_stream_for_itself(
    recorder: Recorder, tmp_path: Path
) -> None:
    isos = Isos(recorder, asyncio.get_running_loop())
    tap = isos.tap("camera")
    assert not tap.wanted
    give = tap.began()
    isos.want(["camera"])
    assert tap.wanted
    for stream in (1, 2):
        give(picture(0, key=True))
        await until(lambda so_many=stream: len(recorded(recorder)) == so_many, 10)
        tap.ended()
        give = tap.began()
    isos.want([])
    give(picture(0, key=True))
    await recorder.stop()
    assert [note.file for note in noted(tmp_path / "take")] == ["camera-001.mkv", "camera-002.mkv"]


async def test_a_stream_that_is_opened_anew_while_the_take_stops_is_not_recorded(
    recorder: Recorder, tmp_path: Path
) -> None:
    isos = Isos(recorder, asyncio.get_running_loop())
    tap = isos.tap("camera")
    isos.want(["camera"])
    tap.began()(picture(0, key=True))
    await until(lambda: recorded(recorder), 10)
    stopping = asyncio.create_task(recorder.stop())
    await asyncio.sleep(0)
    tap.ended()
    give = tap.began()
    give(picture(0, key=True))
    await stopping
    for number in range(1, 60):
        give(picture(number))
    await recorder.start(take_of(tmp_path, "next"))
    isos.begin_take()
    give(picture(60, key=True))
    await until(lambda: recorded(recorder), 10)
    await recorder.stop()
    assert [note.file for note in noted(tmp_path / "take")] == ["camera-001.mkv"]
    assert [note.file for note in noted(tmp_path / "next")] == ["camera-001.mkv"]


async def test_a_cut_log_that_cannot_be_completed_keeps_no_take_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recorder_module, "complete", lambda folder: 1 / 0)
    async with asyncio.TaskGroup() as group:
        recorder = Recorder(group, lambda: None, CutLines())
        await recorder.start(take_of(tmp_path))
        await recorder.stop()
        assert not recorder.records
        await recorder.start(take_of(tmp_path, "next"))
        assert recorder.records
        await recorder.aclose()
    assert "The cut log of take take could not be completed" in caplog.text
