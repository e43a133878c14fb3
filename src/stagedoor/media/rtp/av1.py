"""AV1 in RTP (RTP Payload Format For AV1, Alliance for Open Media, §4)."""

from collections.abc import Sequence

from stagedoor.domain.errors import MediaError
from stagedoor.media.av1 import MAX_UNITS, Obu, ObuType, obus, to_bytes
from stagedoor.media.bits import leb128, to_leb128
from stagedoor.media.rtp.format import MTU

_CONTINUES, _CONTINUED, _NEW_SEQUENCE = 0x80, 0x40, 0x08  # Z, Y and N of the aggregation header
_COUNTED = 3  # elements that W can count
_NOT_SENT = frozenset((ObuType.TEMPORAL_DELIMITER, ObuType.TILE_LIST))
_LEAST_ROOM = 8  # a fragment shorter than this waits for the next payload


class Av1Payload:
    """Temporal units in the low-overhead format; sizes are left out when sent, and put back."""

    def split(self, data: bytes, mtu: int = MTU) -> list[bytes]:
        """See `PayloadFormat.split`."""
        units = [unit for unit in obus(data) if unit.type not in _NOT_SENT]
        if not units:
            raise MediaError("an AV1 temporal unit without anything to send")
        new = any(unit.type == ObuType.SEQUENCE_HEADER for unit in units)
        packer = _Packer(mtu, _NEW_SEQUENCE if new else 0)
        for unit in units:
            packer.add(unit)
        return packer.finish()

    def join(self, payloads: Sequence[bytes]) -> bytes:
        """See `PayloadFormat.join`; temporal delimiters and tile lists are dropped."""
        units: list[bytes] = []
        fragments: list[bytes] = []
        for payload in payloads:
            if not payload:
                continue
            elements = _elements(payload)
            if bool(payload[0] & _CONTINUES) != bool(fragments):
                raise MediaError("an AV1 fragment without its beginning or end")
            for index, element in enumerate(elements):
                fragments.append(element)
                if index < len(elements) - 1 or not payload[0] & _CONTINUED:
                    units.append(b"".join(fragments))
                    fragments = []
        if fragments or not 0 < len(units) <= MAX_UNITS:
            raise MediaError("an AV1 temporal unit that is cut off, or cut too small")
        return _to_temporal_unit(units)


class _Packer:
    """Fills payloads one after another."""

    def __init__(self, mtu: int, first: int) -> None:
        self._mtu = mtu
        self._payloads: list[bytes] = []
        self._elements: list[bytes] = []
        self._flags = first
        self._room = mtu - 1
        self._layer = b""

    def add(self, unit: Obu) -> None:
        """Add a unit; units of different layers never share a payload (§4.4)."""
        if unit.header[1:] and self._layer not in (b"", unit.header[1:]):
            self._close()
        data = unit.header + unit.payload
        while True:
            if self._elements and self._room - self._length_of(len(data)) < min(len(data), _LEAST_ROOM):
                self._close()
            self._layer = unit.header[1:] or self._layer
            size = self._room - self._length_of(min(len(data), self._room))
            self._elements.append(data[:size])
            self._room -= len(data[:size]) + self._length_of(len(data[:size]))
            data = data[size:]
            if not data:
                return
            self._close(_CONTINUED)

    def finish(self) -> list[bytes]:
        """Give all payloads."""
        if self._elements:
            self._close()
        return self._payloads

    def _length_of(self, size: int) -> int:
        return len(to_leb128(size))

    def _close(self, continued: int = 0) -> None:
        elements = self._elements
        count = len(elements) if len(elements) <= _COUNTED else 0
        parts = [bytes((self._flags | continued | count << 4,))]
        for index, element in enumerate(elements):
            if not count or index < count - 1:
                parts.append(to_leb128(len(element)))
            parts.append(element)
        self._payloads.append(b"".join(parts))
        self._elements, self._room, self._layer = [], self._mtu - 1, b""
        self._flags = _CONTINUES if continued else 0


def _elements(payload: bytes) -> list[bytes]:
    """Cut a payload into its OBU elements (§4.3, §4.4)."""
    count = payload[0] >> 4 & 3
    found: list[bytes] = []
    at = 1
    while at < len(payload):
        end = len(payload)
        if len(found) + 1 != count:
            size, at = leb128(payload, at)
            end = at + size
        if end > len(payload):
            raise MediaError("an AV1 payload that is cut off")
        found.append(payload[at:end])
        at = end
    if not found or (count and len(found) != count):
        raise MediaError("an AV1 payload that is cut off")
    return found


def _to_temporal_unit(units: list[bytes]) -> bytes:
    found: list[Obu] = []
    for data in units:
        unit = obus(data)
        if len(unit) > 1:
            raise MediaError("an AV1 element with more than one unit")
        if unit and unit[0].type not in _NOT_SENT:
            found.append(unit[0])
    if not found:
        raise MediaError("an AV1 temporal unit without anything in it")
    return to_bytes(found)
