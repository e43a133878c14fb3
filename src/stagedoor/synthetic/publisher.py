"""Publishing a loop by WHIP (RFC 9725), over one connection until that is lost."""

import asyncio
import time
from typing import Final

from stagedoor.domain.errors import ForbiddenError, UnavailableError
from stagedoor.ipc.synthetic import SyntheticOrder
from stagedoor.local_http import Endpoint, request
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.push import PushPeer
from stagedoor.synthetic.loop import BLOCK, FRAME_RATE, HEIGHT, SAMPLE_RATE, WIDTH, Loop

ANSWER_WITHIN_S: Final = 10.0
CONNECTED_WITHIN_S: Final = 20.0
FINAL: Final = frozenset({401, 403, 404, 409, 410})
"""Statuses after which there is no place for this guest any more."""
VIDEO: Final = Track(Codec.H264, 90_000, WIDTH, HEIGHT)
AUDIO: Final = Track(Codec.OPUS, SAMPLE_RATE, channels=1)
TICKS: Final = VIDEO.clock_rate // FRAME_RATE


class Publisher:
    """One connection.

    Args:
        order: Who to be, and where to publish.
        loop: What to send.
    """

    def __init__(self, order: SyntheticOrder, loop: Loop) -> None:
        self._order = order
        self._loop = loop
        self._lost = asyncio.Event()
        self._peer = PushPeer(
            PeerSettings(order.host_addresses), lambda _mid: None, lambda _why: self._lost.set()
        )

    async def run(self) -> None:
        """Publish until the connection is lost or this is cancelled.

        Raises:
            ForbiddenError: The guest has no place any more.
            UnavailableError: The connection is lost, or nobody answers the offer.
            BadOfferError: The answer cannot be read.
        """
        try:
            await self._peer.open()
            mids = self._peer.add(VIDEO), self._peer.add(AUDIO)
            await self._peer.accept(await self._offer())
            async with asyncio.timeout(CONNECTED_WITHIN_S):
                await self._peer.ready.wait()
            await self._feed(*mids)
        except TimeoutError:
            raise UnavailableError("the connection does not come about") from None
        finally:
            await self._peer.aclose()

    async def _offer(self) -> str:
        answer = await request(
            Endpoint(host=self._order.host, port=self._order.port, trust=self._order.trust or False),
            "POST",
            f"/api/calls/whip/{self._order.guest}",
            headers={"Authorization": f"Bearer {self._order.token}", "Content-Type": "application/sdp"},
            body=self._peer.offer().encode(),
            within_s=ANSWER_WITHIN_S,
        )
        if answer.status in FINAL:
            raise ForbiddenError(f"the offer was refused with {answer.status}")
        if answer.status != 201:
            raise UnavailableError(f"the offer was answered with {answer.status}")
        return answer.body.decode()

    async def _feed(self, video: str, audio: str) -> None:
        """Send pictures and sound when they are due, over and over, until the connection is lost."""
        begun = time.monotonic()
        pictures = sounds = 0
        while not self._lost.is_set():
            video_at, audio_at = pictures / FRAME_RATE, sounds * BLOCK / SAMPLE_RATE
            await asyncio.sleep(max(0.0, begun + min(video_at, audio_at) - time.monotonic()))
            if video_at <= audio_at:
                data = self._loop.pictures[pictures % len(self._loop.pictures)]
                self._peer.write(video, _packet(VIDEO, data, pictures * TICKS))
                pictures += 1
            else:
                data = self._loop.sounds[sounds % len(self._loop.sounds)]
                self._peer.write(audio, _packet(AUDIO, data, sounds * BLOCK))
                sounds += 1
        raise UnavailableError("the connection is lost")


def _packet(track: Track, data: bytes, pts: int) -> Packet:
    return Packet(track, data, pts, pts, arrived=time.monotonic())
