"""Packets of OSC 1.0, in and out.

python-osc reads and writes messages. Bundles are taken apart here, because its own reader of them never ends
on an element of negative size; and types that it skips with a warning for each are refused before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from stagedoor.domain.errors import InvalidError

Value: TypeAlias = str | int | float | bool | None
"""What a message may carry: the types `s`, `i`, `h`, `f`, `d`, `T`, `F` and `N`."""

MAX_PACKET: Final = 1472
"""Bytes: what one Ethernet frame holds."""
MAX_DEPTH: Final = 4
"""Of bundles in bundles."""
_BUNDLE: Final = b"#bundle\0"
_HEAD: Final = len(_BUNDLE) + 8
_SIZE: Final = 4
_PLAIN: Final = re.compile(rb"/[!-~]{1,200}\0{1,4}(?:,[sihfdTFN]{0,8}\0|\Z)")


@dataclass(frozen=True, slots=True)
class OscText:
    """A message: an address, and values.

    Attributes:
        address: Such as `/stagedoor/cut`.
    """

    address: str
    values: tuple[Value, ...] = ()

    def encode(self) -> bytes:
        """Return it as a packet."""
        builder = OscMessageBuilder(self.address)
        for value in self.values:
            builder.add_arg(value)
        return builder.build().dgram


def read(packet: bytes) -> tuple[OscText, ...]:
    """Return the messages of a packet; those of a bundle in their order, its time tags count for nothing.

    Raises:
        InvalidError: It is no such packet, or larger than is read.
    """
    if len(packet) > MAX_PACKET:
        raise InvalidError(f"it has more than {MAX_PACKET} bytes")
    return tuple(_message(part) for part in _parts(packet, MAX_DEPTH))


def _parts(packet: bytes, depth: int) -> Iterator[bytes]:
    """Give the messages of a packet, still encoded."""
    if not packet.startswith(_BUNDLE):
        yield packet
        return
    if depth == 0 or len(packet) < _HEAD:
        raise InvalidError("it is a bundle that cannot be read")
    at = _HEAD
    while at < len(packet):
        begin = at + _SIZE
        at = begin + int.from_bytes(packet[at:begin], "big")
        if at == begin or at > len(packet):
            raise InvalidError("it is a bundle that cannot be read")
        yield from _parts(packet[begin:at], depth - 1)


def _message(part: bytes) -> OscText:
    if _PLAIN.match(part) is None:
        raise InvalidError("it is no message of text, numbers and truth values")
    try:
        found = OscMessage(part)
    except (ParseError, UnicodeDecodeError):
        raise InvalidError("it is a message that cannot be read") from None
    return OscText(found.address, tuple(found.params))
