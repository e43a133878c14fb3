"""One account at an emulated SFU: calls, order, credentials, and what a crash has left."""

import asyncio
import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from stagedoor.carriers.cloudflare import turn
from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.carriers.cloudflare.janitor import Janitor
from stagedoor.carriers.cloudflare.journal import FILE_NAME, MOST_SESSIONS, Journal
from stagedoor.carriers.cloudflare.session import SfuSession
from stagedoor.domain.errors import CarrierError
from stagedoor.emulator.serve import emulator
from stagedoor.media.packets import Kind
from stagedoor.rtc.whip import WhipPeer
from stagedoor.settings import CloudflareSettings
from tests.kit.cloudflare import client, pushing
from tests.kit.ports import free_ports
from tests.kit.sfu_guest import LOOPBACK, QUICK, Arrived, account_of, house
from tests.kit.show import Show, encode
from tests.kit.wait import until

pytestmark = pytest.mark.media

SHOW = Show(320, 180, seconds=2, bitrate=400_000)
WITH_TURN = replace(QUICK, turn_key_id="key", turn_key_token="token")


async def failure_at(**account: str) -> CarrierError:
    """What making a session fails with."""
    settings = CloudflareSettings.model_validate({"app_id": "app", "app_secret": "secret", **account})
    async with CloudflareApi(settings) as api:
        with pytest.raises(CarrierError) as caught:
            await api.new_session()
        assert api.calls == {("sessions/new", caught.value.code): 1}
    return caught.value


class TestCalls:
    async def test_a_wrong_secret_and_a_wrong_application(self) -> None:
        async with emulator() as it:
            base = {"base_url": it.base_url}
            wrong = await failure_at(app_id=it.app_id, app_secret="wrong", **base)
            unknown = await failure_at(app_id="0" * 32, app_secret=it.app_secret, **base)
        assert (wrong.code, unknown.code) == ("carrier_unauthorized", "carrier_app_unknown")
        assert "app_secret" in wrong.hint
        assert "wrong" not in str(wrong)

    async def test_nobody_there(self) -> None:
        (port,) = free_ports(1)
        assert (await failure_at(base_url=f"http://127.0.0.1:{port}/v1")).code == "carrier_unreachable"
        assert (await failure_at(base_url="https://nowhere.invalid/v1")).code == "carrier_unreachable"

    async def test_a_server_that_speaks_no_tls(self) -> None:
        async with emulator() as it:
            url = it.base_url.replace("http://", "https://")
            error = await failure_at(base_url=url)
        assert error.code == "carrier_tls_failed"
        assert "clock" in error.hint

    async def test_a_server_that_is_somebody_else(self) -> None:
        async with emulator() as it:
            url = it.base_url.replace("/v1", "/somewhere")
            assert (await failure_at(base_url=url)).code in ("carrier_not_understood", "carrier_app_unknown")

    async def test_many_operations_of_one_session_come_one_by_one_and_not_too_fast(self) -> None:
        async with house() as it:
            session = await SfuSession.create(it.account.api, it.account.carrier._way.janitor)
            pulls = [session.pull("0" * 32, {Kind.VIDEO: f"none-{n}"}, _never) for n in range(60)]
            outcomes = await asyncio.gather(*pulls)
            assert all(each[Kind.VIDEO].meaning is not None for each in outcomes)
            assert set(it.account.api.calls) == {("sessions/new", "ok"), ("tracks/new", "ok")}

    async def test_a_pull_waits_until_the_answer_of_the_one_before_is_taken(self) -> None:
        """Otherwise the SFU refuses it: an offer of its own is still open."""
        show = encode(SHOW)
        async with house() as it, it.guest(show) as guest, it.guest(show, label="guest2") as other:
            await asyncio.gather(guest.arrived.more(5), other.arrived.more(5))
            session = await SfuSession.create(it.account.api, it.account.carrier._way.janitor)
            order: list[str] = []
            gate = asyncio.Event()
            made: list[WhipPeer] = []

            async def slowly(offer: str) -> str:
                order.append("offer")
                await gate.wait()
                if not made:
                    made.append(await _peer(offer))
                else:
                    made[0].reoffer(offer)
                order.append("answer")
                return made[0].answer_sdp

            pulls = [
                asyncio.create_task(session.pull(each.peer._published.id, {kind: f"{name}-{kind}"}, slowly))
                for each, name, kind in ((guest, "guest1", Kind.AUDIO), (other, "guest2", Kind.VIDEO))
            ]
            await until(lambda: order == ["offer"])
            gate.set()
            outcomes = await asyncio.gather(*pulls)
            await made[0].aclose()
            assert order == ["offer", "answer", "offer", "answer"]
            assert [outcome.meaning for each in outcomes for outcome in each.values()] == [None, None]

    async def test_an_offer_that_is_not_answered_spoils_the_session(self) -> None:
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(5)
            session = await SfuSession.create(it.account.api, it.account.carrier._way.janitor)
            await it.api.faults(calls=[{"operation": "renegotiate", "kind": "fail", "status": 503}])
            made: list[WhipPeer] = []

            async def answered(offer: str) -> str:
                made.append(await _peer(offer))
                return made[0].answer_sdp

            with pytest.raises(CarrierError):
                await session.pull(guest.peer._published.id, {Kind.AUDIO: "guest1-audio"}, answered)
            await made[0].aclose()
            assert session.is_spoilt


async def _peer(offer: str) -> WhipPeer:
    return await WhipPeer.answer(offer, sink=Arrived(), settings=LOOPBACK, max_bitrate=1_000_000)


async def _never(_offer: str) -> str:
    raise AssertionError("there is nothing to answer")


class TestTurn:
    async def test_credentials_are_shared_for_a_while_and_then_renewed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with house(WITH_TURN) as it:
            settings = account_of(it.it, turn_key_id="key", turn_key_token="token")
            async with CloudflareApi(settings) as api:
                servers = turn.TurnServers(api)
                first, second = await servers.servers(), await servers.servers()
                assert first == second
                assert api.calls == {("ice-servers", "ok"): 1}
                urls = [url for each in first for url in each.urls]
                assert any(url.startswith("turns:") and ":443" in url for url in urls)
                assert not [url for url in urls if ":53" in url.removesuffix("?transport=udp")[-4:]]
                monkeypatch.setattr(servers, "_ask_at", 0.0)
                assert await servers.servers() != first

    async def test_where_no_newer_ones_are_to_be_had_the_old_ones_go_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with house(WITH_TURN) as it:
            settings = account_of(it.it, turn_key_id="key", turn_key_token="token")
            async with CloudflareApi(settings) as api:
                servers = turn.TurnServers(api)
                first = await servers.servers()
                await it.api.faults(calls=[{"operation": "turn/generate", "kind": "fail", "status": 503}])
                monkeypatch.setattr(servers, "_ask_at", 0.0)
                assert await servers.servers() == first
                assert await servers.servers() == first
                assert api.calls["ice-servers", "carrier_failed"] == 1, "nobody is asked again at once"
                monkeypatch.setattr(servers, "_made", -turn.TTL_S)
                with pytest.raises(CarrierError):
                    await servers.servers()

    async def test_without_a_key_there_are_none_and_nobody_is_asked(self) -> None:
        async with house() as it:
            assert await it.account.turn.servers() == ()
            assert not it.account.api.calls

    async def test_a_wrong_token_is_told(self) -> None:
        async with (
            house(WITH_TURN) as it,
            CloudflareApi(account_of(it.it, turn_key_id="key", turn_key_token="other")) as api,
        ):
            with pytest.raises(CarrierError) as caught:
                await turn.TurnServers(api).servers()
        assert caught.value.code == "carrier_turn_refused"
        assert "turn_key_token" in caught.value.hint


class TestWhatACrashLeft:
    async def test_sessions_of_the_last_run_are_closed(self, tmp_path: Path) -> None:
        async with emulator(QUICK) as it, client(it) as api, pushing(api, encode(SHOW)) as left:
            record = {"since_ms": 5, "pulled_bytes": 7, "sessions": [left.session_id, "f" * 32]}
            await asyncio.to_thread((tmp_path / FILE_NAME).write_text, json.dumps(record))

            journal = Journal(tmp_path)
            async with CloudflareApi(account_of(it)) as calls, Janitor(calls, journal):
                await until(lambda: not journal.sessions)
            published = it.engine.sessions[left.session_id].publications.values()
            assert all(each.closed for each in published)
            assert (journal.usage.since_ms, journal.usage.pulled_bytes) == (5, 7)
            assert json.loads(await asyncio.to_thread((tmp_path / FILE_NAME).read_text))["sessions"] == []

    async def test_what_was_sent_is_counted_anew_and_stays_so(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path)
        journal.opened("a-session")
        journal.count(pulled=7, returned=8)
        journal.reset()
        journal.count(pulled=1)
        assert journal.is_urgent
        await asyncio.to_thread(journal.save, journal.content())
        later = Journal(tmp_path)
        await asyncio.to_thread(later.load)
        assert later.usage == journal.usage
        assert (later.usage.pulled_bytes, later.usage.returned_bytes) == (1, 0)
        assert later.sessions == ("a-session",)

    async def test_it_is_counted_from_then_on(self, tmp_path: Path) -> None:
        record = {"since_ms": 5, "pulled_bytes": 7}
        await asyncio.to_thread((tmp_path / FILE_NAME).write_text, json.dumps(record))
        journal = Journal(tmp_path)
        await asyncio.to_thread(journal.load)
        assert journal.usage.since_ms == 5
        journal.reset()
        assert journal.usage.since_ms > 5

    async def test_open_sessions_are_on_the_disk_soon(self, tmp_path: Path) -> None:
        file = tmp_path / FILE_NAME

        async def recorded() -> set[str]:
            try:
                return set(json.loads(await asyncio.to_thread(file.read_text))["sessions"])
            except FileNotFoundError:
                return set()

        async with house(folder=tmp_path) as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(5)
            opened = {guest.peer._published.id, *it.account.journal.sessions}
            assert len(opened) == 2

            async def is_recorded() -> bool:
                return await recorded() == opened

            await until(is_recorded)


class TestJournal:
    def test_a_file_that_cannot_be_read_is_begun_anew(self, tmp_path: Path) -> None:
        (tmp_path / FILE_NAME).write_text("{")
        journal = Journal(tmp_path)
        journal.load()
        assert journal.sessions == ()
        journal.opened("a")
        journal.save(journal.content())
        again = Journal(tmp_path)
        again.load()
        assert again.sessions == ("a",)

    def test_it_is_bounded(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path)
        for number in range(MOST_SESSIONS + 10):
            journal.opened(str(number))
        assert len(journal.sessions) == MOST_SESSIONS
        assert journal.sessions[-1] == str(MOST_SESSIONS + 9)

    async def test_a_disk_that_is_full_costs_nothing_but_the_journal(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_journal: Journal, _content: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Journal, "save", full)
        async with house(folder=tmp_path) as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(5)
            await until(lambda: "cannot be written: No space left on device" in caplog.text)
            await guest.arrived.more(5)
            assert [each.name for each in tmp_path.iterdir()] == []
