"""One outgoing stream to a viewer: frames become packets, repeated on request, dated by the path's clock."""

import secrets
import time
from collections.abc import Callable

from stagedoor.media.packets import Packet
from stagedoor.media.rtp import payload_format
from stagedoor.rtc.rtcp import key_frame_wanted, lost_sequences, sender_report
from stagedoor.rtc.rtp import write_rtp
from stagedoor.rtc.sdp.formats import Choice

HISTORY = 1024
"""Packets kept for repair: more than the burst of a cached GOP."""
REPEAT_AFTER = 0.02
"""Seconds in which a packet is not sent again, however often it is asked for."""
_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970."""


def ntp_now() -> int:
    """The wall clock as a 64-bit NTP time stamp."""
    return int((time.time() + _NTP_EPOCH) * (1 << 32))


class TrackSender:
    """Sends one track.

    Args:
        choice: The codec and payload types of the answer.
        cname: Ties the streams of a path together (RFC 3550 section 6.5.1).
        send: Takes each RTP packet.
    """

    def __init__(self, choice: Choice, cname: str, send: Callable[[bytes], None]) -> None:
        self.choice = choice
        self.kind = choice.codec.kind
        self.ssrc = secrets.randbits(32) or 1
        self.rtx_ssrc = (secrets.randbits(32) or 1) if choice.rtx else None
        self._cname = cname
        self._send = send
        self._format = payload_format(choice.codec)
        self._sequence = secrets.randbits(15)
        self._rtx_sequence = secrets.randbits(15)
        self._origin = secrets.randbits(32)
        self._history: list[tuple[int, bytes] | None] = [None] * HISTORY
        self._repeated = [0.0] * HISTORY
        self._last_pts: int | None = None
        self._packets = 0
        self._octets = 0

    def write(self, packet: Packet) -> None:
        """Send one frame."""
        timestamp = (self._origin + packet.pts) & 0xFFFFFFFF
        payloads = self._format.split(packet.data)
        number = self.choice.format.payload_type
        last = len(payloads) - 1
        for index, payload in enumerate(payloads):
            data = write_rtp(number, index == last, self._sequence, timestamp, self.ssrc, payload)
            self._history[self._sequence % HISTORY] = (self._sequence, data)
            self._sequence = (self._sequence + 1) & 0xFFFF
            self._octets += len(payload)
            self._send(data)
        self._packets += len(payloads)
        self._last_pts = packet.pts

    def report(self, ntp_origin: int) -> bytes | None:
        """A sender report that dates the last frame by the path's clock, not by when it was sent.

        Args:
            ntp_origin: The NTP time stamp of the path's time 0, the same for all its tracks.
        """
        if self._last_pts is None:
            return None
        ntp = ntp_origin + (self._last_pts << 32) // self.choice.clock_rate
        timestamp = self._origin + self._last_pts
        return sender_report(self.ssrc, ntp, timestamp, self._packets, self._octets, self._cname)

    def feedback(self, packet: object) -> bool:
        """Take one RTCP packet of the viewer: repeat what it lacks; True if it wants a key frame."""
        for sequence in lost_sequences(packet, self.ssrc):
            self._repeat(sequence)
        return key_frame_wanted(packet, self.ssrc)

    def _repeat(self, sequence: int) -> None:
        place, now = sequence % HISTORY, time.monotonic()
        kept = self._history[place]
        if kept is None or kept[0] != sequence or now - self._repeated[place] < REPEAT_AFTER:
            return
        self._repeated[place] = now
        data = kept[1]
        if self.choice.rtx is None or self.rtx_ssrc is None:
            self._send(data)
            return
        marker = bool(data[1] & 0x80)
        timestamp = int.from_bytes(data[4:8], "big")
        payload = data[2:4] + data[12:]
        number = self.choice.rtx.payload_type
        self._send(write_rtp(number, marker, self._rtx_sequence, timestamp, self.rtx_ssrc, payload))
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
