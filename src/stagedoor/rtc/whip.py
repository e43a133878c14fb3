"""A publisher's connection (the media of RFC 9725): its offer is answered, its frames go to a sink."""

import asyncio
import itertools
import time
from dataclasses import dataclass
from typing import Protocol

from aiortc.rtp import RtcpByePacket, RtcpSrPacket

from stagedoor.media.packets import Kind, Packet
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.peer import Peer, sent_sections
from stagedoor.rtc.receive.bandwidth import EARLY_INTERVAL, EARLY_TIMES, INTERVAL, Bandwidth, Came
from stagedoor.rtc.receive.clock import GuestClock
from stagedoor.rtc.receive.streams import Incoming, Streams
from stagedoor.rtc.receive.track import TICK, TrackReceiver, TrackReport
from stagedoor.rtc.rtcp import nack, parse_rtcp, picture_loss, receiver_report, remb, resync_request
from stagedoor.rtc.rtp import parse_rtp
from stagedoor.rtc.sdp.answer import Accepted, write_answer
from stagedoor.rtc.sdp.offer import Offer, parse_offer
from stagedoor.rtc.transport import MediaTransport, TransportEvents

_OWN_SSRC = 1
REMB = "goog-remb"
"""Whoever offers it is libwebrtc, or knows its ways: it is told an estimate, and asked for sender reports.
GStreamer does not, and stops sending when it is asked."""


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


class WhipPeer:
    """One publisher.

    The first sending section of each kind is taken, with the first of its codecs that we carry; others are
    refused.
    """

    def __init__(
        self, offer: Offer, sink: MediaSink, settings: PeerSettings, most: int, clock: GuestClock
    ) -> None:
        self._sink = sink
        self._peer = Peer(offer, settings, sink.on_closed)
        self._clock = clock
        self._bandwidth = Bandwidth(most)
        self._streams = Streams(self._choose(offer))
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self.answer_sdp = ""

    @classmethod
    async def answer(
        cls,
        offer: str,
        *,
        sink: MediaSink,
        settings: PeerSettings,
        max_bitrate: int,
        clock: GuestClock | None = None,
    ) -> "WhipPeer":
        """Answer an offer and begin to connect.

        Args:
            offer: SDP of a publisher, or of an SFU that has its tracks.
            sink: Where its frames go.
            settings: Addresses and ports.
            max_bitrate: Bits a second that its picture may use.
            clock: That of an earlier connection of the same guest, whose times go on; None for a new one.

        Raises:
            BadOfferError: The offer cannot be read.
            NegotiationError: Nothing in it can be carried.
            CapacityError: No UDP port is free.
        """
        parsed = parse_offer(offer)
        peer = cls(parsed, sink, settings, max_bitrate, clock or GuestClock())
        try:
            await peer._open(parsed)
        except BaseException:
            await peer.aclose()
            raise
        return peer

    def _choose(self, offer: Offer) -> dict[Kind, Incoming]:
        return {
            kind: Incoming(section, TrackReceiver(choice, self._clock, self._sink.on_packet))
            for kind, (section, choice) in sent_sections(offer).items()
        }

    async def _open(self, offer: Offer) -> None:
        sections = [each.section for each in self._streams]
        await self._peer.open(sections, lambda _section: self._events())
        self._answer(offer)
        self._peer.start()
        self._peer.own(self._report_regularly())

    def _answer(self, offer: Offer) -> None:
        accepted = [self._accepted(each) for each in self._streams]
        self.answer_sdp = write_answer(offer, accepted, self._peer.session_id)

    def reoffer(self, text: str) -> str:
        """Answer a later offer of the same session: what is new of it is taken, what was taken goes on.

        Raises:
            BadOfferError: It cannot be read, or has a section outside the bundle.
            NegotiationError: Nothing in it can be carried.
        """
        offer = parse_offer(text)
        self._peer.adopt(offer)
        merged = {}
        for kind, incoming in self._choose(offer).items():
            known = self._streams.of_kind(kind)
            if known is not None and known.receiver.choice.codec is incoming.receiver.choice.codec:
                known.receiver.choice = incoming.receiver.choice
                incoming = Incoming(incoming.section, known.receiver)
            merged[kind] = incoming
        self._streams.merge(merged)
        self._answer(offer)
        return self.answer_sdp

    def takes(self, kind: Kind) -> bool:
        """Whether an answer has taken a section of this kind."""
        return self._streams.of_kind(kind) is not None

    @property
    def _knows_google(self) -> bool:
        return any(REMB in each.receiver.choice.format.feedback for each in self._streams)

    @property
    def received_bytes(self) -> int:
        """Of media, as it came over the wire."""
        return self._peer.received_bytes

    def _accepted(self, incoming: Incoming) -> Accepted:
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
        incoming = self._streams.take(packet, now)
        if incoming is None:
            return
        receiver = incoming.receiver
        if receiver.ssrc != packet.ssrc and not self._bind(incoming, packet.ssrc, now):
            return
        receiver.packet(packet, now)
        if receiver.needs_tick and self._timer is None and not self._closed:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    def _bind(self, incoming: Incoming, ssrc: int, now: float) -> bool:
        if not self._streams.bind(incoming, ssrc, now):
            return False
        if self._knows_google:
            self._transport(incoming).send_rtcp(resync_request(_OWN_SSRC, ssrc))
        return True

    def _on_rtcp(self, data: bytes) -> None:
        now = time.monotonic()
        for packet in parse_rtcp(data):
            if isinstance(packet, RtcpSrPacket) and (incoming := self._streams.of_ssrc(packet.ssrc)):
                info, choice = packet.sender_info, incoming.receiver.choice
                incoming.receiver.last_report = (info.ntp_timestamp, now)
                self._clock.report(
                    incoming.receiver.kind, choice.clock_rate, info.ntp_timestamp, info.rtp_timestamp
                )
            elif isinstance(packet, RtcpByePacket) and self._streams.all_in(packet.sources):
                self._peer.lose("the other side hung up")

    # What goes out

    def _transport(self, incoming: Incoming) -> MediaTransport:
        return self._peer.transport(incoming.section)

    def _tick(self) -> None:
        self._timer = None
        now = time.monotonic()
        goes_on = False
        for incoming in self._streams:
            receiver = incoming.receiver
            if receiver.ssrc is None or not receiver.needs_tick:
                continue
            missing, key_frame = receiver.tick(now)
            if missing and receiver.choice.repairs:
                self._transport(incoming).send_rtcp(nack(_OWN_SSRC, receiver.ssrc, missing))
            if key_frame:
                self._transport(incoming).send_rtcp(picture_loss(_OWN_SSRC, receiver.ssrc))
            goes_on = goes_on or receiver.needs_tick
        if goes_on:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    async def _report_regularly(self) -> None:
        before = time.monotonic()
        for number in itertools.count():
            await asyncio.sleep(EARLY_INTERVAL if number < EARLY_TIMES else INTERVAL)
            now = time.monotonic()
            # Longer than the sleep where the machine is busy: what came must not look like a higher rate.
            elapsed, before = now - before, now
            lost = due = size = 0
            delay: float | None = None
            for incoming in self._streams:
                incoming.receiver.adapt((self._peer.round_trip_ms or 0.0) / 1000)
                incoming.receiver.statistics.sample(now)
                came = incoming.receiver.statistics.interval()
                lost, due, size = lost + came.lost, due + came.due, size + came.bytes
                if incoming.receiver.kind is Kind.VIDEO:
                    delay = came.delay
            self._bandwidth.update(elapsed, Came(size, lost / due if due else 0.0, delay))
            self._send_estimate()

    def _send_estimate(self) -> None:
        """A receiver report for each stream, and what the sender may use."""
        now = time.monotonic()
        for incoming in self._streams:
            receiver = incoming.receiver
            known = [receiver.ssrc] if receiver.ssrc is not None else incoming.section.ssrcs[:1]
            if not known:
                continue
            report = receiver_report(_OWN_SSRC, receiver.report_blocks(now))
            if receiver.kind is Kind.VIDEO and self._knows_google:
                report += remb(_OWN_SSRC, self._bandwidth.allowed, known)
            self._transport(incoming).send_rtcp(report)

    def request_key_frame(self) -> None:
        """Ask the sender for a key frame of its picture; the caller limits how often."""
        incoming = self._streams.of_kind(Kind.VIDEO)
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
            {each.receiver.kind: each.receiver.report(now) for each in self._streams},
            self._peer.round_trip_ms,
            self._clock.av_offset_ms(),
            self._bandwidth.allowed,
        )

    async def aclose(self) -> None:
        """End the connection; idempotent, within a second."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._peer.aclose()
