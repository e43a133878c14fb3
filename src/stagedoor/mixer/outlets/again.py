"""Running what has to go on, whatever mistake of ours is in it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

logger = logging.getLogger(__name__)

AGAIN_S: Final = 1.0


async def again_and_again(name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run something until it returns; a mistake of ours in it is logged, and takes nobody along."""
    while True:
        try:
            await run()
        except Exception:
            logger.exception("%s begins anew", name)
        else:
            return
        await asyncio.sleep(AGAIN_S)
