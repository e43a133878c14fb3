"""All sources: added, changed and removed while everything else goes on."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from stagedoor.domain.errors import StagedoorError
from stagedoor.domain.ids import LOBBY_PREFIX, is_talkback, split_screen
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.mixer import SourceStatus
from stagedoor.mixer.picture.picture import Picture, Size
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import Hub, open_hub, open_url
from stagedoor.mixer.sources.reader import Open, Reader
from stagedoor.mixer.sources.still import named, pattern, plain, still

logger = logging.getLogger(__name__)

JOIN_WITHIN_S: Final = 5.0
_HOPS: Final = 4
"""How many sources that are gone may stand in for one another."""
UNKNOWN: Final = Source("", SourceKind.COLOR, "No source", "#30343b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One source at work.

    Attributes:
        source: What it is to be.
        slate: Shown while it has nothing to show.
        feed: Of a source that is read; None for one that does not move.
        reader: What reads it.
        picture: Of a source that does not move.
        trouble: Why a still cannot be shown.
    """

    source: Source
    slate: Picture
    feed: Feed | None = None
    reader: Reader | None = None
    picture: Picture | None = None
    trouble: StagedoorError | None = None


class Rack:
    """Keeps the sources the same as what is wanted.

    Args:
        hub: Where guests are read.
        guest_url: `hub`, or where else, with `{path}`.
        size: Of slates and patterns, pixels.
        sounds: Where the sources' sound goes.

    Attributes:
        labels: What people read, by id.
        feeds: The feeds of the sources that are read, by id.
    """

    def __init__(self, hub: Hub, guest_url: str, size: Size, sounds: SoundEngine) -> None:
        self._hub = hub
        self._sounds = sounds
        self._guest_url = guest_url
        self._size = size
        self._entries: Mapping[str, Entry] = {}
        self.labels: Mapping[str, str] = {}
        self.feeds: Mapping[str, Feed] = {}
        self._leaving: list[Reader] = []
        self._unknown = named(UNKNOWN.label, UNKNOWN.color, *size)

    # On one thread at a time, which may wait for files.

    def apply(self, sources: Iterable[Source]) -> None:
        """Add, change and remove sources; those that stay the same are not touched."""
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
            entry = replace(entry, slate=self._slate(source))
            if old is not None and old.feed is not None and _same_stream(old.source, source):
                old.feed.playout.fix(source.playout_ms)
                return replace(old, source=source, slate=entry.slate)
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
            return replace(entry, picture=still(Path(entry.source.url), self._size))
        except StagedoorError as error:
            logger.warning("Source %s shows its slate: %s", entry.source.id, error)
            return replace(entry, trouble=error)

    def _read(self, entry: Entry) -> Entry:
        source = entry.source
        feed = Feed(source.playout_ms, self._sounds.add(source.id))
        open_input, is_file = self._way(source)
        low_delay = source.kind is SourceKind.GUEST
        try:
            reader = Reader(source.id, open_input, feed, is_file=is_file, low_delay=low_delay)
            reader.start()
        except BaseException:
            self._sounds.remove(source.id)
            raise
        return replace(entry, feed=feed, reader=reader)

    def _way(self, source: Source) -> tuple[Open, bool]:
        if source.kind is not SourceKind.GUEST:
            return partial(open_url, source.url), Path(source.url).is_absolute()
        if self._guest_url == "hub" or _is_off_air(source.url):
            return partial(open_hub, self._hub, source.url), False
        return partial(open_url, self._guest_url.replace("{path}", source.url)), False

    # At any time, on any thread.

    @property
    def ids(self) -> tuple[str, ...]:
        """The sources' ids."""
        return tuple(self._entries)

    @property
    def seen(self) -> tuple[str, ...]:
        """The ids of those that have a place in the multiview: not the operators, nor what nobody shares."""
        return tuple(key for key, entry in self._entries.items() if _is_seen(entry))

    def shown(self, source: str) -> Picture:
        """Return what a source shows now; its slate where it has nothing."""
        entry = self._entries.get(source)
        for _ in range(_HOPS):
            if entry is None:
                break
            picture = entry.picture if entry.feed is None else entry.feed.picture
            if picture is not None:
                return picture
            instead = self._entries.get(entry.source.if_gone or "")
            if instead is None or entry.feed is None or entry.feed.state is not SourceState.GONE:
                return entry.slate
            entry = instead
        return self._unknown if entry is None else entry.slate

    def moment(self, source: str) -> tuple[str, float | None]:
        """Return the hub path of a source, empty for one that has none, and the time that it shows of it.

        The time, in seconds, is None where its slate is shown, or something that does not move.
        """
        entry = self._entries.get(source)
        if entry is None or entry.feed is None:
            return "", None
        picture = entry.feed.picture
        path = entry.source.url if entry.source.kind is SourceKind.GUEST else ""
        return path, None if picture is None else picture.media_s

    def standing_in(self, source: str) -> str:
        """Return what is shown in a source's place now: itself, or what stands in while it is gone."""
        entry = self._entries.get(source)
        for _ in range(_HOPS):
            gone = entry is not None and entry.feed is not None and entry.feed.state is SourceState.GONE
            instead = entry.source.if_gone if entry is not None and gone else None
            if instead is None or instead not in self._entries:
                break
            source, entry = instead, self._entries.get(instead)
        return source

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
        return tuple(_status(entry, now_s) for entry in self._entries.values())


def _reader(entry: Entry | None) -> Reader | None:
    return None if entry is None else entry.reader


def _is_off_air(path: str) -> bool:
    """Whether a path is published to no destination, so that the hub alone has it."""
    return is_talkback(path) or path.startswith(LOBBY_PREFIX)


def _is_seen(entry: Entry) -> bool:
    source = entry.source
    if is_talkback(source.id) or source.kind is SourceKind.COLOR:
        return False
    shares = split_screen(source.id)[1]
    return not shares or entry.feed is None or entry.feed.state in (SourceState.LIVE, SourceState.STALLED)


def _same_stream(old: Source, new: Source) -> bool:
    """Whether a change of this source leaves its stream as it is."""
    return (old.kind, old.url) == (new.kind, new.url)


def _status(entry: Entry, now_s: float) -> SourceStatus:
    feed = entry.feed
    if feed is None:
        trouble = entry.trouble
        return SourceStatus(
            id=entry.source.id,
            state=SourceState.LIVE if trouble is None else SourceState.GONE,
            has_video=trouble is None,
            code="" if trouble is None else trouble.code,
            reason="" if trouble is None else trouble.message,
        )
    facts, age_ms = feed.facts, feed.age_ms(now_s)
    return SourceStatus(
        id=entry.source.id,
        state=feed.state,
        width=facts.width,
        height=facts.height,
        frame_rate=round(feed.frame_rate(now_s), 1),
        video_codec=facts.video_codec,
        audio_codec=facts.audio_codec,
        age_ms=age_ms,
        playout_ms=round(feed.playout.delay_ms),
        has_video=age_ms is not None,
        has_audio=feed.has_sound,
        repeated=feed.repeated,
        concealed_ms=feed.sound.concealed // 48,
        code=facts.code,
        reason=facts.reason,
    )
