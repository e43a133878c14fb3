"""The mixer process."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from stagedoor import garbage
from stagedoor.aio.closing import cancel_and_wait
from stagedoor.loops import fast_loop
from stagedoor.mixer.app import control_app
from stagedoor.mixer.engine import Engine
from stagedoor.mixer.events import Events
from stagedoor.mixer.metrics import MixerMetrics
from stagedoor.mixer.sources.device import use_system_alsa
from stagedoor.mixer.sources.opening import Hub
from stagedoor.precedence import OF_LOOP, OF_PROGRAM, come_first, come_first_in_python
from stagedoor.secrets import Secrets
from stagedoor.serving.server import bind_unix, serving
from stagedoor.settings import Settings
from stagedoor.settings.mixer import MixerSettings

logger = logging.getLogger(__name__)

SWITCH_INTERVAL_S = 0.0005
"""Python's threads take turns this often: with its usual 5 ms the clock's thread would be late by as much."""


def run(settings: Settings, secrets: Secrets) -> int:
    """Mix until SIGTERM or SIGINT; returns the exit code.

    Raises:
        UnavailableError: The socket for control cannot be listened on.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    use_system_alsa()
    # Who may have the highest place may have the others.
    comes_first = settings.mixer.realtime and come_first(OF_PROGRAM) and come_first(OF_LOOP)
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(_main(settings, secrets, comes_first=comes_first))
    return 0


async def _main(settings: Settings, secrets: Secrets, *, comes_first: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(initializer=come_first_in_python))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with mixer(settings, secrets):
        garbage.begin()
        _say_ready(settings.mixer, comes_first=comes_first)
        await stop.wait()
        logger.info("The mixer stops")


@asynccontextmanager
async def mixer(settings: Settings, secrets: Secrets) -> AsyncIterator[Engine]:
    """Run all of the mixer within the caller's loop.

    Raises:
        UnavailableError: The socket for control cannot be listened on.
    """
    socket = await asyncio.to_thread(bind_unix, settings.server.mixer_socket)
    try:
        async with Engine.open(settings.mixer, Hub(settings.hub.url, secrets.operator_token)) as engine:
            events, metrics = Events(engine), MixerMetrics(engine.state)
            loop = asyncio.get_running_loop()
            telling = loop.create_task(events.run(), name="events")
            watching = loop.create_task(metrics.watch_loop(), name="loop lag")
            try:
                async with serving(control_app(engine, events, metrics), socket):
                    try:
                        yield engine
                    finally:
                        events.close()
            finally:
                await cancel_and_wait(telling, watching)
    finally:
        socket.close()
        await asyncio.to_thread(settings.server.mixer_socket.unlink, missing_ok=True)


def _say_ready(settings: MixerSettings, *, comes_first: bool) -> None:
    if settings.enabled:
        size = (settings.width, settings.height)
        before = ", before all other work on this machine" if comes_first else ""
        logger.info("The mixer is ready: %d×%d, %d frames a second%s", *size, settings.frame_rate, before)
    else:
        logger.info("The mixer is ready, for returns alone: another program mixes")
