"""Recordings as files: what a player sees of them while they grow, at their end, and after kill -9."""

import asyncio
import resource
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import av
import pytest

from stagedoor.domain.recording import PieceState, RecordingState
from stagedoor.ipc.messages import AudioMode
from stagedoor.ipc.recording import PieceStatus, RecordingStatus
from stagedoor.media.mux import Container
from stagedoor.media.packets import Codec, Kind, Packet
from stagedoor.mixer.outlets.stream import Stream
from stagedoor.outputs.files.piece import Piece
from stagedoor.outputs.files.recorded import Recorded
from stagedoor.outputs.files.recorder import Recorder
from tests.kit import samples
from tests.kit.show import Show, encode
from tests.kit.takes import noted, play, take_of
from tests.kit.viewing import Studio, playing, studio
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = pytest.mark.media

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
LARGE = Show(640, 360, color=(30, 160, 60), tone=440, bitrate=600_000)
FLASH = Show(320, 180, color=(40, 60, 190), flash=True, bitrate=400_000)
FRAMES = RED.seconds * RED.frame_rate


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[Studio]:
    async with studio(tmp_path) as running:
        yield running


def pieces(status: RecordingStatus) -> list[PieceStatus]:
    return [each for each in status.pieces if each.path == "guest1"]


async def lasts(relay: Studio, ms: int, number: int = 1) -> PieceStatus:
    """Wait until a piece of guest1 lasts so long."""

    def long_enough() -> bool:
        return any(
            each.number == number and each.duration_ms >= ms for each in pieces(relay.parts.iso.status)
        )

    await until(long_enough, 15, what=f"piece {number} lasts {ms} ms")
    return pieces(relay.parts.iso.status)[-1]


def steps(numbers: Sequence[int]) -> set[int]:
    """By how much each picture's number is ahead of the one before."""
    return {(b - a) % FRAMES for a, b in zip(numbers, numbers[1:], strict=False)}


class TestIso:
    async def test_it_plays_while_it_grows(self, relay: Studio, tmp_path: Path) -> None:
        spec = take_of(tmp_path)
        async with playing(relay, "guest1", encode(FLASH)):
            await relay.parts.iso.want(spec)
            piece = await lasts(relay, 2000)
            growing = await play(tmp_path / "take" / piece.file)
            await lasts(relay, 4000)
            await relay.parts.iso.want(None)
        ended = await play(tmp_path / "take" / piece.file)
        assert growing.video_times[-1] - growing.video_times[0] > 1.0
        assert ended.video_times[-1] > growing.video_times[-1] + 1.0
        for seen in (growing, ended):
            assert seen.codecs == {"video": "h264", "audio": "opus"}
            assert not seen.errors
            assert steps(seen.numbers) == {1}
            # The last flash of a file that grows may be without its beep.
            assert abs(median(seen.av_offsets())) < 0.03
            assert seen.flashes
        (note,) = noted(tmp_path / "take")
        assert (note.state, note.dropped, note.number) == (PieceState.DONE, 0, 1)
        assert {(each.kind, each.codec) for each in note.tracks} == {
            (Kind.VIDEO, Codec.H264),
            (Kind.AUDIO, Codec.OPUS),
        }
        with av.open(str(tmp_path / "take" / piece.file)) as file:
            assert file.duration is not None
            assert abs(file.duration / 1000 - note.duration_ms) < 50

    async def test_sizes_may_change(self, relay: Studio, tmp_path: Path) -> None:
        async with playing(relay, "guest1", encode(RED), encode(LARGE)):
            await relay.parts.iso.want(take_of(tmp_path))
            await until(lambda: len(_sizes(relay)) == 2, 15, what="both sizes")
            await lasts(relay, 5000)
            await relay.parts.iso.want(None)
        (note,) = noted(tmp_path / "take")
        seen = await play(tmp_path / "take" / note.file)
        assert seen.sizes[:2] == [(320, 180), (640, 360)]
        assert note.tracks[0].sizes == ((320, 180), (640, 360))
        assert not seen.errors

    async def test_a_reconnect_begins_a_piece_with_its_offset(self, relay: Studio, tmp_path: Path) -> None:
        spec = take_of(tmp_path)
        await relay.parts.iso.want(spec)
        begins: list[int] = []
        for number, media in enumerate((RED, replace(RED, codec=Codec.VP8)), 1):
            async with playing(relay, "guest1", encode(media)):
                begins.append((time.monotonic_ns() - spec.started_ns) // 1_000_000)
                await lasts(relay, 1000, number=number)
            await until(lambda: pieces(relay.parts.iso.status)[-1].state is PieceState.DONE)
        await relay.parts.iso.want(None)
        first, second = noted(tmp_path / "take")
        assert [(each.file, each.number) for each in (first, second)] == [
            ("guest1-001.mkv", 1),
            ("guest1-002.mkv", 2),
        ]
        for note, begun in zip((first, second), begins, strict=True):
            assert abs(note.offset_ms - begun) < 300
        assert second.offset_ms >= first.offset_ms + first.duration_ms
        for note, codec in ((first, "h264"), (second, "vp8")):
            seen = await play(tmp_path / "take" / note.file)
            assert seen.codecs["video"] == codec
            assert seen.numbers[0] == 0
            assert near(seen.color, RED.color)
            assert abs(seen.tone - RED.tone) < 5

    async def test_sound_that_comes_later(self, relay: Studio, tmp_path: Path) -> None:
        await relay.parts.iso.want(take_of(tmp_path))
        media = encode(RED)
        async with playing(relay, "guest1", media, sound_late=2.0):
            await lasts(relay, 3500)
            await relay.parts.iso.want(None)
        (note,) = noted(tmp_path / "take")
        seen = await play(tmp_path / "take" / note.file)
        assert [each.kind for each in note.tracks] == [Kind.VIDEO, Kind.AUDIO]
        assert abs(seen.tone - RED.tone) < 5
        assert steps(seen.numbers) == {1}

    async def test_a_picture_that_comes_later_begins_another_piece(
        self, relay: Studio, tmp_path: Path
    ) -> None:
        await relay.parts.iso.want(take_of(tmp_path))
        publisher = relay.parts.hub.publish("guest1", "test", request_key_frame=lambda: None)
        for packet in samples.opus(samples.tone(1.0)):
            publisher.write(replace(packet, arrived=time.monotonic()))
        await until(lambda: pieces(relay.parts.iso.status), what="sound is recorded")
        picture = samples.video(sizes=[(320, 180)], frames=30)
        for packet in samples.merged(picture, samples.opus(samples.tone(1.0), start=48_000)):
            late = replace(packet, pts=packet.pts + 90_000, dts=packet.dts + 90_000)
            publisher.write(replace(late if packet in picture else packet, arrived=time.monotonic()))
        await until(lambda: len(pieces(relay.parts.iso.status)) == 2, what="another piece")
        publisher.close()
        await relay.parts.iso.want(None)
        first, second = noted(tmp_path / "take")
        assert [each.kind for each in first.tracks] == [Kind.AUDIO]
        assert [each.kind for each in second.tracks] == [Kind.VIDEO, Kind.AUDIO]
        assert len((await play(tmp_path / "take" / second.file)).numbers) == 30

    async def test_who_is_not_wanted_is_not_recorded(self, relay: Studio, tmp_path: Path) -> None:
        async with (
            playing(relay, "lobby-g_abc", encode(RED)),
            playing(relay, "guest1", encode(RED)),
        ):
            await relay.parts.iso.want(take_of(tmp_path))
            await lasts(relay, 500)
            await relay.parts.iso.want(None)
        assert {each.path for each in noted(tmp_path / "take")} == {"guest1"}

    async def test_a_take_goes_on_in_new_pieces_where_it_was_left(self, tmp_path: Path) -> None:
        spec = take_of(tmp_path)
        for number in (1, 2):
            folder = tmp_path / f"relay{number}"
            folder.mkdir()
            async with studio(folder) as relay, playing(relay, "guest1", encode(RED)):
                await relay.parts.iso.want(spec)
                await lasts(relay, 500, number)
        assert [each.file for each in noted(tmp_path / "take")] == ["guest1-001.mkv", "guest1-002.mkv"]


class TestKilled:
    async def test_all_but_the_last_second_is_there(self, tmp_path: Path) -> None:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.kit.recording_writer", str(tmp_path)),
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[2],
        )
        told = 0
        assert child.stdout is not None
        try:
            async with asyncio.timeout(40):
                while told < 4500:
                    told = int(await child.stdout.readline())
        finally:
            child.kill()
            await child.wait()
        for file, codec in (("guest1-001.mkv", "opus"), ("program-001.mp4", "aac")):
            seen = await play(tmp_path / file)
            assert seen.codecs == {"video": "h264", "audio": codec}
            assert near(seen.color, RED.color)
            assert abs(seen.tone - 440) < 5
            assert steps(seen.numbers) == {1}
            assert seen.video_times[-1] * 1000 > told - 1000, file
            assert seen.audio_times[-1] * 1000 > told - 1000, file
        for note in noted(tmp_path):
            assert note.state is PieceState.RECORDING
            assert note.duration_ms > told - 2000


class TestDisk:
    async def test_too_little_room_stops_the_recording_and_nothing_else(
        self, relay: Studio, tmp_path: Path
    ) -> None:
        async with playing(relay, "guest1", encode(RED)):
            await relay.parts.iso.want(take_of(tmp_path, min_free_bytes=10**18))
            await until(lambda: relay.parts.iso.status.state is RecordingState.FAILED)
            status = relay.parts.iso.status
            assert (status.code, status.take) == ("disk_full", "take")
            assert "recording.min_free_mb" in status.hint
            seen = await watch(f"{relay.origin}/live/guest1.nut?token={relay.token}", 1.0, format="nut")
            assert steps(seen.numbers) == {1}
            await relay.parts.iso.want(take_of(tmp_path, "next"))
            await lasts(relay, 300)

    async def test_a_take_that_is_large_enough_stops(self, relay: Studio, tmp_path: Path) -> None:
        async with playing(relay, "guest1", encode(RED)):
            await relay.parts.iso.want(take_of(tmp_path, max_bytes=50_000))
            await until(lambda: relay.parts.iso.status.state is RecordingState.FAILED, 15)
        assert relay.parts.iso.status.code == "take_full"
        assert "recording.max_take_gb" in relay.parts.iso.status.hint
        await relay.parts.iso.want(None)
        (note,) = noted(tmp_path / "take")
        assert note.state is PieceState.DONE
        assert steps((await play(tmp_path / "take" / note.file)).numbers) == {1}

    @pytest.mark.netns
    async def test_a_disk_that_fills_up(self, relay: Studio, tmp_path: Path) -> None:
        """A real disk of 1 MB."""
        spec = take_of(tmp_path)
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", spec.folder]
        await asyncio.to_thread(subprocess.run, mount, check=True)
        try:
            async with playing(relay, "guest1", encode(replace(LARGE, noise=True, bitrate=4_000_000))):
                await relay.parts.iso.want(spec)
                await until(lambda: relay.parts.iso.status.state is RecordingState.FAILED, 20)
                url = f"{relay.origin}/live/guest1.nut?token={relay.token}"
                assert steps((await watch(url, 1.0, format="nut")).numbers) == {1}
            assert relay.parts.iso.status.code == "disk_full"
            assert steps((await play(Path(spec.folder, "guest1-001.mkv"))).numbers) == {1}
            await relay.parts.iso.want(None)
        finally:
            await asyncio.to_thread(subprocess.run, ["umount", spec.folder], check=True)

    async def test_a_disk_that_refuses(self, relay: Studio, tmp_path: Path) -> None:
        """The system refuses what goes beyond a file's largest size."""
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        async with playing(relay, "guest1", encode(RED)):
            resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, usual[1]))
            try:
                await relay.parts.iso.want(take_of(tmp_path))
                await until(lambda: relay.parts.iso.status.state is RecordingState.FAILED, 15)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        assert relay.parts.iso.status.code == "recordings_unwritable"
        (piece,) = pieces(relay.parts.iso.status)
        assert (piece.state, piece.code) == (PieceState.FAILED, "recordings_unwritable")

    async def test_a_disk_that_stands_still_costs_whole_groups_of_pictures_and_nobody_waits(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stuck = threading.Event()
        write = Piece.write

        def slow(piece: Piece, packets: Sequence[Packet], dropped: int = 0) -> None:
            stuck.wait(20)
            write(piece, packets, dropped)

        monkeypatch.setattr(Piece, "write", slow)
        stream = Stream("guest1", lambda: None)
        packets = _many(10_000)
        async with recording(tmp_path) as recorder:
            recorder.begin(
                Recorded("guest1", Container.MKV, lambda: stream.open_reader(AudioMode.OPUS), _now)
            )
            await until(lambda: stream.readers)
            began = time.monotonic()
            for number, packet in enumerate(packets):
                stream.write(packet)
                if number == 50:
                    await until(lambda: not stream.readers[0].queued)
            assert time.monotonic() - began < 15
            assert stream.readers[0].queued <= 2048
            stuck.set()
            await until(lambda: not stream.readers[0].queued, 10)
            for reader in tuple(stream.readers):
                reader.end()
            await recorder.stop()
        (note,) = noted(tmp_path / "take")
        assert note.dropped > 5000
        assert note.state is PieceState.DONE
        seen = await play(tmp_path / "take" / note.file)
        assert not seen.errors


def _sizes(relay: Studio) -> tuple[tuple[int, int], ...]:
    found = pieces(relay.parts.iso.status)
    return found[-1].tracks[0].sizes if found and found[-1].tracks else ()


def _now(packet: Packet) -> int:
    return round(packet.arrived * 1_000_000_000)


def _many(count: int) -> list[Packet]:
    """A second of pictures and sound, over and over, each in its turn."""
    second = samples.merged(samples.video(sizes=[(320, 180)], frames=30), samples.opus(samples.tone(1.0)))
    return [
        replace(
            packet,
            pts=packet.pts + turn * packet.track.clock_rate,
            dts=packet.dts + turn * packet.track.clock_rate,
        )
        for turn in range(count // len(second) + 1)
        for packet in second
    ]


@asynccontextmanager
async def recording(folder: Path) -> AsyncIterator[Recorder]:
    """A recorder at work."""
    async with asyncio.TaskGroup() as group:
        recorder = Recorder(group, lambda: None)
        try:
            await recorder.start(take_of(folder))
            yield recorder
        finally:
            await recorder.aclose()
