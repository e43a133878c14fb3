"""Event streams, pictures and viewers through control, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from stagedoor.control import events as events_module
from stagedoor.control.event_schemas import Ended, GuestGone
from stagedoor.control.events import Events, Listener
from stagedoor.control.own_readers import VIEWERS_EACH
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.errors import ClosedError
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.tokens import sign
from tests.kit.control_app import AS_OPERATOR, OPERATOR, SDP, SECRETS, House, bearer, listening_house
from tests.kit.wait import until

pytestmark = pytest.mark.service


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[tuple[House, int]]:
    async with listening_house(tmp_path) as made:
        yield made


def as_operator(port: int, **options: Any) -> connect:
    return connect(f"ws://127.0.0.1:{port}/api/events?token={OPERATOR}", **options)


def as_guest(port: int, guest: str, token: str, instance: str | None = None) -> connect:
    more = "" if instance is None else f"&instance={instance}"
    return connect(f"ws://127.0.0.1:{port}/api/guests/{guest}/events?invite={token}{more}")


async def heard(socket: ClientConnection, kind: str, within: float = 5.0) -> dict[str, Any]:
    """Return the next event of a type."""
    async with asyncio.timeout(within):
        while True:
            event: dict[str, Any] = json.loads(await socket.recv())
            if event["type"] == kind:
                return event


async def closed(socket: ClientConnection) -> int | None:
    """Read until the other side closes; return the code."""
    try:
        async with asyncio.timeout(5):
            while True:
                await socket.recv()
    except ConnectionClosed:
        return socket.close_code


async def view(house: House, path: str, headers: dict[str, str]) -> str:
    """Open a viewer; return its id."""
    answer = await house.client.post(f"/whep/{path}", content="v=0", headers={**SDP, **headers})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2]


class TestOperator:
    async def test_a_snapshot_and_then_numbered_changes(self, listening: tuple[House, int]) -> None:
        house, port = listening
        async with as_operator(port) as socket:
            snapshot = json.loads(await socket.recv())
            assert (snapshot["seq"], snapshot["type"]) == (1, "snapshot")
            assert set(snapshot["data"]) == {
                "guests",
                "seats",
                "health",
                "carriers",
                "mixer",
                "board",
                "recording",
                "commands",
                "chat",
                "build",
                "invites",
                "incidents",
            }
            await house.join(None, instance="p")
            guest = json.loads(await socket.recv())
            assert (guest["seq"], guest["type"], guest["data"]["state"]) == (2, "guest", "lobby")
            await house.operator("POST", f"/api/guests/{guest['data']['id']}/seat", json={"seat": "guest1"})
            seats = await heard(socket, "seats")
            assert seats["data"][0]["guest"] == guest["data"]["id"]

    async def test_those_who_are_gone(self, listening: tuple[House, int]) -> None:
        house, port = listening
        async with as_operator(port) as socket:
            guest = (await house.join(None)).json()["guest"]["id"]
            await house.operator("POST", f"/api/guests/{guest}/remove", json={})
            house.late_ms = 31_000
            assert (await heard(socket, "guest_gone"))["data"] == {"id": guest}

    async def test_health(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        async with as_operator(port) as socket:
            refused = DestinationStatus(
                id="1",
                url="rtmp://h/live/***",
                state=DestinationState.RETRYING,
                reason="NetStream.Publish.BadName",
                code="destination_refused",
                hint="Look at the server's log.",
            )
            house.relay.media(house.relay.newest(), destinations=(refused,))
            event = await heard(socket, "health")
            warning = event["data"]["warnings"][0]
            assert (event["data"]["status"], warning["code"]) == ("critical", "destination_refused")
            assert "NetStream.Publish.BadName" in warning["message"]
            house.relay.media(house.relay.newest(), destinations=())
            assert (await heard(socket, "health"))["data"]["status"] == "ok"

    @pytest.mark.parametrize("query", ["", "?token=wrong", "?invite=wrong"])
    async def test_strangers(self, listening: tuple[House, int], query: str) -> None:
        _, port = listening
        async with connect(f"ws://127.0.0.1:{port}/api/events{query}") as socket:
            assert await closed(socket) == 4401

    async def test_guests(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        async with connect(f"ws://127.0.0.1:{port}/api/events?invite={token}") as socket:
            assert await closed(socket) == 4403

    async def test_other_sites_with_our_cookie(self, listening: tuple[House, int]) -> None:
        house, port = listening
        cookie = {"Cookie": f"stagedoor_operator={house.control.auth.cookie()}"}
        url = f"ws://127.0.0.1:{port}/api/events"
        async with connect(url, additional_headers={**cookie, "Origin": "https://evil.example"}) as socket:
            assert await closed(socket) == 4403
        own = {**cookie, "Origin": f"http://127.0.0.1:{port}"}
        async with connect(url, additional_headers=own) as socket:
            assert json.loads(await socket.recv())["type"] == "snapshot"

    async def test_as_server_sent_events(self, listening: tuple[House, int]) -> None:
        house, port = listening
        url = f"http://127.0.0.1:{port}/api/events"
        async with httpx.AsyncClient() as client, client.stream("GET", url, headers=AS_OPERATOR) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.aiter_lines()
            assert await anext(lines) == "id: 1"
            assert json.loads((await anext(lines)).removeprefix("data: "))["type"] == "snapshot"
            await house.join(None)
            assert await anext(lines) == ""
            assert await anext(lines) == "id: 2"
        await until(lambda: len(house.control.stage.events) == 0, what="the stream is closed")


class TestGuest:
    async def test_the_own_state_and_nothing_of_others(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        async with as_guest(port, guest, token) as socket:
            snapshot = json.loads(await socket.recv())
            assert snapshot["data"]["guest"]["id"] == guest
            await house.join(None, "Bob", "page-2")
            await house.operator("POST", f"/api/guests/{guest}/rename", json={"name": "Zoë"})
            numbers = []
            while True:
                event = json.loads(await socket.recv())
                assert event["data"]["id"] == guest
                numbers.append(event["seq"])
                if event["data"]["name"] == "Zoë":
                    break
            assert numbers == list(range(2, 2 + len(numbers)))

    @pytest.mark.parametrize(("block", "reason"), [(False, "removed"), (True, "removed")])
    async def test_endings_are_named(self, listening: tuple[House, int], block: bool, reason: str) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        async with as_guest(port, guest, token) as socket:
            await house.operator("POST", f"/api/guests/{guest}/remove", json={"block": block})
            assert (await heard(socket, "ended"))["data"] == {"reason": reason}
            assert await closed(socket) == 1000
        async with as_guest(port, guest, token) as socket:
            assert (await heard(socket, "ended"))["data"] == {"reason": reason}

    @pytest.mark.parametrize("says", [True, False])
    async def test_the_loser_of_a_takeover_is_told(self, listening: tuple[House, int], says: bool) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        async with as_guest(port, guest, token, "page-1" if says else None) as loser:
            await heard(loser, "snapshot")
            assert (await house.join(token, instance="page-2")).status_code == 409
            await house.join(token, instance="page-2", takeover=True)
            async with as_guest(port, guest, token, "page-2" if says else None) as winner:
                assert (await heard(loser, "ended"))["data"] == {"reason": "opened_elsewhere"}
                assert (await heard(winner, "snapshot"))["data"]["guest"]["id"] == guest

    async def test_a_loser_who_comes_back_is_told_again(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        await house.join(token, instance="page-2", takeover=True)
        async with as_guest(port, guest, token, "page-1") as loser:
            assert (await heard(loser, "ended"))["data"] == {"reason": "opened_elsewhere"}

    async def test_a_page_that_goes_is_away(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        async with as_guest(port, guest, token) as socket:
            await heard(socket, "snapshot")
            assert not (await house.guest(guest))["away"]
        await until(lambda: house.control.stage.house.guest(guest).away)

    async def test_somebody_elses(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token, other = await house.invite(seat="guest1"), await house.invite(seat="guest2")
        guest = (await house.join(token)).json()["guest"]["id"]
        for name, credentials, code in ((guest, other, 4403), ("nobody", token, 4404), (guest, "x", 4401)):
            async with as_guest(port, name, credentials) as socket:
                assert await closed(socket) == code


class TestAsking:
    """Pages through a proxy that passes no WebSocket and holds streams back."""

    async def asked(self, house: House, url: str, headers: dict[str, str], **query: Any) -> dict[str, Any]:
        answer = await house.client.get(f"{url}/next", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def test_an_operator_is_answered_when_something_changes(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        first = await self.asked(house, "/api/events", AS_OPERATOR)
        (snapshot,) = first["events"]
        assert (snapshot["seq"], snapshot["type"], snapshot["data"]["guests"]) == (1, "snapshot", [])
        waiting = asyncio.create_task(self.asked(house, "/api/events", AS_OPERATOR, since=first["tag"]))
        await until(lambda: len(house.control.stage.events) == 1)
        await house.join(None)
        second = await waiting
        assert second["tag"] != first["tag"]
        assert [guest["state"] for guest in second["events"][0]["data"]["guests"]] == ["lobby"]

    async def test_nothing_new_is_answered_too(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        tag = (await self.asked(house, "/api/events", AS_OPERATOR))["tag"]
        assert await self.asked(house, "/api/events", AS_OPERATOR, since=tag, wait=0) == {
            "tag": tag,
            "events": [],
        }
        answer = await house.client.get("/api/events/next?wait=600", headers=AS_OPERATOR)
        assert answer.status_code == 422

    async def test_a_guest_hears_of_itself_only(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        url = f"/api/guests/{guest}/events"
        first = await self.asked(house, url, bearer(token), instance="page-1")
        assert first["events"][0]["data"]["guest"]["id"] == guest
        second = await self.asked(house, url, bearer(token), since=first["tag"], wait=0)
        first = second if second["events"] else first
        await house.join(None, "Bob", "page-2")
        assert not (await self.asked(house, url, bearer(token), since=first["tag"], wait=0))["events"]
        other = await house.invite(seat="guest2")
        for credentials, status in ((bearer(other), 403), (bearer("x"), 401), ({}, 401)):
            assert (await house.client.get(f"{url}/next", headers=credentials)).status_code == status

    async def test_endings_are_named(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        url = f"/api/guests/{guest}/events"
        tag = (await self.asked(house, url, bearer(token), instance="page-1"))["tag"]
        await house.join(token, instance="page-2", takeover=True)
        loser = await self.asked(house, url, bearer(token), instance="page-1", since=tag)
        assert loser["events"][-1]["data"] == {"reason": "opened_elsewhere"}
        winner = await self.asked(house, url, bearer(token), instance="page-2")
        assert len(winner["events"]) == 1
        waiting = asyncio.create_task(
            self.asked(house, url, bearer(token), instance="page-2", since=winner["tag"])
        )
        await house.operator("POST", f"/api/guests/{guest}/remove", json={})
        assert (await waiting)["events"][-1]["data"] == {"reason": "removed"}

    async def test_a_page_that_asks_is_here_until_it_asks_no_more(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        await self.asked(house, f"/api/guests/{guest}/events", bearer(token), instance="page-1")
        assert not (await house.guest(guest))["away"]
        house.late_ms = 10_000
        await until(lambda: house.control.stage.house.guest(guest).away)

    async def test_a_page_that_goes_while_it_waits_is_away_at_once(
        self, listening: tuple[House, int]
    ) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        stage = house.control.stage
        url = f"http://127.0.0.1:{port}/api/guests/{guest}/events/next"
        async with httpx.AsyncClient(headers=bearer(token), params={"instance": "page-1"}) as client:
            tag = (await client.get(url)).json()["tag"]
            waiting = asyncio.create_task(client.get(url, params={"since": tag}))
            await until(lambda: stage.events.pages(guest))
            house.late_ms = 7_000
            waiting.cancel()
            await until(lambda: not stage.events.pages(guest))
            house.late_ms = 9_000
            await until(lambda: stage.house.guest(guest).away, what="nobody waits for the page")

    async def test_a_page_that_was_taken_over_does_not_stand_for_the_new_one(
        self, listening: tuple[House, int]
    ) -> None:
        house, _ = listening
        token = await house.invite(seat="guest1")
        guest = (await house.join(token)).json()["guest"]["id"]
        url = f"/api/guests/{guest}/events"
        await house.join(token, instance="page-2", takeover=True)
        await self.asked(house, url, bearer(token), instance="page-2")
        await self.asked(house, url, bearer(token), instance="page-1")
        assert house.control.stage.pollers.expects(guest, "page-2")
        assert not house.control.stage.house.guest(guest).away

    async def test_a_page_that_goes_is_not_waited_for(self, listening: tuple[House, int]) -> None:
        house, port = listening
        tag = (await self.asked(house, "/api/events", AS_OPERATOR))["tag"]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=AS_OPERATOR) as client:
            waiting = asyncio.create_task(client.get(f"/api/events/next?since={tag}&wait=20"))
            await until(lambda: len(house.control.stage.events) == 1)
            waiting.cancel()
            await until(lambda: len(house.control.stage.events) == 0)

    async def test_a_handshake_that_lost_its_upgrade_is_told_so(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        handshake = {**AS_OPERATOR, "Sec-WebSocket-Key": "x"}
        answer = await house.client.get("/api/events", headers=handshake)
        assert (answer.status_code, answer.json()["code"]) == (426, "upgrade_lost")


class TestBounds:
    async def test_a_slow_listener_is_cut_off(self) -> None:
        events = Events()
        with events.listening(Listener(), GuestGone(id="first")) as listener:
            for _ in range(events_module.QUEUED + 1):
                events.guest_gone("g")
            with pytest.raises(ClosedError):
                await listener.next()
        assert events.slow == 1

    async def test_an_ended_stream_delivers_what_is_queued(self) -> None:
        events = Events()
        with events.listening(Listener("g"), GuestGone(id="first")) as listener:
            events.ended(listener, Ended(reason="left"))
            events.guest_gone("late")
            kinds = []
            while (event := await listener.next()) is not None:
                kinds.append(json.loads(event[1])["type"])
        assert kinds == ["snapshot", "ended"]

    async def test_a_slow_page_is_told_to_come_again(
        self, listening: tuple[House, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(events_module, "QUEUED", 3)
        house, port = listening
        async with as_operator(port) as socket:
            await heard(socket, "snapshot")
            for _ in range(20):
                house.control.stage.events.guest_gone("g")
            assert await closed(socket) == 1013


class TestViewing:
    async def test_pictures_stream_and_stop(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        url = f"http://127.0.0.1:{port}/live/guest1.mp4"
        async with httpx.AsyncClient() as client, client.stream("GET", url, headers=bearer(token)) as answer:
            assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
            await house.relay.live.put(b"first")
            chunks = answer.aiter_raw()
            assert await anext(chunks) == b"first"
            assert house.relay.streaming == 1
        await until(lambda: house.relay.streaming == 0, what="the relay's stream is closed with the reader's")

    async def test_what_they_are_made_of(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        url = f"http://127.0.0.1:{port}/live/guest1.mp4"
        for query, asked in (
            ({}, {"audio": "opus", "video": "copy"}),
            ({"audio": "none", "video": "h264"}, {"audio": "none", "video": "h264"}),
        ):
            async with (
                httpx.AsyncClient(headers=AS_OPERATOR) as client,
                client.stream("GET", url, params=query) as answer,
            ):
                assert (answer.status_code, house.relay.asked_live) == (200, asked)
        refused = await house.client.get("/live/guest1.mp4?audio=mp3", headers=AS_OPERATOR)
        assert refused.status_code == 422
        # To encode anew is what operators may ask this machine for.
        dear = await house.client.get("/live/guest1.mp4?video=h264", headers=bearer(token))
        assert (dear.status_code, dear.json()["code"]) == (403, "forbidden")

    async def test_whom_they_are_for(self, listening: tuple[House, int]) -> None:
        house, port = listening
        token, other = await house.invite(seat="guest1"), await house.invite(seat="guest2")
        await house.whip("guest1", token)
        url = "/live/guest1.mp4"
        assert (await house.client.get(url)).status_code == 401
        assert (await house.client.get(url, headers=bearer(other))).status_code == 403
        assert (await house.client.get("/live/guest3.mp4", headers=AS_OPERATOR)).status_code == 404
        read = sign(SECRETS.signing_key, "read", {"path": "guest3"}, None)
        assert (await house.client.get(f"/live/guest3.mp4?token={read}")).status_code == 404
        assert (await house.client.get(f"/live/guest1.mp4?token={read}")).status_code == 401

    async def test_viewers(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        headers = {**SDP, **AS_OPERATOR}
        answer = await house.client.post("/whep/guest1", content="v=0", headers=headers)
        assert (answer.status_code, answer.text) == (201, "v=0\r\nviewer")
        resource = answer.headers["location"]
        assert resource.startswith("/whep/guest1/")
        assert answer.headers["etag"] == '"first"'
        fragment = {**AS_OPERATOR, "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*"}
        assert (await house.client.patch(resource, content="a=x", headers=fragment)).status_code == 200
        del fragment["If-Match"]
        assert (await house.client.patch(resource, content="a=x", headers=fragment)).status_code == 428
        assert (await house.client.delete(resource)).status_code == 401
        assert (await house.client.delete(resource, headers=AS_OPERATOR)).status_code == 200
        assert (await house.client.delete(resource, headers=AS_OPERATOR)).status_code == 404
        assert house.relay.viewers == {}

    async def test_guests_view_their_own_path_only(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        for path, status in (("guest1", 201), ("guest1-screen", 404), ("guest2", 403)):
            answer = await house.client.post(f"/whep/{path}", content="v=0", headers={**SDP, **bearer(token)})
            assert answer.status_code == status

    @pytest.mark.parametrize("change", ["hold", "remove", "seat"])
    async def test_what_is_no_longer_theirs_ends(self, listening: tuple[House, int], change: str) -> None:
        house, port = listening
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        kept = await view(house, "guest1", AS_OPERATOR)
        await view(house, "guest1", bearer(token))
        url = f"http://127.0.0.1:{port}/live/guest1.mp4"
        async with httpx.AsyncClient() as client, client.stream("GET", url, headers=bearer(token)) as mine:
            await until(lambda: house.relay.streaming == 1)
            body = {"seat": {"json": {"seat": "guest2"}}}.get(change, {})
            await house.operator("POST", f"/api/guests/guest1/{change}", **body)
            async with asyncio.timeout(5):
                assert await mine.aread() == b""
        assert list(house.relay.viewers) == [kept]
        await until(lambda: house.relay.streaming == 0)

    async def test_a_path_that_is_lost_while_the_offer_is_answered(
        self, listening: tuple[House, int]
    ) -> None:
        house, _ = listening
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        house.relay.viewer_gate = asyncio.Event()
        headers = {**SDP, **bearer(token)}
        offered = asyncio.create_task(house.client.post("/whep/guest1", content="v=0", headers=headers))
        await until(lambda: house.relay.viewers)
        await house.operator("POST", "/api/guests/guest1/hold")
        house.relay.viewer_gate.set()
        assert (await offered).status_code == 403
        assert house.relay.viewers == {}

    async def test_a_guest_has_a_few_viewers_and_the_newest_stay(self, listening: tuple[House, int]) -> None:
        house, _ = listening
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        viewers = [await view(house, "guest1", bearer(token)) for _ in range(VIEWERS_EACH + 2)]
        assert list(house.relay.viewers) == viewers[2:]
