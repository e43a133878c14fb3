"""AAC in RTP, mpeg4-generic in mode AAC-hbr: sizeLength=13, indexLength=3, indexDeltaLength=3 (RFC 3640)."""

from collections.abc import Sequence

from stagedoor.domain.errors import MediaError
from stagedoor.media.rtp.format import MTU

_HEADER = 4
_MAX_SIZE = (1 << 13) - 1


class AacPayload:
    """One raw frame in one payload, or in several when it is too long (§3.2.3.1, §3.3.6). It is only sent."""

    def split(self, data: bytes, mtu: int = MTU) -> list[bytes]:
        """See `PayloadFormat.split`; every fragment says the whole frame's size."""
        if not 0 < len(data) <= _MAX_SIZE:
            raise MediaError(f"an AAC frame of {len(data)} bytes")
        header = b"\0\x10" + (len(data) << 3).to_bytes(2, "big")
        size = mtu - _HEADER
        return [header + data[at : at + size] for at in range(0, len(data), size)]

    def join(self, payloads: Sequence[bytes]) -> bytes:
        """See `PayloadFormat.join`.

        Raises:
            MediaError: Always; guests send no AAC.
        """
        raise MediaError(f"{len(payloads)} payloads of AAC, which is not received over RTP")
