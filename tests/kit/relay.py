"""Packets out of thin air, and stand-ins for what the relay talks to."""

import time
from collections.abc import Callable

from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.relay.hub import Converter, Converters

VIDEO = Track(Codec.H264, 90_000, 1280, 720, extradata=b"\0\0\0\1g\0\0\0\1h")
VP8 = Track(Codec.VP8, 90_000, 1280, 720)
AUDIO = Track(Codec.OPUS, 48_000, channels=2)


def picture(number: int, *, key: bool = False, track: Track = VIDEO, size: int = 100) -> Packet:
    """The picture with this number at 30 frames a second."""
    pts = number * track.clock_rate // 30
    return Packet(track, bytes(size), pts, pts, track.clock_rate // 30, key, arrived=time.monotonic())


def sound(number: int, *, track: Track = AUDIO, size: int = 50) -> Packet:
    """The 20 ms of sound with this number."""
    pts = number * track.clock_rate // 50
    return Packet(track, bytes(size), pts, pts, track.clock_rate // 50, True, arrived=time.monotonic())


class FakeConverter:
    """Marks packets with another track, at once."""

    def __init__(self, track: Track, emit: Callable[[Packet], None]) -> None:
        self.track = track
        self.emit = emit
        self.fed: list[Packet] = []
        self.closed = False

    def feed(self, packet: Packet) -> None:
        self.fed.append(packet)
        pts = packet.pts * self.track.clock_rate // packet.track.clock_rate
        self.emit(Packet(self.track, packet.data, pts, pts, 0, packet.key, arrived=packet.arrived))

    async def aclose(self) -> None:
        self.closed = True


class FakeConverters:
    """Counts the converters that a hub makes."""

    def __init__(self) -> None:
        self.made: list[FakeConverter] = []

    def factory(self, track: Track) -> Callable[[Callable[[Packet], None], Callable[[], None]], Converter]:
        def make(emit: Callable[[Packet], None], _want: Callable[[], None]) -> Converter:
            self.made.append(FakeConverter(track, emit))
            return self.made[-1]

        return make

    @property
    def converters(self) -> Converters:
        return Converters(
            aac=self.factory(Track(Codec.AAC, 48_000, channels=2, extradata=b"\x11\x90")),
            h264=self.factory(VIDEO),
        )
