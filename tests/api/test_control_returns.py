"""What comes back to seats from another program, and what works where that program is the mixer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control.core import DATABASE
from stagedoor.control.store import Store
from stagedoor.domain.hearing import Place
from stagedoor.domain.source import SourceKind, SourceState
from stagedoor.ipc.mixer import Listener, SourceStatus, Talkback
from tests.kit.control_app import OFFER, SDP, House, bearer, mixing_house, running_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.wait import until

pytestmark = pytest.mark.api

URL = "rtsp://me:hush-hush@studio.example.org:8554/live/mix-minus-1?key=open-sesame"
SHOWN = "rtsp://***@studio.example.org:8554/live/***?***"
OTHER = "http://obs.example.org/guest1.ts"
ACCOUNT = {"cloudflare": {"app_id": "app", "app_secret": "secret"}}
ALONE = {"enabled": False, "returns": {"without_mixer": True}}
SEATS = {"seats": [{"name": "guest1", "return_url": URL}, "guest2"]}

Mixing = tuple[House, FakeMixer]


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Mixing]:
    """Another program mixes; ours makes returns."""
    async with mixing_house(tmp_path, mixer=ALONE, guests=SEATS) as made:
        yield made


async def seat(house: House, name: str = "guest1") -> dict[str, Any]:
    answer = await house.operator("GET", "/api/seats")
    assert "hush" not in answer.text
    assert "sesame" not in answer.text
    return dict(next(each for each in answer.json()["seats"] if each["name"] == name))


async def change(house: House, url: str | None, name: str = "guest1", status: int = 200) -> dict[str, Any]:
    answer = await house.operator("PATCH", f"/api/seats/{name}", json={"return_url": url})
    assert answer.status_code == status, answer.text
    assert "hush" not in answer.text
    return dict(answer.json())


async def returned(house: House, name: str) -> str:
    return str((await house.guest(name))["return_picture"])


def sources(mixer: FakeMixer) -> dict[str, str]:
    return {source.id: source.url for source in mixer.wanted.sources}


def listener(mixer: FakeMixer, name: str) -> Listener:
    return next(each for each in mixer.wanted.listeners if each.name == name)


async def test_where_another_program_mixes_the_mixer_is_told_of_returns_alone(alone: Mixing) -> None:
    house, mixer = alone
    for name in ("guest1", "guest2"):
        await house.join(await house.invite(seat=name), instance=f"page-{name}")
    await until(lambda: len(mixer.wanted.listeners) == 2)
    assert sources(mixer) == {"outside-guest1": URL}
    assert mixer.wanted.sources[0].kind is SourceKind.URL
    assert (mixer.wanted.scenes, mixer.wanted.program) == ((), "")
    assert (listener(mixer, "guest1").outside, listener(mixer, "guest2").outside) == ("outside-guest1", "")
    assert [await returned(house, name) for name in ("guest1", "guest2")] == ["outside", "none"]
    assert (await house.operator("GET", "/api/join")).json()["returns"]
    for url in ("/api/mixer", "/api/scenes", "/api/audio"):
        assert (await house.operator("GET", url)).json()["code"] == "mixer_disabled"
    health = (await house.operator("GET", "/api/health")).json()
    assert health["parts"]["mixer"] == "ok"


async def test_the_tally_is_unknown_until_the_other_program_says_it(alone: Mixing) -> None:
    house, mixer = alone
    await house.join(await house.invite(seat="guest1"))
    assert (await house.guest("guest1"))["tally"] == "unknown"
    fed = await house.operator("PUT", "/api/tally", json={"guest1": "program"})
    assert fed.status_code == 200, fed.text
    mixer.say(frame=7000)
    await until(lambda: (state := house.control.mixing.state) is not None and state.frame >= 7000)
    assert (await house.guest("guest1"))["tally"] == "program", "the mixer for returns has no word in it"


async def test_talkback_works_without_program(alone: Mixing) -> None:
    house, mixer = alone
    await house.join(await house.invite(seat="guest2"))
    whip = await house.operator("POST", "/whip/talkback")
    assert whip.status_code == 415
    answer = await house.client.post(
        "/whip/talkback", content=OFFER, headers={**SDP, **bearer("operator-token-of-the-tests")}
    )
    assert answer.status_code == 201, answer.text
    held = await house.operator("POST", "/api/talkback", json={"to": ["guest2"]})
    assert held.status_code == 200, held.text
    assert mixer.wanted.talkbacks == (Talkback(operator="main", to=("guest2",)),)
    # So that the guest can answer the operator.
    assert set(sources(mixer)) == {"outside-guest1", "talkback-main", "guest2"}


async def test_a_seats_return_url_is_set_kept_and_never_shown(tmp_path: Path) -> None:
    async with mixing_house(tmp_path, guests={"seats": ["guest1", "guest2"]}) as (house, mixer):
        await house.join(await house.invite(seat="guest1"))
        assert await returned(house, "guest1") == "program"
        assert (await seat(house))["outside"] is None
        changed = await change(house, URL)
        assert changed["outside"]["url"] == SHOWN
        await until(lambda: sources(mixer).get("outside-guest1") == URL)
        assert listener(mixer, "guest1").outside == "outside-guest1"
        assert await returned(house, "guest1") == "outside"
        assert "outside-guest1" not in (await house.operator("GET", "/api/sources")).text
        shown = await house.operator("PUT", "/api/scenes/new", json={"slots": [{"source": "outside-guest1"}]})
        assert shown.status_code == 422
    async with mixing_house(tmp_path, mixer=ALONE, guests={"seats": ["guest1"]}) as (house, mixer):
        await until(lambda: sources(mixer) == {"outside-guest1": URL})
        await change(house, None)
        await until(lambda: not sources(mixer))
    async with Store.open(tmp_path / DATABASE, lambda _failing: None) as store:
        board = await store.load_board()
    assert (dict(board.returns), "two_up" in board.scenes, board.program) == ({}, True, "holding")


async def test_an_empty_url_is_none_and_null_is_what_the_settings_say(alone: Mixing) -> None:
    house, mixer = alone
    assert (await change(house, ""))["outside"] is None
    await until(lambda: not sources(mixer))
    await change(house, OTHER)
    await until(lambda: sources(mixer) == {"outside-guest1": OTHER})
    assert (await change(house, None))["outside"]["url"] == SHOWN


@pytest.mark.parametrize(
    "url", ["ftp://h/x", "rtsp://", "http://h:0/", "rtsp://h/a b", "/etc/passwd", "\x00"]
)
async def test_what_cannot_be_a_return_is_refused(alone: Mixing, url: str) -> None:
    refused = await change(alone[0], url, status=422)
    assert "return_url" in refused["detail"]
    assert (await seat(alone[0]))["outside"]["url"] == SHOWN


async def test_no_seat_and_no_mixer(tmp_path: Path) -> None:
    async with running_house(tmp_path, guests=SEATS) as house:
        await house.join(await house.invite(seat="guest1"))
        # Whoever publishes to the path of the return is seen there.
        assert await returned(house, "guest1") == "outside"
        assert (await change(house, OTHER, "nobody", 409))["code"] == "returns_disabled"
        assert (await seat(house))["outside"] is None
    async with mixing_house(tmp_path, mixer=ALONE) as (house, _):
        assert (await change(house, OTHER, "nobody", 404))["code"] == "seat_unknown"


async def test_operators_are_told_how_a_return_does(alone: Mixing) -> None:
    house, mixer = alone
    failing = SourceStatus(
        id="outside-guest1", state=SourceState.GONE, code="source_refused", reason="the server wants more"
    )
    mixer.say(sources=(failing,))

    async def is_told() -> bool:
        return bool((await seat(house))["outside"]["code"] == "source_refused")

    await until(is_told)
    assert (await seat(house))["outside"]["state"] == "gone"
    (warning,) = (await house.operator("GET", "/api/health")).json()["warnings"]
    assert (warning["code"], "the server wants more" in warning["message"]) == ("source_refused", True)
    assert "hush" not in warning["message"]
    live = SourceStatus(
        id="outside-guest1", state=SourceState.LIVE, width=640, height=360, has_video=True, has_audio=True
    )
    mixer.say(sources=(live,))

    async def is_live() -> bool:
        return bool((await seat(house))["outside"]["state"] == "live")

    await until(is_live)
    assert (await house.operator("GET", "/api/health")).json()["warnings"] == []
    mixer.say(sources=(failing,))
    await until(is_told)
    await change(house, "")
    assert (await house.operator("GET", "/api/health")).json()["warnings"] == []


async def test_by_cloudflare_the_picture_from_outside_has_a_path_of_its_own(tmp_path: Path) -> None:
    carrier = {"kind": "cloudflare", **ACCOUNT}
    async with mixing_house(tmp_path, mixer=ALONE, guests=SEATS, carrier=carrier) as (house, mixer):
        tokens = {name: await house.invite(seat=name) for name in ("guest1", "guest2")}
        house.relay.paths |= {f"return-{name}" for name in tokens}
        for name, token in tokens.items():
            await house.join(token, instance=f"page-{name}")
            answer = await house.client.post(
                f"/whep/return-{name}", content=OFFER, headers={**SDP, **bearer(token)}
            )
            assert answer.status_code == 201, answer.text
        assert [each.picture for each in house.relay.viewers.values()] == ["return-video-guest1", ""]
        pushed = {"return-audio-guest1", "return-video-guest1", "return-audio-guest2"}
        await until(lambda: pushed <= set(mixer.wanted.watched))
        assert [each.split for each in mixer.wanted.listeners] == [True, True]
        assert "return-video" not in mixer.wanted.watched


async def test_a_guest_in_the_lobby_has_nothing_of_a_seats_return(alone: Mixing) -> None:
    house, mixer = alone
    await house.join(await house.invite(admit="lobby"))
    await until(lambda: [each.place for each in mixer.wanted.listeners] == [Place.LOBBY])
    assert mixer.wanted.listeners[0].outside == ""
