"""ISO recordings of sources that the mixer reads itself: each on its own, as it came, while it comes.

A stream that is opened anew begins a new piece. Packets come from the sources' threads to the loop; there
they wait in the recorder's reader, which is bounded, and drops whole groups of pictures where the disk is
too slow.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from stagedoor.ipc.messages import AudioMode, VideoMode
from stagedoor.media.gop import GopCache
from stagedoor.media.mux import Container
from stagedoor.media.packets import Kind, Packet, Track
from stagedoor.mixer.sources.own_packets import Tap
from stagedoor.outputs.files.recorded import Recorded
from stagedoor.outputs.files.recorder import Recorder
from stagedoor.outputs.reader import Reader

MOST_CROSSING: Final = 1024
"""Packets of one source that wait for the loop: about ten seconds."""
MOST_BYTES_CROSSING: Final = 8 * 1024 * 1024
"""The same in bytes, to the packet that goes beyond."""


class OwnStream:
    """One opened stream of a source, for whoever records it; on the loop.

    Attributes:
        name: The source's id.
        video: The picture's track; None before the first packet.
        audio: The same of the sound.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.video: Track | None = None
        self.audio: Track | None = None
        self._gop = GopCache()
        self._readers: list[Reader] = []

    def write(self, packet: Packet, left_out: int = 0) -> None:
        """Take a packet, before which so many were left out."""
        if packet.track.kind is Kind.VIDEO:
            self.video = packet.track
        else:
            self.audio = packet.track
        self._gop.add(packet)
        for reader in self._readers:
            reader.dropped += left_out
            reader.prime([packet])

    def open_reader(self) -> Reader:
        """Add a reader, which starts with everything since the last key frame."""
        reader = Reader(self, self.name, "recording", (AudioMode.OPUS, VideoMode.COPY))
        reader.prime(self._gop.packets())
        self._readers.append(reader)
        return reader

    def forget(self) -> None:
        """Keep nothing for a reader to come."""
        self._gop.clear()

    def want_key_frame(self) -> None:
        """Wait for the next one: nobody can be asked."""

    def detach(self, reader: Reader) -> None:
        """Forget a reader (called by it)."""
        if reader in self._readers:
            self._readers.remove(reader)


class Isos:
    """Which sources are recorded on their own, and the streams that they have now; on the loop, `tap` apart.

    Args:
        recorder: What writes.
        loop: Its loop.

    Attributes:
        wanted: The sources that are; replaced whole, so that their threads may look at any time.
    """

    def __init__(self, recorder: Recorder, loop: asyncio.AbstractEventLoop) -> None:
        self.wanted: frozenset[str] = frozenset()
        self._recorder = recorder
        self._loop = loop
        self._streams: dict[str, OwnStream] = {}
        self._recorded: dict[str, OwnStream] = {}

    def tap(self, source: str) -> Tap:
        """Return what the thread of a source's reader gives its packets to; in any thread."""
        return _SourceTap(self, source)

    def want(self, sources: Iterable[str]) -> None:
        """Record these sources and no others, while a take runs."""
        before, self.wanted = self.wanted, frozenset(sources)
        for source in before ^ self.wanted:
            if source not in self.wanted and source in self._streams:
                # Whoever wants it again later must not begin with what was there before.
                self._streams[source].forget()
            self._look(source)

    def begin_take(self) -> None:
        """A take has begun: each source's piece begins with its last key frame."""
        self._recorded.clear()
        for source in tuple(self._streams):
            self._look(source)

    def began(self, source: str, stream: OwnStream) -> None:
        """A source's stream was opened."""
        self._streams[source] = stream
        self._look(source)

    def ended(self, source: str, stream: OwnStream) -> None:
        """A source's stream is over; one that another has replaced is no matter any more."""
        if self._streams.get(source) is stream:
            del self._streams[source]
            self._look(source)

    def call(self, act: Callable[[], None]) -> None:
        """Have something done on the loop; in any thread. Once the loop has closed nobody needs it."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act)

    def _look(self, source: str) -> None:
        """Begin or end a piece, if what is to be recorded of a source has become another."""
        is_wanted = source in self.wanted and self._recorder.records
        stream = self._streams.get(source) if is_wanted else None
        if stream is self._recorded.get(source):
            return
        if stream is None:
            del self._recorded[source]
            self._recorder.end(source)
        else:
            self._recorded[source] = stream
            self._recorder.begin(Recorded(source, Container.MKV, stream.open_reader, _arrived_ns))


class _SourceTap:
    """A source's side of it; in the thread that reads the source."""

    def __init__(self, isos: Isos, source: str) -> None:
        self._isos = isos
        self._source = source
        self._stream: OwnStream | None = None

    @property
    def wanted(self) -> bool:
        """See `Tap.wanted`."""
        return self._source in self._isos.wanted

    def began(self) -> Callable[[Packet], None]:
        """See `Tap.began`."""
        stream = self._stream = OwnStream(self._source)
        self._isos.call(partial(self._isos.began, self._source, stream))
        return _Crossing(stream, self._isos.call)

    def ended(self) -> None:
        """See `Tap.ended`."""
        stream, self._stream = self._stream, None
        if stream is not None:
            self._isos.call(partial(self._isos.ended, self._source, stream))


class _Crossing:
    """Packets on their way from a source's thread to the loop, bounded in number and in bytes.

    What does not fit is left out up to the next key frame, and counted with what the stream's readers lose.
    """

    def __init__(self, stream: OwnStream, call: Callable[[Callable[[], None]], None]) -> None:
        self._stream = stream
        self._call = call
        self._waiting: deque[tuple[Packet, int]] = deque()
        self._left_out = 0
        # Each is counted by one thread alone.
        self._given_bytes = self._taken_bytes = 0

    def __call__(self, packet: Packet) -> None:
        """Take a packet; in the source's thread."""
        may_go_on = packet.key and (packet.track.kind is Kind.VIDEO or self._stream.video is None)
        if self._is_full or (self._left_out and not may_go_on):
            self._left_out += 1
            return
        left_out, self._left_out = self._left_out, 0
        self._given_bytes += len(packet.data)
        self._waiting.append((packet, left_out))
        self._call(self._arrive)

    @property
    def _is_full(self) -> bool:
        waiting_bytes = self._given_bytes - self._taken_bytes
        return len(self._waiting) >= MOST_CROSSING or waiting_bytes >= MOST_BYTES_CROSSING

    def _arrive(self) -> None:
        """Hand over what has come; on the loop."""
        while self._waiting:
            packet, left_out = self._waiting.popleft()
            self._taken_bytes += len(packet.data)
            self._stream.write(packet, left_out)


def _arrived_ns(packet: Packet) -> int:
    return round(packet.arrived * 1_000_000_000)
