"""Several things at once, until the first of them ends."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from stagedoor.aio.closing import cancel_and_wait


async def until_first(*runs: Coroutine[Any, Any, None]) -> None:
    """Run all until one returns or fails; cancel and await the others, then raise the one's failure.

    Where several failed, the failure of the one that was named first is raised.
    """
    tasks = [asyncio.ensure_future(run) for run in runs]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel_and_wait(*tasks)
    failures = [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
    if failures:
        raise failures[0]
