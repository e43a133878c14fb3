"""`kill -9` of the mixer, and of the relay, until program is there again."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Awaitable, Callable

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
RETRY_S = 0.02


async def mixer_back() -> list[Result]:
    """From the kill to a reader at the hub who stays and has program again, on the scene that was on air."""
    return [
        await _measured("kill -9 of the mixer → program goes on for a reader who stays", "≤ 2 s", _away_s)
    ]


async def relay_back() -> list[Result]:
    """From the kill to a reader at the hub who tries again and again, and has program."""
    return [
        await _measured("kill -9 of the relay → a reader at the hub has program again", "≤ 3 s", _again_s)
    ]


async def _measured(what: str, aim: str, kill: Callable[[App], Awaitable[float]]) -> Result:
    """Kill something again and again while a scene is on air, which it stays; `kill` returns seconds."""
    took = []
    async with two_scenes() as app:
        await command(app, "cut", scene="blue")
        for _ in range(KILLS):
            await asyncio.sleep(BETWEEN_S)
            async with asyncio.timeout(WITHIN_S):
                took.append(await kill(app))
            await until(lambda: _is_blue(app), what="the scene that was on air")
    return Result(
        what,
        f"{statistics.median(took):.2f} s ({min(took):.2f}…{max(took):.2f})",
        aim,
        f"median of {KILLS}, least and most; 640×360, on the same scene",
    )


async def _is_blue(app: App) -> bool:
    return "blue" in (await mixer_state(app)).on_program


async def _again_s(app: App) -> float:
    """Kill the relay; return the seconds until a new connection has program's bytes."""
    killed = time.monotonic()
    await app.kill("relay")
    async with httpx.AsyncClient(timeout=None) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                async with client.stream("GET", address(app, "program")) as response:
                    response.raise_for_status()
                    async for _ in response.aiter_raw():
                        return time.monotonic() - killed
            await asyncio.sleep(RETRY_S)


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
