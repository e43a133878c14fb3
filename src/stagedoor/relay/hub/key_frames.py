"""Requests for key frames, coalesced and repeated."""

import asyncio
import time
from collections.abc import Callable

from stagedoor.media.key_frame_pace import KeyFramePace

INTERVAL_S = 0.5
"""A path asks its publisher for a key frame at most once in this time, and again until one comes."""
TRIES = 20
"""Publishers that cannot be asked (a file, an encoder of ours) are not asked for ever."""


class KeyFrameAsker:
    """Asks at most twice a second, however many want one, and less often where they take long to come.

    Args:
        ask: Asks the publisher.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._left = 0
        self._asked = 0.0
        self._pace = KeyFramePace(INTERVAL_S)
        self._timer: asyncio.TimerHandle | None = None

    def want(self) -> None:
        """Ask now, or when the interval since the last time is over."""
        if self._left:
            return
        self._left = TRIES
        if self._timer is not None:
            return
        wait = self._asked + INTERVAL_S - time.monotonic()
        if wait > 0:
            self._timer = asyncio.get_running_loop().call_later(wait, self._due)
        else:
            self._due()

    def came(self) -> None:
        """A key frame is there."""
        self._pace.came(time.monotonic())
        self.rest()

    def rest(self) -> None:
        """Nobody is left to ask."""
        self._pace.rest()
        self._left = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        if not self._left:
            return
        self._left -= 1
        self._asked = time.monotonic()
        self._pace.asked(self._asked)
        self._timer = asyncio.get_running_loop().call_later(self._pace.again_s, self._due)
        self._ask()
