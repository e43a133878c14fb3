"""Publishing to an RTMP server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Final

from stagedoor.domain.errors import DestinationError, NegotiationError, UnreachableError
from stagedoor.media.amf import Value, encode_values
from stagedoor.media.flv import FlvTag, FlvWriter, TagType, milliseconds
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.outputs.address import Address
from stagedoor.outputs.link import CLOSED, Link
from stagedoor.outputs.rtmp.auth import AdobeAuth
from stagedoor.outputs.rtmp.chunks import Message
from stagedoor.outputs.rtmp.connection import Command, Connection
from stagedoor.outputs.rtmp.handshake import shake_hands
from stagedoor.outputs.rtmp.refusal import is_error, refusal, silence_means_no

LATE_AFTER_MS: Final = 1500
"""Servers settle the tracks of a publication by its first two seconds; MediaMTX hangs up on a later one."""

GOODBYE_WITHIN: Final = 0.3

_CONNECT, _RELEASE, _ANNOUNCE, _CREATE, _PUBLISH = 1, 2, 3, 4, 5
_CHUNK_STREAMS: Final = {TagType.AUDIO: 4, TagType.SCRIPT: 5, TagType.VIDEO: 6}
_FOURCC: Final = {Codec.H265: "hvc1", Codec.VP9: "vp09", Codec.AV1: "av01"}
_FOURCC_LIST: Final = ["avc1", "hvc1", "vp09", "av01", "mp4a", "Opus"]
_SET_DATA_FRAME: Final = encode_values("@setDataFrame")
MEDIAMTX: Final = "MediaMTX"
_MEDIAMTX_VERSION: Final = "LNX 9,0,124,2"
"""What MediaMTX answers as `fmsVer`; no other server is known to."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL means to an RTMP server.

    All but the last segment of the path is the application, the last one the stream's name, with the query
    behind it. A path of one segment is an application whose stream has no name: MediaMTX takes it so.
    """

    application: str
    name: str
    url: str

    @classmethod
    def of(cls, address: Address, auth: str = "") -> "Target":
        """Split the path; `auth` is added to the application's query."""
        path = address.path.strip("/")
        application, slash, name = path.rpartition("/")
        if not slash:
            application, name = path, ""
        query = f"?{address.query}" if address.query else ""
        tail = query if not name else ""
        if auth:
            tail = f"{tail}&{auth}" if tail else f"?{auth}"
        url = f"{address.scheme}://{address.authority}/{application}{tail}"
        return cls(application + tail, name + query if name else "", url)


class RtmpPublisher:
    """One publication; made by `open`, at its end for good when anything fails.

    Attributes:
        server: What the server is, for people.
    """

    def __init__(self, address: Address, link: Link, connection: Connection, target: Target) -> None:
        self._address = address
        self._link = link
        self._connection = connection
        self._target = target
        self._stream = 0
        self._writer = FlvWriter(None, None)
        self._tracks: dict[Kind, Track] = {}
        self._origin_ms = 0
        self.server = "RTMP server"

    @classmethod
    async def open(cls, address: Address, tracks: list[Track], origin_ms: int) -> "RtmpPublisher":
        """Connect and publish.

        Args:
            address: Where to.
            tracks: At most one of each kind.
            origin_ms: The time of the path that becomes 0.

        Raises:
            RefusedError: The server says no, in its own words.
            UnreachableError: It does not answer, or hangs up.
            NegotiationError: It cannot take the picture's codec.
        """
        auth = AdobeAuth(address.user, address.password)
        while True:
            publisher = await cls._dial(address, Target.of(address, auth.query))
            try:
                if await publisher._start(auth, tracks, origin_ms):
                    return publisher
            except BaseException:
                await publisher._link.aclose()
                raise
            await publisher._link.aclose()

    def accepts(self, packet: Packet) -> bool:
        """Whether the packet belongs to this publication, or needs a new one with other tracks."""
        track = self._tracks.get(packet.track.kind)
        if track is not None:
            return track.codec is packet.track.codec
        return milliseconds(packet.dts, packet.track.clock_rate) - self._origin_ms < LATE_AFTER_MS

    async def send(self, packet: Packet) -> None:
        """Send a frame, and its track's headers where they changed; raises `UnreachableError`."""
        tags = self._writer.tags(packet)
        if tags and packet.track.kind not in self._tracks:
            self._tracks[packet.track.kind] = packet.track
            tags.insert(0, self._metadata(tags[0].timestamp_ms))
        await self._send(tags)

    async def serve(self) -> None:
        """Answer the server until it ends the publication; always raises."""
        while True:
            command = await self._connection.next_command()
            if is_error(command):
                raise refusal(self._address, command)
            if command.name == "close" or command.text("code") == "NetStream.Unpublish.Success":
                raise UnreachableError(f"{self._address.where} ended the publication", code=CLOSED)

    @property
    def bytes_sent(self) -> int:
        """Bytes that were handed to the connection."""
        return self._link.bytes_sent

    async def aclose(self) -> None:
        """Say goodbye and close, within 1.5 s."""
        with contextlib.suppress(DestinationError, TimeoutError):
            async with asyncio.timeout(GOODBYE_WITHIN):
                await self._connection.command("FCUnpublish", 0, None, self._target.name)
                await self._connection.command("deleteStream", 0, None, self._stream)
        await self._link.aclose()

    @classmethod
    async def _dial(cls, address: Address, target: Target) -> "RtmpPublisher":
        link = await Link.open(address)
        try:
            async with link.answering("the handshake"):
                await shake_hands(link)
        except BaseException:
            await link.aclose()
            raise
        return cls(address, link, Connection(link), target)

    async def _start(self, auth: AdobeAuth, tracks: list[Track], origin_ms: int) -> bool:
        """Publish; returns False if the server wants another connection, with credentials."""
        answer = await self._connect()
        if answer.name == "_error":
            if auth.next(answer.text("description")):
                return False
            raise refusal(self._address, answer)
        self._judge(answer, tracks)
        await self._publish()
        await self._begin(tracks, origin_ms)
        return True

    async def _connect(self) -> Command:
        await self._connection.begin()
        properties: dict[str, Value] = {
            "app": self._target.application,
            "type": "nonprivate",
            "flashVer": "FMLE/3.0 (compatible; Stagedoor)",
            "tcUrl": self._target.url,
            "fourCcList": _FOURCC_LIST,
        }
        await self._connection.command("connect", _CONNECT, properties)
        async with self._asked("connect", "to let us in"):
            return await self._connection.answer_to(_CONNECT)

    def _judge(self, answer: Command, tracks: list[Track]) -> None:
        """See who answered, and whether it takes the picture."""
        mediamtx = answer.text("fmsVer") == _MEDIAMTX_VERSION
        if mediamtx:
            self.server = MEDIAMTX
        offered = answer.info.get("fourCcList")
        known = set(offered) if isinstance(offered, list) else set()
        mapped = answer.info.get("videoFourCcInfoMap")
        known |= set(mapped) if isinstance(mapped, dict) else set()
        for track in tracks:
            fourcc = _FOURCC.get(track.codec)
            if track.codec is Codec.VP8 or (fourcc and not mediamtx and not known & {fourcc, "*"}):
                raise NegotiationError(f"{self._address.where} does not say that it takes {track.codec}")

    async def _publish(self) -> None:
        connection, name = self._connection, self._target.name
        await connection.command("releaseStream", _RELEASE, None, name)
        await connection.command("FCPublish", _ANNOUNCE, None, name)
        await connection.command("createStream", _CREATE, None)
        async with self._asked("createStream", "to make a stream"):
            created = await connection.answer_to(_CREATE)
        match created.values:
            case [_, float(stream)] if created.name == "_result":
                self._stream = int(stream)
            case _:
                raise refusal(self._address, created)
        await connection.command("publish", _PUBLISH, None, name, "live", stream=self._stream)
        async with self._asked("publish", "to publish"):
            await self._started()

    async def _started(self) -> None:
        while True:
            command = await self._connection.next_command()
            if is_error(command) and command.transaction not in (_RELEASE, _ANNOUNCE):
                raise refusal(self._address, command)
            if command.name == "onStatus" and command.text("code") == "NetStream.Publish.Start":
                return

    async def _begin(self, tracks: list[Track], origin_ms: int) -> None:
        self._tracks = {track.kind: track for track in tracks}
        self._origin_ms = origin_ms
        video, audio = self._tracks.get(Kind.VIDEO), self._tracks.get(Kind.AUDIO)
        self._writer = FlvWriter(video, audio, origin_ms=origin_ms)
        await self._send(self._writer.start())

    def _metadata(self, timestamp_ms: int) -> FlvTag:
        """Describe all tracks anew: readers that come later look for those that are named here."""
        described = FlvWriter(self._tracks.get(Kind.VIDEO), self._tracks.get(Kind.AUDIO)).start()[0]
        return replace(described, timestamp_ms=timestamp_ms)

    async def _send(self, tags: list[FlvTag]) -> None:
        if tags:
            await self._connection.send(b"".join(self._message(tag) for tag in tags))

    def _message(self, tag: FlvTag) -> bytes:
        payload = _SET_DATA_FRAME + tag.payload if tag.type is TagType.SCRIPT else tag.payload
        message = Message(tag.type, payload, tag.timestamp_ms, self._stream)
        return self._connection.chunks(_CHUNK_STREAMS[tag.type], message)

    @contextlib.asynccontextmanager
    async def _asked(self, command: str, what: str) -> AsyncIterator[None]:
        with silence_means_no(self._address, what):
            async with self._link.answering(command):
                yield
