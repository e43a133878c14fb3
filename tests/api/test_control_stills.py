"""Images that were put into the media folder by hand: what cannot be drawn is refused when it is named."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control.media import found, probing
from stagedoor.control.media.found import FoundFiles
from stagedoor.domain.errors import CapacityError
from tests.kit.control_app import House, mixing_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.files import clip, png, png_bomb
from tests.kit.wait import until

pytestmark = [pytest.mark.api, pytest.mark.timeout(60)]

Mixing = tuple[House, FakeMixer]


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path, guests={"seats": ["guest1"]}) as made:
        yield made


def _put_by_hand(folder: Path) -> None:
    (folder / "good.png").write_bytes(png())
    (folder / "text.png").write_bytes(b"no picture at all")
    (folder / "cut.png").write_bytes(png()[:80])
    (folder / "bomb.png").write_bytes(png_bomb(60_000))
    (folder / "clip.png").write_bytes(clip(0.2))
    (folder / "list.png").write_bytes(b"ffconcat version 1.0\nfile good.png\n")
    with (folder / "huge.png").open("wb") as file:
        file.write(png())
        file.truncate(100_000_000)


REFUSED = {
    "text.png": "still_unreadable",
    "cut.png": "still_unreadable",
    "clip.png": "still_unreadable",
    "list.png": "still_unreadable",
    "bomb.png": "still_too_large",
    "huge.png": "still_too_large",
}
PLACES: list[tuple[str, str, dict[str, Any], str]] = [
    ("POST", "/api/sources", {"kind": "still", "id": "new"}, "url"),
    ("PUT", "/api/sources/picture", {"kind": "still"}, "url"),
    ("PUT", "/api/sources/picture", {"kind": "pattern"}, "slate"),
    ("POST", "/api/overlays", {"kind": "image", "id": "new"}, "url"),
    ("PUT", "/api/overlays/logo", {"kind": "image"}, "url"),
]


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_drawn_is_refused_by_its_field_and_nothing_changes(
    mixing: Mixing, tmp_path: Path, name: str
) -> None:
    house, mixer = mixing
    await asyncio.to_thread(_put_by_hand, tmp_path / "media")
    for url, body in (("sources", {"kind": "still"}), ("overlays", {"kind": "image"})):
        made = {**body, "id": "picture" if url == "sources" else "logo", "url": "good.png"}
        answer = await house.operator("POST", f"/api/{url}", json=made)
        assert answer.status_code == 201, answer.text
    asked, board = len(mixer.asked), house.control.mixing.board
    # Each look is a process: every place is tried with one file, and every file at one place.
    for method, path, body, field in PLACES if name == "bomb.png" else PLACES[2:3]:
        answer = await house.operator(method, path, json={**body, field: name})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, REFUSED[name]), answer.text
        assert problem["detail"].startswith(f"{field}: ")
        assert problem["values"]["at"] == field
        assert problem["hint"]
    assert len(mixer.asked) == asked
    assert house.control.mixing.board is board


async def test_a_file_is_looked_at_again_once_it_is_another(
    mixing: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _ = mixing
    file = tmp_path / "media" / "soon.png"
    await asyncio.to_thread(file.write_bytes, png())
    looked: list[Path] = []

    async def counted(path: Path, thumbnail: Path) -> Any:
        looked.append(path)
        return await probing.probe(path, thumbnail)

    monkeypatch.setattr(found, "probe", counted)
    body = {"kind": "still", "url": "soon.png", "slate": "soon.png"}
    for label in ("One", "Two"):
        answer = await house.operator("POST", "/api/sources", json={**body, "label": label})
        assert answer.status_code == 201, answer.text
    assert len(looked) == 1
    await asyncio.to_thread(file.write_bytes, b"broken by now")
    answer = await house.operator("PUT", "/api/sources/one", json={**body, "label": "Three"})
    assert (answer.status_code, answer.json()["code"]) == (422, "still_unreadable")
    assert len(looked) == 2


async def test_what_took_the_place_of_an_upload_is_looked_at(mixing: Mixing, tmp_path: Path) -> None:
    house, _ = mixing
    answer = await house.operator("POST", "/api/media", params={"name": "logo.png"}, content=png())
    assert answer.status_code == 201, answer.text
    body = {"kind": "slate", "slate": "logo.png"}
    assert (await house.operator("POST", "/api/sources", json=body)).status_code == 201
    await asyncio.to_thread((tmp_path / "media" / "logo.png").write_bytes, png_bomb(60_000))
    answer = await house.operator("POST", "/api/sources", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "still_too_large")


async def test_few_wait_to_be_looked_at(
    mixing: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _ = mixing
    for number in range(found.MOST_WAITING):
        await asyncio.to_thread((tmp_path / "media" / f"{number}.png").write_bytes, png())
    gate = asyncio.Event()

    async def held(path: Path, thumbnail: Path) -> Any:
        await gate.wait()
        return None

    monkeypatch.setattr(found, "probe", held)
    files = FoundFiles(house.control.library._files)
    waiting = [asyncio.create_task(files.facts(f"{number}.png")) for number in range(found.MOST_WAITING)]
    await until(lambda: files._waiting == found.MOST_WAITING)
    with pytest.raises(CapacityError):
        await files.facts("one-more.png")
    gate.set()
    await asyncio.gather(*waiting)
    assert files._waiting == 0


async def test_nobody_waits_for_long_to_have_a_file_looked_at(
    mixing: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _ = mixing
    for name in ("slow.png", "next.png"):
        await asyncio.to_thread((tmp_path / "media" / name).write_bytes, png())
    gate = asyncio.Event()

    async def held(path: Path, thumbnail: Path) -> Any:
        await gate.wait()
        return None

    monkeypatch.setattr(found, "probe", held)
    monkeypatch.setattr(found, "WAIT_S", 0.05)
    files = FoundFiles(house.control.library._files)
    looking = asyncio.create_task(files.facts("slow.png"))
    await until(files._looking.locked)
    with pytest.raises(CapacityError) as refused:
        await asyncio.wait_for(files.facts("next.png"), 10)
    assert refused.value.code == "media_busy"
    gate.set()
    await looking
    await files.facts("next.png")
    assert files._waiting == 0
