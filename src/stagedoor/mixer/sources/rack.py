"""All sources: added, changed and removed while everything else goes on."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from stagedoor.domain.clip import ClipAction, ClipState
from stagedoor.domain.errors import NotFoundError, StagedoorError, UnavailableError
from stagedoor.domain.framing import framed
from stagedoor.domain.ids import LOBBY_PREFIX, is_talkback
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.clips import ClipStart, ClipStatus
from stagedoor.ipc.mixer import SourceStatus
from stagedoor.mixer.picture.keyer import ready
from stagedoor.mixer.picture.picture import Picture, Size
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.sources.entry import Entry
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import Hub, open_hub, open_url
from stagedoor.mixer.sources.own_packets import Tap
from stagedoor.mixer.sources.reader import Open, Reader
from stagedoor.mixer.sources.showing import Showing
from stagedoor.mixer.sources.stay import Stay
from stagedoor.mixer.sources.still import named, pattern, plain, still
from stagedoor.mixer.sources.transport import Transport

logger = logging.getLogger(__name__)

JOIN_WITHIN_S: Final = 5.0
_HOPS: Final = 4
"""How many sources that are gone may stand in for one another."""
_NOWHERE: Final[Mapping[str, ClipStart]] = MappingProxyType({})
UNKNOWN: Final = Source("", SourceKind.COLOR, "No source", "#30343b")


class Rack:
    """Keeps the sources the same as what is wanted.

    Args:
        hub: Where guests are read.
        guest_url: `hub`, or where else, with `{path}`.
        size: Of slates and patterns, pixels.
        sounds: Where the sources' sound goes.
        tap: Returns who may want the own packets of a source that is read from a server.

    Attributes:
        labels: What people read, by id.
        feeds: The feeds of the sources that are read, by id.
    """

    def __init__(
        self,
        hub: Hub,
        guest_url: str,
        size: Size,
        sounds: SoundEngine,
        tap: Callable[[str], Tap | None] = lambda _: None,
    ) -> None:
        self._tap = tap
        self._hub = hub
        self._sounds = sounds
        self._guest_url = guest_url
        self._size = size
        self._entries: Mapping[str, Entry] = {}
        self.labels: Mapping[str, str] = {}
        self.feeds: Mapping[str, Feed] = {}
        self._played: Mapping[str, Transport | Stay] = {}
        self._starts, self._is_new = _NOWHERE, True
        self._leaving: list[Reader] = []
        self._unknown = named(UNKNOWN.label, UNKNOWN.color, *size)

    # On one thread at a time, which may wait for files.

    def apply(self, sources: Iterable[Source], starts: Mapping[str, ClipStart] = _NOWHERE) -> None:
        """Add, change and remove sources; those that stay the same are not touched.

        Clips that are new begin where `starts` says, otherwise as they are set.
        """
        # Only a mixer that begins anew begins where another one was.
        self._starts = starts if self._is_new else _NOWHERE
        self._is_new = False
        entries: dict[str, Entry] = {}
        try:
            for source in sources:
                entries[source.id] = self._entry(source)
        except BaseException:
            self._abandon(entries)
            raise
        for key, entry in self._entries.items():
            if entry.feed is not None and (key not in entries or entries[key].feed is None):
                self._sounds.remove(key)
        gone = [
            entry for key, entry in self._entries.items() if _reader(entries.get(key)) is not entry.reader
        ]
        self._use(entries)
        for entry in gone:
            if entry.reader is not None:
                entry.reader.stop()
                self._leaving.append(entry.reader)
        self._leaving = [reader for reader in self._leaving if not reader.join(0)]

    def _use(self, entries: Mapping[str, Entry]) -> None:
        """Have these from now on; others look at any time, with each frame, so all is replaced whole."""
        self._entries = entries
        self.labels = {key: entry.source.label or key for key, entry in entries.items()}
        self.feeds = {key: entry.feed for key, entry in entries.items() if entry.feed is not None}
        self._played = {key: each.played for key, each in entries.items() if each.played is not None}

    def _abandon(self, entries: Mapping[str, Entry]) -> None:
        """End what was begun for entries that will not be used."""
        for key, entry in entries.items():
            known = self._entries.get(key)
            if entry.reader is None or entry.reader is _reader(known):
                continue
            entry.reader.stop()
            self._leaving.append(entry.reader)
            if known is None or known.feed is None:
                self._sounds.remove(key)

    def close(self) -> None:
        """End every source's thread; waits for them for a bounded time."""
        readers = [*self._leaving, *(entry.reader for entry in self._entries.values() if entry.reader)]
        self._use({})
        self._leaving = []
        for reader in readers:
            reader.stop()
        deadline = time.monotonic() + JOIN_WITHIN_S
        for reader in readers:
            if not reader.join(max(0.0, deadline - time.monotonic())):
                logger.warning("A source's thread has not ended in time")

    def _entry(self, source: Source) -> Entry:
        """Return a source at work; one that fails by a mistake of ours costs no other anything."""
        old = self._entries.get(source.id)
        if old is not None and old.source == source:
            return old
        entry = Entry(source, self._unknown)
        try:
            framing = framed(source.crop, source.zoom, source.offset)
            ready(source.key)
            entry = replace(entry, slate=self._slate(source), framing=framing)
            if old is not None and old.use(source):
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
            case SourceKind.STILL:
                return self._still(entry)
            case SourceKind.GUEST | SourceKind.URL:
                return self._read(entry)

    def _slate(self, source: Source) -> Picture:
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
        transport = Transport(source, self._starts.get(source.id)) if source.is_clip else None
        feed = Feed(source.playout_ms, self._sounds.add(source.id), transport)
        feed.key = source.key
        low_delay = source.kind is SourceKind.GUEST
        try:
            tap = self._tap(source.id) if source.is_remote else None
            reader = Reader(source.id, self._way(source), feed, low_delay=low_delay, tap=tap)
            reader.start()
        except BaseException:
            self._sounds.remove(source.id)
            raise
        return replace(entry, feed=feed, reader=reader)

    def _way(self, source: Source) -> Open:
        if source.kind is not SourceKind.GUEST:
            return partial(open_url, source.url)
        if self._guest_url == "hub" or _is_off_air(source.url):
            return partial(open_hub, self._hub, source.url)
        return partial(open_url, self._guest_url.replace("{path}", source.url))

    # At any time, on any thread.

    @property
    def ids(self) -> tuple[str, ...]:
        """The sources' ids."""
        return tuple(self._entries)

    @property
    def seen(self) -> tuple[str, ...]:
        """The ids of those that have a place in the multiview: no operators, returns, idle screens."""
        return tuple(key for key, entry in self._entries.items() if entry.is_seen)

    def shown(self, source: str) -> Picture:
        """Return what a source shows now; its slate where it has nothing."""
        entry = self._entries.get(source)
        for _ in range(_HOPS):
            if entry is None:
                break
            if (picture := entry.showing) is not None:
                return picture
            instead = self._entries.get(entry.source.if_gone or "")
            if instead is None or entry.state is not SourceState.GONE:
                return entry.slate
            entry = instead
        return self._unknown if entry is None else entry.slate

    def showing(self, source: str) -> Showing:
        """Return what a source shows now, as the cut log has it."""
        entry = self._entries.get(self.standing_in(source))
        if entry is None:
            return Showing(source, slate=True)
        picture = None if entry.feed is None else entry.feed.picture
        if picture is None:
            return Showing(entry.source.id, slate=entry.showing is None)
        media_s = picture.media_s
        if entry.transport is not None:
            media_s = entry.transport.file_at(media_s)
        return Showing(entry.source.id, self._recorded_as(entry.source), picture.stream, media_s)

    def _recorded_as(self, source: Source) -> str:
        """Return the path whose pieces have a source's pictures, by the very times that the mixer reads."""
        if source.kind is SourceKind.GUEST:
            return source.url if self._guest_url == "hub" else ""
        return source.id if source.iso and source.is_remote else ""

    def standing_in(self, source: str) -> str:
        """Return what is shown in a source's place now: itself, or what stands in while it is gone."""
        return self.in_turn(source)[-1]

    def in_turn(self, source: str) -> tuple[str, ...]:
        """Return a source, and what stands in for one after the other while they are gone."""
        found = [source]
        for _ in range(_HOPS):
            entry = self._entries.get(found[-1])
            gone = entry is not None and entry.state is SourceState.GONE
            instead = entry.source.if_gone if entry is not None and gone else None
            if instead is None or instead not in self._entries:
                break
            found.append(instead)
        return tuple(found)

    def steer(self, source: str, action: ClipAction, at_s: float = 0.0) -> "Future[int]":
        """Do something with a clip; what is returned becomes the number of the first frame that shows it.

        Raises:
            NotFoundError: There is no such source.
            ConflictError: It is no clip, or one that cannot seek.
            InvalidError: There is nothing at this place of it.
            UnavailableError: Its file is not open.
        """
        entry = self._entries.get(source)
        if entry is None:
            raise NotFoundError(f"there is no source {source}", code="source_unknown")
        entry.source.require(action)
        if entry.played is None:
            raise UnavailableError(f"{source} cannot be shown", code="clip_not_ready")
        return entry.played.steer(action, at_s)

    def clip(self, source: str) -> ClipStatus | None:
        """Return where a clip is; None while its file is not open, or where it is none."""
        entry = self._entries.get(source)
        return None if entry is None or entry.feed is None else entry.feed.clip

    def on_air(self, sources: Iterable[str]) -> None:
        """Say which sources are in program, with those that stand in there."""
        named = frozenset(sources)
        for key, played in self._played.items():
            played.on_air(on=key in named)

    @property
    def clips(self) -> Mapping[str, ClipState | None]:
        """What each clip does; None while its file is not open."""
        return {key: each.state for key, each in self._played.items() if isinstance(each, Transport)}

    def step(self, frame: int, due_s: float) -> None:
        """Do what is asked of clips from a frame on that is due at this time; for one thread."""
        before = self.clips
        for played in self._played.values():
            played.step(frame, due_s)
        for key, state in self.clips.items():
            if state is not None and state is not before.get(key, state):
                logger.info("Clip %s is %s from frame %d on", key, state, frame)

    def advance(self, due_s: float) -> None:
        """Go on to a time of `time.monotonic()`, with pictures and states; for one thread."""
        for key, feed in self.feeds.items():
            before = feed.state
            if feed.judge(due_s):
                was_never_there = before is SourceState.CONNECTING and feed.state is SourceState.GONE
                say = logger.debug if was_never_there else logger.info
                say("Source %s is %s", key, feed.state)
            feed.advance(due_s)

    def statuses(self, now_s: float) -> tuple[SourceStatus, ...]:
        """Return what is measured of each source."""
        return tuple(entry.status(now_s) for entry in self._entries.values())


def _reader(entry: Entry | None) -> Reader | None:
    return None if entry is None else entry.reader


def _is_off_air(path: str) -> bool:
    """Whether a path is published to no destination, so that the hub alone has it."""
    return is_talkback(path) or path.startswith(LOBBY_PREFIX)
