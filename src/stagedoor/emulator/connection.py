"""A session's one connection: an ICE lite agent, DTLS and SRTP, and which stream belongs to which line."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.emulator.formats import Identity
from stagedoor.emulator.lines import MID_EXTENSION, Line
from stagedoor.rtc.aiortc_seams import Certificate
from stagedoor.rtc.lite import LiteAgent
from stagedoor.rtc.rtp import Rtp, extension_value
from stagedoor.rtc.sdp.offer import RemoteTransport
from stagedoor.rtc.transport import MediaTransport, TransportEvents

logger = logging.getLogger(__name__)

CLOSE_WITHIN = 1.0
_MOST_STREAMS = 256


class Loss:
    """Throws away a part of the RTP packets, the same ones for the same seed."""

    def __init__(self) -> None:
        self.fraction = 0.0
        self._random = Random(0)  # noqa: S311 - repeatable on purpose

    def set(self, fraction: float, seed: int) -> None:
        """Begin anew."""
        self.fraction = fraction
        self._random = Random(seed)  # noqa: S311

    def hits(self) -> bool:
        """Whether the next packet is lost."""
        return self.fraction > 0 and self._random.random() < self.fraction


@dataclass(frozen=True, slots=True)
class ConnectionEvents:
    """What a connection tells its session, always on the loop."""

    rtp: Callable[[bytes], None]
    rtcp: Callable[[bytes], None]
    ready: Callable[[], None]
    lost: Callable[[str], None]


class Connection:
    """Owns the transport, once the other side is known."""

    def __init__(
        self, agent: LiteAgent, certificate: Certificate, events: ConnectionEvents, loss: Loss
    ) -> None:
        self.agent = agent
        self._certificate = certificate
        self._events = events
        self._loss = loss
        self._transport: MediaTransport | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def is_started(self) -> bool:
        """Whether the other side is known."""
        return self._transport is not None

    @property
    def is_open(self) -> bool:
        """Whether media can flow."""
        return self._transport is not None and self._transport.is_open

    def start(self, remote: RemoteTransport) -> None:
        """Wait for the other side to connect, and shake hands."""
        if self._transport is not None or self._closed:
            return
        events = TransportEvents(self._rtp, self._events.rtcp, self._events.ready, self._events.lost)
        self._transport = MediaTransport(remote, self.agent.attach, self._certificate, events)
        self._task = asyncio.get_running_loop().create_task(self._transport.run())
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a connection failed", exc_info=error)
            self._events.lost("an error of ours, see the log")

    def _rtp(self, data: bytes) -> None:
        if not self._loss.hits():
            self._events.rtp(data)

    def send_rtp(self, data: bytes) -> None:
        """Send a packet; nothing before the handshake."""
        if self._transport is not None and not self._loss.hits():
            self._transport.send_rtp(data)

    def send_rtcp(self, data: bytes) -> None:
        """The same for RTCP, which is never lost."""
        if self._transport is not None:
            self._transport.send_rtcp(data)

    async def aclose(self) -> None:
        """Say goodbye and forget; idempotent, within a second."""
        if self._closed:
            return
        self._closed = True
        if self._transport is None:
            await self.agent.aclose()
            return
        tasks = () if self._task is None else (self._task,)
        for task in tasks:
            task.cancel()
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._transport.aclose()
                await cancel_and_wait(*tasks)
        except TimeoutError:
            logger.warning("a connection did not close in time")


class Router:
    """Finds a packet's line by stream, else by MID, else by what was announced, else by payload type."""

    def __init__(self) -> None:
        self._by_ssrc: dict[int, Line] = {}

    def find(self, packet: Rtp, lines: list[Line]) -> tuple[Line, Identity] | None:
        """The line of a packet, and what it carries; None if it fits nowhere."""
        line = self._by_ssrc.get(packet.ssrc)
        if line is None or not line.receives:
            line = next((each for each in lines if each.receives and _fits(packet, each)), None)
            if line is None:
                line = _only_one(packet, lines)
            if line is None or len(self._by_ssrc) >= _MOST_STREAMS:
                return None
            self._by_ssrc[packet.ssrc] = line
        meaning = line.meaning.get(packet.payload_type)
        return None if meaning is None else (line, meaning)


def _fits(packet: Rtp, line: Line) -> bool:
    number = line.extensions.get(MID_EXTENSION)
    mid = extension_value(packet, number) if number is not None and packet.extension else None
    if mid is not None:
        return mid == line.mid.encode()
    return packet.ssrc in line.ssrcs or packet.ssrc in line.retransmissions


def _only_one(packet: Rtp, lines: list[Line]) -> Line | None:
    fitting = [line for line in lines if line.receives and packet.payload_type in line.meaning]
    return fitting[0] if len(fitting) == 1 else None
