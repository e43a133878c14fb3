"""A box that nothing can dial into: guests come through a TLS proxy that holds back what does not end."""

import asyncio
import sys
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.kit.browser import chromium, visitor
from tests.kit.edge import Edge, Upgrades
from tests.kit.outside import outside
from tests.kit.pages import join
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.netns]


async def test_nothing_can_dial_into_the_box(tmp_path: Path) -> None:
    async with outside(tmp_path) as there:
        assert await there.ways_in() == []
        out = await there.ways_to_the_middle()
        assert out == ["TCP from guest", "UDP from guest", "TCP from box", "UDP from box"]
    async with outside(tmp_path, one_way=False) as there:
        assert await there.ways_in() == ["TCP from middle", "UDP from middle"]


async def test_a_guest_comes_through_the_proxy_alone(tmp_path: Path) -> None:
    """No WebSocket either; with one, `test_cloudflare_outside` has the same."""
    async with (
        outside(tmp_path) as there,
        there.program(server={"trusted_proxies": ["127.0.0.1"]}) as app,
        chromium(inside=there.guest) as browser,
    ):
        there.edge.manners.upgrades = Upgrades.REFUSE
        invite = await app.invite(None)
        assert invite["url"].startswith(f"{there.edge.url}/guest_join?invite=")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await expect(guest.page.get_by_text("Your network blocks the connection")).to_be_visible(
                timeout=25_000
            )
            await expect(guest.page.get_by_text("Try another network")).to_be_visible()
            await until(lambda: whip_went_through(there.edge), 10)
            (listed,) = await app.guests()
            assert listed["state"] == "lobby"
            answer = await app.api.post(f"/api/guests/{listed['id']}/remove", json={})
            assert answer.is_success
            await expect(guest.page.get_by_text("The producer has ended your visit")).to_be_visible(
                timeout=5_000
            )


def whip_went_through(edge: Edge) -> bool:
    """Offer, candidates and good-bye came, to where the answer's `Location` said."""
    asked = [(each.method, each.target) for each in edge.seen if "/api/calls/whip/" in each.target]
    offered = next((target for method, target in asked if method == "POST"), "?")
    sent = {method for method, target in asked if target.startswith(f"{offered}/")}
    return sent >= {"PATCH", "DELETE"}


async def test_the_doctor_in_the_box_asks_by_the_proxy(tmp_path: Path) -> None:
    async with outside(tmp_path) as there, there.program() as app:
        config = str(app.folder / "stagedoor.toml")
        command = there.command(sys.executable, "-m", "stagedoor", "doctor", "--config", config)
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        said = (await process.communicate())[0].decode()
        assert f"{there.edge.url} leads here" in said
        assert "websocket    comes through" in said
        assert "event stream is held back by the proxy" in said
        assert process.returncode == 0, said
