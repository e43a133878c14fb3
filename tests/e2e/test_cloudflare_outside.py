"""A box that nothing can dial into, a guest in another network, and an SFU in a third, which both dial.

Between guest and box there is only a TLS proxy that holds back every response until it ends.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, expect

from stagedoor.emulator.options import Options, Timers
from stagedoor.emulator.serve import Emulator, emulator
from stagedoor.media.packets import Kind
from tests.e2e.test_cloudflare import SOUND_AND_PICTURE, by, camera_session, live, moves
from tests.e2e.test_outside import whip_went_through
from tests.kit.app import App
from tests.kit.browser import Watched, chromium, visitor
from tests.kit.edge import Upgrades
from tests.kit.net import Namespace
from tests.kit.outside import Outside, outside
from tests.kit.pages import join, leave, seat_tile, seated
from tests.kit.ports import free_ports
from tests.kit.publisher import publishing
from tests.kit.putting import putting
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.sfu_account import RealAccount
from tests.kit.sfu_process import SfuProcess, sfu_process
from tests.kit.show import Show, camera_file, encode, microphone_file
from tests.kit.viewing import view
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = [pytest.mark.e2e, pytest.mark.netns, pytest.mark.timeout(240)]

SHOW = Show(1280, 720, color=(60, 60, 180), tone=500, seconds=2)
MIDDLING = Show(640, 360, color=(180, 120, 40), tone=600, seconds=2)
OTHER = Show(320, 180, seconds=2, bitrate=400_000)
RETURN = Show(640, 360, color=(20, 160, 60), tone=880, seconds=2, bitrate=700_000)
GONE_SECONDS = (5, 20, 60)


@dataclass
class Stage:
    """A guest who has come by everything that lies between.

    Attributes:
        page: The guest's.
    """

    there: Outside
    sfu: SfuProcess
    server: RtmpServer
    app: App
    page: Watched
    token: str


@asynccontextmanager
async def house(folder: Path, guests: int = 1) -> AsyncIterator[tuple[Outside, SfuProcess, RtmpServer, App]]:
    """Everything but guests; there are networks for so many."""
    async with (
        outside(folder, guests=guests) as there,
        sfu_process(there.address) as sfu,
        rtmp_server(folder, there.address) as server,
        there.program(carrier=by(sfu), relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
    ):
        yield there, sfu, server, app


@asynccontextmanager
async def stage(folder: Path, upgrades: Upgrades = Upgrades.PASS) -> AsyncIterator[Stage]:
    """A guest on air at `guest1`; `upgrades` is what the proxy does with WebSockets."""
    camera, microphone = camera_file(SHOW), microphone_file(SHOW)
    async with (
        house(folder) as (there, sfu, server, app),
        chromium(camera=camera, microphone=microphone, inside=there.guest, whole=True) as browser,
    ):
        there.edge.manners.upgrades = upgrades
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await seated(guest.page)
            await live(app)
            yield Stage(there, sfu, server, app, guest, invite["token"])


async def test_a_whole_show(tmp_path: Path) -> None:
    async with stage(tmp_path) as it:
        app, page = it.app, it.page.page
        assert await it.there.ways_in() == []
        seen = await watch(f"{it.server.url}/live/guest1", 4)
        assert seen.codecs == SOUND_AND_PICTURE
        assert near(seen.color, SHOW.color)
        assert seen.tone == pytest.approx(SHOW.tone, abs=5)
        first = await live(app)
        await until(lambda: _is_in_step(app), 15, interval=0.2)

        await page.get_by_role("button", name="Settings").click()
        await page.get_by_label("Picture quality").select_option("360p")
        await page.keyboard.press("Escape")
        await until(lambda: _width_is(app, 640), 20, interval=0.2)

        invite = await app.invite("guest2")
        async with publishing(app.whip("guest2"), invite["token"], encode(OTHER)) as other:
            other_session = await live(app, "guest2")
            it.there.guest.impair(loss=0.1)
            sent = other.video.sent if other.video else 0
            await until(lambda: other.video and other.video.sent > sent + 150, 20)
            it.there.guest.impair()
            now = await camera_session(app, "guest2")
            assert (now["id"], now["state"]) == (other_session["id"], "live")
            assert [track["lost"] for track in now["tracks"]] == [0, 0]

        await page.get_by_role("button", name="Share screen").click()
        await app.logged("guest1-screen is live after", 20)
        await page.get_by_role("button", name="Stop sharing").click()
        await page.get_by_role("button", name="Camera off").click()
        await until(lambda: _picture_is(app, "off"), 15, interval=0.2)
        await page.get_by_role("button", name="Camera on").click()
        await until(lambda: _picture_is(app, "live"), 15, interval=0.2)
        assert (await live(app))["id"] == first["id"]

        media = encode(RETURN)
        async with (
            putting(app, "return-video", media, Kind.VIDEO),
            putting(app, "return-audio-guest1", media, Kind.AUDIO),
        ):
            returned = await view(page, f"/whep/return-guest1?invite={it.token}")
            await moves(returned)
            assert await returned.tone() == pytest.approx(RETURN.tone, abs=10)

        await page.reload()
        second = await live(app, other_than=first["id"])
        await app.kill("relay")
        third = await live(app, other_than=second["id"])
        await it.sfu.kill()
        await until(lambda: _is_over(app, third["id"]), 30, interval=0.1)
        await it.sfu.start()
        await live(app, other_than=third["id"], timeout=40)
        await seated(page)
        await leave(page)
        await until(lambda: _nobody(app), 10, interval=0.1)


async def _is_in_step(app: App) -> bool:
    offset = (await camera_session(app)).get("av_offset_ms")
    return offset is not None and abs(offset) <= 20


async def _is_over(app: App, session: str) -> bool:
    return bool((await camera_session(app)).get("id") != session)


async def _width_is(app: App, width: int) -> bool:
    told = await camera_session(app)
    return [each["width"] for each in told.get("tracks", []) if each["kind"] == "video"] == [width]


async def _picture_is(app: App, state: str) -> bool:
    told = await camera_session(app)
    return [each["state"] for each in told.get("tracks", []) if each["kind"] == "video"] == [state]


async def _nobody(app: App) -> bool:
    return await app.sessions() == {}


async def test_the_guests_networks_are_gone_for_a_while(tmp_path: Path) -> None:
    """Short or long, each guest is back in the same seat without a hand, WebSocket or not."""
    async with house(tmp_path, guests=len(GONE_SECONDS)) as (there, _, server, app):
        there.edge.manners.upgrades_of[there.guest.far] = Upgrades.REFUSE
        async with asyncio.TaskGroup() as everybody:
            for number, (place, seconds) in enumerate(zip(there.guests, GONE_SECONDS, strict=True), 1):
                everybody.create_task(goes_and_comes_back(app, server, f"guest{number}", place, seconds))


async def goes_and_comes_back(
    app: App, server: RtmpServer, seat: str, place: Namespace, seconds: float
) -> None:
    """A guest's whole visit, with nothing passing in between."""
    invite = await app.invite(seat)
    async with (
        chromium(camera=camera_file(MIDDLING), microphone=microphone_file(MIDDLING), inside=place) as browser,
        visitor(browser, invite["url"]) as guest,
    ):
        await join(guest.page)
        await seated(guest.page, seat)
        await live(app, seat)
        before = await _who_is_in(app, seat)
        place.impair(loss=1.0)
        await until(lambda: _state_is(app, "stalled", seat), 8, interval=0.05)
        await asyncio.sleep(seconds)
        place.impair()
        await until(lambda: _moves_again(app, seat), 40, interval=0.1)
        assert await _who_is_in(app, seat) == before
        await seated(guest.page, seat)
        seen = await watch(f"{server.url}/live/{seat}", 2)
        assert near(seen.color, MIDDLING.color)


async def _who_is_in(app: App, seat: str) -> list[str]:
    return [each["id"] for each in await app.guests() if each["seat"] == seat]


async def _state_is(app: App, state: str, seat: str = "guest1") -> bool:
    return (await camera_session(app, seat)).get("state") == state


async def _moves_again(app: App, seat: str = "guest1") -> bool:
    told = await camera_session(app, seat)
    ages = [each["age_ms"] for each in told.get("tracks", [])]
    return told.get("state") == "live" and len(ages) == 2 and max(ages) < 500


CANNOT_BE_SET_UP = "Your line to the studio cannot be set up"


async def test_the_operator_finds_another_way_for_a_guest(tmp_path: Path) -> None:
    """The built-in carrier cannot reach the box; Cloudflare fails in every way, and then brings the guest."""
    async with outside(tmp_path) as there, rtmp_server(tmp_path, there.address) as server:
        sfu = Options(host=there.address, port=free_ports(1)[0], timers=Timers(empty_track=0.1))
        account = RealAccount(sfu.app_id, sfu.app_secret, f"http://{sfu.host}:{sfu.port}/v1")
        destinations = {"destinations": [f"{server.url}/live/{{path}}"]}
        async with (
            there.program(carrier=by(account, "builtin"), relay=destinations) as app,
            chromium(camera=camera_file(SHOW), inside=there.guest) as browser,
        ):
            invite = await app.invite("guest1")
            desk_url = f"{there.edge.url}/switcher?{urlencode({'token': app.token})}"
            async with visitor(browser, invite["url"]) as guest, visitor(browser, desk_url) as desk:
                await _is_blocked(there, guest.page)
                await _switched_in_vain(app, guest.page, desk.page)
                async with emulator(sfu) as it:
                    await _refused(it, guest.page, desk.page)
                    await _arrived(app, desk.page)
                    await seated(guest.page)
                    assert near((await watch(f"{server.url}/live/guest1", 3)).color, SHOW.color)
                    await app.api.post("/api/guests/guest1/remove", json={})
                    await expect(guest.page.get_by_text("The producer has ended your visit")).to_be_visible()


async def _is_blocked(there: Outside, page: Page) -> None:
    """The offer is answered, and no media gets through; the page says so."""
    await join(page)
    await expect(page.get_by_text("Your network blocks the connection")).to_be_visible(timeout=25_000)
    await until(lambda: whip_went_through(there.edge), 10)


async def _switched_in_vain(app: App, page: Page, desk: Page) -> None:
    """Nobody answers at the SFU's address."""
    tile = seat_tile(desk, "Ada")
    await expect(tile).to_contain_text("By the built-in carrier")
    await expect(tile).to_contain_text("Nothing of the guest has reached this machine.")
    answer = await app.api.post("/api/guests/guest1/carrier", json={"carrier": "cloudflare"})
    assert answer.is_success, answer.text
    await expect(page.get_by_text(CANNOT_BE_SET_UP)).to_be_visible(timeout=15_000)
    await expect(tile).to_contain_text("Cloudflare cannot be reached. Check this machine's")


async def _refused(it: Emulator, page: Page, desk: Page) -> None:
    """The SFU knows another app, then another secret, than the settings name."""
    right = it.engine.options
    for wrong, said in (
        (replace(right, app_id="other"), "does not know the application: App not found. Check carrier."),
        (replace(right, app_secret="other"), "does not take the app secret: Invalid bearer token"),
    ):
        it.engine.options = wrong
        await expect(seat_tile(desk, "Ada")).to_contain_text(said, timeout=15_000)
        await expect(page.get_by_text(CANNOT_BE_SET_UP)).to_be_visible()
    it.engine.options = right


async def _arrived(app: App, desk: Page) -> None:
    session = await live(app)
    assert session["carrier"] == "cloudflare"
    assert (await app.guests())[0]["trouble"] is None
    tile = seat_tile(desk, "Ada")
    await expect(tile).to_contain_text("By Cloudflare")
    await expect(tile).not_to_contain_text("Check carrier.")
