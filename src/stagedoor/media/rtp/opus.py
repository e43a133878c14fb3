"""Opus in RTP (RFC 7587)."""

from collections.abc import Sequence

from stagedoor.domain.errors import MediaError
from stagedoor.media.rtp.format import MTU


class OpusPayload:
    """One packet in one payload (§4.2)."""

    def split(self, data: bytes, mtu: int = MTU) -> list[bytes]:
        """See `PayloadFormat.split`; a packet is never cut, and IP has to do so with one that is too long."""
        if not data:
            raise MediaError("an empty Opus packet")
        return [data]

    def join(self, payloads: Sequence[bytes]) -> bytes:
        """See `PayloadFormat.join`."""
        filled = [payload for payload in payloads if payload]
        if len(filled) != 1:
            raise MediaError(f"{len(filled)} Opus packets with one timestamp")
        return filled[0]
