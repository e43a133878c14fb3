"""Overlays by the API: made, shown, hidden, refused, and what the mixer and the pages are told of them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from stagedoor.domain.overlay import Anchor, Card, LowerThirdStyle, OverlayKind
from tests.kit.control_app import OPERATOR, House, listening, mixing_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.files import png
from tests.kit.wait import until

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path, guests={"seats": ["guest1", "guest2"]}) as made:
        (tmp_path / "media" / "logo.png").write_bytes(png())
        yield made


async def call(house: House, method: str, url: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = await house.operator(method, url, **({} if body is None else {"json": body}))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_made_shown_hidden_changed_and_deleted(mixing: Mixing, tmp_path: Path) -> None:
    house, mixer = mixing
    text = {"kind": "text", "text": "Live\nfrom here", "anchor": "top", "size": 0.1}
    made = await call(house, "POST", "/api/overlays", text, 201)
    assert (made["overlay"]["id"], made["frame"]) == ("live-from-here", mixer.state.frame)
    assert made["overlay"]["on"] is False
    logo = await call(house, "POST", "/api/overlays", {"kind": "image", "url": "./logo.png"}, 201)
    assert (logo["overlay"]["id"], logo["overlay"]["url"]) == ("logo", "logo.png")
    shown = await call(house, "POST", "/api/overlays/logo/show")
    assert (shown["overlay"]["on"], shown["frame"]) == (True, mixer.state.frame)
    lowest, highest = mixer.wanted.overlays
    assert lowest == Card("live-from-here", OverlayKind.TEXT, "Live\nfrom here", anchor=Anchor.TOP, size=0.1)
    assert highest == Card("logo", OverlayKind.IMAGE, on=True, url=str(tmp_path / "media" / "logo.png"))
    hidden = await call(house, "POST", "/api/overlays/logo/hide")
    assert (hidden["overlay"]["on"], mixer.wanted.overlays[1].on) == (False, False)
    changed = {**text, "alpha": 0.5, "frames": 1}
    await call(house, "PUT", "/api/overlays/live-from-here", changed)
    assert (mixer.wanted.overlays[0].alpha, mixer.wanted.overlays[0].frames) == (0.5, 1)
    listed = await call(house, "GET", "/api/overlays")
    assert [each["id"] for each in listed["overlays"]] == ["live-from-here", "logo"]
    await call(house, "DELETE", "/api/overlays/logo")
    assert [each.id for each in mixer.wanted.overlays] == ["live-from-here"]
    for method, url in (("GET", ""), ("DELETE", ""), ("POST", "/show"), ("POST", "/hide")):
        gone = await call(house, method, f"/api/overlays/logo{url}", status=404)
        assert gone["code"] == "overlay_unknown"
    taken = await call(house, "POST", "/api/overlays", {**text, "id": "live-from-here"}, 409)
    assert taken["code"] == "id_taken"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "marquee"}, "kind"),
        ({"kind": "text", "size": 0.001}, "size"),
        ({"kind": "text", "size": 1.1}, "size"),
        ({"kind": "text", "text": "a\nb\nc", "size": 0.5}, "overlay.size"),
        ({"kind": "text", "text": "x" * 501}, "text"),
        ({"kind": "text", "text": "bell\a"}, "overlay.text"),
        ({"kind": "text", "text": "a", "url": "logo.png"}, "overlay.url"),
        ({"kind": "lower_third", "title": "a\nb"}, "title"),
        ({"kind": "lower_third", "style": "neon"}, "style"),
        ({"kind": "text", "color": "red"}, "color"),
        ({"kind": "text", "alpha": 1.01}, "alpha"),
        ({"kind": "text", "frames": 0}, "frames"),
        ({"kind": "text", "frames": 251}, "frames"),
        ({"kind": "text", "anchor": "middle"}, "anchor"),
        ({"kind": "text", "id": "../x"}, "id"),
        ({"kind": "image"}, "url"),
        ({"kind": "image", "url": "missing.png"}, "url"),
        ({"kind": "image", "url": "/etc/passwd"}, "url"),
        ({"kind": "image", "url": "../secrets.json"}, "url"),
        ({"kind": "image", "url": "http://h/a.png"}, "url"),
    ],
)
async def test_what_is_refused(mixing: Mixing, body: dict[str, Any], field: str) -> None:
    house, mixer = mixing
    asked = len(mixer.asked)
    refused = await call(house, "POST", "/api/overlays", body, 422)
    assert field in refused["detail"].partition(": ")[0], refused
    assert all(each["rule"] for each in refused.get("errors", [refused["values"]])), refused
    assert len(mixer.asked) == asked


async def test_there_is_an_end_to_them(mixing: Mixing) -> None:
    house, mixer = mixing
    board = house.control.mixing.board
    overlays = [Card(f"o{number}", OverlayKind.TEXT) for number in range(64)]
    house.control.mixing.commit(board.with_overlays(*overlays))
    full = await call(house, "POST", "/api/overlays", {"kind": "text"}, 503)
    assert (full["code"], full["values"]) == ("board_full", {"what": "overlays", "most": 64})
    await call(house, "PUT", "/api/overlays/o3", {"kind": "text", "on": True})
    assert [each.id for each in mixer.wanted.overlays if each.on] == ["o3"]


async def test_a_guests_lower_third(mixing: Mixing) -> None:
    house, mixer = mixing
    await house.join(await house.invite(seat="guest1"), name="Ada\u200b Lovelace")
    made = await call(house, "POST", "/api/overlays/lower-third", {"source": "guest1"})
    assert (made["overlay"]["id"], made["overlay"]["text"], made["overlay"]["on"]) == (
        "lower-third-guest1",
        "Ada Lovelace",
        True,
    )
    assert made["overlay"]["style"] == "bar"
    styled = {"kind": "lower_third", "title": "Mathematician", "color": "#102030", "style": "block"}
    await call(house, "PUT", "/api/overlays/lower-third-guest1", styled)
    again = await call(house, "POST", "/api/overlays/lower-third", {"source": "guest1"})
    assert (again["overlay"]["text"], again["overlay"]["title"], again["overlay"]["color"]) == (
        "Ada Lovelace",
        "Mathematician",
        "#102030",
    )
    (told,) = mixer.wanted.overlays
    assert isinstance(told, Card)
    assert (again["overlay"]["style"], told.style) == ("block", LowerThirdStyle.BLOCK)
    await call(house, "PUT", "/api/overlays/lower-third-guest1", {**styled, "text": "Somebody before"})
    later = await call(house, "POST", "/api/overlays/lower-third", {"source": "guest1"})
    assert (later["overlay"]["text"], later["overlay"]["title"]) == ("Ada Lovelace", "")
    other = await call(house, "POST", "/api/overlays/lower-third", {"source": "guest2"})
    assert other["overlay"]["text"] == "guest2"
    assert [each.id for each in mixer.wanted.overlays if each.on] == ["lower-third-guest2"]
    nobody = await call(house, "POST", "/api/overlays/lower-third", {"source": "guest9"}, 404)
    assert nobody["code"] == "source_unknown"


async def test_shown_is_what_the_mixer_says(mixing: Mixing) -> None:
    house, mixer = mixing
    await call(house, "POST", "/api/overlays", {"kind": "text", "id": "one", "on": True}, 201)

    async def shown() -> bool:
        return bool((await call(house, "GET", "/api/overlays/one"))["shown"])

    await until(shown, what="the mixer shows it")
    async with (
        listening(house) as port,
        connect(f"ws://127.0.0.1:{port}/api/events?token={OPERATOR}") as socket,
    ):
        snapshot = json.loads(await socket.recv())["data"]
        assert [each["shown"] for each in snapshot["board"]["overlays"]] == [True]
        mixer.say(overlays=())
        while (event := json.loads(await socket.recv()))["type"] != "board":
            pass
        assert [(each["on"], each["shown"]) for each in event["data"]["overlays"]] == [(True, False)]
        assert event["data"]["scenes"] is None


async def test_they_are_there_again_after_a_restart(tmp_path: Path) -> None:
    async with mixing_house(tmp_path) as (house, _):
        for key in ("b", "a"):
            await call(house, "POST", "/api/overlays", {"kind": "text", "id": key, "text": key}, 201)
        await call(house, "POST", "/api/overlays/a/show")
    async with mixing_house(tmp_path) as (_, mixer):
        assert mixer.wanted.overlays == (
            Card("b", OverlayKind.TEXT, "b"),
            Card("a", OverlayKind.TEXT, "a", on=True),
        )
