"""One track as RTP and RTCP: packets and sender reports (RFC 3550)."""

import secrets
import struct
from typing import Final

from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.media.rtp import payload_format
from stagedoor.outputs.rtsp.sdp import rtp_clock

MTU: Final = 1400
"""Bytes of payload: a server may pass the packets on over UDP."""

NTP_EPOCH: Final = 2_208_988_800
"""Seconds from 1900 to 1970."""

_NAME: Final = b"stagedoor"


class RtpStream:
    """Numbers and stamps the packets of one track.

    Args:
        track: The track as announced.
        payload_type: As announced.
        ntp_origin_ns: Nanoseconds since 1970 of the path's time 0, the same for all tracks.
    """

    def __init__(self, track: Track, payload_type: int, ntp_origin_ns: int) -> None:
        self._format = payload_format(track.codec)
        self._clock = rtp_clock(track)
        self._type = payload_type
        self._marks = track.kind is Kind.VIDEO or track.codec is Codec.AAC
        self._ntp_origin_ns = ntp_origin_ns
        self._ssrc = secrets.randbits(32)
        self._offset = secrets.randbits(32)
        self._sequence = secrets.randbits(16)
        self._last: Packet | None = None
        self.packets = 0
        self.octets = 0

    def packetize(self, packet: Packet) -> list[bytes]:
        """Return the RTP packets of a frame; raises `MediaError` if it is malformed."""
        payloads = self._format.split(packet.data, MTU)
        stamp = self._timestamp(packet)
        found = []
        for number, payload in enumerate(payloads, 1):
            mark = self._marks and number == len(payloads)
            head = struct.pack(
                ">BBHII", 0x80, (0x80 if mark else 0) | self._type, self._sequence, stamp, self._ssrc
            )
            self._sequence = self._sequence + 1 & 0xFFFF
            self.octets += len(payload)
            found.append(head + payload)
        self.packets += len(payloads)
        self._last = packet
        return found

    def report(self) -> bytes | None:
        """Return a sender report with a source description, for the last frame's time; None before it.

        The report says the path's time, not that of sending: so sound and picture belong together at the
        other end however unevenly they left here.
        """
        last = self._last
        if last is None:
            return None
        since_1970 = self._ntp_origin_ns + last.pts * 1_000_000_000 // last.track.clock_rate
        seconds, rest = divmod(since_1970, 1_000_000_000)
        ntp = (seconds + NTP_EPOCH & 0xFFFFFFFF) << 32 | (rest << 32) // 1_000_000_000
        sender = struct.pack(
            ">BBHIQIII",
            *(0x80, 200, 6, self._ssrc, ntp, self._timestamp(last)),
            *(self.packets & 0xFFFFFFFF, self.octets & 0xFFFFFFFF),
        )
        return sender + self._description()

    def _timestamp(self, packet: Packet) -> int:
        return (packet.pts * self._clock // packet.track.clock_rate + self._offset) & 0xFFFFFFFF

    def _description(self) -> bytes:
        item = struct.pack(">IBB", self._ssrc, 1, len(_NAME)) + _NAME
        # At least one zero ends the list; together they fill the last word (RFC 3550 section 6.5).
        item += bytes(4 - len(item) % 4)
        return struct.pack(">BBH", 0x81, 202, len(item) // 4) + item
