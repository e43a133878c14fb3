"""Failures of a connection that is made to publish: each becomes one that a destination expects."""

import asyncio
import errno
from collections.abc import Callable

import pytest

from stagedoor.aio.closing import close_stream
from stagedoor.domain.errors import UnreachableError
from stagedoor.loops import fast_loop
from stagedoor.outputs.address import Address
from stagedoor.outputs.link import Link

pytestmark = pytest.mark.unit

Loop = Callable[[], asyncio.AbstractEventLoop] | None
LOOPS = pytest.mark.parametrize("loop", [None, fast_loop()], ids=["asyncio", "fast"])


@pytest.mark.parametrize("host", ["a..b", f"{'x' * 64}.example"])
@LOOPS
def test_a_host_that_no_name_server_can_be_asked_for(loop: Loop, host: str) -> None:
    async def use() -> None:
        with pytest.raises(UnreachableError, match=f"there is no address for {host}"):
            await Link.open(Address.parse(f"rtmp://{host}/live/key"))

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(use())


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETDOWN])
async def test_a_network_that_is_down(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise OSError(number, "no way there")

    monkeypatch.setattr(asyncio, "open_connection", fails)
    with pytest.raises(UnreachableError, match="127.0.0.1:1935 cannot be reached: no way there"):
        await Link.open(Address.parse("rtmp://127.0.0.1/live/key"))


@LOOPS
def test_a_server_that_has_hung_up_before_the_connection_is_used(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = asyncio.open_connection

    async def gone_at_once(
        host: str, port: int, **_: object
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await connect(host, port)
        writer.transport.abort()
        await reader.read()
        return reader, writer

    async def use() -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            monkeypatch.setattr(asyncio, "open_connection", gone_at_once)
            port = server.sockets[0].getsockname()[1]
            link = await Link.open(Address.parse(f"rtmp://127.0.0.1:{port}/live/key"))
            try:
                with pytest.raises(UnreachableError, match="closed the connection"):
                    await link.read(1)
            finally:
                await link.aclose()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(use())


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETDOWN, errno.ETIMEDOUT])
async def test_closing_what_the_network_has_lost_already(number: int) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        # As the loop tells it.
        writer.transport.get_protocol().connection_lost(OSError(number, "lost"))
        await close_stream(writer)
