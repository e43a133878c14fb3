"""Files of the media folder that nobody uploaded: looked at when they are named, and after each change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from stagedoor.control.media.files import MediaFiles
from stagedoor.control.media.probing import probe
from stagedoor.domain.errors import CapacityError
from stagedoor.ipc.probe import MediaFacts

MOST_WAITING: Final = 8
WAIT_S: Final = 10.0
"""How long one waits for those before it, each of which may take as long as the probe may."""
MOST_KNOWN: Final = 256
Stamp = tuple[str, int, int, int]
"""A file's name, with what changes whenever something else is written there."""


class FoundFiles:
    """Looks at one file after the other.

    Args:
        files: The media folder.
    """

    def __init__(self, files: MediaFiles) -> None:
        self._files = files
        self._known: dict[Stamp, MediaFacts] = {}
        self._looking = asyncio.Lock()
        self._waiting = 0

    async def facts(self, name: str) -> MediaFacts:
        """Return what is in a file of the media folder.

        Raises:
            CapacityError: Too many wait to be looked at, or those before it take too long.
            InvalidError: It is nothing that can be shown or heard.
            StorageError: The disk has no room to look at it.
        """
        stamp = await asyncio.to_thread(_stamp, self._files.folder, name)
        if (known := self._known.get(stamp)) is not None:
            return known
        async with self._turn():
            facts = self._known.get(stamp) or await self._look(name)
        self._known[stamp] = facts
        while len(self._known) > MOST_KNOWN:
            self._known.pop(next(iter(self._known)))
        return facts

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Look at one alone, after those that came before."""
        if self._waiting >= MOST_WAITING:
            raise CapacityError(f"{MOST_WAITING} files wait to be looked at", code="media_busy")
        self._waiting += 1
        try:
            await self._wait()
            try:
                yield
            finally:
                self._looking.release()
        finally:
            self._waiting -= 1

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(WAIT_S):
                await self._looking.acquire()
        except TimeoutError:
            raise CapacityError("another file takes long to be looked at", code="media_busy") from None

    async def _look(self, name: str) -> MediaFacts:
        thumbnail = self._files.new_draft()
        try:
            await asyncio.to_thread(self._files.begin, thumbnail)
            return await probe(self._files.folder / name, thumbnail)
        finally:
            await asyncio.to_thread(self._files.drop, thumbnail)


def _stamp(folder: Path, name: str) -> Stamp:
    try:
        state = (folder / name).stat()
    except OSError:  # gone by now: the probe says so
        return name, 0, 0, 0
    return name, state.st_ino, state.st_size, state.st_mtime_ns
