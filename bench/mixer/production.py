"""A whole production that is measured: guests who send, and program as its readers have it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx
import numpy as np
from tests.kit.app import App, running_app
from tests.kit.mixer_state import mixer_state
from tests.kit.show import Show
from tests.kit.stand_in import stand_in

from bench.machine import AS_PEOPLE_HAVE_IT
from bench.mixer.follow import Packet
from bench.parts import child
from stagedoor.aio.closing import cancel_and_wait

SETTLE = 4.0
GUESTS = 4
RATE = 30
"""Frames a second of program, its usual one."""
PICTURE = Show(1920, 1080, seconds=8, bitrate=2_500_000, key_every=60, noise=True)
COLORS = {"red": "#c82828", "blue": "#283cc8"}
SMALL = {**AS_PEOPLE_HAVE_IT, "width": 640, "height": 360, "preset": "ultrafast"}


@dataclass
class Program:
    """What was read of program, packet by packet.

    Attributes:
        size: Pixels, as the stream says.
        numbers: Of the frames, by their times.
        late: Seconds by which each came after its tick.
        came: When, in seconds of the monotonic clock.
        stood: From when to when the machine itself stood still.
        keys: Frames from one key frame to the next, wherever that is.
        bitrate: Bits a second.
        shown: Of each frame, the numbers in the guests' pictures; none where nothing was decoded.
    """

    size: tuple[int, int]
    numbers: list[int]
    late: list[float]
    came: list[float]
    stood: list[tuple[float, float]]
    keys: frozenset[int]
    bitrate: float
    shown: list[tuple[int, ...]]

    @property
    def span(self) -> int:
        """Frames from the first to the last."""
        return self.numbers[-1] - self.numbers[0] + 1

    @property
    def missing(self) -> int:
        """Frames that are not there."""
        return self.span - len(self.numbers)

    @property
    def advancing(self) -> float:
        """The part of all frames with another picture than before, of the guest who has the least."""
        guests = zip(*self.shown, strict=True)
        least = min(sum(before != after for before, after in pairwise(numbers)) for numbers in guests)
        return float(least / (self.span - 1))


@asynccontextmanager
async def show(size: tuple[int, int], guests: int = GUESTS, *, realtime: bool = True) -> AsyncIterator[App]:
    """The program with guests of its own size, all on program.

    What they send is put to the hub by a process of its own; that they are there, so that there is a return
    for each, is said by pages without a browser.
    """
    settings = {"width": size[0], "height": size[1], "realtime": realtime}
    async with running_app(with_mixer=True, mixer=settings) as app, AsyncExitStack() as stack:
        for number in range(1, guests + 1):
            await stack.enter_async_context(stand_in(app, f"guest{number}", f"Guest{number}"))
        told = (app.hub_url, app.token, *size, guests)
        arguments = ("-m", "bench.mixer.put", *map(str, told))
        process = await stack.enter_async_context(child(*arguments, pipe=asyncio.subprocess.PIPE))
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        await command(app, "cut", scene="quad")
        await asyncio.sleep(SETTLE)
        assert ("before all other work" in app.log()) is realtime, "it was not let, or not kept from it"
        yield app


@asynccontextmanager
async def two_scenes() -> AsyncIterator[App]:
    """A production with one red scene and one blue one."""
    async with running_app(with_mixer=True, mixer=SMALL) as app:
        await app.logged("Connected to the mixer")
        for name, color in COLORS.items():
            body = {"id": name, "kind": "color", "color": color}
            (await app.api.post("/api/sources", json=body)).raise_for_status()
            slot = {"source": name, "fit": "stretch"}
            (await app.api.post("/api/scenes", json={"id": name, "slots": [slot]})).raise_for_status()
        await command(app, "cut", scene="red")
        await asyncio.sleep(SETTLE)
        yield app


async def command(app: App, name: str, **body: object) -> dict[str, Any]:
    """Tell the mixer something by the API; its answer."""
    answer = await app.api.post(f"/api/mixer/{name}", json=body)
    answer.raise_for_status()
    return dict(answer.json())


def address(app: App, path: str) -> str:
    """Where a path of the hub is read, as NUT."""
    return f"{app.hub_url}/live/{path}.nut?token={app.token}"


@asynccontextmanager
async def watched(app: App, *paths: str) -> AsyncIterator[None]:
    """Read paths of the hub and throw them away; each of them has to have something."""
    amounts = dict.fromkeys(paths, 0)

    async def read(path: str) -> None:
        async with (
            httpx.AsyncClient(timeout=None) as client,
            client.stream("GET", address(app, path)) as answer,
        ):
            async for data in answer.aiter_raw():
                amounts[path] += len(data)

    tasks = [asyncio.create_task(read(path)) for path in paths]
    try:
        yield
    finally:
        await cancel_and_wait(*tasks)
    assert all(amounts.values()), f"nothing came of some of {amounts}"


async def follow(app: App, seconds: float, guests: int = 0) -> Program:
    """Read program for so long, by a process of its own.

    Program is decoded, which takes a part of a core, only where the numbers in the pictures of `guests` are
    to be read.
    """
    begun_s = (await mixer_state(app)).started_ns / 1e9
    arguments = ("-m", "bench.mixer.follow", address(app, "program"), str(seconds), str(guests))
    async with child(*arguments, pipe=asyncio.subprocess.PIPE) as process:
        told, _ = await process.communicate()
    assert process.returncode == 0, "program could not be followed"
    told = json.loads(told)
    packets = [Packet(*each) for each in told["packets"]]
    numbers = [round(each.at * RATE) for each in packets]
    keys = [number for number, each in zip(numbers, packets, strict=True) if each.key]
    return Program(
        tuple(told["size"]),
        numbers,
        [each.now - begun_s - each.at for each in packets],
        [each.now for each in packets],
        [tuple(each) for each in told["stood"]],
        frozenset(after - before for before, after in pairwise(keys)),
        8 * sum(each.size for each in packets) / (packets[-1].at - packets[0].at),
        [tuple(each.shown) for each in packets],
    )


def ms(values: list[float], percent: int) -> str:
    """A percentile of seconds, in words."""
    return f"{1000 * float(np.percentile(values, percent)):.0f} ms"


def spread(values: list[float]) -> str:
    """Median and 95th percentile of seconds, in words."""
    return f"p50 {ms(values, 50)}, p95 {ms(values, 95)}"
