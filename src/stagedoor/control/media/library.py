"""All uploaded media: takes it in, lists it, deletes it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from stagedoor.control.media.files import MediaFiles
from stagedoor.control.media.found import FoundFiles
from stagedoor.control.media.probing import probe
from stagedoor.control.media.schemas import MediaList, MediaRecord, MediaView
from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.stage import Stage
from stagedoor.control.store import Store
from stagedoor.control.views import moment
from stagedoor.domain.errors import CapacityError, ConflictError, InvalidError, NotFoundError, StorageError
from stagedoor.domain.limits import MAX_STINGER_S
from stagedoor.domain.media import MediaKind
from stagedoor.domain.overlay import Card
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.probe import MediaFacts
from stagedoor.media.packets import Kind

log = logging.getLogger(__name__)

MOST_UPLOADS: Final = 2
MOST_FILES: Final = 1000
PIECE: Final = 1 << 20
"""Bytes that are written at once."""
MEDIA: Final = "media"


class Library:
    """Stills and clips.

    Args:
        stage: Settings and time.
        store: Where is kept what is known of each file.
        mixing: Who uses them.
    """

    def __init__(self, stage: Stage, store: Store, mixing: Mixing) -> None:
        settings = stage.settings
        self._files = MediaFiles(settings.server.media_dir, settings.recording.min_free_bytes)
        self._limits = settings.media
        self._stage = stage
        self._store = store
        self._mixing = mixing
        self._records: dict[str, MediaRecord] = {}
        self._coming: dict[Path, int] = {}
        """Drafts, with the bytes that have come of each."""
        self._found = FoundFiles(self._files)

    async def restore(self) -> None:
        """Take up what the last run has known."""
        stored = [MediaRecord.model_validate_json(each) for each in await self._store.load_things(MEDIA)]
        self._records = {record.id: record for record in sorted(stored, key=lambda each: each.added_ms)}
        await asyncio.to_thread(self._files.clear)
        for key in await asyncio.to_thread(self._files.lost, tuple(self._records)):
            log.warning("Media %s is not in its folder any more and is forgotten", key)
            self._forget(key)

    def list(self) -> MediaList:
        """Return all of it, the newest first."""
        return MediaList(
            media=tuple(self._view(record) for record in reversed(self._records.values())),
            size=self._size(),
            max_size=self._limits.max_total_bytes,
            max_file_size=self._limits.max_file_bytes,
        )

    async def take_in(self, name: str, body: AsyncIterator[bytes]) -> MediaView:
        """Write a file to the disk as it comes, look at it, and keep it under its name or a similar one.

        Raises:
            CapacityError: Too many come at once, or there are too many.
            InvalidError: It is nothing that can be shown or heard.
            StorageError: There is no room for it.
        """
        if len(self._coming) >= MOST_UPLOADS or len(self._records) >= MOST_FILES:
            raise CapacityError(
                f"{MOST_UPLOADS} files at once and {MOST_FILES} in all are taken", code="media_busy"
            )
        draft = self._files.new_draft()
        thumbnail = draft.with_suffix(".jpg")
        self._coming[draft] = 0
        try:
            await asyncio.to_thread(self._files.begin, draft)
            await self._write(draft, body)
            facts = await probe(draft, thumbnail)
            record = await self._keep(draft, thumbnail, name, facts)
        finally:
            self._coming.pop(draft)
            await asyncio.to_thread(self._files.drop, draft, thumbnail)
        log.info("Media %s was uploaded", record.id)
        return self._view(record)

    async def facts(self, name: str) -> MediaFacts:
        """Return what is in a file of the media folder, also in one that was not uploaded.

        Raises:
            CapacityError: Too many files wait to be looked at.
            InvalidError: It is nothing that can be shown or heard.
            StorageError: The disk has no room to look at it.
        """
        record = self._records.get(name)
        # What was put in the place of an upload by hand was never looked at.
        if record is not None and await asyncio.to_thread(self._files.has, name, record.size):
            return record.facts
        return await self._found.facts(name)

    async def require_still(self, name: str, field: str) -> None:
        """Return if a file of the media folder is an image that can be drawn, whoever has put it there.

        Raises:
            CapacityError: Too many files wait to be looked at.
            InvalidError: It is none, or too large; the sentence begins with the field.
            StorageError: The disk has no room to look at it.
        """
        try:
            facts = await self.facts(name)
        except InvalidError as error:
            raise _no_still(field, error) from error
        if facts.kind is not MediaKind.STILL:
            raise _no_still(field)

    async def thumbnail(self, key: str) -> bytes:
        """Return a small picture as JPEG; raises `NotFoundError` if there is none."""
        self._record(key)
        return await asyncio.to_thread(self._files.read_thumbnail, key)

    async def delete(self, key: str) -> None:
        """Delete a file.

        Raises:
            NotFoundError: There is no such one.
            ConflictError: A source, an overlay or the transition shows it; the sentence says which.
            StorageError: It cannot be deleted.
        """
        record = self._record(key)
        users = self._users(key)
        if users:
            raise ConflictError(
                f"{key} is used by {', '.join(users)}",
                code="media_in_use",
                values={"file": key, "users": ", ".join(users)},
                hint="Delete those first, or give them another file.",
            )
        del self._records[key]
        try:
            await asyncio.to_thread(self._files.drop, *self._files.all_of(key))
        except StorageError:
            known = (*self._records.values(), record)
            self._records = {each.id: each for each in sorted(known, key=lambda each: each.added_ms)}
            raise
        self._store.put_thing(MEDIA, key, None)
        log.info("Media %s was deleted", key)

    async def _keep(self, draft: Path, thumbnail: Path, name: str, facts: MediaFacts) -> MediaRecord:
        """Give a draft its name; it is known first, so that no file stays of which nobody knows."""
        key = ""
        while not key or key in self._records:
            taken = frozenset(self._records)
            key = await asyncio.to_thread(self._files.free_name, name, facts.suffix, taken)
        size, self._coming[draft] = self._coming[draft], 0
        record = MediaRecord(id=key, size=size, added_ms=self._stage.now_ms(), facts=facts)
        self._records[key] = record
        self._store.put_thing(MEDIA, key, record.model_dump_json())
        await self._store.written()
        try:
            await asyncio.to_thread(self._files.keep, draft, thumbnail, key)
        except StorageError:
            self._forget(key)
            raise
        return record

    def _forget(self, key: str) -> None:
        self._records.pop(key, None)
        self._store.put_thing(MEDIA, key, None)

    async def _write(self, draft: Path, body: AsyncIterator[bytes]) -> None:
        waiting = bytearray()
        async for chunk in body:
            waiting += chunk
            self._coming[draft] += len(chunk)
            self._require_room()
            if len(waiting) >= PIECE:
                await asyncio.to_thread(self._files.append, draft, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(self._files.append, draft, bytes(waiting))

    def _require_room(self) -> None:
        if self._size() + sum(self._coming.values()) > self._limits.max_total_bytes:
            raise StorageError(
                f"all media together may have {self._limits.max_total_mb} MB (media.max_total_mb)",
                code="media_full",
                values={"most_mb": self._limits.max_total_mb},
                hint="Delete some, or raise media.max_total_mb.",
            )

    def _size(self) -> int:
        return sum(record.size for record in self._records.values())

    def _record(self, key: str) -> MediaRecord:
        try:
            return self._records[key]
        except KeyError:
            raise NotFoundError("there is no such media", code="media_unknown") from None

    def _users(self, key: str) -> tuple[str, ...]:
        board = self._mixing.board
        sources = board.sources.values()
        images = (each for each in board.overlays.values() if isinstance(each, Card))
        return (
            tuple(f"source {each.id}" for each in sources if key in _files(each))
            + tuple(f"overlay {each.id}" for each in images if each.url == key)
            + (("the transition",) if board.transition.file == key else ())
        )

    def _view(self, record: MediaRecord) -> MediaView:
        facts = record.facts
        return MediaView(
            id=record.id,
            kind=facts.kind,
            size=record.size,
            added=moment(record.added_ms),
            duration_ms=facts.duration_ms or None,
            tracks=facts.tracks,
            thumbnail=f"/api/media/{record.id}/thumbnail.jpg" if facts.has_thumbnail else None,
            used_by=self._users(record.id),
        )


def _files(source: Source) -> tuple[str, str]:
    """Return what a source may show of the media folder; a path of the hub is none of it."""
    is_path = source.kind in (SourceKind.GUEST, SourceKind.HUB)
    return source.slate, "" if is_path else source.url


def _no_still(field: str, why: InvalidError | None = None) -> InvalidError:
    values = {"at": field}
    if why is not None and why.code == "still_too_large":
        return InvalidError(f"{field}: {why.message}", code=why.code, values=values, hint=_SMALLER)
    return InvalidError(
        f"{field}: is no image that can be read", code="still_unreadable", values=values, hint=_STILLS
    )


def require_stinger(facts: MediaFacts) -> None:
    """Return if a file can be played as a stinger; raise `InvalidError` if not."""
    if facts.kind is not MediaKind.CLIP or all(track.kind is not Kind.VIDEO for track in facts.tracks):
        raise InvalidError("file: is no clip with pictures", code="stinger_unreadable", hint=_STINGERS)
    if facts.duration_ms > MAX_STINGER_S * 1000:
        raise InvalidError(
            f"file: is longer than {MAX_STINGER_S:g} s",
            code="stinger_too_long",
            values={"most_s": MAX_STINGER_S},
            hint=_STINGERS,
        )


_STILLS: Final = "PNG, JPEG or WebP."
_SMALLER: Final = "Take a smaller one: 20 MB and 50 million pixels at most."
_STINGERS: Final = "VP8 or VP9 with alpha in WebM; ProRes 4444 or QuickTime Animation in MOV; at most 10 s."
