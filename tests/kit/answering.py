"""A little HTTP server that answers as it is told, and remembers what it was asked."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field


@dataclass
class Answering:
    """What to answer by path (404 otherwise), and what came.

    Attributes:
        port: Of loopback.
        answers: Status and body of each path.
        asked: Whole requests, head and body, in the order in which they came.
    """

    answers: Mapping[str, tuple[int, bytes]]
    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except asyncio.IncompleteReadError:
            pass  # who only looked whether somebody listens
        finally:
            writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            (line.split(":")[1] for line in head.splitlines() if line.lower().startswith("content-length")),
            "0",
        )
        self.asked.append(head + (await reader.readexactly(int(length))).decode())
        status, body = self.answers.get(head.split()[1], (404, b"{}"))
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()


@contextlib.asynccontextmanager
async def answering(
    answers: Mapping[str, tuple[int, bytes]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Answering]:
    """Run the server on a free port of loopback."""
    told = Answering(answers)
    server = await asyncio.start_server(told._answer, "127.0.0.1", 0, ssl=tls)
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        server.close()
        await server.wait_closed()
