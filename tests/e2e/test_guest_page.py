"""What the guest's page does about endings, second tabs, switched-off devices and shared screens."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Request, expect

from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, leave, plays, seated
from tests.kit.pictures import looked_at, plain_devices
from tests.kit.portraits import HOST, portrait_file
from tests.kit.show import Show, camera_file, microphone_file
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

SHOW = Show(640, 360, color=(40, 90, 180), tone=700, seconds=2)
QUIET_SECONDS = 30
LEFT_SECONDS = 2.0
TABS_SECONDS = 60
"""Long enough for two tabs that fight for a place to show it."""


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with running_app() as running:
        yield running


def posts(page: Page) -> list[str]:
    """The offers that a page makes, from now on."""
    made: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and "/api/calls/whip/" in request.url:
            made.append(request.url)

    page.on("request", note)
    return made


def session_of(app: App) -> Callable[[], object]:
    async def there() -> bool:
        return bool(await app.sessions())

    return there


def no_session(app: App) -> Callable[[], object]:
    async def gone() -> bool:
        return not await app.sessions()

    return gone


def nobody_sits(app: App) -> Callable[[], object]:
    async def nobody() -> bool:
        return all(each["state"] != "seated" for each in await app.guests())

    return nobody


async def who_was_removed_stays_out(app: App, browser: Browser) -> None:
    """No offer comes of a page that was sent away."""
    invite = await app.invite("guest1")
    async with visitor(browser, invite["url"]) as guest:
        await join(guest.page)
        await seated(guest.page)
        (guest_id,) = [each["id"] for each in await app.guests() if each["seat"] == "guest1"]
        made = posts(guest.page)
        removed = await app.api.post(f"/api/guests/{guest_id}/remove", json={"block": False})
        assert removed.is_success, removed.text
        await expect(guest.page.get_by_text("The producer has ended your visit")).to_be_visible()
        assert "guest1" not in await app.sessions()
        await looked_at(guest.page, "guest-removed")
        await asyncio.sleep(QUIET_SECONDS)
        assert made == []


async def a_second_tab_asks_and_the_first_stays_out(app: App, browser: Browser) -> None:
    """The tab that has lost its place does not fight for it."""
    invite = await app.invite("guest2")
    async with visitor(browser, invite["url"]) as first, visitor(browser, invite["url"]) as second:
        await join(first.page)
        await seated(first.page, "guest2")
        session = (await app.sessions())["guest2"]
        await join(second.page)
        await expect(second.page.get_by_text("Join here and close the other one?")).to_be_visible()
        await looked_at(second.page, "guest-second-page")
        assert (await app.sessions())["guest2"] == session
        made = posts(first.page)
        await second.page.get_by_role("button", name="Join here and close the other one").click()
        await seated(second.page, "guest2")
        await expect(first.page.get_by_text("This link was opened on another device")).to_be_visible()
        await looked_at(first.page, "guest-elsewhere")
        taken = (await app.sessions())["guest2"]
        assert taken != session
        await asyncio.sleep(TABS_SECONDS)
        assert made == []
        assert (await app.sessions())["guest2"] == taken
        assert app.log().count("Session created for guest2") == 2


async def test_whose_visit_has_ended_stays_out(app: App) -> None:
    # Side by side: what does not happen takes a minute to see.
    async with chromium() as browser, asyncio.TaskGroup() as both:
        both.create_task(who_was_removed_stays_out(app, browser))
        both.create_task(a_second_tab_asks_and_the_first_stays_out(app, browser))


async def test_leaving_and_closing_end_the_session_soon(app: App) -> None:
    async with chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await until(session_of(app), 10, interval=0.05)
            begun = time.monotonic()
            await leave(guest.page)
            await until(no_session(app), 5, interval=0.05)
            assert time.monotonic() - begun < LEFT_SECONDS
        async with visitor(browser, (await app.invite("guest2"))["url"]) as guest:
            await join(guest.page)
            await until(session_of(app), 10, interval=0.05)
            begun = time.monotonic()
            await guest.page.close(run_before_unload=True)
            await until(no_session(app), 5, interval=0.05)
            assert time.monotonic() - begun < LEFT_SECONDS


async def test_leaving_reaches_control_though_the_first_tries_do_not(app: App) -> None:
    async with chromium() as browser, visitor(browser, (await app.invite("guest1"))["url"]) as guest:
        await join(guest.page)
        await seated(guest.page)
        await guest.page.route("**/leave?*", lambda route: route.abort(), times=2)
        await leave(guest.page)
        await until(nobody_sits(app), 10, interval=0.05)


async def test_what_a_reload_said_late_ends_nothing(app: App) -> None:
    late = "navigator.sendBeacon = (url) => { sessionStorage.setItem('late', url); return true; };"
    say = "fetch(sessionStorage.getItem('late'), {method: 'POST'}).then(({ status }) => status)"
    async with chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await guest.page.add_init_script(late)
            await guest.page.reload()
            await join(guest.page)
            await until(session_of(app), 10, interval=0.05)
            before = await app.sessions()
            await guest.page.reload()

            async def is_back() -> bool:
                return await app.sessions() not in ({}, before)

            await until(is_back, 15, interval=0.05, what="a session of the reloaded page")
            session = await app.sessions()
            assert await guest.page.evaluate(say) == 204
            assert await app.sessions() == session
            (found,) = await app.guests()
            assert (found["state"], found["away"]) == ("seated", False)


async def test_a_camera_that_is_off_goes_on_as_a_still(app: App) -> None:
    async with chromium(camera=camera_file(SHOW), microphone=microphone_file(SHOW)) as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await seated(guest.page)
            url = f"{app.hub_url}/live/guest1.mkv?token={app.token}"
            await app.logged("guest1 is live after")
            session = await app.sessions()
            assert near((await watch(url, 2)).color, SHOW.color)
            await guest.page.get_by_role("button", name="Camera off").click()

            async def said_off() -> bool:
                (found,) = await app.guests()
                return bool(found["camera"] == "off")

            await until(said_off, 5, interval=0.05)
            still = await watch(url, 4)
            assert not near(still.color, SHOW.color)
            assert len(still.video_times) >= 4 * 3
            (found,) = await app.guests()
            assert [each["state"] for each in found["sessions"]] == ["live"]
            await guest.page.get_by_role("button", name="Camera on").click()

            async def is_back() -> bool:
                return near((await watch(url, 1)).color, SHOW.color)

            await until(is_back, 20)
            assert await app.sessions() == session


@contextmanager
def unplugged(camera: Path) -> Iterator[None]:
    """A browser's camera is gone while the block lasts: from who uses it, and from the list."""
    plugged = camera.read_bytes()
    camera.write_bytes(b"")
    try:
        yield
    finally:
        camera.write_bytes(plugged)


async def test_a_camera_that_is_not_there(app: App, tmp_path: Path) -> None:
    """Before going in and inside: the page says so, and one press has the camera once it is there again."""
    camera = Path(shutil.copy(portrait_file(HOST), tmp_path / "camera.mjpeg"))
    async with (
        chromium(camera=camera, microphone=microphone_file(SHOW)) as browser,
        visitor(browser, "about:blank") as guest,
    ):
        page = guest.page
        own = page.locator(".self-view video")
        again = page.get_by_role("button", name="Try again")
        with unplugged(camera):
            await page.goto((await app.invite("guest1"))["url"])
            await plain_devices(page)
            await expect(page.get_by_text("No camera was found.")).to_be_visible()
            await expect(page.locator(".self-view")).to_contain_text("No picture comes from a camera.")
            await looked_at(page, "guest-join-no-camera")
        await again.click()
        await plays(own)
        await join(page, "Nora")
        await seated(page)
        await app.logged("guest1 is live after")
        with unplugged(camera):
            await expect(page.get_by_text("Your camera was unplugged.")).to_be_visible(timeout=15_000)
            await expect(page.locator(".self-view")).to_contain_text("A still with your name is sent")
            await expect(page.locator(".self-view")).not_to_contain_text("camera is off")
            await until(lambda: camera_fails(app), 15, what="the operators are told")
            await looked_at(page, "guest-camera-lost")
        await again.click()
        await plays(own)
        await expect(again).to_have_count(0)


async def camera_fails(app: App) -> bool:
    """Whether the only guest's page says that the camera does not work."""
    (guest,) = await app.guests()
    return bool(guest["readiness"] and guest["readiness"]["faults"] == ["camera_fault"])


async def test_a_shared_screen_is_a_session_of_its_own(app: App) -> None:
    async with chromium(whole=True) as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await seated(guest.page)
            await app.logged("guest1 is live after")
            camera = (await app.sessions())["guest1"]
            await guest.page.get_by_role("button", name="Share screen").click()

            async def shared() -> bool:
                return set(await app.sessions()) == {"guest1", "guest1-screen"}

            await until(shared, 15, interval=0.05)
            await app.logged("guest1-screen is live after", 15)
            await looked_at(guest.page, "guest-sharing")
            await guest.page.get_by_role("button", name="Stop sharing").click()

            async def alone() -> bool:
                return await app.sessions() == {"guest1": camera}

            await until(alone, 10, interval=0.05)
            await guest.page.get_by_role("button", name="Share screen").click()
            await until(shared, 15, interval=0.05)
            ended = await app.api.delete("/api/calls/session/guest1")
            assert ended.json() == {"status": "closed", "guest_id": "guest1"}
            await until(no_session(app), 5, interval=0.05)


async def test_whether_the_guest_is_on_air(app: App) -> None:
    async with chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await seated(guest.page)
            line = guest.page.locator(".tally-line")
            await expect(line).to_contain_text("The studio does not say.")
            for tally, words in (
                ("program", "ON AIR"),
                ("preview", "NEXT"),
                ("off", "Not on air"),
            ):
                fed = await app.api.put("/api/tally", json={"guest1": tally})
                assert fed.is_success, fed.text
                await expect(line).to_contain_text(words)
            (found,) = await app.guests()
            await app.api.post(f"/api/guests/{found['id']}/hold")
            await expect(line).to_have_count(0)
            assert guest.errors == []
