"""Incidents: what control finds wrong, in words, with beginning and end, listed and told."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

import pytest

from stagedoor.control.incidents.guests import silent_sources
from stagedoor.control.incidents.incidents import QUIET_MS
from stagedoor.control.own_word import OwnWord
from stagedoor.control.readiness import Readiness
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.encoding import Encoding
from stagedoor.ipc.messages import CarrierStatus, DestinationStatus, Devices, TrackState, TrackStatus
from stagedoor.ipc.mixer import Meter, MixerState, SourceStatus
from stagedoor.ipc.queues import Timing
from stagedoor.media.packets import Codec, Kind
from tests.kit.control_app import House, bearer, mixing_house, running_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.guest_page import Heard, desk_hears
from tests.kit.wait import until

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]
PICTURE = TrackStatus(kind=Kind.VIDEO, codec=Codec.H264, state=TrackState.LIVE, width=1280, height=720)
SOUND = TrackStatus(kind=Kind.AUDIO, codec=Codec.OPUS, state=TrackState.LIVE, channels=2)
PARTS: Mapping[str, dict[str, Any]] = {
    "guests": {"seats": ["guest1", "guest2"]},
    "relay": {"destinations": [{"url": "rtmp://h/live/{path}"}]},
}


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path, **PARTS) as made:
        yield made


async def ann(house: House) -> str:
    """Somebody at guest1 whose picture and sound are live; the session."""
    assert (await house.whip("guest1", await house.invite(seat="guest1", name="Ann"))).status_code == 201
    house.relay.media(house.relay.newest(), tracks=(PICTURE, SOUND))
    await until(lambda: tracks(house) == 2)
    return house.relay.newest()


def tracks(house: House) -> int:
    """How many tracks control knows of."""
    (session,) = house.control.stage.sessions
    return 0 if session.status is None else len(session.status.tracks)


async def listed(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await house.operator("GET", "/api/incidents")).json()["incidents"]
    return found


async def told(desk: Heard, code: str, *, ended: bool = False) -> dict[str, Any]:
    """The next event of an incident with this code that lasts, or has ended."""
    async with asyncio.timeout(10):
        while True:
            found: dict[str, Any] = await desk.next("incident")
            if found["code"] == code and (found["ended"] is not None) is ended:
                return found


async def test_nothing_is_wrong_at_the_beginning(mixing: Mixing) -> None:
    house, _ = mixing
    await ann(house)
    house.control.incidents.look()
    assert await listed(house) == []


async def test_a_guest_who_is_lost_on_air_is_critical_until_they_are_back(mixing: Mixing) -> None:
    house, _ = mixing
    session = await ann(house)
    await house.operator("POST", "/api/mixer/cut", json={"scene": "full-guest1"})
    await until(lambda: house.control.stage.tallies.of("guest1") == "program")
    with desk_hears(house) as desk:
        house.relay.lose(session)
        lost = await told(desk, "guest_lost")
        assert (lost["severity"], lost["todo"]) == ("critical", "Cut to another scene.")
        assert lost["cause"] == "Ann is lost on air: nothing comes from them any more."
        assert (lost["kind"], lost["values"]) == ("guest_lost", {"name": "Ann", "seat": "guest1"})
        assert lost["guest"] == house.control.stage.house.holder("guest1").id  # type: ignore[union-attr]
        assert lost in await listed(house)
        await house.operator("POST", f"/api/guests/{lost['guest']}/remove")
        back = await told(desk, "guest_lost", ended=True)
        assert (back["id"], back["since"]) == (lost["id"], lost["since"])
        assert [each["code"] for each in await listed(house)] == ["guest_lost"]
        house.late_ms = 3_600_000
        house.control.incidents.look()
        assert await listed(house) == []


async def cut_to(house: House, *sources: str) -> None:
    """Put a scene with these sources on program."""
    slots = [{"source": source, "width": 0.3} for source in sources]
    assert (
        await house.operator("POST", "/api/scenes", json={"id": "all", "slots": slots})
    ).status_code == 201
    await house.operator("POST", "/api/mixer/cut", json={"scene": "all"})
    await until(lambda: set(house.control.mixing.require_state().on_program) == set(sources))


async def say(house: House, mixer: FakeMixer, **states: SourceState) -> None:
    """Have the mixer say how sources are, and control look at it."""
    sources = tuple(SourceStatus(id=key.replace("_", "-"), state=state) for key, state in states.items())
    mixer.say(sources=sources)
    await until(lambda: house.control.mixing.require_state().sources == sources)
    house.control.incidents.look()


async def lost(house: House) -> list[tuple[str | None, str | None, str]]:
    """What is lost on air, the newest first."""
    found = [each for each in await listed(house) if each["ended"] is None and each["severity"] == "critical"]
    return [(each["source"], each["guest"], each["cause"]) for each in found if each["code"] in LOST]


def guest_of(house: House) -> str:
    (session,) = house.control.stage.sessions
    return session.guest


LOST = ("guest_lost", "source_lost")
CONNECTING, LIVE = SourceState.CONNECTING, SourceState.LIVE
STALLED, GONE = SourceState.STALLED, SourceState.GONE
ALL_OF_ANN = "Ann is lost on air: nothing comes from them any more."
PICTURE_OF_ANN = "Ann's picture is lost on air."


async def test_a_guest_is_lost_on_air_as_soon_as_the_picture_stops(mixing: Mixing) -> None:
    house, mixer = mixing
    session = await ann(house)
    guest = guest_of(house)
    await cut_to(house, "guest1", "guest2")
    await say(house, mixer, guest1=LIVE, guest2=GONE)
    assert await lost(house) == []
    await say(house, mixer, guest1=STALLED, guest2=GONE)
    assert await lost(house) == [("guest1", guest, PICTURE_OF_ANN)]
    (begun,) = await listed(house)
    house.relay.media(session, tracks=(PICTURE,))
    await until(lambda: tracks(house) == 1)
    await say(house, mixer, guest1=GONE, guest2=GONE)
    assert await lost(house) == [("guest1", guest, ALL_OF_ANN)]
    house.relay.lose(session)
    await until(lambda: not len(house.control.stage.sessions))
    await say(house, mixer, guest1=GONE, guest2=GONE)
    (same,) = await listed(house)
    assert (same["id"], same["cause"]) == (begun["id"], ALL_OF_ANN)


async def test_a_camera_that_its_guest_switches_off_is_not_lost(mixing: Mixing) -> None:
    house, mixer = mixing
    await ann(house)
    stage, guest = house.control.stage, guest_of(house)

    async def camera(word: Literal["on", "off"], *faults: Literal["camera_off", "camera_fault"]) -> None:
        said = OwnWord(Devices(camera=word), readiness=Readiness(faults=faults))
        await stage.report(stage.house.guest(guest), said)
        await until(lambda: mixer.wanted.dark == (("guest1",) if word == "off" else ()))

    await cut_to(house, "guest1")
    await say(house, mixer, guest1=LIVE)
    await camera("off", "camera_off")
    await say(house, mixer, guest1=STALLED)
    assert await lost(house) == []
    await camera("on")
    await say(house, mixer, guest1=STALLED)
    assert await lost(house) == [], "the first picture is on its way"
    await say(house, mixer, guest1=LIVE)
    await camera("off", "camera_fault")
    await say(house, mixer, guest1=STALLED)
    assert len(await lost(house)) == 1, "it broke, which is nobody's will"


async def test_what_no_guest_has_any_more_is_lost_until_it_is_taken_off_air(mixing: Mixing) -> None:
    house, mixer = mixing
    await ann(house)
    dome = {"id": "dome", "kind": "url", "url": "rtsp://h/dome", "label": "Dome"}
    assert (await house.operator("POST", "/api/sources", json=dome)).status_code == 201
    board = house.control.mixing.board
    house.control.mixing.commit(board.with_source(Source("card", SourceKind.STILL, duration_s=3)))
    await cut_to(house, "dome", "guest1", "guest1-screen", "card")
    await say(house, mixer, dome=LIVE, guest1=LIVE, guest1_screen=LIVE, card=LIVE)
    await house.operator("POST", f"/api/guests/{guest_of(house)}/remove", json={})
    await until(lambda: not mixer.wanted.listeners)
    await say(house, mixer, dome=GONE, guest1=GONE, guest1_screen=GONE, card=GONE)
    missed = [(source, guest) for source, guest, _ in await lost(house)]
    assert sorted(missed) == [("dome", None), ("guest1", None), ("guest1-screen", None)]
    away = "Dome is lost on air: nothing comes from there any more."

    async def after_a_cut(scene: str) -> list[tuple[str | None, str | None, str]]:
        await house.operator("POST", "/api/mixer/cut", json={"scene": scene})
        await until(lambda: house.control.mixing.require_state().program == scene)
        house.control.incidents.look()
        return await lost(house)

    assert await after_a_cut("test-pattern") == []
    assert await after_a_cut("all") == [("dome", None, away)]


async def test_what_is_lost_stays_so_while_the_mixer_begins_anew(mixing: Mixing) -> None:
    house, mixer = mixing
    dome = {"id": "dome", "kind": "url", "url": "rtsp://h/dome", "label": "Dome"}
    assert (await house.operator("POST", "/api/sources", json=dome)).status_code == 201
    await cut_to(house, "dome", "guest1")
    await say(house, mixer, dome=LIVE, guest1=GONE)
    await say(house, mixer, dome=GONE, guest1=GONE)
    ((source, _, _),) = await lost(house)
    assert source == "dome"
    on_air = mixer.state.on_program
    mixer.say(on_program=(), sources=())
    await say(house, mixer)
    await say(house, mixer, dome=CONNECTING, guest1=CONNECTING)
    mixer.say(on_program=on_air)
    await until(lambda: house.control.mixing.require_state().on_program == on_air)
    house.control.incidents.look()
    assert [source for source, _, _ in await lost(house)] == ["dome"]
    await say(house, mixer, dome=GONE, guest1=GONE)
    (same,) = await listed(house)
    assert (same["source"], same["ended"]) == ("dome", None)
    await say(house, mixer, dome=LIVE, guest1=GONE)
    assert await lost(house) == []


async def test_a_camera_that_is_gone_on_air_is_lost_for_a_new_control_too(mixing: Mixing) -> None:
    house, mixer = mixing
    dome = {"id": "dome", "kind": "url", "url": "rtsp://h/dome", "label": "Dome"}
    assert (await house.operator("POST", "/api/sources", json=dome)).status_code == 201
    await cut_to(house, "dome", "guest1")
    await say(house, mixer, dome=CONNECTING, guest1=CONNECTING)
    assert await lost(house) == []
    await say(house, mixer, dome=GONE, guest1=GONE)
    assert [source for source, _, _ in await lost(house)] == ["dome"]


async def test_a_guest_without_sound_and_one_who_is_silent(mixing: Mixing) -> None:
    house, mixer = mixing
    session = await ann(house)
    with desk_hears(house) as desk:
        house.relay.media(session, tracks=(PICTURE,))
        await until(lambda: tracks(house) == 1)
        house.control.incidents.look()
        assert await listed(house) == []
        house.late_ms = QUIET_MS
        assert (await told(desk, "guest_without_sound"))["cause"] == "Ann sends a picture and no sound."
        house.relay.media(session, tracks=(PICTURE, SOUND))
        await told(desk, "guest_without_sound", ended=True)

        # Answered once everything is applied; a later change would take away what the mixer says here.
        await house.operator("PUT", "/api/audio/guest1", json={"gain_db": -1})
        live = SourceStatus(id="guest1", state=SourceState.LIVE, has_video=True, has_audio=True)
        mixer.say(sources=(live,))
        mixer.loud(guest1=-120.0)
        await until(lambda: house.control.stage.events.loudness)
        house.control.incidents.look()
        house.late_ms += QUIET_MS
        await told(desk, "guest_silent")
        mixer.loud(guest1=-30.0)
        await told(desk, "guest_silent", ended=True)


async def test_a_guest_who_hears_nothing_of_the_studio(mixing: Mixing) -> None:
    house, _ = mixing
    token = await house.invite(seat="guest1", name="Ann")
    assert (await house.whip("guest1", token)).status_code == 201
    house.relay.media(house.relay.newest(), tracks=(PICTURE, SOUND))
    await until(lambda: tracks(house) == 2)

    async def hears(word: str) -> None:
        body = {"camera": "on", "mic": "on", "readiness": {"hears": word}}
        answer = await house.client.post("/api/guests/guest1/report", json=body, headers=bearer(token))
        assert answer.status_code == 200

    with desk_hears(house) as desk:
        await hears("blocked")
        house.control.incidents.look()
        assert await listed(house) == []
        house.late_ms = QUIET_MS
        blocked = await told(desk, "guest_hears_nothing")
        assert blocked["cause"] == "Ann hears nothing of the studio."
        assert "until they press the button" in blocked["todo"]
        await hears("nothing")
        assert "volume" in (await told(desk, "guest_hears_nothing"))["todo"]
        await hears("yes")
        await told(desk, "guest_hears_nothing", ended=True)


def test_a_guest_whose_room_a_gate_keeps_out_is_not_silent() -> None:
    live = SourceStatus(id="guest1", state=SourceState.LIVE, has_audio=True)
    state = MixerState(pid=1, version="1", sources=(live,))
    gated, silent = (Meter(peak=(-120.0,), rms=(-120.0,), reduced_db=by) for by in (62.0, 0.0))
    assert silent_sources(state, {"guest1": gated}) == frozenset()
    assert silent_sources(state, {"guest1": silent}) == {"guest1"}


async def test_parts_that_fail_and_servers_that_refuse(mixing: Mixing) -> None:
    house, mixer = mixing
    session = await ann(house)
    refused = DestinationStatus(
        id="1",
        url="rtmp://h/live/***",
        state=DestinationState.RETRYING,
        reason="NetStream.Publish.BadName",
        code="destination_refused",
        hint="Look at the stream key.",
    )
    with desk_hears(house) as desk:
        house.relay.media(session, tracks=(PICTURE, SOUND), destinations=(refused,))
        found = await told(desk, "destination_refused")
        assert (found["severity"], found["output"]) == ("warning", None)
        assert found["todo"] == "Look at the stream key."
        values = {"path": "guest1", "url": "rtmp://h/live/***", "reason": "NetStream.Publish.BadName"}
        assert (found["kind"], found["values"]) == ("destination", values)
        assert "tried again by itself" in found["done"]
        fails = CarrierStatus(code="carrier_session_gone", reason="the session has ended")
        house.relay.media(session, tracks=(PICTURE, SOUND), cloudflare=fails)
        assert (await told(desk, "carrier_session_gone"))["cause"].startswith("Cloudflare fails for Ann")

        mixer.say(destinations=(refused.model_copy(update={"id": "web", "code": "destination_unreachable"}),))
        found = await told(desk, "destination_unreachable")
        assert (found["severity"], found["output"]) == ("critical", "web")
        mixer.say(destinations=(), timing=Timing(repeated_frames=3))
        await told(desk, "mixer_late")
        fallen = Encoding(wanted="nvenc", reason="it failed: no device", hint="It needs a GPU.")
        mixer.say(encoding=fallen)
        slow = await told(desk, "encoder_failed")
        assert slow["cause"] == "Program's picture is not encoded by nvenc: it failed: no device."
        assert slow["todo"].startswith("It needs a GPU. ")
        said = (await house.operator("GET", "/api/mixer")).json()
        names = ("encoder", "encoder_wanted", "encoder_reason")
        assert [said[name] for name in names] == ["x264", "nvenc", fallen.reason]
        mixer.say(encoding=Encoding())
        await told(desk, "encoder_failed", ended=True)
        house.late_ms = 11_000
        await told(desk, "mixer_late", ended=True)
        for queue in mixer.queues:
            queue.put_nowait(None)
        failed = await told(desk, "mixer_unavailable")
        assert (failed["severity"], failed["guest"]) == ("critical", None)
        assert (await told(desk, "mixer_unavailable", ended=True))["id"] == failed["id"]


REFUSED = DestinationStatus(
    id="1",
    url="rtmp://h/live/***",
    state=DestinationState.RETRYING,
    reason="NetStream.Publish.BadName",
    code="destination_refused",
)


async def test_a_guests_server_that_refuses_is_critical_while_they_are_on_air(mixing: Mixing) -> None:
    house, _ = mixing
    session = await ann(house)
    with desk_hears(house) as desk:
        house.relay.media(session, tracks=(PICTURE, SOUND), destinations=(REFUSED,))
        begun = await told(desk, "destination_refused")
        await house.operator("POST", "/api/mixer/cut", json={"scene": "full-guest1"})
        grave = await told(desk, "destination_refused")
        await house.operator("POST", "/api/mixer/cut", json={"scene": "test-pattern"})
        after = await told(desk, "destination_refused")
    severities = [each["severity"] for each in (begun, grave, after)]
    assert severities == ["warning", "critical", "warning"]
    assert {each["id"] for each in (begun, grave, after)} == {begun["id"]}


@pytest.mark.parametrize("mixer", [{"guest_url": "rtsp://127.0.0.1:8554/{path}"}, None])
async def test_a_guests_server_that_refuses_is_critical_where_they_come_to_the_mixer_by_it(
    tmp_path: Path, mixer: dict[str, Any] | None
) -> None:
    async with AsyncExitStack() as stack:
        if mixer is None:
            house = await stack.enter_async_context(running_house(tmp_path, **PARTS))
        else:
            house, _ = await stack.enter_async_context(mixing_house(tmp_path, **PARTS, mixer=mixer))
        session = await ann(house)
        with desk_hears(house) as desk:
            house.relay.media(session, tracks=(PICTURE, SOUND), destinations=(REFUSED,))
            assert (await told(desk, "destination_refused"))["severity"] == "critical"


async def test_a_server_fails_until_it_takes_something_and_for_whoever_comes_back(mixing: Mixing) -> None:
    house, _ = mixing
    token = await house.invite(seat="guest1", name="Ann")

    async def comes(**changes: Any) -> None:
        """Have Ann's relay say so of her destination, after it was refused."""
        destination = REFUSED.model_copy(update=changes)
        house.relay.media(house.relay.newest(), tracks=(PICTURE,), destinations=(destination,))
        await until(lambda: destinations(house) == (destination,))

    with desk_hears(house) as desk:
        await house.whip("guest1", token)
        await comes()
        begun = await told(desk, "destination_refused")
        await comes(state=DestinationState.CONNECTING)
        assert await listed(house) == [begun], "it is only tried again"
        house.relay.lose(house.relay.newest())
        await told(desk, "destination_refused", ended=True)
        await house.whip("guest1", token)
        await comes()
        again = await told(desk, "destination_refused")
        assert (again["id"], again["since"]) == (begun["id"], begun["since"])
        await comes(state=DestinationState.LIVE, reason="", code="")
        await told(desk, "destination_refused", ended=True)
        await comes(state=DestinationState.RETRYING, reason="", code="")
        house.control.incidents.look()
        failed = [each["ended"] for each in await listed(house) if each["kind"] == "destination"]
        assert None not in failed, "only its tracks changed"


def destinations(house: House) -> tuple[DestinationStatus, ...]:
    """What control knows of where the only guest is published to."""
    (session,) = house.control.stage.sessions
    return () if session.status is None else session.status.destinations


async def test_incidents_are_for_operators(mixing: Mixing) -> None:
    house, _ = mixing
    assert (await house.client.get("/api/incidents")).status_code == 401
