"""`kill -9` of the mixer, and of the relay, until program is there again."""

import asyncio
import contextlib
import io
import statistics
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import av
import httpx
from PIL import Image
from tests.kit.app import App
from tests.kit.mixer_state import mixer_state
from tests.kit.wait import until

from bench.mixer.production import address, command, two_scenes
from bench.report import Result

KILLS = 6
BETWEEN_S = 6.0
"""Of good work before the next one: the supervisor waits with a process that ends again at once."""
WITHIN_S = 20.0
GAP_S = 0.3
"""Without a picture for so long, program is away; a frame comes every 33 ms."""
RETRY_S = 0.02
STILLS = 10
STILL_SIZE = (8000, 6000)
LEAST_BLUE, MOST_RED = 150, 90


async def mixer_back() -> list[Result]:
    """From the kill to the first picture of the scene that was on air, at a reader of the hub who stays."""
    what = "kill -9 of the mixer → the scene that was on air, for a reader who stays"
    return [await _measured(what, "≤ 2 s", _away_s)]


async def relay_back() -> list[Result]:
    """From the kill to a reader at the hub who tries again and again, and has program."""
    return [
        await _measured("kill -9 of the relay → a reader at the hub has program again", "≤ 3 s", _again_s)
    ]


async def _measured(what: str, aim: str, kill: Callable[[App], Awaitable[float]]) -> Result:
    """Kill something again and again while a scene is on air, which it stays; `kill` returns seconds."""
    took = []
    async with two_scenes() as app:
        await _add_stills(app)
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
        f"median of {KILLS}, least and most; 640×360; {STILLS} photos of 48 megapixels on the board",
    )


async def _add_stills(app: App) -> None:
    """Have photos on the board that no scene shows."""
    folder = Path(app.folder, "data", "media")
    photo = await asyncio.to_thread(_photo)
    for number in range(STILLS):
        name = f"photo{number}.jpg"
        await asyncio.to_thread(Path(folder, name).write_bytes, photo)
        body = {"id": f"photo{number}", "kind": "still", "url": name}
        (await app.api.post("/api/sources", json=body, timeout=WITHIN_S)).raise_for_status()


def _photo() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((800, 600), 40).resize(STILL_SIZE).convert("RGB").save(file, "jpeg", quality=85)
    return file.getvalue()


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
    """Kill the mixer; return the seconds until the first blue picture after a gap."""
    reading = threading.Event()
    back = asyncio.create_task(asyncio.to_thread(_back_s, address(app, "program"), reading))
    await until(reading.is_set, what="a picture of program")
    killed = time.monotonic()
    await app.kill("mixer")
    return await back - killed


def _back_s(url: str, reading: threading.Event) -> float:
    """Decode pictures; return when a blue one came after there had been none for a while."""
    last, was_away = time.monotonic(), False
    options = {"probesize": "8192", "analyzeduration": "0"}
    with av.open(url, timeout=(10.0, WITHIN_S), options=options) as container:
        for frame in container.decode(video=0):
            now = time.monotonic()
            was_away = was_away or (reading.is_set() and now - last > GAP_S)
            last = now
            if was_away and _looks_blue(frame):
                return now
            reading.set()
    raise RuntimeError("the hub has ended the reader's stream")


def _looks_blue(frame: av.VideoFrame) -> bool:
    red, _, blue = frame.to_ndarray(format="rgb24")[frame.height // 2, frame.width // 2]
    return bool(blue > LEAST_BLUE and red < MOST_RED)
