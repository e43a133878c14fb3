"""The control process."""

import asyncio
import logging
from collections.abc import Callable

import uvicorn

from stagedoor.control.app import create_app
from stagedoor.ipc.client import RelayClient
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
    """
    with asyncio.Runner(loop_factory=_new_loop()) as runner:
        return runner.run(serve(settings, secrets))


async def serve(settings: Settings, secrets: Secrets) -> int:
    """Serve pages and API on the running loop until a signal; return the exit code."""
    crashed = False
    async with RelayClient(settings.server.relay_socket) as relay:

        def on_crash() -> None:
            nonlocal crashed
            crashed = True
            server.should_exit = True

        app = create_app(settings, secrets, relay, on_crash=on_crash)
        certificate, key = settings.server.tls_files or (None, None)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=settings.server.host,
                port=settings.server.port,
                ssl_certfile=certificate,
                ssl_keyfile=key,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=CLOSE_WITHIN_S,
                ws="websockets-sansio",
                ws_max_size=MAX_WEBSOCKET_MESSAGE,
                ws_ping_interval=PING_EVERY_S,
                ws_ping_timeout=PONG_WITHIN_S,
                lifespan="on",
            )
        )
        await server.serve()
    if crashed or not server.started:
        log.error("Control ends because a part of it failed")
        return 1
    log.info("Control ends")
    return 0


def _new_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
