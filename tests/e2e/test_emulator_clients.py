"""Clients that are not ours, in browsers: Cloudflare's partytracks, and the documented sequence of calls."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from stagedoor.emulator.options import Options
from stagedoor.emulator.serve import Emulator, emulator
from stagedoor.rtc.ice import local_addresses
from tests.kit.browser import chromium, visitor
from tests.kit.cloudflare import client, flowing
from tests.kit.cloudflare_page import bundle_partytracks, page
from tests.kit.firefox import firefox
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

PLAYED = 20
"""Pictures that must be seen."""


async def test_partytracks_pushes_and_pulls(tmp_path: Path) -> None:
    bundle = await bundle_partytracks(tmp_path)
    async with (
        emulator() as it,
        page(it, bundle) as url,
        chromium() as browser,
        visitor(browser, url) as visit,
    ):
        await visit.page.evaluate("partytracks()")
        await until(lambda: visit.page.evaluate(f"seen.video > {PLAYED} && 'audio' in seen"), 30)
        pulled = [each for session in it.engine.live() for each in session.subscriptions.values()]
        assert {each.kind for each in pulled} == {"audio", "video"}
        assert all(each.packets > 0 for each in pulled)
        assert visit.errors == []


async def test_the_documented_sequence_pushes_pulls_adds_and_closes() -> None:
    async with (
        emulator(Options(padding_every=30)) as it,
        client(it) as api,
        page(it) as url,
        chromium() as browser,
        visitor(browser, url) as visit,
    ):
        run = visit.page.evaluate
        await flowing(it, await run("publish()"))
        puller = await run("pull('audio')")
        sound = it.engine.sessions[puller].subscriptions["0"]
        await until(lambda: sound.packets > PLAYED, 30)
        assert await run("pull('video')") == puller
        await until(lambda: run(f"seen.video > {PLAYED}"), 30, what="a line that was added later plays")
        await run("pullByOwnOffer('video')")
        await until(lambda: run(f"seen.own > {PLAYED}"), 30, what="a line of the client's own offer plays")

        assert await run("closeByExchange('1')") == "closed"
        statuses = [each["status"] for each in (await api.ok("GET", f"/sessions/{puller}"))["tracks"]]
        assert statuses == ["active", "inactive", "active"]
        await api.faults(loss={"fraction": 0.03, "seed": 1})
        before = await run("seen.own")
        await until(lambda: run(f"seen.own > {before} + 60"), 30, what="the rest plays, with packets lost")
        assert visit.errors == []


async def test_what_chromium_sends_comes_back_in_each_codec() -> None:
    async with emulator() as it, page(it) as url, chromium() as browser:
        for codec in ("VP8", "VP9", "H264", "AV1"):
            async with visitor(browser, url) as visit:
                await comes_back(it, visit.page, codec)


async def comes_back(it: Emulator, visited: Page, codec: str) -> None:
    """A page sees its own picture, by the SFU, in the codec that it has asked for."""
    await flowing(it, await visited.evaluate(f"publish('{codec}')"))
    await visited.evaluate("pull('video')")
    await until(lambda: visited.evaluate(f"seen.video > {PLAYED}"), 30, what=f"pictures in {codec}")
    session = it.engine.sessions[await visited.evaluate("into.sessionId")]
    assert next(iter(session.negotiation.lines)).formats[0].name == codec.lower()


async def test_firefox_pushes_and_pulls_by_the_documented_sequence() -> None:
    # Firefox has no candidates on loopback.
    options = Options(host=local_addresses()[0])
    async with emulator(options) as it, page(it) as url, firefox() as browser:
        await browser.go(url)
        run = browser.evaluate
        await flowing(it, await run("return publish()"))
        await run("return pull('audio')")
        await run("return pull('video')")
        await until(lambda: run(f"return seen.video > {PLAYED}"), 30)
