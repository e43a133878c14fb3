"""Doing what is asked, where it is asked for quicker than it can be done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)

AGAIN_S: Final = 1.0


class Latest(Generic[T]):
    """Does one thing at a time, and of what is asked for meanwhile only the newest.

    Args:
        name: For the log.
        act: Does it. A failure is a mistake of ours: it is logged, and tried again.
    """

    def __init__(self, name: str, act: Callable[[T], Awaitable[None]]) -> None:
        self._name = name
        self._act = act
        self._wish: T
        self._woken = asyncio.Event()

    def ask(self, wish: T) -> None:
        """Have something done; what was asked for before and has not begun is forgotten."""
        self._wish = wish
        self._woken.set()

    async def run(self) -> None:
        """Do what is asked, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._act(self._wish)
            except Exception:
                logger.exception("%s: what is wanted failed, and is tried again", self._name)
                self._woken.set()
                await asyncio.sleep(AGAIN_S)
