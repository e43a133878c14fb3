"""A child that publishes to the hub: `python -m bench.mixer.put HUB TOKEN WIDTH HEIGHT COUNT`; says `ready`.

The n-th publisher is on the path `guest{n}`; ends with SIGTERM. All send the same, which is muxed once. It
stands for what is elsewhere, and waits for nothing on this machine, where the system lets it.
"""

import asyncio
import gc
import heapq
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import uvloop
from tests.kit.show import AUDIO_RATE, VIDEO_RATE, Media
from tests.kit.viewing import packets_of

from bench.mixer.follow import OF_INSTRUMENTS
from bench.source import speech
from stagedoor.aio.closing import cancel_and_wait
from stagedoor.media.mux import Container, Muxer
from stagedoor.media.packets import Kind, Track
from stagedoor.precedence import come_first

WAITING = 64
"""Pieces that wait for a connection, of which there are 80 a second."""


def pieces(media: Media) -> Iterator[tuple[float, bytes]]:
    """NUT without end, each piece after the seconds at which it is due."""
    tracks: dict[Kind, Track] = {}
    muxer: Muxer | None = None
    both = (packets_of((media,), rate, 0.0) for rate in (VIDEO_RATE, AUDIO_RATE))
    for due, _, packet in heapq.merge(*both, key=lambda each: each[:2]):
        tracks.setdefault(packet.track.kind, packet.track)
        if muxer is None and len(tracks) == len(Kind):
            muxer = Muxer(Container.NUT, tracks[Kind.VIDEO], tracks[Kind.AUDIO])
        if muxer is not None and (data := muxer.write(replace(packet, arrived=time.monotonic()))):
            yield due, data


async def publish(client: httpx.AsyncClient, url: str, queue: asyncio.Queue[bytes]) -> None:
    """Put what comes through a queue to a path."""

    async def body() -> AsyncIterator[bytes]:
        while True:
            yield await queue.get()

    (await client.put(url, content=body())).raise_for_status()


async def main(hub: str, token: str, width: str, height: str, count: str) -> None:
    """Publish until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    media = speech((int(width), int(height)))
    come_first(OF_INSTRUMENTS)
    gc.freeze()
    queues: list[asyncio.Queue[bytes]] = [asyncio.Queue(WAITING) for _ in range(int(count))]
    headers = {"Authorization": f"Bearer {token}"}
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=None, headers=headers))
        paths = (f"{hub}/live/guest{number}.nut" for number in range(1, len(queues) + 1))
        tasks = [
            asyncio.create_task(publish(client, path, queue))
            for path, queue in zip(paths, queues, strict=True)
        ]
        stack.push_async_callback(cancel_and_wait, *tasks)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        begun = time.monotonic()
        for due, data in pieces(media):
            await asyncio.sleep(begun + due - time.monotonic())
            for queue in queues:
                queue.put_nowait(data)
            if stop.is_set() or any(task.done() for task in tasks):
                break
    for task in tasks:
        if not task.cancelled():
            task.result()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
