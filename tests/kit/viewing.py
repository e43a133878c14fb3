"""Chromium as a viewer: a page of our own that watches a path by WHEP and tells what it sees."""

import asyncio
import contextlib
import heapq
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import Codec, Packet
from stagedoor.relay.app import Parts
from stagedoor.relay.hub import Publisher
from stagedoor.relay.main import relay
from stagedoor.secrets import load_or_create
from stagedoor.settings import load_settings
from tests.kit.ports import free_ports
from tests.kit.show import AUDIO_RATE, VIDEO_RATE, Media

_WATCH = """async ([url, codec]) => {
  const peer = new RTCPeerConnection();
  const stream = new MediaStream();
  const video = document.createElement("video");
  video.autoplay = true;
  video.srcObject = stream;
  document.body.append(video);
  peer.ontrack = (event) => stream.addTrack(event.track);
  const picture = peer.addTransceiver("video", { direction: "recvonly" });
  if (codec) {
    const known = RTCRtpReceiver.getCapabilities("video").codecs;
    picture.setCodecPreferences(known.filter((each) => each.mimeType === codec));
  }
  peer.addTransceiver("audio", { direction: "recvonly" });
  await peer.setLocalDescription();
  while (peer.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 5));
  const view = { peer, video, sizes: [], first: null, status: 0, posted: performance.now() };
  const frame = (_now, { width, height }) => {
    view.first ??= performance.now() - view.posted;
    const size = `${width}x${height}`;
    if (view.sizes.at(-1) !== size) view.sizes.push(size);
    video.requestVideoFrameCallback(frame);
  };
  video.requestVideoFrameCallback(frame);
  const answer = await fetch(url, {
    method: "POST", headers: { "Content-Type": "application/sdp" }, body: peer.localDescription.sdp,
  });
  view.status = answer.status;
  (window.views ??= []).push(view);
  if (answer.ok) await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  return window.views.length - 1;
}"""
_LISTEN = """async ([number, ms]) => {
  const { video } = window.views[number];
  const context = new AudioContext();
  const meter = context.createAnalyser();
  meter.fftSize = 16384;
  context.createMediaStreamSource(new MediaStream(video.srcObject.getAudioTracks())).connect(meter);
  await new Promise((done) => setTimeout(done, ms));
  const bins = new Float32Array(meter.frequencyBinCount);
  meter.getFloatFrequencyData(bins);
  const loudest = bins.indexOf(Math.max(...bins));
  const rate = context.sampleRate;
  await context.close();
  return (loudest * rate) / meter.fftSize;
}"""
_TELL = """async (number) => {
  const { peer, sizes, first, status } = window.views[number];
  const stats = [...(await peer.getStats()).values()].filter(({ type }) => type === "inbound-rtp");
  const of = (kind) => stats.find((each) => each.kind === kind) ?? {};
  return { sizes, first, status, state: peer.connectionState, video: of("video"), audio: of("audio") };
}"""


@dataclass(frozen=True)
class Told:
    """What a viewer's page says.

    Attributes:
        status: HTTP status of the answer to its offer.
        first_ms: From the POST to the first picture on the page.
        sizes: Every size of the picture, in order.
        state: Of the connection.
        video: Chromium's `inbound-rtp` statistics.
        audio: The same of the sound.
    """

    status: int
    first_ms: float | None
    sizes: list[str]
    state: str
    video: dict[str, Any]
    audio: dict[str, Any]

    @property
    def frames(self) -> int:
        """Pictures decoded so far."""
        return int(self.video.get("framesDecoded", 0))

    @property
    def apart_ms(self) -> float | None:
        """By how much sound and picture that play now lie apart, by the sender's clock."""
        sound, picture = (each.get("estimatedPlayoutTimestamp") for each in (self.audio, self.video))
        return None if sound is None or picture is None else abs(float(sound) - float(picture))


class View:
    """One viewer in a page."""

    def __init__(self, page: Page, number: int, url: str) -> None:
        self.page = page
        self.url = url
        self._number = number

    async def tell(self) -> Told:
        """What it sees now."""
        told = await self.page.evaluate(_TELL, self._number)
        return Told(told["status"], told["first"], told["sizes"], told["state"], told["video"], told["audio"])

    async def tone(self) -> float:
        """The loudest frequency of what it hears in the next second, in Hz."""
        return float(await self.page.evaluate(_LISTEN, [self._number, 1000]))


async def view(page: Page, url: str, codec: str = "") -> View:
    """Watch `url` in a page of the same origin; `codec` (`video/VP8`) offers only that one."""
    return View(page, await page.evaluate(_WATCH, [url, codec]), url)


async def kill(browser: Browser) -> None:
    """`kill -9` of every process of a browser: as when the viewer's machine loses its power."""
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    for process in sorted(processes, key=lambda each: each["type"] == "browser"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process["id"], signal.SIGKILL)


@dataclass(frozen=True)
class Studio:
    """A relay in this process, with its hub's own port."""

    parts: Parts
    origin: str
    token: str

    def whep(self, path: str) -> str:
        """Where the path is watched, with the operator's token."""
        return f"{self.origin}/whep/{path}?token={self.token}"


@contextlib.asynccontextmanager
async def studio(folder: Path) -> AsyncIterator[Studio]:
    """A relay without control."""
    port, hub_port = free_ports(2)
    config = folder / "stagedoor.toml"
    token = "viewing" * 5
    config.write_text(
        f'[server]\nport = {port}\ndata_dir = "{folder}/data"\noperator_token = "{token}"\n'
        f'[hub]\nport = {hub_port}\n[webrtc]\nhost_addresses = ["127.0.0.1"]\n'
    )
    settings = await asyncio.to_thread(load_settings, config)
    secrets = await asyncio.to_thread(load_or_create, settings.server.data_dir, settings)
    async with relay(settings, secrets) as parts:
        yield Studio(parts, f"http://127.0.0.1:{hub_port}", token)


@contextlib.asynccontextmanager
async def playing(
    studio: Studio,
    path: str,
    *parts: Media,
    sound_late: float = 0.0,
    change: Callable[[Packet], Packet | None] = lambda packet: packet,
    asked: Callable[[], None] = lambda: None,
) -> AsyncIterator[Publisher]:
    """Write media to a path in their own time, over and over.

    Args:
        sound_late: Seconds by which sound is written after the picture of the same time.
        change: Applied to each packet; what becomes None is not written.
        asked: Called for each request for a key frame.
    """
    publisher = studio.parts.hub.publish(path, "test", request_key_frame=asked)
    task = asyncio.create_task(_play(publisher, parts, sound_late, change))
    try:
        yield publisher
    finally:
        task.cancel()
        await asyncio.wait([task])
        publisher.close()


async def _play(
    publisher: Publisher,
    parts: tuple[Media, ...],
    sound_late: float,
    change: Callable[[Packet], Packet | None],
) -> None:
    began = time.monotonic()
    video = packets_of(parts, VIDEO_RATE, 0.0)
    audio = packets_of(parts, AUDIO_RATE, sound_late)
    for due, _, packet in heapq.merge(video, audio, key=lambda each: each[:2]):
        await asyncio.sleep(began + due - time.monotonic())
        changed = change(replace(packet, arrived=time.monotonic()))
        if changed is not None:
            publisher.write(changed)


def packets_of(parts: tuple[Media, ...], rate: int, late: float) -> Any:
    """Endless packets of one track, each after the seconds at which it is due."""
    is_video = rate == VIDEO_RATE
    inspectors: dict[tuple[Codec, int], FrameInspector] = {}
    begins = 0
    while True:
        for part in parts:
            form = (part.show.codec, 0) if is_video else (Codec.OPUS, part.show.channels)
            inspector = inspectors.setdefault(form, FrameInspector(form[0], rate, form[1]))
            for sample in part.video if is_video else part.audio:
                seen = inspector.inspect(sample.data)
                pts = begins + sample.pts
                yield (
                    pts / rate + late,
                    rate,
                    Packet(seen.track, seen.data, pts, pts, seen.duration, seen.key),
                )
            begins += part.show.seconds * rate
