"""Publishers that we did not write: FFmpeg's WHIP muxer and Firefox, through the whole program."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.app import App, running_app
from tests.kit.certificate import Certificate, certificate
from tests.kit.ffmpeg_whip import ffmpeg_whip
from tests.kit.firefox import firefox
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.show import Show
from tests.kit.watch import Watched, near, watch

pytestmark = pytest.mark.e2e

COLORS = ((200, 60, 60), (60, 160, 60), (60, 60, 200), (180, 160, 40))
ROLES = ("", "dtls_active")
FIREFOX_TONE = 1000
"""Of its own microphone, hertz."""


def hub(app: App, seat: str) -> str:
    return f"{app.hub_url}/live/{seat}.nut?token={app.token}"


async def ffmpeg_arrives(
    app: App, server: RtmpServer, seat: int, paper: Certificate, flags: str
) -> tuple[Watched, Watched, Show]:
    """What the hub and the RTMP server show of one FFmpeg at a seat."""
    name = f"guest{seat + 1}"
    show = Show(320, 180, seconds=2, bitrate=400_000, color=COLORS[seat], tone=500 + 100 * seat)
    invite = await app.invite(name)
    async with ffmpeg_whip(app.whip(name), invite["token"], show, paper, flags=flags) as publisher:
        await app.logged(f"{name} is live")
        await app.logged(f"Relay started for {name}")
        seen = await asyncio.gather(
            watch(hub(app, name), 3, format="nut"), watch(f"{server.url}/live/{name}", 3)
        )
        assert publisher.returncode is None
    return seen[0], seen[1], show


async def test_ffmpeg_with_any_certificate_and_role(tmp_path: Path) -> None:
    papers = []
    for bits in (0, 2048):
        folder = tmp_path / f"rsa-{bits}"
        folder.mkdir()
        papers.append(certificate(folder, rsa_bits=bits))
    ways = [(paper, flags) for paper in papers for flags in ROLES]
    async with (
        rtmp_server(tmp_path) as server,
        running_app(relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
    ):
        arrived = await asyncio.gather(
            *(ffmpeg_arrives(app, server, seat, paper, flags) for seat, (paper, flags) in enumerate(ways))
        )
    for at_hub, at_server, show in arrived:
        assert at_hub.codecs == {"video": "h264", "audio": "opus"}
        assert at_server.codecs == {"video": "h264", "audio": "aac"}
        for seen in (at_hub, at_server):
            assert seen.sizes == [(320, 180)]
            assert near(seen.color, show.color)
            assert seen.tone == pytest.approx(show.tone, abs=5)
            assert not seen.errors


async def test_firefox_joins_by_the_guest_page(tmp_path: Path) -> None:
    async with (
        rtmp_server(tmp_path) as server,
        running_app(relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
        firefox() as guest,
    ):
        invite = await app.invite("guest1")
        await guest.go(f"{invite['url']}&checks=off")
        await guest.type("//input[@id=//label[contains(., 'Your name')]/@for]", "Ada")
        await guest.click("//label[contains(., 'I have read this and agree')]//input")
        await guest.click("//button[normalize-space() = 'Join']")
        await guest.find("//*[contains(text(), 'You are in: guest1')]")
        await app.logged("RTMP relay started successfully")
        at_hub, at_server = await asyncio.gather(
            watch(hub(app, "guest1"), 5, format="nut"), watch(f"{server.url}/live/guest1", 5)
        )
        assert at_hub.codecs == {"video": "vp8", "audio": "opus"}
        assert at_server.codecs == {"video": "h264", "audio": "aac"}
        assert at_server.sizes[-1] == at_hub.sizes[-1]
        for seen in (at_hub, at_server):
            assert len(seen.video_times) > 60
            assert seen.tone == pytest.approx(FIREFOX_TONE, abs=5)
            assert not seen.errors
        assert list(await app.sessions()) == ["guest1"]

        await guest.click("//button[normalize-space() = 'Leave']")
        await guest.click("//button[normalize-space() = 'Leave now']")
        await guest.find("//*[contains(text(), 'You have left')]")
        assert not await app.sessions()
