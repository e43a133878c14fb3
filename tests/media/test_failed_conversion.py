"""A bug in a conversion's thread costs its readers a moment, and nobody else anything."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from stagedoor.ipc.messages import AudioMode, VideoMode
from stagedoor.media import transcode
from stagedoor.media.aac.encoder import AacEncoder
from stagedoor.media.packets import Codec, Packet
from stagedoor.relay.converters import converting
from stagedoor.relay.hub import Hub, Publisher, Reader, variants
from tests.kit import samples
from tests.kit.wait import until

pytestmark = pytest.mark.media

POISON = 9_600


def breaking(method: Callable[[Any, Packet], Any]) -> Callable[[Any, Packet], Any]:
    """The method with a bug that one packet meets."""

    def broken(self: Any, packet: Packet) -> Any:
        if packet.pts == POISON:
            raise ZeroDivisionError("a bug")
        return method(self, packet)

    return broken


def publish(hub: Hub, path: str) -> Publisher:
    return hub.publish(path, "anna", request_key_frame=lambda: None)


async def gets(reader: Reader, codec: Codec, write: Callable[[], None]) -> None:
    """Wait for a packet of this codec while packets are written."""
    await reader.batch() if reader.queued else None

    def came() -> bool:
        write()
        return reader.queued > 0

    await until(came, interval=0.03)
    assert {packet.track.codec for packet in await reader.batch()} == {codec}


async def test_sound_starts_anew_and_other_sound_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AacEncoder, "encode", breaking(AacEncoder.encode))
    monkeypatch.setattr(variants, "RESTART_AFTER_S", 0.1)
    sent = samples.opus(samples.tone(6))
    async with converting() as converters, Hub(converters) as hub:
        one, two = publish(hub, "guest1"), publish(hub, "guest2")
        readers = [hub.subscribe(name, kind="rtmp", audio=AudioMode.AAC) for name in ("guest1", "guest2")]
        feed = iter(sent)

        def write() -> None:
            packet = next(feed)
            one.write(packet)
            two.write(replace(packet, pts=packet.pts + 1, dts=packet.dts + 1))

        for _ in range(20):
            write()
            await asyncio.sleep(0.01)
        for reader in readers:
            await gets(reader, Codec.AAC, write)


async def test_a_picture_starts_anew_at_a_key_frame(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transcode._Job, "transcode", breaking(transcode._Job.transcode))
    monkeypatch.setattr(variants, "RESTART_AFTER_S", 0.1)
    [key] = samples.video(Codec.VP8, ((320, 180),), frames=1)
    async with converting() as converters, Hub(converters) as hub:
        publisher = publish(hub, "guest1")
        reader = hub.subscribe("guest1", kind="rtmp", video=VideoMode.H264)
        times = iter(range(0, 9_000_000, 3_200))

        def write() -> None:
            pts = next(times)
            publisher.write(replace(key, pts=pts, dts=pts))

        for _ in range(5):
            write()
        await until(lambda: "the H.264 thread failed" in caplog.text)
        await gets(reader, Codec.H264, write)
        await gets(reader, Codec.H264, write)
    assert "conversion of guest1 to h264 failed" in caplog.text
