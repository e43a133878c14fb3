"""A guest's life in control, in front of a relay without media."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stagedoor.domain.errors import ConflictError
from stagedoor.domain.session import EndReason
from tests.kit.control_app import AS_OPERATOR, OPERATOR, House, bearer, running_house
from tests.kit.wait import until

pytestmark = pytest.mark.service

DESTINATIONS = [
    "rtmp://127.0.0.1/live/{path}?key=secret",
    {"url": "rtsp://127.0.0.1/{path}", "enabled": False},
    {"url": "rtmp://127.0.0.1/second/{path}", "audio": "opus"},
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path, relay={"destinations": DESTINATIONS}) as made:
        yield made


@pytest.fixture
async def open_house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path, guests={"open": True, "seats": ["guest1", "guest2"]}) as made:
        yield made


async def in_lobby(house: House, token: str | None = None, instance: str = "page-1") -> tuple[str, str]:
    """Have somebody knock and publish; return guest id and token."""
    joined = (await house.join(token, instance=instance)).json()
    answer = await house.client.post(
        joined["endpoint"],
        content="v=0",
        headers={
            "Content-Type": "application/sdp",
            **bearer(joined["token"]),
            "X-Stagedoor-Instance": instance,
        },
    )
    assert answer.status_code == 201, answer.text
    return joined["guest"]["id"], joined["token"]


class TestSeats:
    async def test_an_invited_guest_goes_straight_to_the_destinations(self, house: House) -> None:
        token = await house.invite(seat="guest1", name="Ann")
        assert (await house.guests())[0]["state"] == "invited"
        joined = await house.join(token)
        assert joined.json()["endpoint"] == "/api/calls/whip/guest1"
        await house.whip("guest1", token, "page-1")
        binding = house.relay.requests[0].binding
        assert binding.path == "guest1"
        assert [d.url for d in binding.destinations] == [
            "rtmp://127.0.0.1/live/guest1?key=secret",
            "rtmp://127.0.0.1/second/guest1",
        ]
        guest = await house.guest("guest1")
        assert (guest["state"], guest["seat"], guest["away"]) == ("seated", "guest1", False)

    async def test_the_lobby_reaches_no_destination_until_seated(self, house: House) -> None:
        guest, _ = await in_lobby(house)
        assert house.relay.requests[0].binding.path == f"lobby-{guest}"
        assert house.relay.requests[0].binding.destinations == ()
        session = house.relay.newest()
        answer = await house.operator("POST", f"/api/guests/{guest}/seat", json={"seat": "guest2"})
        assert (answer.status_code, answer.json()["seat"]) == (200, "guest2")
        assert len(house.relay.requests) == 1
        bound, binding = house.relay.bindings[0]
        assert (bound, binding.path, len(binding.destinations)) == (session, "guest2", 2)
        await house.operator("POST", f"/api/guests/{guest}/hold")
        assert house.relay.bindings[1][1].path == f"lobby-{guest}"
        assert house.relay.bindings[1][1].destinations == ()
        assert await house.sessions() == {guest: session}

    async def test_a_taken_seat_stays_taken(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await house.join(token)
        other = await house.invite(seat="guest1")
        refused = await house.join(other, "Bob", "page-2")
        assert (refused.status_code, refused.json()["code"]) == (409, "seat_taken")
        knocked, _ = await in_lobby(house, instance="page-3")
        answer = await house.operator("POST", f"/api/guests/{knocked}/seat", json={"seat": "guest1"})
        assert (answer.status_code, answer.json()["code"]) == (409, "seat_taken")
        answer = await house.whip("guest1", OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (409, "seat_taken")

    async def test_an_open_house_gives_free_seats(self, open_house: House) -> None:
        seats = []
        for number in range(3):
            joined = (await open_house.join(None, instance=f"page-{number}")).json()
            seats.append(joined["guest"]["seat"])
        assert seats == ["guest1", "guest2", None]

    async def test_an_open_house_takes_publishers_without_a_token(self, open_house: House) -> None:
        answer = await open_house.whip("guest1", None)
        assert answer.status_code == 201
        assert (await open_house.whip("guest1", None)).status_code == 409
        assert (await open_house.client.delete(answer.headers["location"])).status_code == 200
        assert (await open_house.whip("guest1", None)).status_code == 201

    async def test_a_seat_that_an_invite_names_is_kept_for_its_guest(self, open_house: House) -> None:
        token = await open_house.invite(seat="guest1", expires_s=60)
        answer = await open_house.whip("guest1", None)
        assert (answer.status_code, answer.json()["code"]) == (409, "seat_taken")
        assert (await open_house.whip("guest2", None)).status_code == 201
        left = await open_house.whip("guest1", token)
        assert left.status_code == 201
        await open_house.client.delete(left.headers["location"], headers=bearer(token))
        open_house.late_ms = 61_000
        assert (await open_house.whip("guest1", None)).status_code == 201

    async def test_an_offer_that_is_refused_takes_no_seat(self, open_house: House) -> None:
        token = await open_house.invite(seat="guest2")
        for name, credentials in (("guest1", None), ("guest2", token), ("guest1", OPERATOR)):
            assert (await open_house.whip(name, credentials, offer="garbage")).status_code == 400
        seats = (await open_house.operator("GET", "/api/seats")).json()["seats"]
        assert [seat["guest"] for seat in seats] == [None, None]
        assert (await open_house.whip("guest2", token)).status_code == 201

    @pytest.mark.parametrize("good", [True, False])
    async def test_a_bad_offer_beside_a_good_one_ends_nobody(self, house: House, good: bool) -> None:
        token = await house.invite(seat="guest1")
        house.relay.gate = asyncio.Event()
        offers = ["garbage", "v=0" if good else "rubbish", "nonsense"]
        offered = [asyncio.create_task(house.whip("guest1", token, offer=offer)) for offer in offers]
        await until(lambda: sum(v.offers for v in house.control.publishing.offers.visits.values()) == 3)
        house.relay.gate.set()
        statuses = sorted([(await answer).status_code for answer in offered])
        assert statuses == ([201, 400, 400] if good else [400, 400, 400])
        assert (house.control.stage.house.holder("guest1") is not None) is good
        assert len(house.relay.sessions) == good

    async def test_a_seat_without_an_invite_is_held_for_a_minute(self, open_house: House) -> None:
        joined = (await open_house.join(None)).json()
        await open_house.whip(joined["endpoint"].rpartition("/")[2], joined["token"], "page-1")
        open_house.relay.lose(open_house.relay.newest())
        await until(lambda: not open_house.control.stage.house.guest(joined["guest"]["id"]).media)
        seats = (await open_house.operator("GET", "/api/seats")).json()["seats"]
        assert 50_000 < seats[0]["held_for_ms"] <= 60_000
        assert (await open_house.join(None, instance="page-2")).json()["guest"]["seat"] == "guest2"
        open_house.late_ms = 61_000
        await until(lambda: open_house.control.stage.house.holder("guest1") is None)
        assert (await open_house.join(None, instance="page-3")).json()["guest"]["seat"] == "guest1"

    async def test_who_joins_and_never_shows_a_page_makes_room(self, house: House) -> None:
        for number in range(3):
            await house.join(None, instance=f"page-{number}")
        guest, _ = await in_lobby(house, instance="page-real")
        house.late_ms = 10_500
        await until(lambda: len([g for g in house.control.stage.house.guests.values() if g.present]) == 1)
        assert (await house.guest(guest))["state"] == "lobby"

    async def test_moving_to_another_seat(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        await house.operator("POST", "/api/guests/guest1/seat", json={"seat": "guest3"})
        assert list(await house.sessions()) == ["guest3"]
        assert (await house.operator("GET", "/api/guests/guest1")).status_code == 404

    async def test_a_move_that_the_relay_refuses_is_tried_again(self, house: House) -> None:
        guest, _ = await in_lobby(house)
        session = house.relay.newest()
        house.relay.squatters["guest1"] = "nobody"
        answer = await house.operator("POST", f"/api/guests/{guest}/seat", json={"seat": "guest1"})
        assert answer.status_code == 200
        assert house.relay.sessions[session].path == f"lobby-{guest}"
        house.relay.squatters.clear()
        house.relay.media(session)
        await until(lambda: house.relay.sessions[session].path == "guest1")


class TestSessions:
    async def test_a_reload_replaces_its_own_session(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        first = house.relay.newest()
        assert (await house.join(token)).status_code == 200
        await house.whip("guest1", token, "page-1")
        assert list(house.relay.sessions) == [house.relay.newest()]
        assert first != house.relay.newest()

    async def test_another_page_is_asked_first(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        refused = await house.join(token, instance="page-2")
        assert (refused.status_code, refused.json()["code"]) == (409, "opened_elsewhere")
        assert len(house.relay.sessions) == 1
        assert (await house.join(token, instance="page-2", takeover=True)).status_code == 200
        assert house.relay.closed[-1][1] is EndReason.OPENED_ELSEWHERE
        answer = await house.whip("guest1", token, "page-2")
        assert answer.status_code == 201

    async def test_the_loser_stays_out_until_a_person_joins_again(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        await house.join(token, instance="page-2", takeover=True)
        for _ in range(3):
            answer = await house.whip("guest1", token, "page-1")
            assert (answer.status_code, answer.json()["code"]) == (409, "opened_elsewhere")
        await house.join(token, instance="page-1", takeover=True)
        assert (await house.whip("guest1", token, "page-1")).status_code == 201
        assert (await house.whip("guest1", token, "page-2")).status_code == 409

    async def test_a_page_that_is_gone_needs_no_question(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        house.relay.lose(house.relay.newest())
        await until(lambda: len(house.control.stage.sessions) == 0)
        assert (await house.join(token, instance="page-2")).status_code == 200

    async def test_of_publishers_without_a_page_the_newest_wins(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        await house.whip("guest1", token)
        assert list(house.relay.sessions) == [house.relay.newest()]

    async def test_a_publisher_without_a_page_closes_the_page(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        assert (await house.whip("guest1", token)).status_code == 201
        assert (await house.whip("guest1", token, "page-1")).json()["code"] == "opened_elsewhere"

    async def test_publishers_that_say_good_bye_have_left(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        answer = await house.whip("guest1", token)
        await house.client.delete(answer.headers["location"], headers=bearer(token))
        assert (await house.guests())[0]["state"] == "left"

    async def test_a_page_that_deletes_its_session_is_away(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await house.join(token)
        answer = await house.whip("guest1", token, "page-1")
        await house.client.delete(answer.headers["location"], headers=bearer(token))
        guest = await house.guest("guest1")
        assert (guest["state"], guest["away"], guest["sessions"]) == ("seated", True, [])

    async def test_a_page_must_have_joined(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        answer = await house.whip("guest1", token, "page-1")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_joined")

    async def test_somebody_removed_while_the_offer_is_answered(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await house.join(token)
        house.relay.gate = asyncio.Event()
        offered = asyncio.create_task(house.whip("guest1", token, "page-1"))
        await until(lambda: house.control.publishing.opening)
        await house.operator("POST", "/api/guests/guest1/remove", json={"block": False})
        house.relay.gate.set()
        answer = await offered
        assert (answer.status_code, answer.json()["code"]) == (403, "removed")
        assert house.relay.sessions == {}

    async def test_somebody_moved_while_the_offer_is_answered(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await house.join(token)
        house.relay.gate = asyncio.Event()
        offered = asyncio.create_task(house.whip("guest1", token, "page-1"))
        await until(lambda: house.control.publishing.opening)
        await house.operator("POST", "/api/guests/guest1/seat", json={"seat": "guest2"})
        house.relay.gate.set()
        assert (await offered).status_code == 201
        assert list(house.relay.at("guest2")) == [house.relay.newest()]

    async def test_statistics_and_state_come_from_the_relay(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        house.relay.media(house.relay.newest(), round_trip_ms=12.5, time_to_first_frame_ms=180)

        async def live() -> bool:
            sessions = (await house.guest("guest1"))["sessions"]
            return bool(sessions and sessions[0]["state"] == "live")

        await until(live)
        session = (await house.guest("guest1"))["sessions"][0]
        assert (session["kind"], session["path"], session["round_trip_ms"]) == ("camera", "guest1", 12.5)
        assert session["tracks"][0]["codec"] == "h264"
        assert session["time_to_first_frame_ms"] == 180
        assert {d["id"] for d in session["destinations"]} == {"1", "3"}
        assert "secret" not in str(session)

    async def test_devices_are_shown_and_told_to_the_relay(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        report = {"camera": "off", "mic": "on"}
        answer = await house.client.post("/api/guests/guest1/report", json=report, headers=bearer(token))
        assert (answer.json()["camera"], answer.json()["mic"]) == ("off", "on")
        assert house.relay.sessions[house.relay.newest()].devices.camera == "off"
        await house.whip("guest1", token, "page-1")
        assert house.relay.requests[-1].devices.camera == "off"


class TestScreens:
    async def test_a_share_is_a_second_session_of_the_same_guest(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        guest, _ = await in_lobby(house, token)
        camera = house.relay.newest()
        assert (await house.whip("guest1-screen", token, "page-1")).status_code == 201
        binding = house.relay.requests[1].binding
        assert binding.path == "guest1-screen"
        assert binding.destinations[0].url == "rtmp://127.0.0.1/live/guest1-screen?key=secret"
        assert house.relay.requests[1].owner == guest
        screen = house.relay.newest()
        assert await house.sessions() == {"guest1": camera, "guest1-screen": screen}
        kinds = [session["kind"] for session in (await house.guest("guest1"))["sessions"]]
        assert kinds == ["camera", "screen"]

    async def test_it_comes_and_goes_without_the_camera(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        answer = await house.whip("guest1-screen", token, "page-1")
        await house.client.delete(answer.headers["location"], headers=bearer(token))
        assert list(await house.sessions()) == ["guest1"]
        await house.whip("guest1-screen", token, "page-1")
        closed = await house.client.delete("/api/calls/session/guest1-screen", headers=AS_OPERATOR)
        assert closed.json() == {"status": "closed", "guest_id": "guest1-screen"}
        assert list(await house.sessions()) == ["guest1"]

    async def test_it_keeps_the_place_without_the_camera(self, open_house: House) -> None:
        guest, token = await in_lobby(open_house)
        camera = open_house.relay.newest()
        share = await open_house.whip(f"{guest}-screen", token, "page-1")
        open_house.relay.lose(camera)
        await until(lambda: open_house.control.stage.house.guest(guest).away)
        seats = (await open_house.operator("GET", "/api/seats")).json()["seats"]
        assert (seats[0]["guest"], seats[0]["held_for_ms"]) == (guest, None)
        await open_house.client.delete(share.headers["location"], headers=bearer(token))
        seats = (await open_house.operator("GET", "/api/seats")).json()["seats"]
        assert seats[0]["held_for_ms"] > 50_000

    async def test_it_moves_with_its_guest(self, house: House) -> None:
        guest, token = await in_lobby(house)
        await house.whip(f"{guest}-screen", token, "page-1")
        assert house.relay.requests[1].binding.path == f"lobby-{guest}-screen"
        assert house.relay.requests[1].binding.destinations == ()
        await house.operator("POST", f"/api/guests/{guest}/seat", json={"seat": "guest2"})
        assert {binding.path for _, binding in house.relay.bindings} == {"guest2", "guest2-screen"}

    async def test_deleting_the_guest_ends_both(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        await house.whip("guest1-screen", token, "page-1")
        await house.operator("DELETE", "/api/calls/session/guest1")
        assert house.relay.sessions == {}

    async def test_it_takes_no_seat(self, open_house: House) -> None:
        token = await open_house.invite(seat="guest2")
        for name, credentials in (("guest1", None), ("guest1", OPERATOR), ("guest2", token)):
            answer = await open_house.whip(f"{name}-screen", credentials)
            assert (answer.status_code, answer.json()["code"]) == (409, "not_joined")
        seats = (await open_house.operator("GET", "/api/seats")).json()["seats"]
        assert [seat["guest"] for seat in seats] == [None, None]
        assert (await open_house.whip("guest1", OPERATOR)).status_code == 201
        assert (await open_house.whip("guest1-screen", OPERATOR)).status_code == 201

    async def test_it_is_never_a_guest_of_its_own(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        answer = await house.whip("guest1-screen", token, "page-1")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_joined")
        await in_lobby(house, token)
        answer = await house.whip("guest1-screen", token, "page-2")
        assert (answer.status_code, answer.json()["code"]) == (409, "opened_elsewhere")


class TestEndings:
    async def test_deleted_by_an_operator(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        answer = await house.operator("DELETE", "/api/calls/session/guest1")
        assert answer.json() == {"status": "closed", "guest_id": "guest1"}
        assert house.relay.closed[-1][1] is EndReason.REMOVED
        assert (await house.whip("guest1", token, "page-1")).json()["code"] == "removed"
        assert (await house.join(token)).status_code == 200

    async def test_deleted_by_the_guest(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        guest, _ = await in_lobby(house, token)
        answer = await house.client.delete("/api/calls/session/guest1", headers=bearer(token))
        assert answer.json() == {"status": "closed", "guest_id": "guest1"}
        assert house.relay.closed[-1][1] is EndReason.LEFT
        assert (await house.guest(guest))["reason"] == "left"

    async def test_where_there_is_none(self, house: House) -> None:
        for name in ("guest1", "nobody", "guest1-screen"):
            answer = await house.operator("DELETE", f"/api/calls/session/{name}")
            assert answer.json() == {"status": "no_session", "guest_id": name}

    async def test_by_a_stranger(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        other = await house.invite(seat="guest2")
        assert (await house.client.delete("/api/calls/session/guest1")).status_code == 401
        answer = await house.client.delete("/api/calls/session/guest1", headers=bearer(other))
        assert answer.status_code == 403
        assert len(house.relay.sessions) == 1

    async def test_blocked(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await in_lobby(house, token)
        await house.operator("POST", "/api/guests/guest1/remove", json={"block": True})
        for answer in (await house.join(token), await house.whip("guest1", token)):
            assert (answer.status_code, answer.json()["code"]) == (403, "removed")

    async def test_leaving(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        guest, _ = await in_lobby(house, token)
        answer = await house.client.post(f"/api/guests/{guest}/leave", headers=bearer(token))
        assert answer.status_code == 204
        assert (await house.guest(guest))["state"] == "left"
        assert house.relay.sessions == {}

    async def test_a_closed_tab(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        guest, _ = await in_lobby(house, token)
        await house.client.post(f"/api/guests/{guest}/leave?invite={token}")
        assert house.relay.sessions == {}
        assert (await house.guest(guest))["state"] == "seated"
        house.late_ms = 5000
        await until(lambda: house.control.stage.house.guest(guest).ended)
        assert (await house.guest(guest))["reason"] == "left"

    async def test_a_reload(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        guest, _ = await in_lobby(house, token)
        await house.client.post(f"/api/guests/{guest}/leave?invite={token}")
        assert (await house.join(token)).json()["guest"]["id"] == guest
        house.late_ms = 10_000
        house.control.stage.commit(house.control.stage.house.overdue(house.now_ms()))
        assert (await house.guest(guest))["state"] == "seated"

    @pytest.mark.parametrize("by_bearer", [True, False])
    async def test_what_a_page_said_before_its_reload_ends_nothing_when_it_comes_late(
        self, house: House, by_bearer: bool
    ) -> None:
        token = await house.invite(seat="guest1")
        for visit in ("before", "now"):
            await house.join(token, visit=visit)
            await house.whip("guest1", token, "page-1")
        guest = (await house.guest("guest1"))["id"]
        there = house.relay.newest()

        async def leave(visit: str) -> None:
            query = {"instance": "page-1", "visit": visit} | ({} if by_bearer else {"invite": token})
            headers = bearer(token) if by_bearer else {}
            answer = await house.client.post(f"/api/guests/{guest}/leave", params=query, headers=headers)
            assert answer.status_code == 204

        await leave("before")
        assert list(house.relay.sessions) == [there]
        house.late_ms = 5000
        house.control.stage.commit(house.control.stage.house.overdue(house.now_ms()))
        assert (await house.guest(guest))["state"] == "seated"
        await leave("now")
        assert house.relay.sessions == {}
        house.late_ms = 10_000
        await until(lambda: house.control.stage.house.guest(guest).ended)

    async def test_the_closed_tab_of_a_loser_changes_nothing(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        guest, _ = await in_lobby(house, token)
        await house.join(token, instance="page-2", takeover=True)
        await house.whip("guest1", token, "page-2")
        await house.client.post(f"/api/guests/{guest}/leave?invite={token}&instance=page-1")
        assert len(house.relay.sessions) == 1

    async def test_an_invite_that_expires_keeps_who_is_in(self, house: House) -> None:
        token = await house.invite(seat="guest1", expires_s=60)
        guest, _ = await in_lobby(house, token)
        house.late_ms = 61_000
        house.control.stage.commit(house.control.stage.house.overdue(house.now_ms()))
        assert (await house.guest(guest))["state"] == "seated"
        assert (await house.whip("guest1", token, "page-1")).status_code == 201
        house.relay.lose(house.relay.newest())
        await until(lambda: house.control.stage.house.guest(guest).away)
        house.late_ms += 30_000
        house.control.stage.commit(house.control.stage.house.overdue(house.now_ms()))
        assert (await house.join(token)).status_code == 200
        assert (await house.whip("guest1", token, "page-1")).status_code == 201
        house.relay.lose(house.relay.newest())
        await until(lambda: house.control.stage.house.guest(guest).away)
        house.late_ms += 61_000
        await until(lambda: house.control.stage.house.guest(guest).ended)
        assert (await house.guest(guest))["state"] == "expired"
        assert (await house.join(token)).status_code == 410

    async def test_a_revoked_invite(self, house: House) -> None:
        answer = await house.operator("POST", "/api/invites", json={"seat": "guest1"})
        made = answer.json()
        listed = (await house.operator("GET", "/api/invites")).json()["invites"]
        assert [invite["id"] for invite in listed] == [made["id"]]
        assert (await house.operator("DELETE", f"/api/invites/{made['id']}")).status_code == 204
        refused = await house.join(made["token"])
        assert (refused.status_code, refused.json()["code"]) == (410, "invite_expired")
        assert (await house.operator("GET", "/api/invites")).json()["invites"] == []

    async def test_a_vanished_publisher_is_away_and_comes_back(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        guest, _ = await in_lobby(house, token)
        house.relay.lose(house.relay.newest())
        await until(lambda: house.control.stage.house.guest(guest).away)
        assert (await house.operator("GET", "/api/seats")).json()["seats"][0]["guest"] == guest
        assert (await house.whip("guest1", token, "page-1")).status_code == 201
        assert not (await house.guest(guest))["away"]


async def test_a_path_in_other_hands_is_a_conflict(house: House) -> None:
    token = await house.invite(seat="guest1")
    house.relay.refusal = ConflictError("somebody else publishes there", code="path_taken")
    answer = await house.whip("guest1", token)
    assert (answer.status_code, answer.json()["code"]) == (409, "path_taken")
