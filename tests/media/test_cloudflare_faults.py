"""Everything that the emulated SFU can do wrong is survived without a hand, and told."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from stagedoor.carriers.base import Offer
from stagedoor.carriers.cloudflare import api as api_module
from stagedoor.carriers.cloudflare import carrier, pull, wanted, watchdog
from stagedoor.domain.carrier import PullState
from stagedoor.domain.errors import BadOfferError, CarrierError
from stagedoor.emulator.options import Timers
from stagedoor.ipc.messages import CarrierStatus
from stagedoor.media.packets import Kind, Packet
from tests.kit.sfu_guest import QUICK, Arrived, House, SfuGuest, house
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.media.test_rtc_loss import decoded

pytestmark = [pytest.mark.media, pytest.mark.timeout(90)]

SHOW = Show(320, 180, seconds=2, bitrate=400_000)


def call(operation: str, kind: str = "fail", **more: Any) -> dict[str, Any]:
    """A fault of one operation."""
    return {"operation": operation, "kind": kind, **more}


async def refused(it: House) -> CarrierError:
    """What a guest is told who comes now."""
    guest = SfuGuest(encode(SHOW))
    try:
        with pytest.raises(CarrierError) as caught:
            await guest.come(it.account)
    finally:
        await guest.close()
    return caught.value


def times_go_on(packets: list[Packet]) -> bool:
    """Whether each track's times only ever grow."""
    for kind in Kind:
        times = [packet.pts for packet in packets if packet.track.kind is kind]
        if any(later <= earlier for earlier, later in zip(times, times[1:], strict=False)):
            return False
    return True


class TestPublishing:
    """The page gets a typed error, with blame and hint; the next try may succeed."""

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            (call("sessions/new", status=401, errorCode="unauthorized"), "carrier_unauthorized"),
            (call("sessions/new", status=404, errorCode="not_found"), "carrier_app_unknown"),
            (call("sessions/new", status=500), "carrier_failed"),
            (call("sessions/new", status=503, errorCode="x"), "carrier_failed"),
            (call("sessions/new", "invalid_json"), "carrier_unreadable"),
            (call("sessions/new", "broken_schema"), "carrier_unreadable"),
            (call("tracks/new", status=400, errorCode="decoding_error"), "carrier_not_understood"),
            (call("tracks/new", status=406, errorCode="invalid_params"), "carrier_out_of_order"),
            (call("tracks/new", status=410, errorCode="session_error"), "carrier_session_gone"),
            (call("tracks/new", status=413, errorCode="payload_too_large"), "carrier_too_large"),
            (call("tracks/new", status=425, errorCode="session_error"), "carrier_not_ready"),
            (call("tracks/new", status=429, errorCode="x"), "carrier_too_many_calls"),
            (call("tracks/new", "broken_schema"), "carrier_unreadable"),
            (call("tracks/new", "broken_sdp"), "carrier_unreadable"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    async def test_a_refusal_is_told_and_nothing_is_left(self, fault: dict[str, Any], code: str) -> None:
        async with house() as it:
            await it.api.faults(calls=[{**fault, "count": 1}])
            error = await refused(it)
            assert error.code == code
            assert error.hint
            await until(lambda: not it.account.journal.sessions)
            async with it.guest(encode(SHOW)) as guest:
                await guest.arrived.more(5)

    async def test_an_answer_that_never_comes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api_module, "ANSWER_WITHIN_S", 0.5)
        async with house() as it:
            await it.api.faults(calls=[call("tracks/new", "hang", count=1)])
            assert (await refused(it)).code == "carrier_timed_out"

    async def test_calls_that_hang_once_are_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(carrier, "LATE_S", 0.3)
        async with house() as it:
            hanging = [call(each, "hang", count=1) for each in ("sessions/new", "tracks/new")]
            await it.api.faults(calls=hanging)
            async with it.guest(encode(SHOW)) as guest:
                await guest.arrived.more(5)
                left = {guest.peer._published.id, _session(guest)}
                await until(lambda: set(it.account.journal.sessions) == left, what="the others are closed")

    async def test_an_offer_that_is_none_never_reaches_the_sfu(self) -> None:
        async with house() as it:
            with pytest.raises(BadOfferError):
                await it.account.carrier.open(Offer("v=0\r\nm=audio\r\n", "guest1", 1_000_000), Arrived())
            assert not it.account.api.calls


class TestPulling:
    """The guest has published; the relay gets there all the same."""

    @pytest.mark.parametrize(
        "fault",
        [
            call("sessions/new", status=500),
            call("sessions/new", "invalid_json"),
            call("tracks/new", status=410, errorCode="session_error"),
            call("tracks/new", status=425, errorCode="session_error"),
            call("tracks/new", status=406, errorCode="invalid_session_description"),
            call("tracks/new", status=500),
            call("tracks/new", status=503, errorCode="x"),
            call("tracks/new", "broken_schema"),
            call("tracks/new", "broken_sdp"),
            call("renegotiate", status=406, errorCode="invalid_session_description"),
            call("renegotiate", status=410, errorCode="session_error"),
            call("renegotiate", status=500),
            call("renegotiate", "broken_schema"),
        ],
        ids=lambda fault: f"{fault['operation']} {fault['kind']} {fault.get('status', '')}",
    )
    async def test_a_call_that_fails_three_times(
        self, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wanted, "UNTOLD_S", 3600.0)
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.connected()
            await until(lambda: _status(guest).pull_session)
            if fault["operation"] == "sessions/new":
                await it.api.faults(vanish=[guest.peer._puller.session.id], calls=[{**fault, "count": 3}])  # type: ignore[union-attr]
            else:
                await it.api.faults(calls=[{**fault, "count": 3}])
            guest.peer.sending(Kind)
            await guest.arrived.more(10, timeout=30.0)
            assert guest.arrived.closed == ""
            status = guest.peer.report().cloudflare
            assert status is not None
            assert status.code == "", "the trouble is over"

    async def test_a_call_that_hangs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api_module, "ANSWER_WITHIN_S", 1.0)
        monkeypatch.setattr(wanted, "UNTOLD_S", 3600.0)
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.connected()
            await it.api.faults(
                calls=[call("tracks/new", "hang", count=1), call("renegotiate", "hang", count=1)]
            )
            guest.peer.sending(Kind)
            await guest.arrived.more(10, timeout=30.0)

    async def test_nothing_is_found_at_first(self) -> None:
        async with house() as it:
            await it.api.faults(notFound=True)
            async with it.guest(encode(SHOW)) as guest:
                await until(lambda: _retries(guest) >= 2, 10)
                status = guest.peer.report().cloudflare
                assert status is not None
                assert status.code == "carrier_track_not_ready"
                assert "Track not found" in status.reason
                assert status.pull_session
                await it.api.faults()
                await guest.arrived.more(10)
                assert guest.states() == dict.fromkeys(Kind, PullState.PULLED)


class TestOnAir:
    """What was live goes on, or comes back by itself, with times that only grow."""

    @pytest.mark.parametrize("how", ["expire", "vanish"])
    async def test_our_session_ends(self, how: str) -> None:
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(10)
            session = guest.peer._puller.session
            assert session is not None
            await it.api.faults(**{how: [session.id]})
            await until(lambda: _status(guest).rebuilt >= 1, 20)
            await guest.arrived.more(30, timeout=20.0)
            assert guest.arrived.closed == ""
            assert times_go_on(guest.arrived.packets)

    @pytest.mark.parametrize("operation", ["sessions/new", "tracks/new", "renegotiate"])
    async def test_our_session_ends_and_a_call_hangs(
        self, operation: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pull, "LATE_S", 0.3)
        monkeypatch.setattr(pull, "HURRY_S", 0.5)
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(10)
            await it.api.faults(calls=[call(operation, "hang", count=1)], expire=[_session(guest)])
            await guest.arrived.more(30, timeout=20.0)
            assert guest.arrived.closed == ""

    async def test_our_session_ends_and_the_calls_are_slow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Those that are given up early are waited for the next time."""
        monkeypatch.setattr(pull, "HURRY_S", 0.3)
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(10)
            slow = [call(each, "slow", delay=0.6) for each in ("tracks/new", "renegotiate")]
            await it.api.faults(calls=slow, expire=[_session(guest)])
            await guest.arrived.more(30, timeout=20.0)
            assert guest.arrived.closed == ""
            assert it.account.api.calls["tracks/new", "carrier_timed_out"] == 1

    async def test_a_picture_that_is_late_is_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Giving a pull up would cost the sound, which flows."""
        monkeypatch.setattr(pull, "HURRY_S", 0.3)
        waiting = replace(QUICK, timers=Timers(empty_track=1.5))
        async with house(waiting) as it, it.guest(encode(SHOW), video_after=4.0) as guest:
            guest.peer.sending([Kind.AUDIO])
            await guest.arrived.more(20, kinds=(Kind.AUDIO,))
            guest.peer.sending([Kind.VIDEO])
            await guest.arrived.more(10, timeout=20.0)
            assert it.account.api.calls["tracks/new", "carrier_timed_out"] == 0
            assert _status(guest).rebuilt == 0
            assert not any(packet.gap for packet in guest.arrived.of(Kind.AUDIO))

    @pytest.mark.parametrize("how", ["expire", "vanish"])
    async def test_the_guests_session_ends(self, how: str) -> None:
        """Then the page has to come anew, and is told so soon."""
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(10)
            await it.api.faults(**{how: [guest.peer._published.id]})
            await until(lambda: guest.arrived.closed, 20)

    async def test_packets_are_lost(self) -> None:
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(10)
            await it.api.faults(loss={"fraction": 0.1, "seed": 5})
            await guest.arrived.more(100, timeout=25.0)
            assert decoded(guest.arrived.packets) == len(guest.arrived.of(Kind.VIDEO))
            assert guest.arrived.closed == ""

    @pytest.mark.parametrize("fault", [call("*", status=503, errorCode="x"), call("*", status=429)])
    async def test_sound_goes_on_while_the_picture_cannot_be_asked_for(self, fault: dict[str, Any]) -> None:
        async with house() as it, it.guest(encode(SHOW), video_after=4.0) as guest:
            await guest.arrived.more(20, kinds=(Kind.AUDIO,))
            await it.api.faults(calls=[{**fault, "operation": "tracks/new"}])
            tries = it.account.api.calls.total()
            await until(lambda: it.account.api.calls.total() >= tries + 3, 15)
            await guest.arrived.more(20, kinds=(Kind.AUDIO,))
            assert _status(guest).code in ("carrier_failed", "carrier_too_many_calls")
            await it.api.faults()
            await guest.arrived.more(10, timeout=20.0)
            assert _status(guest).rebuilt == 0
            assert not any(packet.gap for packet in guest.arrived.of(Kind.AUDIO))

    async def test_a_short_silence_while_the_api_is_down_costs_nothing(self) -> None:
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(10)
            await it.api.faults(calls=[call("*", status=503, errorCode="x")])
            asked = it.account.api.calls["session", "carrier_failed"]
            _be_silent(guest, True)
            await until(lambda: it.account.api.calls["session", "carrier_failed"] > asked, 8)
            _be_silent(guest, False)
            await guest.arrived.more(20)
            assert (_status(guest).rebuilt, guest.arrived.closed) == (0, "")

    async def test_calls_that_are_slow(self) -> None:
        async with house() as it:
            await it.api.faults(calls=[call("*", "slow", delay=0.7)])
            async with it.guest(encode(SHOW)) as guest:
                await guest.arrived.more(10, timeout=20.0)

    async def test_a_session_that_cannot_be_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api_module, "ANSWER_WITHIN_S", 1.0)
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(10)
            session = guest.peer._puller.session
            assert session is not None
            await it.api.faults(calls=[call("sessions/get", "hang")], vanish=[session.id])
            await until(lambda: _status(guest).rebuilt >= 1 or guest.arrived.closed, 20)

    async def test_a_track_that_the_sfu_has_dropped_is_published_anew(self) -> None:
        quick = replace(QUICK, timers=replace(QUICK.timers, silence=1.0))
        async with house(quick) as it, it.guest(encode(SHOW)) as guest:
            guest.peer.sending(Kind)
            await guest.arrived.more(10)
            assert guest.audio is not None
            guest.audio.silent = True
            await until(lambda: guest.arrived.closed, watchdog.ONE_QUIET_S * 2 + 10)
            assert "dropped" in guest.arrived.closed

    async def test_a_guest_who_vanishes_is_lost(self) -> None:
        async with house() as it, it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(10)
            await guest.vanish()
            await until(lambda: guest.arrived.closed, watchdog.LOST_S + 5)

    async def test_one_guests_trouble_is_no_other_ones(self) -> None:
        async with (
            house() as it,
            it.guest(encode(SHOW)) as guest,
            it.guest(encode(SHOW), label="guest2") as other,
        ):
            await asyncio.gather(guest.arrived.more(10), other.arrived.more(10))
            session = guest.peer._puller.session
            assert session is not None
            await it.api.faults(vanish=[guest.peer._published.id, session.id])
            await until(lambda: guest.arrived.closed, 20)
            assert not any(packet.gap for packet in other.arrived.packets[1:])
            await other.arrived.more(30)


def _session(guest: SfuGuest) -> str:
    """The relay's own."""
    session = guest.peer._puller.session
    assert session is not None
    return session.id


def _status(guest: SfuGuest) -> CarrierStatus:
    status = guest.peer.report().cloudflare
    assert status is not None
    return status


def _retries(guest: SfuGuest) -> int:
    return min(each.retries for each in _status(guest).tracks)


def _be_silent(guest: SfuGuest, silent: bool) -> None:
    for track in (guest.audio, guest.video):
        assert track is not None
        track.silent = silent
