"""Closes what is over at the SFU in the background, and keeps the journal of what is open."""

import asyncio
import logging
from types import TracebackType
from typing import Final, Self

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.carriers.cloudflare.failures import Fate, fate
from stagedoor.carriers.cloudflare.journal import Journal
from stagedoor.domain.errors import CarrierError

logger = logging.getLogger(__name__)

COUNT_EVERY_S: Final = 5.0
"""How often counted bytes are written; sessions that come or go are written at once."""
TRIES: Final = 3
"""A session that cannot be closed ends by itself, half a minute after its last packet."""
AGAIN_AFTER_S: Final = 5.0
AT_ONCE: Final = 4
MOST_WAITING: Final = 512
LAST_WORDS_S: Final = 1.0
"""How long the closing of the relay waits for what is still to be closed."""
_ALREADY: Final = "close_track_error"


class Janitor:
    """Takes sessions over from whoever is done with them; an async context manager.

    Args:
        api: Where they are closed.
        journal: Remembers them until they are; what it holds at the start was left by a crash.
    """

    def __init__(self, api: CloudflareApi, journal: Journal) -> None:
        self._api = api
        self.journal = journal
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.journal.load)
        left = self.journal.sessions
        if left:
            logger.info("%d sessions of the last run are closed at Cloudflare", len(left))
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._work(), name=f"janitor {n}") for n in range(AT_ONCE)]
        self._tasks.append(loop.create_task(self._close_left(left), name="janitor, last run"))
        self._tasks.append(loop.create_task(self._save_regularly(), name="journal"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with asyncio.timeout(LAST_WORDS_S):
                await self._waiting.join()
        except TimeoutError:
            logger.info("Some sessions are left to be closed at the next start")
        finally:
            await cancel_and_wait(*self._tasks)
            await self._save()

    def opened(self, session: str) -> None:
        """Remember a session that was made."""
        self.journal.opened(session)
        self._changed.set()

    def retire(self, session: str) -> None:
        """Close a session: its tracks are stopped, then it is forgotten. Never waits."""
        try:
            self._waiting.put_nowait(session)
        except asyncio.QueueFull:
            logger.warning("Too many sessions wait to be closed; one is left to end by itself")
            self._forget(session)

    async def _work(self) -> None:
        while True:
            session = await self._waiting.get()
            try:
                await self._close(session)
            # One session's trouble must not end the closing of all others.
            except Exception:
                logger.exception("A session could not be closed")
            finally:
                self._waiting.task_done()

    async def _close_left(self, sessions: tuple[str, ...]) -> None:
        """One after the other, so that they are in nobody's way."""
        for session in sessions:
            try:
                await self._close(session)
            # As above: the next one may go.
            except Exception:
                logger.exception("A session of the last run could not be closed")

    async def _close(self, session: str) -> None:
        error: CarrierError | None = None
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(AGAIN_AFTER_S)
            error = await self._try(session)
            if error is None or fate(error) is Fate.STOP:
                break
        if error is not None and fate(error) is Fate.STOP:
            logger.warning("A session is left to be closed at the next start: %s", error)
            return
        self._forget(session)

    async def _try(self, session: str) -> CarrierError | None:
        """Close a session; returns what is in the way."""
        try:
            state = await self._api.show(session)
            mids = [track.mid for track in state.tracks if track.mid and track.status != "inactive"]
            closed = await self._api.close_tracks(session, mids) if mids else None
        except CarrierError as error:
            return None if error.code == failures.SESSION_GONE.code else error
        items = () if closed is None else closed.tracks
        if any(item.error_code and item.error_code != _ALREADY for item in items):
            return failures.BROKEN.error("a track could not be closed")
        return None

    def _forget(self, session: str) -> None:
        self.journal.closed(session)
        self._changed.set()

    async def _save_regularly(self) -> None:
        while True:
            try:
                async with asyncio.timeout(COUNT_EVERY_S):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            if self.journal.is_urgent or self.journal.has_counted:
                await self._save()

    async def _save(self) -> None:
        content = self.journal.content()
        self.journal.is_urgent = self.journal.has_counted = False
        try:
            await asyncio.to_thread(self.journal.save, content)
        except OSError as error:
            logger.warning("The journal of Cloudflare's sessions cannot be written: %s", error.strerror)
            self.journal.has_counted = True
