"""The event loop that the program's processes run on."""

import asyncio
import sys
from collections.abc import Callable


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes one of uvloop's; None, for asyncio's own, where that does not exist.

    It hands over every datagram that has come since its last turn; asyncio's hands over one in a turn.
    """
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
