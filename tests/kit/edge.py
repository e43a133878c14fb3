"""A TLS reverse proxy under a name of its own, as guests meet one in front of a box; it can misbehave.

By default it does what tunnels do: it passes WebSockets, and keeps every response until it has ended.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.aio.race import until_first
from tests.kit.certificate import Certificate

Dial = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "te", "upgrade"})


class Upgrades(Enum):
    """What becomes of a request to speak WebSocket."""

    PASS = "pass"
    REFUSE = "refuse"
    """It is answered with 502."""
    STRIP = "strip"
    """It goes on as a plain request, by a proxy that has never heard of it."""


@dataclass
class Manners:
    """How the proxy behaves; may be changed at any time, for requests to come.

    Attributes:
        buffers: A response is given away when it has ended.
        upgrades: What becomes of WebSockets.
        upgrades_of: The same for single clients, by their addresses.
        strips_authorization: The header field is left out.
        says_how: The X-Forwarded-* fields are added.
        host: The Host field that goes on; the client's own if None.
        largest_body: Longer ones are answered with 413.
        error_pages: What is answered with 400 or more becomes a page of the proxy's own.
        answer: Answers everything itself, with this whole response.
        silent: Nothing is answered.
        refuses: What of a target is answered with a page of the proxy's own; nothing if empty.
        refuses_with: That page's status.
        forbids: A method that is answered with 405.
    """

    buffers: bool = True
    upgrades: Upgrades = Upgrades.PASS
    upgrades_of: dict[str, Upgrades] = field(default_factory=dict)
    strips_authorization: bool = False
    says_how: bool = True
    host: str | None = None
    largest_body: int = 1 << 20
    error_pages: bool = False
    answer: bytes | None = None
    silent: bool = False
    refuses: str = ""
    refuses_with: int = 502
    forbids: str = ""


@dataclass(frozen=True)
class Request:
    """A request's head, and its body; `client` is the address that it came from."""

    client: str
    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return next((value for field_name, value in self.fields if field_name.lower() == name), "")

    @property
    def upgrades(self) -> bool:
        return self["upgrade"].lower() == "websocket"


@dataclass
class Edge:
    """The proxy.

    Attributes:
        name: The host in its certificate and in `url`.
        dial: Opens a connection to the box.
        manners: How it behaves.
        port: Where it listens.
        seen: What was asked, in order.
        pushed: What the box has sent by WebSockets so far, as bytes on the wire.
    """

    name: str
    dial: Dial
    manners: Manners = field(default_factory=Manners)
    port: int = 0
    seen: list[Request] = field(default_factory=list)
    pushed: bytearray = field(default_factory=bytearray)
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    @property
    def url(self) -> str:
        """What `server.public_url` has to be."""
        return f"https://{self.name}:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError):
                client = str(writer.get_extra_info("peername")[0])
                await self._handle(await _read(reader, client), reader, writer)
                await writer.drain()
        finally:
            self._tasks.discard(task)
            writer.close()

    async def stop(self) -> None:
        """End every connection."""
        await cancel_and_wait(*self._tasks)

    async def _handle(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.seen.append(request)
        manners = self.manners
        if manners.silent:
            await reader.read()
        elif manners.answer is not None:
            writer.write(manners.answer)
        elif len(request.body) > manners.largest_body:
            writer.write(page(413, "Request Entity Too Large"))
        elif request.method == manners.forbids:
            writer.write(page(405, "Method Not Allowed"))
        elif self._refuses(request):
            writer.write(page(manners.refuses_with, "Ask the proxy"))
        elif request.upgrades and self._upgrades(request) is Upgrades.REFUSE:
            writer.write(page(502, "Bad Gateway"))
        else:
            await self._hand_on(request, reader, writer)

    def _refuses(self, request: Request) -> bool:
        return bool(self.manners.refuses) and self.manners.refuses in request.target

    def _upgrades(self, request: Request) -> Upgrades:
        return self.manners.upgrades_of.get(request.client, self.manners.upgrades)

    async def _hand_on(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            box_reader, box_writer = await self.dial()
        except OSError:
            writer.write(page(502, "Bad Gateway"))
            return
        try:
            upgrading = request.upgrades and self._upgrades(request) is Upgrades.PASS
            box_writer.write(self._onward(request, upgrading=upgrading))
            if upgrading:
                await until_first(_pipe(reader, box_writer), _pipe(box_reader, writer, self.pushed))
            elif self.manners.buffers or self.manners.error_pages:
                await until_first(_gone(reader), self._whole(box_reader, writer))
            else:
                await until_first(_gone(reader), _pipe(box_reader, writer))
        finally:
            box_writer.transport.abort()

    async def _whole(self, box_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        response = await box_reader.read()
        status = int(response.split(None, 2)[1]) if response else 502
        if not response or (self.manners.error_pages and status >= 400):
            response = page(status, "Something went wrong")
        writer.write(response)
        await writer.drain()

    def _onward(self, request: Request, *, upgrading: bool) -> bytes:
        manners = self.manners
        dropped = {"authorization"} if manners.strips_authorization else set()
        kept = [(n, v) for n, v in request.fields if n.lower() not in HOP_BY_HOP | dropped | {"host"}]
        more = [
            ("Host", manners.host or request["host"]),
            ("Connection", "Upgrade" if upgrading else "close"),
        ]
        if upgrading:
            more.append(("Upgrade", "websocket"))
        if manners.says_how:
            more += [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", request["host"])]
        lines = [f"{request.method} {request.target} HTTP/1.1", *(f"{n}: {v}" for n, v in [*more, *kept])]
        return "\r\n".join([*lines, "", ""]).encode() + request.body


def frames(pushed: bytearray) -> list[int]:
    """The opcodes of the WebSocket frames that follow a handshake (RFC 6455 section 5.2; 9 is a ping)."""
    rest = bytes(pushed).partition(b"\r\n\r\n")[2]
    found = []
    while len(rest) >= 2:
        length, at = rest[1] & 127, 2
        if length >= 126:
            at = 4 if length == 126 else 10
            length = int.from_bytes(rest[2:at], "big")
        found.append(rest[0] & 15)
        rest = rest[at + length :]
    return found


def page(status: int, title: str) -> bytes:
    """A whole response with a page that is not ours."""
    body = f"<html><h1>{status} {title}</h1></html>"
    head = f"HTTP/1.1 {status} {title}\r\nServer: edge\r\nContent-Type: text/html\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


@contextlib.asynccontextmanager
async def edge_to(
    dial: Dial, certificate: Certificate, *, name: str = "localhost", host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Edge]:
    """A running proxy.

    Args:
        dial: Opens a connection to the box.
        certificate: For `name`.
        name: What guests call it.
        host: Address to listen on.
        port: 0 is any that is free.
    """
    edge = Edge(name, dial)
    server = await asyncio.start_server(edge.serve, host, port, ssl=certificate.server_context())
    edge.port = server.sockets[0].getsockname()[1]
    try:
        yield edge
    finally:
        server.close()
        await edge.stop()
        await server.wait_closed()


def loopback(port: int) -> Dial:
    """The way to a box on this very machine."""
    return lambda: asyncio.open_connection("127.0.0.1", port)


async def _read(reader: asyncio.StreamReader, client: str) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    fields = tuple((n.strip(), v.strip()) for n, _, v in (line.partition(":") for line in head[1:] if line))
    request = Request(client, method, target, fields, b"")
    body = await reader.readexactly(int(request["content-length"] or 0))
    return Request(client, method, target, fields, body)


async def _gone(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass


async def _pipe(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, copy: bytearray | None = None
) -> None:
    while data := await reader.read(65536):
        if copy is not None:
            copy += data
        writer.write(data)
        await writer.drain()
