"""A publisher's connection (the media of RFC 9725): its offer is answered, its frames go to a sink."""

import asyncio
import itertools
import struct
import time
from dataclasses import dataclass
from typing import Protocol

from aiortc.rtp import RtcpByePacket, RtcpReceiverInfo, RtcpSrPacket

from stagedoor.domain.errors import NegotiationError
from stagedoor.media.packets import Kind, Packet
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.peer import Peer, media_sections
from stagedoor.rtc.receive.bandwidth import EARLY_INTERVAL, EARLY_TIMES, INTERVAL, Bandwidth, Came
from stagedoor.rtc.receive.clock import GuestClock
from stagedoor.rtc.receive.track import TICK, TrackReceiver, TrackReport
from stagedoor.rtc.rtcp import nack, parse_rtcp, picture_loss, receiver_report, remb, resync_request
from stagedoor.rtc.rtp import Rtp, extension_value, parse_rtp
from stagedoor.rtc.sdp.answer import MID_EXTENSION, Accepted, write_answer
from stagedoor.rtc.sdp.formats import Choice, usable
from stagedoor.rtc.sdp.offer import Offer, Section, parse_offer
from stagedoor.rtc.transport import MediaTransport, TransportEvents

_OWN_SSRC = 1
_OSN = struct.Struct("!H")


class MediaSink(Protocol):
    """Where a publisher's frames go; both are called on the loop and do not wait."""

    def on_packet(self, packet: Packet) -> None:
        """One frame."""

    def on_closed(self, reason: str) -> None:
        """The connection is of no use any more."""


@dataclass(frozen=True, slots=True)
class PeerReport:
    """What is known of a publisher's connection.

    Attributes:
        av_offset_ms: Sound minus picture as they leave, by the sender's clock.
        allowed_bitrate: What the sender may use, bits a second.
    """

    connected: bool
    tracks: dict[Kind, TrackReport]
    round_trip_ms: float | None
    av_offset_ms: float | None
    allowed_bitrate: int


@dataclass(frozen=True, slots=True)
class _Incoming:
    section: Section
    receiver: TrackReceiver


class WhipPeer:
    """One publisher.

    The first sending section of each kind is taken, with the first of its codecs that we carry; others are
    refused. Streams are told apart by SSRC, else by MID (RFC 9143 section 9.2), else by payload type.
    """

    def __init__(self, offer: Offer, sink: MediaSink, settings: PeerSettings, max_bitrate: int) -> None:
        self._offer = offer
        self._sink = sink
        self._peer = Peer(offer, settings, sink.on_closed)
        self._clock = GuestClock()
        self._bandwidth = Bandwidth(max_bitrate)
        self._incoming = self._choose(offer)
        self._by_ssrc: dict[int, _Incoming] = {}
        self._rtx: dict[int, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.answer_sdp = ""

    @classmethod
    async def answer(
        cls, offer: str, *, sink: MediaSink, settings: PeerSettings, max_bitrate: int
    ) -> "WhipPeer":
        """Answer an offer and begin to connect.

        Raises:
            BadOfferError: The offer cannot be read.
            NegotiationError: Nothing in it can be carried.
            CapacityError: No UDP port is free.
        """
        peer = cls(parse_offer(offer), sink, settings, max_bitrate)
        try:
            await peer._open()
        except BaseException:
            await peer.aclose()
            raise
        return peer

    def _choose(self, offer: Offer) -> dict[Kind, _Incoming]:
        chosen: dict[Kind, _Incoming] = {}
        for section in media_sections(offer):
            kind = Kind(section.kind)
            if kind in chosen or not section.sends:
                continue
            if choices := usable(section):
                receiver = TrackReceiver(choices[0], self._clock, self._sink.on_packet)
                chosen[kind] = _Incoming(section, receiver)
        if not chosen:
            raise NegotiationError(
                "the offer has no codec that can be carried", hint="Offer H.264, VP8, VP9, AV1 or Opus."
            )
        return chosen

    async def _open(self) -> None:
        sections = [each.section for each in self._incoming.values()]
        await self._peer.open(sections, lambda _section: self._events())
        for incoming in self._incoming.values():
            section = incoming.section
            for rtx, primary in section.retransmissions.items():
                self._rtx[rtx] = primary
            for ssrc in section.ssrcs:
                if ssrc not in section.retransmissions:
                    self._by_ssrc[ssrc] = incoming
        accepted = [self._accepted(each) for each in self._incoming.values()]
        self.answer_sdp = write_answer(self._offer, accepted, self._peer.session_id)
        self._peer.start()
        self._peer.own(self._report_regularly())

    def _accepted(self, incoming: _Incoming) -> Accepted:
        transport = self._peer.transport(incoming.section).local()
        return Accepted(
            incoming.section,
            incoming.receiver.choice,
            transport,
            start_bitrate=min(self._bandwidth.most, 2_500_000),
        )

    def _events(self) -> TransportEvents:
        return TransportEvents(self._on_rtp, self._on_rtcp, self._send_estimate, self._peer.lose)

    # What comes in

    def _on_rtp(self, data: bytes) -> None:
        packet = parse_rtp(data)
        if packet is None:
            return
        now = time.monotonic()
        incoming = self._by_ssrc.get(packet.ssrc)
        if incoming is None or packet.payload_type != incoming.receiver.choice.format.payload_type:
            incoming = self._on_unusual(packet, now)
            if incoming is None:
                return
        receiver = incoming.receiver
        if receiver.ssrc != packet.ssrc and not self._bind(incoming, packet.ssrc, now):
            return
        receiver.packet(packet, now)
        if receiver.needs_tick and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    def _on_unusual(self, packet: Rtp, now: float) -> _Incoming | None:
        """A retransmission, or the first packet of a stream that the offer did not announce by SSRC."""
        incoming = self._by_ssrc.get(packet.ssrc) or self._find(packet)
        if incoming is None:
            return None
        choice = incoming.receiver.choice
        if packet.payload_type == choice.format.payload_type:
            return incoming
        if (
            choice.rtx is not None
            and packet.payload_type == choice.rtx.payload_type
            and len(packet.payload) > 2
        ):
            (sequence,) = _OSN.unpack_from(packet.payload)
            incoming.receiver.repaired(sequence, packet.timestamp, packet.marker, packet.payload[2:], now)
        return None

    def _find(self, packet: Rtp) -> _Incoming | None:
        primary = self._rtx.get(packet.ssrc)
        if primary is not None:
            return self._by_ssrc.get(primary)
        for incoming in self._incoming.values():
            number = incoming.section.extensions.get(MID_EXTENSION)
            mid = extension_value(packet, number) if number is not None else None
            if mid is not None and mid.decode("ascii", "replace") == incoming.section.mid:
                return incoming
            if mid is None and packet.payload_type in incoming.receiver.choice.payload_types:
                return incoming
        return None

    def _bind(self, incoming: _Incoming, ssrc: int, now: float) -> bool:
        if not incoming.receiver.bind(ssrc, now):
            return False
        self._by_ssrc = {known: each for known, each in self._by_ssrc.items() if each is not incoming}
        self._by_ssrc[ssrc] = incoming
        self._transport(incoming).send_rtcp(resync_request(_OWN_SSRC, ssrc))
        return True

    def _on_rtcp(self, data: bytes) -> None:
        now = time.monotonic()
        for packet in parse_rtcp(data):
            if isinstance(packet, RtcpSrPacket) and (incoming := self._by_ssrc.get(packet.ssrc)):
                info, choice = packet.sender_info, incoming.receiver.choice
                incoming.receiver.last_report = (info.ntp_timestamp, now)
                self._clock.report(
                    incoming.receiver.kind, choice.clock_rate, info.ntp_timestamp, info.rtp_timestamp
                )
            elif isinstance(packet, RtcpByePacket) and self._all_left(packet.sources):
                self._peer.lose("the other side hung up")

    def _all_left(self, sources: list[int]) -> bool:
        bound = {each.receiver.ssrc for each in self._incoming.values() if each.receiver.ssrc is not None}
        return bool(bound) and bound <= set(sources)

    # What goes out

    def _transport(self, incoming: _Incoming) -> MediaTransport:
        return self._peer.transport(incoming.section)

    def _tick(self) -> None:
        self._timer = None
        now = time.monotonic()
        goes_on = False
        for incoming in self._incoming.values():
            receiver = incoming.receiver
            if receiver.ssrc is None or not receiver.needs_tick:
                continue
            missing, key_frame = receiver.tick(now)
            if missing and self._repairs(receiver.choice):
                self._transport(incoming).send_rtcp(nack(_OWN_SSRC, receiver.ssrc, missing))
            if key_frame:
                self._transport(incoming).send_rtcp(picture_loss(_OWN_SSRC, receiver.ssrc))
            goes_on = goes_on or receiver.needs_tick
        if goes_on:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    @staticmethod
    def _repairs(choice: Choice) -> bool:
        return "nack" in choice.format.feedback

    async def _report_regularly(self) -> None:
        for number in itertools.count():
            elapsed = EARLY_INTERVAL if number < EARLY_TIMES else INTERVAL
            await asyncio.sleep(elapsed)
            now = time.monotonic()
            lost = due = size = 0
            delay: float | None = None
            for kind, incoming in self._incoming.items():
                incoming.receiver.adapt((self._peer.round_trip_ms or 0.0) / 1000)
                incoming.receiver.statistics.sample(now)
                came = incoming.receiver.statistics.interval()
                lost, due, size = lost + came.lost, due + came.due, size + came.bytes
                if kind is Kind.VIDEO:
                    delay = came.delay
            self._bandwidth.update(elapsed, Came(size, lost / due if due else 0.0, delay))
            self._send_estimate()

    def _send_estimate(self) -> None:
        """A receiver report for each stream, and what the sender may use."""
        now = time.monotonic()
        for incoming in self._incoming.values():
            receiver = incoming.receiver
            known = [receiver.ssrc] if receiver.ssrc is not None else incoming.section.ssrcs[:1]
            if not known:
                continue
            report = receiver_report(_OWN_SSRC, [self._block(receiver, now)] if receiver.ssrc else [])
            if receiver.kind is Kind.VIDEO:
                report += remb(_OWN_SSRC, self._bandwidth.allowed, known)
            self._transport(incoming).send_rtcp(report)

    @staticmethod
    def _block(receiver: TrackReceiver, now: float) -> RtcpReceiverInfo:
        counted = receiver.statistics
        lsr, dlsr = 0, 0
        if receiver.last_report is not None:
            ntp, when = receiver.last_report
            lsr, dlsr = (ntp >> 16) & 0xFFFFFFFF, min(int((now - when) * 65536), 0xFFFFFFFF)
        return RtcpReceiverInfo(
            ssrc=receiver.ssrc or 0,
            fraction_lost=counted.fraction_lost(),
            packets_lost=min(counted.lost, 0x7FFFFF),
            highest_sequence=counted.highest & 0xFFFFFFFF,
            jitter=int(counted.jitter),
            lsr=lsr,
            dlsr=dlsr,
        )

    def request_key_frame(self) -> None:
        """Ask the sender for a key frame of its picture; the caller limits how often."""
        incoming = self._incoming.get(Kind.VIDEO)
        if incoming is not None and incoming.receiver.ssrc is not None:
            self._transport(incoming).send_rtcp(picture_loss(_OWN_SSRC, incoming.receiver.ssrc))

    # The session

    @property
    def etag(self) -> str:
        """Names the ICE session in force (RFC 9725 section 4.3.1)."""
        return self._peer.etag

    async def patch(self, fragment: str, if_match: str | None) -> tuple[str | None, str]:
        """Trickle ICE, or an ICE restart; see `Peer.patch`."""
        return await self._peer.patch(fragment, if_match)

    def report(self) -> PeerReport:
        """What is known now."""
        now = time.monotonic()
        return PeerReport(
            self._peer.is_connected,
            {kind: each.receiver.report(now) for kind, each in self._incoming.items()},
            self._peer.round_trip_ms,
            self._clock.av_offset_ms(),
            self._bandwidth.allowed,
        )

    async def aclose(self) -> None:
        """End the connection; idempotent, within a second."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._peer.aclose()
