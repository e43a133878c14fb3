"""A process of ours that publishes to the hub by `PUT /live/{path}.nut`, as the mixer does."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx

from stagedoor.media.mux import Container
from stagedoor.media.mux.muxer import Muxer
from stagedoor.media.packets import Kind
from tests.kit.app import App
from tests.kit.show import AUDIO_RATE, VIDEO_RATE, Media
from tests.kit.viewing import packets_of


@contextlib.asynccontextmanager
async def putting(app: App, path: str, media: Media, kind: Kind) -> AsyncIterator[None]:
    """Publish one track of some media in its own time, over and over."""
    task = asyncio.create_task(_put(app, path, media, kind))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _put(app: App, path: str, media: Media, kind: Kind) -> None:
    url = f"{app.hub_url}/live/{path}.nut?token={app.token}"
    async with httpx.AsyncClient(timeout=None) as client:
        await client.put(url, content=_body(media, kind))


async def _body(media: Media, kind: Kind) -> AsyncIterator[bytes]:
    packets: Any = packets_of((media,), VIDEO_RATE if kind is Kind.VIDEO else AUDIO_RATE, 0.0)
    began, muxer = time.monotonic(), None
    for due, _, packet in packets:
        await asyncio.sleep(began + due - time.monotonic())
        if muxer is None:
            track = packet.track
            muxer = Muxer(
                Container.NUT,
                track if kind is Kind.VIDEO else None,
                track if kind is Kind.AUDIO else None,
            )
        yield muxer.write(packet)
