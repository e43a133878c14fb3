import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from stagedoor.domain.errors import RefusedError, UnreachableError
from stagedoor.outputs import link as link_module
from stagedoor.outputs.address import Address
from stagedoor.outputs.link import Link
from tests.kit.certificate import Certificate, certificate

pytestmark = pytest.mark.service

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(
    talk: Talk, scheme: str = "rtmp", cert: Certificate | None = None
) -> AsyncIterator[Address]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await talk(reader, writer)
        writer.transport.abort()

    context = cert.server_context() if cert else None
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    host = "localhost" if cert else "127.0.0.1"
    try:
        yield Address.parse(f"{scheme}://{host}:{server.sockets[0].getsockname()[1]}/live/x")
    finally:
        server.close()
        await server.wait_closed()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data)


@contextlib.asynccontextmanager
async def linked(address: Address) -> AsyncIterator[Link]:
    link = await Link.open(address)
    try:
        yield link
    finally:
        await link.aclose()


async def test_bytes_both_ways() -> None:
    async with serving(echo) as address, linked(address) as link:
        await link.send(b"hello\nworld")
        assert await link.read_line() == b"hello\n"
        assert await link.read(5) == b"world"
        assert (link.bytes_sent, link.bytes_read) == (11, 11)


async def test_a_server_that_hangs_up() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with serving(hang_up) as address, linked(address) as link:
        with pytest.raises(UnreachableError, match="closed the connection") as caught:
            await link.read(1)
        assert caught.value.retryable


async def test_a_server_that_does_not_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "ANSWER_WITHIN", 0.05)
    async with serving(echo) as address, linked(address) as link:
        with pytest.raises(UnreachableError, match="did not answer publish within"):
            async with link.answering("publish"):
                await link.read(1)


async def test_a_line_without_an_end_is_bounded() -> None:
    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"x" * 200_000)
        await writer.drain()

    async with serving(flood) as address, linked(address) as link:
        with pytest.raises(UnreachableError, match="does not speak this protocol"):
            await link.read_line()


async def test_a_peer_that_never_reads_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "STALLED_AFTER", 0.2)
    held = asyncio.Event()

    async def never_read(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await held.wait()

    async with serving(never_read) as address:
        link = await Link.open(address)

        async def fill() -> None:
            async with asyncio.timeout(5):
                while True:
                    await link.send(bytes(100_000))

        try:
            with pytest.raises(UnreachableError, match="took nothing for"):
                await fill()
        finally:
            held.set()
            await link.aclose()
        with pytest.raises(UnreachableError):
            await link.send(b"more")


async def test_a_slow_peer_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "STALLED_AFTER", 0.5)
    taken = 0

    async def slow(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        nonlocal taken
        while data := await reader.read(400_000):
            taken += len(data)
            await asyncio.sleep(0.01)

    async with serving(slow) as address, linked(address) as link:
        for _ in range(60):
            await link.send(bytes(100_000))
        assert taken > 1_000_000


async def test_names_that_do_not_exist_and_ports_that_do_not_listen() -> None:
    with pytest.raises(UnreachableError, match="there is no address for nowhere.invalid"):
        await Link.open(Address.parse("rtmp://nowhere.invalid/x"))
    with pytest.raises(UnreachableError, match="nothing listens at 127.0.0.1:1"):
        await Link.open(Address.parse("rtmp://127.0.0.1:1/x"))


async def test_a_certificate_that_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert = certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(cert.file))
    monkeypatch.setattr(link_module, "_tls_context", lambda: context)
    async with serving(echo, "rtmps", cert) as address, linked(address) as link:
        await link.send(b"ab")
        assert await link.read(2) == b"ab"


async def test_a_certificate_that_does_not_verify(tmp_path: Path) -> None:
    async with serving(echo, "rtmps", certificate(tmp_path)) as address:
        with pytest.raises(RefusedError, match=r"certificate of localhost:\d+ does not verify") as caught:
            await Link.open(address)
    assert caught.value.code == "destination_certificate"
    assert "SSL_CERT_FILE" in caught.value.hint


async def test_tls_with_a_server_that_has_none() -> None:
    async with serving(echo, "rtmps") as address:
        with pytest.raises(UnreachableError, match=r"no TLS with 127.0.0.1:\d+") as caught:
            await Link.open(address)
    assert "rtmp" in caught.value.hint


async def test_tls_with_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "CONNECT_WITHIN", 0.2)
    held = asyncio.Event()

    async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await held.wait()

    async with serving(silent, "rtsps") as address:
        with pytest.raises(UnreachableError, match="did not answer within"):
            await Link.open(address)
        held.set()
