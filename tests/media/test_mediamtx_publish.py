from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stagedoor.domain.destination import DestinationState
from stagedoor.ipc.messages import AudioMode
from stagedoor.media.packets import Codec
from stagedoor.outputs.mediamtx import MediaMtxApi
from tests.kit.destinations import Live, running
from tests.kit.mediamtx import MediaMtx, mediamtx
from tests.kit.playing import audio, together, video
from tests.kit.readback import ReadBack, probing
from tests.kit.wait import until

pytestmark = [pytest.mark.media, pytest.mark.mediamtx]

LIVE, RETRYING = DestinationState.LIVE, DestinationState.RETRYING


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MediaMtx]:
    async with mediamtx(tmp_path) as running_server:
        yield running_server


async def read(server: MediaMtx, path: str, seconds: float = 1.5) -> ReadBack:
    async with probing(f"{server.rtsp}/{path}", "-rtsp_transport", "tcp", seconds=seconds) as probe:
        return await probe.result()


@pytest.mark.parametrize("path", ["guest1", "live/guest1"])
async def test_rtmp(server: MediaMtx, path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    packets = together(video((320, 180, 300)), audio(10, Codec.AAC))
    async with running(f"{server.rtmp}/{path}?user=a&pass=b", Live(packets)) as it:
        await it.becomes(LIVE)
        await server.ready(path)
        seen = await read(server, path)
    assert seen.codecs == ["aac", "h264"]
    assert "Relay started for guest1: Built-in -> MediaMTX" in caplog.text


@pytest.mark.parametrize("codec", [Codec.H264, Codec.VP8, Codec.VP9])
async def test_rtsp(server: MediaMtx, codec: Codec, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    packets = together(video((320, 180, 240), codec=codec), audio(8))
    async with running(f"{server.rtsp}/guest1", Live(packets), audio=AudioMode.OPUS) as it:
        await it.becomes(LIVE)
        await server.ready("guest1")
        seen = await read(server, "guest1")
    assert seen.codecs == sorted([codec.value, "opus"])
    assert "Relay started for guest1: Built-in -> MediaMTX" in caplog.text


async def test_opus_and_vp9_by_enhanced_rtmp(server: MediaMtx) -> None:
    packets = together(video((320, 180, 240), codec=Codec.VP9), audio(8))
    async with running(f"{server.rtmp}/guest1", Live(packets), audio=AudioMode.OPUS) as it:
        await it.becomes(LIVE)
        await server.ready("guest1")
        seen = await read(server, "guest1")
    assert seen.codecs == ["opus", "vp9"]


@pytest.mark.parametrize("scheme", ["rtmp", "rtsp"])
async def test_a_size_change_reaches_a_reader_that_stays(server: MediaMtx, scheme: str) -> None:
    parts = ((320, 180, 120), (640, 360, 60), (180, 320, 150))
    url = server.rtmp if scheme == "rtmp" else server.rtsp
    async with running(f"{url}/guest1", Live(video(*parts))) as it:
        await it.becomes(LIVE)
        await server.ready("guest1")
        seen = await read(server, "guest1", seconds=6.5)
        assert it.status.state is LIVE
    assert seen.sizes() == [size[:2] for size in parts]
    assert len(it.history) == 3


@pytest.mark.parametrize("scheme", ["rtmp", "rtsp"])
async def test_sound_that_comes_late(server: MediaMtx, scheme: str) -> None:
    url = server.rtmp if scheme == "rtmp" else server.rtsp
    path = Live(together(video((320, 180, 360)), audio(8, Codec.AAC, 3.0)))
    async with running(f"{url}/guest1", path) as it:
        await it.becomes(LIVE)
        await until(lambda: len(path.readers) == 2, 8)
        await it.becomes(LIVE)

        async def both() -> bool:
            return len((await server.path("guest1")).get("tracks", [])) == 2

        await until(both, 8)
        assert (await read(server, "guest1")).codecs == ["aac", "h264"]
        assert not any(status.reason for status in it.history)


@pytest.mark.parametrize("scheme", ["rtmp", "rtsp"])
async def test_it_comes_back_and_the_api_says_so(server: MediaMtx, scheme: str) -> None:
    url = server.rtmp if scheme == "rtmp" else server.rtsp
    path = Live(together(video((320, 180, 900)), audio(30, Codec.AAC)))
    async with MediaMtxApi(server.api_url) as api, running(f"{url}/live/guest1", path, api=api) as it:
        await it.becomes(LIVE)
        await until(lambda: it.status.server_ready is True, 8)
        await server.kill()
        status = await it.becomes(RETRYING)
        assert status.server_ready is None
        await server.start()
        await it.becomes(LIVE, 12)
        await until(lambda: it.status.server_ready is True, 8)
