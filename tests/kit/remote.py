"""A publisher elsewhere: `python -m tests.kit.remote ENDPOINT TOKEN SHOW`, with SHOW as JSON.

It says `connected`, and goes when its standard input ends.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from stagedoor.media.packets import Codec
from tests.kit.net import Namespace
from tests.kit.publisher import publishing
from tests.kit.show import Show, encode

ROOT = Path(__file__).resolve().parents[2]


@contextlib.asynccontextmanager
async def publishing_from(inside: Namespace, endpoint: str, token: str, show: Show) -> AsyncIterator[None]:
    """A connected publisher inside a namespace."""
    command = inside.command(
        sys.executable, "-m", "tests.kit.remote", endpoint, token, json.dumps(asdict(show))
    )
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        async with asyncio.timeout(30):
            said = await process.stdout.readline()
        assert said == b"connected\n"
        yield
    finally:
        process.stdin.close()
        await process.wait()


async def main(endpoint: str, token: str, show: Show) -> None:
    """Publish until standard input ends."""
    async with publishing(endpoint, token, encode(show)):
        sys.stdout.write("connected\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    given = json.loads(sys.argv[3])
    given["color"], given["codec"] = tuple(given["color"]), Codec(given["codec"])
    asyncio.run(main(sys.argv[1], sys.argv[2], Show(**given)))
