"""What publishers' and viewers' connections have in common: transports, trickle, tasks, closing."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.errors import BadOfferError, NegotiationError, PreconditionError
from stagedoor.media.packets import Kind
from stagedoor.rtc.aiortc_seams import Certificate
from stagedoor.rtc.ice import IceTransport, PeerSettings
from stagedoor.rtc.sdp.formats import Choice, usable
from stagedoor.rtc.sdp.fragment import parse_fragment
from stagedoor.rtc.sdp.offer import Offer, Section
from stagedoor.rtc.transport import MediaTransport, TransportEvents

logger = logging.getLogger(__name__)

CLOSE_WITHIN = 1.0
"""Seconds that saying goodbye may take."""


class Peer:
    """The transports of one connection: one if the offer bundles (RFC 9143), else one for each section.

    Args:
        offer: The other side's offer.
        settings: Addresses and ports.
        on_lost: Called once when the connection is of no use any more, with the reason.
    """

    def __init__(self, offer: Offer, settings: PeerSettings, on_lost: Callable[[str], None]) -> None:
        self._offer = offer
        self._settings = settings
        self._on_lost = on_lost
        self._certificate = Certificate.generateCertificate()
        self._transports: dict[str, MediaTransport] = {}
        self._order: list[MediaTransport] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_lost = False
        self._closed = False
        self.session_id = secrets.randbits(62)

    async def open(self, sections: list[Section], events: Callable[["Section"], TransportEvents]) -> None:
        """Make the transports that `sections` need and gather their candidates.

        Raises:
            CapacityError: No UDP port is free.
            BadOfferError: A candidate or the bundle cannot be read.
        """
        by_mid = {section.mid: section for section in self._offer.sections if section.mid}
        for section in sections:
            is_bundled = section.mid in self._offer.bundle
            tagged = by_mid.get(self._offer.bundle[0]) if is_bundled else section
            if tagged is None:
                raise BadOfferError("the bundle names a section that is not there")
            key = tagged.mid if is_bundled else f"#{id(section)}"
            if key not in self._transports:
                self._add_transport(key, tagged, events(section))
                await self._transports[key].gather()
            self._transports[f"section {id(section)}"] = self._transports[key]

    def adopt(self, offer: Offer) -> None:
        """Take a later offer of the same session, whose sections all go over the first transport.

        Raises:
            BadOfferError: A section is outside the bundle.
        """
        if any(section.mid not in offer.bundle for section in media_sections(offer)):
            raise BadOfferError("a later offer has a section outside the bundle")
        self._offer = offer
        first = self._order[0]
        self._transports |= {f"section {id(section)}": first for section in offer.sections}

    def _add_transport(self, key: str, tagged: Section, events: TransportEvents) -> None:
        remote = tagged.transport
        for other in self._offer.sections:
            if other is not tagged and other.transport.ufrag == remote.ufrag:
                remote.candidates += other.transport.candidates
        if (
            not remote.ufrag
            or not remote.fingerprints
            or remote.setup not in ("actpass", "active", "passive")
        ):
            raise BadOfferError("the first section of the bundle has no transport")
        # Against an ICE lite agent we are the one that asks.
        dials = self._offer.ice_lite
        ice = partial(IceTransport, self._settings, controlling=dials)
        transport = MediaTransport(remote, ice, self._certificate, events, dials=dials)
        self._transports[key] = transport
        self._order.append(transport)

    def transport(self, section: Section) -> MediaTransport:
        """The transport that a section's media goes over."""
        return self._transports[f"section {id(section)}"]

    def start(self) -> None:
        """Connect, in tasks that `aclose` ends."""
        for transport in self._order:
            self.own(transport.run())

    def own(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something until it ends or the peer closes; a failure of it is a bug and loses the peer."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a connection failed", exc_info=error)
            self.lose("an error of ours, see the log")

    def lose(self, why: str) -> None:
        """Report the end of the connection, once."""
        if not self._is_lost and not self._closed:
            self._is_lost = True
            self._on_lost(why)

    @property
    def etag(self) -> str:
        """Names the ICE session in force."""
        return self._order[0].etag

    @property
    def is_connected(self) -> bool:
        """Whether every transport can carry media."""
        return bool(self._order) and all(each.is_open for each in self._order)

    @property
    def received_bytes(self) -> int:
        """Of media, as it came over the wire."""
        return sum(each.received_bytes for each in self._order)

    @property
    def round_trip_ms(self) -> float | None:
        """Of the first transport."""
        return self._order[0].round_trip_ms

    async def patch(self, text: str, if_match: str | None) -> tuple[str | None, str]:
        """Trickle ICE, or an ICE restart (RFC 9725 section 4.3).

        Returns:
            Our fragment for a restart, else None; and the entity tag now in force.

        Raises:
            BadOfferError: The fragment cannot be read.
            PreconditionError: It belongs to an older ICE session.
        """
        fragment = parse_fragment(text)
        first = self._order[0]
        if if_match is not None and if_match.strip().strip('"') not in ("*", first.etag):
            raise PreconditionError(
                "the entity tag names an older ICE session", hint="Use the ETag of the last answer."
            )
        if not first.is_restart(fragment):
            await first.add_candidates(fragment)
            return None, first.etag
        if not fragment.pwd:
            raise BadOfferError("an ICE restart needs both ice-ufrag and ice-pwd")
        answer = await first.prepare_restart(fragment, self._first_mid())
        self.own(first.restart())
        return answer, first.etag

    def _first_mid(self) -> str:
        return self._offer.bundle[0] if self._offer.bundle else self._offer.sections[0].mid

    async def aclose(self) -> None:
        """End every task and close every socket; idempotent, bounded by a second."""
        if self._closed:
            return
        self._closed = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                # A handshake that has swallowed its cancellation ends with its socket.
                await asyncio.gather(*(transport.aclose() for transport in self._order))
                await cancel_and_wait(*tasks)
        except TimeoutError:
            logger.warning("a connection did not close in time")


def media_sections(offer: Offer) -> list[Section]:
    """The sections with sound or picture that are not switched off.

    Raises:
        NegotiationError: One is not encrypted, or has its RTCP on a port of its own (RFC 8834 section 4.5).
    """
    found = [
        s for s in offer.sections if s.kind in ("audio", "video") and (s.port != 0 or s.mid in offer.bundle)
    ]
    for section in found:
        if "SAVP" not in section.protocol:
            raise NegotiationError(
                "the offer's media is not encrypted", code="not_encrypted", hint="Offer UDP/TLS/RTP/SAVPF."
            )
        if not section.rtcp_mux:
            raise NegotiationError("RTCP must share the port of RTP (a=rtcp-mux)", code="no_rtcp_mux")
    return found


def sent_sections(offer: Offer) -> dict[Kind, tuple[Section, Choice]]:
    """The first sending section of each kind, with the first of its codecs that we carry.

    Raises:
        NegotiationError: There is none, or one is not encrypted.
    """
    found: dict[Kind, tuple[Section, Choice]] = {}
    for section in media_sections(offer):
        kind = Kind(section.kind)
        if kind not in found and section.sends and (choices := usable(section)):
            found[kind] = (section, choices[0])
    if not found:
        raise NegotiationError(
            "the offer has no codec that can be carried", hint="Offer H.264, VP8, VP9, AV1 or Opus."
        )
    return found
