"""A small production that goes on and on, and what becomes of its memory, its latency and its step."""

import asyncio
import itertools
import statistics
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stagedoor.media.packets import Kind
from tests.kit.app import App
from tests.kit.flashes import Flashes, decode, flashing
from tests.kit.listening import listen
from tests.kit.putting import putting
from tests.kit.show import Show, encode
from tests.kit.wait import until

MIXER: Final = {"width": 640, "height": 360, "preset": "ultrafast", "bitrate": 1_500_000}
CHILDREN: Final = ("relay", "control", "mixer")
STAGE: Final = Show(640, 360, seconds=4, bitrate=1_000_000)
"""What a source shows that comes and goes."""
FEWEST: Final = 3
"""Flashes of which a median is taken."""


@dataclass(frozen=True)
class Sample:
    """What was so at one time.

    Attributes:
        at: Seconds since the start.
        memory: Of each process, MB: what it would give back if it ended.
        late: Seconds from sending a picture of the first guest to having it decoded from program, the median.
        apart: Seconds by which his beeps come after their flashes, the median.
    """

    at: float
    memory: dict[str, float]
    late: float
    apart: float


async def soak(
    seconds: float, every: float, told: Callable[[Sample], None] = lambda _sample: None
) -> list[Sample]:
    """Run the production for so long; a sample each `every` seconds, told at once, something new before each.

    A source, a reader of a return and a scene on preview come and go: what any of them leaves behind adds up.
    """
    samples: list[Sample] = []
    stop = threading.Event()
    async with flashing(MIXER) as (app, begun_s), putting(app, "stage", encode(STAGE), Kind.VIDEO):
        flashes = Flashes(begun_s)
        url = f"{app.hub_url}/live/program.nut?token={app.token}"
        reading = asyncio.create_task(asyncio.to_thread(decode, url, stop, flashes.see))
        try:
            loop = asyncio.get_running_loop()
            begun = loop.time()
            while loop.time() < begun + seconds:
                flashes.forget()
                await _come_and_go(app, len(samples))
                due = begun + (len(samples) + 1) * every

                def is_due(due: float = due) -> bool:
                    return loop.time() >= due and len(flashes.flashes) > FEWEST

                await until(is_due, every + 30, interval=0.1, what="program with flashes")
                memory = {name: private_mb(app.child(name)) for name in CHILDREN}
                late, apart = statistics.median(flashes.pictures), statistics.median(flashes.apart())
                samples.append(Sample(loop.time() - begun, memory, late, apart))
                told(samples[-1])
        finally:
            stop.set()
            await reading
    return samples


async def _come_and_go(app: App, number: int) -> None:
    url = f"{app.hub_url}/live/stage.nut?token={app.token}"
    body = {"id": f"more{number}", "kind": "url", "url": url}
    (await app.api.post("/api/sources", json=body)).raise_for_status()
    (
        await app.api.post("/api/mixer/preview", json={"scene": ("quad", "two_up")[number % 2]})
    ).raise_for_status()
    await listen(f"{app.hub_url}/live/return-guest2.nut?token={app.token}", 2.0)
    (await app.api.delete(f"/api/sources/more{number}")).raise_for_status()


def private_mb(pid: int) -> float:
    """What a process alone holds of the memory, MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def largest_step(points: Sequence[tuple[float, float]]) -> float:
    """The most by which a value rises from one sample to the next."""
    return max(after - before for (_, before), (_, after) in itertools.pairwise(points))


def without_step(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same as if it had not risen by its largest step: what fills up once does not go on growing."""
    step = largest_step(points)
    (at, _), *_ = (then for now, then in itertools.pairwise(points) if then[1] - now[1] == step)
    return [(when, value - step if when >= at else value) for when, value in points]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """By how much a value changes in a second; the median of all pairs of (seconds, value) (Theil, Sen)."""
    pairs = itertools.combinations(points, 2)
    return statistics.median((there - here) / (later - at) for (at, here), (later, there) in pairs)
