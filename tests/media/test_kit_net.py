"""The bad networks of the kit are as bad as they say, and go away."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.kit.mediamtx import mediamtx
from tests.kit.net import namespace, proxy_to
from tests.kit.wait import until

pytestmark = pytest.mark.media


served: list[str] = []


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        writer.write(data)
    writer.close()
    await writer.wait_closed()
    served.append("one")


async def test_a_proxy_passes_freezes_and_resets() -> None:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, proxy_to(server.sockets[0].getsockname()[1]) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"one")
        assert await reader.readexactly(3) == b"one"
        proxy.freeze()
        writer.write(b"two")
        answer = asyncio.create_task(reader.readexactly(3))
        assert not (await asyncio.wait([answer], timeout=0.2))[0]
        proxy.thaw()
        assert await answer == b"two"
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        writer.close()


@pytest.mark.netns
async def test_a_namespace_delays_what_passes() -> None:
    served.clear()
    with namespace() as far:
        await asyncio.to_thread(far.impair, delay_ms=60)
        server = await asyncio.start_server(echo, far.near, 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            target = f"('{far.near}', {port})"
            code = f"import socket; s = socket.create_connection({target}); s.sendall(b'x'); s.recv(1)"
            begun = time.monotonic()
            process = await asyncio.create_subprocess_exec(*far.command("/usr/bin/python3", "-c", code))
            assert await process.wait() == 0
            assert time.monotonic() - begun > 0.24
            await until(lambda: served)
        assert far.exists
    assert not far.exists


@pytest.mark.mediamtx
async def test_mediamtx_starts_again_on_its_ports(tmp_path: Path) -> None:
    async with mediamtx(tmp_path) as server:
        assert await server.path("guest1") == {}
        await server.kill()
        await server.start()
        await until(lambda: server.log().count("[API] started") == 2)
        assert await server.path("guest1") == {}
