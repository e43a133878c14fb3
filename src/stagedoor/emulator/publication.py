"""A published track: one stream of a client, repaired, and passed on to whoever is subscribed."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from stagedoor.emulator.formats import Identity
from stagedoor.emulator.lines import Line
from stagedoor.emulator.sequence import Holes, Unwrapper
from stagedoor.rtc.receive.statistics import Statistics
from stagedoor.rtc.rtcp import SenderClock, nack, picture_loss, receiver_report, remb
from stagedoor.rtc.rtp import Rtp

OWN_SSRC = 1
KEY_FRAME_EVERY = 0.5
"""Seconds between two requests for a key frame; those in between are held back and become one."""
_LOOK_EVERY = 0.02


class Subscriber(Protocol):
    """Who is told of a publication's packets."""

    def packet(self, packet: Rtp, extended: int, carries: Identity) -> None:
        """One packet; `extended` never wraps."""

    def report(self, clock: SenderClock) -> None:
        """A sender report."""


class Publication:
    """One published track.

    Args:
        line: Where the client sends it.
        send_rtcp: To the client.

    Attributes:
        name: As the client calls it.
        poisoned: Whether what it sends is never passed on.
        closed: Whether it was closed, or has been silent for too long.
        flows: Set with its first packet.
        packets: That came so far.
    """

    def __init__(self, session_id: str, name: str, line: Line, send_rtcp: Callable[[bytes], None]) -> None:
        self.session_id = session_id
        self.name = name
        self.line = line
        self.kind = line.kind
        self.bidirectional = False
        self.poisoned = False
        self.closed = False
        self.flows = asyncio.Event()
        self.heard = time.monotonic()
        self.packets = 0
        self.key_frames_asked = 0
        self.ssrc: int | None = None
        self.newest_type: int | None = None
        self._send_rtcp = send_rtcp
        self._subscribers: list[Subscriber] = []
        self._begin()
        self._key_asked = 0.0
        self._key_wanted = False
        self._timer: asyncio.TimerHandle | None = None

    def _begin(self) -> None:
        self._unwrapper = Unwrapper()
        self._holes = Holes()
        self._statistics = Statistics(90000 if self.kind == "video" else 48000)
        self._last_report: tuple[int, float] | None = None

    @property
    def formats(self) -> list[Identity]:
        """What it may carry, what it carries now first."""
        known = self.line.meaning
        now = known.get(self.newest_type) if self.newest_type is not None else None
        rest = [each for each in known.values() if not each.repairs and each != now]
        return [now, *rest] if now is not None else rest

    def subscribe(self, subscriber: Subscriber) -> None:
        """Pass packets on to one more."""
        self._subscribers.append(subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Pass nothing on to it any more."""
        if subscriber in self._subscribers:
            self._subscribers.remove(subscriber)

    # What comes

    def packet(self, packet: Rtp, carries: Identity, now: float) -> None:
        """Take a packet of the client, retransmissions among them."""
        if carries.repairs:
            original = self._unwrapped(packet)
            if original is not None:
                self._media(original, carries._replace(repairs=False), now, is_repair=True)
            return
        if packet.ssrc != self.ssrc:
            self.ssrc = packet.ssrc
            self._begin()
        self._media(packet, carries, now, is_repair=False)

    def _unwrapped(self, packet: Rtp) -> Rtp | None:
        """The packet that a retransmission repeats (RFC 4588 section 4)."""
        number = packet.payload_type
        apt = next(f.parameters.get("apt") for f in self.line.formats if f.payload_type == number)
        if len(packet.payload) < 2 or apt is None or self.ssrc is None:
            return None
        sequence = int.from_bytes(packet.payload[:2], "big")
        return packet._replace(
            payload_type=int(apt), sequence=sequence, ssrc=self.ssrc, payload=packet.payload[2:]
        )

    def _media(self, packet: Rtp, carries: Identity, now: float, *, is_repair: bool) -> None:
        extended = self._unwrapper.unwrap(packet.sequence)
        if not self._holes.add(extended, now) or self.closed:
            return
        self.heard = now
        self.packets += 1
        if not is_repair and self._holes.highest is not None:
            self._statistics.packet(self._holes.highest, packet.timestamp, len(packet.payload), now)
        self.newest_type = packet.payload_type
        if not self.poisoned:
            self.flows.set()
            for each in tuple(self._subscribers):
                each.packet(packet, extended, carries)
        if self._holes and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._ask)

    def sender_report(self, clock: SenderClock, now: float) -> None:
        """Take the client's relation of time stamps to its clock."""
        self._last_report = (clock.ntp, now)
        for each in tuple(self._subscribers):
            each.report(clock)

    # What goes back

    def _ask(self) -> None:
        self._timer = None
        if self.closed or self.ssrc is None:
            return
        missing = [number & 0xFFFF for number in self._holes.due(time.monotonic())]
        if missing:
            self._send_rtcp(nack(OWN_SSRC, self.ssrc, missing))
        if self._holes:
            self._timer = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._ask)

    def request_key_frame(self) -> None:
        """Ask the client for a key frame, now or as soon as one may be asked for again."""
        self._key_wanted = self.kind == "video"
        self.beat(time.monotonic())

    def beat(self, now: float) -> None:
        """Send the request that was held back."""
        if self._key_wanted and self.ssrc is not None and now - self._key_asked >= KEY_FRAME_EVERY:
            self._key_asked, self._key_wanted = now, False
            self.key_frames_asked += 1
            self._send_rtcp(picture_loss(OWN_SSRC, self.ssrc))

    def feedback(self, now: float, bitrate: int) -> None:
        """Send a receiver report, and what the client may use if it knows such a message."""
        known = [self.ssrc] if self.ssrc is not None else self.line.ssrcs[:1]
        if self.closed or not known:
            return
        blocks = (
            [] if self.ssrc is None else [self._statistics.report_block(self.ssrc, self._last_report, now)]
        )
        report = receiver_report(OWN_SSRC, blocks)
        if any("goog-remb" in each.feedback for each in self.line.formats):
            report += remb(OWN_SSRC, bitrate, known)
        self._send_rtcp(report)

    def close(self) -> None:
        """Pass nothing on any more; idempotent."""
        self.closed = True
        self._subscribers.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
