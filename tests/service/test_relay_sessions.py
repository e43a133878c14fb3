"""Sessions: from the offer to the end, on a carrier and destinations that the test drives."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import (
    CapacityError,
    ConflictError,
    InvalidError,
    NegotiationError,
    NotFoundError,
)
from stagedoor.domain.session import STALLED_AFTER_MS, EndReason, SessionState
from stagedoor.ipc.messages import (
    Binding,
    DestinationSpec,
    Devices,
    FragmentRequest,
    SessionRequest,
    SessionStatus,
    TrackState,
)
from stagedoor.media.packets import Kind
from stagedoor.relay import session as session_module
from stagedoor.relay import sessions as sessions_module
from stagedoor.relay.hub import Hub
from stagedoor.relay.sessions import Sessions
from tests.kit.relay import FakeCarrier, FakeConverters, FakeOutlets, picture, sound
from tests.kit.wait import until

pytestmark = pytest.mark.service

SERVER = DestinationSpec(id="d1", url="rtmp://server/secret-key")


class House:
    """A relay without its doors."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.carrier = FakeCarrier()
        self.outlets = FakeOutlets()
        self.told: list[SessionStatus] = []
        self.sessions = Sessions(hub, {CarrierKind.BUILTIN: self.carrier}, self.outlets)
        self.sessions.on_status = self.told.append

    async def join(
        self, name: str, path: str = "guest1", owner: str = "anna", *, offer: str = "v=0", server: bool = True
    ) -> None:
        binding = Binding(path=path, destinations=(SERVER,) if server else ())
        await self.sessions.open(
            SessionRequest(session=name, owner=owner, label=path, offer=offer, binding=binding)
        )

    def states(self, name: str) -> list[SessionState]:
        return [status.state for status in self.told if status.session == name]


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(sessions_module, "TICK_S", 0.02)
    async with Hub(FakeConverters().converters) as hub:
        house = House(hub)
        async with house.sessions:
            yield house


async def test_a_session_is_live_with_its_first_packet(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await house.join("s1")
    [peer] = house.carrier.peers
    assert house.outlets.made == []
    assert house.states("s1") == [SessionState.WAITING]
    peer.sink.on_packet(sound(0))
    peer.sink.on_packet(picture(0, key=True))
    await until(lambda: house.outlets.running)
    status = house.sessions.get("s1").status()
    assert status.state is SessionState.LIVE
    assert status.time_to_first_frame_ms is not None
    assert status.round_trip_ms == 12.5
    assert [(track.kind, track.lost) for track in status.tracks] == [(Kind.VIDEO, 7), (Kind.AUDIO, 0)]
    assert status.destinations[0].id == "d1"
    lines = [record.getMessage() for record in caplog.records]
    assert "Session created for guest1" in lines
    assert "Starting relay for guest1" in lines
    assert "secret-key" not in caplog.text


async def test_each_track_stalls_alone_and_never_when_it_is_off(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.join("s1")
    session = house.sessions.get("s1")
    sink = house.carrier.peers[0].sink
    first = picture(0, key=True)
    sink.on_packet(first)
    last = sound(0)
    sink.on_packet(last)
    later = first.arrived + STALLED_AFTER_MS / 1000 + 0.01
    sink.on_packet(sound(1))
    assert not session.tick(first.arrived + STALLED_AFTER_MS / 1000 - 0.01)
    assert session.tick(later)
    assert session.state is SessionState.STALLED
    house.sessions.set_devices("s1", Devices(camera="off"))
    assert not session.tick(last.arrived + 1)
    status = session.status()
    assert status.state is SessionState.LIVE
    assert [track.state for track in status.tracks] == [TrackState.OFF, TrackState.LIVE]


async def test_statuses_come_once_a_second_and_on_change(house: House) -> None:
    await house.join("s1")
    house.told.clear()
    house.carrier.peers[0].sink.on_packet(sound(0))
    assert house.states("s1")[0] is SessionState.LIVE
    before = len(house.told)
    await until(lambda: len(house.told) > before + 2)


async def test_seating_moves_a_session_without_a_new_negotiation(house: House) -> None:
    await house.join("s1", "lobby-anna", server=False)
    peer = house.carrier.peers[0]
    lobby = house.hub.subscribe("lobby-anna", kind="http")
    seat = house.hub.subscribe("guest1", kind="http")
    peer.sink.on_packet(picture(0, key=True))
    assert house.outlets.made == []
    house.sessions.bind("s1", Binding(path="guest1", destinations=(SERVER,)))
    assert peer.asked == 1
    peer.sink.on_packet(picture(1))
    peer.sink.on_packet(picture(2, key=True))
    await until(lambda: house.outlets.running)
    assert lobby.queued == 1
    assert (await anext(seat)).key
    assert len(house.carrier.peers) == 1
    house.sessions.bind("s1", Binding(path="lobby-anna"))
    await until(lambda: not house.outlets.running)
    peer.sink.on_packet(picture(3, key=True))
    assert lobby.queued == 2
    assert seat.queued == 0
    await lobby.aclose()
    await seat.aclose()


async def test_only_destinations_that_change_are_disturbed(house: House) -> None:
    await house.join("s1")
    house.carrier.peers[0].sink.on_packet(sound(0))
    await until(lambda: house.outlets.running)
    other = DestinationSpec(id="d2", url="rtsp://server/guest1")
    house.sessions.bind("s1", Binding(path="guest1", destinations=(SERVER, other)))
    await until(lambda: len(house.outlets.running) == 2)
    assert len(house.outlets.made) == 2
    house.sessions.bind("s1", Binding(path="guest1", destinations=(other,)))
    await until(lambda: house.outlets.running == [house.outlets.made[1]])


async def test_a_relay_is_restarted_without_its_session(house: House) -> None:
    other = DestinationSpec(id="d2", url="rtsp://server/guest1")
    await house.join("s1")
    peer = house.carrier.peers[0]
    peer.sink.on_packet(sound(0))
    house.sessions.bind("s1", Binding(path="guest1", destinations=(SERVER, other)))
    await until(lambda: len(house.outlets.running) == 2)
    first, second = house.outlets.made
    house.sessions.restart_relay("s1", "d2")
    await until(lambda: len(house.outlets.made) == 3 and len(house.outlets.running) == 2)
    assert (first.running, second.running, house.outlets.made[2].spec.id) == (True, False, "d2")
    house.sessions.restart_relay("s1", None)
    await until(lambda: len(house.outlets.made) == 5 and len(house.outlets.running) == 2)
    assert not first.running
    assert [each.id for each in house.sessions.get("s1").status().destinations] == ["d1", "d2"]
    assert (len(house.carrier.peers), peer.closed) == (1, False)
    assert house.sessions.get("s1").state is SessionState.LIVE
    with pytest.raises(NotFoundError) as refused:
        house.sessions.restart_relay("s1", "d3")
    assert refused.value.code == "destination_unknown"
    await house.join("s2", "lobby-berta", owner="berta", server=False)
    with pytest.raises(NotFoundError):
        house.sessions.restart_relay("s2", None)


async def test_the_newest_session_of_the_owner_wins_and_keeps_the_relay(house: House) -> None:
    await house.join("s1")
    old = house.carrier.peers[0]
    old.sink.on_packet(picture(0, key=True))
    await until(lambda: house.outlets.running)
    await house.join("s2")
    assert house.told[-2].reason is EndReason.REPLACED
    await until(lambda: old.closed)
    old.sink.on_packet(picture(1))
    house.carrier.peers[1].sink.on_packet(picture(0, key=True))
    assert len(house.outlets.made) == 1
    assert house.outlets.running == house.outlets.made
    assert [session.id for session in house.sessions] == ["s2"]
    assert house.sessions.get("s2").status().destinations[0].id == "d1"


async def test_somebody_elses_path_is_refused(house: House) -> None:
    await house.join("s1")
    with pytest.raises(ConflictError):
        await house.join("s2", owner="berta")
    with pytest.raises(ConflictError):
        await house.join("s1")
    await house.join("s3", "guest2", owner="berta")
    with pytest.raises(ConflictError):
        house.sessions.bind("s3", Binding(path="guest1"))
    assert house.sessions.get("s3").status().path == "guest2"
    with pytest.raises(InvalidError):
        await house.join("s4", "../etc", owner="carl")


async def test_two_offers_for_one_path_at_once(house: House) -> None:
    house.carrier.gate.clear()
    both = asyncio.gather(
        house.join("s1", owner="anna"), house.join("s2", owner="berta"), return_exceptions=True
    )
    await asyncio.sleep(0)
    house.carrier.gate.set()
    results = await both
    assert [type(result) for result in results] == [type(None), ConflictError]
    assert [peer.closed for peer in house.carrier.peers] == [False, True]


async def test_an_offer_that_is_withdrawn_replaces_nothing_when_it_is_answered(house: House) -> None:
    house.carrier.gate.clear()
    late = asyncio.create_task(house.join("s1"))
    await asyncio.sleep(0)
    status = house.sessions.close("s1", EndReason.REPLACED)
    assert (status.state, status.reason) == (SessionState.CLOSED, EndReason.REPLACED)
    house.carrier.gate.set()
    await house.join("s2")
    with pytest.raises(NotFoundError):
        await late
    assert [session.id for session in house.sessions] == ["s2"]
    assert [peer.closed for peer in house.carrier.peers] == [False, True]
    with pytest.raises(NotFoundError):
        house.sessions.close("s1", EndReason.REPLACED)


async def test_a_refused_offer_leaves_the_older_session_alone(house: House) -> None:
    await house.join("s1")
    with pytest.raises(NegotiationError):
        await house.join("s2", offer="refuse")
    assert [session.id for session in house.sessions] == ["s1"]
    assert not house.carrier.peers[0].closed


async def test_a_session_ends_with_a_reason(house: House) -> None:
    await house.join("s1")
    peer = house.carrier.peers[0]
    peer.sink.on_packet(sound(0))
    await until(lambda: house.outlets.running)
    status = house.sessions.close("s1", EndReason.LEFT)
    assert (status.state, status.reason) == (SessionState.CLOSED, EndReason.LEFT)
    await until(lambda: peer.closed and not house.outlets.running)
    with pytest.raises(NotFoundError):
        house.sessions.close("s1", EndReason.LEFT)
    assert "guest1" not in house.hub


async def test_a_vanished_peer_is_lost(house: House) -> None:
    await house.join("s1")
    house.carrier.peers[0].sink.on_closed("nothing came for 10 s")
    assert house.told[-1].reason is EndReason.LOST
    assert house.told[-1].detail == "nothing came for 10 s"
    house.carrier.peers[0].sink.on_closed("again")
    await until(lambda: house.carrier.peers[0].closed)


async def test_a_session_without_media_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "CONNECT_WITHIN_S", 0.05)
    await house.join("s1")
    await until(lambda: house.states("s1")[-1] is SessionState.CLOSED)
    assert house.told[-1].reason is EndReason.LOST


async def test_a_bug_in_one_relay_touches_nobody_else(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.join("s1", "guest1")
    await house.join("s2", "guest2", owner="berta")
    for peer in house.carrier.peers:
        peer.sink.on_packet(sound(0))
    await until(lambda: len(house.outlets.running) == 2)
    broken, other = house.outlets.made
    broken.error.set()
    await until(lambda: house.sessions.get("s1").status().destinations[0].code == "internal")
    status = house.sessions.get("s1").status().destinations[0]
    assert "ZeroDivisionError" in status.reason
    assert "a bug" in caplog.text
    assert house.sessions.get("s2").status().destinations[0].code == ""
    await until(lambda: len(house.outlets.made) == 3 and len(house.outlets.running) == 2)
    assert house.sessions.get("s1").status().destinations[0].code == ""
    assert other.running
    assert len(house.carrier.peers) == 2


async def test_fragments_reach_the_peer(house: House) -> None:
    await house.join("s1")
    answer = await house.sessions.patch("s1", FragmentRequest(fragment="a=candidate", if_match='"1"'))
    assert (answer.fragment, answer.etag) == (None, '"1"')
    assert house.carrier.peers[0].patched == [("a=candidate", '"1"')]
    with pytest.raises(NotFoundError):
        await house.sessions.patch("s9", FragmentRequest(fragment="a=candidate"))


async def test_shutdown_ends_all_sessions_even_a_stuck_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions_module, "CLOSE_WITHIN_S", 0.1)
    async with Hub(FakeConverters().converters) as hub:
        house = House(hub)
        async with house.sessions:
            await house.join("s1")
            await house.join("s2", "guest2", owner="berta")
            house.carrier.peers[0].close_takes = 60
            for peer in house.carrier.peers:
                peer.sink.on_packet(sound(0))
            await until(lambda: len(house.outlets.running) == 2)
        assert [peer.closed for peer in house.carrier.peers] == [False, True]
        assert house.outlets.running == []
        ended = {status.session: status.reason for status in house.told}
        assert ended == {"s1": EndReason.SHUTDOWN, "s2": EndReason.SHUTDOWN}


async def test_the_last_word_about_a_session_is_its_end(house: House) -> None:
    await house.join("s1")
    house.carrier.peers[0].sink.on_packet(sound(0))
    await until(lambda: house.outlets.running)
    house.sessions.close("s1", EndReason.LEFT)
    house.outlets.made[0].on_change()
    house.carrier.peers[0].sink.on_packet(sound(1))
    await until(lambda: house.carrier.peers[0].closed)
    assert house.states("s1").count(SessionState.CLOSED) == 1
    assert house.told[-1].reason is EndReason.LEFT


async def test_sessions_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions_module, "MAX_SESSIONS", 1)
    await house.join("s1")
    with pytest.raises(CapacityError):
        await house.join("s2", "guest2", owner="berta")
