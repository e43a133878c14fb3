"""A guest who flashes and beeps, as readers of program have them: how late, and how well in step."""

import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import av
import numpy as np
import numpy.typing as npt

from tests.kit.app import App, running_app
from tests.kit.publisher import publishing
from tests.kit.show import BITS, Show, encode

FLASH: Final = Show(640, 360, seconds=4, flash=True, bitrate=800_000)
OTHER: Final = Show(640, 360, tone=880, bitrate=500_000)
LOUD: Final = 0.1
GAP_S: Final = 0.3
"""Sound is a new beep after so much silence."""
OPTIONS: Final = {"analyzeduration": "0", "probesize": "8192"}


@dataclass
class Flashes:
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
        """By how much the beep nearest to each flash comes after it."""
        return [min((each - flash for each in self.sounded), key=abs) for flash in self.flashes[1:-1]]

    def forget(self) -> None:
        """Begin anew."""
        for values in (self.pictures, self.beeps, self.flashes, self.sounded):
            values.clear()

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


def decode(url: str, stop: threading.Event, *see: Callable[[object, float], None]) -> None:
    """Decode a stream until `stop`; each `see` gets what is decoded, and when it was there."""
    with av.open(url, timeout=(15, 10), options=OPTIONS) as container:
        for packet in container.demux():
            if stop.is_set():
                return
            for frame in packet.decode():
                now = time.monotonic()
                for each in see:
                    each(frame, now)


@asynccontextmanager
async def flashing(mixer: Mapping[str, Any]) -> AsyncIterator[tuple[App, float]]:
    """A production of two guests of whom the first one, who flashes and beeps, is alone on program.

    Yields:
        The program, and when time 0 of that guest's media was, of `time.monotonic()`.
    """
    shows = {"guest2": OTHER, "guest1": FLASH}
    async with running_app(with_mixer=True, mixer=mixer) as app, AsyncExitStack() as stack:
        begun = 0.0
        for seat, show in shows.items():
            sending = publishing(app.whip(seat), (await app.invite(seat))["token"], encode(show))
            guest = await stack.enter_async_context(sending)
            assert guest.video is not None
            assert guest.video.begun is not None
            begun = guest.video.begun
        scene = {"id": "alone", "slots": [{"source": "guest1", "label": False}]}
        (await app.api.post("/api/scenes", json=scene)).raise_for_status()
        (await app.api.post("/api/mixer/cut", json={"scene": "alone"})).raise_for_status()
        yield app, begun
