"""The chat: who may say what to whom, who hears of it, and what is kept."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stagedoor.control.backstage import chat as chat_module
from stagedoor.control.backstage.chat import (
    GUESTS_SEE_MS,
    KEPT_OF_EACH,
    KEPT_OF_KNOCKS,
    MOST,
    MOST_OF_KNOCKS,
    WITHIN_MS,
)
from tests.kit.control_app import House, bearer, make_settings, running_control, running_house
from tests.kit.fake_relay import FakeRelay
from tests.kit.guest_page import GuestPage, desk_hears, guest_page, knocker

pytestmark = pytest.mark.api


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as made:
        yield made


@pytest.fixture
async def ann(house: House) -> AsyncIterator[GuestPage]:
    async with guest_page(house, "guest1", "Ann") as page:
        yield page


@pytest.fixture
async def bob(house: House) -> AsyncIterator[GuestPage]:
    async with guest_page(house, "guest2", "Bob") as page:
        yield page


async def say(house: House, text: str, guest: str | None = None) -> httpx.Response:
    return await house.operator("POST", "/api/chat", json={"text": text, "guest": guest})


def texts(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [message["text"] for message in answer.json()["messages"]]


async def test_each_reads_and_hears_what_concerns_them(house: House, ann: GuestPage, bob: GuestPage) -> None:
    with desk_hears(house) as desk:
        await say(house, "Hello all")
        await say(house, "Ann, sit back", ann.guest)
        said = (await ann.post("/api/chat", text="Better?", guest=ann.guest)).json()
        assert (said["sender"], said["name"], said["guest"]) == (ann.guest, "Ann", ann.guest)
        await bob.post("/api/chat", text="Hi everybody")
        heard = [(await desk.next("chat"))["text"] for _ in range(4)]
    everything = ["Hello all", "Ann, sit back", "Better?", "Hi everybody"]
    assert heard == everything
    assert texts(await house.operator("GET", "/api/chat")) == everything
    assert texts(await ann.get("/api/chat")) == everything
    assert texts(await bob.get("/api/chat")) == ["Hello all", "Hi everybody"]
    assert [(await bob.heard.next("chat"))["text"] for _ in range(2)] == ["Hello all", "Hi everybody"]
    assert bob.heard.waiting == 0
    assert texts(await ann.get("/api/chat?after=2")) == ["Better?", "Hi everybody"]
    assert [(await page.snapshot())["chat"] for page in (ann, bob)] == [4, 4]
    await say(house, "Only for Ann", ann.guest)
    assert [(await page.snapshot())["chat"] for page in (ann, bob)] == [5, 4]


async def test_what_is_refused(house: House, ann: GuestPage, bob: GuestPage) -> None:
    to_bob = await ann.post("/api/chat", text="Psst", guest=bob.guest)
    assert (to_bob.status_code, to_bob.json()["code"]) == (403, "forbidden")
    assert (await house.client.get("/api/chat")).status_code == 401
    nobody = await say(house, "Anybody?", "g_nobody")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "guest_unknown")
    before = bearer(await house.invite(seat="guest3"))
    outside = await house.client.get("/api/chat", headers=before)
    assert (outside.status_code, outside.json()["code"]) == (409, "not_joined")
    for text in ("", "  ", "x" * 1001, "\x00"):
        assert (await say(house, text)).status_code == 422


async def test_a_guest_who_says_too_much_has_to_wait(house: House, ann: GuestPage, bob: GuestPage) -> None:
    answers = [await ann.post("/api/chat", text=str(number)) for number in range(MOST + 1)]
    assert [answer.status_code for answer in answers] == [201] * MOST + [503]
    assert answers[-1].json()["code"] == "chat_too_fast"
    assert (await bob.post("/api/chat", text="Me too")).status_code == 201
    house.late_ms = WITHIN_MS
    assert (await ann.post("/api/chat", text="Again")).status_code == 201


async def test_whoever_knocks_has_a_thread_of_their_own_and_no_more(house: House, ann: GuestPage) -> None:
    await say(house, "Hello all")
    async with knocker(house, "Eve") as eve:
        refused = await eve.post("/api/chat", text="Spam")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_seated")
        assert (await eve.post("/api/chat", text="Let me in", guest=eve.guest)).status_code == 201
        await say(house, "To everyone")
        await say(house, "Who are you?", eve.guest)
        assert texts(await eve.get("/api/chat")) == ["Let me in", "Who are you?"]
        assert [(await eve.heard.next("chat"))["text"] for _ in range(2)] == ["Let me in", "Who are you?"]
        assert eve.heard.waiting == 0
        assert texts(await ann.get("/api/chat")) == ["Hello all", "To everyone"]
        await house.operator("POST", f"/api/guests/{eve.guest}/seat", json={"seat": "guest2"})
        assert texts(await eve.get("/api/chat")) == ["Hello all", "Let me in", "To everyone", "Who are you?"]
        assert (await eve.post("/api/chat", text="Thanks")).status_code == 201
        await house.operator("POST", f"/api/guests/{eve.guest}/hold")
        assert (await eve.post("/api/chat", text="Hey")).status_code == 409


async def test_joining_again_gives_no_more_patience(house: House) -> None:
    token = await house.invite(seat="guest1")
    for number in range(MOST + 1):
        guest = (await house.join(token)).json()["guest"]["id"]
        said = await house.client.post("/api/chat", json={"text": "Again"}, headers=bearer(token))
        assert said.status_code == (201 if number < MOST else 503)
        await house.client.post(f"/api/guests/{guest}/leave", headers=bearer(token))


async def test_all_who_knock_have_one_limit_together(house: House, ann: GuestPage) -> None:
    codes = []
    for number in range(MOST_OF_KNOCKS // MOST + 1):
        async with knocker(house, f"Eve {number}") as eve:
            codes += [
                (await eve.post("/api/chat", text="Hi", guest=eve.guest)).status_code for _ in range(MOST)
            ]
    assert codes == [201] * MOST_OF_KNOCKS + [503] * MOST
    assert (await ann.post("/api/chat", text="Here I am")).status_code == 201


async def test_nobody_pushes_out_what_others_have_said(house: House, ann: GuestPage, bob: GuestPage) -> None:
    await bob.post("/api/chat", text="From Bob")
    for number in range(KEPT_OF_EACH + 1):
        house.late_ms += WITHIN_MS // MOST
        assert (await ann.post("/api/chat", text=str(number))).status_code == 201
    assert texts(await bob.get("/api/chat")) == ["From Bob", *map(str, range(1, KEPT_OF_EACH + 1))]


async def test_all_who_knock_push_out_one_another(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_module, "KEPT_OF_KNOCKS", 3)
    await say(house, "Hello all")
    for number in range(5):
        async with knocker(house, f"Eve {number}") as eve:
            await eve.post("/api/chat", text=str(number), guest=eve.guest)
    assert texts(await house.operator("GET", "/api/chat")) == ["Hello all", "2", "3", "4"]
    assert KEPT_OF_EACH < KEPT_OF_KNOCKS < chat_module.KEPT


async def test_what_was_said_in_another_show_is_for_operators_only(house: House, ann: GuestPage) -> None:
    await say(house, "Yesterday")
    house.late_ms = GUESTS_SEE_MS
    await say(house, "Today")
    assert texts(await ann.get("/api/chat")) == ["Today"]
    assert texts(await house.operator("GET", "/api/chat")) == ["Yesterday", "Today"]


async def test_the_newest_are_kept_over_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_module, "KEPT", 3)
    settings = make_settings(tmp_path)
    settings.server.run_dir.mkdir()
    async with running_control(settings, House(FakeRelay())) as before:
        said: list[Any] = [(await say(before, str(number))).json() for number in range(11)]
    async with running_control(settings, House(FakeRelay())) as after:
        listed = (await after.operator("GET", "/api/chat")).json()
        assert listed == {"messages": said[-3:], "newest": 11}
        assert (await say(after, "On we go")).json()["number"] == 12
