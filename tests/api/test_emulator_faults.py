"""Faults that are switched on from outside: each does what it says, as often as it was told to."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from stagedoor.emulator.options import Options
from stagedoor.emulator.serve import Emulator, emulator
from tests.kit import cloudflare_sdp as sdp
from tests.kit.cloudflare import Client, client, remote

pytestmark = pytest.mark.api


@pytest.fixture
async def it() -> AsyncIterator[Emulator]:
    async with emulator(Options(calls_per_second=1000)) as running:
        yield running


@pytest.fixture
async def api(it: Emulator) -> AsyncIterator[Client]:
    async with client(it) as made:
        yield made


async def test_a_call_fails_as_often_as_told_and_says_what_it_was_told_to(api: Client) -> None:
    fault = {
        "operation": "sessions/new",
        "kind": "fail",
        "count": 2,
        "status": 503,
        "errorCode": "backend_error",
    }
    await api.faults(calls=[fault])
    for _ in range(2):
        assert (await api.refused("POST", "/sessions/new"))[:2] == (503, "backend_error")
    assert await api.session()


async def test_other_operations_are_not_touched(api: Client) -> None:
    session = await api.session()
    await api.faults(calls=[{"operation": "tracks/new", "kind": "fail", "status": 500}])
    assert await api.ok("GET", f"/sessions/{session}")
    assert (await api.refused("POST", f"/sessions/{session}/tracks/new", {"tracks": []}))[0] == 500
    assert (await api.refused("POST", f"/sessions/{session}/tracks/new", {"tracks": []}))[0] == 500


async def test_a_slow_call_is_answered_late(api: Client) -> None:
    await api.faults(calls=[{"kind": "slow", "delay": 0.3, "count": 2}])
    with pytest.raises(httpx.ReadTimeout):
        await api.call("POST", "/sessions/new", timeout=0.1)
    response = await api.call("POST", "/sessions/new")
    assert response.elapsed.total_seconds() >= 0.3


async def test_a_call_that_hangs_is_not_answered_and_stops_nothing_else(api: Client) -> None:
    await api.faults(calls=[{"kind": "hang", "count": 1}])
    with pytest.raises(httpx.ReadTimeout):
        await api.call("POST", "/sessions/new", timeout=0.3)
    assert await api.session()


@pytest.mark.parametrize(("kind", "is_json"), [("invalid_json", False), ("broken_schema", True)])
async def test_a_response_is_spoilt_though_the_call_did_its_work(
    api: Client, it: Emulator, kind: str, is_json: bool
) -> None:
    api.checks = False
    await api.faults(calls=[{"operation": "sessions/new", "kind": kind, "count": 1}])
    response = await api.call("POST", "/sessions/new")
    assert response.status_code == 201
    if is_json:
        assert not isinstance(response.json()["sessionId"], str)
    else:
        with pytest.raises(json.JSONDecodeError):
            response.json()
    assert len(it.engine.sessions) == 1


async def test_a_session_description_is_spoilt(api: Client) -> None:
    await api.faults(calls=[{"kind": "broken_sdp", "count": 1}])
    body = {"sessionDescription": {"type": "offer", "sdp": sdp.description(sdp.sending("video", "0"))}}
    made = await api.ok("POST", "/sessions/new", body)
    assert "not a session description" in made["sessionDescription"]["sdp"].replace("=", " ")
    assert made["sessionDescription"]["type"] == "answer"


async def test_every_pull_may_find_nothing(api: Client) -> None:
    await api.faults(not_found=True)
    session = await api.session()
    body = {"tracks": [remote("a" * 32, "b")]}
    added = await api.ok("POST", f"/sessions/{session}/tracks/new", body)
    assert added["tracks"][0]["errorCode"] == "not_found_track_error"


async def test_a_session_expires_in_the_middle_of_everything(api: Client) -> None:
    first, second = await api.session(), await api.session()
    await api.faults(expire=[first])
    assert (await api.refused("GET", f"/sessions/{first}"))[:2] == (410, "session_error")
    assert await api.ok("GET", f"/sessions/{second}")
    await api.faults(vanish=["*"])
    assert (await api.refused("GET", f"/sessions/{second}"))[:2] == (410, "session_error")
    assert await api.session(), "only those that were there"


async def test_what_is_in_force_can_be_read_and_switched_off(api: Client, it: Emulator) -> None:
    fault = {"operation": "renegotiate", "kind": "fail", "count": 3}
    set_now = await api.faults(calls=[fault], loss={"fraction": 0.5, "seed": 7})
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {it.app_secret}"}) as http:
        read = (await http.get(f"{it.admin_url}/faults")).json()
        assert read == set_now
        assert (read["calls"][0]["count"], read["loss"]["fraction"]) == (3, 0.5)
        session = await api.session()
        await api.refused("PUT", f"/sessions/{session}/renegotiate", {})
        read = (await http.get(f"{it.admin_url}/faults")).json()
        assert (read["calls"][0]["count"], read["hits"]) == (2, 1)
        cleared = (await http.delete(f"{it.admin_url}/faults")).json()
        assert (cleared["calls"], cleared["loss"]["fraction"]) == ([], 0.0)
        assert (await http.get(f"{it.admin_url}/sessions")).json()["sessions"][0]["sessionId"] == session
        assert (await http.get(f"{it.admin_url}/else")).status_code == 405


@pytest.mark.parametrize(
    "settings",
    [{"calls": [{"kind": "explode"}]}, {"loss": {"fraction": 2}}, {"surprise": 1}, {"calls": [{"count": 1}]}],
)
async def test_faults_that_mean_nothing_are_refused(it: Emulator, settings: dict[str, Any]) -> None:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {it.app_secret}"}) as http:
        response = await http.put(f"{it.admin_url}/faults", json=settings)
    assert (response.status_code, response.json()["errorCode"]) == (400, "decoding_error")
