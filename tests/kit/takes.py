"""Takes on the disk: one that begins now, what stands beside its pieces, and its pieces played."""

import time
from collections.abc import Callable
from pathlib import Path

from stagedoor.ipc.recording import PieceStatus, RecordingSpec
from stagedoor.media.mux import Container
from stagedoor.media.packets import Packet
from stagedoor.outputs.files.recorded import Recorded
from stagedoor.outputs.reader import Reader
from tests.kit.watch import Watched, watch


def take_of(folder: Path, name: str = "take", **limits: int) -> RecordingSpec:
    """A take that begins now."""
    (folder / name).mkdir()
    return RecordingSpec(
        take=name,
        started_ns=time.monotonic_ns(),
        folder=str(folder / name),
        paths=("guest1", "guest2", "guest3"),
        **limits,
    )


def unread(path: str, container: Container, frame: Callable[[Packet], int] | None = None) -> Recorded:
    """A path of whose packets each belongs to when it is written; they are written by the test itself."""

    def nobody() -> Reader:
        raise AssertionError("nothing reads it")

    return Recorded(path, container, nobody, lambda _: time.monotonic_ns(), frame=frame)


def noted(folder: Path) -> list[PieceStatus]:
    """What is kept beside the pieces of a take."""
    return [PieceStatus.model_validate_json(each.read_text()) for each in sorted(folder.glob("*.json"))]


async def play(file: Path) -> Watched:
    """Play a file to its end, as it is now."""
    return await watch(str(file), 1000)
