"""The control process."""

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from stagedoor import garbage
from stagedoor.connections import PromptProtocol, PromptWebSocket
from stagedoor.control.app import create_app
from stagedoor.control.clients import open_clients
from stagedoor.control.core import DATABASE, Control
from stagedoor.control.store import Store
from stagedoor.domain.house import House
from stagedoor.loops import fast_loop
from stagedoor.secrets import Secrets
from stagedoor.settings import Settings

log = logging.getLogger(__name__)

CLOSE_WITHIN_S = 3
PING_EVERY_S = 3.0
PONG_WITHIN_S = 5.0
"""A page that vanished is noticed after at most eight seconds."""
MAX_WEBSOCKET_MESSAGE = 4096


def run(settings: Settings, secrets: Secrets) -> int:
    """Serve pages and API until a signal; return the exit code.

    Args:
        settings: The settings.
        secrets: The operator's token and the signing key.

    Raises:
        UnavailableError: The database cannot be opened or read.
    """
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        return runner.run(serve(settings, secrets))


async def serve(settings: Settings, secrets: Secrets) -> int:
    """Serve pages and API on the running loop until a signal; return the exit code.

    Raises:
        UnavailableError: The database cannot be opened or read.
    """
    await _check_database(settings)
    crashed = False
    async with open_clients(settings.server) as clients:

        def on_crash() -> None:
            nonlocal crashed
            crashed = True
            server.stop()

        app = create_app(settings, secrets, clients, on_crash=on_crash)
        server = Server(_config(app, settings))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop)
        await server.serve()
    if crashed or not server.started:
        log.error("Control ends because a part of it failed")
        return 1
    log.info("Control ends")
    return 0


class Server(uvicorn.Server):
    """Ends what goes on before it waits for the rest."""

    def stop(self) -> None:
        """Stop serving, within `CLOSE_WITHIN_S`."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        garbage.begin()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close streams, then connections."""
        control: Control = self.config.app.state.control  # type: ignore[union-attr]
        control.end_streams()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`: what is captured here would be raised again at the end."""
        yield


async def _check_database(settings: Settings) -> None:
    """Fail with a sentence, which a server that is starting could not."""
    async with Store.open(settings.server.data_dir / DATABASE, lambda _failing: None) as store:
        await store.load(House(()))


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    certificate, key = settings.server.tls_files or (None, None)
    return uvicorn.Config(
        app,
        http=PromptProtocol,
        host=settings.server.host,
        port=settings.server.port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=CLOSE_WITHIN_S,
        ws=PromptWebSocket,
        ws_max_size=MAX_WEBSOCKET_MESSAGE,
        ws_ping_interval=PING_EVERY_S,
        ws_ping_timeout=PONG_WITHIN_S,
        lifespan="on",
    )
