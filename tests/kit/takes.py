"""Takes on the disk: one that begins now, what stands beside its pieces, and its pieces played."""

import time
from pathlib import Path

from stagedoor.ipc.recording import PieceStatus, RecordingSpec
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


def noted(folder: Path) -> list[PieceStatus]:
    """What is kept beside the pieces of a take."""
    return [PieceStatus.model_validate_json(each.read_text()) for each in sorted(folder.glob("*.json"))]


async def play(file: Path) -> Watched:
    """Play a file to its end, as it is now."""
    return await watch(str(file), 1000)
