"""Guests on other machines: over the LAN with its own certificate, and one bad line beside a good one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.test_cloudflare import by
from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.dated import dated
from tests.kit.net import Namespace, namespace
from tests.kit.pages import join, plays, seated
from tests.kit.publisher import publishing
from tests.kit.remote import publishing_from
from tests.kit.sfu_process import SfuProcess, sfu_process
from tests.kit.show import Show, camera_file, encode
from tests.kit.wait import until
from tests.kit.watch import missing, near, watch

pytestmark = [pytest.mark.e2e, pytest.mark.netns]

GOOD = Show(320, 180, color=(40, 160, 60), tone=500, seconds=2, bitrate=400_000)
BAD = Show(640, 360, color=(160, 40, 60), tone=900, seconds=2, bitrate=800_000)
LONGEST_GAP_SECONDS = 0.1
SMALL = {"width": 320, "height": 180, "preset": "ultrafast", "bitrate": 500_000}
RICH = Show(640, 480, color=(160, 40, 60), noise=True, seconds=2)
LOW_HEIGHT = 360
SMALLER = "a smaller picture is sent"
STUDIO = ".studio video"
SOUND_FIRST = "Your connection loses too much for a picture"
_HEARD_S = "all => Math.max(0, ...all.map((each) => each.currentTime))"


async def test_one_bad_line_costs_the_other_guest_nothing() -> None:
    with namespace() as far:
        async with running_app(server={"host": "0.0.0.0"}) as app:
            one, two = await app.invite("guest1"), await app.invite("guest2")
            endpoint = app.whip("guest1").replace("127.0.0.1", far.near)
            async with (
                publishing_from(far, endpoint, one["token"], BAD),
                publishing(app.whip("guest2"), two["token"], encode(GOOD)),
            ):
                await until(lambda: app.log().count(" is live after ") == 2)
                hub = f"{app.hub_url}/live/{{}}.mkv?token={app.token}"
                watching = asyncio.create_task(watch(hub.format("guest2"), 6))
                await asyncio.to_thread(far.impair, loss=0.3, delay_ms=150)
                seen = await watching
                assert missing(seen, GOOD) == 0
                assert len(seen.numbers) > 5 * GOOD.frame_rate
                assert near(seen.color, GOOD.color)
                assert not seen.errors

                await asyncio.to_thread(far.impair)
                seen = await watch(hub.format("guest1"), 3)
                assert near(seen.color, BAD.color)
                assert seen.tone == pytest.approx(BAD.tone, abs=5)


async def test_a_line_that_stalls_loses_nothing_and_disturbs_nobody() -> None:
    with namespace() as far:
        async with running_app(server={"host": "0.0.0.0"}) as app:
            one, two = await app.invite("guest1"), await app.invite("guest2")
            endpoint = app.whip("guest1").replace("127.0.0.1", far.near)
            async with (
                publishing_from(far, endpoint, one["token"], BAD),
                publishing(app.whip("guest2"), two["token"], encode(GOOD)),
            ):
                await until(lambda: app.log().count(" is live after ") == 2)
                await dated(app, "guest2")
                session = await app.sessions()
                hub = f"{app.hub_url}/live/{{}}.mkv?token={app.token}"
                watching = [asyncio.create_task(watch(hub.format(seat), 6)) for seat in ("guest1", "guest2")]
                for _ in range(3):
                    await asyncio.sleep(1)
                    await asyncio.to_thread(far.stall, 0.3)
                stalled, undisturbed = [await each for each in watching]
                assert missing(undisturbed, GOOD) == 0
                assert undisturbed.longest_gap("video") <= LONGEST_GAP_SECONDS
                assert undisturbed.longest_gap("audio") <= LONGEST_GAP_SECONDS
                assert len(undisturbed.numbers) > 5 * GOOD.frame_rate
                assert missing(stalled, BAD) == 0
                assert len(stalled.numbers) > 5 * BAD.frame_rate
                assert not stalled.errors + undisturbed.errors
                assert await app.sessions() == session


async def test_a_guest_joins_over_the_lan(tmp_path: Path) -> None:
    with namespace() as far:
        async with (
            running_app("--lan", server={"tls": "self-signed"}) as app,
            chromium(camera=camera_file(BAD), inside=far) as browser,
        ):
            invite = await app.invite("guest1")
            assert f"https://{far.near}:" in app.log()
            link = invite["url"].replace("127.0.0.1", far.near)
            async with visitor(browser, link) as guest:
                await join(guest.page)
                await seated(guest.page)
                await app.logged("guest1 is live after")
                seen = await watch(f"{app.hub_url}/live/guest1.mkv?token={app.token}", 3)
                assert near(seen.color, BAD.color)
                await lost_sound_is_sent_again(app, far)
                await asyncio.to_thread(far.impair, loss=0.2)
                await expect(guest.page.get_by_text(SMALLER)).to_be_visible(timeout=30_000)
                await the_way_is_gone_and_back(app, far, guest.page)


async def test_a_narrow_line_gets_a_smaller_picture_and_whole_sound() -> None:
    """What is too much for it stands in a queue, before the sound too; nothing is lost by chance."""
    with namespace() as far:
        async with (
            running_app("--lan", server={"tls": "self-signed"}) as app,
            chromium(camera=camera_file(RICH), inside=far) as browser,
        ):
            link = (await app.invite("guest1"))["url"].replace("127.0.0.1", far.near)
            async with visitor(browser, link) as guest:
                await join(guest.page)
                await seated(guest.page)
                await until(lambda: _is_high(app), 30, interval=0.2, what="a large picture")
                words = guest.page.get_by_text(SMALLER)
                await expect(words).to_have_count(0)
                await asyncio.to_thread(far.impair, rate_mbit=0.25)
                await expect(words).to_be_visible(timeout=30_000)
                await until(lambda: _is_low(app), 15, interval=0.2, what="a small picture")
                await sound_is_whole(app)


async def _track(app: App, kind: str) -> dict[str, Any]:
    """What the API says of a track of the only guest; empty while there is none."""
    (guest,) = await app.guests()
    tracks = (each for session in guest["sessions"] for each in session["tracks"])
    return next((dict(each) for each in tracks if each["kind"] == kind), {})


async def _is_high(app: App) -> bool:
    return bool((await _track(app, "video")).get("height", 0) > LOW_HEIGHT)


async def _is_low(app: App) -> bool:
    return bool(0 < (await _track(app, "video")).get("height", 0) <= LOW_HEIGHT)


async def sound_is_whole(app: App) -> None:
    """Of five seconds of sound next to nothing is missing."""
    before = await _track(app, "audio")

    async def enough() -> bool:
        return bool((await _track(app, "audio"))["frames"] >= before["frames"] + 250)

    await until(enough, 15, interval=0.2, what="five seconds of sound")
    assert (await _track(app, "audio"))["lost"] - before["lost"] < 8


async def the_way_is_gone_and_back(app: App, far: Namespace, page: Page) -> None:
    """The page says so, and its picture is back in the same seat without a hand."""
    (before,) = await app.guests()
    lost = page.get_by_text("Connection lost")
    await asyncio.to_thread(far.impair, loss=1.0)
    await expect(lost).to_be_visible(timeout=40_000)
    await asyncio.to_thread(far.impair)
    await expect(lost).to_be_hidden(timeout=40_000)
    (now,) = await app.guests()
    assert (now["id"], now["seat"]) == (before["id"], "guest1")
    seen = await watch(f"{app.hub_url}/live/guest1.mkv?token={app.token}", 2)
    assert near(seen.color, BAD.color)


async def lost_sound_is_sent_again(app: App, far: Namespace) -> None:
    """The page asks for it in its offer; without that a tenth of the sound would be missing."""
    await asyncio.to_thread(far.impair, loss=0.1)
    await sound_is_whole(app)


async def test_under_loss_the_sound_of_the_return_comes_first_by_both_carriers() -> None:
    """Two guests at one cable: the first sends to the relay, the other to the SFU."""
    with namespace() as far:
        async with (
            sfu_process(far.near) as sfu,
            running_app(
                "--lan",
                with_mixer=True,
                server={"tls": "self-signed"},
                mixer=SMALL,
                carrier=by(sfu, "builtin"),
            ) as app,
            chromium(camera=camera_file(GOOD), inside=far) as browser,
            watching(app, far, browser, "guest1", "builtin") as straight,
            watching(app, far, browser, "guest2", "cloudflare") as round_about,
        ):
            pages = (straight, round_about)
            assert not await _none_pulls(sfu, "return-video")
            await asyncio.to_thread(far.impair, loss=0.15)
            await asyncio.gather(*map(picture_stops, pages))
            await comes_as_sound_alone(app)
            await until(
                lambda: _none_pulls(sfu, "return-video"), 20, interval=0.2, what="the SFU sends sound alone"
            )
            await asyncio.gather(*map(is_heard, pages))
            await asyncio.to_thread(far.impair)
            await asyncio.gather(*map(picture_is_back, pages))
            await asyncio.gather(*map(is_heard, pages))


@contextlib.asynccontextmanager
async def watching(
    app: App, far: Namespace, browser: Browser, seat: str, carrier: str
) -> AsyncIterator[Page]:
    """A guest's page, once it shows program."""
    invite = await app.invite(seat, carrier=carrier)
    async with visitor(browser, invite["url"].replace("127.0.0.1", far.near)) as guest:
        await join(guest.page)
        await seated(guest.page, seat)
        await plays(guest.page.locator(STUDIO), 30_000)
        await expect(guest.page.get_by_text(SOUND_FIRST)).to_have_count(0)
        yield guest.page


async def picture_stops(page: Page) -> None:
    await expect(page.get_by_text(SOUND_FIRST)).to_be_visible(timeout=40_000)
    await expect(page.locator(STUDIO)).to_have_count(0)


async def picture_is_back(page: Page) -> None:
    await expect(page.get_by_text(SOUND_FIRST)).to_have_count(0, timeout=60_000)
    await plays(page.locator(STUDIO), 30_000)


async def _none_pulls(sfu: SfuProcess, track: str) -> bool:
    """Whether the SFU sends nobody a track that is named so."""
    sessions = (await sfu.admin("GET", "sessions"))["sessions"]
    pulled = [each for session in sessions for each in session["pulled"] if not each["closed"]]
    return not any(each["trackName"] and track in each["trackName"] for each in pulled)


async def comes_as_sound_alone(app: App) -> None:
    """The session with the picture is over: only then is there more room for the sound."""

    async def one_reader() -> bool:
        readers = (await app.api.get("/metrics")).text
        return 'stagedoor_path_readers{kind="whep",path="return-guest1"} 1.0' in readers

    await until(one_reader, 20, interval=0.2, what="the session with the picture is over")


async def is_heard(page: Page) -> None:
    """Sound goes on."""
    sound = page.locator(".studio audio")
    before = await sound.evaluate_all(_HEARD_S)

    async def more() -> bool:
        return bool(await sound.evaluate_all(_HEARD_S) > before + 0.5)

    await until(more, 15, interval=0.1, what="more of the studio's sound")
