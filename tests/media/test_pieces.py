"""A piece whose disk takes no more, wherever in its writing that is: what is there plays."""

import errno
import os
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


def _write_all(piece: Piece, packets: list[Packet]) -> None:
    for packet in packets:
        piece.write([packet])
