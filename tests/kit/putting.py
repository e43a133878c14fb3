"""A process of ours that publishes to the hub by `PUT /live/{path}.nut`, as the mixer does."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager

import httpx

from stagedoor.media.mux import Container
from stagedoor.media.mux.muxer import Muxer
from stagedoor.media.packets import Kind, Packet, Track
from tests.kit.app import App
from tests.kit.show import AUDIO_RATE, VIDEO_RATE, Media
from tests.kit.viewing import packets_of

Due = tuple[float, int, Packet]
"""A packet after the seconds at which it is due, and the rate of its track."""


def putting(app: App, path: str, media: Media, kind: Kind) -> AbstractAsyncContextManager[None]:
    """Publish one track of some media in its own time, over and over."""
    rate = VIDEO_RATE if kind is Kind.VIDEO else AUDIO_RATE
    return putting_packets(app, path, packets_of((media,), rate, 0.0), {kind})


@contextlib.asynccontextmanager
async def putting_packets(
    app: App, path: str, packets: Iterable[Due], kinds: set[Kind], *, pace: float = 1.0
) -> AsyncIterator[None]:
    """Publish packets of these kinds.

    Args:
        pace: Seconds of the packets' own time in each of ours.
    """
    task = asyncio.create_task(_put(app, path, _body(packets, kinds, pace)))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _put(app: App, path: str, body: AsyncIterator[bytes]) -> None:
    url = f"{app.hub_url}/live/{path}.nut?token={app.token}"
    async with httpx.AsyncClient(timeout=None) as client:
        await client.put(url, content=body)


async def _body(packets: Iterable[Due], kinds: set[Kind], pace: float) -> AsyncIterator[bytes]:
    began = time.monotonic()
    tracks: dict[Kind, Track] = {}
    muxer: Muxer | None = None
    for due, _, packet in packets:
        await asyncio.sleep(began + due / pace - time.monotonic())
        if muxer is None:
            # What comes before all tracks are known is left out.
            tracks.setdefault(packet.track.kind, packet.track)
            if tracks.keys() < kinds:
                continue
            muxer = Muxer(Container.NUT, tracks.get(Kind.VIDEO), tracks.get(Kind.AUDIO))
        yield muxer.write(packet)
