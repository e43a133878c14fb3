"""Spreads bursts, such as a cached GOP, so that they do not overflow the queues on the way."""

import asyncio
from collections import deque
from collections.abc import Callable

STEP = 0.005
"""Seconds between two helpings."""
HELPING = 24
"""Packets sent at once: 4,800 a second, about 45 Mbit/s."""
MOST = 8192
"""Packets that may wait; beyond that the oldest are dropped, and the viewer asks for a key frame."""


class Pacer:
    """Passes packets on, at most `HELPING` in one step; a timer runs only while some have to wait.

    Args:
        send: Takes each packet.
    """

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._waiting: deque[bytes] = deque(maxlen=MOST)
        self._left = 0
        self._step_ends = 0.0
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self, data: bytes) -> None:
        """Send now if this step has room, else in a later one."""
        if self._timer is None:
            now = self._loop.time()
            if now >= self._step_ends:
                self._left, self._step_ends = HELPING, now + STEP
            if self._left > 0:
                self._left -= 1
                self._send(data)
                return
            self._timer = self._loop.call_at(self._step_ends, self._step)
        self._waiting.append(data)

    def _step(self) -> None:
        self._left, self._step_ends = HELPING, self._loop.time() + STEP
        while self._waiting and self._left > 0:
            self._left -= 1
            self._send(self._waiting.popleft())
        self._timer = self._loop.call_at(self._step_ends, self._step) if self._waiting else None

    def close(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
