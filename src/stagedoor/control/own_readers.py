"""What guests read of their own paths: it ends when a path is no longer theirs."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from stagedoor.domain.errors import Blame, ForbiddenError, NotFoundError, StagedoorError
from stagedoor.ipc.client import RelayClient
from stagedoor.ipc.messages import ViewerStatus

log = logging.getLogger(__name__)

VIEWERS_EACH = 16
"""Of one invite; the oldest ends for a newer one."""


@dataclass(frozen=True, eq=False, slots=True)
class _Stream:
    invite: str
    path: str
    over: asyncio.Event


class OwnReaders:
    """Streams and viewers by the invite that they were opened with.

    Args:
        relay: Where viewers are.
        paths_of: Returns the paths that belong to the guest of an invite now.
    """

    def __init__(self, relay: RelayClient, paths_of: Callable[[str], Collection[str]]) -> None:
        self._relay = relay
        self._paths_of = paths_of
        self._streams: set[_Stream] = set()
        self._viewers: dict[str, tuple[str, str]] = {}

    def require_own(self, invite: str, path: str) -> None:
        """Return if a path is the guest's own; raise `ForbiddenError` if not."""
        if path not in self._paths_of(invite):
            raise ForbiddenError("this path is somebody else's", blame=Blame.GUEST)

    @contextmanager
    def streaming(self, invite: str | None, path: str, over: asyncio.Event) -> Iterator[None]:
        """Set `over` as soon as the path is no longer the guest's, while the block lasts.

        Args:
            invite: The guest's; None for somebody who may read any path.
            path: What is read.
            over: Ends the stream.

        Raises:
            ForbiddenError: It is not the guest's.
        """
        if invite is None:
            yield
            return
        self.require_own(invite, path)
        stream = _Stream(invite, path, over)
        self._streams.add(stream)
        try:
            yield
        finally:
            self._streams.discard(stream)

    async def add_viewer(self, invite: str | None, path: str, viewer: str) -> None:
        """Remember a guest's viewer.

        Raises:
            ForbiddenError: The path has become somebody else's; the viewer is closed then.
        """
        if invite is None:
            return
        self._viewers[viewer] = (invite, path)
        mine = [key for key, (owner, _) in self._viewers.items() if owner == invite]
        await self.close([*self.strays(), *mine[:-VIEWERS_EACH]])
        self.require_own(invite, path)

    def adopt(self, viewers: Iterable[ViewerStatus]) -> None:
        """Remember the guests' viewers that the relay has, such as after our own restart."""
        for viewer in viewers:
            self._viewers.setdefault(viewer.viewer, (viewer.invite, viewer.path))

    def forget_viewer(self, viewer: str) -> None:
        """Take note that a viewer has ended."""
        self._viewers.pop(viewer, None)

    def strays(self) -> list[str]:
        """End the streams whose path is no longer the guest's, and return such viewers, for `close`."""
        for stream in self._streams:
            if stream.path not in self._paths_of(stream.invite):
                stream.over.set()
        return [key for key, (invite, path) in self._viewers.items() if path not in self._paths_of(invite)]

    async def close(self, viewers: Collection[str]) -> None:
        """End viewers."""
        for viewer in viewers:
            self.forget_viewer(viewer)
            try:
                await self._relay.close_viewer(viewer)
            except NotFoundError:
                log.debug("Viewer %s had ended already", viewer[:8])
            except StagedoorError as error:
                log.warning("A viewer could not be ended: %s", error)
