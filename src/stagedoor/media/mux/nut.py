"""NUT, what Stagedoor's own processes speak to each other (FFmpeg's "NUT Open Container Format", version 4).

Every frame has its own full time, so that a reader loses nothing when one is dropped, and each track keeps
its own time base: times arrive as they left. It is a pipe in NUT's sense, with one syncpoint, before the
first frame: FFmpeg keeps 200 bytes of each that it reads, for as long as it reads.
"""

import struct
from typing import Final

from stagedoor.media.mux.checksum import crc32
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.media.records import configuration

_FILE_ID: Final = b"nut/multimedia container\0"
_MAIN: Final = 0x4E4D7A561F5F04AD
_STREAM: Final = 0x4E5311405BF2F9DB
_SYNCPOINT: Final = 0x4E4BE4ADEECA4569
_FOURCC: Final = {
    Codec.H264: b"H264",
    Codec.H265: b"HEVC",
    Codec.VP8: b"VP80",
    Codec.VP9: b"VP90",
    Codec.AV1: b"AV01",
    Codec.OPUS: b"Opus",
    Codec.AAC: b"\xff\0\0\0",
}
_VERSION, _MINOR_VERSION, _PIPE = 4, 0, 2
_MAX_DISTANCE: Final = 65536
"""Frames of more than twice this carry a checksum."""
_TIME_SHIFT: Final = 7
_FRAME_CODE: Final = 0x00
_KEY, _CODED_PTS, _STREAM_ID, _SIZE, _CHECKSUM, _CODED, _INVALID = 1, 8, 16, 32, 64, 4096, 8192
_FOREVER: Final = 1 << 30


class NutWriter:
    """Writes NUT; one table entry says that each frame names its stream, time and size."""

    def __init__(self, tracks: list[Track]) -> None:
        self._tracks = tracks
        self._index = {track.kind: index for index, track in enumerate(tracks)}
        self._has_begun = False

    def header(self) -> bytes:
        """Return the file's identity, the main header and one header for each track."""
        headers = [_block(_MAIN, self._main())]
        headers += [_block(_STREAM, _stream(index, track)) for index, track in enumerate(self._tracks)]
        return _FILE_ID + b"".join(headers)

    def write(self, packet: Packet) -> bytes:
        """Return the frame, the first one with a syncpoint before it."""
        index = self._index[packet.track.kind]
        sync = b""
        if not self._has_begun:
            sync = _block(_SYNCPOINT, number(packet.pts * len(self._tracks) + index) + number(0))
            self._has_begun = True
        return b"".join((sync, self._frame_head(packet, index), packet.data))

    def close(self) -> bytes:
        """Return nothing: a stream ends where it ends."""
        return b""

    def _frame_head(self, packet: Packet, index: int) -> bytes:
        large = len(packet.data) > 2 * _MAX_DISTANCE
        flags = _CODED_PTS | _STREAM_ID | _SIZE | (_KEY if packet.key else 0) | (_CHECKSUM if large else 0)
        head = b"".join(
            (
                bytes((_FRAME_CODE,)),
                number(flags),
                number(index),
                number(packet.pts + (1 << _TIME_SHIFT)),
                number(len(packet.data)),
            )
        )
        return head + crc32(head) if large else head

    def _main(self) -> bytes:
        bases = b"".join(number(1) + number(track.clock_rate) for track in self._tracks)
        used = b"".join((number(_CODED), number(6), signed(0), *map(number, (1, 0, 0, 0, 1))))
        unused = b"".join((number(_INVALID), number(6), signed(0), *map(number, (1, 0, 0, 0, 254))))
        tracks = len(self._tracks)
        head = b"".join(map(number, (_VERSION, _MINOR_VERSION, tracks, _MAX_DISTANCE, tracks)))
        return head + bases + used + unused + number(0) + number(_PIPE)


def number(value: int) -> bytes:
    """Return NUT's "v": seven bits a byte, the highest first."""
    if value < 0x80:
        return bytes((value,))
    out = [value & 0x7F]
    value >>= 7
    while value:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes(out[::-1])


def signed(value: int) -> bytes:
    """Return NUT's "s": positive values are odd, the others even."""
    return number(2 * value - 1 if value > 0 else -2 * value)


def _block(start_code: int, body: bytes) -> bytes:
    size = number(len(body) + 4)
    head = struct.pack(">Q", start_code) + size
    if len(body) + 4 > 4096:
        head += crc32(head)
    return head + body + crc32(body)


def _stream(index: int, track: Track) -> bytes:
    extradata = _extradata(track)
    audio = track.kind is Kind.AUDIO
    out = [number(index), number(1 if audio else 0), number(4), _FOURCC[track.codec], number(index)]
    out += [number(_TIME_SHIFT), number(_FOREVER), number(0), number(0), number(len(extradata)), extradata]
    if audio:
        out += [number(track.clock_rate), number(1), number(track.channels)]
    else:
        out += [number(track.width), number(track.height), number(0), number(0), number(0)]
    return b"".join(out)


def _extradata(track: Track) -> bytes:
    """Annex B stays Annex B in NUT, and so do its parameter sets."""
    return track.extradata if track.kind is Kind.VIDEO else configuration(track)
