"""`kill -9` of the relay until its guest, a browser, is back; also with one core kept busy."""

import asyncio
import contextlib
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, seated

from bench.machine import AS_PEOPLE_HAVE_IT
from bench.report import Result

KILLS = 6
BETWEEN = 6.0
"""Seconds of good work before the next one: the supervisor waits with a process that ends again at once."""
WITHIN = 30.0
BUSY = "import time\nend = time.monotonic() + 300\nwhile time.monotonic() < end: pass"


@dataclass(frozen=True)
class Return:
    """One of them; seconds, `ready` and `frame` since the kill.

    Attributes:
        cpu: What the new relay has used when it listens.
        ready: Until the hub's port answers.
        frame: Until the guest's path sends bytes to a reader.
    """

    cpu: float
    ready: float
    frame: float


async def back() -> list[Result]:
    """Both, one after the other."""
    results = []
    async with running_app(mixer=AS_PEOPLE_HAVE_IT) as app, chromium(whole=True) as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await seated(guest.page)
            results += _rows(await _returns(app), "")
            async with _busy_core():
                results += _rows(await _returns(app), ", one core kept busy")
    return results


async def _returns(app: App) -> list[Return]:
    returns = []
    for _ in range(KILLS):
        await asyncio.sleep(BETWEEN)
        killed = time.monotonic()
        await app.kill("relay")
        async with httpx.AsyncClient(base_url=app.hub_url) as client, asyncio.timeout(WITHIN):
            await _answered(client, "/healthz")
            ready, cpu = time.monotonic() - killed, _cpu(app.child("relay"))
            await _answered(client, f"/live/guest1.nut?token={app.token}")
            returns.append(Return(cpu, ready, time.monotonic() - killed))
    return returns


async def _answered(client: httpx.AsyncClient, url: str) -> None:
    """Return when there is an answer with a first byte."""
    while True:
        with contextlib.suppress(httpx.TransportError):
            async with client.stream("GET", url) as response:
                if response.is_success:
                    async for _ in response.aiter_raw():
                        return
        await asyncio.sleep(0.01)


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def _busy_core() -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BUSY)
    try:
        yield
    finally:
        process.kill()
        await process.wait()


def _rows(returns: list[Return], when: str) -> list[Result]:
    load = f"median of {len(returns)}, least and most; load {os.getloadavg()[0]:.1f}"

    def row(name: str, values: list[float], aim: str, how: str) -> Result:
        value = f"{statistics.median(values):.2f} s ({min(values):.2f}…{max(values):.2f})"
        return Result(name + when, value, aim, how)

    return [
        row("processor time of the relay's start", [each.cpu for each in returns], "", load),
        row("kill → the hub's port answers", [each.ready for each in returns], "", load),
        row("kill → first frame at the hub", [each.frame for each in returns], "≤ 5 s", f"Chromium; {load}"),
    ]
