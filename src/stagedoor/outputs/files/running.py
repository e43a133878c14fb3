"""A path that is recorded: what it is, and how far it has come."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from stagedoor.media.mux import Container
from stagedoor.media.packets import Kind, Packet, Track
from stagedoor.outputs.files.piece import Clock
from stagedoor.outputs.reader import Reader

SETTLE_S: Final = 0.5
"""After the first packet, the other kind of track may take this long to be announced in the file."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded, and in which form.

    Attributes:
        path: Its name.
        container: Of its files.
        open_reader: Opens a reader of it, which starts with a key frame.
        clock: Says when its packets belong.
        late_sound: What a file announces for sound that may come later; None where none is awaited.
    """

    path: str
    container: Container
    open_reader: Callable[[], Reader]
    clock: Clock
    late_sound: Track | None = None


@dataclass(slots=True)
class Running:
    """One path that is recorded now."""

    source: Recorded
    task: asyncio.Task[None] | None = None
    reader: Reader | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        """Let it end with what has come until now."""
        self.over.set()
        if self.reader is not None:
            self.reader.end()


async def first_packets(reader: Reader) -> list[Packet]:
    """Wait for the first packets, and a moment for the other kind; empty if the path ends before."""
    found = await reader.batch()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_S):
            while found and {packet.track.kind for packet in found} != set(Kind):
                more = await reader.batch()
                if not more:
                    break
                found += more
    return found


async def pause(running: Running, seconds: float) -> None:
    """Wait, but not once it is over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await running.over.wait()
