"""Which of the mixer's own paths somebody reads, as the relay says: what nobody watches is not made."""

import asyncio
import contextlib
from typing import Final

from stagedoor.domain.ids import is_mixed
from stagedoor.ipc.messages import PathStatus, RelayState

KNOWN_WITHIN_S: Final = 1.0
"""How long the mixer is told nothing because the relay has not said yet what there is."""


class Watchers:
    """Follows what the relay says of its paths.

    Attributes:
        paths: The mixer's own that have readers.
    """

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self._known = asyncio.Event()

    async def known(self) -> None:
        """Return once the relay has said what there is, or has had its time to do so."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KNOWN_WITHIN_S):
                await self._known.wait()

    def relay_state(self, state: RelayState) -> None:
        """Take all paths that the relay has."""
        self.paths = {path.path for path in state.paths if path.readers and is_mixed(path.path)}
        self._known.set()

    def relay_path(self, path: PathStatus) -> bool:
        """Take what has changed of a path; returns whether it is one of the mixer's own."""
        if not is_mixed(path.path):
            return False
        if path.readers:
            self.paths.add(path.path)
        else:
            self.paths.discard(path.path)
        return True
