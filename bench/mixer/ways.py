"""How long a guest's picture and sound take into program and into somebody else's return, and their step."""

import asyncio
import statistics
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import av
import numpy as np
import numpy.typing as npt
from tests.kit.app import App, running_app
from tests.kit.publisher import WhipPublisher, publishing
from tests.kit.show import BITS, Show, encode

from bench.mixer.production import SETTLE, address, command, decode, mixer_state, spread
from bench.report import Result

SECONDS = 30.0
FLASH = Show(640, 360, seconds=4, flash=True, bitrate=800_000)
LOUD = 0.1
GAP_S = 0.3
"""Sound is a new beep after so much silence."""


@dataclass
class Seen:
    """What a reader has of a guest who flashes and beeps.

    Attributes:
        begun: When time 0 of his media was sent, `time.monotonic()`.
        pictures: Seconds from sending a picture to having it decoded.
        beeps: The same for the beginnings of beeps.
        flashes: When the picture turned white, by the stream's clock.
        sounded: When a beep began, by the same clock.
    """

    begun: float
    pictures: list[float] = field(default_factory=list)
    beeps: list[float] = field(default_factory=list)
    flashes: list[float] = field(default_factory=list)
    sounded: list[float] = field(default_factory=list)
    _was_white: bool = True
    _quiet_since: float = 0.0

    def see(self, frame: object, now: float) -> None:
        """Take one picture or block of sound."""
        if isinstance(frame, av.VideoFrame):
            self._picture(np.asarray(frame.to_ndarray(format="gray"), np.uint8), frame.time or 0.0, now)
        elif isinstance(frame, av.AudioFrame):
            self._sound(np.asarray(frame.to_ndarray(), np.float32)[0], frame.time or 0.0, now)

    def apart(self) -> list[float]:
        """By how much each flash and the beep nearest to it are apart."""
        return [min(abs(each - flash) for each in self.sounded) for flash in self.flashes[1:-1]]

    def _picture(self, pixels: npt.NDArray[np.uint8], at: float, now: float) -> None:
        side = pixels.shape[1] // BITS
        number = sum(
            1 << bit for bit, value in enumerate(pixels[side // 2, side // 2 :: side]) if value > 128
        )
        length = FLASH.seconds
        self.pictures.append((now - self.begun - number / FLASH.frame_rate) % length)
        white = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2] > 230
        if white and not self._was_white:
            self.flashes.append(at)
        self._was_white = white

    def _sound(self, samples: npt.NDArray[np.float32], at: float, now: float) -> None:
        loud = np.flatnonzero(np.abs(samples) > LOUD)
        if not loud.size:
            return
        begins = at + float(loud[0]) / 48_000
        if begins - self._quiet_since > GAP_S:
            self.beeps.append((now - self.begun) % 1.0)
            self.sounded.append(begins)
        self._quiet_since = at + float(loud[-1]) / 48_000


@asynccontextmanager
async def _on_air() -> AsyncIterator[tuple[App, WhipPublisher]]:
    """Two guests, of whom the first one flashes and beeps, full in program at 720p."""
    settings = {"width": 1280, "height": 720}
    async with running_app(with_mixer=True, mixer=settings) as app, AsyncExitStack() as stack:
        publishers = []
        for seat in ("guest1", "guest2"):
            token = (await app.invite(seat))["token"]
            guest = publishing(app.whip(seat), token, encode(FLASH))
            publishers.append(await stack.enter_async_context(guest))
        alone = {"id": "alone", "slots": [{"source": "guest1", "label": False}]}
        (await app.api.post("/api/scenes", json=alone)).raise_for_status()
        await command(app, "cut", scene="alone")
        await asyncio.sleep(SETTLE)
        yield app, publishers[0]


async def ways() -> list[Result]:
    """From a guest's sender to program, and to the return of another guest."""
    stop = threading.Event()
    async with _on_air() as (app, guest):
        assert guest.video is not None
        assert guest.video.begun is not None
        seen = {path: Seen(guest.video.begun) for path in ("program", "return-guest2")}
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
    for path, whose in (("program", "program"), ("return-guest2", "the other guest's return")):
        rows += [
            Result(f"guest → {whose}, picture", spread(seen[path].pictures[30:]), "p95 ≤ 250 ms", method),
            Result(f"guest → {whose}, sound", spread(seen[path].beeps[1:]), "p95 ≤ 250 ms", method),
        ]
    offsets = seen["program"].apart()
    apart = f"median {1000 * statistics.median(offsets):.0f} ms, most {1000 * max(offsets):.0f} ms"
    return [*rows, Result("flash and beep of a guest in program", apart, "≤ 20 ms", method)]
