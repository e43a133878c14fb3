"""One session in which the relay publishes paths of the hub to the SFU."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final, Protocol, Self

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.session import SfuSession, Source
from stagedoor.carriers.cloudflare.way import Way
from stagedoor.domain.errors import BadOfferError
from stagedoor.media.packets import Packet, Track
from stagedoor.rtc.push import PushPeer

logger = logging.getLogger(__name__)

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
        source: What it is at the SFU.
        mid: Its track in our offer.
        bytes: Of payload, sent so far.
    """

    def __init__(self, reader: HubReader, source: Source, mid: str) -> None:
        self.reader = reader
        self.source = source
        self.mid = mid
        self.bytes = 0
        self.sent_at = time.monotonic()
        self.task: asyncio.Task[None] | None = None


class Push:
    """Publishes paths, each as one track; a path that ends, or changes its codec, leaves the others alone.

    Args:
        way: The SFU.
        on_change: Called when a path has ended, or the session is of no use any more.

    Attributes:
        paths: What is pushed, by the path's name.
        lost: Why the session is of no use any more; empty while it is.
    """

    def __init__(self, way: Way, on_change: Callable[[], None]) -> None:
        self._way = way
        self._on_change = on_change
        self._peer = PushPeer(way.dial, self._want_key_frame, self.lose)
        self._session: SfuSession | None = None
        self._used: set[str] = set()
        self.paths: dict[str, PushedPath] = {}
        self.lost = ""

    async def open(self) -> None:
        """Bind a socket and make the session.

        Raises:
            CapacityError: No UDP port is free.
            CarrierError: The session cannot be made.
        """
        await self._peer.open()
        self._session = await SfuSession.create(self._way.api, self._way.janitor)

    async def add(self, name: str, reader: HubReader) -> None:
        """Publish one more path; its first track is taken. The reader is closed with the path.

        Raises:
            CarrierError: The SFU refuses it.
            NegotiationError: It has a codec that an SFU does not carry.
        """
        session = self._session
        track = next((track for track in reader.source_tracks if track is not None), None)
        if session is None or track is None:
            reader.close()
            return
        mid = self._peer.add(track)
        # A name is not used twice: the SFU may remember what became of the first one.
        source = Source(session.id, f"{name}.{mid}" if name in self._used else name)
        self._used.add(name)
        try:
            answer, refused = await session.push({mid: source.name}, self._peer.offer())
        except BaseException:
            self._peer.withdraw(mid)
            reader.close()
            raise
        await self._accept(answer)
        if mid in refused or not self._peer.carries(mid):
            reader.close()
            raise refused.get(mid, failures.TRACK_REFUSED).error(name)
        path = self.paths[name] = PushedPath(reader, source, mid)
        path.task = asyncio.get_running_loop().create_task(self._feed(name, path), name=f"push {name}")
        path.task.add_done_callback(self._fed)

    async def _accept(self, answer: str) -> None:
        try:
            await self._peer.accept(answer)
        except BadOfferError as error:
            self.lose("the answer cannot be read")
            raise failures.UNREADABLE.error(error.message) from error

    async def _feed(self, name: str, path: PushedPath) -> None:
        """Until the path ends, was silent for too long, or has another codec."""
        codec = None
        async for packet in path.reader:
            codec = codec or packet.track.codec
            now = time.monotonic()
            if packet.track.codec is not codec or now - path.sent_at > STALE_S:
                break
            path.sent_at = now
            if self._peer.write(path.mid, packet):
                path.bytes += len(packet.data)
        path.reader.close()
        if self.paths.get(name) is path:
            del self.paths[name]
            self._on_change()

    def _fed(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("pushing a path failed", exc_info=error)
            self.lose("an error of ours, see the log")

    def _want_key_frame(self, mid: str) -> None:
        for path in self.paths.values():
            if path.mid == mid:
                path.reader.request_key_frame()

    def lose(self, reason: str) -> None:
        """Be of no use any more; tells once."""
        if not self.lost:
            self.lost = reason
            self._on_change()

    async def aclose(self) -> None:
        """Stop pushing; the session is closed in the background. Idempotent, bounded."""
        self.lost = self.lost or "closed"
        paths, self.paths = self.paths, {}
        try:
            await cancel_and_wait(*(path.task for path in paths.values() if path.task is not None))
        finally:
            for path in paths.values():
                path.reader.close()
            if self._session is not None:
                self._session.retire()
            await self._peer.aclose()
