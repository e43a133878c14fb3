"""One encoded stream of the mixer's, and whoever reads it in this process; all on the loop."""

import asyncio
from collections.abc import Callable
from typing import Final

from stagedoor.ipc.messages import AudioMode, VideoMode
from stagedoor.ipc.queues import QueueKind, QueueStatus
from stagedoor.media.gop import GopCache
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.outputs.reader import MAX_PACKETS, Reader

_CODECS: Final = {AudioMode.OPUS: Codec.OPUS, AudioMode.AAC: Codec.AAC}


class Stream:
    """Fans packets out: one picture, and its sound in as many codecs as are encoded.

    Args:
        name: The path's name at the hub.
        want_key_frame: Asks the encoder for a key frame.

    Attributes:
        video: The picture's track; None before the first packet.
        readers: Whoever reads it.
    """

    def __init__(self, name: str, want_key_frame: Callable[[], None]) -> None:
        self.name = name
        self.video: Track | None = None
        self.readers: list[Reader] = []
        self._want_key_frame = want_key_frame
        self._sound: dict[Codec, Track] = {}
        self._gop = GopCache()
        self._opened = 0
        self._dropped = 0

    @property
    def audio(self) -> Track | None:
        """The sound's track in the first codec that came; None before."""
        return next(iter(self._sound.values()), None)

    def write(self, packet: Packet) -> None:
        """Hand a packet to all readers that take its kind."""
        if packet.track.kind is Kind.VIDEO:
            self.video = packet.track
        else:
            self._sound[packet.track.codec] = packet.track
        self._gop.add(packet)
        for reader in self.readers:
            _push(reader, packet)

    def open_reader(self, audio: AudioMode, _video: VideoMode = VideoMode.COPY) -> Reader:
        """Add a reader, which starts with everything since the last key frame."""
        self._opened += 1
        reader = Reader(self, f"{self.name}-{self._opened}", "mixer", (audio, VideoMode.COPY))
        for packet in self._gop.packets():
            _push(reader, packet)
        self.readers.append(reader)
        return reader

    def open_fresh_reader(self, audio: AudioMode) -> Reader:
        """Add a reader, which starts with the next picture: that becomes a key frame."""
        self._opened += 1
        reader = Reader(self, f"{self.name}-{self._opened}", "mixer", (audio, VideoMode.COPY))
        self.readers.append(reader)
        self.want_key_frame()
        return reader

    def detach(self, reader: Reader) -> None:
        """Forget a reader (called by it)."""
        if reader in self.readers:
            self.readers.remove(reader)
            self._dropped += reader.dropped

    @property
    def queue(self) -> QueueStatus:
        """What waits for the slowest of its readers, and what all of them never got."""
        return QueueStatus(
            kind=QueueKind.STREAM,
            name=self.name,
            waiting=max((reader.queued for reader in self.readers), default=0),
            most=MAX_PACKETS,
            dropped=self._dropped + sum(reader.dropped for reader in self.readers),
        )

    def want_key_frame(self) -> None:
        """Have the next picture be a key frame."""
        self._want_key_frame()

    def forget(self) -> None:
        """Keep nothing for readers to come."""
        self._gop.clear()


class Bridge:
    """Brings packets from an encoder's thread to a stream on the loop.

    Packets that come once the loop has closed are of no use to anybody, and are left out.
    """

    def __init__(self, stream: Stream, loop: asyncio.AbstractEventLoop) -> None:
        self._stream = stream
        self._loop = loop

    def __call__(self, packet: Packet) -> None:
        """Take a packet, in any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stream.write, packet)


def _push(reader: Reader, packet: Packet) -> None:
    if packet.track.kind is Kind.VIDEO:
        reader.push_video(packet)
    elif _CODECS.get(reader.audio) is packet.track.codec:
        reader.push_audio(packet)
