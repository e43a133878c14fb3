"""What a bad line of one guest costs his sound in program, and that of the others."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.kit.app import App, running_app
from tests.kit.listening import listen
from tests.kit.publisher import WhipPublisher, publishing
from tests.kit.show import Show, encode
from tests.kit.tones import dropped

from bench.mixer.production import SETTLE, SMALL, address, command
from bench.report import Result

SECONDS = 60.0
TONES = {"guest1": 440, "guest2": 740, "guest3": 1130}
AGAIN, ONCE = "guest1", "guest2"
"""Who sends lost sound again, as the guest page does, and who never does."""
STALL_S = 0.15
EVERY_S = 3.0


async def losses() -> list[Result]:
    """Good lines, 2 % random loss, stalls of 150 ms: how long a tone is more than 6 dB too low."""
    rows: list[Result] = []
    async with _three_on_air() as (app, publishers):
        rows += _rows("good lines", "guest1", await _dropouts(app), "", f"{SECONDS:.0f} s")
        for seat, what in ((AGAIN, "sent again when it is asked for"), (ONCE, "sent once")):
            publishers[seat].loss = 0.02
            method = f"random, {seat} only, speech with a copy in the next packet, {SECONDS:.0f} s"
            rows += _rows(f"2 % loss, {what}", seat, await _dropouts(app), "< 0.5 %", method)
            publishers[seat].loss = 0.0
        stalling = asyncio.create_task(_stalls(publishers[AGAIN]))
        try:
            method = f"nothing passes for 150 ms, then all of it, every 3 s, {AGAIN} only, {SECONDS:.0f} s"
            rows += _rows("stalls of 150 ms", AGAIN, await _dropouts(app), "< 1 %", method)
        finally:
            stalling.cancel()
            await asyncio.wait([stalling])
    return rows


@asynccontextmanager
async def _three_on_air() -> AsyncIterator[tuple[App, dict[str, WhipPublisher]]]:
    """Three guests, each with a tone; made beforehand, so that nobody waits for another's."""
    media = {seat: encode(_show(tone)) for seat, tone in TONES.items()}
    async with running_app(with_mixer=True, mixer=SMALL) as app, AsyncExitStack() as stack:
        publishers = {}
        for seat in TONES:
            token = (await app.invite(seat))["token"]
            change = str if seat == ONCE else _resending_sound
            sending = publishing(app.whip(seat), token, media[seat], change=change)
            publishers[seat] = await stack.enter_async_context(sending)
        await command(app, "cut", scene="quad")
        await asyncio.sleep(SETTLE)
        yield app, publishers


def _show(tone: int) -> Show:
    """As a browser sends it that was told of loss; long, since it is heard where it begins anew."""
    return Show(640, 360, tone=tone, seconds=round(SECONDS), bitrate=500_000, repair=True)


def _resending_sound(offer: str) -> str:
    """Offer that lost sound is sent again, as the guest page does; aiortc can, and does not say so."""
    return re.sub(r"(a=rtpmap:(\d+) opus/48000/2\r\n)", r"\1a=rtcp-fb:\2 nack\r\n", offer)


async def _dropouts(app: App) -> dict[str, float]:
    """For each guest the part of the time in which his tone is not there."""
    await asyncio.sleep(SETTLE)
    heard = await listen(address(app, "program"), SECONDS)
    return {seat: dropped(heard.sound, tone) for seat, tone in TONES.items()}


async def _stalls(publisher: WhipPublisher) -> None:
    """Hold everything back for a moment, again and again."""
    while True:
        await asyncio.sleep(EVERY_S)
        publisher.held_until = time.monotonic() + STALL_S


def _rows(what: str, whose: str, dropouts: dict[str, float], aim: str, method: str) -> list[Result]:
    others = max(part for seat, part in dropouts.items() if seat != whose)
    return [
        Result(f"{what}: his tone in program drops out", f"{dropouts[whose]:.2%}", aim, method),
        Result(f"{what}: another guest's tone drops out", f"{others:.2%}", "< 0.2 %", method),
    ]
