"""A tunnel that a box opens from the inside, so that others reach ports of it which nobody can dial.

The box's end is `python -m tests.kit.tunnel ADDRESS PORT`: it keeps some connections waiting at the other
end, connects each to the port of the box's loopback that its first line names, and ends with its standard
input.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from stagedoor.aio.race import until_first

WAITING = 8
"""Connections that wait at the other end; each is used once, and then there is another one."""
DIAL_SECONDS = 5.0


class Tunnel:
    """The outer end.

    Attributes:
        port: Where the box's end has to connect to.
    """

    def __init__(self) -> None:
        self.port = 0
        self._waiting: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep a connection of the box's end until it is needed."""
        self._waiting.put_nowait((reader, writer))

    async def dial(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a port of the box's loopback; `OSError` if the box's end is not there."""
        async with asyncio.timeout(DIAL_SECONDS):
            reader, writer = await self._waiting.get()
            while reader.at_eof():
                writer.transport.abort()
                reader, writer = await self._waiting.get()
        writer.write(f"{port}\n".encode())
        return reader, writer

    def close(self) -> None:
        """Drop what is waiting."""
        while not self._waiting.empty():
            self._waiting.get_nowait()[1].transport.abort()


@contextlib.asynccontextmanager
async def tunnel_at(host: str) -> AsyncIterator[Tunnel]:
    """The outer end, listening on an address."""
    tunnel = Tunnel()
    server = await asyncio.start_server(tunnel.accept, host, 0)
    tunnel.port = server.sockets[0].getsockname()[1]
    try:
        yield tunnel
    finally:
        server.close()
        tunnel.close()
        await server.wait_closed()


@contextlib.asynccontextmanager
async def forwarded(tunnel: Tunnel, port: int) -> AsyncIterator[None]:
    """Our own loopback has the box's port, under the same number."""
    tasks: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(task := asyncio.current_task())
        try:
            with contextlib.suppress(OSError):
                await _join((reader, writer), await tunnel.dial(port))
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for task in tasks:
            assert task is not None
            task.cancel()
        await asyncio.gather(*(task for task in tasks if task), return_exceptions=True)
        await server.wait_closed()


async def _join(*ends: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    (one_reader, one), (other_reader, other) = ends
    try:
        await until_first(_pipe(one_reader, other), _pipe(other_reader, one))
    finally:
        one.close()
        other.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def _keep_waiting(host: str, port: int, used: asyncio.TaskGroup) -> None:
    """One connection after the other, each waiting until it is used."""
    while True:
        wanted = b""
        try:
            reader, writer = await asyncio.open_connection(host, port)
            wanted = await reader.readline()
        except OSError:
            await asyncio.sleep(0.2)
            continue
        if wanted:
            used.create_task(_serve(int(wanted), reader, writer))
        else:
            writer.close()


async def _serve(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        try:
            await _join((reader, writer), await asyncio.open_connection("127.0.0.1", port))
        finally:
            writer.close()


async def _keep_all_waiting(host: str, port: int) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(WAITING):
            group.create_task(_keep_waiting(host, port, group))


async def main(host: str, port: int) -> None:
    """Hold connections ready until standard input ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await until_first(_ended(reader), _keep_all_waiting(host, port))


async def _ended(reader: asyncio.StreamReader) -> None:
    await reader.read()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
