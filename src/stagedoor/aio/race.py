"""Several things at once, until the first of them ends."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from stagedoor.aio.closing import cancel_and_wait

T = TypeVar("T")


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


async def hedged(
    run: Callable[[], Coroutine[Any, Any, T]],
    *,
    after_s: float,
    discard: Callable[[T], None],
    most: int = 3,
) -> T:
    """Run something, and once more beside it whenever that takes longer than usual; the first success counts.

    Args:
        run: Begins a run.
        after_s: Seconds that one usually takes at most.
        discard: Takes the result of a run that nobody needs any more.
        most: Runs at all.

    Returns:
        The result of one; the others are cancelled. Where all fail, the failure of the first is raised.
    """
    tasks = [asyncio.ensure_future(run())]
    winner: asyncio.Task[T] | None = None
    try:
        while pending := [task for task in tasks if not task.done()]:
            late = after_s if len(tasks) < most else None
            done, _ = await asyncio.wait(pending, timeout=late, return_when=asyncio.FIRST_COMPLETED)
            if any(_succeeded(task) for task in done):
                break
            if not done:
                tasks.append(asyncio.ensure_future(run()))
        winner = next((task for task in tasks if _succeeded(task)), tasks[0])
    finally:
        await cancel_and_wait(*tasks)
        for task in tasks:
            if _succeeded(task) and task is not winner:
                discard(task.result())
    return winner.result()


def _succeeded(task: asyncio.Task[Any]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
