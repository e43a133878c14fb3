"""What is published from here is no source, and where a source is read nothing is published to."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor import addresses
from stagedoor.control.mixer import mixing
from stagedoor.control.mixer.board import Output
from stagedoor.domain.checks import Rule
from tests.kit.control_app import House, mixing_house
from tests.kit.wait import until

pytestmark = pytest.mark.api

SOURCES, OUTPUTS = "/api/sources", "/api/outputs"
OUT = "rtmp://me:hushed@Media.example.org/live/topkey?pass=unsaid"
BACK = (
    "rtmp://media.example.org./live/topkey",
    "rtmp://media.example.org:1935/live//topkey/?pass=unsaid",
    "rtsp://you:unsaid@media.example.org:8554/live/topkey",
)
"""The same stream, as it is read."""
ELSEWHERE = (
    "rtmp://media.example.org/live/otherkey",
    "rtmp://media.example.org:1936/live/topkey",
    "rtmp://other.example.org/live/topkey",
    "http://media.example.org/live/topkey",
)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(addresses, "usable_addresses", lambda _: ["192.0.2.1"])
    guests = {"seats": ["guest1", "guest2"]}
    relay = {"destinations": [{"url": "rtmp://media.example.org/live/{path}"}]}
    mixer = {"guest_url": "rtmp://media.example.org/live/{path}", "second_canvas": {"enabled": True}}
    async with mixing_house(tmp_path, guests=guests, relay=relay, mixer=mixer) as (made, _):
        yield made


async def made(house: House, url: str, body: dict[str, Any]) -> None:
    answer = await house.operator("POST", url, json=body)
    assert answer.status_code == 201, answer.text


async def refused(house: House, method: str, url: str, body: dict[str, Any], rule: Rule, name: str) -> None:
    """It is not done, for this reason, and the answer tells no secret."""
    before = [(await house.operator("GET", each)).json() for each in (SOURCES, OUTPUTS)]
    answer = await house.operator(method, url, json=body)
    problem = answer.json()
    assert (answer.status_code, problem["values"]) == (422, {"at": "url", "rule": rule, "name": name}), (
        problem
    )
    assert problem["detail"].startswith("url: ")
    assert name in problem["detail"]
    assert problem["hint"]
    assert not any(secret in answer.text for secret in ("hushed", "topkey", "unsaid"))
    assert before == [(await house.operator("GET", each)).json() for each in (SOURCES, OUTPUTS)]


@pytest.mark.parametrize("start", [True, False])
@pytest.mark.parametrize("back", BACK)
async def test_what_an_output_publishes_is_no_source(house: House, back: str, *, start: bool) -> None:
    await made(house, OUTPUTS, {"label": "Main stream", "url": OUT, "start": start})
    body = {"kind": "url", "url": back}
    await refused(house, "POST", SOURCES, body, Rule.PUBLISHED, "Main stream")
    await made(house, SOURCES, {"kind": "url", "id": "more", "url": ELSEWHERE[0]})
    await refused(house, "PUT", f"{SOURCES}/more", body, Rule.PUBLISHED, "Main stream")


@pytest.mark.parametrize("back", BACK)
async def test_nothing_is_published_to_where_a_source_is_read(house: House, back: str) -> None:
    await made(house, SOURCES, {"kind": "url", "id": "feed", "label": "Feed", "url": back})
    await refused(house, "POST", OUTPUTS, {"url": OUT}, Rule.READ, "Feed")


async def test_once_the_one_is_gone_the_other_may_come(house: House) -> None:
    await made(house, OUTPUTS, {"id": "main", "url": OUT})
    await refused(house, "POST", SOURCES, {"kind": "url", "url": BACK[0]}, Rule.PUBLISHED, "main")
    assert (await house.operator("DELETE", f"{OUTPUTS}/main")).status_code == 200
    await made(house, SOURCES, {"kind": "url", "id": "feed", "url": BACK[0]})
    await refused(house, "POST", OUTPUTS, {"url": OUT}, Rule.READ, "feed")
    assert (await house.operator("DELETE", f"{SOURCES}/feed")).status_code == 200
    await made(house, OUTPUTS, {"id": "main", "url": OUT})


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
async def test_what_else_is_at_that_server_is_a_source(house: House, elsewhere: str) -> None:
    await made(house, OUTPUTS, {"url": OUT})
    await made(house, SOURCES, {"kind": "url", "url": elsewhere})


@pytest.mark.parametrize("back", ["rtsp://localhost:8554/live/program", "rtmp://192.0.2.1/live/program"])
async def test_a_server_beside_us_is_one_by_each_of_our_names(house: House, back: str) -> None:
    await made(house, OUTPUTS, {"id": "main", "url": "rtmp://127.0.0.1/live/{path}"})
    await refused(house, "POST", SOURCES, {"kind": "url", "url": back}, Rule.PUBLISHED, "main")


async def test_the_second_canvas_is_no_source_either(house: House) -> None:
    await made(house, OUTPUTS, {"id": "phones", "url": "rtsp://media.example.org/{path}", "canvas": "second"})
    body = {"kind": "url", "url": "rtsp://media.example.org/second"}
    await refused(house, "POST", SOURCES, body, Rule.PUBLISHED, "phones")
    await made(house, SOURCES, {"kind": "url", "url": "rtsp://media.example.org/program"})


async def test_a_guest_is_read_back_and_their_address_is_theirs_alone(house: House) -> None:
    guest = "rtmp://media.example.org/live/guest1"
    await made(house, SOURCES, {"kind": "url", "id": "again", "url": guest.replace("guest1", "guest2")})
    await refused(house, "POST", OUTPUTS, {"url": guest}, Rule.READ, "guest1")


async def test_whoever_is_read_back_from_a_server_never_hears_that(tmp_path: Path) -> None:
    guests = {"seats": ["guest1", "guest2"]}
    to = [{"url": "rtmp://media.example.org/live/{path}"}, {"url": "rtsp://off/{path}", "enabled": False}]
    async with mixing_house(tmp_path, guests=guests, relay={"destinations": to}) as (house, mixer):
        assert (await house.whip("guest1", await house.invite(seat="guest1"))).status_code == 201
        read = {
            "camera": "rtsp://media.example.org:8554/live/guest1",
            "slides": "rtmp://media.example.org/live/guest1-screen",
            "other": "rtmp://media.example.org/live/guest2",
            "elsewhere": "rtsp://off/guest1",
        }
        for name, url in read.items():
            await made(house, SOURCES, {"kind": "url", "id": name, "url": url})
        await until(lambda: mixer.wanted.listeners and "other" in {each.id for each in mixer.wanted.sources})
        (listener,) = mixer.wanted.listeners
        assert set(listener.returning) == {"camera", "slides"}


async def test_who_is_read_back_by_an_address_that_this_machine_gets_later_never_hears_that_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mixing, "HOSTS_EVERY_S", 0.05)
    addresses_now: list[str] = []
    failures = [OSError("too many open files"), OSError("too many open files")]

    def usable(_: str) -> list[str]:
        if addresses_now and failures:
            raise failures.pop()
        return list(addresses_now)

    monkeypatch.setattr(addresses, "usable_addresses", usable)
    to = [{"url": "rtmp://127.0.0.1/live/{path}"}]
    async with mixing_house(tmp_path, relay={"destinations": to}) as (house, mixer):
        assert (await house.whip("guest1", await house.invite(seat="guest1"))).status_code == 201
        back = {"kind": "url", "id": "back", "url": "rtsp://192.0.2.7:8554/live/guest1"}
        await made(house, SOURCES, back)
        await until(lambda: mixer.wanted.listeners and "back" in {each.id for each in mixer.wanted.sources})
        assert mixer.wanted.listeners[0].returning == ()
        addresses_now.append("192.0.2.7")
        await until(lambda: mixer.wanted.listeners[0].returning == ("back",))
    assert caplog.text.count("addresses cannot be read") == 1


async def test_a_loop_that_is_there_already_keeps_no_one_from_changing_the_rest_of_its_source(
    house: House,
) -> None:
    await made(house, SOURCES, {"id": "back", "kind": "url", "url": BACK[0]})
    board = house.control.mixing.board
    house.control.mixing.board = board.with_output(Output("out", "", OUT))
    changed = {"kind": "url", "label": "Back"}
    same = await house.operator("PUT", f"{SOURCES}/back", json={**changed, "url": BACK[0]})
    assert same.status_code == 200, same.text
    await refused(house, "PUT", f"{SOURCES}/back", {**changed, "url": BACK[1]}, Rule.PUBLISHED, "out")


async def test_the_name_by_which_we_are_known_outside_is_ours(tmp_path: Path) -> None:
    server = {"public_url": "https://show.example.org"}
    async with mixing_house(tmp_path, server=server) as (house, _):
        await made(house, OUTPUTS, {"id": "out", "url": "rtmp://localhost/live/x"})
        body = {"kind": "url", "url": "rtsp://show.example.org:8554/live/x"}
        await refused(house, "POST", SOURCES, body, Rule.PUBLISHED, "out")
