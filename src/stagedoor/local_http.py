"""A small HTTP client for our own processes: one request, one connection, everything bounded.

It is used where the program has just started or is not the server itself; importing a full client would
take longer than the request.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stagedoor.domain.errors import UnavailableError
from stagedoor.settings import ServerSettings, reachable

MAX_ANSWER = 4 * 1024 * 1024
MAX_HEADERS = 200
INSTALLATION_FIELD = "Stagedoor-Installation"
"""With every answer of `/healthz`: which installation that is."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask: a Unix socket, or a TCP port with or without TLS.

    Attributes:
        trust: The one certificate that is accepted, or True for those that the system trusts; False asks
            without TLS.
    """

    socket: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    trust: Path | bool = False

    @property
    def authority(self) -> str:
        """Host and port, for the `Host` field (RFC 9110 section 7.2)."""
        if self.socket is not None:
            return "localhost"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.trust else 80) else f"{host}:{self.port}"

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect; raises `OSError`."""
        if self.socket is not None:
            return await asyncio.open_unix_connection(str(self.socket), limit=MAX_ANSWER)
        context = None
        if self.trust:
            context = ssl.create_default_context() if self.trust is True else _pinned(self.trust)
        return await asyncio.open_connection(self.host, self.port, ssl=context, limit=MAX_ANSWER)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; the names of its header fields are in lower case."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:  # noqa: ANN401
        """Parse the body; raises `ValueError`."""
        return json.loads(self.body)


def server_endpoint(server: ServerSettings) -> Endpoint:
    """Return where control answers on this machine, whatever `public_url` says."""
    files = server.tls_files
    return Endpoint(host=reachable(server.host), port=server.port, trust=files[0] if files else False)


async def request(
    endpoint: Endpoint,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: object = None,
    within_s: float = 5.0,
) -> Answer:
    """Send one request, with `body` as JSON if there is one; bytes go as they are.

    Raises:
        UnavailableError: Nobody answers, or not with HTTP, or not in time.
    """
    is_json = body is not None and not isinstance(body, bytes)
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if is_json else b""
    # HTTP/1.0 keeps the answer in one piece: no chunks, and the end of the connection is the end of the body.
    head = [f"{method} {path} HTTP/1.0", f"Host: {endpoint.authority}", f"Content-Length: {len(content)}"]
    head += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if is_json:
        head.append("Content-Type: application/json")
    try:
        async with asyncio.timeout(within_s):
            return await _exchange(endpoint, "\r\n".join([*head, "", ""]).encode() + content)
    except (OSError, ValueError) as error:
        raise UnavailableError(
            "Stagedoor does not answer", code="not_running", hint="Start it with `stagedoor serve`."
        ) from error


async def answers(endpoint: Endpoint, path: str, within_s: float = 1.0) -> bool:
    """Return whether `GET path` is answered with 200."""
    try:
        return (await request(endpoint, "GET", path, within_s=within_s)).status == 200
    except UnavailableError:
        return False


async def _exchange(endpoint: Endpoint, message: bytes) -> Answer:
    reader, writer = await endpoint.open()
    try:
        writer.write(message)
        status, headers = await read_head(reader)
        body = await reader.read(MAX_ANSWER)
        while chunk := await reader.read(MAX_ANSWER - len(body)):
            body += chunk
        return Answer(status, body, headers)
    finally:
        # There is nothing left to say, so nothing is waited for.
        writer.transport.abort()


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Return status and header fields of an answer; raises `ValueError` if that is not HTTP/1."""
    status = (await reader.readline()).split(None, 2)
    if len(status) < 2 or not status[0].startswith(b"HTTP/1"):
        raise ValueError("not HTTP")
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode("latin-1").strip()) and len(headers) < MAX_HEADERS:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(status[1]), headers


def _pinned(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
