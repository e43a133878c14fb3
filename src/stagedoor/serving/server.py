"""HTTP servers inside a running loop, on sockets of ours."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn

from stagedoor.domain.errors import UnavailableError
from stagedoor.open_files import allowed
from stagedoor.serving.protocol import AbortableProtocol, GuardedProtocol

CLOSE_WITHIN_S = 2
BACKLOG = 256
MAX_CONNECTIONS = 2000
"""Of control; more get a 503."""
MAX_PUBLIC_CONNECTIONS = 400
"""Of the hub's port, which anybody may reach; fewer where the process may not open many files."""


def bind_unix(path: Path) -> socket.socket:
    """Listen on a Unix socket that only this user can open; what an earlier run left there goes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UnavailableError(
            f"{path} cannot be listened on: {error.strerror}",
            code="data_dir_unusable",
            hint="Choose a shorter server.data_dir that this user may write to.",
        ) from error
    listener.setblocking(False)
    return listener


def bind_tcp(host: str, port: int) -> socket.socket:
    """Listen on the hub's port.

    Raises:
        UnavailableError: It is taken, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _unusable(host, port, error) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _unusable(host, port, error) from error
    listener.setblocking(False)
    return listener


def _unusable(host: str, port: int, error: OSError) -> UnavailableError:
    if error.errno == errno.EADDRINUSE:
        return UnavailableError(
            f"port {port} of {host} is taken by another program: set hub.port to a free one",
            code="port_busy",
        )
    return UnavailableError(
        f"the hub cannot listen on {host}, port {port} ({error.strerror}): change hub.host or hub.port",
        code="address_missing",
    )


def public_connections() -> int:
    """How many connections the hub's port may have: three quarters of the open files are for media."""
    return max(8, min(MAX_PUBLIC_CONNECTIONS, allowed() // 4))


@contextlib.asynccontextmanager
async def serving(
    app: Any,  # noqa: ANN401
    listener: socket.socket,
    *,
    public: int | None = None,
) -> AsyncIterator[None]:
    """Serve an application on a socket; afterwards requests get `CLOSE_WITHIN_S` seconds to end.

    Args:
        app: The application.
        listener: Where it listens.
        public: Most connections at once, where anybody may make them; None where only control can.
    """
    config = uvicorn.Config(
        app,
        http=AbortableProtocol if public is None else GuardedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=public or MAX_CONNECTIONS,
        timeout_graceful_shutdown=CLOSE_WITHIN_S,
    )
    config.load()
    # Its `serve` would take the process's signals for itself, and there are two of these.
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    ticking = asyncio.get_running_loop().create_task(server.main_loop())
    try:
        yield
    finally:
        server.should_exit = True
        await ticking
        await server.shutdown(sockets=[listener])
        for connection in tuple(server.server_state.connections):
            connection.transport.abort()
