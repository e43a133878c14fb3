"""`kill -9` of the mixer until program is there again."""

import asyncio
import statistics
import time

import httpx
from tests.kit.app import App
from tests.kit.wait import until

from bench.mixer.production import address, command, mixer_state, two_scenes
from bench.report import Result

KILLS = 6
BETWEEN_S = 6.0
"""Of good work before the next one: the supervisor waits with a process that ends again at once."""
WITHIN_S = 20.0
GAP_S = 0.3
"""Without a byte for so long, program is away; a frame comes every 33 ms."""


async def mixer_back() -> list[Result]:
    """From the kill to a reader at the hub who stays and has program again, on the scene that was on air."""
    took = []
    async with two_scenes() as app:
        await command(app, "cut", scene="blue")
        for _ in range(KILLS):
            await asyncio.sleep(BETWEEN_S)
            async with asyncio.timeout(WITHIN_S):
                took.append(await _away_s(app))
            await until(lambda: _is_blue(app), what="the scene that was on air")
    return [
        Result(
            "kill -9 of the mixer → program goes on for a reader who stays",
            f"{statistics.median(took):.2f} s ({min(took):.2f}…{max(took):.2f})",
            "≤ 2 s",
            f"median of {KILLS}, least and most; 640×360, on the same scene",
        )
    ]


async def _is_blue(app: App) -> bool:
    return "blue" in (await mixer_state(app)).on_program


async def _away_s(app: App) -> float:
    """Kill the mixer; return the seconds until the first bytes after a gap."""
    async with (
        httpx.AsyncClient(timeout=None) as client,
        client.stream("GET", address(app, "program")) as response,
    ):
        chunks = response.aiter_raw()
        await anext(chunks)
        last = killed = time.monotonic()
        await app.kill("mixer")
        async for _ in chunks:
            now = time.monotonic()
            if now - max(last, killed) > GAP_S:
                return now - killed
            last = now
    raise RuntimeError("the hub has ended the reader's stream")
