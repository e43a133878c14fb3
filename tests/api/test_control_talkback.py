"""Talkback and cameras that are off: who may speak, to whom, for how long, and what the mixer is told."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stagedoor.domain.hearing import Carried
from stagedoor.domain.source import SourceKind
from stagedoor.ipc.messages import PathStatus, RelayEvent
from stagedoor.ipc.mixer import ReturnStatus, Talkback
from tests.kit.control_app import AS_OPERATOR, OFFER, SDP, House, bearer, mixing_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.wait import until

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": '"first"'}


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path, guests={"seats": ["guest1", "guest2"]}) as made:
        yield made


async def whip(house: House, operator: str = "", **headers: str) -> httpx.Response:
    query = f"?operator={operator}" if operator else ""
    return await house.client.post(
        f"/whip/talkback{query}", content=OFFER, headers={**SDP, **AS_OPERATOR, **headers}
    )


async def talk(house: House, status: int = 200, **body: Any) -> dict[str, Any]:
    answer = await house.operator("POST", "/api/talkback", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def talkbacks(house: House) -> dict[str, Any]:
    return dict((await house.operator("GET", "/api/talkback")).json()["talkbacks"])


def ids(mixer: FakeMixer) -> set[str]:
    return {source.id for source in mixer.wanted.sources}


async def test_a_microphone_comes_by_whip_and_goes(mixing: Mixing) -> None:
    house, mixer = mixing
    answer = await whip(house)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"first"')
    (request,) = house.relay.requests
    assert (request.binding.path, request.owner) == ("talkback-main", "talkback-main")
    assert request.binding.destinations == ()
    resource = answer.headers["location"]
    assert resource == f"/whip/talkback/{request.session}"
    await until(lambda: "talkback-main" in ids(mixer))
    speaker = next(source for source in mixer.wanted.sources if source.id == "talkback-main")
    assert (speaker.kind, speaker.url) == (SourceKind.GUEST, "talkback-main")
    assert await talkbacks(house) == {"main": {"path": "talkback-main", "to": []}}
    assert "talkback-main" not in (await house.operator("GET", "/api/sources")).text
    patched = await house.client.patch(resource, content="a=x", headers={**FRAGMENT, **AS_OPERATOR})
    assert patched.status_code == 204, patched.text
    gone = await house.operator("DELETE", resource)
    assert (gone.status_code, house.relay.sessions) == (200, {})
    await until(lambda: "talkback-main" not in ids(mixer))
    assert (await house.operator("DELETE", resource)).json()["code"] == "session_unknown"
    assert (await house.client.get("/whip/talkback")).status_code == 204
    preflight = await house.client.options("/whip/talkback", headers={"Origin": "https://a.example.org"})
    assert preflight.headers["access-control-allow-origin"] == "*"


async def test_operators_only_and_names_that_can_be(mixing: Mixing) -> None:
    house, _ = mixing
    token = await house.invite(seat="guest1")
    for headers, status in (({}, 401), (bearer(token), 403)):
        for method, url in (
            ("POST", "/whip/talkback"),
            ("PATCH", "/whip/talkback/abc"),
            ("DELETE", "/whip/talkback/abc"),
            ("GET", "/api/talkback"),
            ("POST", "/api/talkback"),
        ):
            answer = await house.client.request(method, url, headers={**SDP, **headers})
            assert answer.status_code == status, (method, url)
    for name in ("../x", "A", "a b", "x" * 33):
        assert (await whip(house, name)).status_code == 422, name
    await house.whip("guest1", token)
    others = (await house.sessions())["guest1"]
    for method in ("PATCH", "DELETE"):
        answer = await house.client.request(
            method, f"/whip/talkback/{others}", content="a=x", headers={**FRAGMENT, **AS_OPERATOR}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "session_unknown")


async def test_it_is_held_and_let_go(mixing: Mixing) -> None:
    house, mixer = mixing
    await house.join(await house.invite(seat="guest1"))
    assert (await talk(house, 409, to=["guest1"]))["code"] == "talkback_missing"
    await whip(house, "anna")
    for to, at in ((["nobody"], "to.0"), (["guest1", "nobody"], "to.1"), ([], "to")):
        refused = await talk(house, 422, operator="anna", to=to)
        assert at in refused["detail"], refused
    held = await talk(house, operator="anna", to=["guest1", "guest2"])
    assert (held["talkback"]["to"], held["frame"]) == (["guest1", "guest2"], mixer.state.frame)
    assert mixer.wanted.talkbacks == (Talkback(operator="anna", to=("guest1",)),)
    await house.join(await house.invite(seat="guest2"), instance="page-2")
    await until(lambda: mixer.wanted.talkbacks == (Talkback(operator="anna", to=("guest1", "guest2")),))
    released = await talk(house, operator="anna", on=False)
    assert released["talkback"]["to"] == []
    await until(lambda: not mixer.wanted.talkbacks)


async def test_it_follows_whom_it_is_for_and_a_guest_in_the_lobby_can_answer(mixing: Mixing) -> None:
    house, mixer = mixing
    guest = (await house.join(await house.invite(admit="lobby"))).json()["guest"]["id"]
    lobby = f"lobby-{guest}"
    await whip(house)
    assert lobby not in ids(mixer)
    await talk(house, to=[guest])
    assert mixer.wanted.talkbacks == (Talkback(operator="main", to=(lobby,)),)
    assert lobby in ids(mixer)
    await house.operator("POST", f"/api/guests/{guest}/seat", json={"seat": "guest2"})
    await until(lambda: mixer.wanted.talkbacks == (Talkback(operator="main", to=("guest2",)),))
    await house.operator("POST", f"/api/guests/{guest}/hold")
    await talk(house, to="all")
    assert mixer.wanted.talkbacks == (Talkback(operator="main", to=(lobby,)),)
    await talk(house, on=False)
    assert lobby not in ids(mixer)


async def test_it_ends_with_the_microphone(mixing: Mixing) -> None:
    house, mixer = mixing
    await house.join(await house.invite(seat="guest1"))
    await whip(house)
    await talk(house)
    house.relay.lose(house.relay.newest())
    await until(lambda: not mixer.wanted.talkbacks)
    assert "talkback-main" not in ids(mixer)
    assert await talkbacks(house) == {}


async def test_the_newest_offer_of_an_operator_counts(mixing: Mixing) -> None:
    house, mixer = mixing
    await whip(house)
    first = house.relay.newest()
    await whip(house)
    assert list(house.relay.sessions) == [house.relay.newest()] != [first]
    await talk(house)
    assert "talkback-main" in ids(mixer)
    assert (await house.operator("DELETE", f"/whip/talkback/{first}")).status_code == 404


async def test_a_publisher_at_the_hub_counts_too(mixing: Mixing) -> None:
    house, mixer = mixing
    await house.join(await house.invite(seat="guest1"))

    def tell(owner: str | None) -> None:
        for queue in house.relay.queues:
            queue.put_nowait(RelayEvent(type="path", path=PathStatus(path="talkback-desk", owner=owner)))

    tell("put-1")
    await until(lambda: "talkback-desk" in ids(mixer))
    await talk(house, operator="desk", to=["guest1"])
    tell(None)
    await until(lambda: not mixer.wanted.talkbacks)
    assert "talkback-desk" not in ids(mixer)


async def test_not_everybody_can_speak_at_once(mixing: Mixing) -> None:
    house, mixer = mixing
    for number in range(16):
        assert (await whip(house, f"o{number}")).status_code == 201
    full = await whip(house, "o16")
    assert (full.status_code, full.json()["code"]) == (503, "too_many_talkbacks")
    assert (await whip(house, "o3")).status_code == 201
    await until(lambda: len([key for key in ids(mixer) if key.startswith("talkback-")]) == 16)


async def test_what_the_relay_still_has_is_taken_up(mixing: Mixing) -> None:
    house, mixer = mixing
    await whip(house)
    key = house.relay.newest()
    house.control.mixing.talkbacks.closed(key)
    await until(lambda: "talkback-main" not in ids(mixer))
    house.relay.media(key)
    await until(lambda: "talkback-main" in ids(mixer))
    assert (await house.operator("DELETE", f"/whip/talkback/{key}")).status_code == 200


async def test_what_guests_hear_is_told_to_operators_as_the_mixer_confirms_it(mixing: Mixing) -> None:
    house, mixer = mixing
    token = await house.invite(seat="guest1")
    seated = (await house.join(token)).json()["guest"]["id"]
    waiting = (await house.join(await house.invite(admit="lobby"), instance="page-2")).json()["guest"]["id"]
    assert (await house.guest(seated))["hears"] is None
    mixer.say(
        returns=(
            ReturnStatus(name="guest1", carries=Carried.PROGRAM, talkbacks=("anna",)),
            ReturnStatus(name=f"lobby-{waiting}", carries=Carried.NOTHING),
        )
    )

    async def hears(guest: str) -> Any:
        return (await house.guest(guest))["hears"]

    await until(lambda: hears(seated))
    assert await hears(seated) == {"name": "guest1", "carries": "program", "talkbacks": ["anna"]}
    assert (await hears(waiting))["carries"] == "nothing"
    own = await house.client.get(f"/api/guests/{seated}", headers=bearer(token))
    assert (own.status_code, own.json()["hears"]) == (200, None)
    mixer.say(returns=())
    await until(lambda: _is_unknown(house, seated))


async def _is_unknown(house: House, guest: str) -> bool:
    return (await house.guest(guest))["hears"] is None


async def test_a_camera_that_is_off_is_dark_at_once(mixing: Mixing) -> None:
    house, mixer = mixing
    seated, waiting = await house.invite(seat="guest1"), await house.invite(admit="lobby")
    await house.join(seated)
    guest = (await house.join(waiting, instance="page-2")).json()["guest"]["id"]
    lobby = f"lobby-{guest}"
    for token, name, dark in (
        (seated, "guest1", {"guest1"}),
        (waiting, guest, {"guest1", lobby}),
    ):
        report = {"camera": "off", "mic": "on"}
        answer = await house.client.post(f"/api/guests/{name}/report", json=report, headers=bearer(token))
        assert answer.is_success, answer.text
        await until(lambda dark=dark: set(mixer.wanted.dark) == dark)  # type: ignore[misc]
    on = {"camera": "on", "mic": "on"}
    await house.client.post("/api/guests/guest1/report", json=on, headers=bearer(seated))
    await until(lambda: mixer.wanted.dark == (lobby,))
    await house.operator("POST", f"/api/guests/{guest}/seat", json={"seat": "guest2"})
    await until(lambda: mixer.wanted.dark == ("guest2",))


async def test_a_share_that_was_ended_is_told_and_a_lost_one_is_not(mixing: Mixing) -> None:
    house, mixer = mixing
    token = await house.invite(seat="guest1")
    guest = (await house.join(token)).json()["guest"]["id"]
    for _ in range(2):
        shared = await house.whip("guest1-screen", token)
        assert shared.status_code == 201, shared.text
        await until(lambda: mixer.wanted.ended == ())
        stopped = await house.client.delete(shared.headers["location"], headers=bearer(token))
        assert stopped.status_code == 200, stopped.text
        await until(lambda: mixer.wanted.ended == ("guest1-screen",))
    await house.whip("guest1-screen", token)
    await until(lambda: mixer.wanted.ended == ())
    house.relay.lose(house.relay.newest())
    await until(lambda: house.control.stage.sessions.of(guest, screen=True) is None)
    assert list(mixer.wanted.ended) == []
    await house.whip("guest1-screen", token)
    assert (await house.operator("POST", f"/api/guests/{guest}/remove")).is_success
    await until(lambda: mixer.wanted.ended == ("guest1-screen",))
    # Whoever comes to the seat next, sharing already, is seen there.
    other = await house.invite(admit="lobby")
    waiting = (await house.join(other, instance="page-2")).json()["guest"]["id"]
    assert (await house.whip(f"{waiting}-screen", other)).status_code == 201
    assert mixer.wanted.ended == ("guest1-screen",)
    await house.operator("POST", f"/api/guests/{waiting}/seat", json={"seat": "guest1"})
    await until(lambda: mixer.wanted.ended == ())
