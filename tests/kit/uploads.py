"""A client that sends all of its body before it reads a byte: nothing of an answer may be lost to it."""

import asyncio
import socket
from dataclasses import dataclass

CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A request with a body of `x`.

    Attributes:
        method: GET, POST, …
        path: With its query.
        headers: Beside Host and what describes the body.
        size: Bytes of the body.
        chunked: It comes in chunks, without a length.
    """

    method: str
    path: str
    headers: dict[str, str]
    size: int = 8_000_000
    chunked: bool = False

    def whole(self) -> bytes:
        """All that is sent."""
        return self.head() + self.part() * (self.size // CHUNK) + self.end()

    def head(self) -> bytes:
        """The request's head."""
        body = {"Transfer-Encoding": "chunked"} if self.chunked else {"Content-Length": str(self.size)}
        fields = {"Host": "x", **self.headers, **body}
        lines = (
            f"{self.method} {self.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields.items()),
        )
        return "\r\n".join((*lines, "", "")).encode()

    def part(self) -> bytes:
        """`CHUNK` bytes of the body as they are sent."""
        data = b"x" * CHUNK
        return b"%x\r\n%s\r\n" % (CHUNK, data) if self.chunked else data

    def end(self) -> bytes:
        """What ends the body."""
        return b"0\r\n\r\n" if self.chunked else b""


async def answer(port: int, upload: Upload) -> bytes:
    """Send all of it, then read until there is a whole answer, or the end of the connection.

    Raises:
        OSError: The connection was reset.
    """
    return await asyncio.to_thread(_answer, port, upload)


def _answer(port: int, upload: Upload) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(upload.whole())
        got = b""
        while not _is_whole(got) and (data := connection.recv(4096)):
            got += data
        return got


def _is_whole(got: bytes) -> bool:
    head, found, body = got.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    return bool(found) and len(body) >= int(fields.get(b"content-length", 1 << 30))


async def sent_until_cut_off(port: int, upload: Upload) -> int:
    """Send without end and read nothing; the bytes that went out before the connection broke."""
    return await asyncio.to_thread(_sent_until_cut_off, port, upload)


def _sent_until_cut_off(port: int, upload: Upload) -> int:
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(upload.head())
        try:
            while True:
                sent += connection.send(upload.part())
        except ConnectionError:
            return sent
