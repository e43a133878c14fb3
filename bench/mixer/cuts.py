"""How soon a cut that control is asked for is seen in program."""

import asyncio
import random
import threading
import time

import av
from tests.kit.app import App
from tests.kit.flashes import decode

from bench.mixer.production import address, command, spread, two_scenes
from bench.report import Result

CUTS = 200


async def cuts() -> list[Result]:
    """From the request to a reader who has decoded the first frame of the new scene."""
    seen: dict[int, tuple[float, bool]] = {}

    def see(frame: object, now: float) -> None:
        """Remember when a frame was there, and whether it is more blue than red."""
        if isinstance(frame, av.VideoFrame):
            u, v = (bytes(frame.planes[plane])[0] for plane in (1, 2))
            seen[round((frame.time or 0.0) * 30)] = now, u > v

    stop = threading.Event()
    async with two_scenes() as app:
        looking = asyncio.create_task(asyncio.to_thread(decode, address(app, "program"), stop, see))
        try:
            await asyncio.sleep(1.0)
            asked = [await _cut(app, "blue" if number % 2 == 0 else "red") for number in range(CUTS)]
            await asyncio.sleep(1.0)
        finally:
            stop.set()
            await looking
    wrong = sum(
        frame not in seen or seen[frame][1] is not blue or seen[frame - 1][1] is blue
        for _, _, frame, blue in asked
    )
    whole = [seen[frame][0] - begun for begun, _, frame, _ in asked if frame in seen]
    requests = [answered - begun for begun, answered, _, _ in asked]
    method = f"{CUTS} cuts by the API, 640×360 at 30 a second; {wrong} not seen at the frame that was said"
    return [
        Result("cut: request → answer", spread(requests), "", method),
        Result("cut: request → decoded by a reader", spread(whole), "≤ 2 frames (67 ms) + request", method),
    ]


async def _cut(app: App, scene: str) -> tuple[float, float, int, bool]:
    """Ask for a cut; when it was asked and answered, the frame that was said, and whether it is blue then."""
    # Not in step with the frames.
    await asyncio.sleep(0.09 + 0.033 * random.random())
    begun = time.monotonic()
    answer = await command(app, "cut", scene=scene)
    return begun, time.monotonic(), answer["frame"], scene == "blue"
