"""The whole chain: a guest goes to a media server, and the mixer reads them back from there."""

from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.kit.app import App, running_app
from tests.kit.listening import listen
from tests.kit.mediamtx import MediaMtx, mediamtx
from tests.kit.publisher import publishing
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.kit.watch import Watched, near, watch

pytestmark = pytest.mark.e2e

SMALL = {"width": 640, "height": 360, "preset": "ultrafast", "bitrate": 1_500_000, "key_interval_s": 1}
SHOW = Show(320, 180, color=(40, 60, 190), flash=True, seconds=4, bitrate=400_000)
SILENT_DB = -60.0
IN_SYNC = 0.04
"""Seconds: half a frame of program, and a frame of the AAC that an RTMP server takes."""


async def seen_in_program(app: App, source: str) -> Watched:
    """Wait until a source is live, and watch program for a while."""

    async def live() -> bool:
        answer = await app.api.get("/api/mixer")
        sources: list[dict[str, Any]] = answer.json()["sources"] if answer.is_success else []
        return any(each["id"] == source and each["state"] == "live" for each in sources)

    await until(live, 30, interval=0.1, what=f"{source} live")
    return await watch(f"{app.hub_url}/live/program.nut?token={app.token}", 6.0)


def check(seen: Watched) -> None:
    """The guest's picture, their beeps, and both together."""
    assert near(seen.color, SHOW.color) or min(seen.color) > 230, seen.color
    offsets = seen.av_offsets()
    assert len(offsets) >= 4, (seen.flashes, seen.beeps)
    assert abs(median(offsets)) <= IN_SYNC, offsets
    assert not seen.errors


async def on_program(app: App, url: str) -> None:
    """Have a URL as a source, and it alone on program."""
    source = {"id": "back", "kind": "url", "label": "From the server", "url": url}
    scene = {"id": "back", "slots": [{"source": "back"}]}
    for path, body in (("/api/sources", source), ("/api/scenes", scene)):
        answer = await app.api.post(path, json=body)
        assert answer.is_success, answer.text
    assert (await app.api.post("/api/mixer/cut", json={"scene": "back"})).is_success


async def test_by_an_rtmp_server_that_dies_and_comes_back(tmp_path: Path) -> None:
    async with rtmp_server(tmp_path) as server:
        relay = {"destinations": [f"{server.url}/live/{{path}}"]}
        async with running_app(with_mixer=True, mixer=SMALL, relay=relay) as app:
            invite = await app.invite("guest1")
            async with publishing(app.whip(), invite["token"], encode(SHOW)):
                await app.logged("RTMP relay started successfully")
                await on_program(app, f"{server.url}/live/guest1")
                check(await seen_in_program(app, "back"))
                heard = await listen(f"{app.hub_url}/live/return-guest1.nut?token={app.token}", 4.0)
                assert heard.loudest_db(SHOW.tone) < SILENT_DB, "it would come back to the guest"
                await restarted(app, server, "back")
                check(await seen_in_program(app, "back"))


async def restarted(app: App, server: RtmpServer | MediaMtx, source: str) -> None:
    """Kill the server, and start it once the mixer has noticed."""
    await server.kill()
    await app.logged(f"Source {source} is stalled")
    await server.start()


@pytest.mark.mediamtx
async def test_by_mediamtx_that_guests_are_read_from_and_that_dies_and_comes_back(tmp_path: Path) -> None:
    async with mediamtx(tmp_path) as server:
        relay = {"destinations": [f"{server.rtsp}/{{path}}"]}
        settings = {**SMALL, "guest_url": f"{server.rtsp}/{{path}}"}
        async with running_app(with_mixer=True, mixer=settings, relay=relay) as app:
            invite = await app.invite("guest1")
            async with publishing(app.whip(), invite["token"], encode(SHOW)):
                assert (await app.api.post("/api/mixer/cut", json={"scene": "full-guest1"})).is_success
                check(await seen_in_program(app, "guest1"))
                await restarted(app, server, "guest1")
                check(await seen_in_program(app, "guest1"))
