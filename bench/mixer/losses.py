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
STALL_S = 0.15
EVERY_S = 3.0


async def losses() -> list[Result]:
    """Good lines, 2 % random loss, stalls of 150 ms: how long a tone is more than 6 dB too low."""
    rows: list[Result] = []
    async with _three_on_air() as (app, publishers):
        rows += _rows(
            "good lines",
            await _dropouts(app),
            "",
            f"of {SECONDS:.0f} s, in which the media may begin anew once",
        )
        publishers[0].loss = 0.02
        rows += _rows(
            "2 % loss",
            await _dropouts(app),
            "< 0.5 %",
            f"random, guest1 only, sound is sent again on request as by the guest page, {SECONDS:.0f} s",
        )
        publishers[0].loss = 0.0
        stalling = asyncio.create_task(_stalls(publishers[0]))
        try:
            method = f"nothing passes for 150 ms, then all of it, every 3 s, guest1 only, {SECONDS:.0f} s"
            rows += _rows("stalls of 150 ms", await _dropouts(app), "< 1 %", method)
        finally:
            stalling.cancel()
            await asyncio.wait([stalling])
    return rows


@asynccontextmanager
async def _three_on_air() -> AsyncIterator[tuple[App, list[WhipPublisher]]]:
    """Three guests, each with a tone."""
    shows = {
        seat: Show(640, 360, tone=tone, seconds=round(SECONDS), bitrate=500_000)
        for seat, tone in TONES.items()
    }
    media = {seat: encode(show) for seat, show in shows.items()}
    async with running_app(with_mixer=True, mixer=SMALL) as app, AsyncExitStack() as stack:
        publishers = []
        for seat in TONES:
            token = (await app.invite(seat))["token"]
            sending = publishing(app.whip(seat), token, media[seat], change=_resending_sound)
            publishers.append(await stack.enter_async_context(sending))
        await command(app, "cut", scene="quad")
        await asyncio.sleep(SETTLE)
        yield app, publishers


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


def _rows(what: str, dropouts: dict[str, float], aim: str, method: str) -> list[Result]:
    others = max(part for seat, part in dropouts.items() if seat != "guest1")
    return [
        Result(f"{what}: his tone in program drops out", f"{dropouts['guest1']:.2%}", aim, method),
        Result(f"{what}: another guest's tone drops out", f"{others:.2%}", "< 0.2 %", method),
    ]
