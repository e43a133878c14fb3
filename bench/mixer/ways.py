"""How long a guest's picture and sound take into program and into somebody else's return, and their step."""

import asyncio
import statistics
import threading

from tests.kit.flashes import Flashes, decode, flashing
from tests.kit.mixer_state import mixer_state

from bench.machine import AS_PEOPLE_HAVE_IT
from bench.mixer.production import SETTLE, address, spread
from bench.report import Result

SECONDS = 30.0
AIMS = {
    "program": ("program", "p95 ≤ 250 ms"),
    "return-guest2": ("the other guest's return", "p95 ≤ 250 ms + playout delay"),
}
"""Paths of the hub, in words, and how soon they are to have the guest."""


async def ways() -> list[Result]:
    """From a guest's sender to program, and to the return of another guest."""
    stop = threading.Event()
    async with flashing({**AS_PEOPLE_HAVE_IT, "width": 1280, "height": 720}) as (app, begun):
        await asyncio.sleep(SETTLE)
        seen = {path: Flashes(begun) for path in AIMS}
        reading = [
            asyncio.create_task(asyncio.to_thread(decode, address(app, path), stop, each.see))
            for path, each in seen.items()
        ]
        await asyncio.sleep(SECONDS)
        state = await mixer_state(app)
        stop.set()
        await asyncio.gather(*reading)
    delays = {each.id: each.playout_ms for each in state.sources}
    method = (
        f"as given to the sender's WebRTC, read at the hub and decoded, {SECONDS:.0f} s; "
        f"720p, playout delay shown {delays['guest1']} ms"
    )
    rows = []
    for path, (whose, aim) in AIMS.items():
        rows += [
            Result(f"guest → {whose}, picture", spread(seen[path].pictures[30:]), aim, method),
            Result(f"guest → {whose}, sound", spread(seen[path].beeps[1:]), aim, method),
        ]
    offsets = [abs(each) for each in seen["program"].apart()]
    apart = f"median {1000 * statistics.median(offsets):.0f} ms, most {1000 * max(offsets):.0f} ms"
    return [*rows, Result("flash and beep of a guest in program", apart, "≤ 20 ms", method)]
