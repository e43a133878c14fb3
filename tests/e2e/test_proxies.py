"""Guests and operators through reverse proxies: one that holds back and refuses, and nginx."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from websockets.asyncio.client import connect

from stagedoor.control.main import PING_EVERY_S
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.certificate import Certificate, certificate
from tests.kit.edge import Edge, Upgrades, edge_to, frames, loopback
from tests.kit.nginx_proxy import nginx_proxy
from tests.kit.pages import is_covered, join, leave, plays, seat_tile, seated
from tests.kit.ports import free_ports
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

NAME = "show.example"
KNOWN = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
IDLE_CUT_SECONDS = 100.0
"""After so long without a byte tunnels end a connection."""


@asynccontextmanager
async def behind_edge(folder: Path, *, with_mixer: bool = False) -> AsyncIterator[tuple[Edge, App]]:
    """A program whose public name is the proxy's."""
    mixer = SMALL_MIXER if with_mixer else {}
    async with (
        edge_to(loopback(0), certificate(folder, name=NAME), name=NAME) as edge,
        running_app(with_mixer=with_mixer, mixer=mixer, server={"public_url": edge.url}) as app,
    ):
        edge.dial = loopback(app.ports[0])
        yield edge, app


async def test_the_show_goes_on_through_a_proxy(tmp_path: Path) -> None:
    async with behind_edge(tmp_path) as (edge, app), chromium(KNOWN) as browser:
        for upgrades in Upgrades:
            edge.manners.upgrades = upgrades
            await comes_and_goes(edge, app, browser)


async def comes_and_goes(edge: Edge, app: App, browser: Browser) -> None:
    """A guest knocks, gets a seat, is seen on the desk and leaves."""
    invite = await app.invite(None)
    operator = f"{edge.url}/switcher?{urlencode({'token': app.token})}"
    async with visitor(browser, invite["url"]) as guest, visitor(browser, operator) as desk:
        (cookie,) = await desk.page.context.cookies()
        assert cookie.get("secure")
        await join(guest.page)
        await expect(guest.page.get_by_text("You are waiting in the lobby")).to_be_visible(timeout=15_000)
        tile = seat_tile(desk.page, "Ada")
        await tile.get_by_role("button", name="guest1").click(timeout=15_000)
        await seated(guest.page)
        await plays(seat_tile(desk.page, "Ada").locator("video"))
        await leave(guest.page)
        await expect(desk.page.get_by_text("Ada")).to_be_hidden(timeout=45_000)


async def test_levels_come_through_a_proxy_without_websockets(tmp_path: Path) -> None:
    async with behind_edge(tmp_path, with_mixer=True) as (edge, app), chromium(KNOWN) as browser:
        edge.manners.upgrades = Upgrades.STRIP
        (await app.api.post("/api/test-guest", json={"seat": "guest1"})).raise_for_status()
        operator = f"{edge.url}/switcher?{urlencode({'token': app.token})}"
        async with visitor(browser, operator) as desk:
            level = desk.page.get_by_label("Level of guest1")
            await until(partial(is_covered, level, below=0.8), 40, interval=0.1, what="a meter that shows")
            await expect(desk.page.get_by_text("No levels come")).to_be_hidden()


async def test_pages_say_that_they_hear_nothing_and_recover(tmp_path: Path) -> None:
    async with behind_edge(tmp_path) as (edge, app), chromium(KNOWN) as browser:
        edge.manners.upgrades, edge.manners.refuses = Upgrades.REFUSE, "/events/next"
        invite = await app.invite("guest1")
        operator = f"{edge.url}/switcher?{urlencode({'token': app.token})}"
        async with visitor(browser, invite["url"]) as guest, visitor(browser, operator) as desk:
            await join(guest.page)
            await expect(guest.page.get_by_text("No news from the studio")).to_be_visible(timeout=15_000)
            assert await desk.page.get_by_role("heading", name="Seats").count() == 0
            edge.manners.refuses = ""
            await seated(guest.page)
            await expect(desk.page.get_by_role("heading", name="Seats")).to_be_visible(timeout=15_000)
            edge.manners.refuses = "/events/next"
            await expect(desk.page.get_by_text("No news from the server")).to_be_visible(timeout=40_000)
            edge.manners.upgrades = Upgrades.PASS
            await expect(desk.page.get_by_text("No news from the server")).to_be_hidden(timeout=40_000)
            await seated(guest.page)


async def test_a_proxys_own_answers_end_nothing(tmp_path: Path) -> None:
    async with behind_edge(tmp_path) as (edge, app), chromium(KNOWN) as browser:
        edge.manners.upgrades = Upgrades.REFUSE
        invite = await app.invite("guest1")
        operator = f"{edge.url}/switcher?{urlencode({'token': app.token})}"
        async with visitor(browser, invite["url"]) as guest, visitor(browser, operator) as desk:
            await join(guest.page)
            await seated(guest.page)
            await expect(seat_tile(desk.page, "Ada")).to_be_visible(timeout=15_000)
            sessions = await app.sessions()
            for status in (200, 403, 404):
                edge.manners.refuses, edge.manners.refuses_with = "/api/", status
                await hear_nothing_for_a_while(edge, guest.page, desk.page)
                assert await app.sessions() == sessions


async def hear_nothing_for_a_while(edge: Edge, guest: Page, desk: Page) -> None:
    """Both pages say so while everything is refused, try again, and recover."""
    await expect(guest.get_by_text("No news from the studio")).to_be_visible(timeout=40_000)
    await expect(desk.get_by_text("No news from the server")).to_be_visible(timeout=40_000)
    await tried_again(edge)
    edge.manners.refuses = ""
    await seated(guest)
    await expect(desk.get_by_text("No news from the server")).to_be_hidden(timeout=15_000)


async def tried_again(edge: Edge) -> None:
    """Wait until both pages have asked twice more."""

    def asked() -> tuple[int, int]:
        targets = [request.target for request in edge.seen]
        return sum("/guests/" in target for target in targets), sum(
            target.startswith("/api/events") for target in targets
        )

    guest, desk = asked()
    await until(lambda: asked()[0] >= guest + 2 and asked()[1] >= desk + 2, 30, what="both pages' next tries")


@pytest.mark.parametrize(("status", "title"), [(403, "Something on the way"), (502, "The studio's server")])
async def test_a_proxys_own_answers_say_nothing_of_an_invite(tmp_path: Path, status: int, title: str) -> None:
    async with behind_edge(tmp_path) as (edge, app), chromium(KNOWN) as browser:
        edge.manners.refuses, edge.manners.refuses_with = "/api/", status
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await expect(guest.page.get_by_text(title)).to_be_visible(timeout=15_000)
            edge.manners.refuses = ""
            await expect(guest.page.get_by_label("Your name")).to_be_visible(timeout=15_000)
            edge.manners.refuses = "/api/"
            await join(guest.page)
            await expect(guest.page.get_by_role("alert")).to_be_visible()
            edge.manners.refuses = ""
            await guest.page.get_by_role("button", name="Join", exact=True).click()
            await seated(guest.page)


async def test_an_idle_websocket_is_kept_by_pings(tmp_path: Path) -> None:
    assert PING_EVERY_S < IDLE_CUT_SECONDS / 3
    async with behind_edge(tmp_path) as (edge, app):
        url = f"wss://{NAME}:{edge.port}/api/events?token={app.token}"
        context = Certificate(tmp_path / "cert.pem", tmp_path / "key.pem").client_context()
        async with connect(url, host="127.0.0.1", port=edge.port, ssl=context) as socket:
            await socket.recv()
            await until(lambda: frames(edge.pushed).count(9) >= 2, 3 * PING_EVERY_S, interval=0.2)


async def doctor(app: App, trusted: Path) -> str:
    """What the doctor says, with one more authority that it trusts."""
    command = [sys.executable, "-m", "stagedoor", "doctor", "--config", str(app.folder / "stagedoor.toml")]
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, "SSL_CERT_FILE": str(trusted)}, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return said.decode()


async def test_nginx_with_the_file_of_the_deploy_folder(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    shown = certificate(tmp_path)
    server = {"public_url": f"https://localhost:{port}", "trusted_proxies": ["127.0.0.1"]}
    async with (
        running_app(server=server) as app,
        nginx_proxy(tmp_path, shown, port=port, to=app.ports[0]),
        chromium() as browser,
    ):
        said = await doctor(app, shown.file)
        assert f"ok       public_url   https://localhost:{port} leads here" in said
        for topic in ("guest page", "whip", "websocket", "event stream"):
            assert re.search(rf"^ok +{topic} ", said, re.MULTILINE), said
        invite = await app.invite("guest1")
        operator = f"{server['public_url']}/switcher?{urlencode({'token': app.token})}"
        async with visitor(browser, invite["url"]) as guest, visitor(browser, operator) as desk:
            (cookie,) = await desk.page.context.cookies()
            assert cookie.get("secure")
            await join(guest.page)
            await seated(guest.page)
            await plays(seat_tile(desk.page, "Ada").locator("video"))
            assert not guest.errors + desk.errors
        await what_goes_through(app, f"https://localhost:{port}", shown)


async def what_goes_through(app: App, root: str, shown: Certificate) -> None:
    """Long bodies up to our own bound, and no forwarded host but the proxy's own."""
    own = {"Authorization": f"Bearer {app.token}"}
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "Forwarded": "host=evil.example",
    }
    async with httpx.AsyncClient(base_url=root, verify=shown.client_context()) as client:
        offer = {**own, "Content-Type": "application/sdp"}
        for length, status in ((200_000, 400), (300_000, 413)):
            answer = await client.post("/api/calls/whip/guest2", content=b" " * length, headers=offer)
            assert (answer.status_code, answer.headers["content-type"]) == (
                status,
                "application/problem+json",
            )
        made = await client.post("/api/invites", json={}, headers={**own, **forged})
        assert made.json()["url"].startswith(root)
        page = await client.get("/guest_join", headers=forged)
        assert "evil" not in page.headers["content-security-policy"]


async def test_the_doctor_finds_a_line_that_nginx_lacks(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    shown = certificate(tmp_path)
    line = "proxy_set_header Upgrade $http_upgrade;"
    async with (
        running_app(server={"public_url": f"https://localhost:{port}"}) as app,
        nginx_proxy(tmp_path, shown, port=port, to=app.ports[0], without=line),
    ):
        said = await doctor(app, shown.file)
    assert "WebSockets do not come through: the answer is 426" in said
    assert "-> The proxy must hand on Upgrade and Connection" in said
