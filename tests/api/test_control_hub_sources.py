"""Sources that are read from the hub: what else is there, and nothing that is mixed or a guest's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor import addresses
from stagedoor.domain.checks import Rule
from stagedoor.domain.source import SourceKind
from tests.kit.control_app import House, mixing_house
from tests.kit.fake_mixer import FakeMixer

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]
URL = "/api/sources"
NEVER = {
    "program": Rule.MIXED,
    "second": Rule.MIXED,
    "multiview": Rule.MIXED,
    "return-guest1": Rule.MIXED,
    "return-video": Rule.MIXED,
    "monitor-main": Rule.MIXED,
    "lobby-g_abc": Rule.LOBBY,
    "lobby-g_abc-screen": Rule.LOBBY,
    "talkback-main": Rule.TALKBACK,
    "outside-guest1": Rule.OUTSIDE,
    "guest1": Rule.SEATS_PATH,
    "guest2-screen": Rule.SEATS_PATH,
}


@pytest.fixture
async def mixing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Mixing]:
    monkeypatch.setattr(addresses, "usable_addresses", lambda _: ["192.0.2.1"])
    async with mixing_house(
        tmp_path,
        guests={"seats": ["guest1", "guest2"]},
        server={"port": 8000, "public_url": "https://show.example.org"},
        hub={"port": 8100},
    ) as made:
        yield made


@pytest.mark.parametrize(("path", "rule"), NEVER.items())
async def test_what_is_mixed_or_a_guests_own_is_no_source_by_its_name_nor_by_our_own_address(
    mixing: Mixing, path: str, rule: Rule
) -> None:
    house, mixer = mixing
    asked = len(mixer.asked)
    for body in (
        {"kind": "hub", "url": path},
        {"kind": "url", "url": f"http://127.0.0.1:8100/live/{path}.mkv?token=secret"},
    ):
        answer = await house.operator("POST", URL, json=body)
        problem = answer.json()
        told = {key: problem["values"][key] for key in ("at", "rule")}
        assert (answer.status_code, told) == (422, {"at": "url", "rule": rule.value}), answer.text
        assert problem["detail"].startswith("url: ")
        assert "secret" not in answer.text
    assert len(mixer.asked) == asked


@pytest.mark.parametrize("path", ["", "A Camera", "cam/1", "x" * 65])
async def test_what_can_be_no_path_is_refused(mixing: Mixing, path: str) -> None:
    house, _ = mixing
    answer = await house.operator("POST", URL, json={"kind": "hub", "url": path})
    assert (answer.status_code, answer.json()["values"]["rule"]) == (422, Rule.HUB_PATH), answer.text


@pytest.mark.parametrize(
    "address",
    [
        "http://127.9.9.9:8100/live/program.nut",
        "http://LOCALHOST:8100/live/program.ts",
        "http://localhost.:8100/live/program.ts",
        "http://127.0.0.1:8100/live/%70rogram.nut",
        "http://[::ffff:127.0.0.1]:8100/live/program.nut",
        "http://x:secret@localhost:8100/live/program.mkv",
        "http://[::1]:8100/live/program.mkv",
        "http://192.0.2.1:8100/live/program.flv",
        "http://localhost:8000/live/program.mp4",
        "https://show.example.org/live/program.mp4",
        "https://show.example.org:443/live/program.mp4",
    ],
)
async def test_by_each_of_our_addresses_program_is_known_again(mixing: Mixing, address: str) -> None:
    house, _ = mixing
    answer = await house.operator("POST", URL, json={"kind": "url", "url": address})
    assert (answer.status_code, answer.json()["values"]["rule"]) == (422, Rule.MIXED), answer.text
    changed = {"kind": "hub", "id": "more", "url": "camera-2"}
    assert (await house.operator("POST", URL, json=changed)).status_code == 201
    answer = await house.operator("PUT", f"{URL}/more", json={"kind": "url", "url": address})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("hub", "camera-2"),
        ("url", "http://127.0.0.1:8100/live/camera-2.mkv?token=x"),
        ("url", "http://192.0.2.7:8100/live/program.mkv"),
        ("url", "http://127.0.0.1:8200/live/program.mkv"),
        ("url", "http://127.0.0.1:8100/shows/program.mkv"),
        ("url", "rtsp://127.0.0.1:8554/program"),
    ],
)
async def test_what_else_is_at_the_hub_and_another_ones_program_is_a_source(
    mixing: Mixing, kind: str, url: str
) -> None:
    house, mixer = mixing
    body: dict[str, Any] = {"kind": kind, "id": "more", "url": url, "iso": True}
    made = await house.operator("POST", URL, json=body)
    assert (made.status_code, made.json()["source"]["kind"]) == (201, kind), made.text
    (told,) = (source for source in mixer.wanted.sources if source.id == "more")
    assert (told.kind, told.url, told.iso) == (SourceKind(kind), url, True)
