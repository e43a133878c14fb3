"""The hub's port against those who connect and ask nothing."""

import asyncio
import contextlib
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from stagedoor.serving import protocol, server
from tests.conftest import open_sockets
from tests.kit.hub_port import HubPort, hub_port
from tests.kit.ports import free_ports
from tests.kit.relay import FakeConverters, picture
from tests.kit.wait import until

pytestmark = pytest.mark.service

MOST = 10

Idle = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def port() -> AsyncIterator[HubPort]:
    async with hub_port(FakeConverters().converters, connections=MOST) as port:
        yield port


@contextlib.asynccontextmanager
async def connected(port: HubPort, number: int, says: bytes = b"") -> AsyncIterator[list[Idle]]:
    """So many connections, which say no more than this."""
    made = [await asyncio.open_connection(*port.address) for _ in range(number)]
    try:
        for _, writer in made:
            writer.write(says)
        yield made
    finally:
        for _, writer in made:
            writer.close()
        for _, writer in made:
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def was_ended(idle: Idle) -> bool:
    try:
        return not await idle[0].read(1000)
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("says", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_who_sends_no_request_is_not_waited_for(
    port: HubPort, monkeypatch: pytest.MonkeyPatch, says: bytes
) -> None:
    monkeypatch.setattr(protocol.GuardedProtocol, "head_within_s", 0.2)
    async with connected(port, 2, says) as idle, asyncio.timeout(3):
        assert all([await was_ended(each) for each in idle])


async def test_the_second_request_of_a_connection_is_bounded_too(
    port: HubPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol.GuardedProtocol, "head_within_s", 0.2)
    async with connected(port, 1, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as [(reader, writer)]:
        assert b"200 OK" in await reader.readuntil(b"ok\n")
        writer.write(b"GET /heal")
        async with asyncio.timeout(3):
            assert await was_ended((reader, writer))


async def test_idle_connections_make_room_for_requests(port: HubPort) -> None:
    before = len(open_sockets())
    async with connected(port, 5 * MOST), httpx.AsyncClient() as client:
        # Both ends are in this process.
        await until(lambda: len(open_sockets()) - before <= 6 * MOST)
        for _ in range(3):
            assert (await client.get(f"{port.origin}/healthz")).status_code == 200


async def test_readers_stay_and_whoever_is_too_many_is_told(port: HubPort) -> None:
    publisher = port.hub.publish("guest1", "anna", request_key_frame=lambda: None)
    publisher.write(picture(0, key=True))
    url = port.url("guest1.nut").removeprefix(port.origin)
    ask = f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    async with connected(port, MOST - 1, ask) as readers:
        await until(lambda: len(port.hub.status("guest1").readers) == MOST - 1)
        async with connected(port, MOST), httpx.AsyncClient() as client:
            assert (await client.get(f"{port.origin}/healthz")).status_code == 503
        assert len(port.hub.status("guest1").readers) == MOST - 1
        assert all([b"200 OK" in await reader.readuntil(b"\r\n") for reader, _ in readers])
    publisher.close()


@pytest.mark.parametrize(("files", "most"), [(100_000, 400), (1024, 256), (256, 64)])
def test_the_port_leaves_files_for_media(monkeypatch: pytest.MonkeyPatch, files: int, most: int) -> None:
    monkeypatch.setattr(server, "allowed", lambda: files)
    assert server.public_connections() == most


RUN = """
import resource, sys
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (200, most))
sys.argv = ["stagedoor", "run", "relay", "--config", sys.argv[1]]
from stagedoor.__main__ import main
main()
"""


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The relay as the supervisor starts it, with few open files to begin with."""
    config = tmp_path / "stagedoor.toml"
    config.write_text(f'[server]\ndata_dir = "{tmp_path / "data"}"\n[hub]\nport = {free_ports(1)[0]}\n')
    with subprocess.Popen([sys.executable, "-c", RUN, str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


async def test_a_process_takes_all_the_files_that_it_may_have(relay: subprocess.Popen[bytes]) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    await until(lambda: resource.prlimit(relay.pid, resource.RLIMIT_NOFILE)[0] == 200)
    await until(lambda: resource.prlimit(relay.pid, resource.RLIMIT_NOFILE)[0] == most)
