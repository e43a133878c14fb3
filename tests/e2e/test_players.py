"""Players that we did not write read the RTMP server and the hub, with sound and picture in sync."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from statistics import median

import pytest

from tests.kit.app import App, running_app
from tests.kit.players import ffplay_offsets, played_by_mpv, played_by_vlc, typical_offset
from tests.kit.publisher import publishing
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.show import Show, encode
from tests.kit.watch import Watched

pytestmark = pytest.mark.e2e

SHOW = Show(320, 180, color=(40, 60, 190), flash=True, seconds=4, bitrate=400_000)
SECONDS = 6
REPORTS = 50
START_REPORTS = 60
"""ffplay lets the picture catch up with the sound for the first two seconds."""
IN_SYNC = 0.06
"""Seconds; the players' own clocks step by a frame or by a block of sound."""
CONTAINERS = ("mkv", "ts", "flv")
Urls = dict[str, str]
Player = Callable[[str, int], Awaitable[Watched]]


@pytest.fixture
async def urls(tmp_path: Path) -> AsyncIterator[Urls]:
    """A guest at the RTMP server and at the hub."""
    async with (
        rtmp_server(tmp_path) as server,
        running_app(relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
    ):
        invite = await app.invite("guest1")
        async with publishing(app.whip(), invite["token"], encode(SHOW)):
            await app.logged("RTMP relay started successfully")
            yield addresses(app, server)


def addresses(app: App, server: RtmpServer) -> Urls:
    found = {name: f"{app.hub_url}/live/guest1.{name}?token={app.token}" for name in (*CONTAINERS, "mp4")}
    return {"rtmp": f"{server.url}/live/guest1", **found}


async def test_ffplay_plays_everything_in_sync(urls: Urls) -> None:
    # One after the other: five players at once are more than two cores can show in time.
    for name, url in urls.items():
        offsets = (await ffplay_offsets(url, START_REPORTS + REPORTS))[START_REPORTS:]
        assert len(offsets) >= REPORTS, f"{name}: {len(offsets)} reports"
        assert abs(median(offsets)) <= IN_SYNC, f"{name}: {median(offsets)}"


@pytest.mark.parametrize("player", [played_by_mpv, played_by_vlc])
async def test_mpv_and_vlc_show_what_was_sent(urls: Urls, player: Player) -> None:
    names = ("rtmp", *CONTAINERS)
    shown = await asyncio.gather(*(player(urls[name], SECONDS) for name in names))
    for name, seen in zip(names, shown, strict=True):
        assert set(seen.codecs) == {"video", "audio"}, name
        assert seen.sizes == [(SHOW.width, SHOW.height)], name
        assert len(seen.video_times) > 100, name
        assert abs(typical_offset(seen)) <= IN_SYNC, f"{name}: {seen.av_offsets()}"
        assert not seen.errors, name
