"""A request that is refused before all of it has come: its client reads the answer, however late it reads."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from stagedoor import connections
from stagedoor.connections import PromptProtocol
from stagedoor.serving.protocol import GuardedProtocol
from tests.kit.control_app import OPERATOR, listening_house
from tests.kit.hub_port import OPERATOR as HUB_OPERATOR
from tests.kit.hub_port import HubPort, hub_port
from tests.kit.relay import FakeConverters
from tests.kit.uploads import Upload, answer, sent_until_cut_off

pytestmark = pytest.mark.service

SDP = {"Content-Type": "application/sdp"}
OURS = {"Authorization": f"Bearer {OPERATOR}"}
HUBS = {"Authorization": f"Bearer {HUB_OPERATOR}"}
TO_CONTROL = {
    "413": Upload("POST", "/api/calls/whip/guest1", SDP | OURS),
    "413 in chunks": Upload("POST", "/api/calls/whip/guest1", SDP | OURS, chunked=True),
    "401": Upload("POST", "/whep/guest1", SDP, chunked=True),
    "404": Upload("POST", "/api/nothing", OURS, chunked=True),
    "405": Upload("POST", "/api/health", OURS, chunked=True),
    "415": Upload("POST", "/whep/guest1", {"Content-Type": "text/plain"} | OURS, chunked=True),
}
TO_HUB = {
    "413": Upload("POST", "/whep/guest1", SDP | HUBS),
    "413 in chunks": Upload("POST", "/whep/guest1", SDP | HUBS, chunked=True),
    "401": Upload("POST", "/whep/guest1", SDP),
    "404": Upload("POST", "/nothing", HUBS),
    "405": Upload("POST", "/healthz", HUBS),
    "415": Upload("POST", "/whep/guest1", {"Content-Type": "text/plain"} | HUBS),
    "422": Upload("PUT", "/live/guest1.nut", HUBS),
}
ENDINGS = [{}, {"Connection": "close"}]


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[int]:
    async with listening_house(tmp_path) as (_, port):
        yield port


@pytest.fixture
async def hub() -> AsyncIterator[HubPort]:
    async with hub_port(FakeConverters().converters) as port:
        yield port


def with_fields(upload: Upload, more: dict[str, str]) -> Upload:
    return Upload(upload.method, upload.path, upload.headers | more, upload.size, upload.chunked)


@pytest.mark.parametrize("ending", ENDINGS, ids=["kept", "closed"])
@pytest.mark.parametrize("case", TO_CONTROL)
async def test_control_says_why(control: int, case: str, ending: dict[str, str]) -> None:
    got = await answer(control, with_fields(TO_CONTROL[case], ending))
    assert got.startswith(f"HTTP/1.1 {case[:3]} ".encode())
    assert b'"code":"' in got


@pytest.mark.parametrize("ending", ENDINGS, ids=["kept", "closed"])
@pytest.mark.parametrize("case", TO_HUB)
async def test_the_hub_says_why(hub: HubPort, case: str, ending: dict[str, str]) -> None:
    got = await answer(hub.address[1], with_fields(TO_HUB[case], ending))
    assert got.startswith(f"HTTP/1.1 {case[:3]} ".encode())
    assert b'"title":"' in got


async def test_a_crowded_hub_says_so() -> None:
    async with hub_port(FakeConverters().converters, connections=1) as port:
        got = await answer(port.address[1], TO_HUB["401"])
    assert got.startswith(b"HTTP/1.1 503 ")
    assert b'"code":"too_many_connections"' in got


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
async def test_a_body_without_end_is_cut_off(
    control: int, hub: HubPort, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    monkeypatch.setattr(connections, "REST_MOST", 1_000_000)
    size = 1_000_000_000
    for port, path in ((control, "/api/calls/whip/guest1"), (hub.address[1], "/whep/guest1")):
        # What went out, and was not read, lay in the buffers of both sockets.
        assert await sent_until_cut_off(port, Upload("POST", path, SDP, size, chunked)) < 30_000_000


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(5):
            yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def test_a_body_that_does_not_come_is_not_waited_for(
    control: int, hub: HubPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PromptProtocol, "head_within_s", 0.2)
    monkeypatch.setattr(GuardedProtocol, "head_within_s", 0.2)
    for port, upload in ((control, TO_CONTROL["401"]), (hub.address[1], TO_HUB["401"])):
        async with connected(port) as (reader, writer):
            writer.write(upload.head())
            assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
            with suppress(ConnectionResetError):
                await reader.read()


async def test_the_next_request_of_a_connection_is_answered(control: int, hub: HubPort) -> None:
    for port, upload in ((control, TO_CONTROL["401"]), (hub.address[1], TO_HUB["401"])):
        async with connected(port) as (reader, writer):
            for _ in range(2):
                writer.write(upload.whole())
                assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                (length,) = re.findall(rb"^content-length: (\d+)\r$", head, re.MULTILINE)
                await reader.readexactly(int(length))
