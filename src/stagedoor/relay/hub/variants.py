"""Forms of a path's tracks that are made once and shared by all readers that ask for them."""

import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from stagedoor.domain.errors import MediaError
from stagedoor.media.packets import Codec, Kind, Packet
from stagedoor.outputs.reader import Reader

_log = logging.getLogger(__name__)

RESTART_AFTER_S = 1.0
"""Between a conversion's failure and its next start."""
_CACHED = 1024
"""Converted packets kept for readers that come later."""


class Converter(Protocol):
    """Turns packets of one codec into packets of another, in a thread; used on the loop only."""

    @property
    def failed(self) -> bool:
        """Whether its thread has ended by a bug: nothing will come out any more."""

    def feed(self, packet: Packet) -> None:
        """Take a packet; never waits. Raises `MediaError` where its like will never be converted."""

    async def aclose(self) -> None:
        """Stop; bounded, idempotent."""


ConverterFactory = Callable[[Callable[[Packet], None], Callable[[], None]], Converter]
"""Makes a converter, given where its packets go and how to ask for a key frame, both on the loop."""


@dataclass(frozen=True, slots=True)
class Converters:
    """How each form is made."""

    aac: ConverterFactory
    h264: ConverterFactory


class Variant:
    """One form of one track of a path (AAC sound, H.264 picture).

    Packets that have the wanted codec already go through as they are; otherwise a converter runs from the
    first reader until the last has gone.
    """

    def __init__(
        self,
        codec: Codec,
        path: str,
        factory: ConverterFactory,
        want_key_frame: Callable[[], None],
        dispose: Callable[[Awaitable[None]], None],
    ) -> None:
        self.readers: list[Reader] = []
        self._codec = codec
        self._path = path
        self._video = codec.kind is Kind.VIDEO
        self._factory = factory
        self._want_key_frame = want_key_frame
        self._dispose = dispose
        self._converter: Converter | None = None
        self._not_before = 0.0
        self._cache: deque[Packet] = deque(maxlen=_CACHED)

    @property
    def cached(self) -> list[Packet]:
        """What a new reader starts with."""
        return list(self._cache)

    def attach(self, reader: Reader) -> None:
        """Add a reader."""
        self.readers.append(reader)

    def detach(self, reader: Reader) -> None:
        """Take a reader off; with the last one the converter stops."""
        if reader in self.readers:
            self.readers.remove(reader)
        if not self.readers:
            self.stop()

    def stop(self) -> None:
        """Stop converting, and forget what was made."""
        self._cache.clear()
        converter, self._converter = self._converter, None
        if converter is not None:
            self._dispose(converter.aclose())

    def feed(self, packet: Packet) -> None:
        """Take a packet of the path's track."""
        if packet.track.codec is self._codec:
            if self._converter is not None:
                self.stop()
            self._emit(packet)
            return
        if self._converter is not None and self._converter.failed:
            self._give_up()
        if self._converter is None:
            if time.monotonic() < self._not_before:
                return
            self._converter = self._factory(self._emit, self._want_key_frame)
        try:
            self._converter.feed(packet)
        except MediaError as error:
            self._refuse(error)

    def _give_up(self) -> None:
        """Start anew, but not again and again where every packet makes it fail."""
        _log.error("The conversion of %s to %s failed and starts anew", self._path, self._codec)
        self._not_before = time.monotonic() + RESTART_AFTER_S
        self.stop()

    def _refuse(self, why: MediaError) -> None:
        """Tell those who read this form; who asks for it again hears what has become of it."""
        self.stop()
        for reader in tuple(self.readers):
            reader.fail(why)

    def forget_before(self, seconds: float) -> None:
        """A key frame has come: readers that come later need nothing older."""
        cache = self._cache
        while cache and cache[0].pts < seconds * cache[0].track.clock_rate:
            cache.popleft()

    def _emit(self, packet: Packet) -> None:
        if self._video:
            if packet.key:
                self._cache.clear()
            if self._cache or packet.key:
                self._cache.append(packet)
            for reader in self.readers:
                reader.push_video(packet)
            return
        self._cache.append(packet)
        for reader in self.readers:
            reader.push_audio(packet)
