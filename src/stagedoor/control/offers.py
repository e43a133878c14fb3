"""Offers that are being answered: in which order, and what becomes of their guest if they fail."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Visit:
    """Offers of one guest that are being answered.

    Attributes:
        is_new: One of them let the guest in, and none has succeeded since.
    """

    offers: int = 0
    is_new: bool = False


class Offers:
    """Offers by guest.

    Args:
        give_up: Called with a guest whom an offer let in when it has failed, and every other one beside it.
    """

    def __init__(self, give_up: Callable[[str], Awaitable[None]]) -> None:
        self.visits: dict[str, Visit] = {}
        self._give_up = give_up
        self._locks: dict[tuple[str, bool], tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def visit(self, guest: str, *, is_new: bool) -> AsyncIterator[None]:
        """Count an offer while the block lasts; one that raises nothing has succeeded."""
        visit = self.visits.setdefault(guest, Visit())
        visit.offers += 1
        visit.is_new = visit.is_new or is_new
        try:
            yield
            visit.is_new = False
        finally:
            visit.offers -= 1
            if visit.offers == 0:
                del self.visits[guest]
                if visit.is_new:
                    await self._give_up(guest)

    @asynccontextmanager
    async def one_at_a_time(self, guest: str, screen: bool) -> AsyncIterator[None]:
        """Wait until no other offer of the same kind is at work; keep others out while the block lasts."""
        key = (guest, screen)
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, users - 1)
