"""Control and relay are restarted, each alone: what was, is again."""

import asyncio
import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control import reconciler
from stagedoor.control import store as store_module
from stagedoor.control.store import MIGRATIONS, Consent, Store
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import UnavailableError
from stagedoor.domain.house import RELOAD_MS
from stagedoor.domain.house import House as DomainHouse
from stagedoor.domain.invite import Invite
from stagedoor.domain.session import EndReason
from tests.kit.control_app import (
    AS_OPERATOR,
    OFFER,
    SDP,
    House,
    bearer,
    make_settings,
    running_control,
)
from tests.kit.fake_relay import FakeRelay
from tests.kit.wait import until

pytestmark = pytest.mark.service


class Rig:
    """A relay and control that can be stopped and started apart."""

    def __init__(self, tmp_path: Path, **parts: dict[str, Any]) -> None:
        relay = {"destinations": ["rtmp://127.0.0.1/{path}"]}
        self.settings = make_settings(tmp_path, relay=relay, **parts)
        self.settings.server.run_dir.mkdir()
        self.relay = FakeRelay()
        self.house = House(self.relay)
        self._relay_stack = AsyncExitStack()
        self._control_stack = AsyncExitStack()

    async def start_relay(self) -> None:
        await self._relay_stack.enter_async_context(self.relay.serving(self.settings.server.relay_socket))

    async def stop_relay(self) -> None:
        await self._relay_stack.aclose()
        self.relay.sessions.clear()

    async def start_control(self) -> None:
        await self._control_stack.enter_async_context(running_control(self.settings, self.house))
        await until(lambda: self.house.control.stage.health.relay_up)

    async def stop_control(self) -> None:
        await self._control_stack.aclose()

    async def publish(self, seat: str, instance: str = "page-1", **more: int) -> tuple[str, str]:
        token = await self.house.invite(seat=seat, **more)
        assert (await self.house.join(token, instance=instance)).status_code == 200
        assert (await self.house.whip(seat, token, instance)).status_code == 201
        return token, self.relay.newest()


async def test_control_comes_back_and_live_sessions_go_on(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token, session = await rig.publish("guest1")
    await rig.house.whip("guest1-screen", token, "page-1")
    screen = rig.relay.newest()
    rig.relay.media(session)
    before = await rig.house.guest("guest1")
    await rig.stop_control()
    assert set(rig.relay.sessions) == {session, screen}
    await rig.start_control()
    await until(lambda: len(rig.house.control.stage.sessions) == 2)
    after = await rig.house.guest("guest1")
    assert {key: after[key] for key in ("id", "name", "seat", "state", "away")} == {
        key: before[key] for key in ("id", "name", "seat", "state", "away")
    }
    assert await rig.house.sessions() == {"guest1": session, "guest1-screen": screen}
    assert rig.relay.bindings == []
    assert rig.relay.closed == []
    assert (await rig.house.whip("guest1", token, "page-2")).status_code == 409
    location = f"/api/calls/whip/guest1/{session}"
    assert (await rig.house.client.delete(location, headers=bearer(token))).status_code == 200
    await rig.stop_control()
    await rig.stop_relay()


async def test_a_viewer_from_before_ends_when_its_guest_is_held(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token, _ = await rig.publish("guest1")
    for who in (bearer(token), AS_OPERATOR):
        answer = await rig.house.client.post("/whep/guest1", content=OFFER, headers=SDP | who)
        assert answer.status_code == 201
    guests, operators = rig.relay.viewers
    await rig.stop_control()
    await rig.start_control()
    await until(lambda: len(rig.house.control.stage.sessions) == 1)
    assert set(rig.relay.viewers) == {guests, operators}
    assert (await rig.house.operator("POST", "/api/guests/guest1/hold")).status_code == 200
    assert set(rig.relay.viewers) == {operators}
    await rig.stop_control()
    await rig.stop_relay()


async def test_a_guest_who_left_while_control_was_away(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    await rig.publish("guest1")
    await rig.stop_control()
    rig.relay.sessions.clear()
    await rig.start_control()
    guest = await rig.house.guest("guest1")
    assert (guest["state"], guest["away"], guest["sessions"]) == ("seated", True, [])
    await rig.stop_control()
    await rig.stop_relay()


@pytest.mark.parametrize("reloaded", [False, True])
async def test_a_page_that_was_closed_just_before_control_ended(tmp_path: Path, reloaded: bool) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token, _ = await rig.publish("guest1")
    guest = (await rig.house.guest("guest1"))["id"]
    await rig.house.client.post(f"/api/guests/guest1/leave?invite={token}")
    await rig.stop_control()
    await rig.start_control()
    assert (await rig.house.guest(guest))["state"] == "seated"
    if reloaded:
        assert (await rig.house.join(token)).status_code == 200
    rig.house.late_ms += 5000
    rig.house.control.stage.commit(rig.house.control.stage.house.overdue(rig.house.now_ms()))
    assert (await rig.house.guest(guest))["state"] == ("seated" if reloaded else "left")
    await rig.stop_control()
    await rig.stop_relay()


@pytest.mark.parametrize("back", [True, False])
async def test_a_link_that_expired_meanwhile_brings_its_guest_back(tmp_path: Path, back: bool) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token, _ = await rig.publish("guest1", expires_s=60)
    guest = (await rig.house.guest("guest1"))["id"]
    await rig.stop_control()
    await rig.stop_relay()
    rig.house.late_ms += 61_000
    await rig.start_relay()
    await rig.start_control()
    rig.house.late_ms += 50_000
    rig.house.control.stage.commit(rig.house.control.stage.house.overdue(rig.house.now_ms()))
    if back:
        assert (await rig.house.join(token)).json()["guest"]["id"] == guest
        assert (await rig.house.whip("guest1", token, "page-1")).status_code == 201
    rig.house.late_ms += 11_000
    rig.house.control.stage.commit(rig.house.control.stage.house.overdue(rig.house.now_ms()))
    assert (await rig.house.guest(guest))["state"] == ("seated" if back else "expired")
    await rig.stop_control()
    await rig.stop_relay()


async def test_which_visit_a_page_has_joined_for_lasts(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token, session = await rig.publish("guest1")
    assert (await rig.house.join(token, visit="now")).status_code == 200
    await rig.stop_control()
    await rig.start_control()
    await until(lambda: len(rig.house.control.stage.sessions) == 1)
    for visit, left in (("before", []), ("now", [(session, EndReason.LEFT)])):
        query = {"invite": token, "instance": "page-1", "visit": visit}
        await rig.house.client.post("/api/guests/guest1/leave", params=query)
        assert rig.relay.closed == left
    await rig.stop_control()
    await rig.stop_relay()


async def test_sessions_of_nobody_are_closed(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    _, session = await rig.publish("guest1")
    await rig.stop_control()
    (tmp_path / "control.db").unlink()
    await rig.start_control()
    await until(lambda: rig.relay.closed == [(session, EndReason.REMOVED)])
    await rig.stop_control()
    await rig.stop_relay()


async def test_an_empty_database_knows_its_links_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token = await rig.house.invite(seat="guest2", name="Ann")
    await rig.stop_control()
    (tmp_path / "control.db").unlink()
    await rig.start_control()
    assert (await rig.house.join(token)).json()["guest"]["seat"] == "guest2"
    await rig.stop_control()
    await rig.stop_relay()


async def test_blocks_and_revocations_last(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token, _ = await rig.publish("guest1")
    await rig.house.operator("POST", "/api/guests/guest1/remove", json={"block": True})
    made = (await rig.house.operator("POST", "/api/invites", json={"seat": "guest2"})).json()
    await rig.house.operator("DELETE", f"/api/invites/{made['id']}")
    await rig.stop_control()
    await rig.start_control()
    assert (await rig.house.join(token)).json()["code"] == "removed"
    assert (await rig.house.join(made["token"])).json()["code"] == "invite_expired"
    await rig.stop_control()
    await rig.stop_relay()


async def test_a_guests_carrier_and_an_invites_last(tmp_path: Path) -> None:
    rig = Rig(tmp_path, carrier={"cloudflare": {"app_id": "app", "app_secret": "secret"}})
    await rig.start_relay()
    await rig.start_control()
    _, first = await rig.publish("guest1")
    switch = {"carrier": "cloudflare"}
    await rig.house.operator("POST", "/api/guests/guest1/carrier", json=switch)
    await rig.house.operator("POST", "/api/invites", json={"seat": "guest2", "carrier": "cloudflare"})
    token, _ = await rig.publish("guest3")
    assert (await rig.house.operator("POST", "/api/guests/guest3/carrier", json=switch)).status_code == 200
    assert (await rig.house.whip("guest3", token, "page-1")).status_code == 201
    by_cloudflare = rig.relay.newest()
    await rig.stop_control()
    await rig.start_control()
    await until(lambda: len(rig.house.control.stage.sessions) == 1)
    (session,) = rig.house.control.stage.sessions
    assert (session.id, session.carrier) == (by_cloudflare, CarrierKind.CLOUDFLARE)
    assert [guest["carrier"] for guest in await rig.house.guests()] == ["cloudflare"] * 3
    assert [key for key, _ in rig.relay.closed][0] == first
    invites = (await rig.house.operator("GET", "/api/invites")).json()["invites"]
    assert {invite["seat"]: invite["carrier"] for invite in invites}["guest2"] == "cloudflare"
    await rig.stop_control()
    await rig.stop_relay()


async def test_a_switch_that_control_did_not_live_to_make(tmp_path: Path) -> None:
    rig = Rig(tmp_path, carrier={"cloudflare": {"app_id": "app", "app_secret": "secret"}})
    await rig.start_relay()
    await rig.start_control()
    _, first = await rig.publish("guest1")
    _, other = await rig.publish("guest2")
    await rig.stop_control()
    with sqlite3.connect(tmp_path / "control.db") as database:
        database.execute("UPDATE guests SET carrier = 'cloudflare' WHERE seat = 'guest1'")
    database.close()
    await rig.start_control()
    await until(lambda: rig.relay.closed)
    assert rig.relay.closed == [(first, EndReason.REPLACED)]
    assert list(rig.relay.sessions) == [other]
    await rig.stop_control()
    await rig.stop_relay()


async def test_a_move_that_the_relay_did_not_make_is_made_up_for(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    _, session = await rig.publish("guest1")
    await rig.stop_control()
    moved = rig.relay.sessions[session].model_copy(update={"path": "lobby-x", "destinations": ()})
    rig.relay.sessions[session] = moved
    await rig.start_control()
    await until(lambda: rig.relay.sessions[session].path == "guest1")
    await rig.stop_control()
    await rig.stop_relay()


async def test_the_relay_comes_back_without_sessions(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token, _ = await rig.publish("guest1")
    await rig.stop_relay()
    await until(lambda: not rig.house.control.stage.health.relay_up)
    answer = await rig.house.whip("guest1", token, "page-1")
    assert (answer.status_code, answer.json()["code"]) == (503, "relay_unavailable")
    assert "retry-after" in answer.headers
    health = (await rig.house.operator("GET", "/api/health")).json()
    assert (health["status"], health["parts"]["relay"]) == ("critical", "down")
    assert (await rig.house.client.get("/readyz")).status_code == 503
    await rig.start_relay()
    await until(lambda: rig.house.control.stage.health.relay_up)
    guest = await rig.house.guest("guest1")
    assert (guest["seat"], guest["away"], guest["sessions"]) == ("guest1", True, [])
    assert (await rig.house.whip("guest1", token, "page-1")).status_code == 201
    assert rig.relay.at("guest1") == [rig.relay.newest()]
    assert (await rig.house.operator("GET", "/api/health")).json()["status"] == "ok"
    await rig.stop_control()
    await rig.stop_relay()


async def test_a_relay_that_stays_away_has_lost_its_sessions(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    await rig.publish("guest1")
    await rig.stop_relay()
    await until(lambda: len(rig.house.control.stage.sessions) == 0)
    assert (await rig.house.guest("guest1"))["away"]
    await rig.stop_control()


async def test_consents_are_kept_with_time_and_version(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    before = rig.house.now_ms()
    await rig.publish("guest1")
    rows = await rig.house.control.store.consents()
    assert [(row[1], row[2]) for row in rows] == [("Ann", rig.house.control.door.notice_version)]
    assert isinstance(rows[0][3], int)
    assert before <= rows[0][3] <= rig.house.now_ms()
    await rig.stop_control()
    await rig.stop_relay()


async def test_consents_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "CONSENTS_KEPT", 3)
    late = store_module.CONSENTS_KEPT_MS + 100
    here = Invite("here")
    empty = DomainHouse(("guest1",))
    async with Store.open(tmp_path / "control.db", lambda _failing: None) as store:
        store.put_house(empty, empty.with_invite(here).expecting("g_1", here))
        for invite in ("here", "early", "twice", "twice"):
            store.put_consent(Consent(invite, "Ann", "v1", 1))
        assert [row[0] for row in await store.consents()] == ["here", "early", "twice"]
        store.put_consent(Consent("twice", "Ann", "v2", late))
        assert [row[0] for row in await store.consents()] == ["here", "twice"]
        for number in range(1, 5):
            store.put_consent(Consent(f"knock{number}", "Bob", "v2", late + number))
        kept = [row[0] for row in await store.consents()]
    assert kept == ["here", "knock2", "knock3", "knock4"]


async def test_the_schema_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    for _ in range(2):
        async with Store.open(path, lambda _failing: None) as store:
            assert (await store.load(DomainHouse(("guest1",)))).guests == {}


async def test_a_database_of_an_earlier_version(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    early = sqlite3.connect(path)
    early.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
    early.execute(
        "INSERT INTO guests VALUES ('g_1', 'i', 'Ann', 'seated', 'guest1', 'page-1', 1, NULL, NULL)"
    )
    early.commit()
    early.close()
    async with Store.open(path, lambda _failing: None) as store:
        before = await store.load(DomainHouse(("guest1",)))
        store.put_house(before, before.leaving("g_1", 100))
    async with Store.open(path, lambda _failing: None) as store:
        after = await store.load(DomainHouse(("guest1",)))
    assert (after.guest("g_1").seat, after.guest("g_1").leave_ms) == ("guest1", 100 + RELOAD_MS)


async def test_a_database_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    path.write_bytes(b"this is no database, but long enough to be looked at" * 10)
    with pytest.raises(UnavailableError) as caught:
        async with Store.open(path, lambda _failing: None):
            pytest.fail("it opened")
    assert caught.value.code == "database_unusable"


async def test_a_database_that_cannot_be_written_is_a_warning_until_it_can(tmp_path: Path) -> None:
    troubles: list[bool] = []
    async with Store.open(tmp_path / "control.db", troubles.append) as store:
        writing = asyncio.create_task(store.run())
        other = sqlite3.connect(tmp_path / "control.db")
        other.execute("BEGIN IMMEDIATE")
        store.put_notice("v1", "text", 1)
        await until(lambda: troubles == [True])
        other.close()
        await until(lambda: troubles == [True, False])
        writing.cancel()
        await asyncio.wait((writing,))


async def test_what_could_not_be_written_never_comes_over_what_is_newer(tmp_path: Path) -> None:
    async with Store.open(tmp_path / "control.db", lambda _failing: None) as store:
        other = sqlite3.connect(tmp_path / "control.db")
        other.execute("BEGIN IMMEDIATE")
        store.put_thing("chat", "1", "old")
        first = asyncio.create_task(store.flush())
        await asyncio.sleep(0)
        store.put_thing("chat", "1", "new")
        second = asyncio.create_task(store.flush())
        with pytest.raises(sqlite3.OperationalError):
            await first
        other.close()
        await second
        await store.flush()
        assert await store.load_things("chat") == ["new"]


async def test_a_session_that_ends_while_its_offer_is_answered(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    token = await rig.house.invite(seat="guest1")
    await rig.house.join(token)
    rig.relay.answer_gate = asyncio.Event()
    offered = asyncio.create_task(rig.house.whip("guest1", token, "page-1"))
    await until(lambda: rig.relay.sessions)
    rig.relay.lose(rig.relay.newest())
    await until(lambda: any(rig.house.control.publishing.opening.values()))
    rig.relay.answer_gate.set()
    await offered
    assert await rig.house.sessions() == {}
    await rig.stop_control()
    await rig.stop_relay()


async def test_a_session_whose_end_was_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciler, "LOOK_EVERY_S", 0.05)
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    await rig.publish("guest1")
    rig.relay.sessions.clear()
    await until(lambda: len(rig.house.control.stage.sessions) == 0)
    await rig.stop_control()
    await rig.stop_relay()


async def test_a_path_that_is_just_being_freed_is_waited_for(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.start_relay()
    await rig.start_control()
    rig.relay.squatters["guest1"] = "the guest before"
    token = await rig.house.invite(seat="guest1")
    offered = asyncio.create_task(rig.house.whip("guest1", token))
    await until(lambda: rig.relay.refused > 0)
    rig.relay.squatters.clear()
    assert (await offered).status_code == 201
    await rig.stop_control()
    await rig.stop_relay()
