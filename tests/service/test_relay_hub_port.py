"""The hub's own port: tokens, readers, viewers and their endings."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from stagedoor.domain.errors import UnavailableError
from stagedoor.media.packets import Track
from stagedoor.relay.hub import Publisher
from stagedoor.serving.server import bind_tcp
from tests.kit.hub_port import OPERATOR, HubPort, hub_port, token
from tests.kit.relay import VIDEO, VP8, FakeConverters, picture, sound
from tests.kit.wait import until

pytestmark = pytest.mark.service

OFFER = {"Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}


@pytest.fixture
async def port() -> AsyncIterator[HubPort]:
    async with hub_port(FakeConverters().converters) as port:
        yield port


@pytest.fixture
async def http(port: HubPort) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=port.origin, timeout=5) as client:
        yield client


def publish(port: HubPort, path: str = "guest1", track: Track = VIDEO) -> Publisher:
    publisher = port.hub.publish(path, "anna", request_key_frame=lambda: None)
    publisher.write(picture(0, key=True, track=track))
    publisher.write(sound(0))
    return publisher


@contextlib.asynccontextmanager
async def reading(http: httpx.AsyncClient, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
    async with http.stream("GET", url) as response:
        assert response.status_code == 200, await response.aread()
        yield response.aiter_raw()


async def read(chunks: AsyncIterator[bytes], at_least: int) -> bytes:
    data = b""
    async with asyncio.timeout(5):
        while len(data) < at_least:
            data += await anext(chunks)
    return data


async def test_who_may_read(port: HubPort, http: httpx.AsyncClient) -> None:
    publish(port)
    url = "/live/guest1.nut"

    async def status(query: str = "", **headers: str) -> int:
        async with http.stream("GET", url + query, headers=headers) as response:
            return response.status_code

    assert await status() == 401
    assert await status("?token=wrong") == 401
    assert await status("?token=" + token("guest2")) == 403
    assert await status("?token=" + token("guest1", expires_in=-1)) == 410
    assert await status("?token=" + token("guest1", "publish")) == 401
    assert await status("?token=" + token("guest1")) == 200
    assert await status(f"?token={OPERATOR}") == 200
    assert await status(Authorization=f"Bearer {token('guest1')}") == 200
    await until(lambda: port.hub.status("guest1").readers == ())


async def test_a_problem_says_what_to_do(http: httpx.AsyncClient) -> None:
    answer = await http.get("/live/guest1.nut", headers={"Origin": "https://a.example"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "token" in answer.json()["hint"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("guest1.avi", 404), ("guest1", 404), ("Guest1.nut", 422), ("..%2Fx.nut", 404), (".nut", 422)],
)
async def test_what_cannot_be_read(port: HubPort, http: httpx.AsyncClient, name: str, status: int) -> None:
    answer = await http.get(f"/live/{name}", params={"token": OPERATOR})
    assert answer.status_code == status
    assert list(port.hub) == []


async def test_a_path_that_is_not_there_is_waited_for(
    port: HubPort, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def publish_soon() -> None:
        await until(lambda: "guest1" in port.hub)
        publish(port)

    coming = asyncio.ensure_future(publish_soon())
    async with reading(http, port.url("guest1.nut")) as chunks:
        assert (await read(chunks, 100)).startswith(b"nut/multimedia container")
    await coming
    monkeypatch.setattr("stagedoor.relay.http.live.WAIT_S", 0.05)
    answer = await http.get(port.url("guest2.nut"))
    assert answer.status_code == 404
    assert answer.json()["code"] == "path_unknown"
    assert "guest2" not in port.hub


async def test_who_goes_while_waiting_for_a_path_is_no_reader_any_more(
    port: HubPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.relay.http.live.WAIT_S", 600.0)
    _, writer = await asyncio.open_connection(*port.address)
    writer.write(f"GET /live/guest1.nut?token={OPERATOR} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    await until(lambda: len(port.hub.status("guest1").readers) == 1)
    writer.close()
    await until(lambda: "guest1" not in port.hub)


async def test_a_container_that_cannot_carry_the_codec_is_406(port: HubPort, http: httpx.AsyncClient) -> None:
    publish(port, track=VP8)
    for ending in ("ts", "mp4"):
        answer = await http.get(port.url(f"guest1.{ending}"))
        assert answer.status_code == 406, ending
        assert answer.json()["code"] == "no_common_codec"
    assert port.hub.status("guest1").readers == ()


async def test_a_query_chooses_the_sound(port: HubPort, http: httpx.AsyncClient) -> None:
    publish(port)
    answer = await http.get(port.url("guest1.nut", "&audio=mp3"))
    assert answer.status_code == 422
    async with reading(http, port.url("guest1.nut", "&audio=none")) as chunks:
        await read(chunks, 50)
        assert port.hub.status("guest1").readers[0].queued == 0


async def test_a_reader_goes_on_through_a_gap_and_a_new_publisher(
    port: HubPort, http: httpx.AsyncClient
) -> None:
    first = publish(port)
    async with reading(http, port.url("guest1.nut")) as chunks:
        await read(chunks, 100)
        first.close()
        second = publish(port)
        assert await read(chunks, 50)
        third = publish(port)
        assert second.replaced
        assert await read(chunks, 50)
        third.close()
        assert len(port.hub.status("guest1").readers) == 1


async def test_a_reader_has_to_come_anew_when_the_tracks_are_others(
    port: HubPort, http: httpx.AsyncClient
) -> None:
    publisher = port.hub.publish("guest1", "anna", request_key_frame=lambda: None)
    publisher.write(sound(0))
    async with reading(http, port.url("guest1.nut")) as chunks:
        await read(chunks, 50)
        publisher.write(picture(0, key=True))
        async with asyncio.timeout(5):
            async for _ in chunks:
                pass
    async with reading(http, port.url("guest1.nut")) as chunks:
        await read(chunks, 50)
        publish(port, track=VP8)
        async with asyncio.timeout(5):
            async for _ in chunks:
                pass


async def test_a_reader_that_takes_nothing_is_cut_off_and_costs_nobody(
    port: HubPort, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.relay.http.live.STALLED_S", 0.3)
    publisher = publish(port)
    stuck = socket.create_connection(port.address)
    try:
        stuck.sendall(f"GET /live/guest1.nut?token={OPERATOR} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await until(lambda: len(port.hub.status("guest1").readers) == 1)
        async with reading(http, port.url("guest1.nut")) as chunks:
            for number in range(1, 200):
                publisher.write(picture(number, size=100_000))
                await read(chunks, 100_000)
                if len(port.hub.status("guest1").readers) == 1:
                    break
                await asyncio.sleep(0.005)
            await until(lambda: len(port.hub.status("guest1").readers) == 1)
            [reader] = port.hub.status("guest1").readers
            assert reader.dropped == 0
    finally:
        stuck.close()


async def test_head_and_preflight(port: HubPort, http: httpx.AsyncClient) -> None:
    publish(port)
    answer = await http.head(port.url("guest1.mkv"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/x-matroska")
    assert (await http.head(port.url("guest2.mkv"))).status_code == 404
    answer = await http.options(
        "/whep/guest1",
        headers={
            "Origin": "https://a.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    answer = await http.options("/whep/guest1")
    assert answer.headers["accept-post"] == "application/sdp"
    assert (await http.post(port.url("guest1.nut"))).status_code == 405
    assert (await http.get("/healthz")).text == "ok\n"


async def test_whep(port: HubPort, http: httpx.AsyncClient) -> None:
    publish(port)
    bearer = {"Authorization": f"Bearer {token('guest1')}"}
    answer = await http.post("/whep/guest1", content="v=0", headers=OFFER | bearer)
    assert answer.status_code == 201
    assert answer.text == "v=0 viewer"
    assert answer.headers["content-type"].startswith("application/sdp")
    assert answer.headers["etag"] == '"v"'
    assert answer.headers["link"] == (
        '<turn:turn.example.org>; rel="ice-server"; username="me"; credential="pass\\"word"; '
        'credential-type="password"'
    )
    resource = answer.headers["location"]
    assert resource.startswith("/whep/guest1/")
    answer = await http.patch(resource, content="a=candidate", headers=FRAGMENT | bearer)
    assert answer.status_code == 204
    answer = await http.patch(resource, content="a=x", headers=FRAGMENT | bearer | {"If-Match": "*"})
    assert (answer.status_code, answer.text) == (200, "a=ice-ufrag:x")
    other = {"Authorization": f"Bearer {token('guest2')}"}
    assert (await http.delete(resource, headers=other)).status_code == 403
    stolen = resource.replace("guest1", "guest2")
    assert (await http.delete(stolen, headers=other)).status_code == 404
    assert (await http.delete(resource, headers=bearer)).status_code == 200
    assert port.viewer_peers.made[0].closed
    assert (await http.delete(resource, headers=bearer)).status_code == 404


async def test_whep_refuses_what_it_should(port: HubPort, http: httpx.AsyncClient) -> None:
    publish(port)
    url = f"/whep/guest1?token={OPERATOR}"
    assert (await http.post("/whep/guest1", content="v=0", headers=OFFER)).status_code == 401
    assert (await http.post(url, content="v=0")).status_code == 415
    assert (await http.post(url, content=b"x" * 1_000_000, headers=OFFER)).status_code == 413
    assert (await http.post(url, content="refuse", headers=OFFER)).status_code == 406
    assert (await http.get(url)).status_code == 405
    assert len(port.viewers) == 0


async def test_a_busy_port_is_one_sentence() -> None:
    taken = await asyncio.to_thread(bind_tcp, "127.0.0.1", 0)
    try:
        with pytest.raises(UnavailableError) as busy:
            await asyncio.to_thread(bind_tcp, "127.0.0.1", taken.getsockname()[1])
    finally:
        taken.close()
    assert "hub.port" in busy.value.message
    assert busy.value.code == "port_busy"
    with pytest.raises(UnavailableError) as elsewhere:
        await asyncio.to_thread(bind_tcp, "192.0.2.1", 8100)
    assert "hub.host" in elsewhere.value.message


async def test_shutdown_ends_readers_in_time() -> None:
    async with asyncio.timeout(4), httpx.AsyncClient() as client:
        async with hub_port(FakeConverters().converters) as port:
            publish(port)
            request = client.build_request("GET", port.url("guest1.nut"))
            response = await client.send(request, stream=True)
            chunks = response.aiter_raw()
            await read(chunks, 50)
        async for _ in chunks:
            pass
        await response.aclose()
