"""All sessions of one emulator, and the clock that moves them."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from stagedoor.addresses import usable_addresses
from stagedoor.aio.closing import cancel_and_wait
from stagedoor.emulator.connection import Loss
from stagedoor.emulator.faults import Faults, named
from stagedoor.emulator.options import Options
from stagedoor.emulator.refusal import gone
from stagedoor.emulator.session import Session, State, Surroundings
from stagedoor.rtc.aiortc_seams import Certificate
from stagedoor.rtc.lite import LitePort

logger = logging.getLogger(__name__)

BEAT = 0.1
MOST_SESSIONS = 1000
"""Kept, gone ones among them; the oldest are forgotten."""
HANG_AT_MOST = 120.0
"""Seconds that a call which is never answered stays open."""


class Engine:
    """The state of one emulator; `running` makes one.

    Attributes:
        sessions: By id.
        closing: Set when the emulator stops, so that nobody hangs on.
    """

    def __init__(self, options: Options, shared: Surroundings) -> None:
        self.options = options
        self.faults = Faults(shared.loss)
        self.sessions: dict[str, Session] = {}
        self.closing = asyncio.Event()
        self._shared = shared
        self._endings: set[asyncio.Task[None]] = set()

    @property
    def udp_port(self) -> int:
        """Where media goes."""
        return self._shared.port.port

    def new_session(self) -> Session:
        """Begin a session."""
        session = Session(self._shared, self._gone)
        self.sessions[session.session_id] = session
        while len(self.sessions) > MOST_SESSIONS:
            self.sessions.pop(next(iter(self.sessions))).end("too many sessions came after it")
        return session

    async def session(self, session_id: str) -> Session:
        """The session of a call.

        Raises:
            Refusal: There is no such session, or it is gone.
        """
        session = self.sessions.get(session_id)
        if session is None:
            if self.options.hang_unknown:
                await self.hang()
            raise gone()
        session.check()
        return session

    async def hang(self) -> None:
        """Let a call wait for nothing."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HANG_AT_MOST):
                await self.closing.wait()

    def live(self) -> list[Session]:
        """Those that are not gone."""
        return [each for each in self.sessions.values() if each.state is not State.GONE]

    def _gone(self, session: Session) -> None:
        task = asyncio.get_running_loop().create_task(session.connection.aclose())
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def beat(self) -> None:
        """Move what moves by time, until it is cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            now = time.monotonic()
            for session in list(self.sessions.values()):
                session.beat(now)

    def expire(self, wanted: Sequence[str], *, silently: bool) -> None:
        """End sessions, with a goodbye or as if their network had gone."""
        for session in self.live():
            if named(wanted, session.session_id):
                session.connection.agent.silent = silently
                session.end("a fault was asked for")

    async def aclose(self) -> None:
        """End every session; idempotent."""
        self.closing.set()
        await asyncio.gather(*(each.aclose() for each in self.sessions.values()))
        await asyncio.gather(*self._endings)


def _beat_ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("the emulator's clock has stopped", exc_info=error)


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Engine]:
    """An engine with its UDP port.

    Raises:
        UnavailableError: The port cannot be used.
    """
    announced = next(iter(usable_addresses(options.host)), options.host)
    port = await LitePort.open(options.host, options.udp_port, announced)
    certificate = await asyncio.to_thread(Certificate.generateCertificate)
    engine = Engine(options, Surroundings(options, port, certificate, Loss()))
    beating = asyncio.get_running_loop().create_task(engine.beat())
    beating.add_done_callback(_beat_ended)
    try:
        yield engine
    finally:
        await cancel_and_wait(beating)
        await engine.aclose()
        port.close()
