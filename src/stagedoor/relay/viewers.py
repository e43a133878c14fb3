"""All viewers' connections (WHEP)."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from stagedoor.domain.errors import CapacityError, ConflictError, NotFoundError
from stagedoor.ipc.messages import FragmentAnswer, FragmentRequest, SessionAnswer, ViewerRequest, ViewerStatus
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.relay.hub import Hub, Reader

logger = logging.getLogger(__name__)

WAIT_S = 5.0
"""How long an offer waits for a path that is not there; then it gets a 404."""
SETTLE_S = 0.5
"""How long it waits for the second track of a path that has just come."""
CONNECT_WITHIN_S = 15.0
MAX_VIEWERS = 500
KEY_FRAMES_APART_S = 2.0
"""One who watches over a bad line asks again and again, which whoever is watched pays for with their picture on air."""

OPUS = Track(Codec.OPUS, 48_000, channels=2)
"""Offered while a path has no sound yet, so that sound which comes later needs no new connection."""


class ViewerPeer(Protocol):
    """A viewer's connection."""

    ready: asyncio.Event

    @property
    def answer_sdp(self) -> str:
        """Our answer to the offer."""

    @property
    def etag(self) -> str:
        """The entity tag of the ICE session in force."""

    async def patch(self, fragment: str, if_match: str | None) -> tuple[str | None, str]:
        """Take candidates or an ICE restart."""

    def write(self, packet: Packet) -> None:
        """Send one frame."""

    async def aclose(self) -> None:
        """End the connection; idempotent, bounded."""


@dataclass(frozen=True, slots=True)
class ViewerOffer:
    """What a peer is made of.

    Attributes:
        sdp: The viewer's offer.
        tracks: What the path carries.
        on_key_frame_wanted: Called for each request of the viewer.
        on_closed: Called once when the viewer has gone, with the reason.
    """

    sdp: str
    tracks: dict[Kind, Track]
    on_key_frame_wanted: Callable[[], None]
    on_closed: Callable[[str], None]


ViewerFactory = Callable[[ViewerOffer], Awaitable[ViewerPeer]]


class _Viewer:
    def __init__(self, request: ViewerRequest) -> None:
        self.id = request.viewer
        self.path = request.path
        self.invite = request.invite
        self.peer: ViewerPeer | None = None
        self.reader: Reader | None = None
        self.tracks: dict[Kind, Track] = {}
        self.task: asyncio.Task[None] | None = None
        self.gone = asyncio.Event()
        self.reason = ""
        self._key_asked = float("-inf")

    def lose(self, reason: str) -> None:
        self.reason = reason
        self.gone.set()
        if self.task is not None:
            self.task.cancel()

    def want_key_frame(self) -> None:
        now = time.monotonic()
        if self.reader is not None and now - self._key_asked >= KEY_FRAMES_APART_S:
            self._key_asked = now
            self.reader.request_key_frame()


class Viewers:
    """Answers offers and sends each viewer its path; an async context manager.

    Args:
        hub: Where the packets come from.
        make_peer: Answers an offer.
    """

    def __init__(self, hub: Hub, make_peer: ViewerFactory) -> None:
        self._hub = hub
        self._make_peer = make_peer
        self._viewers: dict[str, _Viewer] = {}
        self._opening = 0
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> "Viewers":
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for viewer in tuple(self._viewers.values()):
            viewer.lose("shutdown")
        await self._group.__aexit__(kind, error, trace)

    def __len__(self) -> int:
        return len(self._viewers)

    def invited(self) -> tuple[ViewerStatus, ...]:
        """Those who came with an invite."""
        return tuple(
            ViewerStatus(viewer=each.id, path=each.path, invite=each.invite)
            for each in self._viewers.values()
            if each.invite
        )

    def path_of(self, viewer: str) -> str | None:
        """The path that a viewer sees; None for one that is not known."""
        found = self._viewers.get(viewer)
        return None if found is None else found.path

    async def open(self, request: ViewerRequest) -> SessionAnswer:
        """Answer a viewer's offer; waits a while for a path that is not there yet.

        Raises:
            NotFoundError: Nothing is published there.
            NegotiationError: The viewer cannot take the path's codec.
            CapacityError: There are too many viewers already.
            ConflictError: The id is in use.
        """
        if request.viewer in self._viewers:
            raise ConflictError("this viewer is there already", code="viewer_exists")
        if len(self._viewers) + self._opening >= MAX_VIEWERS:
            raise CapacityError(f"there are {MAX_VIEWERS} viewers already", code="too_many_viewers")
        self._opening += 1
        try:
            viewer = _Viewer(request)
            viewer.tracks = await self._tracks(request.path)
            peer = viewer.peer = await self._make_peer(
                ViewerOffer(request.offer, viewer.tracks, viewer.want_key_frame, viewer.lose)
            )
        finally:
            self._opening -= 1
        self._viewers[viewer.id] = viewer
        viewer.task = self._group.create_task(self._show(viewer, peer), name=f"viewer {viewer.path}")
        return SessionAnswer(id=viewer.id, answer=peer.answer_sdp, etag=peer.etag)

    async def patch(self, viewer: str, request: FragmentRequest) -> FragmentAnswer:
        """Hand candidates, or an ICE restart, to a viewer's peer."""
        peer = self._get(viewer).peer
        if peer is None:
            raise _unknown()
        fragment, etag = await peer.patch(request.fragment, request.if_match)
        return FragmentAnswer(fragment=fragment, etag=etag)

    async def close(self, viewer: str) -> None:
        """End a viewer's connection; raises `NotFoundError` where there is none."""
        found = self._get(viewer)
        found.lose("left")
        if found.task is not None:
            await asyncio.wait([found.task])

    def _get(self, viewer: str) -> _Viewer:
        found = self._viewers.get(viewer)
        if found is None:
            raise _unknown()
        return found

    async def _tracks(self, path: str) -> dict[Kind, Track]:
        reader = self._hub.subscribe(path, kind="whep")
        try:
            await self._hub.arrival(reader, within=WAIT_S, settle=SETTLE_S)
            tracks = [track for track in reader.source_tracks if track is not None]
        finally:
            reader.close()
        return {Kind.AUDIO: OPUS, **{track.kind: track for track in tracks}}

    async def _show(self, viewer: _Viewer, peer: ViewerPeer) -> None:
        logger.info("A viewer of %s is coming", viewer.path)
        try:
            await self._feed(viewer, peer)
        # One viewer's failure must not end the others, which share the task group.
        except Exception:
            logger.exception("A viewer of %s failed", viewer.path)
            viewer.reason = "an error of ours"
        finally:
            self._viewers.pop(viewer.id, None)
            if viewer.reader is not None:
                viewer.reader.close()
            await peer.aclose()
            logger.info("A viewer of %s left: %s", viewer.path, viewer.reason)

    async def _feed(self, viewer: _Viewer, peer: ViewerPeer) -> None:
        if viewer.gone.is_set():
            return
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                await peer.ready.wait()
        except TimeoutError:
            viewer.reason = "it never connected"
            return
        # Only now, so that it starts with the newest key frame.
        viewer.reader = self._hub.subscribe(viewer.path, kind="whep")
        async for packet in viewer.reader:
            known = viewer.tracks.get(packet.track.kind)
            if known is None or known.codec is not packet.track.codec:
                viewer.reason = "the path has other tracks now"
                return
            peer.write(packet)
        viewer.reason = "the path ended"


def _unknown() -> NotFoundError:
    return NotFoundError("there is no such viewer", code="viewer_unknown")
