"""What a bad line of one guest costs his sound in program, and that of the others."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tests.kit.app import App, running_app
from tests.kit.listening import listen
from tests.kit.publisher import WhipPublisher, publishing
from tests.kit.show import Media, Show, encode
from tests.kit.tones import dropped

from bench.mixer.production import SETTLE, SMALL, address, command
from bench.report import Result
from stagedoor.media import opus

Sound = npt.NDArray[np.float32]

SECONDS = 60.0
TONES = {"guest1": 440, "guest2": 740, "guest3": 1130, "guest4": 1610}
MUSIC = "guest4"
"""Sends sound coded as music, as most programs do that publish; the others as speech."""
AGAIN = "guest1"
"""Sends lost sound again, as the guest page does; the others never do."""
LOSS = 0.02
STALL_S = 0.15
EVERY_S = 3.0


@dataclass(frozen=True)
class Phase:
    """What was done to one guest's line, and what was heard meanwhile; looked at when all is over."""

    what: str
    whose: str
    aim: str
    method: str
    sound: Sound

    def rows(self) -> list[Result]:
        """How long each tone was too low."""
        parts = {seat: dropped(self.sound, tone) for seat, tone in TONES.items()}
        others = max(part for seat, part in parts.items() if seat != self.whose)
        own = f"{parts[self.whose]:.2%}"
        return [
            Result(f"{self.what}: his tone in program drops out", own, self.aim, self.method),
            Result(f"{self.what}: another guest's tone drops out", f"{others:.2%}", "< 0.2 %", self.method),
        ]


async def losses() -> list[Result]:
    """Good lines, 2 % random loss, stalls of 150 ms: how long a tone is more than 6 dB too low."""
    media = {seat: encode(_show(tone, speech=seat != MUSIC)) for seat, tone in TONES.items()}
    phases = []
    async with _on_air(media) as (app, publishers):
        phases.append(Phase("good lines", AGAIN, "", f"{SECONDS:.0f} s", await _heard(app)))
        for seat, publisher in publishers.items():
            share = np.mean([opus.carries_repair(sample.data) for sample in media[seat].audio])
            again = "sent again when it is asked for" if seat == AGAIN else "sent once"
            coded = (
                "coded as music"
                if seat == MUSIC
                else f"{share:.0%} of the packets with a copy of the one before"
            )
            what = f"2 % loss, {again}, {coded}"
            publisher.loss = LOSS
            method = f"random, {seat} only, {SECONDS:.0f} s"
            phases.append(Phase(what, seat, "< 0.5 %", method, await _heard(app)))
            publisher.loss = 0.0
        async with _stalling(publishers[AGAIN]):
            method = f"nothing passes for 150 ms, then all of it, every 3 s, {AGAIN} only, {SECONDS:.0f} s"
            phases.append(Phase("stalls of 150 ms", AGAIN, "< 1 %", method, await _heard(app)))
    return [row for phase in phases for row in phase.rows()]


@asynccontextmanager
async def _on_air(media: Mapping[str, Media]) -> AsyncIterator[tuple[App, dict[str, WhipPublisher]]]:
    """The guests, each with a tone."""
    async with running_app(with_mixer=True, mixer=SMALL) as app, AsyncExitStack() as stack:
        publishers = {}
        for seat in TONES:
            token = (await app.invite(seat))["token"]
            change = _resending_sound if seat == AGAIN else str
            sending = publishing(app.whip(seat), token, media[seat], change=change)
            publishers[seat] = await stack.enter_async_context(sending)
        await command(app, "cut", scene="quad")
        await asyncio.sleep(SETTLE)
        yield app, publishers


def _show(tone: int, *, speech: bool) -> Show:
    """Speech as a browser sends it that was told of loss; long, since it is heard where it begins anew."""
    return Show(640, 360, tone=tone, seconds=round(SECONDS), bitrate=500_000, repair=speech)


def _resending_sound(offer: str) -> str:
    """Offer that lost sound is sent again, as the guest page does; aiortc can, and does not say so."""
    return re.sub(r"(a=rtpmap:(\d+) opus/48000/2\r\n)", r"\1a=rtcp-fb:\2 nack\r\n", offer)


async def _heard(app: App) -> Sound:
    """What program sounds like for a while."""
    await asyncio.sleep(SETTLE)
    return (await listen(address(app, "program"), SECONDS)).sound


@asynccontextmanager
async def _stalling(publisher: WhipPublisher) -> AsyncIterator[None]:
    """Hold everything back for a moment, again and again."""

    async def hold() -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            publisher.held_until = time.monotonic() + STALL_S

    holding = asyncio.create_task(hold())
    try:
        yield
    finally:
        holding.cancel()
        await asyncio.wait([holding])
