"""Reading in its own time what comes as fast as it is read, or in bursts."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf
from typing import Final

from av.container import InputContainer

from stagedoor.mixer.sources.steady import Steady
from stagedoor.mixer.sources.tracks import AnyPacket

AHEAD_S: Final = 0.2
"""How far it is decoded ahead of the time at which it is due."""
APART_S: Final = 1.2
"""How far picture and sound may be apart in a file; beyond a second FFmpeg itself puts them in order."""
MOST_PACKETS: Final = 4096
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of packets that are kept; then they are taken in the order in which they came."""
LATE_S: Final = 1.0
"""What is later than this is not caught up with: its time begins anew."""
SOUND_GAP_S: Final = 1.0
PICTURE_GAP_S: Final = 10.0
"""The longest gaps: pictures alone may be as rare as they like, sound is there all the time."""


def has_end(container: InputContainer) -> bool:
    """Whether a server's stream is a whole film, which is sent as fast as it is read."""
    return _is_http(container) and bool(container.duration and container.duration > 0)


def comes_in_bursts(container: InputContainer) -> bool:
    """Whether a server's stream comes in pieces of some seconds each."""
    return container.format.name == "hls"


def _is_http(container: InputContainer) -> bool:
    return container.name.startswith(("http://", "https://"))


@dataclass(order=True, slots=True)
class _Kept:
    line_s: float
    number: int
    packet: AnyPacket = field(compare=False)
    media_s: float = field(compare=False)


class InTime:
    """Waits until what is due at a time of a stream's own line is to be decoded.

    Args:
        stop: Ends a wait.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._origin_s: float | None = None

    def __call__(self, line_s: float) -> bool:
        """Return True when it is time, False if it is called off."""
        now_s = time.monotonic()
        if self._origin_s is None or now_s - self._origin_s - line_s > LATE_S:
            self._origin_s = now_s - line_s
        return not self._stop.wait(max(0.0, self._origin_s + line_s - AHEAD_S - now_s))


class Pacer:
    """Keeps packets until they are due by their own times, and puts them in one order.

    Where a file has a second of pictures and then a second of sound, as in fragments of MP4, half of it would
    come too late if each were taken as it is read.

    Args:
        tracks: How many there are.
        gap_s: The longest time from a track's packet to the next.
        wait: Waits until a packet is to be decoded; returns False if none is any more.
        until_s: Where on the stream's line it ends, as it says itself; minus infinity where it says nothing.

    Attributes:
        reached_s: The time of the last packet that was given back, on the stream's line.
    """

    def __init__(
        self, tracks: int, gap_s: float, wait: Callable[[float], bool], until_s: float = -inf
    ) -> None:
        self._wait = wait
        self._apart_s = APART_S if tracks > 1 else 0.0
        self.reached_s = float("-inf")
        # For the pace alone: what is shown keeps its media times, and with them the tracks their relation.
        self._steady = Steady(until_s=until_s, forward_s=gap_s, alike_s=0.0)
        self._newest: dict[int, float] = {}
        self._kept: list[_Kept] = []
        self._bytes = 0
        self._number = 0

    def put(self, packet: AnyPacket, media_s: float, at_s: float, lasts_s: float) -> None:
        """Keep a packet that is decoded at `at_s`; its media time is given back with it."""
        track = packet.stream.index
        # A track's packets are decoded as they come; a file that says only when they are shown goes back.
        line_s = max(self._steady.at(track, at_s, lasts_s), self._newest.get(track, float("-inf")))
        self._newest[track] = line_s
        self._number += 1
        self._bytes += packet.size
        heappush(self._kept, _Kept(line_s, self._number, packet, media_s))

    def due(self, *, all_of_them: bool = False) -> Iterator[tuple[AnyPacket, float]]:
        """Yield packets with their media times, each when it is due; what another track may precede stays."""
        newest_s = self._steady.newest_s
        while self._kept:
            full = len(self._kept) > MOST_PACKETS or self._bytes > MOST_BYTES
            if not all_of_them and not full and self._kept[0].line_s > newest_s - self._apart_s:
                return
            first = heappop(self._kept)
            self._bytes -= first.packet.size
            if not self._wait(first.line_s):
                return
            self.reached_s = first.line_s
            yield first.packet, first.media_s
