"""Closes what is over at the SFU in the background, and keeps the journal of what is open."""

import asyncio
import logging
from types import TracebackType
from typing import Final, Self

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.carriers.cloudflare.failures import Fate, fate
from stagedoor.carriers.cloudflare.journal import Journal
from stagedoor.domain.errors import CarrierError

logger = logging.getLogger(__name__)

SAVE_EVERY_S: Final = 0.5
TRIES: Final = 3
"""A session that cannot be closed ends by itself, half a minute after its last packet."""
AGAIN_AFTER_S: Final = 5.0
AT_ONCE: Final = 4
MOST_WAITING: Final = 512
LAST_WORDS_S: Final = 1.0
"""How long the closing of the relay waits for what is still to be closed."""


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
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.journal.load)
        left = self.journal.sessions
        if left:
            logger.info("%d sessions of the last run are closed at Cloudflare", len(left))
        for session in left:
            self.retire(session)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._work(), name=f"janitor {n}") for n in range(AT_ONCE)]
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
        await cancel_and_wait(*self._tasks)
        await self._save()

    def opened(self, session: str) -> None:
        """Remember a session that was made."""
        self.journal.opened(session)

    def retire(self, session: str) -> None:
        """Close a session: its tracks are stopped, then it is forgotten. Never waits."""
        try:
            self._waiting.put_nowait(session)
        except asyncio.QueueFull:
            logger.warning("Too many sessions wait to be closed; one is left to end by itself")
            self.journal.closed(session)

    async def _work(self) -> None:
        while True:
            session = await self._waiting.get()
            try:
                await self._close(session)
            finally:
                self._waiting.task_done()

    async def _close(self, session: str) -> None:
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(AGAIN_AFTER_S)
            try:
                state = await self._api.show(session)
                mids = [track.mid for track in state.tracks if track.mid and track.status != "inactive"]
                if mids:
                    await self._api.close_tracks(session, mids)
            except CarrierError as error:
                if fate(error) is Fate.AGAIN:
                    continue
                logger.debug("session %s was gone already: %s", session[:8], error.code)
            break
        self.journal.closed(session)

    async def _save_regularly(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            if self.journal.changed:
                await self._save()

    async def _save(self) -> None:
        await asyncio.to_thread(self.journal.save, self.journal.taken())
