"""The RTMP client against a server that says what a test wants."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from stagedoor.domain.errors import DestinationError, NegotiationError, RefusedError, UnreachableError
from stagedoor.media.amf import Value, decode_values, encode_values
from stagedoor.media.packets import Codec, Track
from stagedoor.outputs.address import Address
from stagedoor.outputs.rtmp.chunks import ChunkReader, ChunkWriter, Message, MessageType
from stagedoor.outputs.rtmp.client import RtmpPublisher

pytestmark = pytest.mark.service

H264 = Track(Codec.H264, 90_000, 320, 180)
VP9 = Track(Codec.VP9, 90_000, 320, 180)


class Server:
    """The other end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._out, self.incoming = ChunkWriter(), ChunkReader(self)

    async def read(self, size: int) -> bytes:
        return await self._reader.readexactly(size)

    async def greet(self) -> None:
        hello = await self.read(1537)
        self._writer.write(b"\x03" + bytes(1536) + hello[1:])
        await self.read(1536)

    async def message(self, *types: MessageType) -> Message:
        """The next message of these types."""
        while True:
            message = await self.incoming.read()
            if message.type == MessageType.SET_CHUNK_SIZE:
                self.incoming.chunk_size = int.from_bytes(message.payload, "big")
            if message.type in types:
                return message

    async def command(self, name: str) -> list[Value]:
        while True:
            values = decode_values((await self.message(MessageType.COMMAND)).payload)
            if values[0] == name:
                return values

    def send(self, kind: MessageType, payload: bytes) -> None:
        self._writer.write(self._out.write(3, Message(kind, payload)))

    def say(self, *values: Value) -> None:
        self.send(MessageType.COMMAND, encode_values(*values))

    def status(self, code: str, level: str = "status", description: str = "") -> None:
        self.say("onStatus", 0, None, {"level": level, "code": code, "description": description})

    async def accept(self, **properties: Value) -> None:
        """Say yes to all up to `publish`, which is left to the test."""
        await self.greet()
        await self.command("connect")
        self.say("_result", 1, {"fmsVer": "test", **properties}, {"code": "NetConnection.Connect.Success"})
        await self.command("createStream")
        self.say("_error", 2, None, {"level": "error", "code": "NetConnection.Call.Failed"})
        self.say("_result", 4, None, 1)
        await self.command("publish")


@contextlib.asynccontextmanager
async def serving(*scripts: Callable[[Server], Awaitable[None]]) -> AsyncIterator[Address]:
    """A server that plays one script a connection."""
    left = list(scripts)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, DestinationError):
            await left.pop(0)(Server(reader, writer))
        writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield Address.parse(f"rtmp://me:word@127.0.0.1:{server.sockets[0].getsockname()[1]}/live/topsecret")
    finally:
        server.close()
        await server.wait_closed()


async def published(address: Address, track: Track = H264) -> RtmpPublisher:
    return await RtmpPublisher.open(address, [track], 0)


async def test_a_refusal_does_not_repeat_our_key() -> None:
    async def script(server: Server) -> None:
        await server.accept()
        server.status("NetStream.Publish.Denied", "error", "stream topsecret is not for you")
        await server.message(MessageType.AUDIO)

    async with serving(script) as address:
        with pytest.raises(
            RefusedError, match=r"stream \*\*\* is not for you .NetStream.Publish.Denied."
        ) as caught:
            await published(address)
    assert not caught.value.retryable
    assert "stream key" in caught.value.hint


async def test_credentials_are_given_when_they_are_asked_for() -> None:
    asked: list[Value] = []

    def refusing(description: str) -> Callable[[Server], Awaitable[None]]:
        async def script(server: Server) -> None:
            await server.greet()
            asked.append((await server.command("connect"))[2])
            rejected = {
                "code": "NetConnection.Connect.Rejected",
                "level": "error",
                "description": description,
            }
            server.say("_error", 1, None, rejected)
            await server.message(MessageType.AUDIO)

        return script

    async def accepting(server: Server) -> None:
        await server.accept()
        server.status("NetStream.Publish.Start")
        await server.message(MessageType.AUDIO)

    scripts = (
        refusing("[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : "),
        refusing("[ authmod=adobe ] : ?reason=needauth&user=me&salt=s&challenge=c"),
        accepting,
    )
    async with serving(*scripts) as address:
        publisher = await published(address)
        await publisher.aclose()
    applications = [properties["app"] for properties in asked if isinstance(properties, dict)]
    assert applications == ["live", "live?authmod=adobe&user=me"]


async def test_pings_and_windows_are_answered_while_publishing() -> None:
    async def script(server: Server) -> None:
        await server.accept()
        server.status("NetStream.Publish.Start")
        server.send(MessageType.SET_CHUNK_SIZE, (1000).to_bytes(4, "big"))
        server._out.chunk_size = 1000
        server.send(MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE, (3000).to_bytes(4, "big"))
        server.send(MessageType.USER_CONTROL, b"\0\6\1\2\3\4")
        pong = await server.message(MessageType.USER_CONTROL)
        assert pong.payload == b"\0\7\1\2\3\4"
        server.say("onBWDone", 0, "x" * 3000)
        read = int.from_bytes((await server.message(MessageType.ACKNOWLEDGEMENT)).payload, "big")
        server.status("NetStream.Publish.Failed", "error", f"{read > 3000}")
        await server.message(MessageType.AUDIO)

    async with serving(script) as address:
        publisher = await published(address)
        with pytest.raises(RefusedError, match="True .NetStream.Publish.Failed."):
            await publisher.serve()
        await publisher.aclose()


@pytest.mark.parametrize(
    ("properties", "taken"),
    [
        ({}, False),
        ({"fourCcList": ["vp09"]}, True),
        ({"fourCcList": ["*"]}, True),
        ({"fmsVer": "LNX 9,0,124,2"}, True),
    ],
)
async def test_codecs_that_a_server_names(properties: dict[str, Value], taken: bool) -> None:
    async def script(server: Server) -> None:
        await server.accept(**properties)
        server.status("NetStream.Publish.Start")
        await server.message(MessageType.AUDIO)

    async with serving(script) as address:
        if not taken:
            with pytest.raises(NegotiationError):
                await published(address, VP9)
            return
        publisher = await published(address, VP9)
        assert publisher.server == ("MediaMTX" if "fmsVer" in properties else "RTMP server")
        await publisher.aclose()


async def test_a_server_that_ends_the_publication() -> None:
    async def script(server: Server) -> None:
        await server.accept()
        server.status("NetStream.Publish.Start")
        server.status("NetStream.Unpublish.Success")
        await server.message(MessageType.AUDIO)

    async with serving(script) as address:
        publisher = await published(address)
        with pytest.raises(UnreachableError, match="ended the publication"):
            await publisher.serve()
        await publisher.aclose()


@pytest.mark.parametrize("reply", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x06" + bytes(2000)])
async def test_a_server_that_speaks_something_else(reply: bytes) -> None:
    async def script(server: Server) -> None:
        server._writer.write(reply)
        await server.read(4000)

    async with serving(script) as address:
        with pytest.raises(UnreachableError, match="does not speak RTMP"):
            await published(address)


@pytest.mark.parametrize("payload", [b"\x02\0", b"\0" + bytes(8), encode_values(None, None)])
async def test_commands_that_make_no_sense(payload: bytes) -> None:
    async def script(server: Server) -> None:
        await server.greet()
        server.send(MessageType.COMMAND, payload)
        await server.message(MessageType.AUDIO)

    async with serving(script) as address:
        with pytest.raises(UnreachableError, match="no sense"):
            await published(address)
