"""One session in which the relay publishes paths of the hub to the SFU."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol, Self

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.pull import Way
from stagedoor.carriers.cloudflare.session import SfuSession
from stagedoor.domain.errors import BadOfferError
from stagedoor.media.packets import Packet, Track
from stagedoor.rtc.push import PushPeer

STALE_S: Final = 25.0
"""The SFU forgets a track that has been silent for 30 s; nearly as long is not trusted either."""


class HubReader(Protocol):
    """A reader of a path of the hub."""

    @property
    def source_tracks(self) -> tuple[Track | None, Track | None]:
        """Picture and sound of the path; None for what there is not."""

    def request_key_frame(self) -> None:
        """Ask the publisher for a key frame."""

    def __aiter__(self) -> Self: ...

    async def __anext__(self) -> Packet: ...

    def close(self) -> None:
        """Leave the path; idempotent."""


class PushedPath:
    """One path that is pushed.

    Attributes:
        mid: Its track in our offer.
        bytes: Of payload, sent so far.
        sent_at: When something was sent last, monotonic seconds.
    """

    def __init__(self, reader: HubReader, mid: str) -> None:
        self.reader = reader
        self.mid = mid
        self.bytes = 0
        self.sent_at = time.monotonic()
        self.task: asyncio.Task[None] | None = None


class Push:
    """Publishes paths; each is one track named like the path.

    Args:
        way: The SFU.
        on_lost: Called once, when the session is of no use any more, with the reason.

    Attributes:
        paths: What is pushed.
    """

    def __init__(self, way: Way, on_lost: Callable[[str], None]) -> None:
        self._way = way
        self._on_lost = on_lost
        self._peer = PushPeer(way.dial, self._want_key_frame, self.lose)
        self._session: SfuSession | None = None
        self.paths: dict[str, PushedPath] = {}
        self.is_lost = False

    @property
    def session(self) -> SfuSession:
        """The session at the SFU, once `open` has returned."""
        if self._session is None:
            raise RuntimeError("open() comes first")
        return self._session

    async def open(self) -> None:
        """Bind a socket and make the session.

        Raises:
            CapacityError: No UDP port is free.
            CarrierError: The session cannot be made.
        """
        await self._peer.open()
        self._session = await SfuSession.create(self._way.api, self._way.janitor)

    async def add(self, readers: Iterable[tuple[str, HubReader]]) -> None:
        """Publish more paths, by one offer; only the first track of each is taken.

        Raises:
            CarrierError: The SFU refuses them.
        """
        added = {}
        for name, reader in readers:
            track = next((track for track in reader.source_tracks if track is not None), None)
            if track is not None:
                added[name] = PushedPath(reader, self._peer.add(track))
        if not added:
            return
        answer, refused = await self.session.push(
            {path.mid: name for name, path in added.items()}, self._peer.offer()
        )
        try:
            await self._peer.accept(answer)
        except BadOfferError as error:
            raise failures.UNREADABLE.error(error.message) from error
        for name, path in added.items():
            if path.mid in refused or not self._peer.carries(path.mid):
                raise failures.TRACK_REFUSED.error(name)
            self.paths[name] = path
            path.task = asyncio.get_running_loop().create_task(self._feed(path), name=f"push {name}")

    async def _feed(self, path: PushedPath) -> None:
        async for packet in path.reader:
            if time.monotonic() - path.sent_at > STALE_S:
                self.lose("a path was silent for too long")
                return
            path.sent_at = time.monotonic()
            path.bytes += len(packet.data)
            self._peer.write(path.mid, packet)
        self.lose("a path has ended")

    def _want_key_frame(self, mid: str) -> None:
        for path in self.paths.values():
            if path.mid == mid:
                path.reader.request_key_frame()

    def lose(self, reason: str) -> None:
        """Be of no use any more; tells once."""
        if not self.is_lost:
            self.is_lost = True
            self._on_lost(reason)

    async def aclose(self) -> None:
        """Stop pushing; the session is closed in the background. Idempotent, bounded."""
        self.is_lost = True
        await cancel_and_wait(*(path.task for path in self.paths.values() if path.task is not None))
        for path in self.paths.values():
            path.reader.close()
        if self._session is not None:
            self._session.retire()
        await self._peer.aclose()
