"""Guests who come by Cloudflare: who takes which carrier, being switched, what is told when it fails."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control.event_schemas import GuestGone
from stagedoor.control.events import Listener
from stagedoor.control.routes import calls
from stagedoor.domain.carrier import CarrierKind, PullState
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.errors import Blame, CarrierError, CarrierRefusedError, UnavailableError
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import (
    CarrierStatus,
    CarrierUsage,
    DestinationStatus,
    IceServerInfo,
    PullStatus,
    Sending,
)
from stagedoor.media.packets import Kind
from tests.kit.control_app import AS_OPERATOR, SDP, House, bearer, running_house
from tests.kit.wait import until

pytestmark = pytest.mark.api

ACCOUNT = {"app_id": "app", "app_secret": "an-app-secret", "price_per_gb": 0.05}
SEATS = ["guest1", {"name": "guest2", "carrier": "cloudflare"}, "guest3"]
STUN = {"urls": "stun:stun.example.org"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Guests come by the built-in carrier unless a seat, an invite or the operator says otherwise."""
    async with running_house(
        tmp_path, carrier={"cloudflare": ACCOUNT}, guests={"seats": SEATS}, webrtc={"ice_servers": [STUN]}
    ) as made:
        yield made


@pytest.fixture
async def without(tmp_path: Path) -> AsyncIterator[House]:
    """There is no account."""
    folder = tmp_path / "without"
    folder.mkdir()
    async with running_house(folder) as made:
        yield made


async def come(house: House, seat: str = "guest1", **invite: Any) -> str:
    """Have somebody join and publish; return the invite's token."""
    token = await house.invite(seat=seat, **invite)
    assert (await house.join(token)).status_code == 200
    answer = await house.whip(seat, token, "page-1")
    assert answer.status_code == 201, answer.text
    return token


async def switch(house: House, name: str, carrier: str | None) -> dict[str, Any]:
    answer = await house.operator("POST", f"/api/guests/{name}/carrier", json={"carrier": carrier})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def carriers(house: House) -> list[CarrierKind]:
    return [request.carrier for request in house.relay.requests]


class TestWhichOne:
    async def test_the_settings_decide_where_nobody_else_does(self, house: House, tmp_path: Path) -> None:
        await come(house)
        assert carriers(house) == [CarrierKind.BUILTIN]
        assert (await house.guest("guest1"))["carrier"] == "builtin"
        folder = tmp_path / "other"
        folder.mkdir()
        async with running_house(folder, carrier={"kind": "cloudflare", "cloudflare": ACCOUNT}) as other:
            await come(other)
            assert carriers(other) == [CarrierKind.CLOUDFLARE]

    async def test_seat_then_invite_then_operator(self, house: House) -> None:
        await come(house, "guest2")
        await come(house, "guest1", carrier="cloudflare")
        token = await house.invite(seat="guest3", carrier="cloudflare")
        guest = (await switch(house, (await house.guests())[2]["id"], "builtin"))["id"]
        await house.join(token)
        assert (await house.guest(guest))["carrier"] == "builtin"
        await house.whip("guest3", token, "page-1")
        assert carriers(house) == [CarrierKind.CLOUDFLARE, CarrierKind.CLOUDFLARE, CarrierKind.BUILTIN]

    async def test_an_invite_may_name_the_built_in_one(self, house: House) -> None:
        await come(house, "guest2", carrier="builtin")
        assert carriers(house) == [CarrierKind.BUILTIN]

    async def test_in_the_lobby_the_seat_of_the_invite_decides(self, house: House) -> None:
        token = await house.invite(seat="guest2", admit="lobby")
        joined = (await house.join(token)).json()
        await house.whip(joined["guest"]["id"], token, "page-1")
        assert carriers(house) == [CarrierKind.CLOUDFLARE]

    async def test_a_screen_share_goes_the_way_of_its_guest(self, house: House) -> None:
        token = await come(house, "guest2")
        assert (await house.whip("guest2-screen", token, "page-1")).status_code == 201
        assert carriers(house) == [CarrierKind.CLOUDFLARE] * 2

    async def test_the_link_says_it_also_to_an_empty_database(self, house: House) -> None:
        invite = (await house.operator("POST", "/api/invites", json={"carrier": "cloudflare"})).json()
        assert invite["carrier"] == "cloudflare"
        stage = house.control.stage
        await stage.apply(stage.house.revoked(invite["id"], house.now_ms()))
        assert house.control.door.read(invite["token"]).carrier is CarrierKind.CLOUDFLARE
        stage.house = type(stage.house)(stage.house.seats)
        assert house.control.door.read(invite["token"]).carrier is CarrierKind.CLOUDFLARE

    async def test_sessions_say_theirs(self, house: House) -> None:
        await come(house, "guest2")
        tracks = (PullStatus(kind=Kind.VIDEO, state=PullState.WAITING, retries=3),)
        status = CarrierStatus(publish_session="0123abcd", tracks=tracks)
        house.relay.wait(house.relay.newest(), status)

        async def session() -> dict[str, Any]:
            (found,) = (await house.guest("guest2"))["sessions"]
            return dict(found)

        async def told() -> bool:
            return bool((await session())["cloudflare"]["tracks"])

        await until(told)
        found = await session()
        assert found["carrier"] == "cloudflare"
        assert found["cloudflare"]["tracks"] == [{"kind": "video", "state": "waiting", "retries": 3}]
        assert found["cloudflare"]["publish_session"] == "0123abcd"


class TestUnconfigured:
    async def test_invites_and_switches_are_refused_at_once(self, without: House) -> None:
        answer = await without.operator("POST", "/api/invites", json={"carrier": "cloudflare"})
        assert (answer.status_code, answer.json()["code"]) == (409, "carrier_unconfigured")
        assert "carrier.cloudflare.app_id" in answer.json()["hint"]
        await come(without)
        answer = await without.operator("POST", "/api/guests/guest1/carrier", json={"carrier": "cloudflare"})
        assert (answer.status_code, answer.json()["code"]) == (409, "carrier_unconfigured")
        assert (await without.guest("guest1"))["carrier"] == "builtin"
        assert without.relay.closed == []

    async def test_a_link_of_better_days(self, house: House, without: House) -> None:
        token = await house.invite(seat="guest1", carrier="cloudflare")
        await without.join(token)
        answer = await without.whip("guest1", token, "page-1")
        assert (answer.status_code, answer.json()["code"]) == (409, "carrier_unconfigured")
        assert without.relay.requests == []
        assert (await without.guest("guest1"))["trouble"]["code"] == "carrier_unconfigured"
        await switch(without, "guest1", "builtin")
        assert (await without.whip("guest1", token, "page-1")).status_code == 201

    async def test_it_costs_nothing(self, without: House) -> None:
        answer = await without.operator("GET", "/api/carrier/cost")
        assert (answer.status_code, answer.json()["code"]) == (409, "carrier_unconfigured")


class TestSwitching:
    async def test_sessions_by_the_other_one_end_so_that_the_page_comes_back(self, house: House) -> None:
        token = await come(house)
        first = house.relay.newest()
        await house.whip("guest1-screen", token, "page-1")
        screen = house.relay.newest()
        guest = await switch(house, "guest1", "cloudflare")
        assert house.relay.closed == [(first, EndReason.REPLACED), (screen, EndReason.REPLACED)]
        assert (guest["seat"], guest["carrier"], guest["sessions"]) == ("guest1", "cloudflare", [])
        assert (await house.whip("guest1", token, "page-1")).status_code == 201
        assert carriers(house)[-1] is CarrierKind.CLOUDFLARE

    async def test_the_same_one_again_changes_nothing(self, house: House) -> None:
        await come(house)
        await switch(house, "guest1", "builtin")
        assert house.relay.closed == []

    async def test_back_to_what_seat_and_settings_say(self, house: House) -> None:
        await come(house, "guest2")
        assert (await switch(house, "guest2", "builtin"))["carrier"] == "builtin"
        assert (await switch(house, "guest2", None))["carrier"] == "cloudflare"

    async def test_while_the_offer_is_answered(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await house.join(token)
        house.relay.answer_gate = asyncio.Event()
        offered = asyncio.create_task(house.whip("guest1", token, "page-1"))
        await until(lambda: house.relay.sessions)
        await switch(house, "guest1", "cloudflare")
        house.relay.answer_gate.set()
        await offered
        assert house.relay.closed == [(house.relay.newest(), EndReason.REPLACED)]
        assert await house.sessions() == {}

    async def test_an_offer_that_hangs_is_given_up_at_once(self, house: House) -> None:
        token = await house.invite(seat="guest2")
        await house.join(token)
        gate = house.relay.gate = asyncio.Event()
        hanging = asyncio.create_task(house.whip("guest2", token, "page-1"))
        await until(lambda: house.relay.asked)
        hung = house.relay.asked[0].session
        await switch(house, "guest2", "builtin")
        async with asyncio.timeout(5):
            answer = await hanging
        assert (answer.status_code, answer.json()["code"]) == (409, "switched")
        assert answer.json()["retryable"] is True
        assert house.relay.withdrawn == [hung]
        house.relay.gate = None
        assert (await house.whip("guest2", token, "page-1")).status_code == 201
        gate.set()
        assert carriers(house) == [CarrierKind.BUILTIN]
        assert (await house.guest("guest2"))["trouble"] is None

    async def test_an_offer_by_the_chosen_one_goes_on(self, house: House) -> None:
        token = await house.invite(seat="guest2")
        await house.join(token)
        gate = house.relay.gate = asyncio.Event()
        offered = asyncio.create_task(house.whip("guest2", token, "page-1"))
        await until(lambda: house.relay.asked)
        await switch(house, "guest2", "cloudflare")
        gate.set()
        assert (await offered).status_code == 201

    async def test_of_nobody(self, house: House) -> None:
        answer = await house.operator("POST", "/api/guests/nobody/carrier", json={"carrier": "builtin"})
        assert (answer.status_code, answer.json()["code"]) == (404, "guest_unknown")

    async def test_of_somebody_who_has_gone(self, house: House) -> None:
        await come(house)
        key = (await house.guest("guest1"))["id"]
        await house.operator("POST", f"/api/guests/{key}/remove")
        answer = await house.operator("POST", f"/api/guests/{key}/carrier", json={"carrier": "builtin"})
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")

    @pytest.mark.parametrize("body", [{}, {"carrier": "pigeon"}, {"carrier": "builtin", "x": 1}])
    async def test_bodies_that_cannot_be(self, house: House, body: dict[str, Any]) -> None:
        await come(house)
        answer = await house.operator("POST", "/api/guests/guest1/carrier", json=body)
        assert answer.status_code == 422


class TestTrouble:
    async def test_a_refusal_reaches_the_page_and_the_operator(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        token = await house.invite(seat="guest2")
        await house.join(token)
        house.relay.refusal = CarrierRefusedError("Cloudflare does not know the app", hint="Look at app_id.")
        answer = await house.whip("guest2", token, "page-1")
        assert answer.status_code == 502
        assert (answer.json()["code"], answer.json()["hint"]) == ("carrier_refused", "")
        assert "does not know the app" not in answer.text
        trouble = (await house.guest("guest2"))["trouble"]
        assert trouble.pop("at")
        assert trouble == {
            "code": "carrier_refused",
            "message": "Cloudflare does not know the app",
            "hint": "Look at app_id.",
        }
        await house.whip("guest2", token, "page-1")
        assert caplog.text.count("Cloudflare does not know the app") == 1

    async def test_it_is_over_once_media_is_live(self, house: House) -> None:
        token = await house.invite(seat="guest2")
        await house.join(token)
        house.relay.refusal = CarrierError("no")
        await house.whip("guest2", token, "page-1")
        house.relay.refusal = None
        await house.whip("guest2", token, "page-1")
        assert (await house.guest("guest2"))["trouble"] is not None
        house.relay.media(house.relay.newest())

        async def is_over() -> bool:
            return (await house.guest("guest2"))["trouble"] is None

        await until(is_over)

    async def test_a_session_that_failed_before_media_flowed(self, house: House) -> None:
        token = await come(house, "guest2")
        failed = CarrierStatus(
            code="carrier_failed", reason="nothing came in 60 s", hint="Try the other one."
        )
        house.relay.lose(house.relay.newest(), cloudflare=failed)

        async def is_known() -> bool:
            return ((await house.guest("guest2"))["trouble"] or {}).get("hint") == "Try the other one."

        await until(is_known)
        assert (await switch(house, "guest2", "builtin"))["trouble"] is None
        assert (await house.whip("guest2", token, "page-1")).status_code == 201

    async def test_nothing_came_in_by_the_builtin_one(self, house: House) -> None:
        """The relay has given the session up, or the page has; what was live says nothing of the sort."""
        token = await come(house)
        house.relay.lose(house.relay.newest())

        async def why() -> str:
            return str(((await house.guest("guest1"))["trouble"] or {}).get("code"))

        async def is_known() -> bool:
            return await why() == "carrier_unreached"

        await until(is_known)
        await switch(house, "guest1", "builtin")
        assert await why() == "None"
        answer = await house.whip("guest1", token, "page-1")
        await house.client.delete(answer.headers["Location"], headers={"Authorization": f"Bearer {token}"})
        assert await is_known()
        answer = await house.whip("guest1", token, "page-1")
        house.relay.media(house.relay.newest(), time_to_first_frame_ms=300)

        async def is_over() -> bool:
            return await why() == "None"

        await until(is_over)
        await house.client.delete(answer.headers["Location"], headers={"Authorization": f"Bearer {token}"})
        assert await is_over()

    async def test_a_live_screen_share_says_nothing_of_the_camera(self, house: House) -> None:
        token = await come(house, "guest2")
        camera = house.relay.newest()
        await house.whip("guest2-screen", token, "page-1")
        screen = house.relay.newest()
        house.relay.lose(camera, cloudflare=CarrierStatus(code="carrier_failed", reason="nothing came"))
        house.relay.media(screen)

        async def is_shared() -> bool:
            return [s["state"] for s in (await house.guest("guest2"))["sessions"]] == ["live"]

        await until(is_shared)
        assert (await house.guest("guest2"))["trouble"]["code"] == "carrier_failed"

    async def test_one_of_the_carrier_before_is_not_told(self, house: House) -> None:
        token = await house.invite(seat="guest2")
        await house.join(token)
        house.relay.gate = asyncio.Event()
        house.relay.refusal = CarrierRefusedError("Cloudflare says no")
        offered = asyncio.create_task(house.whip("guest2", token, "page-1"))
        await until(lambda: house.relay.asked)
        await house.operator("POST", "/api/guests/guest2/seat", json={"seat": "guest3"})
        house.relay.gate.set()
        assert (await offered).json()["code"] == "carrier_refused"
        found = await house.guest("guest3")
        assert (found["carrier"], found["trouble"]) == ("builtin", None)

    async def test_what_the_guest_can_mend_is_said_to_the_guest(self, house: House) -> None:
        token = await house.invite(seat="guest2")
        await house.join(token)
        house.relay.refusal = CarrierRefusedError("too long", blame=Blame.GUEST, hint="Use another browser.")
        assert (await house.whip("guest2", token, "page-1")).json()["hint"] == "Use another browser."

    async def test_a_relay_that_is_away_is_no_trouble_of_the_guest(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await house.join(token)
        house.relay.refusal = UnavailableError("starting", code="relay_unavailable")
        assert (await house.whip("guest1", token, "page-1")).status_code == 503
        assert (await house.guest("guest1"))["trouble"] is None


class TestWhatTheGuestIsTold:
    SECRETS = ("0123abcd", "4567cdef", "Cloudflare says", "app_secret", "rtmp://")

    async def fail(self, house: House) -> tuple[str, str]:
        """Have a session of a guest say everything that it can; return the guest's id and token."""
        token = await come(house, "guest2")
        status = CarrierStatus(
            publish_session="0123abcd",
            pull_session="4567cdef",
            tracks=(PullStatus(kind=Kind.VIDEO, state=PullState.WAITING, retries=3),),
            code="carrier_failed",
            reason="Cloudflare says no",
            hint="Check carrier.cloudflare.app_secret.",
        )
        house.relay.wait(house.relay.newest(), status)
        stage = house.control.stage
        session = stage.sessions.get(house.relay.newest())
        assert session is not None
        await until(lambda: session.status is not None and session.status.cloudflare == status)
        assert session.status is not None
        refused = DestinationStatus(id="1", url="rtmp://10.0.0.7/live", state=DestinationState.RETRYING)
        stage.heard(session, session.status.model_copy(update={"destinations": (refused,)}))
        stage.refused(session.guest, CarrierRefusedError("Cloudflare says no", hint="app_secret"))
        guest = await house.guest("guest2")
        assert not [secret for secret in self.SECRETS if secret not in str(guest)]
        return session.guest, token

    def require_own(self, text: str) -> None:
        assert not [secret for secret in self.SECRETS if secret in text], text
        assert '"code":"carrier_failed"' in text
        assert '"code":"carrier_refused","message":"","hint":""' in text
        assert '"retries":3' in text

    async def test_by_every_answer(self, house: House) -> None:
        guest, token = await self.fail(house)
        headers, url = bearer(token), f"/api/guests/{guest}"
        asked = [
            await house.client.get(url, headers=headers),
            await house.client.get(f"{url}/events/next", headers=headers),
            await house.client.post(f"{url}/report", json={"camera": "on", "mic": "on"}, headers=headers),
            await house.client.get("/api/join", headers=headers),
            await house.join(token),
        ]
        for answer in asked:
            assert answer.status_code == 200
            self.require_own(answer.text)

    async def test_by_events(self, house: House) -> None:
        guest, _ = await self.fail(house)
        stage = house.control.stage
        own, desk = Listener(guest, "page-1"), Listener()
        with stage.events.listening(own, GuestGone(id="")), stage.events.listening(desk, GuestGone(id="")):
            stage.publish(guest)
            texts = []
            for listener in (own, desk):
                await listener.next()
                event = await listener.next()
                assert event is not None
                texts.append(event[1])
        self.require_own(texts[0])
        assert "Check carrier.cloudflare.app_secret." in texts[1]


class TestIceServers:
    TURN = IceServerInfo(urls=("turns:turn.example.com:443",), username="u", credential="c")

    async def asked(self, house: House, token: str) -> list[dict[str, Any]]:
        answer = await house.client.get("/api/calls/ice-servers", headers=bearer(token))
        assert answer.status_code == 200
        return list(answer.json()["ice_servers"])

    async def test_cloudflares_own_go_to_guests_who_come_by_it(self, house: House) -> None:
        house.relay.ice_servers = (self.TURN,)
        by_it, beside = await house.invite(seat="guest2"), await house.invite(seat="guest1")
        static = {"urls": ["stun:stun.example.org"], "username": None, "credential": None}
        assert await self.asked(house, by_it) == [static, self.TURN.model_dump(mode="json")]
        assert await self.asked(house, beside) == [static]
        await switch(house, (await house.guests())[1]["id"], "cloudflare")
        assert len(await self.asked(house, beside)) == 2

    @pytest.mark.parametrize(
        ("ending", "status", "code"),
        [("block", 403, "removed"), ("revoke", 410, "invite_expired"), ("expire", 410, "invite_expired")],
    )
    async def test_a_link_that_lets_nobody_in_gets_none(
        self, house: House, ending: str, status: int, code: str
    ) -> None:
        house.relay.ice_servers = (self.TURN,)
        token = await house.invite(seat="guest2", expires_s=60)
        if ending == "block":
            await house.join(token)
            await house.operator("POST", "/api/guests/guest2/remove", json={"block": True})
        elif ending == "revoke":
            await house.operator("DELETE", f"/api/invites/{house.control.door.read(token).id}")
        else:
            house.late_ms = 61_000
        answer = await house.client.get("/api/calls/ice-servers", headers=bearer(token))
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert self.TURN.credential not in answer.text.split('"')

    async def test_who_has_knocked_gets_them_while_inside(self, tmp_path: Path) -> None:
        folder = tmp_path / "knocked"
        folder.mkdir()
        async with running_house(folder, carrier={"kind": "cloudflare", "cloudflare": ACCOUNT}) as house:
            house.relay.ice_servers = (self.TURN,)
            joined = (await house.join(None)).json()
            token = joined["token"]
            assert await self.asked(house, token) == [self.TURN.model_dump(mode="json")]
            url = f"/api/guests/{joined['guest']['id']}/leave"
            assert (await house.client.post(url, headers=bearer(token))).status_code == 204
            assert await self.asked(house, token) == []

    async def test_an_operator_watches_without_them(self, house: House) -> None:
        house.relay.ice_servers = (self.TURN,)
        answer = await house.client.get("/api/calls/ice-servers", headers=AS_OPERATOR)
        assert len(answer.json()["ice_servers"]) == 1

    async def test_the_answers_to_offers_name_only_the_static_ones(self, house: House) -> None:
        house.relay.ice_servers = (self.TURN,)
        token = await house.invite(seat="guest2")
        await house.join(token)
        answer = await house.whip("guest2", token, "page-1")
        assert answer.headers["link"] == '<stun:stun.example.org>; rel="ice-server"'

    async def test_without_them_the_guest_comes_all_the_same(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        house.relay.carrier_refusal = CarrierRefusedError("Cloudflare does not know the TURN key")
        assert len(await self.asked(house, await house.invite(seat="guest2"))) == 1
        assert "no TURN servers of Cloudflare: Cloudflare does not know the TURN key" in caplog.text

    async def test_an_answer_that_does_not_come_is_not_waited_for(
        self, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(calls, "ICE_SERVERS_WITHIN_S", 0.1)
        house.relay.ice_gate = asyncio.Event()
        assert len(await self.asked(house, await house.invite(seat="guest2"))) == 1
        house.relay.ice_gate.set()
        assert "no TURN servers of Cloudflare: no answer" in caplog.text


class TestSending:
    async def report(self, house: House, name: str, token: str, session: str) -> int:
        body = {"camera": "on", "mic": "on", "sending": {"session": session, "kinds": ["video"]}}
        url = f"/api/guests/{name}/report"
        return (await house.client.post(url, json=body, headers=bearer(token))).status_code

    async def test_the_relay_is_told(self, house: House) -> None:
        token = await come(house, "guest2")
        session = house.relay.newest()
        assert await self.report(house, "guest2", token, session) == 200
        assert house.relay.sending == [(session, Sending(kinds=(Kind.VIDEO,)))]

    async def test_only_of_ones_own_and_only_by_cloudflare(self, house: House) -> None:
        theirs, token = await come(house, "guest2"), await come(house, "guest1")
        by_cloudflare, built_in = (request.session for request in house.relay.requests)
        assert await self.report(house, "guest1", token, by_cloudflare) == 200
        assert await self.report(house, "guest1", token, built_in) == 200
        assert await self.report(house, "guest2", theirs, "unknown") == 200
        assert house.relay.sending == []

    async def test_a_session_that_the_relay_has_forgotten(self, house: House) -> None:
        token = await come(house, "guest2")
        session = house.relay.newest()
        del house.relay.sessions[session]
        assert await self.report(house, "guest2", token, session) == 200


class TestReturn:
    async def view(self, house: House, path: str, headers: dict[str, str]) -> int:
        house.relay.paths.add(path)
        answer = await house.client.post(f"/whep/{path}", content="v=0", headers={**SDP, **headers})
        return answer.status_code

    @pytest.mark.parametrize(("seat", "carrier"), [("guest1", "builtin"), ("guest2", "cloudflare")])
    async def test_it_comes_as_the_guests_media_goes(self, house: House, seat: str, carrier: str) -> None:
        token = await come(house, seat)
        assert await self.view(house, f"return-{seat}", bearer(token)) == 201
        assert [viewing.carrier for viewing in house.relay.viewings] == [carrier]

    async def test_the_live_session_decides_not_the_next_one(self, house: House) -> None:
        token = await come(house)
        await house.operator("POST", "/api/guests/guest1/seat", json={"seat": "guest2"})
        assert (await house.guest("guest2"))["carrier"] == "cloudflare"
        assert house.relay.closed == []
        assert await self.view(house, "return-guest2", bearer(token)) == 201
        assert house.relay.viewings[0].carrier is CarrierKind.BUILTIN

    async def test_everything_else_is_watched_by_the_built_in_one(self, house: House) -> None:
        token = await come(house, "guest2")
        assert await self.view(house, "guest2", bearer(token)) == 201
        assert await self.view(house, "return-guest2", AS_OPERATOR) == 201
        assert {viewing.carrier for viewing in house.relay.viewings} == {CarrierKind.BUILTIN}

    async def test_only_ones_own(self, house: House) -> None:
        token = await come(house, "guest2")
        assert await self.view(house, "return-guest1", bearer(token)) == 403
        await house.operator("POST", "/api/guests/guest2/hold")
        assert await self.view(house, "return-guest2", bearer(token)) == 403

    async def test_it_ends_with_the_seat(self, house: House) -> None:
        token = await come(house, "guest2")
        await self.view(house, "return-guest2", bearer(token))
        await house.operator("POST", "/api/guests/guest2/seat", json={"seat": "guest3"})
        assert house.relay.viewers == {}


class TestCost:
    async def test_bytes_and_dollars(self, house: House) -> None:
        house.relay.usage = CarrierUsage(
            since_ms=1_772_000_000_000, pulled_bytes=8_000_000_000, returned_bytes=2_345_678_901
        )
        answer = await house.operator("GET", "/api/carrier/cost")
        assert answer.json() == {
            "since": "2026-02-25T06:13:20Z",
            "pulled_bytes": 8_000_000_000,
            "returned_bytes": 2_345_678_901,
            "price_per_gb": 0.05,
            "currency": "USD",
            "cost": 0.5173,
        }

    async def test_it_is_counted_anew(self, house: House) -> None:
        house.relay.usage = CarrierUsage(since_ms=0, pulled_bytes=10**9, returned_bytes=10**9)
        assert (await house.operator("GET", "/api/carrier/cost")).json()["cost"] == 0.1
        answer = (await house.operator("POST", "/api/carrier/cost/reset")).json()
        assert (answer["since"], answer["cost"]) == ("1970-01-01T00:00:01Z", 0)
        assert (await house.operator("GET", "/api/carrier/cost")).json() == answer

    async def test_only_the_operator_counts_anew(self, house: House, without: House) -> None:
        token = await house.invite(seat="guest1")
        for headers, status in ((bearer(token), 403), ({}, 401)):
            answer = await house.client.post("/api/carrier/cost/reset", headers=headers)
            assert answer.status_code == status
        assert (await without.operator("POST", "/api/carrier/cost/reset")).status_code == 409

    async def test_a_relay_that_does_not_know(self, house: House) -> None:
        house.relay.carrier_refusal = UnavailableError("not yet")
        assert (await house.operator("GET", "/api/carrier/cost")).status_code == 503


async def test_the_desk_is_told_what_there_is(house: House, tmp_path: Path) -> None:
    assert house.control.snapshot().carriers == (CarrierKind.BUILTIN, CarrierKind.CLOUDFLARE)
    folder = tmp_path / "without"
    folder.mkdir()
    async with running_house(folder) as other:
        assert other.control.snapshot().carriers == (CarrierKind.BUILTIN,)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/calls/whip/{guest_id}", "502"), ("/whep/{path}", "502"), ("/api/invites", "409")],
)
def test_what_carriers_make_of_a_request_is_in_the_description(path: str, status: str, house: House) -> None:
    assert status in house.app.openapi()["paths"][path]["post"]["responses"]
