"""Endings that are bounded: nothing that is closed may keep its closer waiting."""

import asyncio
import contextlib
from typing import Any


async def cancel_and_wait(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they have ended; their failures stay with whoever awaits them.

    A cancellation of the caller while it waits goes through, after all tasks have been told.
    """
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


async def close_stream(writer: asyncio.StreamWriter, *, within: float = 1.0) -> None:
    """Close a connection: what is buffered may leave for `within` seconds, then it is aborted."""
    writer.close()
    closed = False
    try:
        async with asyncio.timeout(within):
            # A peer that has gone already is no failure of closing, nor is the network to it.
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            closed = True
    except TimeoutError:
        pass
    finally:
        if not closed:
            writer.transport.abort()
