"""VP9 in RTP (RFC 9628)."""

from collections.abc import Sequence

from stagedoor.domain.errors import MediaError
from stagedoor.media.rtp.format import MTU
from stagedoor.media.vp9 import parse_header, superframe

_PICTURE_ID, _INTER, _LAYERS, _FLEXIBLE = 0x80, 0x40, 0x20, 0x10
_BEGIN, _END, _STRUCTURE = 0x08, 0x04, 0x02
_PLAIN = _PICTURE_ID | _LAYERS | _FLEXIBLE | _STRUCTURE


class Vp9Payload:
    """Frames and superframes; sent as one layer in non-flexible mode.

    Several layer frames of one picture come out as a superframe with its index, which is what decoders
    outside WebRTC need to find them.
    """

    def split(self, data: bytes, mtu: int = MTU) -> list[bytes]:
        """See `PayloadFormat.split`."""
        header = parse_header(data)
        flags = 0 if header.key or header.intra_only else _INTER
        size = mtu - 1
        middle = bytes((flags,))
        payloads = [middle + data[at : at + size] for at in range(0, len(data), size)]
        payloads[0] = bytes((flags | _BEGIN,)) + payloads[0][1:]
        payloads[-1] = bytes((payloads[-1][0] | _END,)) + payloads[-1][1:]
        return payloads

    def join(self, payloads: Sequence[bytes]) -> bytes:
        """See `PayloadFormat.join`."""
        layers: list[bytes] = []
        parts: list[bytes] = []
        inside = False
        for payload in payloads:
            if not payload:
                continue
            descriptor = payload[0]
            if bool(descriptor & _BEGIN) == inside:
                raise MediaError("a VP9 frame without its beginning or end")
            parts.append(payload[_descriptor_size(payload) if descriptor & _PLAIN else 1 :])
            inside = not descriptor & _END
            if not inside:
                layers.append(b"".join(parts))
                parts = []
        if inside or not all(layers):
            raise MediaError("a VP9 frame that is cut off")
        return superframe(layers)


def _descriptor_size(payload: bytes) -> int:
    """Tell the length of a payload descriptor (§4.2)."""
    flags, at = payload[0], 1
    try:
        if flags & _PICTURE_ID:
            at += 2 if payload[at] & 0x80 else 1
        if flags & _LAYERS:
            at += 1 if flags & _FLEXIBLE else 2
        if flags & _FLEXIBLE and flags & _INTER:
            at += _references_size(payload, at)
        if flags & _STRUCTURE:
            at += _structure_size(payload, at)
    except IndexError as error:
        raise MediaError("a VP9 payload that is cut off") from error
    if at > len(payload):
        raise MediaError("a VP9 payload that is cut off")
    return at


def _references_size(payload: bytes, at: int) -> int:
    """Tell the length of the reference indices, at most three (§4.2)."""
    for count in range(1, 4):
        if not payload[at + count - 1] & 1:
            return count
    raise MediaError("a VP9 payload with more than three references")


def _structure_size(payload: bytes, at: int) -> int:
    """Tell the length of the scalability structure (§4.2.1)."""
    flags, size = payload[at], 1
    if flags & 0x10:
        size += 4 * ((flags >> 5) + 1)
    if flags & 0x08:
        pictures = payload[at + size]
        size += 1
        for _ in range(pictures):
            size += 1 + (payload[at + size] >> 2 & 3)
    return size
