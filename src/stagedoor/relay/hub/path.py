"""One named stream: its publisher, its cache, its readers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from stagedoor.ipc.messages import AudioMode, PathStatus, ReaderStatus, VideoMode
from stagedoor.media.gop import GopCache
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.outputs.reader import Reader
from stagedoor.relay.hub.flow import Flow
from stagedoor.relay.hub.key_frames import KeyFrameAsker
from stagedoor.relay.hub.publisher import Publisher
from stagedoor.relay.hub.timeline import Timeline
from stagedoor.relay.hub.variants import Converters, Variant

GAP_S = 60.0
"""Readers wait this long for a publisher, the time for which a lost guest's seat is held; then they end."""
KEY_FRAME_LONGEST_S = 2
"""With readers, a key frame is asked for when the last one is this old: whoever joins at a server that we
publish to can neither ask for one nor get ours, and browsers send them only when asked."""

CATCH_UP = 12
"""A group of so many pictures is converted from its start; for a longer one a new key frame is quicker."""


@dataclass(frozen=True, slots=True)
class PathHooks:
    """What a path needs of its hub."""

    on_change: Callable[["Path"], None]
    on_idle: Callable[["Path"], None]
    dispose: Callable[[Awaitable[None]], None]


class Path:
    """Fans the packets of one publisher out to its readers; all on the loop."""

    def __init__(self, name: str, converters: Converters, hooks: PathHooks) -> None:
        self.name = name
        self.publisher: Publisher | None = None
        self.readers: list[Reader] = []
        self.video: Track | None = None
        self.audio: Track | None = None
        self.late = 0
        self._left = (0, 0)
        self._hooks = hooks
        self._timeline = Timeline()
        self._gop = GopCache()
        self._flow = Flow()
        self._raw_video: list[Reader] = []
        self._raw_audio: list[Reader] = []
        self._aac = Variant(Codec.AAC, name, converters.aac, self.want_key_frame, hooks.dispose)
        self._h264 = Variant(Codec.H264, name, converters.h264, self.want_key_frame, hooks.dispose)
        self._needs_key = True
        self._last_key = 0
        self._asker = KeyFrameAsker(self._ask)
        self._gap: asyncio.TimerHandle | None = None
        self._seen = asyncio.Event()
        self._both = asyncio.Event()
        self._wait_for_publisher()

    # The publisher's side.

    def publish(self, publisher: Publisher) -> None:
        """Let a publisher in; the one before it, if any, is replaced."""
        if self.publisher is not None:
            self.publisher.replace()
        self.publisher = publisher
        self._flow = publisher.flow
        self._discontinue()
        self._cancel_gap()
        self._hooks.on_change(self)

    def release(self, publisher: Publisher) -> None:
        """The publisher leaves; the readers wait for the next."""
        if publisher is not self.publisher:
            return
        self.publisher = None
        self._flow = Flow()
        self.video = self.audio = None
        self._seen.clear()
        self._both.clear()
        self._discontinue()
        self._asker.rest()
        self._wait_for_publisher()
        self._hooks.on_change(self)
        self._check_idle()

    def _discontinue(self) -> None:
        self._timeline.restart()
        self._gop.clear()
        self._needs_key = True

    def write(self, packet: Packet) -> None:
        """Hand a packet to all readers."""
        track = packet.track
        video = track is self.video or (track is not self.audio and track.kind is Kind.VIDEO)
        if video and self._needs_key and not packet.key:
            self.want_key_frame()
            return
        placed = self._timeline.place(packet, video=video)
        if placed is None:
            self.late += 1
        elif video:
            self._write_video(placed)
        else:
            self._write_audio(placed)

    def _write_video(self, packet: Packet) -> None:
        if packet.track is not self.video:
            self.video = packet.track
            self._changed()
        if packet.key:
            self._needs_key = False
            self._asker.came()
            self._last_key = packet.dts
            self._aac.forget_before(packet.pts / packet.track.clock_rate)
        elif self.readers and packet.dts - self._last_key >= KEY_FRAME_LONGEST_S * packet.track.clock_rate:
            self.want_key_frame()
        self._flow.video.count(packet)
        self._gop.add(packet)
        for reader in self._raw_video:
            reader.push_video(packet)
        if self._h264.readers:
            self._h264.feed(packet)

    def _write_audio(self, packet: Packet) -> None:
        if packet.track is not self.audio:
            self.audio = packet.track
            self._changed()
        self._flow.audio.count(packet)
        self._gop.add(packet)
        for reader in self._raw_audio:
            reader.push_audio(packet)
        if self._aac.readers:
            self._aac.feed(packet)

    def _changed(self) -> None:
        self._seen.set()
        if self.video is not None and self.audio is not None:
            self._both.set()
        self._hooks.on_change(self)

    def want_key_frame(self) -> None:
        """Ask the publisher for a key frame, now or when half a second has passed since the last time."""
        if self.publisher is not None:
            self._asker.want()

    def _ask(self) -> None:
        if self.publisher is not None:
            self.publisher.request_key_frame()

    # The readers' side.

    def attach(self, reader: Reader) -> None:
        """Add a reader and start it with what is cached."""
        cached = self._gop.packets()
        self.readers.append(reader)
        if reader.video is VideoMode.COPY:
            self._raw_video.append(reader)
        else:
            self._attach_h264(reader, cached)
        if reader.audio is AudioMode.OPUS:
            self._raw_audio.append(reader)
        elif reader.audio is AudioMode.AAC:
            self._attach_aac(reader, cached)
        reader.prime(self._start_of(reader, cached))
        if self.video is not None and not any(packet.track.kind is Kind.VIDEO for packet in cached):
            self.want_key_frame()
        if reader.video is VideoMode.H264 and not self._h264.cached:
            self.want_key_frame()
        self._hooks.on_change(self)

    def _attach_aac(self, reader: Reader, cached: list[Packet]) -> None:
        first = not self._aac.readers
        if first:
            # Encoded before the reader is there: it gets them with the rest as they come out of the thread.
            for packet in cached:
                if packet.track.kind is Kind.AUDIO:
                    self._aac.feed(packet)
        self._aac.attach(reader)

    def _attach_h264(self, reader: Reader, cached: list[Packet]) -> None:
        pictures = [packet for packet in cached if packet.track.kind is Kind.VIDEO]
        if not self._h264.readers and len(pictures) <= CATCH_UP:
            for packet in pictures:
                self._h264.feed(packet)
        self._h264.attach(reader)

    def _start_of(self, reader: Reader, cached: list[Packet]) -> list[Packet]:
        pictures = [packet for packet in cached if packet.track.kind is Kind.VIDEO]
        sound = [packet for packet in cached if packet.track.kind is Kind.AUDIO]
        if reader.video is VideoMode.H264:
            pictures = self._h264.cached
        if reader.audio is AudioMode.AAC:
            sound = self._aac.cached
        elif reader.audio is AudioMode.NONE:
            sound = []
        return sorted(pictures + sound, key=lambda packet: packet.dts / packet.track.clock_rate)

    def detach(self, reader: Reader) -> None:
        """Take a reader off; idempotent."""
        if reader not in self.readers:
            return
        packets, size = self._left
        self._left = (packets + reader.dropped, size + reader.dropped_bytes)
        for readers in (self.readers, self._raw_video, self._raw_audio):
            if reader in readers:
                readers.remove(reader)
        self._h264.detach(reader)
        self._aac.detach(reader)
        self._hooks.on_change(self)
        self._check_idle()

    async def seen(self) -> None:
        """Wait until there is a first packet, or the path has ended."""
        await self._seen.wait()

    @property
    def has_packets(self) -> bool:
        """Whether its publisher has written anything."""
        return self.video is not None or self.audio is not None

    async def complete(self) -> None:
        """Wait until there are both picture and sound."""
        await self._both.wait()

    # Endings.

    def _wait_for_publisher(self) -> None:
        self._cancel_gap()
        self._gap = asyncio.get_running_loop().call_later(GAP_S, self.end)

    def _cancel_gap(self) -> None:
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None

    def _check_idle(self) -> None:
        if self.publisher is None and not self.readers:
            self.end()

    def end(self) -> None:
        """Let everybody go: nothing will come any more. Idempotent."""
        self._cancel_gap()
        self._asker.rest()
        if self.publisher is not None:
            self.publisher.replace()
            self.publisher = None
        for reader in tuple(self.readers):
            reader.end()
            self._forget(reader)
        # Whoever waits for packets finds that its reader has ended.
        self._seen.set()
        self._both.set()
        self._h264.stop()
        self._aac.stop()
        self._hooks.on_idle(self)

    def _forget(self, reader: Reader) -> None:
        """Forget a reader that keeps what is queued for it."""
        for readers in (
            self.readers,
            self._raw_video,
            self._raw_audio,
            self._h264.readers,
            self._aac.readers,
        ):
            if reader in readers:
                readers.remove(reader)

    # What is said of it.

    @property
    def dropped(self) -> int:
        """Packets that its readers never got, those of readers that have left among them."""
        return self._left[0] + sum(reader.dropped for reader in self.readers)

    @property
    def dropped_bytes(self) -> int:
        """The payload of the same packets."""
        return self._left[1] + sum(reader.dropped_bytes for reader in self.readers)

    def status(self, now: float) -> PathStatus:
        """What the hub knows of the path."""
        self._flow.sample(now)
        tracks = tuple(flow.status(now) for flow in self._flow.tracks)
        return PathStatus(
            path=self.name,
            owner=None if self.publisher is None else self.publisher.owner,
            tracks=tracks,
            readers=tuple(
                ReaderStatus(id=each.id, kind=each.kind, queued=each.queued, dropped=each.dropped)
                for each in self.readers
            ),
        )
