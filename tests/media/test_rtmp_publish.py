import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stagedoor.domain.errors import NegotiationError, RefusedError, UnreachableError
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.outputs.address import Address
from stagedoor.outputs.rtmp.client import RtmpPublisher
from tests.kit.playing import Playing, audio, together, video
from tests.kit.ports import free_ports
from tests.kit.readback import Probe, probing
from tests.kit.rtmp_server import RtmpServer, rtmp_server

pytestmark = pytest.mark.media


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RtmpServer]:
    async with rtmp_server(tmp_path) as running:
        yield running


@contextlib.asynccontextmanager
async def publishing(url: str, *tracks: Track) -> AsyncIterator[RtmpPublisher]:
    publisher = await RtmpPublisher.open(Address.parse(url), list(tracks), 0)
    serving = asyncio.create_task(publisher.serve())
    try:
        yield publisher
        assert not serving.done(), "the server ended the publication"
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError, UnreachableError):
            await serving
        await publisher.aclose()


@contextlib.asynccontextmanager
async def reading(server: RtmpServer, url: str, *, seconds: float = 2.0) -> AsyncIterator[Probe]:
    """A reader that is there before the publisher."""
    async with probing(url, seconds=seconds) as probe:
        await server.read_by()
        yield probe


async def send(publisher: RtmpPublisher, packets: list[Packet], speed: float = 2.0) -> None:
    async for packet in Playing(packets, speed=speed, ends=True):
        await publisher.send(packet)


def steps(times: list[float]) -> list[float]:
    return [after - before for before, after in zip(times, times[1:], strict=False)]


async def test_picture_and_sound_come_out_of_a_real_server(server: RtmpServer) -> None:
    pictures, sound = video((320, 180, 75)), audio(2.5, Codec.AAC)
    url = f"{server.url}/live/guest1"
    async with reading(server, url) as probe, publishing(url, pictures[0].track, sound[0].track) as publisher:
        await send(publisher, together(pictures, sound))
        seen = await probe.result()
    assert seen.codecs == ["aac", "h264"]
    assert seen.sizes() == [(320, 180)]
    for kind, frame in (("video", 1 / 30), ("audio", 1024 / 48_000)):
        assert max(steps(seen.times(kind))) < frame + 0.002
        assert min(steps(seen.times(kind))) > frame - 0.002
    assert not [line for line in seen.errors.splitlines() if "rror" in line]


async def test_a_size_change_reaches_a_reader_that_stays(server: RtmpServer) -> None:
    pictures = video((320, 180, 30), (640, 360, 30), (180, 320, 30))
    url = f"{server.url}/live/guest1"
    async with reading(server, url, seconds=2.6) as probe, publishing(url, pictures[0].track) as publisher:
        await send(publisher, list(pictures))
        seen = await probe.result()
    assert seen.sizes() == [(320, 180), (640, 360), (180, 320)]


async def test_a_path_of_one_segment_is_an_application(server: RtmpServer) -> None:
    pictures = video((320, 180, 30))
    async with publishing(f"{server.url}/guest1?user=a", pictures[0].track) as publisher:
        await send(publisher, list(pictures), speed=10)
        statistics = await server.statistics()
    assert "<publishing/>" in statistics


async def test_sound_alone(server: RtmpServer) -> None:
    sound = audio(2.5, Codec.AAC)
    url = f"{server.url}/live/guest1"
    async with reading(server, url) as probe, publishing(url, sound[0].track) as publisher:
        await send(publisher, list(sound))
        seen = await probe.result()
    assert seen.codecs == ["aac"]


async def test_sound_that_comes_a_second_later(server: RtmpServer) -> None:
    """The readers of Debian's FFmpeg that are there already do not look for it; those that come then do."""
    pictures, sound = video((320, 180, 180)), audio(5.0, Codec.AAC, 1.0)
    url = f"{server.url}/live/guest1"
    async with publishing(url, pictures[0].track) as publisher:
        assert publisher.accepts(sound[0])
        assert not publisher.accepts(audio(0.1, Codec.AAC, 1.6)[0])
        sending = asyncio.create_task(send(publisher, together(pictures, sound)))
        await server.says("AAC")
        async with probing(url, seconds=1.0) as probe:
            seen = await probe.result()
        await sending
    assert seen.codecs == ["aac", "h264"]


async def test_times_beyond_four_and_a_half_hours(server: RtmpServer) -> None:
    """Past 0xFFFFFF milliseconds the time moves behind the header, in every chunk of a message."""
    late = 17_000 * 30
    pictures = video((320, 180, 60), first=late)
    url = f"{server.url}/live/guest1"
    async with reading(server, url, seconds=1.5) as probe, publishing(url, pictures[0].track) as publisher:
        await send(publisher, list(pictures))
        seen = await probe.result()
    times = seen.times("video")
    assert max(steps(times)) < 1 / 30 + 0.002
    assert len(times) >= 40


async def test_a_second_publisher_is_told_in_the_server_s_words(server: RtmpServer) -> None:
    track = video((320, 180, 30))[0].track
    url = f"{server.url}/live/guest1"
    async with publishing(url, track):
        with pytest.raises(RefusedError, match="Already publishing .NetStream.Publish.BadName") as caught:
            await RtmpPublisher.open(Address.parse(url), [track], 0)
    assert caught.value.retryable
    assert "stop it" in caught.value.hint


@pytest.mark.parametrize(("path", "asked"), [("asked/guest1", "to publish"), ("none/guest1", "to let us in")])
async def test_a_server_that_refuses_without_a_word(server: RtmpServer, path: str, asked: str) -> None:
    track = video((320, 180, 30))[0].track
    with pytest.raises(RefusedError, match=f"closed the connection when asked {asked}"):
        await RtmpPublisher.open(Address.parse(f"{server.url}/{path}"), [track], 0)


async def test_nobody_listens() -> None:
    track = video((320, 180, 30))[0].track
    with pytest.raises(UnreachableError, match="nothing listens at 127.0.0.1"):
        await RtmpPublisher.open(Address.parse(f"rtmp://127.0.0.1:{free_ports(1)[0]}/live/x"), [track], 0)


async def test_a_codec_that_the_server_does_not_know_is_refused_before_publishing(server: RtmpServer) -> None:
    track = Track(Codec.VP9, 90_000, 320, 180)
    with pytest.raises(NegotiationError, match="does not say that it takes vp9"):
        await RtmpPublisher.open(Address.parse(f"{server.url}/live/x"), [track], 0)
    assert "<publishing/>" not in await server.statistics()


async def test_no_key_and_no_query_in_the_log(server: RtmpServer, caplog: pytest.LogCaptureFixture) -> None:
    track = video((320, 180, 30))[0].track
    with caplog.at_level(logging.DEBUG):
        async with publishing(f"{server.url}/live/topsecretkey?pass=hidden", track):
            pass
    assert "topsecretkey" not in caplog.text
    assert "hidden" not in caplog.text
