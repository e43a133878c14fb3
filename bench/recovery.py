"""How long a guest by Cloudflare is away from the hub after each fault that the emulated SFU can make."""

import asyncio
import contextlib
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, repeat
from typing import Any

import httpx
from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, seated
from tests.kit.sfu_process import SfuProcess, sfu_process

from bench.machine import AS_PEOPLE_HAVE_IT
from bench.report import Result

TIMES = 3
GAP_S = 0.4
"""Without a byte of the path for so long, the guest is away."""
QUIET_S = 14.0
"""What happens within so many seconds of a fault, or of the last return, is its doing."""
WITHIN_S = 90.0
SETTLE_S = 4.0
LOSSY_S = 10.0


def _calls(**fault: str | float) -> Mapping[str, Any]:
    return {"calls": [{"operation": "*", **fault}]}


NOTHING: Iterator[Mapping[str, Any]] = repeat({})
FAILING = repeat(_calls(kind="fail", status=503))
SLOW = repeat(_calls(kind="slow", delay=1.0))
NOT_FOUND = repeat({"notFound": True})


def _hanging() -> Iterator[Mapping[str, Any]]:
    """One call of those that a new session takes, another one each time."""
    for operation in cycle(("sessions/new", "tracks/new", "renegotiate")):
        yield _calls(operation=operation, kind="hang", count=1)


@dataclass
class Listener:
    """A reader of the guest's path that comes again whenever it is cut off.

    Attributes:
        last: When something came last, monotonic seconds.
        returns: When something came after a gap.
    """

    last: float = field(default_factory=time.monotonic)
    returns: list[float] = field(default_factory=list)

    async def listen(self, app: App) -> None:
        """Read until cancelled."""
        url = f"{app.hub_url}/live/guest1.nut?token={app.token}"
        async with httpx.AsyncClient(timeout=httpx.Timeout(None, connect=1)) as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    async with client.stream("GET", url) as response:
                        if response.is_success:
                            async for _ in response.aiter_raw():
                                self._heard()
                await asyncio.sleep(0.02)

    def _heard(self) -> None:
        now = time.monotonic()
        if now - self.last > GAP_S:
            self.returns.append(now)
        self.last = now

    async def back_after(self, fault: float) -> float | None:
        """Seconds from a fault until the guest is back for good; None where it was never away."""
        while (now := time.monotonic()) < fault + WITHIN_S:
            since = [back for back in self.returns if back > fault]
            is_here = now - self.last < GAP_S
            if is_here and now - (since[-1] if since else fault) > QUIET_S:
                return since[-1] - fault if since else None
            await asyncio.sleep(0.1)
        raise TimeoutError(f"the guest is not back within {WITHIN_S:.0f} s")


Fault = Callable[[App, SfuProcess], Awaitable[None]]


async def recovery() -> list[Result]:
    """What ends a connection, each `TIMES` times."""
    relays, guests = partial(_end, whose="pull"), partial(_end, whose="publish")
    faults: dict[str, Fault] = {
        "the relay's session is gone (410)": relays,
        "the relay's session vanishes without a word": partial(relays, how="vanish"),
        "the guest's session is gone (410)": guests,
        "the guest's session vanishes without a word": partial(guests, how="vanish"),
        "the SFU is killed, and started again": _restart,
        "the relay is killed": lambda app, _sfu: app.kill("relay"),
    }
    return [await _measured(name, fault) for name, fault in faults.items()]


async def calls() -> list[Result]:
    """Calls that fail, are slow, hang or find nothing while a session is made anew; and lost packets."""
    relays, guests = partial(_end, whose="pull"), partial(_end, whose="publish")
    faults: dict[str, Fault] = {
        "the relay's session is gone, and every call fails for 5 s": partial(relays, also=FAILING, for_s=5),
        "the relay's session is gone, and every call takes 1 s": partial(relays, also=SLOW),
        "the guest's session is gone, and every call takes 1 s": partial(guests, also=SLOW),
        "the relay's session is gone, and a call hangs, each in turn": partial(relays, also=_hanging()),
        "the guest's session is gone, and a call hangs, each in turn": partial(guests, also=_hanging()),
        "the relay's session is gone, and no track is found for 5 s": partial(
            relays, also=NOT_FOUND, for_s=5
        ),
        "every tenth packet is lost for 10 s, into the SFU and out of it": _lossy,
    }
    return [await _measured(name, fault) for name, fault in faults.items()]


async def _measured(name: str, fault: Fault) -> Result:
    took = []
    async with _guest() as (app, sfu, listener):
        for _ in range(TIMES):
            began = time.monotonic()
            await fault(app, sfu)
            took.append(await listener.back_after(began))
    away = [seconds for seconds in took if seconds is not None]
    value = "never away"
    if away:
        value = f"back after {statistics.median(away):.1f} s ({min(away):.1f}…{max(away):.1f})"
    how = f"Chromium, {len(took)} times, read at the hub; load {os.getloadavg()[0]:.1f}"
    return Result(name, value, "by itself", how)


@contextlib.asynccontextmanager
async def _guest() -> AsyncIterator[tuple[App, SfuProcess, Listener]]:
    async with sfu_process() as sfu, chromium(whole=True) as browser:
        account = {"app_id": sfu.app_id, "app_secret": sfu.app_secret, "base_url": sfu.base_url}
        async with running_app(
            carrier={"kind": "cloudflare", "cloudflare": account}, mixer=AS_PEOPLE_HAVE_IT
        ) as app:
            invite = await app.invite("guest1")
            async with visitor(browser, invite["url"]) as guest:
                await join(guest.page)
                await seated(guest.page)
                await app.logged("guest1 is live after", 30)
                listener = Listener()
                listening = asyncio.create_task(listener.listen(app))
                await asyncio.sleep(SETTLE_S)
                try:
                    yield app, sfu, listener
                finally:
                    listening.cancel()
                    await asyncio.wait([listening])


async def _end(
    app: App,
    sfu: SfuProcess,
    *,
    whose: str,
    how: str = "expire",
    also: Iterator[Mapping[str, Any]] = NOTHING,
    for_s: float = 0.0,
) -> None:
    """End a session of the guest's, and have something else go wrong at the same time.

    Args:
        app: The program.
        sfu: The SFU.
        whose: `publish` or `pull`.
        how: As the emulator's faults call it.
        also: Other faults, for one time after the other.
        for_s: Seconds after which these are over; 0 leaves them.
    """
    (guest,) = await app.guests()
    prefix = guest["sessions"][0]["cloudflare"][f"{whose}_session"]
    known = (await sfu.admin("GET", "sessions"))["sessions"]
    (session,) = (each["sessionId"] for each in known if each["sessionId"].startswith(prefix))
    await sfu.admin("PUT", "faults", {how: [session], **next(also)})
    if for_s:
        await asyncio.sleep(for_s)
        await sfu.admin("DELETE", "faults")


async def _lossy(_app: App, sfu: SfuProcess) -> None:
    await sfu.admin("PUT", "faults", {"loss": {"fraction": 0.1}})
    await asyncio.sleep(LOSSY_S)
    await sfu.admin("DELETE", "faults")


async def _restart(_app: App, sfu: SfuProcess) -> None:
    await sfu.kill()
    await sfu.start()
