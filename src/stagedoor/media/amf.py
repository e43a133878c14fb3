"""AMF0, the notation of RTMP commands and of FLV's metadata (Adobe, "Action Message Format -- AMF 0").

Python values stand for AMF0's: float (and int, when encoding) for numbers, bool, str, None for null and
undefined, dict for objects, `EcmaArray` for associative arrays, list for strict arrays. Dates are read as
numbers of milliseconds. References and typed objects are not used by RTMP servers and are refused.
"""

import struct
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final, TypeAlias

from stagedoor.domain.errors import MediaError

Value: TypeAlias = "float | bool | str | None | Mapping[str, Value] | Sequence[Value]"
"""What AMF0 can say, as far as it is used here."""

MAX_DEPTH: Final = 16
"""Objects nested deeper than this are refused."""


class _Type(IntEnum):
    NUMBER = 0x00
    BOOLEAN = 0x01
    STRING = 0x02
    OBJECT = 0x03
    NULL = 0x05
    UNDEFINED = 0x06
    ECMA_ARRAY = 0x08
    OBJECT_END = 0x09
    STRICT_ARRAY = 0x0A
    DATE = 0x0B
    LONG_STRING = 0x0C


class EcmaArray(dict[str, Value]):
    """A mapping that is written as an associative array (section 2.10), as FLV's metadata wants it."""


def encode_values(*values: Value) -> bytes:
    """Return the values one after the other; raises `MediaError` for what AMF0 cannot say."""
    out = bytearray()
    for value in values:
        _encode(out, value)
    return bytes(out)


def decode_values(data: bytes) -> list[Value]:
    """Return all values of a message; raises `MediaError` where it is malformed or cut short."""
    reader = _Reader(data)
    values = []
    while reader.position < len(data):
        values.append(reader.value(0))
    return values


def _encode(out: bytearray, value: Value) -> None:
    if value is None:
        out.append(_Type.NULL)
    elif isinstance(value, bool):
        out += bytes((_Type.BOOLEAN, value))
    elif isinstance(value, int | float):
        out += struct.pack(">Bd", _Type.NUMBER, value)
    elif isinstance(value, str):
        _encode_string(out, value)
    elif isinstance(value, Mapping):
        _encode_object(out, value)
    elif isinstance(value, Sequence):
        out += struct.pack(">BI", _Type.STRICT_ARRAY, len(value))
        for item in value:
            _encode(out, item)
    else:
        raise MediaError(f"AMF0 has no {type(value).__name__}")


def _encode_string(out: bytearray, value: str) -> None:
    data = value.encode()
    if len(data) > 0xFFFF:
        out += struct.pack(">BI", _Type.LONG_STRING, len(data))
    else:
        out += struct.pack(">BH", _Type.STRING, len(data))
    out += data


def _encode_object(out: bytearray, value: Mapping[str, Value]) -> None:
    if isinstance(value, EcmaArray):
        out += struct.pack(">BI", _Type.ECMA_ARRAY, len(value))
    else:
        out.append(_Type.OBJECT)
    for name, item in value.items():
        key = name.encode()
        if not 0 < len(key) <= 0xFFFF:
            raise MediaError("a property's name in AMF0 has 1 to 65535 bytes")
        out += struct.pack(">H", len(key)) + key
        _encode(out, item)
    out += bytes((0, 0, _Type.OBJECT_END))


class _Reader:
    """A position in a message."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise MediaError("AMF0: nested too deep")
        marker = self._take(1)[0]
        match marker:
            case _Type.NUMBER:
                return self._number()
            case _Type.BOOLEAN:
                return self._take(1) != b"\0"
            case _Type.STRING:
                return self._text(self._size(2))
            case _Type.LONG_STRING:
                return self._text(self._size(4))
            case _Type.NULL | _Type.UNDEFINED:
                return None
            case _:
                return self._compound(marker, depth)

    def _compound(self, marker: int, depth: int) -> Value:
        match marker:
            case _Type.OBJECT:
                return self._properties({}, depth)
            case _Type.ECMA_ARRAY:
                self._take(4)
                return self._properties(EcmaArray(), depth)
            case _Type.STRICT_ARRAY:
                return self._items(self._size(4), depth)
            case _Type.DATE:
                number = self._number()
                self._take(2)
                return number
            case _:
                raise MediaError(f"AMF0: unknown type {marker:#04x}")

    def _properties(self, into: dict[str, Value], depth: int) -> dict[str, Value]:
        while True:
            name = self._text(self._size(2))
            if not name:
                if self._take(1)[0] != _Type.OBJECT_END:
                    raise MediaError("AMF0: an object has no end")
                return into
            into[name] = self.value(depth + 1)

    def _items(self, count: int, depth: int) -> list[Value]:
        if count > len(self._data) - self.position:
            raise MediaError("AMF0: an array is longer than its message")
        return [self.value(depth + 1) for _ in range(count)]

    def _take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self._data):
            raise MediaError("AMF0: cut short")
        taken = self._data[self.position : end]
        self.position = end
        return taken

    def _size(self, width: int) -> int:
        return int.from_bytes(self._take(width), "big")

    def _number(self) -> float:
        number: float = struct.unpack(">d", self._take(8))[0]
        return number

    def _text(self, size: int) -> str:
        try:
            return self._take(size).decode()
        except UnicodeDecodeError as error:
            raise MediaError("AMF0: text that is not UTF-8") from error
