"""Telling DTLS from media in what comes over one path (RFC 7983 section 7)."""

import asyncio
from collections.abc import Callable

_HANDSHAKE_QUEUE = 64


class Datagrams:
    """Media goes on at once; DTLS waits, bounded, for who runs the handshake.

    Args:
        on_media: Called with each datagram of SRTP or SRTCP.
    """

    def __init__(self, on_media: Callable[[bytes], None]) -> None:
        self.on_media = on_media
        self._handshake: asyncio.Queue[bytes | None] = asyncio.Queue(_HANDSHAKE_QUEUE)
        self._closed = False

    def take(self, data: bytes) -> None:
        """DTLS begins with 20 to 63, RTP and RTCP with 128 to 191; anything else is dropped."""
        first = data[0]
        if 127 < first < 192:
            self.on_media(data)
        elif 19 < first < 64 and not self._handshake.full():
            self._handshake.put_nowait(data)

    async def handshake(self) -> bytes:
        """The next datagram of DTLS.

        Raises:
            ConnectionError: The transport was closed.
        """
        data = None if self._closed else await self._handshake.get()
        if data is None:
            raise ConnectionError("the transport was closed")
        return data

    def close(self) -> None:
        """Let who waits for DTLS go; idempotent."""
        if self._closed:
            return
        self._closed = True
        if self._handshake.full():
            self._handshake.get_nowait()
        self._handshake.put_nowait(None)
