"""Before a guest is in, and what guests are told of the studio."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from stagedoor.domain.destination import DestinationState
from stagedoor.domain.recording import RecordingState
from stagedoor.ipc.messages import DestinationStatus
from tests.kit.control_app import AS_OPERATOR, OFFER, OPERATOR, SDP, House, listening, mixing_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.wait import until

pytestmark = pytest.mark.service


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[tuple[House, FakeMixer, int]]:
    async with mixing_house(tmp_path) as (house, mixer), listening(house) as port:
        yield house, mixer, port


def as_guest(port: int, guest: str, token: str) -> connect:
    return connect(f"ws://127.0.0.1:{port}/api/guests/{guest}/events?invite={token}&instance=page-1")


def as_operator(port: int) -> connect:
    return connect(f"ws://127.0.0.1:{port}/api/events?token={OPERATOR}")


async def heard(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """Return the data of the next event of a type."""
    async with asyncio.timeout(5):
        while True:
            event = json.loads(await socket.recv())
            if event["type"] == kind:
                return dict(event["data"])


async def told(socket: ClientConnection, **expected: Any) -> None:
    """Read until the studio is told to be so."""
    while not expected.items() <= (await heard(socket, "studio")).items():
        continue


class TestChecks:
    async def test_one_session_from_the_check_to_the_seat(self, rig: tuple[House, FakeMixer, int]) -> None:
        house, _, port = rig
        token = await house.invite(seat="guest1")
        joined = (await house.join(token, checks=True)).json()
        guest, place = joined["guest"]["id"], joined["endpoint"].rpartition("/")[2]
        assert (joined["guest"]["state"], place) == ("checking", guest)
        async with as_guest(port, guest, token) as page, as_operator(port) as desk:
            await heard(page, "snapshot")
            await heard(desk, "snapshot")
            assert (await house.whip(place, token, "page-1")).status_code == 201
            (session,) = house.relay.sessions
            house.relay.media(session)
            while not (own := await heard(page, "guest"))["sessions"]:
                continue
            assert (own["state"], own["sessions"][0]["path"]) == ("checking", f"lobby-{guest}")
            shown = await heard(desk, "guest")
            assert (shown["state"], shown["sessions"]) == ("checking", [])
            assert [each["sessions"] for each in await house.guests()] == [[]]
            assert (await house.guest(guest))["sessions"] == []
            assert (
                await house.operator("POST", f"/api/guests/{guest}/seat", json={"seat": "guest2"})
            ).json()["code"] == "not_joined"
            assert (await house.join(token)).json()["guest"]["seat"] == "guest1"
            while (shown := await heard(desk, "guest"))["state"] != "seated" or not shown["sessions"]:
                continue
            await until(lambda: house.relay.at("guest1") == [session])
            assert len(house.relay.requests) == 1

    async def test_another_page_asks_first_and_leaving_hangs_up(
        self, rig: tuple[House, FakeMixer, int]
    ) -> None:
        house, _, port = rig
        token = await house.invite(admit="lobby")
        guest = (await house.join(token, checks=True)).json()["guest"]["id"]
        async with as_guest(port, guest, token) as page:
            await heard(page, "snapshot")
            await house.whip(guest, token, "page-1")
            assert (await house.join(token, instance="page-2")).json()["code"] == "opened_elsewhere"
            bearer = {"Authorization": f"Bearer {token}"}
            assert (await house.client.post(f"/api/guests/{guest}/leave", headers=bearer)).status_code == 204
            await until(lambda: not house.relay.sessions)
            assert (await house.guests())[0]["state"] == "invited"
            assert (await house.whip(guest, token, "page-1")).json()["code"] == "not_joined"


class TestStudio:
    async def test_guests_are_told_what_is_confirmed(self, rig: tuple[House, FakeMixer, int]) -> None:
        house, mixer, port = rig
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        async with as_guest(port, guest, token) as page:
            nothing = {"recording": False, "live": False, "speaks": False}
            assert (await heard(page, "snapshot"))["studio"] == nothing
            await house.client.post("/whip/talkback", content=OFFER, headers={**SDP, **AS_OPERATOR})
            for on in (True, False):
                await house.operator("POST", "/api/talkback", json={"to": ["guest1"], "on": on})
                await told(page, speaks=on)
            take = (await house.operator("POST", "/api/recordings/start", json={})).json()["take"]
            await until(lambda: house.relay.recording.take == take)
            house.relay.record(state=RecordingState.RECORDING)
            await told(page, recording=True)
            await house.operator("POST", "/api/recordings/stop")
            await told(page, recording=False)
            for state in (DestinationState.LIVE, DestinationState.RETRYING):
                output = DestinationStatus(id="o", url="rtmp://studio.example/live", state=state)
                mixer.say(destinations=(output,))
                await told(page, live=state is DestinationState.LIVE)
