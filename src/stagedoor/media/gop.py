"""What a new reader of a path is given first: everything since the last key frame."""

from collections import deque
from typing import Final

from stagedoor.media.packets import Kind, Packet

MAX_PACKETS: Final = 2000
"""About 20 s of 30 frames and 50 Opus packets a second."""
MAX_BYTES: Final = 8 << 20
"""About 20 s at 3 Mbit/s."""
AUDIO_PACKETS: Final = 10
"""How many are kept of a path that has no picture: 200 ms of Opus."""


class GopCache:
    """The packets of both kinds since the last key frame.

    A group that outgrows a limit is forgotten, and nothing is cached until the next key frame. Of a path that
    has had no picture yet, the newest `AUDIO_PACKETS` are kept.

    Args:
        max_packets: Most packets of a group.
        max_bytes: Most bytes of a group.
    """

    def __init__(self, *, max_packets: int = MAX_PACKETS, max_bytes: int = MAX_BYTES) -> None:
        self._max_packets, self._max_bytes = max_packets, max_bytes
        self._packets: deque[Packet] = deque()
        self._bytes = 0
        self._has_video = False
        self.overflows = 0

    @property
    def size_bytes(self) -> int:
        """How much is held."""
        return self._bytes

    @property
    def starts_with_key(self) -> bool:
        """Whether a new reader can show a picture from what is cached."""
        return bool(self._packets) and self._packets[0].track.kind is Kind.VIDEO

    def add(self, packet: Packet) -> None:
        """Remember a packet of the path, in the order of arrival."""
        if packet.track.kind is Kind.VIDEO:
            self._has_video = True
            if packet.key:
                self._forget()
            elif packet.gap or not self.starts_with_key:
                self._forget()
                return
        elif not self._has_video:
            while len(self._packets) >= AUDIO_PACKETS:
                self._bytes -= len(self._packets.popleft().data)
        elif not self.starts_with_key:
            return
        self._append(packet)

    def packets(self) -> list[Packet]:
        """Return what a new reader is given, oldest first."""
        return list(self._packets)

    def clear(self) -> None:
        """Forget everything, as after a change of publisher."""
        self._forget()
        self._has_video = False

    def _append(self, packet: Packet) -> None:
        self._packets.append(packet)
        self._bytes += len(packet.data)
        if len(self._packets) > self._max_packets or self._bytes > self._max_bytes:
            self._forget()
            self.overflows += 1

    def _forget(self) -> None:
        self._packets.clear()
        self._bytes = 0
