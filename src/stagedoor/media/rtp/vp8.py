"""VP8 in RTP (RFC 7741)."""

from collections.abc import Sequence

from stagedoor.domain.errors import MediaError
from stagedoor.media.rtp.format import MTU

_EXTENDED, _START, _PARTITION = 0x80, 0x10, 0x07
_PICTURE_ID, _TL0, _TID, _KEYIDX = 0x80, 0x40, 0x20, 0x10


class Vp8Payload:
    """Frames as they are, with the one-byte descriptor when sent."""

    def split(self, data: bytes, mtu: int = MTU) -> list[bytes]:
        """See `PayloadFormat.split`."""
        if not data:
            raise MediaError("an empty VP8 frame")
        size = mtu - 1
        payloads = [b"\0" + data[at : at + size] for at in range(0, len(data), size)]
        payloads[0] = bytes((_START,)) + payloads[0][1:]
        return payloads

    def join(self, payloads: Sequence[bytes]) -> bytes:
        """See `PayloadFormat.join`."""
        parts: list[bytes] = []
        for payload in payloads:
            if not payload:
                continue
            descriptor = payload[0]
            begins = descriptor & (_START | _PARTITION) == _START
            if begins == bool(parts):
                raise MediaError("a VP8 frame without its beginning, or two of them in one")
            parts.append(payload[_extended(payload) if descriptor & _EXTENDED else 1 :])
        frame = b"".join(parts)
        if not frame:
            raise MediaError("an empty VP8 frame")
        return frame


def _extended(payload: bytes) -> int:
    """Tell the length of a descriptor with extensions (§4.2)."""
    if len(payload) < 2:
        raise MediaError("a VP8 payload that is cut off")
    flags, size = payload[1], 2
    if flags & _PICTURE_ID:
        size += 2 if payload[2:3] >= b"\x80" else 1
    size += bool(flags & _TL0) + bool(flags & (_TID | _KEYIDX))
    if size > len(payload):
        raise MediaError("a VP8 payload that is cut off")
    return size
