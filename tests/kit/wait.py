"""Waiting for a condition instead of for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable


async def until(
    predicate: Callable[[], object | Awaitable[object]],
    timeout: float = 5.0,
    *,
    interval: float = 0.005,
    what: str = "",
) -> None:
    """Return as soon as `predicate` (plain or async) is true; `AssertionError` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        result = predicate()
        if inspect.isawaitable(result):
            result = await result
        if result:
            return
        assert time.monotonic() < deadline, f"not so after {timeout} s: {what or predicate}"
        await asyncio.sleep(interval)
