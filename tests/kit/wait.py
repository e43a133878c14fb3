"""Waiting for a condition, with a deadline."""

import asyncio
from collections.abc import Callable


async def until(predicate: Callable[[], object], timeout: float = 5.0) -> None:
    """Return as soon as `predicate()` is true; `AssertionError` after `timeout` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while not predicate():
        assert loop.time() < deadline, f"not so after {timeout} s"
        await asyncio.sleep(0.005)
