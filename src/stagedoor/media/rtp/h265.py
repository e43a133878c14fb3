"""H.265 in RTP without decoding order numbers: single units, aggregates and fragments (RFC 7798)."""

from collections.abc import Sequence

from stagedoor.domain.errors import MediaError
from stagedoor.media.h264 import START_CODE, nalus
from stagedoor.media.rtp.format import MTU

_AGGREGATE = 48
_FRAGMENT = 49
_START, _END = 0x80, 0x40
_NOTHING = -1


class H265Payload:
    """Annex B access units; start codes come out with four bytes."""

    def split(self, data: bytes, mtu: int = MTU) -> list[bytes]:
        """See `PayloadFormat.split`; small NAL units that follow each other share a payload."""
        payloads: list[bytes] = []
        small: list[bytes] = []
        room = mtu - 2
        for nal in nalus(data):
            if len(nal) < 2:
                raise MediaError("an H.265 NAL unit that is cut off")
            if small and len(nal) + 2 > room:
                payloads.append(_aggregate(small))
                small, room = [], mtu - 2
            if len(nal) > mtu:
                payloads += _fragment(nal, mtu)
            else:
                small.append(nal)
                room -= len(nal) + 2
        if small:
            payloads.append(_aggregate(small))
        if not payloads:
            raise MediaError("an empty H.265 frame")
        return payloads

    def join(self, payloads: Sequence[bytes]) -> bytes:
        """See `PayloadFormat.join`."""
        parts: list[bytes] = []
        open_type = _NOTHING
        for payload in payloads:
            if not payload:
                continue
            kind = payload[0] >> 1 & 0x3F
            if kind == _FRAGMENT:
                open_type = _join_fragment(payload, parts, open_type)
            elif open_type != _NOTHING:
                raise MediaError("an H.265 fragment without its end")
            elif len(payload) > 2 and kind < _AGGREGATE:
                parts += (START_CODE, payload)
            elif kind == _AGGREGATE:
                _join_aggregate(payload, parts)
            else:
                raise MediaError(f"an H.265 payload of type {kind} that cannot be used")
        if open_type != _NOTHING or not parts:
            raise MediaError("an H.265 frame that is cut off")
        return b"".join(parts)


def _aggregate(units: list[bytes]) -> bytes:
    """Build an aggregation packet (§4.4.2); a unit alone goes as it is (§4.4.1)."""
    if len(units) == 1:
        return units[0]
    forbidden = max(unit[0] & 0x80 for unit in units)
    layer = min((unit[0] & 1) << 5 | unit[1] >> 3 for unit in units)
    temporal = min(unit[1] & 7 for unit in units)
    parts = [bytes((forbidden | _AGGREGATE << 1 | layer >> 5, (layer & 31) << 3 | temporal))]
    for unit in units:
        parts += (len(unit).to_bytes(2, "big"), unit)
    return b"".join(parts)


def _fragment(nal: bytes, mtu: int) -> list[bytes]:
    """Cut a NAL unit into fragments (§4.4.3)."""
    first, kind = nal[0] & 0x81 | _FRAGMENT << 1, nal[0] >> 1 & 0x3F
    size = mtu - 3
    middle = bytes((first, nal[1], kind))
    payloads = [middle + nal[at : at + size] for at in range(2, len(nal), size)]
    payloads[0] = bytes((first, nal[1], _START | kind)) + payloads[0][3:]
    payloads[-1] = bytes((first, nal[1], _END | kind)) + payloads[-1][3:]
    return payloads


def _join_fragment(payload: bytes, parts: list[bytes], open_type: int) -> int:
    """Add a fragment (§4.4.3); gives the NAL unit type that is still open, or `_NOTHING`."""
    if len(payload) < 3:
        raise MediaError("an H.265 fragment that is cut off")
    header = payload[2]
    kind = header & 0x3F
    if header & _START:
        if open_type != _NOTHING or kind >= _AGGREGATE:
            raise MediaError("an H.265 fragment that begins in the middle of another, or of nothing")
        parts += (START_CODE, bytes((payload[0] & 0x81 | kind << 1, payload[1])))
    elif kind != open_type:
        raise MediaError("an H.265 fragment without its beginning")
    parts.append(payload[3:])
    return _NOTHING if header & _END else kind


def _join_aggregate(payload: bytes, parts: list[bytes]) -> None:
    """Add the units of an aggregation packet (§4.4.2)."""
    at = 2
    while at < len(payload):
        start = at + 2
        at = start + int.from_bytes(payload[at:start], "big")
        unit = payload[start:at]
        if at > len(payload) or start > len(payload):
            raise MediaError("an H.265 aggregate that is cut off")
        if len(unit) < 2 or unit[0] >> 1 & 0x3F >= _AGGREGATE:
            raise MediaError("an H.265 aggregate of something else than NAL units")
        parts += (START_CODE, unit)
