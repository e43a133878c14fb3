"""The RTSP server of the kit takes what FFmpeg publishes, so that a failure with ours is ours."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.rtsp_server import rtsp_server
from tests.kit.show import CACHE, Show, encode
from tests.kit.watch import watch

pytestmark = pytest.mark.media


async def test_ffmpeg_publishes_two_tracks(tmp_path: Path) -> None:
    show = Show(320, 180, seconds=3, bitrate=400_000)
    encode(show)
    async with rtsp_server(tmp_path) as server:
        process = await asyncio.create_subprocess_exec(
            *("ffmpeg", "-v", "error", "-re", "-i", str(CACHE / f"{show.name}.nut"), "-c", "copy"),
            *("-f", "rtsp", "-rtsp_transport", "tcp", f"{server.url}/h264-opus/guest1"),
        )
        assert await process.wait() == 0
        recorded = await server.receives("/h264-opus/guest1")
    seen = await watch(str(recorded), 5)
    assert seen.codecs == {"video": "h264", "audio": "opus"}
    assert seen.sizes == [(320, 180)]
    assert seen.tone == pytest.approx(show.tone, abs=5)
