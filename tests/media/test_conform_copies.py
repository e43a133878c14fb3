"""Copies of pieces: one rate, one size, sound beside its picture, and a disk that may be too small."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from stagedoor.conform.conform import conform
from stagedoor.conform.copies import render
from stagedoor.domain.errors import StorageError
from stagedoor.ipc.cuts import Cut, Moment
from stagedoor.ipc.recording import PieceStatus
from stagedoor.media.mux import Container
from stagedoor.media.packets import Packet
from stagedoor.outputs.files.piece import Piece
from tests.kit import interlaced, samples
from tests.kit.show import Show, encode
from tests.kit.takes import unread
from tests.kit.viewing import packets_of

pytestmark = pytest.mark.media

TAKE = "20261126-060000"
SECOND = 90_000


def piece_of(folder: Path, packets: Sequence[Packet]) -> PieceStatus:
    piece = Piece(folder, unread("guest1", Container.MKV), time.monotonic_ns())
    piece.open(sorted(packets, key=lambda packet: packet.pts / packet.track.clock_rate))
    piece.close()
    return piece.status


def test_a_copy_has_one_rate_and_one_size(tmp_path: Path) -> None:
    """Of a second at 30 frames, half a second of nothing, a second in another size; with sound from 0.5 s."""
    small = samples.video(sizes=[(320, 180)], frames=30)
    large = [
        replace(packet, pts=packet.pts + SECOND * 3 // 2, dts=packet.dts + SECOND * 3 // 2)
        for packet in samples.video(sizes=[(480, 480)], frames=30)
    ]
    sound = samples.opus(samples.tone(2.0), start=24_000)
    status = piece_of(tmp_path, [*small, *large, *sound])
    copy = render(tmp_path / status.file, status, tmp_path / "copy.mov", 25, lambda: None)
    assert (copy.piece, copy.file, copy.begin_ms, copy.has_picture) == ("guest1-001.mkv", "copy.mov", 0, True)
    with av.open(tmp_path / "copy.mov") as file:
        pictures = list(file.decode(video=0))
        rates = {file.streams.video[0].average_rate, file.streams.video[0].guessed_rate}
    with av.open(tmp_path / "copy.mov") as file:
        heard = np.concatenate([frame.to_ndarray()[0, ::2] for frame in file.decode(audio=0)])
    assert rates == {25}
    assert len(pictures) == copy.frames == pytest.approx(62, abs=1)
    assert {(frame.width, frame.height) for frame in pictures} == {(480, 480)}
    assert [round(frame.time * 25) for frame in pictures] == list(range(copy.frames))
    # 320×180 lies on black in 480×480, between rows that are left free.
    assert pictures[10].to_ndarray(format="gray")[:90].max() < 30
    assert pictures[-1].to_ndarray(format="gray")[:90].max() > 30
    assert abs(int(np.argmax(np.abs(heard) > 1000)) - 24_000) < 960
    assert len(heard) / 48_000 == pytest.approx(2.5, abs=0.05)


@pytest.mark.parametrize(("rate", "step"), [(50, interlaced.STEP), (25, 2 * interlaced.STEP)])
def test_a_copy_of_an_interlaced_piece_moves_as_program_did(tmp_path: Path, rate: int, step: int) -> None:
    film = interlaced.media(tmp_path / "film.nut", "bff")
    packets = [packet for _, _, packet in islice(packets_of((film,), SECOND, 0.0), len(film.video))]
    status = piece_of(tmp_path, packets)
    copy = render(tmp_path / status.file, status, tmp_path / "copy.mov", rate, lambda: None)
    with av.open(tmp_path / "copy.mov") as file:
        pictures = [frame.to_ndarray(format="gray").astype(np.uint8) for frame in file.decode(video=0)]
    assert len(pictures) == copy.frames == 2 * rate
    assert interlaced.moves([interlaced.bar_at(each) for each in pictures]) == pytest.approx(
        [step] * (2 * rate - 1), abs=1
    )


def test_sound_alone_is_copied_too(tmp_path: Path) -> None:
    status = piece_of(tmp_path, samples.opus(samples.tone(1.0)))
    copy = render(tmp_path / status.file, status, tmp_path / "copy.mov", 30, lambda: None)
    assert (copy.frames, copy.has_picture) == (30, False)


def test_a_piece_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    said: list[str] = []
    folder = tmp_path / TAKE
    folder.mkdir()
    status = piece_of(folder, samples.video(sizes=[(320, 180)], frames=30))
    broken = status.model_copy(update={"file": "camera-001.mkv", "path": "camera"})
    (folder / broken.file).write_bytes(b"no media at all" * 100)
    (folder / "camera-001.json").write_text(broken.model_dump_json())
    took_place(folder, status)
    result = conform(tmp_path, TAKE, tmp_path / "media", 1, said.append)
    assert sorted(path.name for path in result.iterdir()) == [f"{TAKE}.otio", "guest1-001.mov"]
    assert "camera-001.mkv: cannot be read, left out" in said


def took_place(folder: Path, status: PieceStatus) -> None:
    """Write of a take what makes it one: that there was program, and what it showed."""
    program = PieceStatus(file="program-001.mp4", path="program", number=1, duration_ms=3000)
    (folder / "program-001.mp4").touch()
    (folder / "program-001.json").write_text(program.model_dump_json())
    moment = Moment(source="guest1", path="guest1", piece=status.file, piece_ms=0)
    cut = Cut(frame=0, frame_rate=30, take_ms=0, program="one", layers=("guest1",), sources=(moment,))
    (folder / "cuts.jsonl").write_text(cut.model_dump_json() + "\n")


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A real disk of 3 MB."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.netns
def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path: Path) -> None:
    """What comes out is larger than what went in, and the disk has no room for it."""
    with small_disk(tmp_path):
        folder = tmp_path / TAKE
        folder.mkdir()
        show = encode(Show(640, 360, color=(30, 160, 60), noise=True, bitrate=4_000_000))
        status = piece_of(folder, [packet for _, _, packet in islice(packets_of((show,), SECOND, 0.0), 110)])
        took_place(folder, status)
        with pytest.raises(StorageError) as raised:
            conform(tmp_path, TAKE, tmp_path / "media", 1, lambda _: None)
        assert raised.value.code == "disk_full"
        assert [path.name for path in tmp_path.iterdir()] == [TAKE]
