"""Restarting a guest's relay: by whom, which destinations, and that the guest stays connected."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.control_app import House, bearer, running_house

pytestmark = pytest.mark.api

URL = "/api/guests/guest1/relay/restart"
SERVERS = [{"url": "rtmp://a.example.org/{path}"}, {"url": "rtsp://b.example.org/{path}"}]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path, guests={"seats": ["guest1"]}, relay={"destinations": SERVERS}) as made:
        yield made


async def test_one_destination_or_all_begin_anew_and_the_guest_stays(house: House) -> None:
    await house.whip("guest1", await house.invite(seat="guest1"))
    session = house.relay.newest()
    one = await house.operator("POST", f"{URL}?destination=2")
    assert one.status_code == 200, one.text
    assert [each["id"] for each in one.json()["sessions"][0]["destinations"]] == ["1", "2"]
    assert (await house.operator("POST", f"{URL}?screen=false")).status_code == 200
    assert house.relay.restarted == [(session, "2"), (session, None)]
    assert (list(house.relay.sessions), house.relay.closed) == ([session], [])


async def test_what_is_not_there_is_refused(house: House) -> None:
    token = await house.invite(seat="guest1")
    await house.join(token)
    assert (await house.operator("POST", URL)).json()["code"] == "session_unknown"
    await house.whip("guest1", token, "page-1")
    for url, status, code in (
        (f"{URL}?destination=9", 404, "destination_unknown"),
        (f"{URL}?screen=true", 404, "session_unknown"),
        ("/api/guests/nobody/relay/restart", 404, "guest_unknown"),
        (f"{URL}?screen=perhaps", 422, "invalid"),
    ):
        answer = await house.operator("POST", url)
        assert (answer.status_code, answer.json()["code"]) == (status, code), url
    for headers, status in (({}, 401), (bearer(token), 403)):
        assert (await house.client.post(URL, headers=headers)).status_code == status
    assert house.relay.restarted == []
