"""A piece whose disk takes no more, wherever in its writing that is: what is there plays."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import av
import pytest

from stagedoor.media.mux import Container
from stagedoor.media.packets import Packet
from stagedoor.outputs.files.piece import Piece
from tests.kit import samples
from tests.kit.takes import unread

pytestmark = pytest.mark.media

ROOM = 6000
"""Bytes that the disk takes at least; the file's beginning is shorter."""


@pytest.mark.parametrize("container", [Container.MP4, Container.MKV])
def test_what_the_disk_has_taken_plays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, container: Container
) -> None:
    packets = samples.video(sizes=[(160, 90)], frames=90)
    write, room = os.write, [0]

    def full(file: int, data: memoryview) -> int:
        """Take what there is room for, and then nothing."""
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = write(file, data[: room[0]])
        room[0] -= taken
        return taken

    played = set()
    for more in range(0, 4000, 40):
        room[0] = ROOM + more
        piece = Piece(tmp_path, unread(f"guest{more}", container), 0)
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            piece.open(packets[:1])
            with pytest.raises(OSError, match="No space left"):
                _write_all(piece, packets[1:])
        piece.close("disk_full", "full")
        with av.open(tmp_path / piece.status.file) as file:
            played.add(sum(1 for _ in file.decode(video=0)))
    assert min(played) > 0, "nothing plays"
    assert len(played) > 1


@pytest.mark.parametrize("container", [Container.MP4, Container.MKV])
def test_other_parameters_begin_another_piece_where_a_file_describes_its_picture_once(
    tmp_path: Path, container: Container
) -> None:
    """As of an encoder that takes the place of another one; Matroska's readers find them in the picture."""
    sizes = [(160, 90), (160, 90), (320, 180)]
    packets = samples.video(sizes=sizes, frames=10)
    # One that begins anew as it was says the same once more.
    again = replace(packets[10].track)
    packets[10:20] = [replace(packet, track=again) for packet in packets[10:20]]
    pieces: list[Piece] = []
    for packet in packets:
        if pieces and pieces[-1].fits(packet):
            pieces[-1].write([packet])
            continue
        pieces.append(Piece(tmp_path, unread("program", container), 0))
        pieces[-1].open([packet])
    played = []
    for piece in pieces:
        piece.close()
        assert (tmp_path / piece.status.file).read_bytes().count(b"moov") == (container is Container.MP4)
        with av.open(tmp_path / piece.status.file) as file:
            played.append([(each.width, each.height) for each in file.decode(video=0)])
    parts = [sizes[:2], sizes[2:]] if container is Container.MP4 else [sizes]
    assert played == [[size for size in part for _ in range(10)] for part in parts]


def _write_all(piece: Piece, packets: list[Packet]) -> None:
    for packet in packets:
        piece.write([packet])
