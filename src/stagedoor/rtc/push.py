"""A connection that we offer ourselves: tracks of the hub go to an SFU."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from functools import partial

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.errors import BadOfferError
from stagedoor.media.packets import Packet, Track
from stagedoor.rtc.aiortc_seams import Certificate
from stagedoor.rtc.ice import IceTransport, PeerSettings
from stagedoor.rtc.peer import CLOSE_WITHIN
from stagedoor.rtc.rtcp import parse_rtcp
from stagedoor.rtc.sdp.answer import LocalSource
from stagedoor.rtc.sdp.offer import RemoteTransport, Section, parse_offer
from stagedoor.rtc.sdp.own_offer import OwnSection, own_choice, write_own_offer
from stagedoor.rtc.send.line import Line, PathClock
from stagedoor.rtc.transport import MediaTransport, TransportEvents

logger = logging.getLogger(__name__)

REPORT_EVERY = 1.0
"""Seconds between sender reports."""


class PushPeer:
    """One bundled transport to an SFU, to which tracks are added while it lives.

    Args:
        settings: Addresses and ports.
        on_key_frame_wanted: Called with the mid of a track for each request for a key frame of it.
        on_lost: Called once when the connection is of no use any more, with the reason.
    """

    def __init__(
        self,
        settings: PeerSettings,
        on_key_frame_wanted: Callable[[str], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._on_key_frame_wanted = on_key_frame_wanted
        self._on_lost = on_lost
        events = TransportEvents(_ignore, self._on_rtcp, self._is_ready, self._lose)
        ice = partial(IceTransport, settings, controlling=True)
        self._transport = MediaTransport(
            RemoteTransport(), ice, Certificate.generateCertificate(), events, dials=True
        )
        self._session_id = secrets.randbits(62)
        self._version = 0
        self._sections: list[OwnSection] = []
        self._lines: dict[str, Line] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._is_lost = False
        self._closed = False
        self.ready = asyncio.Event()

    async def open(self) -> None:
        """Bind sockets.

        Raises:
            CapacityError: No UDP port is free.
        """
        await self._transport.gather()

    def add(self, track: Track) -> str:
        """Have a track in the next offer; returns its mid, by which its packets are written.

        Raises:
            NegotiationError: It is sound that WebRTC does not carry.
        """
        choice, mid = own_choice(track), str(len(self._sections))
        line = Line(choice, secrets.token_hex(8), self._transport, PathClock())
        source = LocalSource(line.sender.ssrc, line.sender.rtx_ssrc, line.cname, line.cname)
        self._sections.append(OwnSection(mid, choice, source))
        self._lines[mid] = line
        return mid

    def withdraw(self, mid: str) -> None:
        """Take the track back that was added last, whose offer was refused as a whole."""
        if self._sections and self._sections[-1].mid == mid:
            self._sections.pop()
            self._lines.pop(mid).end(said=False)

    def offer(self) -> str:
        """SDP with every track added so far."""
        self._version += 1
        return write_own_offer(self._session_id, self._version, self._transport.local(), self._sections)

    async def accept(self, text: str) -> None:
        """Take the answer to the newest offer; the first one begins to connect.

        Raises:
            BadOfferError: It cannot be read.
        """
        answer = parse_offer(text)
        if not self._tasks:
            first = next((each for each in answer.sections if each.transport.ufrag), None)
            if first is None:
                raise BadOfferError("the answer has no transport")
            await self._transport.accept(first.transport)
            loop = asyncio.get_running_loop()
            self._tasks = [loop.create_task(self._transport.run()), loop.create_task(self._report())]
        taken = {each.mid for each in answer.sections if _is_taken(each)}
        for mid in self._lines.keys() - taken:
            self._lines.pop(mid).end(said=False)

    def carries(self, mid: str) -> bool:
        """Whether the other side has taken a track."""
        return mid in self._lines

    def write(self, mid: str, packet: Packet) -> bool:
        """Send one frame of a track; False where the connection does not stand, or carries no such codec."""
        line = self._lines.get(mid)
        if line is None or not self.ready.is_set() or line.choice.codec is not packet.track.codec:
            return False
        line.write(packet)
        if line.clock.begin(packet):
            line.report()
        return True

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY)
            for line in self._lines.values():
                line.report()

    def _is_ready(self) -> None:
        self.ready.set()

    def _on_rtcp(self, data: bytes) -> None:
        for packet in parse_rtcp(data):
            for mid, line in self._lines.items():
                if line.feedback(packet):
                    self._on_key_frame_wanted(mid)

    def _lose(self, why: str) -> None:
        if not self._is_lost and not self._closed:
            self._is_lost = True
            self._on_lost(why)

    async def aclose(self) -> None:
        """Say goodbye and close the socket; idempotent, within a second."""
        if self._closed:
            return
        self._closed = True
        for line in self._lines.values():
            line.end(said=self.ready.is_set())
        for task in self._tasks:
            task.cancel()
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._transport.aclose()
                await cancel_and_wait(*self._tasks)
        except TimeoutError:
            logger.warning("a connection did not close in time")


def _is_taken(section: Section) -> bool:
    return section.port != 0 and section.direction in ("recvonly", "sendrecv") and bool(section.formats)


def _ignore(_data: bytes) -> None:
    """Nothing is received."""
