"""A publisher that sends what was encoded before: aiortc's peer connection, and WHIP around it."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from fractions import Fraction
from typing import Any, Final

import av
import httpx
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpSender, RTCRtpTransceiver, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from stagedoor.media.packets import Codec
from tests.kit.show import AUDIO_RATE, VIDEO_RATE, Media, Sample
from tests.kit.wait import until

Change = Callable[[str], str]
CODEC_NAMES: Final = {Codec.H264: "video/H264", Codec.VP8: "video/VP8"}


class Playout(MediaStreamTrack):
    """A track that gives the samples of one or more media in their own time, over and over.

    Attributes:
        silent: While true nothing is given, and time goes on.
        sent: Samples given so far.
        first: When the first one was given, `time.monotonic()`.
        begun: When time 0 of the media is, by the same clock.
    """

    def __init__(self, kind: str, parts: Sequence[Media], *, starts_after: float = 0.0) -> None:
        super().__init__()
        self.kind = kind
        self.silent = False
        self.sent = 0
        self.first = 0.0
        self._rate = VIDEO_RATE if kind == "video" else AUDIO_RATE
        self._samples = self._endless(parts)
        self._starts_after = starts_after
        self.begun: float | None = None

    def begin(self, at: float) -> None:
        """Let time 0 of the media be `at`, of `time.monotonic()`."""
        self.begun = at

    async def recv(self) -> Any:
        """The next packet, when it is due."""
        while True:
            if self.readyState != "live":
                raise MediaStreamError
            data, pts = next(self._samples)
            begun = self.begun if self.begun is not None else time.monotonic()
            self.begun = begun
            at = pts / self._rate
            await asyncio.sleep(begun + at - time.monotonic())
            if not self.silent and at >= self._starts_after:
                break
        self.sent += 1
        self.first = self.first or time.monotonic()
        packet: av.Packet[Any] = av.Packet(data)
        packet.pts, packet.time_base = pts, Fraction(1, self._rate)
        return packet

    def _endless(self, parts: Sequence[Media]) -> Any:
        begins = 0
        while True:
            for part in parts:
                samples: tuple[Sample, ...] = part.video if self.kind == "video" else part.audio
                yield from ((sample.data, begins + sample.pts) for sample in samples)
                begins += part.show.seconds * self._rate


class Publisher:
    """One peer connection that sends.

    Args:
        parts: Media played one after the other, again and again: different sizes make a size sweep.
        starts_after: Seconds of media before each kind of track says anything; None leaves the track out.

    Attributes:
        video, audio: The tracks; None where left out.
        key_frames_asked: How often the other side asked for a key frame.
        loss: Part of the RTP packets that are thrown away, 0 to 1.
        held_until: RTP packets are kept until then, of `time.monotonic()`, and leave all at once.
    """

    def __init__(
        self, *parts: Media, video_after: float | None = 0.0, audio_after: float | None = 0.0, seed: int = 1
    ) -> None:
        self.connection = RTCPeerConnection()
        self.video = None if video_after is None else Playout("video", parts, starts_after=video_after)
        self.audio = None if audio_after is None else Playout("audio", parts, starts_after=audio_after)
        self.key_frames_asked = 0
        self.loss = 0.0
        self.held_until = 0.0
        self._random = random.Random(seed)
        self._codec = parts[0].show.codec

    async def offer(self) -> str:
        """Gather candidates and say what will be sent."""
        if self.audio is not None:
            self.connection.addTransceiver(self.audio, direction="sendonly")
        if self.video is not None:
            self._prefer(self.connection.addTransceiver(self.video, direction="sendonly"))
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        """Take the answer; media flows as soon as the connection stands."""
        begun = time.monotonic() + 0.1
        for track in (self.video, self.audio):
            if track is not None:
                track.begin(begun)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        transport = self.connection.getSenders()[0].transport
        send = transport._send_rtp

        held: list[bytes] = []

        async def impaired(data: bytes) -> None:
            if self._random.random() < self.loss:
                return
            held.append(data)
            while held and time.monotonic() >= self.held_until:
                await send(held.pop(0))

        transport._send_rtp = impaired  # type: ignore[method-assign]

    async def connected(self, timeout: float = 10.0) -> None:
        """Return once the connection stands."""
        await until(lambda: self.connection.connectionState == "connected", timeout, what="a connection")

    async def vanish(self) -> None:
        """Go without a word, as a machine does that loses its power."""
        for sender in self.connection.getSenders():
            await sender.transport.transport._connection.close()
        await self.close()

    async def close(self) -> None:
        """Say goodbye by DTLS and go."""
        await self.connection.close()

    def _prefer(self, transceiver: RTCRtpTransceiver) -> None:
        known = RTCRtpSender.getCapabilities("video").codecs
        name = CODEC_NAMES[self._codec]
        transceiver.setCodecPreferences([codec for codec in known if codec.mimeType in (name, "video/rtx")])

        def asked() -> None:
            self.key_frames_asked += 1

        transceiver.sender._send_keyframe = asked  # type: ignore[method-assign]


class WhipPublisher(Publisher):
    """A publisher that finds its other side by WHIP (RFC 9725).

    Attributes:
        answer: The response to the POST.
        resource: URL of the session.
    """

    answer: httpx.Response
    resource = ""

    async def publish(
        self, endpoint: str, token: str, change: Change = str, change_back: Change = str
    ) -> None:
        """POST the offer and take the answer; `change` and `change_back` may rewrite them on their way."""
        async with httpx.AsyncClient(verify=False, timeout=15) as client:
            self.answer = await client.post(
                endpoint,
                content=change(await self.offer()),
                headers={"Content-Type": "application/sdp", "Authorization": f"Bearer {token}"},
            )
        assert self.answer.status_code == 201, self.answer.text
        self.resource = str(self.answer.url.join(self.answer.headers["Location"]))
        self._token = token
        await self.accept(change_back(self.answer.text))
        await self.connected()

    async def delete(self) -> httpx.Response:
        """End the session by WHIP."""
        async with httpx.AsyncClient(verify=False, timeout=15) as client:
            return await client.delete(self.resource, headers={"Authorization": f"Bearer {self._token}"})


@contextlib.asynccontextmanager
async def publishing(
    endpoint: str, token: str, *parts: Media, change: Change = str, change_back: Change = str, **tracks: Any
) -> AsyncIterator[WhipPublisher]:
    """A connected publisher; closed at the end."""
    publisher = WhipPublisher(*parts, **tracks)
    try:
        await publisher.publish(endpoint, token, change, change_back)
        yield publisher
    finally:
        await publisher.close()
