"""Running an emulator: inside a test, or as a program of its own."""

import asyncio
import contextlib
import errno
import logging
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TextIO

import uvicorn

from stagedoor.connections import PromptProtocol
from stagedoor.domain.errors import UnavailableError
from stagedoor.emulator.engine import Engine, running
from stagedoor.emulator.http import Api
from stagedoor.emulator.options import Options
from stagedoor.loops import fast_loop

logger = logging.getLogger(__name__)

CLOSE_WITHIN_S = 2
MOST_CONNECTIONS = 1000
"""More get a 503."""
KEEP_ALIVE_S = 75
"""As long as clients of a large service are used to."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator.

    Attributes:
        base_url: What clients take in place of `https://rtc.live.cloudflare.com/v1`.
        admin_url: Where faults are.
        engine: All of its state.
    """

    base_url: str
    admin_url: str
    engine: Engine

    @property
    def app_id(self) -> str:
        """Of its one app."""
        return self.engine.options.app_id

    @property
    def app_secret(self) -> str:
        """Of its one app."""
        return self.engine.options.app_secret


@contextlib.asynccontextmanager
async def emulator(options: Options | None = None) -> AsyncIterator[Emulator]:
    """Serve in this loop; by default on any free port of loopback, with an app of its own.

    Raises:
        UnavailableError: A port cannot be used.
    """
    options = options or Options()
    listener = await asyncio.to_thread(_listen, options.host, options.port)
    with contextlib.closing(listener):
        async with running(options) as engine, _serving(engine, listener):
            host = f"[{options.host}]" if ":" in options.host else options.host
            root = f"http://{host}:{listener.getsockname()[1]}"
            yield Emulator(f"{root}/v1", f"{root}/admin", engine)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    except OSError as error:
        raise UnavailableError(f"{host}: {error.strerror}", code="address_missing") from error
    try:
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        code = "port_busy" if error.errno == errno.EADDRINUSE else "address_missing"
        raise UnavailableError(
            f"port {port} of {host} cannot be used ({error.strerror})", code=code
        ) from error
    listener.setblocking(False)
    return listener


@contextlib.asynccontextmanager
async def _serving(engine: Engine, listener: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        Api(engine),
        http=PromptProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=CLOSE_WITHIN_S,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    ticking = asyncio.get_running_loop().create_task(server.main_loop())
    try:
        yield
    finally:
        engine.closing.set()
        server.should_exit = True
        await ticking
        await server.shutdown(sockets=[listener])


def run(options: Options, out: TextIO) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        UnavailableError: A port cannot be used.
    """
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(_run(options, out))


async def _run(options: Options, out: TextIO) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with emulator(options) as it:
        out.write(f"Base URL   {it.base_url}\nFaults     {it.admin_url}/faults\n")
        out.write(f"Media      UDP port {it.engine.udp_port} of {options.host}\n")
        out.flush()
        await stop.wait()
