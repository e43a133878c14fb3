"""Processor time of a guest by either carrier, both at the same time, so that both have the same machine."""

import asyncio
import os
import re
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kit.rtmp_server import RtmpServer
from tests.kit.sfu_process import SfuProcess, sfu_process

from bench.cost import DELIVERED, ROUNDS, WINDOW
from bench.parts import Guests, count_pictures, guests, measure_cpu, relay
from bench.report import Result

GUESTS = 4
SETTLE_S = 4.0


@dataclass(frozen=True)
class Side:
    """A relay whose guests all come by one carrier.

    Attributes:
        last: Where its last guest is read.
    """

    pid: int
    sending: Guests
    last: str


@dataclass(frozen=True)
class Used:
    """What one side has used in one window.

    Attributes:
        cpu: Percent of a core for each guest.
        wakes: How often the relay's loop was woken up, in a second for each guest.
        read: Part of the last guest's pictures that a reader has got.
    """

    cpu: float
    wakes: float
    read: float


async def carriers() -> list[Result]:
    """Both at once, `ROUNDS` windows; the SFU is the emulator, a process of its own."""
    async with AsyncExitStack() as stack:
        server = RtmpServer(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        await server.start()
        stack.push_async_callback(server.kill)
        sfu = await stack.enter_async_context(sfu_process())
        builtin = await stack.enter_async_context(_side("builtin", 1, sfu, server.url))
        cloudflare = await stack.enter_async_context(_side("cloudflare", 1 + GUESTS, sfu, server.url))
        await asyncio.sleep(SETTLE_S)
        return _rows([await _windows(builtin, cloudflare) for _ in range(ROUNDS)])


@asynccontextmanager
async def _side(kind: str, first: int, sfu: SfuProcess, rtmp: str) -> AsyncIterator[Side]:
    account = (
        f'[carrier.cloudflare]\napp_id = "{sfu.app_id}"\napp_secret = "{sfu.app_secret}"\n'
        f'base_url = "{sfu.base_url}"\n'
    )
    with tempfile.TemporaryDirectory() as name:
        async with (
            relay(Path(name), account) as (process, socket, _),
            guests(socket, GUESTS, audio="opus", rtmp=rtmp, first=first, carrier=kind) as sending,
        ):
            yield Side(process.pid, sending, f"{rtmp}/live/guest{first + GUESTS - 1}")


async def _windows(builtin: Side, cloudflare: Side) -> tuple[Used, Used]:
    """The same window of both."""
    return await asyncio.gather(_window(builtin), _window(cloudflare))


async def _window(side: Side) -> Used:
    before, woken = await side.sending.sent(), _woken(side.pid)
    reader = asyncio.to_thread(count_pictures, side.last, WINDOW - 2)
    cpu, (pictures, span) = await asyncio.gather(measure_cpu(side.pid, WINDOW), reader)
    wakes = (_woken(side.pid) - woken) / WINDOW
    rate = ((await side.sending.sent())[-1] - before[-1]) / WINDOW
    return Used(cpu / GUESTS, wakes / GUESTS, min(1.0, pictures / span / rate))


def _woken(pid: int) -> int:
    """How often a process's first thread has waited for something (proc(5))."""
    found = re.search(r"^voluntary_ctxt_switches:\s+(\d+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
    assert found is not None
    return int(found[1])


def _rows(used: list[tuple[Used, Used]]) -> list[Result]:
    least = min(side.read for both in used for side in both)
    void = "" if least >= DELIVERED else ": **void**, too few"
    method = (
        f"{GUESTS} guests by each at the same time, to RTMP with Opus passed through, "
        f"{ROUNDS} × {WINDOW:.0f} s; "
        f"at least {least:.1%} of a guest's pictures read{void}; load {os.getloadavg()[0]:.1f}"
    )
    rows = []
    for name, values in zip(("builtin", "cloudflare"), zip(*used, strict=True), strict=True):
        cpu = _spread([each.cpu for each in values], 1)
        rows.append(Result(f"CPU of the relay per guest, {name}", f"{cpu} %", "", method))
        wakes = _spread([each.wakes for each in values], 0)
        rows.append(
            Result(f"the relay is woken up per guest, {name}", f"{wakes} a second", "", "the same run")
        )
    ratio = _spread([cloudflare.cpu / builtin.cpu for builtin, cloudflare in used], 2)
    return [*rows, Result("by Cloudflare to built-in", ratio, "≤ 1.1", "within each of the windows")]


def _spread(values: list[float], digits: int) -> str:
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f}…{max(values):.{digits}f})"
