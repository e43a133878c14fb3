"""All sources: added, changed and removed while everything else goes on."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Set
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from stagedoor.domain.clip import ClipAction, ClipState
from stagedoor.domain.errors import NotFoundError, UnavailableError
from stagedoor.domain.source import Source, SourceState
from stagedoor.ipc.clips import ClipStart, ClipStatus
from stagedoor.ipc.mixer import SourceStatus
from stagedoor.mixer.picture.picture import Picture, Size
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.sources.begin import NOWHERE, Beginning
from stagedoor.mixer.sources.entry import Entry
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import Hub
from stagedoor.mixer.sources.own_packets import Tap
from stagedoor.mixer.sources.reader import Reader
from stagedoor.mixer.sources.showing import Showing
from stagedoor.mixer.sources.stay import Stay
from stagedoor.mixer.sources.transport import Transport

logger = logging.getLogger(__name__)

JOIN_WITHIN_S: Final = 5.0
_HOPS: Final = 4
"""How many sources that are gone may stand in for one another."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Sources that are ready to be used, by id."""

    entries: Mapping[str, Entry]


class Rack:
    """Keeps the sources the same as what is wanted.

    Args:
        hub: Where guests are read.
        guest_url: `hub`, or where else, with `{path}`.
        size: Of slates and patterns, pixels.
        frame_rate: Program's.
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
        frame_rate: int,
        sounds: SoundEngine,
        tap: Callable[[str], Tap | None] = lambda _: None,
    ) -> None:
        self._begin = Beginning(hub, guest_url, size, frame_rate, sounds, tap)
        self._sounds = sounds
        self._guest_url = guest_url
        self._lock = threading.Lock()
        self._prepared: Prepared | None = None
        self._entries: Mapping[str, Entry] = {}
        self.labels: Mapping[str, str] = {}
        self.feeds: Mapping[str, Feed] = {}
        self._told: frozenset[str] = frozenset()
        self._played: Mapping[str, Transport | Stay] = {}
        self._leaving: list[Reader] = []

    # On one thread at a time, which may wait for files.

    def prepare(self, sources: Iterable[Source], starts: Mapping[str, ClipStart] = NOWHERE) -> Prepared:
        """Make these sources ready; nothing of it is seen before `use`, what stays the same is not touched.

        Clips that are new begin where `starts` says, otherwise as they are set. What was prepared before and
        never used is let go of.
        """
        with self._lock:
            unused, self._prepared = self._prepared, None
        if unused is not None:
            self._abandon(unused.entries)
        self._begin.starts = starts
        entries: dict[str, Entry] = {}
        try:
            for source in sources:
                entries[source.id] = self._begin.entry(source, self._entries.get(source.id))
        except BaseException:
            self._abandon(entries)
            raise
        self._prepared = Prepared(entries)
        return self._prepared

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
        self.use(self.prepare(()))
        readers, self._leaving = self._leaving, []
        deadline = time.monotonic() + JOIN_WITHIN_S
        for reader in readers:
            if not reader.join(max(0.0, deadline - time.monotonic())):
                logger.warning("A source's thread has not ended in time")

    # Between two frames, on the thread that draws them.

    def use(self, prepared: Prepared, untold: Set[str] = frozenset()) -> None:
        """Have what was prepared last from now on; nothing that was prepared before it.

        Of the sources in `untold` nothing is said to others.
        """
        with self._lock:
            if prepared is not self._prepared:
                return
            self._prepared = None
            before, entries = self._entries, prepared.entries
            for key, entry in before.items():
                if entry.feed is not None and (key not in entries or entries[key].feed is None):
                    self._sounds.remove(key)
            for key, entry in entries.items():
                entry.settle(before.get(key))
            told = frozenset(entries.keys() - untold)
            # Not even between two lines: others measure at any time.
            self._told &= told
            self._replace(entries)
            self._told = told
            gone = [key for key, entry in before.items() if _reader(entries.get(key)) is not entry.reader]
            self._let_go(reader for key in gone if (reader := before[key].reader) is not None)

    def told(self, *, dark: Iterable[str], ended: Iterable[str]) -> None:
        """Take note of whose camera is said to be off, and which shares were ended."""
        off, over = frozenset(dark), frozenset(ended)
        for key, feed in self.feeds.items():
            feed.dark = key in off
            feed.end(over=key in over)

    def _replace(self, entries: Mapping[str, Entry]) -> None:
        """Have these from now on; others look at any time, with each frame, so all is replaced whole."""
        self._entries = entries
        self.labels = {key: entry.source.label or key for key, entry in entries.items()}
        self.feeds = {key: entry.feed for key, entry in entries.items() if entry.feed is not None}
        self._played = {key: each.played for key, each in entries.items() if each.played is not None}

    def _let_go(self, readers: Iterable[Reader]) -> None:
        """Call these off, without waiting for their threads."""
        for reader in readers:
            reader.stop()
            self._leaving.append(reader)
        self._leaving = [reader for reader in self._leaving if not reader.join(0)]

    # At any time, on any thread.

    @property
    def ids(self) -> tuple[str, ...]:
        """The sources' ids."""
        return tuple(self._entries)

    @property
    def seen(self) -> tuple[str, ...]:
        """The ids of those with a place in the multiview: no operators, returns, idle screens or lobby."""
        return tuple(key for key, entry in self._entries.items() if entry.is_seen)

    def tells(self, source: str) -> bool:
        """Tell whether anything is said of a source to others than those whose it is."""
        return source in self._told

    def state(self, source: str) -> SourceState | None:
        """Return what a source's frames say; None where there is no such source."""
        entry = self._entries.get(source)
        return None if entry is None else entry.state

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
        return self._begin.unknown if entry is None else entry.slate

    def showing(self, source: str) -> Showing:
        """Return what a source shows now, as the cut log has it."""
        entry = self._entries.get(self.standing_in(source))
        if entry is None:
            return Showing(source, slate=True)
        picture = None if entry.feed is None else entry.feed.picture
        if picture is None:
            return Showing(entry.source.id, slate=entry.showing is None)
        return entry.moment(picture, reads_hub=self._guest_url == "hub")

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

    @property
    def looks(self) -> tuple[object, ...]:
        """What of the sources is told as soon as it changes."""
        return self.clips, self.seen, tuple(feed.state for feed in self.feeds.values())

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
        """Return what is measured of each source of which it is said."""
        return tuple(entry.status(now_s) for key, entry in self._entries.items() if self.tells(key))


def _reader(entry: Entry | None) -> Reader | None:
    return None if entry is None else entry.reader
