"""Packets out of thin air, and stand-ins for what the relay talks to."""

import asyncio
import time
from collections.abc import Callable, Iterable

from stagedoor.carriers.base import MediaSink, Offer, Report, TrackMeasures
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.errors import MediaError, NegotiationError
from stagedoor.ipc.messages import DestinationSpec, DestinationStatus
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.relay.hub import Converter, Converters
from stagedoor.relay.viewers import ViewerOffer

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

    def __init__(self, track: Track, emit: Callable[[Packet], None], refuses: MediaError | None) -> None:
        self.track = track
        self.refuses = refuses
        self.failed = False
        self.emit = emit
        self.fed: list[Packet] = []
        self.closed = False

    def feed(self, packet: Packet) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.fed.append(packet)
        pts = packet.pts * self.track.clock_rate // packet.track.clock_rate
        self.emit(Packet(self.track, packet.data, pts, pts, 0, packet.key, arrived=packet.arrived))

    async def aclose(self) -> None:
        self.closed = True


class FakeConverters:
    """Counts the converters that a hub makes.

    Attributes:
        refuses: What those that are made from now on say to every packet.
    """

    def __init__(self) -> None:
        self.refuses: MediaError | None = None
        self.made: list[FakeConverter] = []

    def factory(self, track: Track) -> Callable[[Callable[[Packet], None], Callable[[], None]], Converter]:
        def make(emit: Callable[[Packet], None], _want: Callable[[], None]) -> Converter:
            self.made.append(FakeConverter(track, emit, self.refuses))
            return self.made[-1]

        return make

    @property
    def converters(self) -> Converters:
        return Converters(
            aac=self.factory(Track(Codec.AAC, 48_000, channels=2, extradata=b"\x11\x90")),
            h264=self.factory(VIDEO),
        )


class FakePeer:
    """A publisher's connection that a test drives."""

    def __init__(self, sink: MediaSink) -> None:
        self.sink = sink
        self.answer_sdp = "v=0 answer"
        self.etag = '"1"'
        self.closed = False
        self.asked = 0
        self.flowing: list[Kind] = []
        self.patched: list[tuple[str, str | None]] = []
        self.close_takes = 0.0

    async def patch(self, fragment: str, if_match: str | None) -> tuple[str | None, str]:
        self.patched.append((fragment, if_match))
        return None, self.etag

    def sending(self, kinds: Iterable[Kind]) -> None:
        self.flowing += kinds

    def request_key_frame(self) -> None:
        self.asked += 1

    def report(self) -> Report:
        return Report(True, {Kind.VIDEO: TrackMeasures(0.25, 7, 3.5)}, 12.5, 1.5, 2_000_000)

    async def aclose(self) -> None:
        await asyncio.sleep(self.close_takes)
        self.closed = True


class FakeCarrier:
    """Answers every offer, except `refuse`."""

    name = "fake"
    created = "Session created"

    def __init__(self) -> None:
        self.peers: list[FakePeer] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def open(self, offer: Offer, sink: MediaSink) -> FakePeer:
        await self.gate.wait()
        if offer.sdp == "refuse":
            raise NegotiationError("nothing in common")
        self.peers.append(FakePeer(sink))
        return self.peers[-1]


class FakeOutlet:
    """A destination that reads nothing and does what the test says."""

    def __init__(self, path: str, spec: DestinationSpec, on_change: Callable[[], None], carrier: str) -> None:
        self.path = path
        self.carrier = carrier
        self.spec = spec
        self.on_change = on_change
        self.running = False
        self.error = asyncio.Event()
        self.status = DestinationStatus(id=spec.id, url="rtmp://server", state=DestinationState.CONNECTING)

    async def run(self) -> None:
        self.running = True
        try:
            self.status = self.status.model_copy(update={"state": DestinationState.LIVE})
            self.on_change()
            await self.error.wait()
            raise ZeroDivisionError("a bug")
        finally:
            self.running = False


class FakeOutlets:
    """Makes fake destinations and keeps them."""

    def __init__(self) -> None:
        self.made: list[FakeOutlet] = []

    def __call__(
        self, path: str, spec: DestinationSpec, on_change: Callable[[], None], carrier: str
    ) -> FakeOutlet:
        self.made.append(FakeOutlet(path, spec, on_change, carrier))
        return self.made[-1]

    @property
    def running(self) -> list[FakeOutlet]:
        return [outlet for outlet in self.made if outlet.running]


class FakeViewer:
    """A viewer's connection that a test drives."""

    def __init__(self, offer: ViewerOffer) -> None:
        self.offer = offer
        self.answer_sdp = "v=0 viewer"
        self.etag = "v"
        self.ready = asyncio.Event()
        self.written: list[Packet] = []
        self.closed = False
        self.fails = False

    async def patch(self, fragment: str, if_match: str | None) -> tuple[str | None, str]:
        return ("a=ice-ufrag:x" if if_match == "*" else None), self.etag

    def write(self, packet: Packet) -> None:
        if self.fails:
            raise ZeroDivisionError("a bug")
        self.written.append(packet)

    async def aclose(self) -> None:
        self.closed = True


class FakeViewers:
    """Answers every viewer's offer."""

    def __init__(self) -> None:
        self.made: list[FakeViewer] = []

    async def __call__(self, offer: ViewerOffer) -> FakeViewer:
        if offer.sdp == "refuse":
            raise NegotiationError("the path carries something else")
        self.made.append(FakeViewer(offer))
        return self.made[-1]
