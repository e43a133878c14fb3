"""A child that publishes by WHIP: `python -m bench.whip URL TOKEN…`, `{seat}` in the address; says `ready`.

The n-th token is that of guest n; ends with SIGTERM.
"""

import asyncio
import signal
import sys
from contextlib import AsyncExitStack

import uvloop
from tests.kit.publisher import publishing

from bench.source import speech


async def main(url: str, *tokens: str) -> None:
    """Publish until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    media = speech()
    async with AsyncExitStack() as guests:
        for number, token in enumerate(tokens, 1):
            whip = url.replace("{seat}", f"guest{number}")
            await guests.enter_async_context(publishing(whip, token, media))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
