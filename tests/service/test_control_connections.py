"""Control's port against those who send slowly, or nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from stagedoor.connections import PromptProtocol
from stagedoor.control import middleware
from tests.kit.control_app import OPERATOR, House, listening_house, running_house
from tests.kit.control_app import listening as serving
from tests.kit.wait import until

pytestmark = pytest.mark.service

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n{"
UPGRADE = (
    f"GET /api/events?token={OPERATOR} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
).encode()
MORE_THAN_A_SOCKET_HOLDS = 32_000_000


@pytest.fixture
async def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[House, int]]:
    monkeypatch.setattr(PromptProtocol, "head_within_s", 0.3)
    monkeypatch.setattr(middleware, "BODY_WITHIN_S", 0.3)
    async with listening_house(tmp_path, guests={"open": True}) as made:
        yield made


@asynccontextmanager
async def connected(port: int, says: bytes) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(says)
        async with asyncio.timeout(4):
            yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Read until the other side ends the connection."""
    got = b""
    with suppress(ConnectionResetError):
        while chunk := await reader.read(1000):
            got += chunk
    return got


@pytest.mark.parametrize("says", [b"", GET[:-4]])
async def test_who_sends_no_request_is_not_waited_for(listening: tuple[House, int], says: bytes) -> None:
    async with connected(listening[1], says) as (reader, _):
        assert await rest(reader) == b""


async def test_the_second_request_of_a_connection_is_bounded_too(listening: tuple[House, int]) -> None:
    async with connected(listening[1], GET) as (reader, writer):
        assert b"200 OK" in await reader.readuntil(b"ok\n")
        writer.write(GET[:-4])
        assert await rest(reader) == b""


@pytest.mark.parametrize(
    ("path", "kind"),
    [(b"/api/join", b"application/json"), (b"/api/calls/whip/guest1", b"application/sdp")],
)
async def test_a_body_that_does_not_come_is_not_waited_for(
    listening: tuple[House, int], path: bytes, kind: bytes
) -> None:
    async with connected(listening[1], POST % (path, kind)) as (reader, _):
        answer = await rest(reader)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"timeout"' in answer


async def test_a_stream_does_not_wait_for_a_body_either(listening: tuple[House, int]) -> None:
    url = f"GET /api/events?token={OPERATOR} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".encode()
    async with connected(listening[1], url) as (reader, _):
        assert b"snapshot" in await rest(reader)


async def test_streams_and_sockets_go_on(listening: tuple[House, int]) -> None:
    house, port = listening
    url = f"GET /api/events?token={OPERATOR} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    async with connect(f"ws://127.0.0.1:{port}/api/events?token={OPERATOR}") as socket:
        async with connected(port, url) as (reader, _):
            await reader.readuntil(b"snapshot")
            start = asyncio.get_running_loop().time()
            await until(lambda: asyncio.get_running_loop().time() > start + 0.7)
            house.control.stage.events.guest_gone("late")
            await reader.readuntil(b"late")
        assert b"snapshot" in (await socket.recv(decode=False))
        assert b"late" in (await socket.recv(decode=False))


async def test_who_answers_no_ping_is_gone_though_they_take_nothing_of_what_was_sent(
    tmp_path: Path,
) -> None:
    async with running_house(tmp_path) as house, serving(house, ping_s=0.1) as port:
        events = house.control.stage.events
        async with connected(port, UPGRADE):
            await until(lambda: len(events) == 1, what="a listener")
            events.guest_gone("x" * MORE_THAN_A_SOCKET_HOLDS)
            await until(lambda: len(events) == 0, 3, what="nobody listens")
