"""The emulator's API: routes, credentials, sessions, and what it does not have."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from stagedoor.emulator.http import RESERVED, TABLE
from stagedoor.emulator.options import Options, Timers
from stagedoor.emulator.serve import Emulator, emulator
from tests.kit import cloudflare_sdp as sdp
from tests.kit.cloudflare import Client, client, offered
from tests.kit.wait import until

pytestmark = pytest.mark.api

DISCONNECTED = "Session appears to be disconnected. Please check if the PeerConnection is connected."


@pytest.fixture
async def it() -> AsyncIterator[Emulator]:
    options = Options(
        timers=Timers(empty_track=0.1),
        calls_per_second=1000,
        turn_key_id="key-one",
        turn_key_token="token-of-key-one",
    )
    async with emulator(options) as running:
        yield running


@pytest.fixture
async def api(it: Emulator) -> AsyncIterator[Client]:
    async with client(it) as made:
        yield made


# Routes and credentials


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/sessions/abc"),
        ("GET", "/sessions/abc/tracks"),
        ("POST", "/sessions/abc/tracks/subscribe"),
        ("POST", "/sessions/abc/close"),
        ("PUT", "/sessions/new"),
        ("PUT", "/sessions/abc/tracks/new"),
        ("POST", "/sessions/abc/renegotiate"),
        ("HEAD", "/sessions/abc"),
        ("OPTIONS", "/sessions/new"),
        ("POST", "/sessions/new/"),
        ("POST", ""),
    ],
)
async def test_everything_but_the_table_is_405(api: Client, method: str, path: str) -> None:
    api.checks = method != "HEAD"
    response = await api.call(method, path)
    assert response.status_code == 405
    assert method == "HEAD" or response.text == RESERVED


async def test_bare_turn_credentials_are_405(it: Emulator) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.post(f"{it.base_url}/turn/keys/key-one/credentials")
    assert (response.status_code, response.text) == (405, RESERVED)


async def test_a_wrong_token_is_401_and_an_unknown_app_404(it: Emulator) -> None:
    url = f"{it.base_url}/apps/{it.app_id}/sessions/new"
    async with httpx.AsyncClient() as http:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {it.app_secret}"}):
            response = await http.post(url, headers=headers)
            assert response.status_code == 401
            assert response.json()["errorCode"] == "unauthorized"
        other = url.replace(it.app_id, "another-app")
        response = await http.post(other, headers={"Authorization": f"Bearer {it.app_secret}"})
        assert (response.status_code, response.json()["errorCode"]) == (404, "not_found")


async def test_the_admin_calls_want_the_secret_too(it: Emulator) -> None:
    async with httpx.AsyncClient() as http:
        for method in ("GET", "PUT", "DELETE"):
            assert (await http.request(method, f"{it.admin_url}/faults")).status_code == 401


async def test_unknown_query_parameters_are_ignored(api: Client) -> None:
    response = await api.call("POST", "/sessions/new", params={"streamDebug": "", "correlationId": "x"})
    assert response.status_code == 201


# Sessions


async def test_a_session_is_made_without_a_body_and_has_32_hexadecimal_digits(api: Client) -> None:
    session = await api.session()
    assert len(session) == 32
    assert int(session, 16)
    assert await api.ok("GET", f"/sessions/{session}") == {"tracks": [], "dataChannels": []}


@pytest.mark.parametrize("body", [{}, [], "text", {"sessionDescription": {"type": "offer"}}])
async def test_a_session_with_anything_else_in_its_body_is_refused(api: Client, body: Any) -> None:
    status, code, text = await api.refused("POST", "/sessions/new", body)
    assert (status, code) == (400, "decoding_error")
    if body == {}:
        assert text == "Body JSON validation error: sessionDescription"


async def test_json_that_is_none_and_a_body_that_is_too_long(api: Client) -> None:
    session = await api.session()
    path = f"/sessions/{session}/tracks/new"
    response = await api.call("POST", path, content=b'{"tracks": [')
    assert (response.status_code, response.json()["errorCode"]) == (400, "decoding_error")
    response = await api.call("POST", path, content=b" " * (1 << 21))
    assert (response.status_code, response.json()["errorCode"]) == (413, "payload_too_large")


async def test_a_session_with_an_offer_is_answered_and_publishes_nothing(api: Client) -> None:
    body = {"sessionDescription": offered(sdp.sending("audio", "0"), sdp.receiving("video", "1"))}
    made = await api.ok("POST", "/sessions/new", body)
    assert made["sessionDescription"]["type"] == "answer"
    assert (await api.ok("GET", f"/sessions/{made['sessionId']}"))["tracks"] == []


async def test_an_unknown_session_is_410(api: Client) -> None:
    assert await api.refused("GET", "/sessions/0123") == (410, "session_error", DISCONNECTED)
    status, code, _ = await api.refused("POST", "/sessions/0123/tracks/new", {"tracks": []})
    assert (status, code) == (410, "session_error")


async def test_an_unknown_session_may_hang_instead() -> None:
    async with emulator(Options(hang_unknown=True)) as it, client(it) as api:
        with pytest.raises(httpx.ReadTimeout):
            await api.call("GET", "/sessions/0123", timeout=0.3)
        assert len(await api.session()) == 32


async def test_a_session_that_nobody_connects_expires() -> None:
    async with emulator(Options(timers=Timers(unconnected=0.2))) as it, client(it) as api:
        session = await api.session()
        await until(lambda: not it.engine.live())
        assert (await api.refused("GET", f"/sessions/{session}"))[:2] == (410, "session_error")


async def test_more_calls_than_allowed_on_one_session_are_429() -> None:
    async with emulator(Options(calls_per_second=5)) as it, client(it) as api:
        session = await api.session()
        statuses = [(await api.call("GET", f"/sessions/{session}")).status_code for _ in range(8)]
        assert statuses[:5] == [200] * 5
        assert 429 in statuses[5:]
        other = await api.session()
        assert (await api.call("GET", f"/sessions/{other}")).status_code == 200


# What this emulator does not have, in the forms of the API


async def test_data_channels_are_refused_item_by_item(api: Client) -> None:
    session = await api.session()
    channel = {"location": "remote", "dataChannelName": "server-events"}
    path = f"/sessions/{session}/datachannels"
    established = await api.ok("POST", f"{path}/establish", {"dataChannel": channel})
    assert established["errorCode"] == "transport_unavailable_error"
    for method, name in (("POST", "new"), ("PUT", "update"), ("PUT", "close")):
        changed = await api.ok(method, f"{path}/{name}", {"dataChannels": [channel, {"id": 2}]})
        assert [each["errorCode"] for each in changed["dataChannels"]] == ["transport_unavailable_error"] * 2


async def test_adapters_are_refused_item_by_item(api: Client) -> None:
    good = {"location": "local", "trackName": "a", "endpoint": "wss://example.org/a", "inputCodec": "pcm"}
    response = await api.call("POST", "/adapters/websocket/new", {"tracks": [good]})
    assert response.status_code == 503
    assert response.json()["tracks"][0]["errorCode"] == "temporarily_unavailable_error"
    for tracks, text in (
        ([], "Expecting at least 1 track"),
        ([good] * 5, "Expecting at most 4 track in the request"),
        ([{**good, "location": "remote"}], "tracks[0]: Missing sessionId in track"),
        ([{**good, "endpoint": "http://example.org"}], "tracks[0]: Invalid endpoint in track"),
    ):
        refusal = await api.refused("POST", "/adapters/websocket/new", {"tracks": tracks})
        assert refusal == (406, "invalid_params", text)
    closed = await api.ok("POST", "/adapters/websocket/close", {"tracks": [{"adapterId": "a"}]})
    assert closed == {"tracks": [{"adapterId": "a"}]}
    missing = await api.refused("POST", "/adapters/websocket/close", {"tracks": [{}]})
    assert missing[:2] == (406, "invalid_params")


async def test_turn_credentials_are_shaped_like_the_real_ones(it: Emulator) -> None:
    root = f"{it.base_url}/turn/keys/key-one/credentials"
    headers = {"Authorization": "Bearer token-of-key-one"}
    async with httpx.AsyncClient(headers=headers) as http:
        response = await http.post(f"{root}/generate-ice-servers", json={"ttl": 600})
        assert response.status_code == 201
        stun, turn = response.json()["iceServers"]
        assert any(url.endswith(":53") for url in stun["urls"])
        assert {"turn", "turns"} == {url.partition(":")[0] for url in turn["urls"]}
        assert len(turn["username"]) == len(turn["credential"]) == 96
        assert (await http.post(f"{root}/{turn['username']}/revoke")).status_code == 204
        assert (await http.post(f"{root}/generate-ice-servers", json={"ttl": 999999})).status_code == 400
        other = await http.post(f"{root.replace('key-one', 'key-two')}/generate-ice-servers", json={"ttl": 1})
        assert other.status_code == 404
        wrong = {"Authorization": f"Bearer {it.app_secret}"}
        response = await http.post(f"{root}/generate-ice-servers", json={"ttl": 1}, headers=wrong)
        assert response.status_code == 401


def test_the_table_has_the_names_that_faults_use() -> None:
    assert {"sessions/new", "tracks/new", "renegotiate", "tracks/close", "sessions/get"} <= set(TABLE)
