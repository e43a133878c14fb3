"""Keeps those paths of the hub pushed that somebody pulls."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from stagedoor.carriers.cloudflare.failures import Fate, fate
from stagedoor.carriers.cloudflare.push import HubReader, Push
from stagedoor.carriers.cloudflare.session import Source
from stagedoor.carriers.cloudflare.way import Way
from stagedoor.domain.errors import CarrierError, NegotiationError

logger = logging.getLogger(__name__)

OpenReader = Callable[[str], Awaitable[HubReader | None]]
"""Opens a path of the hub; None where nothing is published there."""
LOCK_WITHIN_S: Final = 10.0
REFUSED_AGAIN_S: Final = 5.0
"""How long a path is left alone that could not be pushed."""


class Pushing:
    """One push session at a time; one that is lost is made anew by the next who asks.

    Args:
        way: The SFU.
        open_reader: Opens a path of the hub.
        on_change: Called when what is pushed has changed.
    """

    def __init__(self, way: Way, open_reader: OpenReader, on_change: Callable[[], None]) -> None:
        self._way = way
        self._open_reader = open_reader
        self._on_change = on_change
        self._lock = asyncio.Lock()
        self._push: Push | None = None
        self._counted: dict[str, int] = {}
        self._again_at: dict[str, float] = {}

    def source(self, path: str) -> Source | None:
        """Where a path can be pulled from now; None while it is not pushed."""
        push = self._push
        if push is None or push.lost or path not in push.paths:
            return None
        return push.paths[path].source

    @property
    def is_idle(self) -> bool:
        """Whether there is no session."""
        return self._push is None

    async def have(self, paths: Collection[str]) -> None:
        """Push these paths, those of them that somebody publishes.

        Raises:
            CapacityError: No UDP port is free.
            CarrierError: There is no session to be had.
        """
        if all(self.source(path) for path in paths):
            return
        async with asyncio.timeout(LOCK_WITHIN_S), self._lock:
            push = await self._session()
            for path in paths:
                is_due = time.monotonic() >= self._again_at.get(path, 0.0)
                if path not in push.paths and not push.lost and is_due:
                    await self._add(push, path)

    async def _session(self) -> Push:
        if self._push is not None and self._push.lost:
            logger.warning("The way of the returns to Cloudflare was lost: %s", self._push.lost)
            await self._close()
        if self._push is None:
            push = Push(self._way, self._on_change)
            try:
                await push.open()
            except BaseException:
                await push.aclose()
                raise
            self._push = push
        return self._push

    async def _add(self, push: Push, path: str) -> None:
        """Push one path; one that cannot be is no trouble of the others."""
        reader = await self._open_reader(path)
        if reader is None:
            return
        try:
            await push.add(path, reader)
        except (CarrierError, NegotiationError) as error:
            logger.warning("%s cannot be pushed to Cloudflare: %s", path, error)
            self._again_at[path] = time.monotonic() + REFUSED_AGAIN_S
            if isinstance(error, CarrierError) and fate(error) is Fate.RENEW:
                push.lose(error.code)

    def sent(self) -> dict[str, int]:
        """The bytes of each path since the last call."""
        paths = {} if self._push is None else self._push.paths
        now = {name: path.bytes for name, path in paths.items()}
        since = {name: size - self._counted.get(name, 0) for name, size in now.items()}
        self._counted = now
        return {name: max(0, size) for name, size in since.items()}

    async def drop(self) -> None:
        """Push nothing any more."""
        async with self._lock:
            await self._close()

    async def _close(self) -> None:
        push, self._push = self._push, None
        self._counted = {}
        self._again_at = {}
        if push is not None:
            await push.aclose()
