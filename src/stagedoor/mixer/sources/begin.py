"""How a source begins: what it shows is made ready, and what it reads is opened."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from stagedoor.domain.errors import StagedoorError
from stagedoor.domain.framing import framed
from stagedoor.domain.ids import is_lobby, is_talkback
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.clips import ClipStart
from stagedoor.mixer.picture.keyer import ready
from stagedoor.mixer.picture.picture import Picture, Size
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.sources.device import open_device
from stagedoor.mixer.sources.entry import Entry
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import GUEST_PROBE_S, Hub, Open, open_hub, open_url
from stagedoor.mixer.sources.own_packets import Tap
from stagedoor.mixer.sources.reader import Reader
from stagedoor.mixer.sources.stay import Stay
from stagedoor.mixer.sources.still import named, pattern, plain, still
from stagedoor.mixer.sources.transport import Transport
from stagedoor.mixer.sources.twin import Twin

logger = logging.getLogger(__name__)

NOWHERE: Final[Mapping[str, ClipStart]] = MappingProxyType({})
UNKNOWN: Final = Source("", SourceKind.COLOR, "No source", "#30343b")


class Beginning:
    """Begins sources; on one thread at a time, which may wait for files.

    Args:
        hub: Where guests and paths are read.
        guest_url: `hub`, or where else, with `{path}`.
        size: Of slates and patterns, pixels.
        frame_rate: Program's.
        sounds: Where the sources' sound goes.
        tap: Returns who may want the own packets of a source that is read from a server.

    Attributes:
        starts: Where clips begin, by source; others begin as they are set.
        unknown: What is shown where there is no source.
    """

    def __init__(
        self,
        hub: Hub,
        guest_url: str,
        size: Size,
        frame_rate: int,
        sounds: SoundEngine,
        tap: Callable[[str], Tap | None],
    ) -> None:
        self._hub = hub
        self._guest_url = guest_url
        self._size = size
        self._frame_rate = frame_rate
        self._sounds = sounds
        self._tap = tap
        self.starts = NOWHERE
        self.unknown = named(UNKNOWN.label, UNKNOWN.color, *size)

    def entry(self, source: Source, old: Entry | None) -> Entry:
        """Return a source at work; one that fails by a mistake of ours costs no other anything.

        What goes on of `old` is not touched: it takes its new settings with `Entry.settle`.
        """
        if old is not None and old.source == source:
            return old
        entry = Entry(source, self.unknown)
        try:
            framing = framed(source.crop, source.zoom, source.offset)
            ready(source.key)
            entry = replace(entry, slate=self._slate(source, old), framing=framing)
            if old is not None and old.can_use(source):
                return replace(old, source=source, slate=entry.slate, framing=framing)
            return self._begun(entry)
        except Exception:
            logger.exception("Source %s has failed and shows its slate", source.id)
            return replace(entry, trouble=StagedoorError("an error of ours, see the log"))

    def _begun(self, entry: Entry) -> Entry:
        match entry.source.kind:
            case SourceKind.COLOR:
                return replace(entry, picture=plain(entry.source.color))
            case SourceKind.PATTERN:
                return replace(entry, picture=pattern(*self._size))
            case SourceKind.SLATE:
                return replace(entry, picture=entry.slate)
            case SourceKind.STILL:
                return self._still(entry)
            case SourceKind.GUEST | SourceKind.URL | SourceKind.HUB | SourceKind.DEVICE:
                return self._read(entry)

    def _slate(self, source: Source, old: Entry | None) -> Picture:
        if old is not None and _look(old.source) == _look(source):
            return old.slate
        if source.slate:
            try:
                return still(Path(source.slate), self._size)
            except StagedoorError as error:
                logger.warning("The slate of source %s is its label: %s", source.id, error)
            except Exception:
                logger.exception("The slate of source %s has failed", source.id)
        return named(source.label or source.id, source.color, *self._size)

    def _still(self, entry: Entry) -> Entry:
        try:
            picture = still(Path(entry.source.url), self._size)
            duration_s = entry.source.duration_s
            return replace(entry, picture=picture, stay=None if duration_s is None else Stay(duration_s))
        except StagedoorError as error:
            logger.warning("Source %s shows its slate: %s", entry.source.id, error)
            return replace(entry, trouble=error)

    def _read(self, entry: Entry) -> Entry:
        source = entry.source
        transport = Transport(source, self.starts.get(source.id)) if source.is_clip else None
        feed = Feed(source.playout_ms, self._sounds.add(source.id), transport, self._frame_rate)
        feed.key = source.key
        is_guest = source.kind is SourceKind.GUEST
        tap = self._tap(source.id) if source.is_remote else None
        try:
            reader = Reader(
                source.id, self._way(source), feed, low_delay=is_guest, tap=tap, twin=self._twin(source, feed)
            )
            reader.start()
        except BaseException:
            self._sounds.remove(source.id)
            raise
        return replace(entry, feed=feed, reader=reader)

    def _way(self, source: Source) -> Open:
        if source.kind is SourceKind.DEVICE:
            return partial(open_device, source.url, source.capture)
        if source.kind is SourceKind.URL:
            return partial(open_url, source.url)
        if self._comes_back(source):
            return partial(open_url, self._guest_url.replace("{path}", source.url), probe_s=GUEST_PROBE_S)
        return partial(open_hub, self._hub, source.url)

    def _twin(self, source: Source, feed: Feed) -> Twin | None:
        """Return what finds the times of a guest's path, where what is read of them has others."""
        if not self._comes_back(source):
            return None
        return Twin(source.id, partial(open_hub, self._hub, source.url), feed.place)

    def _comes_back(self, source: Source) -> bool:
        """Whether it is a guest who is read back from a server."""
        is_guest = source.kind is SourceKind.GUEST
        return is_guest and self._guest_url != "hub" and not _is_off_air(source.url)


def _is_off_air(path: str) -> bool:
    """Whether a path is published to no destination, so that the hub alone has it."""
    return is_talkback(path) or is_lobby(path)


def _look(source: Source) -> tuple[str, ...]:
    """Return what a source's slate is made of."""
    return source.slate, source.label or source.id, source.color
