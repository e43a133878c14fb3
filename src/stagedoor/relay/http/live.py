"""`GET /live/{path}.{container}`: a path as an endless file."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stagedoor.aio.race import until_first
from stagedoor.domain.errors import InvalidError, MediaError, NotFoundError
from stagedoor.ipc.messages import AudioMode, VideoMode
from stagedoor.media.mux import Container, Muxer
from stagedoor.media.packets import Kind, Packet, Track
from stagedoor.relay.hub import Hub, Reader
from stagedoor.serving.protocol import ABORT

logger = logging.getLogger(__name__)

WAIT_S = 10.0
"""How long a reader waits for a path that is not there; then it gets a 404."""
SETTLE_S = 0.5
"""How long a reader of one track waits for the other one, when the path has just come."""
START_S = 1.5
"""How long it waits for the first packet of each track that the path has."""
STALLED_S = 10.0
"""A reader that takes not one byte for this long is cut off."""


def split(name: str) -> tuple[str, Container]:
    """Return path and container of `guest1.nut`; raises `NotFoundError` for unknown endings."""
    path, _, ending = name.rpartition(".")
    if ending not in list(Container):
        raise NotFoundError(
            "there is no such container",
            hint=f"The endings are {', '.join(f'.{each}' for each in Container)}.",
        )
    return path, Container(ending)


def modes(container: Container, query: Mapping[str, str]) -> tuple[AudioMode, VideoMode]:
    """What a reader gets: what came, but AAC where players of the container know nothing else.

    Args:
        container: What it is read in.
        query: `audio` and `video` choose otherwise.

    Raises:
        InvalidError: They name something unknown.
    """
    usual = AudioMode.AAC if container in (Container.FLV, Container.TS) else AudioMode.OPUS
    try:
        return AudioMode(query.get("audio", usual)), VideoMode(query.get("video", VideoMode.COPY))
    except ValueError as error:
        raise InvalidError("audio is aac, opus or none; video is copy or h264") from error


@dataclass(frozen=True, slots=True)
class _Start:
    tracks: dict[Kind, Track]
    packets: list[Packet]


async def open_live(hub: Hub, name: str, request: Request) -> Response:
    """Start reading a path; a client that goes while it waits leaves nothing behind.

    Raises:
        NotFoundError: It has not come within `WAIT_S`, or the ending is unknown.
        NegotiationError: The container cannot carry its codecs.
        InvalidError: The name or the query is not what it must be.
    """
    path, container = split(name)
    audio, video = modes(container, request.query_params)
    reader = hub.subscribe(path, kind=container.value, audio=audio, video=video)
    opened: list[LiveResponse] = []

    async def begin() -> None:
        await hub.arrival(reader, within=WAIT_S, settle=SETTLE_S)
        start = await _start(reader)
        muxer = Muxer(container, start.tracks.get(Kind.VIDEO), start.tracks.get(Kind.AUDIO))
        opened.append(LiveResponse(reader, muxer, start, container))

    try:
        await until_first(begin(), _disconnected(request.receive))
    finally:
        if not opened:
            reader.close()
    return opened[0] if opened else Response()


async def _start(reader: Reader) -> _Start:
    """Take packets until each track of the path has had one: only then is it known how it looks."""
    picture, sound = reader.source_tracks
    missing = {track.kind for track in (picture, sound) if track is not None}
    tracks: dict[Kind, Track] = {}
    packets: list[Packet] = []
    deadline = time.monotonic() + START_S
    while (missing or not packets) and (left := deadline - time.monotonic()) > 0:
        try:
            async with asyncio.timeout(left):
                batch = await reader.batch()
        except TimeoutError:
            break
        if not batch:
            break
        for packet in batch:
            tracks.setdefault(packet.track.kind, packet.track)
        missing -= tracks.keys()
        packets += batch
    if Kind.VIDEO in missing and picture is not None and reader.video is VideoMode.COPY:
        tracks[Kind.VIDEO] = picture
    if not tracks:
        raise NotFoundError("nothing is published there any more", code="path_unknown")
    return _Start(tracks, packets)


class LiveResponse(Response):
    """Sends what a reader gets until the path ends, the client leaves or takes nothing more."""

    def __init__(self, reader: Reader, muxer: Muxer, start: _Start, container: Container) -> None:
        super().__init__(media_type=container.content_type, headers={"Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._reader = reader
        self._muxer = muxer
        self._start = start
        self._kinds = frozenset(start.tracks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        try:
            await until_first(self._send_all(scope, send), _disconnected(receive))
        finally:
            self._reader.close()

    async def _send_all(self, scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            await self._send_packets(send)
        except TimeoutError:
            logger.info("A reader of %s takes nothing any more and is cut off", self._reader.path)
            abort = scope.get("extensions", {}).get(ABORT)
            if abort is not None:
                abort()
            return
        except MediaError as error:
            logger.info("A reader of %s has to come anew: %s", self._reader.path, error.message)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_packets(self, send: Send) -> None:
        batch, self._start = self._start.packets, _Start({}, [])
        while True:
            await _send_body(send, b"".join([self._muxed(packet) for packet in batch]))
            batch = await self._reader.batch()
            if not batch:
                await _send_body(send, self._muxer.close())
                return

    def _muxed(self, packet: Packet) -> bytes:
        if packet.track.kind not in self._kinds:
            raise MediaError(f"the path now has {packet.track.kind}, too")
        return self._muxer.write(packet)


async def _send_body(send: Send, data: bytes) -> None:
    if data:
        async with asyncio.timeout(STALLED_S):
            await send({"type": "http.response.body", "body": data, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def head(hub: Hub, request: Request) -> Response:
    """Answer HEAD: what GET would send, if the path is there now."""
    path, container = split(request.path_params["name"])
    if hub.owner(path) is None:
        raise NotFoundError("nothing is published there", code="path_unknown")
    return Response(media_type=container.content_type, headers={"Cache-Control": "no-store"})
