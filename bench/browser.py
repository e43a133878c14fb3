"""The real guest page in Chromium on good and bad lines, read at the hub."""

import asyncio
import contextlib
import os
import statistics
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import av
from playwright.async_api import Request
from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.net import Namespace, namespace
from tests.kit.pages import join, seated

from bench.camera import GRAIN, MUCH_GRAIN, camera
from bench.machine import AS_PEOPLE_HAVE_IT
from bench.report import Result
from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import Codec

PRESETS = {"1080p": (1920, 1080), "720p": (1280, 720), "540p": (960, 540)}
SECONDS = 180.0
PROBE_SECONDS = 20.0
GOOD_RATE = 25
GOOD_PART = 0.95
BITRATE = 1_500_000
WITHIN = 8.0
SETTLE = 60.0
"""Seconds after which a line that has not reached size and bitrate is measured as it is."""


@dataclass(frozen=True)
class Line:
    """A way between guest and studio, alike in both directions, and the grain of the guest's picture."""

    name: str
    loss: float = 0.0
    delay_ms: float = 0.0
    rate_mbit: float = 0.0
    grain: int = GRAIN


CLEAN = Line("clean line")
LINES = (
    CLEAN,
    Line("80 ms round trip", delay_ms=40),
    Line("1 % loss", loss=0.01),
    Line("3 Mbit/s", rate_mbit=3),
    Line("3 Mbit/s, much grain", rate_mbit=3, grain=MUCH_GRAIN),
)


@dataclass
class Seen:
    """What came to the hub's reader; times of `time.monotonic()`.

    Attributes:
        frames: When each picture came, its bytes, and the height that it has.
        polls: The session's row in the API, about each second.
    """

    posted: float = 0.0
    frames: list[tuple[float, int, int]] = field(default_factory=list)
    polls: list[dict[str, Any]] = field(default_factory=list)

    def reached(self, height: int) -> float | None:
        """Seconds from the POST until the picture has its size and a second of it `BITRATE`."""
        first = 0
        size = 0
        for when, length, at_height in self.frames:
            size += length
            while self.frames[first][0] < when - 1:
                size -= self.frames[first][1]
                first += 1
            if at_height >= height and size * 8 >= BITRATE:
                return when - self.posted
        return None

    def rates(self, begin: float, seconds: float) -> list[int]:
        """Pictures in each second from `begin` on."""
        counts = [0] * int(seconds)
        for when, _, _ in self.frames:
            if 0 <= when - begin < len(counts):
                counts[int(when - begin)] += 1
        return counts

    def bitrate(self, begin: float, seconds: float) -> float:
        """Bits a second from `begin` on."""
        return sum(size for when, size, _ in self.frames if 0 <= when - begin < seconds) * 8 / seconds


class _Reader(threading.Thread):
    """Reads the guest's path as another program would, without decoding."""

    def __init__(self, app: App, seen: Seen) -> None:
        super().__init__(daemon=True)
        self._url = f"{app.hub_url}/live/guest1.nut?token={app.token}"
        self._seen = seen
        self.stopping = threading.Event()

    def run(self) -> None:
        options = {"analyzeduration": "0", "probesize": "8192"}
        with (
            contextlib.suppress(av.FFmpegError),
            av.open(self._url, format="nut", timeout=(20, 5), options=options) as container,
        ):
            codec = Codec(container.streams.video[0].codec_context.name)
            inspector = FrameInspector(codec, 90_000)
            for packet in container.demux(video=0):
                if packet.size:
                    height = inspector.inspect(bytes(packet)).track.height
                    self._seen.frames.append((time.monotonic(), packet.size, height))
                if self.stopping.is_set():
                    return


async def measure(seconds: float = SECONDS) -> list[Result]:
    """Each line in turn, with the largest preset that this machine's Chromium keeps up on a clean one."""
    with namespace() as far:
        async with running_app("--lan", server={"tls": "self-signed"}, mixer=AS_PEOPLE_HAVE_IT) as app:
            preset, why = await _preset(app, far)
            results = [Result("preset", preset, "1080p", why)]
            for line in LINES:
                seen = await _guest(app, far, line, preset, seconds)
                results += [_result(line, seen, preset, seconds)]
    return results


async def _preset(app: App, far: Namespace) -> tuple[str, str]:
    tried = []
    for preset in PRESETS:
        seen = await _guest(app, far, CLEAN, preset, PROBE_SECONDS)
        part = _good(seen, PROBE_SECONDS)
        tried.append(f"{preset}: {part:.0%} of seconds ≥ {GOOD_RATE} fps")
        if part >= GOOD_PART:
            break
    return preset, f"the largest that Chromium can encode here; {'; '.join(tried)} in {PROBE_SECONDS:.0f} s"


async def _guest(app: App, far: Namespace, line: Line, preset: str, seconds: float) -> Seen:
    """One visit over `line`."""
    seen = Seen()
    invite = await app.invite("guest1")
    link = invite["url"].replace("127.0.0.1", far.near)
    await asyncio.to_thread(far.impair, loss=line.loss, delay_ms=line.delay_ms, rate_mbit=line.rate_mbit)
    video = await asyncio.to_thread(camera, *PRESETS[preset], line.grain)
    async with chromium(camera=video, inside=far, whole=True) as browser, visitor(browser, link) as guest:
        await guest.page.get_by_label("Picture quality").select_option(preset)
        guest.page.on("request", lambda request: _note_post(seen, request))
        async with _reading(app, seen):
            await join(guest.page)
            await seated(guest.page)
            await _watch(app, seen, PRESETS[preset][1], seconds)
    await asyncio.to_thread(far.impair)
    await app.api.delete("/api/calls/session/guest1")
    return seen


def _note_post(seen: Seen, request: Request) -> None:
    if request.method == "POST" and "/api/calls/whip/" in request.url:
        seen.posted = seen.posted or time.monotonic()


@contextlib.asynccontextmanager
async def _reading(app: App, seen: Seen) -> AsyncIterator[None]:
    reader = _Reader(app, seen)
    reader.start()
    try:
        yield
    finally:
        reader.stopping.set()
        await asyncio.to_thread(reader.join, 10)


async def _watch(app: App, seen: Seen, height: int, seconds: float) -> None:
    """Poll until the measured seconds are over; they begin when size and bitrate are reached."""
    wanted = min(720, height)
    while time.monotonic() < _begin(seen, wanted) + seconds + 0.5:
        for guest in await app.guests():
            for session in guest["sessions"]:
                seen.polls.append({"at": time.monotonic() - seen.posted, **session})
        await asyncio.sleep(1)


def _begin(seen: Seen, wanted: int) -> float:
    reached = seen.reached(wanted)
    return seen.posted + (SETTLE if reached is None else max(reached, WITHIN))


def _good(seen: Seen, seconds: float) -> float:
    rates = seen.rates(
        _begin(seen, min(720, max((height for *_, height in seen.frames), default=0))), seconds
    )
    return sum(rate >= GOOD_RATE for rate in rates) / len(rates)


def _result(line: Line, seen: Seen, preset: str, seconds: float) -> Result:
    height = min(720, PRESETS[preset][1])
    reached = seen.reached(height)
    begin = _begin(seen, height)
    first = seen.frames[0] if seen.frames else (0.0, 0, 0)
    allowed = max((p["allowed_bitrate"] or 0 for p in seen.polls if p["at"] <= 2), default=0)
    after = f"not within {SETTLE:.0f} s" if reached is None else f"after {reached:.1f} s"
    value = (
        f"{after}; {_good(seen, seconds):.1%} of seconds ≥ {GOOD_RATE} fps; "
        f"{seen.bitrate(begin, seconds) / 1e6:.2f} Mbit/s"
    )
    aim = f"≤ {WITHIN:.0f} s; ≥ 95 %" + ("; ≥ 1.8 Mbit/s" if line.rate_mbit else "")
    times = [float(p["round_trip_ms"]) for p in seen.polls if p["round_trip_ms"] is not None]
    losses = [track["loss"] for p in seen.polls for track in p["tracks"] if track["kind"] == "video"]
    method = (
        f"{seconds:.0f} s; first picture {first[2]}p; {allowed / 1e6:.1f} Mbit/s allowed in the first 2 s; "
        f"round trip median {statistics.median(times or [0]):.0f} ms, most {max(times, default=0):.0f} ms; "
        f"unrepaired loss {statistics.fmean(losses or [0]):.2%}; load {os.getloadavg()[1]:.1f}"
    )
    return Result(f"Chromium {preset}, {line.name}", value, aim, method)
