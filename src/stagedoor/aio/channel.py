"""A bounded queue for one reader that drops the oldest and counts what it dropped."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")


class Channel(Generic[ItemT]):
    """Hands items from synchronous code on the loop to one task.

    `put` never waits: when the channel is full, the oldest item goes and is counted. After `close` the
    reader gets what is left and then `StopAsyncIteration`.

    Attributes:
        dropped: Items that were never read because newer ones needed the room.
        passed: Items that were put in all.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError("a channel holds at least one item")
        self._items: deque[ItemT] = deque()
        self._size = size
        self._ready = asyncio.Event()
        self._closed = False
        self.dropped = 0
        self.passed = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def put(self, item: ItemT) -> bool:
        """Add an item; returns False if it, or an older one, was dropped for it."""
        if self._closed:
            return False
        self.passed += 1
        fits = len(self._items) < self._size
        if not fits:
            self._items.popleft()
            self.dropped += 1
        self._items.append(item)
        self._ready.set()
        return fits

    def close(self) -> None:
        """Take no more; wakes the reader."""
        self._closed = True
        self._ready.set()

    def __aiter__(self) -> "Channel[ItemT]":
        return self

    async def __anext__(self) -> ItemT:
        while not self._items:
            if self._closed:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        return self._items.popleft()
