"""What every payload format does."""

from collections.abc import Sequence
from typing import Protocol

MTU = 1200
"""Bytes of payload that every path carries, with room for RTP, SRTP, UDP and a tunnel around it."""


class PayloadFormat(Protocol):
    """Turns one encoded frame into RTP payloads and back."""

    def split(self, data: bytes, mtu: int = MTU) -> list[bytes]:
        """Give the payloads of one frame, in order, none longer than `mtu` bytes where the format can cut.

        Raises:
            MediaError: The frame is not in the form of `stagedoor.media.packets`.
        """

    def join(self, payloads: Sequence[bytes]) -> bytes:
        """Give the frame that these payloads carry: all of one frame, in order. Empty ones are passed over.

        Raises:
            MediaError: They are malformed, or some are missing.
        """
