"""A viewer's connection (draft-ietf-wish-whep): a path's packets are sent as they are."""

import asyncio
import secrets
import time
from collections.abc import Callable

from aiortc.rtp import RtcpByePacket

from stagedoor.domain.errors import NegotiationError
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.peer import Peer, media_sections
from stagedoor.rtc.rtcp import parse_rtcp
from stagedoor.rtc.sdp.answer import Accepted, LocalSource, write_answer
from stagedoor.rtc.sdp.formats import Choice, usable
from stagedoor.rtc.sdp.offer import Offer, Section, parse_offer
from stagedoor.rtc.send.line import Line, PathClock
from stagedoor.rtc.transport import TransportEvents

REPORT_EVERY = 1.0
"""Seconds between sender reports."""
SILENT_AFTER = 9.0
"""Seconds without a word from the viewer after which it is gone."""


class WhepPeer:
    """One viewer.

    Args:
        offer: What it can receive.
        tracks: The path's tracks as they are now.
        on_key_frame_wanted: Called for each request of the viewer; the path limits how often one goes up.
        on_closed: Called once when the viewer is gone, with the reason.
        settings: Addresses and ports.
    """

    def __init__(
        self,
        offer: Offer,
        tracks: dict[Kind, Track],
        on_key_frame_wanted: Callable[[], None],
        on_closed: Callable[[str], None],
        settings: PeerSettings,
    ) -> None:
        self._offer = offer
        self._on_key_frame_wanted = on_key_frame_wanted
        self._peer = Peer(offer, settings, on_closed)
        self._cname = secrets.token_hex(8)
        self._chosen = _choose(offer, tracks)
        self._lines: dict[Kind, Line] = {}
        self._clock = PathClock()
        self._heard = time.monotonic()
        self.ready = asyncio.Event()
        self.answer_sdp = ""

    @classmethod
    async def answer(
        cls,
        offer: str,
        *,
        tracks: dict[Kind, Track],
        on_key_frame_wanted: Callable[[], None],
        on_closed: Callable[[str], None],
        settings: PeerSettings,
    ) -> "WhepPeer":
        """Answer an offer and begin to connect.

        Raises:
            BadOfferError: The offer cannot be read.
            NegotiationError: It cannot receive what the path carries.
            CapacityError: No UDP port is free.
        """
        peer = cls(parse_offer(offer), tracks, on_key_frame_wanted, on_closed, settings)
        try:
            await peer._open()
        except BaseException:
            await peer.aclose()
            raise
        return peer

    async def _open(self) -> None:
        events = TransportEvents(_ignore, self._on_rtcp, self._is_ready, self._peer.lose)
        await self._peer.open([section for section, _ in self._chosen], lambda _section: events)
        accepted = [self._accept(section, choice) for section, choice in self._chosen]
        self.answer_sdp = write_answer(self._offer, accepted, self._peer.session_id)
        self._peer.start()
        self._peer.own(self._report_regularly())

    def _accept(self, section: Section, choice: Choice) -> Accepted:
        transport = self._peer.transport(section)
        line = Line(choice, self._cname, transport, self._clock)
        self._lines[choice.codec.kind] = line
        source = LocalSource(line.sender.ssrc, line.sender.rtx_ssrc, self._cname, "stagedoor")
        return Accepted(section, choice, transport.local(), extensions=(), source=source)

    def _is_ready(self) -> None:
        self._heard = time.monotonic()
        if self._peer.is_connected:
            self.ready.set()

    def write(self, packet: Packet) -> None:
        """Send one frame, if the viewer takes its kind and codec; before `ready` it is dropped."""
        line = self._lines.get(packet.track.kind)
        if line is None or line.choice.codec is not packet.track.codec or not self.ready.is_set():
            return
        line.write(packet)
        if self._clock.begin(packet):
            self._send_reports()

    def _send_reports(self) -> None:
        for line in self._lines.values():
            line.report()

    async def _report_regularly(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY)
            self._send_reports()
            if self.ready.is_set() and time.monotonic() - self._heard > SILENT_AFTER:
                self._peer.lose("the viewer has vanished")
                return

    def _on_rtcp(self, data: bytes) -> None:
        self._heard = time.monotonic()
        for packet in parse_rtcp(data):
            if isinstance(packet, RtcpByePacket):
                continue
            for line in self._lines.values():
                if line.feedback(packet):
                    self._on_key_frame_wanted()

    @property
    def etag(self) -> str:
        """Names the ICE session in force."""
        return self._peer.etag

    async def patch(self, fragment: str, if_match: str | None) -> tuple[str | None, str]:
        """Trickle ICE, or an ICE restart; see `Peer.patch`."""
        return await self._peer.patch(fragment, if_match)

    async def aclose(self) -> None:
        """Say goodbye and end the connection; idempotent, within a second."""
        for line in self._lines.values():
            line.end(said=self.ready.is_set())
        self.ready.clear()
        await self._peer.aclose()


def _ignore(_data: bytes) -> None:
    """A viewer sends no media."""


def _choose(offer: Offer, tracks: dict[Kind, Track]) -> list[tuple[Section, Choice]]:
    """A section and a format for each track that the offer asks for.

    Raises:
        NegotiationError: A section asks for a kind that the path has in another codec.
    """
    chosen: list[tuple[Section, Choice]] = []
    seen: set[str] = set()
    for section in media_sections(offer):
        track = tracks.get(Kind(section.kind))
        if track is None or section.kind in seen or not section.receives:
            continue
        fitting = [choice for choice in usable(section) if choice.codec is track.codec]
        if not fitting:
            raise NegotiationError(
                f"the path carries {track.codec}, which the offer does not include",
                hint=f"Offer {track.codec}, or read the path in another way.",
            )
        seen.add(section.kind)
        chosen.append((section, _closest(fitting, track)))
    if not chosen:
        raise NegotiationError("the offer asks for nothing that the path has", code="nothing_in_common")
    return chosen


def _closest(choices: list[Choice], track: Track) -> Choice:
    """For H.264 the format whose profile is the track's own, if one is offered (RFC 6184 section 8.1)."""
    if track.codec is not Codec.H264:
        return choices[0]
    at = track.extradata.find(b"\x00\x00\x01\x67")
    profile = track.extradata[at + 4 : at + 5].hex() if at >= 0 else ""
    for choice in choices:
        if profile and choice.format.parameters.get("profile-level-id", "").lower().startswith(profile):
            return choice
    return choices[0]
