"""ISO recordings of sources that the mixer reads from servers: their own packets, in the take's pieces."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.recording import PieceState
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.cuts import Cut
from stagedoor.ipc.recording import PieceStatus
from stagedoor.media.packets import Codec, Kind
from tests.kit.mixing import Mixing, mixing
from tests.kit.show import Show, encode
from tests.kit.takes import noted, play, take_of
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import Watched, near

pytestmark = pytest.mark.media

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
LARGE = Show(640, 360, color=(30, 160, 60), tone=440, bitrate=600_000)
VP8 = Show(480, 270, color=(40, 60, 200), tone=880, codec=Codec.VP8, bitrate=400_000)
SCENE = scene_of("full", ["camera"], "camera")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        yield running


def camera(stage: Mixing, form: str, *, iso: bool = True) -> Source:
    """A path of the hub, read as if it were some server's stream."""
    return Source("camera", SourceKind.URL, "Camera", url=stage.url(f"camera.{form}"), iso=iso)


def pieces(stage: Mixing, path: str = "camera") -> list[PieceStatus]:
    return [each for each in stage.state().recording.pieces if each.path == path]


async def lasts(stage: Mixing, ms: int, number: int = 1, path: str = "camera") -> None:
    def long_enough() -> bool:
        return any(each.number == number and each.duration_ms >= ms for each in pieces(stage, path))

    await until(long_enough, 20, what=f"piece {number} lasts {ms} ms")


async def test_their_own_packets_are_recorded(stage: Mixing, tmp_path: Path) -> None:
    """Whatever form they come in; sizes may change, and the files play while they grow."""
    forms = {"mkv": "opus", "ts": "aac", "flv": "aac"}
    async with playing(stage.studio, "camera", encode(RED), encode(LARGE)):
        sources = tuple(replace(camera(stage, form), id=f"cam-{form}") for form in forms)
        await stage.want(sources=sources)
        await stage.are_live(*(source.id for source in sources))
        await stage.want(recording=take_of(tmp_path))
        await lasts(stage, 1000, path="cam-flv")
        growing = await play(tmp_path / "take" / "cam-flv-001.mkv")
        for form in forms:
            await until(partial(has_sizes, stage, f"cam-{form}", 2), 15, what=f"both sizes of {form}")
        await stage.want(recording=None)
    assert growing.video_times
    for form, sound in forms.items():
        seen = await play(tmp_path / "take" / f"cam-{form}-001.mkv")
        assert seen.codecs == {"video": "h264", "audio": sound}
        assert not seen.errors
        assert {(320, 180), (640, 360)} == set(seen.sizes)
        assert steps(seen) == {1}, form
        assert abs(seen.tone - 440) < 5
    for note in noted(tmp_path / "take")[:3]:
        assert (note.state, note.dropped) == (PieceState.DONE, 0)
        assert [each.kind for each in note.tracks] == [Kind.VIDEO, Kind.AUDIO]


def has_sizes(stage: Mixing, path: str, number: int) -> bool:
    return any(len(each.tracks[0].sizes) == number for each in pieces(stage, path) if each.tracks)


def steps(seen: Watched) -> set[int]:
    """By how much each picture's number is ahead of the one before."""
    frames = RED.seconds * RED.frame_rate
    return {(after - before) % frames for before, after in zip(seen.numbers, seen.numbers[1:], strict=False)}


async def test_a_reconnect_begins_a_piece_and_a_line_in_the_cut_log(stage: Mixing, tmp_path: Path) -> None:
    await stage.show(SCENE, sources=[camera(stage, "mkv")])
    spec = take_of(tmp_path)
    await stage.want(recording=spec)
    for number, show in enumerate((RED, VP8), 1):
        async with playing(stage.studio, "camera", encode(show)):
            await lasts(stage, 1000, number)
        await until(lambda: pieces(stage)[-1].state is PieceState.DONE, 10, what="the piece's end")
    await stage.want(recording=None)
    first, second = (each for each in noted(tmp_path / "take") if each.path == "camera")
    assert [each.file for each in (first, second)] == ["camera-001.mkv", "camera-002.mkv"]
    assert second.offset_ms >= first.offset_ms + first.duration_ms
    for note, show in ((first, RED), (second, VP8)):
        seen = await play(tmp_path / "take" / note.file)
        assert seen.codecs["video"] == show.codec
        assert near(seen.color, show.color)
        assert abs(seen.tone - show.tone) < 5
    text = (tmp_path / "take" / "cuts.jsonl").read_text()
    shown = [Cut.model_validate_json(line).sources[0] for line in text.splitlines()]
    assert [each.piece for each in shown if each.piece] == ["camera-001.mkv", "camera-002.mkv"]
    assert all(each.piece_ms is not None and 0 <= each.piece_ms < 1000 for each in shown if each.piece)


async def test_it_begins_and_ends_with_the_setting(stage: Mixing, tmp_path: Path) -> None:
    async with playing(stage.studio, "camera", encode(RED)):
        await stage.show(SCENE, sources=[camera(stage, "mkv", iso=False)])
        await stage.are_live("camera")
        await stage.want(recording=take_of(tmp_path))
        await stage.want(sources=(camera(stage, "mkv"),))
        await lasts(stage, 500)
        await stage.want(sources=(camera(stage, "mkv", iso=False),))
        await until(lambda: pieces(stage)[-1].state is PieceState.DONE, 10, what="the piece's end")
        await stage.want(recording=None)
    assert len([each for each in noted(tmp_path / "take") if each.path == "camera"]) == 1
    seen = await play(tmp_path / "take" / "camera-001.mkv")
    assert near(seen.color, RED.color)
    assert not seen.errors
