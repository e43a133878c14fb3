"""The RTCP messages that we exchange with the other side, by aiortc's packet classes."""

import struct
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpByePacket,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    pack_remb_fci,
)

_RAPID_RESYNC = 5
"""Feedback format of RFC 6051 section 3.2: send a sender report now."""
NACK_MOST = 300
"""Packets that one message can make us repeat."""


def parse_rtcp(data: bytes) -> Sequence[object]:
    """The packets of a compound; nothing if it cannot be read."""
    try:
        return list(RtcpPacket.parse(data))
    except (ValueError, IndexError, struct.error):
        return ()


def receiver_report(ssrc: int, blocks: Iterable[RtcpReceiverInfo]) -> bytes:
    """RFC 3550 section 6.4.2."""
    return bytes(RtcpRrPacket(ssrc=ssrc, reports=list(blocks)))


def remb(ssrc: int, bitrate: int, media: Sequence[int]) -> bytes:
    """What all of `media` together may send, in bits a second."""
    fci = pack_remb_fci(bitrate, list(media))
    return bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=ssrc, media_ssrc=0, fci=fci))


def picture_loss(ssrc: int, media: int) -> bytes:
    """RFC 4585 section 6.3.1: a key frame, please."""
    return bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=ssrc, media_ssrc=media))


def nack(ssrc: int, media: int, missing: Sequence[int]) -> bytes:
    """RFC 4585 section 6.2.1; `missing` in the order of sending, also where the numbers wrap."""
    fci = bytearray()
    waiting = deque(missing)
    while waiting:
        first, bits = waiting.popleft(), 0
        while waiting and (ahead := (waiting[0] - first - 1) & 0xFFFF) < 16:
            bits |= 1 << ahead
            waiting.popleft()
        fci += struct.pack("!HH", first, bits)
    header = struct.pack("!BBHII", 0x80 | RTCP_RTPFB_NACK, 205, 2 + len(fci) // 4, ssrc, media)
    return header + bytes(fci)


def resync_request(ssrc: int, media: int) -> bytes:
    """RFC 6051 section 3.2: a sender report, please."""
    return struct.pack("!BBHII", 0x80 | _RAPID_RESYNC, 205, 2, ssrc, media)


def sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int, cname: str) -> bytes:
    """RFC 3550 sections 6.4.1 and 6.5."""
    info = RtcpSenderInfo(
        ntp_timestamp=ntp,
        rtp_timestamp=timestamp & 0xFFFFFFFF,
        packet_count=packets & 0xFFFFFFFF,
        octet_count=octets & 0xFFFFFFFF,
    )
    names = RtcpSdesPacket(chunks=[RtcpSourceInfo(ssrc=ssrc, items=[(1, cname.encode())])])
    return bytes(RtcpSrPacket(ssrc=ssrc, sender_info=info)) + bytes(names)


def goodbye(ssrcs: Sequence[int]) -> bytes:
    """RFC 3550 section 6.6."""
    return bytes(RtcpByePacket(sources=list(ssrcs)))


class SenderClock(NamedTuple):
    """What a sender report says of time: the NTP time of an RTP time stamp."""

    ssrc: int
    ntp: int
    timestamp: int


def sender_clock(packet: object) -> SenderClock | None:
    """The relation that a sender report gives; None if the packet is something else."""
    if not isinstance(packet, RtcpSrPacket):
        return None
    return SenderClock(packet.ssrc, packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp)


def key_frame_wanted(packet: object, ssrc: int) -> bool:
    """Whether the packet asks for a key frame of `ssrc` (PLI or FIR)."""
    if not isinstance(packet, RtcpPsfbPacket):
        return False
    if packet.fmt == RTCP_PSFB_PLI:
        return bool(packet.media_ssrc == ssrc)
    return packet.fmt == RTCP_PSFB_FIR and struct.pack("!I", ssrc) in packet.fci


def lost_sequences(packet: object, ssrc: int) -> Sequence[int]:
    """The sequence numbers of `ssrc` that a NACK asks for."""
    if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK and packet.media_ssrc == ssrc:
        return [sequence & 0xFFFF for sequence in packet.lost[:NACK_MOST]]
    return ()
