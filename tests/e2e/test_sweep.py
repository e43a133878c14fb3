"""Sizes that change on the way: every reader follows and none has to connect again."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.app import running_app
from tests.kit.publisher import publishing
from tests.kit.rtmp_server import rtmp_server
from tests.kit.rtsp_server import rtsp_server
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.kit.watch import Watched, near, watch

pytestmark = pytest.mark.e2e

SWEEP = ((320, 180), (1280, 720), (640, 360))
ROTATION = ((1280, 720), (720, 1280))
"""A phone that is turned and turned back."""
Sizes = tuple[tuple[int, int], ...]


def follows(seen: Watched, sizes: Sizes) -> bool:
    """Whether every size was seen in its turn, and the first one again."""
    begins = sizes.index(seen.sizes[0])
    wanted = [sizes[(begins + number) % len(sizes)] for number in range(len(seen.sizes))]
    return seen.sizes == wanted and len(wanted) > len(sizes)


@pytest.mark.parametrize("sizes", [SWEEP, ROTATION], ids=["sweep", "rotation"])
async def test_readers_follow_every_size(tmp_path: Path, sizes: Sizes) -> None:
    parts = [Show(width, height, seconds=1, bitrate=600_000) for width, height in sizes]
    async with (
        rtmp_server(tmp_path) as rtmp,
        rtsp_server(tmp_path) as rtsp,
        running_app(
            relay={
                "destinations": [
                    f"{rtmp.url}/live/{{path}}",
                    {"url": f"{rtsp.url}/h264-opus/{{path}}", "audio": "opus"},
                ]
            }
        ) as app,
    ):
        invite = await app.invite("guest1")
        async with publishing(app.whip(), invite["token"], *(encode(part) for part in parts)):
            await app.logged("RTMP relay started successfully")
            hub = [f"{app.hub_url}/live/guest1.{name}?token={app.token}" for name in ("nut", "mkv", "ts")]
            everywhere = [f"{rtmp.url}/live/guest1", *hub]
            for seen in await asyncio.gather(*(watch(url, 5, timeout=20) for url in everywhere)):
                assert follows(seen, sizes), seen.sizes
                assert near(seen.color, parts[0].color)
                assert not seen.errors
            (guest,) = await app.guests()
            assert [each["attempts"] for each in guest["sessions"][0]["destinations"]] == [0, 0]
        recorded = await rtsp.receives("/h264-opus/guest1")
        await until(lambda: len(rtsp.files()) == 1)
        assert follows(await watch(str(recorded), 8), sizes)
