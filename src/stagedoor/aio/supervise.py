"""Run something again when it fails in a way that is expected."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from stagedoor.aio.backoff import Backoff

logger = logging.getLogger(__name__)

ErrorT = TypeVar("ErrorT", bound=Exception)


async def supervise(
    name: str,
    run: Callable[[], Awaitable[None]],
    *,
    expected: type[ErrorT] | tuple[type[ErrorT], ...],
    on_failure: Callable[[ErrorT], bool],
    backoff: Backoff,
    healthy_after: float = 30.0,
) -> None:
    """Run `run` until it returns, again after each expected failure.

    Only `expected` is caught: a bug is not expected and escapes to the caller's task group.

    Args:
        name: For the log.
        run: What to run; called anew for each try.
        expected: The failures that may be retried.
        on_failure: Told of each failure; returns whether to try again.
        backoff: The waits between tries.
        healthy_after: Seconds; a run that lasted this long starts the waits over.
    """
    loop = asyncio.get_running_loop()
    while True:
        started = loop.time()
        try:
            await run()
        except expected as error:
            if not on_failure(error):
                return
        else:
            return
        if loop.time() - started >= healthy_after:
            backoff.reset()
        wait = backoff.next()
        logger.debug("%s starts again in %.1f s", name, wait)
        await asyncio.sleep(wait)
