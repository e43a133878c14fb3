"""RTMP's chunk stream: messages cut into chunks, and put together again (RTMP 1.0 section 5.3)."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Protocol

from stagedoor.domain.errors import UnreachableError

DEFAULT_CHUNK_SIZE: Final = 128
EXTENDED: Final = 0xFFFFFF
"""Times from here on do not fit in a header and follow it."""

LARGEST_MESSAGE: Final = 1 << 20
"""A server's answers are small; one that announces more is no RTMP server."""

MOST_STREAMS: Final = 64


class MessageType(IntEnum):
    """Message types (sections 5.4 and 7.1)."""

    SET_CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_ACKNOWLEDGEMENT_SIZE = 5
    SET_PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    DATA = 18
    COMMAND = 20


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        type: A `MessageType`, or what else a server may send.
        payload: The body.
        timestamp: Milliseconds; written modulo 2**32.
        stream: The message stream; 0 is the connection itself.
    """

    type: int
    payload: bytes
    timestamp: int = 0
    stream: int = 0


class ChunkWriter:
    """Cuts messages into chunks. Each begins with a full header, so that no state can go astray."""

    def __init__(self) -> None:
        self.chunk_size = DEFAULT_CHUNK_SIZE

    def write(self, chunk_stream: int, message: Message) -> bytes:
        """Return the bytes of a message on a chunk stream of 2 to 63."""
        time = message.timestamp & 0xFFFFFFFF
        extended = time.to_bytes(4, "big") if time >= EXTENDED else b""
        parts = [
            bytes((chunk_stream,)),
            min(time, EXTENDED).to_bytes(3, "big"),
            len(message.payload).to_bytes(3, "big"),
            bytes((message.type,)),
            message.stream.to_bytes(4, "little"),
            extended,
            message.payload[: self.chunk_size],
        ]
        follow = bytes((0xC0 | chunk_stream,)) + extended
        for start in range(self.chunk_size, len(message.payload), self.chunk_size):
            parts.append(follow)
            parts.append(message.payload[start : start + self.chunk_size])
        return b"".join(parts)


@dataclass(slots=True)
class _Incoming:
    """What a chunk stream's later headers leave out."""

    timestamp: int = 0
    delta: int = 0
    length: int = 0
    type: int = 0
    stream: int = 0
    extended: bool = False
    body: bytearray = field(default_factory=bytearray)


class Source(Protocol):
    """Where the bytes come from."""

    async def read(self, size: int) -> bytes:
        """Return exactly `size` bytes."""


class ChunkReader:
    """Puts a server's chunks together."""

    def __init__(self, link: Source) -> None:
        self._link = link
        self._streams: dict[int, _Incoming] = {}
        self.chunk_size = DEFAULT_CHUNK_SIZE

    async def read(self) -> Message:
        """Return the next message; raises `UnreachableError` when the server goes or talks nonsense."""
        while True:
            first = (await self._link.read(1))[0]
            incoming = await self._header(first >> 6, await self._chunk_stream(first & 0x3F))
            wanted = min(self.chunk_size, incoming.length - len(incoming.body))
            incoming.body += await self._link.read(wanted)
            if len(incoming.body) == incoming.length:
                payload, incoming.body = bytes(incoming.body), bytearray()
                return Message(incoming.type, payload, incoming.timestamp, incoming.stream)

    def abort(self, chunk_stream: int) -> None:
        """Throw away the begun message of a chunk stream (section 5.4.2)."""
        if chunk_stream in self._streams:
            self._streams[chunk_stream].body.clear()

    async def _chunk_stream(self, low: int) -> int:
        if low == 0:
            return 64 + (await self._link.read(1))[0]
        if low == 1:
            return 64 + int.from_bytes(await self._link.read(2), "little")
        return low

    async def _header(self, form: int, chunk_stream: int) -> _Incoming:
        if chunk_stream not in self._streams and (form == 3 or len(self._streams) >= MOST_STREAMS):
            raise UnreachableError("the server sent chunks that make no sense")
        incoming = self._streams.setdefault(chunk_stream, _Incoming())
        if form == 3:
            await self._next_chunk(incoming)
            return incoming
        time = int.from_bytes(await self._link.read(3), "big")
        if form < 2:
            sizes = await self._link.read(4)
            incoming.length, incoming.type = int.from_bytes(sizes[:3], "big"), sizes[3]
        if form == 0:
            incoming.stream = int.from_bytes(await self._link.read(4), "little")
        incoming.extended = time == EXTENDED
        if incoming.extended:
            time = int.from_bytes(await self._link.read(4), "big")
        incoming.delta = time
        incoming.timestamp = time if form == 0 else (incoming.timestamp + time) & 0xFFFFFFFF
        incoming.body.clear()
        if incoming.length > LARGEST_MESSAGE:
            raise UnreachableError("the server sent a message that is too large to be an answer")
        return incoming

    async def _next_chunk(self, incoming: _Incoming) -> None:
        if incoming.extended:
            await self._link.read(4)
        if not incoming.body:
            incoming.timestamp = (incoming.timestamp + incoming.delta) & 0xFFFFFFFF
