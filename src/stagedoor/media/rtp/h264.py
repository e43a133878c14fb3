"""H.264 in RTP, packetization mode 1: single NAL units, STAP-A and FU-A (RFC 6184)."""

from collections.abc import Sequence

from stagedoor.domain.errors import MediaError
from stagedoor.media.h264 import START_CODE, nalus
from stagedoor.media.rtp.format import MTU

_STAP_A = 24
_FU_A = 28
_START, _END = 0x80, 0x40


class H264Payload:
    """Annex B access units; start codes come out with four bytes."""

    def split(self, data: bytes, mtu: int = MTU) -> list[bytes]:
        """See `PayloadFormat.split`; small NAL units that follow each other share a payload."""
        payloads: list[bytes] = []
        small: list[bytes] = []
        room = mtu - 1
        for nal in nalus(data):
            if small and len(nal) + 2 > room:
                payloads.append(_aggregate(small))
                small, room = [], mtu - 1
            if len(nal) > mtu:
                payloads += _fragment(nal, mtu)
            else:
                small.append(nal)
                room -= len(nal) + 2
        if small:
            payloads.append(_aggregate(small))
        if not payloads:
            raise MediaError("an empty H.264 frame")
        return payloads

    def join(self, payloads: Sequence[bytes]) -> bytes:
        """See `PayloadFormat.join`."""
        parts: list[bytes] = []
        open_type = 0
        for payload in payloads:
            if not payload:
                continue
            kind = payload[0] & 0x1F
            if kind == _FU_A:
                open_type = _join_fragment(payload, parts, open_type)
            elif open_type:
                raise MediaError("an H.264 fragment without its end")
            elif 0 < kind < _STAP_A:
                parts += (START_CODE, payload)
            elif kind == _STAP_A:
                _join_aggregate(payload, parts)
            else:
                raise MediaError(f"an H.264 payload of type {kind}, which mode 1 has not")
        if open_type or not parts:
            raise MediaError("an H.264 frame that is cut off")
        return b"".join(parts)


def _aggregate(units: list[bytes]) -> bytes:
    """Build a STAP-A (§5.7.1); a unit alone goes as it is (§5.6)."""
    if len(units) == 1:
        return units[0]
    forbidden = max(unit[0] & 0x80 for unit in units)
    importance = max(unit[0] & 0x60 for unit in units)
    parts = [bytes((forbidden | importance | _STAP_A,))]
    for unit in units:
        parts += (len(unit).to_bytes(2, "big"), unit)
    return b"".join(parts)


def _fragment(nal: bytes, mtu: int) -> list[bytes]:
    """Cut a NAL unit into FU-A payloads (§5.8)."""
    indicator, kind = nal[0] & 0xE0 | _FU_A, nal[0] & 0x1F
    size = mtu - 2
    middle = bytes((indicator, kind))
    payloads = [middle + nal[at : at + size] for at in range(1, len(nal), size)]
    payloads[0] = bytes((indicator, _START | kind)) + payloads[0][2:]
    payloads[-1] = bytes((indicator, _END | kind)) + payloads[-1][2:]
    return payloads


def _join_fragment(payload: bytes, parts: list[bytes], open_type: int) -> int:
    """Add an FU-A (§5.8); gives the NAL unit type that is still open, or 0."""
    if len(payload) < 2:
        raise MediaError("an H.264 fragment that is cut off")
    header = payload[1]
    kind = header & 0x1F
    if header & _START:
        if open_type or not 0 < kind < _STAP_A:
            raise MediaError("an H.264 fragment that begins in the middle of another, or of nothing")
        parts += (START_CODE, bytes((payload[0] & 0xE0 | kind,)))
    elif kind != open_type:
        raise MediaError("an H.264 fragment without its beginning")
    parts.append(payload[2:])
    return 0 if header & _END else kind


def _join_aggregate(payload: bytes, parts: list[bytes]) -> None:
    """Add the units of a STAP-A (§5.7.1)."""
    at = 1
    while at < len(payload):
        start = at + 2
        at = start + int.from_bytes(payload[at:start], "big")
        unit = payload[start:at]
        if at > len(payload) or start > len(payload):
            raise MediaError("an H.264 aggregate that is cut off")
        if unit:
            if not 0 < unit[0] & 0x1F < _STAP_A:
                raise MediaError("an H.264 aggregate of something else than NAL units")
            parts += (START_CODE, unit)
