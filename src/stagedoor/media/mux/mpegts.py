"""MPEG transport stream (Rec. ITU-T H.222.0), one program, for players.

A PES packet is written whole as its frame comes, with its length where 16 bits hold it, so that a reader need
not wait for the next one. Opus as in "Opus in MPEG-TS" (the mapping that FFmpeg and GStreamer follow).
"""

import struct
from typing import Final

from stagedoor.domain.errors import MediaError
from stagedoor.media.mux.checksum import crc32
from stagedoor.media.packets import Codec, Kind, Packet, Track

_PAT_PID, _PMT_PID = 0, 0x1000
_PIDS: Final = {Kind.VIDEO: 0x100, Kind.AUDIO: 0x101}
_STREAM_TYPES: Final = {Codec.H264: 0x1B, Codec.H265: 0x24, Codec.AAC: 0x0F, Codec.OPUS: 0x06}
_STREAM_IDS: Final = {Codec.H264: 0xE0, Codec.H265: 0xE0, Codec.AAC: 0xC0, Codec.OPUS: 0xBD}
_DELIMITERS: Final = {
    Codec.H264: b"\0\0\0\1\x09\xf0",
    Codec.H265: b"\0\0\0\1\x46\x01\x50",
}
_CLOCK: Final = 90_000
_TABLES_EVERY: Final = _CLOCK // 10
_CLOCK_LEAD: Final = 3 * _CLOCK // 10
"""How much earlier than the frame the program clock says it is: room for tracks that come unevenly."""
_TIME_MASK: Final = (1 << 33) - 1
_PAYLOAD: Final = 184


class TransportWriter:
    """Writes a transport stream."""

    def __init__(self, tracks: list[Track]) -> None:
        self._tracks = tracks
        self._counters = dict.fromkeys((_PAT_PID, _PMT_PID, *_PIDS.values()), 0)
        self._clock_kind = Kind.VIDEO if any(track.kind is Kind.VIDEO for track in tracks) else Kind.AUDIO
        self._tables_due: int | None = None

    def header(self) -> bytes:
        """Return nothing: the tables come again and again."""
        return b""

    def write(self, packet: Packet) -> bytes:
        """Return the tables, where they are due, and the frame."""
        track = packet.track
        pts, dts = _ticks(packet.pts, track.clock_rate), _ticks(packet.dts, track.clock_rate)
        begins = packet.key and track.kind is Kind.VIDEO
        out = []
        if begins or self._tables_due is None or dts >= self._tables_due:
            self._tables_due = dts + _TABLES_EVERY
            out.append(self._section(_PAT_PID, _PAT))
            out.append(self._section(_PMT_PID, self._program_map()))
        clock = max(0, dts - _CLOCK_LEAD) if track.kind is self._clock_kind else None
        pes = _pes(_STREAM_IDS[track.codec], pts, dts, _payload(packet))
        out += self._packets(_PIDS[track.kind], pes, _adaptation(clock, random_access=begins))
        return b"".join(out)

    def close(self) -> bytes:
        """Return nothing: a stream ends where it ends."""
        return b""

    def _section(self, pid: int, table: bytes) -> bytes:
        section = b"\0" + table + crc32(table, 0xFFFFFFFF)
        return self._packet_head(pid, start=True, control=1) + section.ljust(_PAYLOAD, b"\xff")

    def _program_map(self) -> bytes:
        body = struct.pack(">HBBBHH", 1, 0xC1, 0, 0, 0xE000 | _PIDS[self._clock_kind], 0xF000)
        for track in self._tracks:
            info = _descriptors(track)
            body += struct.pack(
                ">BHH", _STREAM_TYPES[track.codec], 0xE000 | _PIDS[track.kind], 0xF000 | len(info)
            )
            body += info
        return struct.pack(">BH", 2, 0xB000 | len(body) + 4) + body

    def _packets(self, pid: int, pes: bytes, adaptation: bytes) -> list[bytes]:
        """Cut a PES packet into transport packets; the last one is filled up by its adaptation field."""
        out: list[bytes] = []
        position, start = 0, True
        while position < len(pes):
            room = _PAYLOAD - len(adaptation)
            left = len(pes) - position
            if left < room:
                adaptation = _stuffed(adaptation, room - left)
                room = left
            out.append(self._packet_head(pid, start=start, control=3 if adaptation else 1))
            out.append(adaptation)
            out.append(pes[position : position + room])
            position += room
            adaptation, start = b"", False
        return out

    def _packet_head(self, pid: int, *, start: bool, control: int) -> bytes:
        counter = self._counters[pid]
        self._counters[pid] = counter + 1 & 15
        return struct.pack(">BHB", 0x47, (0x4000 if start else 0) | pid, control << 4 | counter)


_PAT: Final = struct.pack(">BHHBBBHH", 0, 0xB000 | 13, 1, 0xC1, 0, 0, 1, 0xE000 | _PMT_PID)


def _ticks(time: int, clock_rate: int) -> int:
    return (2 * time * _CLOCK + clock_rate) // (2 * clock_rate)


def _descriptors(track: Track) -> bytes:
    if track.codec is Codec.OPUS:
        return b"\x05\x04Opus\x7f\x02\x80" + bytes((track.channels,))
    return b""


def _payload(packet: Packet) -> bytes:
    match packet.track.codec:
        case Codec.AAC:
            return adts(packet.track.extradata, len(packet.data)) + packet.data
        case Codec.OPUS:
            size = len(packet.data)
            return b"\x7f\xe0" + b"\xff" * (size // 255) + bytes((size % 255,)) + packet.data
        case codec:
            return _DELIMITERS[codec] + packet.data


def adts(config: bytes, size: int) -> bytes:
    """Return the ADTS header of a frame (ISO/IEC 14496-3, 1.A.2).

    Args:
        config: AudioSpecificConfig.
        size: Bytes of the raw frame.

    Raises:
        MediaError: the configuration is cut short.
    """
    if len(config) < 2:
        raise MediaError("an AAC track has no configuration")
    bits = int.from_bytes(config[:2], "big")
    profile, rate, channels = (bits >> 11) - 1 & 3, bits >> 7 & 15, bits >> 3 & 15
    head = 0xFFF1 << 40 | profile << 38 | rate << 34 | channels << 30 | size + 7 << 13 | 0x7FF << 2
    return head.to_bytes(7, "big")


def _pes(stream_id: int, pts: int, dts: int, payload: bytes) -> bytes:
    times = _stamp(3, pts) + _stamp(1, dts) if dts != pts else _stamp(2, pts)
    size = 3 + len(times) + len(payload)
    flags = 0xC0 if dts != pts else 0x80
    head = struct.pack(">IHBBB", 0x100 | stream_id, size if size <= 0xFFFF else 0, 0x84, flags, len(times))
    return head + times + payload


def _stamp(prefix: int, time: int) -> bytes:
    """Return a time of 33 bits with its markers (2.4.3.7)."""
    time &= _TIME_MASK
    value = prefix << 36 | (time >> 30) << 33 | 1 << 32 | (time >> 15 & 0x7FFF) << 17 | 1 << 16
    return (value | (time & 0x7FFF) << 1 | 1).to_bytes(5, "big")


def _adaptation(clock: int | None, *, random_access: bool) -> bytes:
    """Return an adaptation field with the program clock; empty where there is nothing to say."""
    if clock is None:
        return b""
    reference = (clock & _TIME_MASK) << 15 | 0x7E00
    return bytes((7, 0x50 if random_access else 0x10)) + reference.to_bytes(6, "big")


def _stuffed(adaptation: bytes, extra: int) -> bytes:
    if not adaptation:
        return b"\0" if extra == 1 else bytes((extra - 1, 0)) + b"\xff" * (extra - 2)
    return bytes((adaptation[0] + extra,)) + adaptation[1:] + b"\xff" * extra
