"""A destination at work: publishes a path to its URL, and comes back by itself."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Final, Protocol

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.race import until_first
from stagedoor.aio.supervise import supervise
from stagedoor.domain.destination import DestinationState, moved
from stagedoor.domain.errors import DestinationError, MediaError, NegotiationError, StagedoorError
from stagedoor.ipc.messages import AudioMode, DestinationSpec, DestinationStatus, VideoMode
from stagedoor.media.flv import milliseconds
from stagedoor.media.packets import Kind, Packet, Track
from stagedoor.outputs.address import Address, redact
from stagedoor.outputs.link import CLOSED
from stagedoor.outputs.rtmp.client import MEDIAMTX, RtmpPublisher
from stagedoor.outputs.rtsp.client import RtspPublisher

if TYPE_CHECKING:
    # Its HTTP client takes long to load, and most relays have no such server.
    from stagedoor.outputs.mediamtx import MediaMtxApi

logger = logging.getLogger(__name__)

SECOND_TRACK_WITHIN: Final = 0.3
"""Seconds after the first packet that the other kind of track may take before we start without it."""

LIVE_AFTER: Final = 0.1
"""Seconds of accepted packets before a destination counts as live; some servers say yes, and hang up."""

HUNG_UP_EARLY: Final = 3.0


class PacketReader(Protocol):
    """A reader of a hub path: bounded, drops by itself, safe to cancel while it waits."""

    @property
    def dropped(self) -> int:
        """Packets that it never gave because they were not taken in time."""

    @property
    def queued(self) -> int:
        """Packets that wait to be taken."""

    def __aiter__(self) -> AsyncIterator[Packet]: ...

    async def aclose(self) -> None:
        """Leave the path."""


OpenReader = Callable[[AudioMode, VideoMode], PacketReader]


class Publication(Protocol):
    """A running publication, RTMP's or RTSP's."""

    server: str

    @property
    def bytes_sent(self) -> int:
        """Bytes handed to the connection."""

    def accepts(self, packet: Packet) -> bool:
        """Whether the packet fits, or needs a new publication with other tracks."""

    async def send(self, packet: Packet) -> None:
        """Send one packet; raises `DestinationError`."""

    async def serve(self) -> None:
        """Listen to the server until it ends the publication; always raises."""

    async def aclose(self) -> None:
        """Say goodbye and close; bounded."""


class Destination:
    """Publishes a path to one URL until cancelled.

    It waits for the path's first packet, so that a server's "publish" means media, gives a second track
    300 ms, and then connects. When a track comes or changes its codec later than the protocol can announce
    it, it publishes anew at once. After a failure it tries again in 0.5 s to 10 s.

    Args:
        spec: Where to, and in which form.
        open_reader: Opens a reader of the path; a new one for each publication, which starts on a key frame.
        on_change: Called when the status has changed in more than a counter.
        label: The path's name, for the log.
        carrier: What brings the media, for the log.
        api: Asked about the path where the destination is at that MediaMTX.

    Attributes:
        first_picture: The first one that the server was sent since it is published there; None before.

    Raises:
        InvalidError: The URL cannot be published to.
    """

    def __init__(
        self,
        spec: DestinationSpec,
        open_reader: OpenReader,
        on_change: Callable[[], None],
        label: str,
        *,
        carrier: str = "Built-in",
        api: "MediaMtxApi | None" = None,
    ) -> None:
        self.first_picture: Packet | None = None
        self._address = Address.parse(spec.url)
        self._spec = spec
        self._open_reader = open_reader
        self._on_change = on_change
        self._label = label
        self._carrier = carrier
        self._api = api if api is not None and api.serves(self._address) else None
        self._url = redact(spec.url, public=label)
        self._video = spec.video
        self._backoff = Backoff()
        self._state = DestinationState.WAITING
        self._failure: StagedoorError | None = None
        self._logged = ""
        self._attempts = 0
        self._bytes = self._dropped = 0
        self._reader: PacketReader | None = None
        self._publication: Publication | None = None
        self._began = 0.0
        self._live_at: float | None = None
        self._ready: bool | None = None

    @property
    def status(self) -> DestinationStatus:
        """How it does now."""
        failure = self._failure
        return DestinationStatus(
            id=self._spec.id,
            url=self._url,
            state=self._state,
            reason="" if failure is None else failure.message,
            code="" if failure is None else failure.code,
            hint="" if failure is None else failure.hint,
            attempts=self._attempts,
            live_ms=self._live_ms(),
            bytes_sent=self._bytes + (self._publication.bytes_sent if self._publication else 0),
            dropped=self._dropped + (self._reader.dropped if self._reader else 0),
            queued=self._reader.queued if self._reader else 0,
            server_ready=self._ready,
        )

    async def run(self) -> None:
        """Publish until cancelled, or until the path has ended."""
        why = "an unexpected failure"
        try:
            await supervise(
                f"relay of {self._label}",
                self._run_once,
                expected=(DestinationError, MediaError, NegotiationError),
                on_failure=self._failed,
                backoff=self._backoff,
            )
            why = "the path ended"
        except asyncio.CancelledError:
            why = "no longer wanted"
            raise
        finally:
            self._to(DestinationState.STOPPED)
            logger.info("Relay stopped for %s: %s url=%s", self._label, why, self._url)

    async def _run_once(self) -> None:
        """Publish, and publish anew while only the tracks change; ends with the path."""
        while True:
            self._reader = reader = self._open_reader(self._spec.audio, self._video)
            try:
                if not await self._publish(reader):
                    return
            finally:
                self._dropped, self._reader = self._dropped + reader.dropped, None
                await reader.aclose()

    async def _publish(self, reader: PacketReader) -> bool:
        """Run one publication; returns whether another one is wanted at once."""
        packets = aiter(reader)
        first = await self._first_packets(packets)
        if not first:
            return False
        self._attempts += 1
        self._began = asyncio.get_running_loop().time()
        if self._state is DestinationState.LIVE:
            self._to(DestinationState.RETRYING)
        self._to(DestinationState.CONNECTING)
        try:
            publication = await self._open(first)
        except NegotiationError as error:
            if self._video is VideoMode.H264:
                raise
            logger.info("Relay of %s is transcoded to H.264: %s", self._label, error.message)
            self._video = VideoMode.H264
            return True
        return await self._carry(publication, first, packets)

    async def _open(self, first: list[Packet]) -> Publication:
        tracks: dict[Kind, Track] = {}
        for packet in first:
            tracks.setdefault(packet.track.kind, packet.track)
        origin = min(milliseconds(packet.dts, packet.track.clock_rate) for packet in first)
        if self._address.rtmp:
            return await RtmpPublisher.open(self._address, list(tracks.values()), origin)
        return await RtspPublisher.open(self._address, list(tracks.values()), origin)

    async def _carry(
        self, publication: Publication, first: list[Packet], packets: AsyncIterator[Packet]
    ) -> bool:
        ended: list[bool] = []
        self._publication, self._began = publication, asyncio.get_running_loop().time()

        async def feed() -> None:
            ended.append(await self._feed(publication, first, packets))

        runs = [feed(), publication.serve()]
        if (api := self._api_of(publication)) is not None:
            runs.append(api.watch(self._address.path.strip("/"), self._on_ready))
        try:
            await until_first(*runs)
        finally:
            self._bytes, self._publication = self._bytes + publication.bytes_sent, None
            self._ready = self.first_picture = None
            await publication.aclose()
        return ended[0]

    async def _feed(
        self, publication: Publication, first: list[Packet], packets: AsyncIterator[Packet]
    ) -> bool:
        """Send until the path ends (False) or another publication is wanted (True)."""
        for packet in first:
            await publication.send(packet)
            self._sent(packet)
        async for packet in packets:
            if not publication.accepts(packet):
                logger.info("Relay of %s publishes anew: its tracks changed", self._label)
                return True
            await publication.send(packet)
            self._sent(packet)
            if self._state is DestinationState.CONNECTING:
                self._maybe_live(publication)
        return False

    def _sent(self, packet: Packet) -> None:
        if self.first_picture is None and packet.track.kind is Kind.VIDEO:
            self.first_picture = packet

    async def _first_packets(self, packets: AsyncIterator[Packet]) -> list[Packet]:
        """Wait for the first packet, and a moment for the other kind; empty if the path ends before."""
        found: list[Packet] = []
        missing = {Kind.VIDEO} if self._spec.audio is AudioMode.NONE else {Kind.VIDEO, Kind.AUDIO}
        try:
            async with asyncio.timeout(None) as deadline:
                async for packet in packets:
                    kind = packet.track.kind
                    if kind in missing and not packet.key:
                        continue
                    if not found:
                        deadline.reschedule(asyncio.get_running_loop().time() + SECOND_TRACK_WITHIN)
                    found.append(packet)
                    missing.discard(kind)
                    if not missing:
                        break
        except TimeoutError:
            pass
        return found

    def _maybe_live(self, publication: Publication) -> None:
        if asyncio.get_running_loop().time() - self._began < LIVE_AFTER:
            return
        self._failure, self._logged, self._attempts = None, "", 0
        self._to(DestinationState.LIVE)
        server = MEDIAMTX if self._api_of(publication) is not None else publication.server
        logger.info("Relay started for %s: %s -> %s url=%s", self._label, self._carrier, server, self._url)
        if self._address.rtmp:
            logger.info("RTMP relay started successfully path=%s url=%s", self._label, self._url)

    def _live_ms(self) -> int | None:
        """For how long it has been live; None while it is not."""
        if self._live_at is None or self._state is not DestinationState.LIVE:
            return None
        return int((time.monotonic() - self._live_at) * 1000)

    def _api_of(self, publication: Publication) -> "MediaMtxApi | None":
        """What to ask about the path; nothing where another RTMP server answers on MediaMTX's host."""
        return None if self._address.rtmp and publication.server != MEDIAMTX else self._api

    def _failed(self, error: StagedoorError) -> bool:
        """Note why, and have it tried again."""
        lived = asyncio.get_running_loop().time() - self._began
        if error.code == CLOSED and not error.hint and lived < HUNG_UP_EARLY:
            error.hint = (
                "It hung up right after the start: its log says why (stream key, allow list, codecs)."
            )
        self._failure = error
        if not error.retryable:
            self._backoff.exhaust()
        if error.message != self._logged:
            self._logged = error.message
            logger.warning(
                "Relay failed for %s: %s url=%s code=%s", self._label, error, self._url, error.code
            )
        self._to(DestinationState.RETRYING)
        return True

    def _on_ready(self, ready: bool | None) -> None:
        if ready is not self._ready:
            self._ready = ready
            self._on_change()

    def _to(self, state: DestinationState) -> None:
        if state is not self._state:
            self._state = moved(self._state, state)
            if state is DestinationState.LIVE:
                self._live_at = time.monotonic()
        self._on_change()
