"""Everything that a stranger can send while a guest is on air: clear answers, nothing left, no frame lost."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.dated import dated
from tests.kit.publisher import Publisher, publishing
from tests.kit.rtmp_server import rtmp_server
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.kit.watch import missing, watch

pytestmark = pytest.mark.e2e

SHOW = Show(320, 180, seconds=2, bitrate=400_000)
LONGEST_GAP_SECONDS = 0.1
LARGE = b"x" * 1_000_000
HUNG_UP = 0
AT_ONCE = 200
SDP = {"Content-Type": "application/sdp"}

Request = tuple[str, str, dict[str, Any]]


def hostile_offers(offer: str) -> list[str]:
    """Offers that are cut off, torn, huge or lies."""
    lines = offer.splitlines()
    # A longer part may be an offer by itself: of one track, or with fewer candidates.
    whole = offer.index("a=fingerprint")
    cut = [offer[: whole * part // 8] for part in range(9)]
    return [
        *cut,
        "\0" * 500,
        "v=0\r\n" * 2000,
        offer.replace("a=fingerprint", "a=no-fingerprint"),
        offer.replace("a=ice-ufrag", "a=no-ufrag"),
        offer.replace("a=sendonly", "a=recvonly"),
        "\r\n".join(reversed(lines)),
        "\r\n".join(line for line in lines if not line.startswith("a=rtpmap")),
        offer + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" * 300,
    ]


def hostile_requests(app: App, token: str, offer: str) -> list[Request]:
    """Method, URL and the rest of requests of which none is right."""
    whip, hub = app.whip("guest2"), app.hub_url
    bearer = {"Authorization": f"Bearer {token}"}
    ours = {"Authorization": f"Bearer {app.token}"}
    return [
        *(("POST", whip, {"content": bad, "headers": SDP | bearer}) for bad in hostile_offers(offer)),
        *(("POST", f"{hub}/whep/guest1", {"content": bad, "headers": SDP | ours}) for bad in ("", "v=0\r\n")),
        *(
            ("POST", url, {"content": LARGE, "headers": SDP | who | ending})
            for url, who in ((whip, bearer), (f"{hub}/whep/guest1", ours))
            for ending in ({}, {"Connection": "close"})
        ),
        ("POST", f"{hub}/whep/guest1", {"content": LARGE, "headers": SDP}),
        ("POST", f"{app.url}/api/nothing", {"content": LARGE}),
        ("POST", whip, {"content": offer, "headers": {"Content-Type": "text/plain"} | bearer}),
        ("POST", f"{hub}/whep/guest1", {"content": offer, "headers": {"Content-Type": "a/b"} | ours}),
        ("POST", whip, {"content": offer, "headers": SDP}),
        ("POST", whip, {"content": offer, "headers": SDP | {"Authorization": "Bearer x.y.z"}}),
        ("POST", whip, {"content": offer, "headers": SDP | {"Authorization": "Basic eDp5"}}),
        ("POST", f"{hub}/whep/guest1", {"content": offer, "headers": SDP | bearer}),
        ("GET", f"{hub}/live/guest1.mkv", {"headers": bearer}),
        ("GET", f"{hub}/live/guest1.exe", {"headers": ours}),
        ("GET", f"{hub}/live/..%2f..%2fsecrets.json", {"headers": ours}),
        ("GET", f"{hub}/live/guest1.mkv?audio=mp3", {"headers": ours}),
        ("PUT", f"{hub}/live/guest1.nut", {"content": b"x" * 100, "headers": ours}),
        ("PUT", f"{hub}/live/other.nut", {"content": b"x" * 100, "headers": ours}),
        ("DELETE", f"{hub}/whep/guest1/nobody", {"headers": ours}),
        ("PATCH", f"{whip}/nobody", {"content": "a=x", "headers": bearer}),
    ]


async def answers(client: httpx.AsyncClient, requests: list[Request]) -> list[tuple[Request, int]]:
    """The status of each, all asked at once; `HUNG_UP` where there was no answer."""

    async def ask(request: Request) -> tuple[Request, int]:
        method, url, rest = request
        try:
            return request, (await client.request(method, url, **rest)).status_code
        except httpx.TransportError:
            return request, HUNG_UP

    return list(await asyncio.gather(*map(ask, requests)))


def unclear(answered: list[tuple[Request, int]]) -> list[tuple[str, str, str, int]]:
    """What was not refused by a 4xx, or put off by a 503."""
    return [
        (method, url, repr(rest.get("content", ""))[:60], status)
        for (method, url, rest), status in answered
        if not (400 <= status < 500 or status == 503)
    ]


def open_files(app: App) -> int:
    """Those of the relay."""
    return sum(1 for _ in Path(f"/proc/{app.child('relay')}/fd").iterdir())


@contextlib.asynccontextmanager
async def idle_connections(url: str, number: int) -> AsyncIterator[None]:
    """Connections on which nothing is asked."""
    host, port = url.removeprefix("http://").split(":")
    made = [await asyncio.open_connection(host, int(port)) for _ in range(number)]
    try:
        yield
    finally:
        for _, writer in made:
            writer.transport.abort()


async def an_offer() -> str:
    publisher = Publisher(encode(SHOW))
    try:
        return await publisher.offer()
    finally:
        await publisher.close()


async def test_a_guest_on_air_notices_nothing(tmp_path: Path) -> None:
    offer = await an_offer()
    async with rtmp_server(tmp_path) as server:
        to = {"destinations": [f"{server.url}/live/{{path}}"]}
        async with running_app(relay=to) as app, httpx.AsyncClient(timeout=10) as client:
            one, two = await app.invite("guest1"), await app.invite("guest2")
            async with publishing(app.whip("guest1"), one["token"], encode(SHOW)):
                await app.logged("RTMP relay started successfully")
                await dated(app)
                relay, files = app.child("relay"), open_files(app)
                watching = asyncio.create_task(watch(f"{server.url}/live/guest1", 7, timeout=12))
                requests = hostile_requests(app, two["token"], offer)
                assert not unclear(await answers(client, requests))
                flood = (requests * (AT_ONCE // len(requests) + 1))[:AT_ONCE]
                assert not unclear(await answers(client, flood))
                async with (
                    idle_connections(app.hub_url, 1000),
                    publishing(app.whip("guest2"), two["token"], encode(SHOW)),
                ):
                    pass
                seen = await watching
                assert not seen.errors
                assert missing(seen, SHOW) == 0
                assert seen.longest_gap("video") <= LONGEST_GAP_SECONDS
                assert seen.longest_gap("audio") <= LONGEST_GAP_SECONDS
                await client.aclose()
                await until(lambda: open_files(app) <= files, 8, interval=0.1, what="no file left open")
                assert app.child("relay") == relay
                assert "Traceback" not in app.log()


UPLOAD = """async ([url, size]) => {
    const statuses = [];
    for (let i = 0; i < 10; i++) {
        const headers = { "Content-Type": "application/sdp" };
        const answer = await fetch(url, { method: "POST", headers, body: new Uint8Array(size) });
        await answer.text();
        statuses.push(answer.status);
    }
    return statuses;
}"""


@pytest.mark.patient
async def test_browsers_and_curl_read_why_a_body_is_refused() -> None:
    async with running_app() as app, chromium() as browser:
        cases = (
            (f"{app.url}/guest_join", app.whip("guest1"), 413),
            (f"{app.hub_url}/healthz", f"{app.hub_url}/whep/guest1", 401),
        )
        for page, url, status in cases:
            async with visitor(browser, page) as visit:
                assert await visit.page.evaluate(UPLOAD, [url, len(LARGE)]) == [status] * 10
            for more in ((), ("--http1.0",), ("-H", "Expect: 100-continue")):
                assert await curl(url, *more) == str(status)


async def curl(url: str, *more: str) -> str:
    """The status that it read after posting `LARGE`."""
    sdp = ("-H", "Content-Type: application/sdp", "--data-binary", "@-")
    process = await asyncio.create_subprocess_exec(
        *("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", *sdp, *more, url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(LARGE)
    assert process.returncode == 0
    return out.decode()
