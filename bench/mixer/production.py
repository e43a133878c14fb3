"""A whole production that is measured: guests who send, and program as its readers have it."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import av
import httpx
import numpy as np
from tests.kit.app import App, running_app
from tests.kit.flashes import OPTIONS
from tests.kit.painted import Row
from tests.kit.show import BITS, Show

from bench.parts import child
from stagedoor.aio.closing import cancel_and_wait
from stagedoor.ipc.mixer import MixerState

SETTLE = 4.0
KEPT_S = 2.0
"""From the first packet on, what comes to a reader may have been kept for readers to come."""
GUESTS = 4
RATE = 30
"""Frames a second of program, its usual one."""
PICTURE = Show(1920, 1080, seconds=8, bitrate=2_500_000, key_every=60, noise=True)
QUAD = tuple(Row(x, y + 0.5 / BITS / 2 * 16 / 9, 0.5) for y in (0.0, 0.5) for x in (0.0, 0.5))
"""The squares on top of each picture of a quad, all of 16:9."""
COLORS = {"red": "#c82828", "blue": "#283cc8"}
SMALL = {"width": 640, "height": 360, "preset": "ultrafast"}


@dataclass
class Program:
    """What was read of program, packet by packet.

    Attributes:
        size: Pixels, as the stream says.
        numbers: Of the frames, by their times.
        late: Seconds by which each came after its tick.
        keys: Frames from one key frame to the next, wherever that is.
        bitrate: Bits a second.
        shown: Of each frame, the numbers in the guests' pictures; none where nothing was decoded.
    """

    size: tuple[int, int]
    numbers: list[int]
    late: list[float]
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


class _Read(NamedTuple):
    """A packet: its time, when it came, bytes, whether it is a key frame, and the numbers in its picture."""

    at: float
    now: float
    size: int
    key: bool
    shown: tuple[int, ...]


@asynccontextmanager
async def show(size: tuple[int, int], guests: int = GUESTS) -> AsyncIterator[App]:
    """The program with guests at 1080p, all on program; they come from a process of their own."""
    settings = {"width": size[0], "height": size[1]}
    async with running_app(with_mixer=True, mixer=settings) as app, AsyncExitStack() as stack:
        tokens = [(await app.invite(f"guest{number}"))["token"] for number in range(1, guests + 1)]
        arguments = ("-m", "bench.whip", app.whip("{seat}"), *tokens)
        process = await stack.enter_async_context(child(*arguments, pipe=asyncio.subprocess.PIPE))
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        await command(app, "cut", scene="quad")
        await asyncio.sleep(SETTLE)
        yield app


@asynccontextmanager
async def two_scenes() -> AsyncIterator[App]:
    """A production with one red scene and one blue one."""
    async with running_app(with_mixer=True, mixer=SMALL) as app:
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


async def mixer_state(app: App) -> MixerState:
    """What the mixer says of itself, past control."""
    transport = httpx.AsyncHTTPTransport(uds=str(Path(app.folder, "data", "run", "mixer.sock")))
    async with httpx.AsyncClient(transport=transport, base_url="http://mixer") as client:
        return MixerState.model_validate_json((await client.get("/state")).content)


def address(app: App, path: str) -> str:
    """Where a path of the hub is read, as NUT."""
    return f"{app.hub_url}/live/{path}.nut?token={app.token}"


@asynccontextmanager
async def watched(app: App, *paths: str) -> AsyncIterator[None]:
    """Read paths of the hub and throw them away."""

    async def read(path: str) -> None:
        async with (
            httpx.AsyncClient(timeout=None) as client,
            client.stream("GET", address(app, path)) as answer,
        ):
            async for _ in answer.aiter_raw():
                pass

    tasks = [asyncio.create_task(read(path)) for path in paths]
    try:
        yield
    finally:
        await cancel_and_wait(*tasks)


async def follow(app: App, seconds: float, rows: Sequence[Row] = ()) -> Program:
    """Read program for so long; the first packets, which were kept, are left out.

    It is decoded, which takes a part of a core, only where the numbers in `rows` are to be read.
    """
    begun_s = (await mixer_state(app)).started_ns / 1e9
    return await asyncio.to_thread(_follow, address(app, "program"), seconds, begun_s, rows)


def _follow(url: str, seconds: float, begun_s: float, rows: Sequence[Row]) -> Program:
    size, packets = _read(url, seconds, rows)
    live = [each for each in packets if each.now > packets[0].now + KEPT_S]
    numbers = [round(each.at * RATE) for each in live]
    keys = [number for number, each in zip(numbers, live, strict=True) if each.key]
    return Program(
        size,
        numbers,
        [each.now - begun_s - each.at for each in live],
        frozenset(after - before for before, after in pairwise(keys)),
        8 * sum(each.size for each in live) / (live[-1].at - live[0].at),
        [each.shown for each in live],
    )


def _read(url: str, seconds: float, rows: Sequence[Row]) -> tuple[tuple[int, int], list[_Read]]:
    """Program's size and packets, for so long after those that were kept."""
    packets: list[_Read] = []
    deadline = time.monotonic() + seconds + KEPT_S
    with av.open(url, timeout=(15, 10), options=OPTIONS) as container:
        context = container.streams.video[0].codec_context
        size = context.width, context.height
        for packet in container.demux(video=0):
            if packet.pts is None or packet.time_base is None:
                continue
            at, now = float(packet.pts * packet.time_base), time.monotonic()
            shown = _numbers(packet, rows) if rows else ()
            packets.append(_Read(at, now, packet.size, packet.is_keyframe, shown))
            if now > deadline:
                break
    return size, packets


def _numbers(packet: "av.Packet[av.VideoStream]", rows: Sequence[Row]) -> tuple[int, ...]:
    """What the squares of its picture say: program's encoder gives each picture a packet of its own."""
    (frame,) = packet.decode()
    luma = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    return tuple(row.number(luma, BITS) for row in rows)


def ms(values: list[float], percent: int) -> str:
    """A percentile of seconds, in words."""
    return f"{1000 * float(np.percentile(values, percent)):.0f} ms"


def spread(values: list[float]) -> str:
    """Median and 95th percentile of seconds, in words."""
    return f"p50 {ms(values, 50)}, p95 {ms(values, 95)}"
