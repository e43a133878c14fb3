import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stagedoor.domain.errors import RefusedError, UnreachableError
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.outputs.address import Address
from stagedoor.outputs.rtsp.client import RtspPublisher
from tests.kit.playing import Playing, audio, together, video
from tests.kit.readback import ReadBack, probing
from tests.kit.rtsp_server import RtspServer, rtsp_server

pytestmark = pytest.mark.media


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RtspServer]:
    async with rtsp_server(tmp_path) as running:
        yield running


@contextlib.asynccontextmanager
async def publishing(url: str, *tracks: Track) -> AsyncIterator[RtspPublisher]:
    publisher = await RtspPublisher.open(Address.parse(url), list(tracks), 0)
    serving = asyncio.create_task(publisher.serve())
    try:
        yield publisher
        assert not serving.done(), "the server ended the publication"
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError, UnreachableError):
            await serving
        await publisher.aclose()


async def send(publisher: RtspPublisher, packets: list[Packet], speed: float = 1.0) -> None:
    async for packet in Playing(packets, speed=speed, ends=True):
        await publisher.send(packet)


async def written(file: Path) -> ReadBack:
    async with probing(str(file), seconds=60) as probe:
        return await probe.result()


async def test_picture_and_sound_come_out_of_a_real_server(server: RtspServer) -> None:
    pictures, sound = video((320, 180, 75)), audio(2.5)
    # Sound comes first, and is described second all the same.
    async with publishing(f"{server.url}/h264-opus/guest1", sound[0].track, pictures[0].track) as publisher:
        await send(publisher, together(pictures, sound))
        file = await server.receives("/h264-opus/guest1", size=20_000)
    seen = await written(file)
    assert seen.codecs == ["h264", "opus"]
    assert seen.sizes() == [(320, 180)]
    pictures_at, sound_at = seen.times("video"), seen.times("audio")
    assert len(pictures_at) >= 60
    assert pictures_at == sorted(pictures_at)
    assert sound_at == sorted(sound_at)
    assert abs(pictures_at[0] - sound_at[0]) <= 0.02


async def test_a_size_change_needs_no_new_publication(server: RtspServer) -> None:
    parts = ((320, 180, 30), (640, 360, 30), (180, 320, 30))
    pictures = video(*parts)
    async with publishing(f"{server.url}/h264/guest1", pictures[0].track) as publisher:
        assert all(publisher.accepts(packet) for packet in pictures)
        await send(publisher, list(pictures))
        file = await server.receives("/h264/guest1", size=50_000)
    assert len(server.files()) == 1
    assert (await written(file)).sizes() == [size[:2] for size in parts]


@pytest.mark.parametrize(
    ("mount", "codecs"), [("opus", ["opus"]), ("h264-aac", ["aac", "h264"]), ("vp8-opus", ["opus", "vp8"])]
)
async def test_other_tracks(server: RtspServer, mount: str, codecs: list[str]) -> None:
    pictures = video((320, 180, 60), codec=Codec.VP8 if "vp8" in mount else Codec.H264)
    sound = audio(2.0, Codec.AAC if "aac" in mount else Codec.OPUS)
    packets = list(sound) if mount == "opus" else together(pictures, sound)
    tracks = [sound[0].track] if mount == "opus" else [pictures[0].track, sound[0].track]
    async with publishing(f"{server.url}/{mount}/guest1", *tracks) as publisher:
        await send(publisher, packets, speed=2)
        file = await server.receives(f"/{mount}/guest1", size=5_000)
    assert (await written(file)).codecs == codecs


async def test_a_track_that_was_not_announced_is_not_accepted(server: RtspServer) -> None:
    pictures = video((320, 180, 30))
    async with publishing(f"{server.url}/h264/guest1", pictures[0].track) as publisher:
        assert not publisher.accepts(audio(0.1)[0])
        assert not publisher.accepts(video((320, 180, 30), codec=Codec.VP8)[0])


async def test_a_path_that_does_not_exist_is_refused_in_the_server_s_words(server: RtspServer) -> None:
    pictures = video((320, 180, 30))
    with pytest.raises(RefusedError, match="refused ANNOUNCE: 404 Not Found") as caught:
        await RtspPublisher.open(Address.parse(f"{server.url}/nothing"), [pictures[0].track], 0)
    assert "no such path" in caught.value.hint


async def test_the_death_of_the_server_is_noticed_at_once(server: RtspServer) -> None:
    pictures = video((320, 180, 30))
    publisher = await RtspPublisher.open(Address.parse(f"{server.url}/h264/guest1"), [pictures[0].track], 0)
    serving = asyncio.create_task(publisher.serve())
    await server.kill()
    with pytest.raises(UnreachableError, match="closed the connection"):
        async with asyncio.timeout(2):
            await serving
    await publisher.aclose()
