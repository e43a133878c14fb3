"""Two operators change the same thing, or a guest's name: `ETag`, `If-Match`, and what the pages are told."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from stagedoor.control.mixer.overlay_answers import TimerView
from stagedoor.domain.clip import ClipState
from stagedoor.domain.source import SourceState
from stagedoor.ipc.clips import ClipStatus
from stagedoor.ipc.mixer import SourceStatus
from tests.kit.control_app import AS_OPERATOR, OPERATOR, House, listening, mixing_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.guest_page import desk_hears
from tests.kit.wait import until

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]
THINGS: Mapping[str, Mapping[str, Any]] = {
    "/api/scenes/duel": {"label": "Duel"},
    "/api/sources/film": {"kind": "color", "label": "Film"},
    "/api/overlays/words": {"kind": "text", "text": "Live"},
}
OTHERS = {"/api/scenes/duel": "label", "/api/sources/film": "label", "/api/overlays/words": "title"}
"""What somebody else changes of each."""


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path, guests={"seats": ["guest1"]}) as made:
        yield made


async def ask(
    house: House, method: str, url: str, body: object = None, if_match: str | None = None
) -> httpx.Response:
    headers = AS_OPERATOR if if_match is None else {**AS_OPERATOR, "If-Match": if_match}
    more: dict[str, Any] = {} if body is None else {"json": body}
    return await house.client.request(method, url, headers=headers, **more)


async def made(house: House, url: str) -> str:
    """Make a thing; return its tag."""
    path, _, key = url.rpartition("/")
    answer = await ask(house, "POST", path, {**THINGS[url], "id": key})
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["tag"]}"'
    return answer.headers["etag"]


@pytest.mark.parametrize("url", THINGS)
class TestTags:
    async def test_whoever_saw_what_is_there_changes_and_deletes_it(self, mixing: Mixing, url: str) -> None:
        house, _ = mixing
        tag = await made(house, url)
        assert (await ask(house, "GET", url)).headers["etag"] == tag
        changed = {**THINGS[url], OTHERS[url]: "mine"}
        saved = await ask(house, "PUT", url, changed, tag)
        assert (saved.status_code, saved.headers["etag"] != tag) == (200, True)
        assert (await ask(house, "GET", url)).headers["etag"] == saved.headers["etag"]
        back = await ask(house, "PUT", url, THINGS[url])
        assert back.headers["etag"] == tag, "what is the same has the same tag; none is asked for"
        assert (await ask(house, "DELETE", url, if_match=f'"other", {tag}')).status_code == 200

    async def test_whoever_did_not_loses_nothing_of_others(self, mixing: Mixing, url: str) -> None:
        house, _ = mixing
        tag = await made(house, url)
        theirs = {**THINGS[url], OTHERS[url]: "theirs"}
        await ask(house, "PUT", url, theirs)
        for method, body in (("PUT", THINGS[url]), ("DELETE", None)):
            for stale in (tag, tag.strip('"'), f"W/{tag}", '"*"', ""):
                refused = await ask(house, method, url, body, stale)
                assert (refused.status_code, refused.json()["code"]) == (412, "overtaken")
                assert (refused.json()["blame"], "If-Match" in refused.json()["hint"]) == ("operator", True)
        assert (await ask(house, "GET", url)).json()[OTHERS[url]] == "theirs"
        assert (await ask(house, "PUT", url, THINGS[url], "*")).status_code == 200

    async def test_of_two_at_once_exactly_one_wins(self, mixing: Mixing, url: str) -> None:
        house, _ = mixing
        tag = await made(house, url)
        bodies = [{**THINGS[url], OTHERS[url]: who} for who in ("ann", "bob")]
        answers = await asyncio.gather(*(ask(house, "PUT", url, body, tag) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        (won,) = (body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 200)
        assert (await ask(house, "GET", url)).json()[OTHERS[url]] == won[OTHERS[url]]

    async def test_what_is_no_more_is_not_made_again_by_chance(self, mixing: Mixing, url: str) -> None:
        house, _ = mixing
        tag = await made(house, url)
        await ask(house, "DELETE", url)
        gone = await ask(house, "PUT", url, THINGS[url], tag)
        assert gone.status_code == (404 if "sources" in url else 412)
        assert (await ask(house, "DELETE", url, if_match=tag)).status_code == 404
        assert (await ask(house, "PUT", url, THINGS[url], "*")).status_code == gone.status_code
        assert (await ask(house, "GET", url)).status_code == 404

    async def test_the_board_tells_it(self, mixing: Mixing, url: str) -> None:
        house, _ = mixing
        _, _, things, key = url.split("/")
        async with (
            listening(house) as port,
            connect(f"ws://127.0.0.1:{port}/api/events?token={OPERATOR}") as socket,
        ):
            tag = await made(house, url)
            told = await _tagged(socket, things, key)
        assert (told["tags"][things][key], bool(told[things])) == (tag.strip('"'), True)
        board = house.control.mixing.board_view()
        assert board is not None
        assert getattr(board.tags, things)[key] == tag.strip('"')


async def _tagged(socket: ClientConnection, things: str, key: str) -> dict[str, Any]:
    """Return the first change of the board that has this thing's tag."""
    async for message in socket:
        event = json.loads(message)
        tags = event["data"]["tags"] if event["type"] == "board" else None
        if tags and key in tags[things]:
            return dict(event["data"])
    raise AssertionError("the stream has ended")


async def test_of_two_who_rename_a_guest_the_second_learns_of_the_first(mixing: Mixing) -> None:
    house, _ = mixing
    await house.join(await house.invite(seat="guest1"))
    url = "/api/guests/guest1"
    with desk_hears(house) as desk:
        seen = await ask(house, "GET", url)
        tag = seen.headers["etag"]
        assert tag == f'"{seen.json()["tag"]}"'
        hers = await ask(house, "POST", f"{url}/rename", {"name": "Anna"}, tag)
        assert (hers.status_code, hers.json()["name"]) == (200, "Anna")
        assert hers.headers["etag"] == f'"{hers.json()["tag"]}"' != tag
        assert (await desk.next("guest"))["tag"] == hers.json()["tag"]
    refused = await ask(house, "POST", f"{url}/rename", {"name": "Bob"}, tag)
    assert (refused.status_code, refused.json()["code"]) == (412, "overtaken")
    assert (await house.guest("guest1"))["name"] == "Anna"
    assert (await ask(house, "POST", f"{url}/seat", {"seat": "guest1"})).status_code == 200
    his = await ask(house, "POST", f"{url}/rename", {"name": "Bob"}, hers.headers["etag"])
    assert his.status_code == 200, "all else of a guest may have changed"
    assert (await ask(house, "POST", f"{url}/rename", {"name": "Ann"})).headers["etag"] == tag


async def test_what_the_mixer_says_of_it_is_not_part_of_it(mixing: Mixing) -> None:
    house, mixer = mixing
    tags = {url: await made(house, url) for url in ("/api/sources/film", "/api/overlays/words")}
    clip = ClipStatus(state=ClipState.PLAYING, at_s=1.0, duration_s=2.0, remaining_s=1.0)
    film = SourceStatus(id="film", state=SourceState.LIVE, clip=clip)
    mixer.say(sources=(film,), overlays=("words",))
    await until(lambda: house.control.mixing.require_state().overlays == ("words",))
    assert (await ask(house, "GET", "/api/overlays/words")).json()["shown"]
    for url, tag in tags.items():
        assert (await ask(house, "GET", url)).headers["etag"] == tag
        assert (await ask(house, "PUT", url, THINGS[url], tag)).status_code == 200


async def test_showing_an_overlay_is_a_change_of_it(mixing: Mixing) -> None:
    house, _ = mixing
    tag = await made(house, "/api/overlays/words")
    shown = await ask(house, "POST", "/api/overlays/words/show")
    assert shown.headers["etag"] == (await ask(house, "GET", "/api/overlays/words")).headers["etag"] != tag
    assert (await ask(house, "PUT", "/api/overlays/words", THINGS["/api/overlays/words"], tag)).is_error


async def test_a_timer_that_runs_is_changed_and_deleted(mixing: Mixing) -> None:
    house, _ = mixing
    url, timer = "/api/overlays/start", {"kind": "timer", "seconds": 600}
    tag = (await ask(house, "POST", "/api/overlays", {**timer, "id": "start"})).headers["etag"]
    assert (await ask(house, "POST", f"{url}/start")).headers["etag"] == tag
    await until(lambda: _elapsed_ms(house) > 0, what="it has run")
    seen = await ask(house, "GET", url)
    assert (seen.headers["etag"], seen.json()["running"]) == (tag, True)
    changed = await ask(house, "PUT", url, {**timer, "seconds": 300}, tag)
    assert (changed.status_code, changed.json()["overlay"]["running"]) == (200, True)
    assert (await ask(house, "PUT", url, timer, tag)).status_code == 412
    assert (await ask(house, "DELETE", url, if_match=changed.headers["etag"])).status_code == 200


def _elapsed_ms(house: House) -> int:
    board = house.control.mixing.board_view()
    assert board is not None
    (timer,) = (each for each in board.overlays if isinstance(each, TimerView))
    return timer.elapsed_ms
