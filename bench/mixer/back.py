"""`kill -9` of the mixer until program is there again, on the same scene."""

import asyncio
import contextlib
import statistics
import threading
import time

import av
import httpx
from tests.kit.app import App
from tests.kit.flashes import decode

from bench.mixer.production import address, command, two_scenes
from bench.report import Result

KILLS = 8
BETWEEN_S = 6.0
"""Of good work before the next one: the supervisor waits with a process that ends again at once."""
WITHIN_S = 20.0


async def mixer_back() -> list[Result]:
    """From the kill to a reader of the hub who has decoded the first frame of the scene that was on air."""
    took = []
    async with two_scenes() as app:
        await command(app, "cut", scene="blue")
        for _ in range(KILLS):
            await asyncio.sleep(BETWEEN_S)
            async with asyncio.timeout(WITHIN_S):
                killed = await _killed(app)
                took.append(await _is_blue(app) - killed)
    return [
        Result(
            "kill -9 of the mixer → the same scene decoded by a reader",
            f"{statistics.median(took):.2f} s ({min(took):.2f}…{max(took):.2f})",
            "≤ 2 s",
            f"median of {KILLS}, least and most; 640×360, a reader who comes until it is let in",
        )
    ]


async def _killed(app: App) -> float:
    """Kill the mixer, and return when that was once no reader gets anything of the old program."""
    async with (
        httpx.AsyncClient(timeout=None) as client,
        client.stream("GET", address(app, "program")) as old,
    ):
        killed = time.monotonic()
        await app.kill("mixer")
        with contextlib.suppress(httpx.TransportError):
            async for _ in old.aiter_raw():
                pass
    return killed


async def _is_blue(app: App) -> float:
    """Return when a frame that is more blue than red was decoded, of `time.monotonic()`."""
    seen, stop = asyncio.Event(), threading.Event()
    loop, at = asyncio.get_running_loop(), 0.0

    def see(frame: object, now: float) -> None:
        nonlocal at
        if isinstance(frame, av.VideoFrame) and not stop.is_set():
            u, v = (bytes(frame.planes[plane])[0] for plane in (1, 2))
            if u > v:
                at = now
                stop.set()
                loop.call_soon_threadsafe(seen.set)

    while not seen.is_set():
        with contextlib.suppress(av.error.FFmpegError):
            await asyncio.to_thread(decode, address(app, "program"), stop, see)
        await asyncio.sleep(0.01)
    return at
