"""Uploaded media: what is taken, under which name, what is refused, who uses it, and what is kept."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stagedoor.control.core import DATABASE
from stagedoor.control.media import probing
from stagedoor.control.media.files import MediaFiles
from stagedoor.domain.errors import InvalidError, StorageError
from tests.kit.control_app import House, bearer, mixing_house, running_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.files import clip, png, png_bomb, wav
from tests.kit.wait import until

pytestmark = [pytest.mark.api, pytest.mark.timeout(60)]

LIMITS = {"max_file_mb": 1, "max_total_mb": 2}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path, media=LIMITS) as made:
        yield made


async def upload(house: House, name: str, content: Any) -> httpx.Response:
    return await house.operator("POST", "/api/media", params={"name": name}, content=content)


def left(house: House) -> list[str]:
    """What is on the disk: kept files, their thumbnails, and drafts."""
    folder = house.control.settings.server.media_dir
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_stills_clips_and_sounds_are_taken_listed_and_deleted(house: House) -> None:
    still = (await upload(house, "../../etc/Été Logo!.jpeg", png())).json()
    assert (still["id"], still["kind"], still["duration_ms"]) == ("Ete-Logo.png", "still", None)
    assert [(track["width"], track["height"]) for track in still["tracks"]] == [(64, 36)]
    film = (await upload(house, "intro.mov", clip())).json()
    assert (film["id"], film["kind"]) == ("intro.mp4", "clip")
    assert abs(film["duration_ms"] - 1000) < 100
    assert [(track["kind"], track["codec"]) for track in film["tracks"]] == [
        ("video", "h264"),
        ("audio", "aac"),
    ]
    sound = (await upload(house, "jingle.wav", wav())).json()
    assert (sound["id"], sound["thumbnail"]) == ("jingle.wav", None)

    listed = (await house.operator("GET", "/api/media")).json()
    assert [each["id"] for each in listed["media"]] == ["jingle.wav", "intro.mp4", "Ete-Logo.png"]
    assert listed["size"] == sum(each["size"] for each in listed["media"])
    for found in (still, film):
        picture = await house.operator("GET", found["thumbnail"])
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8\xff")
    assert (await house.operator("GET", "/api/media/jingle.wav/thumbnail.jpg")).status_code == 404
    for found in (still, film, sound):
        assert (await house.operator("DELETE", f"/api/media/{found['id']}")).status_code == 204
    assert left(house) == []


async def test_a_name_that_is_taken_gets_a_number(house: House) -> None:
    folder = house.control.settings.server.media_dir
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    await asyncio.to_thread((folder / "logo.png").write_bytes, b"put here by hand")
    assert (await upload(house, "logo.png", png())).json()["id"] == "logo-2.png"
    assert await asyncio.to_thread((folder / "logo.png").read_bytes) == b"put here by hand"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no picture and no sound", "media_unreadable"),
        (b"", "media_unreadable"),
        (png()[:80], "media_unreadable"),
        (png_bomb(60_000), "still_too_large"),
        (clip()[:3000], "media_unreadable"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n", "media_unreadable"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "media_unreadable"),
    ],
    ids=["text", "nothing", "cut", "bomb", "cut clip", "playlist", "concat"],
)
async def test_what_is_no_media_is_refused_and_leaves_nothing(
    house: House, content: bytes, code: str
) -> None:
    answer = await upload(house, "evil.png", content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert left(house) == []


async def test_a_file_that_is_too_large_is_cut_off_and_leaves_nothing(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(64 * 1024)

    for content in (bytes(1_000_001), endless()):
        answer = await upload(house, "large.bin", content)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert left(house) == []


async def test_all_files_together_have_a_limit_and_few_come_at_once(house: House) -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield bytes(900_000)
        await gate.wait()

    waiting = [asyncio.create_task(upload(house, "slow.bin", slow())) for _ in range(2)]
    await until(lambda: sum(house.control.library._coming.values()) == 1_800_000)
    third = await upload(house, "third.png", png())
    assert (third.status_code, third.json()["code"]) == (503, "media_busy")
    waiting.pop().cancel()
    await until(lambda: len(house.control.library._coming) == 1)
    await upload(house, "one.mp4", clip())
    assert house.control.library._size() > 0
    gate.set()
    assert [(await each).status_code for each in waiting] == [422]


async def test_no_room_is_said(tmp_path: Path) -> None:
    async with running_house(tmp_path, media={"max_file_mb": 5, "max_total_mb": 1}) as house:
        full = await upload(house, "large.bin", bytes(1_000_001))
        assert (full.status_code, full.json()["code"]) == (507, "media_full")
        assert left(house) == []
    async with running_house(tmp_path, recording={"min_free_mb": 10_000_000}) as house:
        none = await upload(house, "logo.png", png())
        assert (none.status_code, none.json()["code"]) == (507, "media_unwritable")


async def test_only_operators_upload(house: House) -> None:
    token = bearer(await house.invite())
    for headers, status in ((token, 403), ({}, 401)):
        answer = await house.client.post("/api/media?name=x.png", content=png(), headers=headers)
        assert answer.status_code == status
    assert (await house.operator("DELETE", "/api/media/..%2Fcontrol.db")).status_code in (404, 422)
    assert (await house.operator("DELETE", "/api/media/control.db")).status_code == 404


async def test_what_is_in_use_is_not_deleted_and_what_is_known_is_kept(tmp_path: Path) -> None:
    async def in_use(made: tuple[House, FakeMixer]) -> None:
        house, _ = made
        await upload(house, "logo.png", png())
        await upload(house, "intro.mp4", clip())
        await house.operator("POST", "/api/overlays", json={"kind": "image", "url": "logo.png", "id": "logo"})
        intro = {"kind": "url", "url": "intro.mp4", "id": "intro", "slate": "logo.png"}
        await house.operator("POST", "/api/sources", json=intro)
        await house.operator("PUT", "/api/mixer/transition", json={"kind": "stinger", "file": "intro.mp4"})

    async with mixing_house(tmp_path) as made:
        await in_use(made)
    async with mixing_house(tmp_path) as (house, _):
        media = (await house.operator("GET", "/api/media")).json()["media"]
        assert {each["id"]: each["used_by"] for each in media} == {
            "intro.mp4": ["source intro", "the transition"],
            "logo.png": ["source intro", "overlay logo"],
        }
        refused = await house.operator("DELETE", "/api/media/logo.png")
        assert (refused.status_code, refused.json()["code"]) == (409, "media_in_use")
        assert "overlay logo" in refused.json()["detail"]
        await house.operator("DELETE", "/api/overlays/logo")
        assert (await house.operator("DELETE", "/api/media/logo.png")).status_code == 409
        await house.operator("DELETE", "/api/sources/intro")
        assert (await house.operator("DELETE", "/api/media/logo.png")).status_code == 204


async def test_a_crash_leaves_no_file_that_nobody_knows_and_no_record_without_a_file(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        for name in ("kept", "gone", "never-came"):
            assert (await upload(house, name, png())).status_code == 201
        folder = house.control.settings.server.media_dir
    await asyncio.to_thread(_crash, folder)
    async with running_house(tmp_path) as house:
        media = (await house.operator("GET", "/api/media")).json()["media"]
        assert [each["id"] for each in media] == ["kept.png"]
        assert left(house) == [".stagedoor/kept.png.jpg", "by-hand.png", "kept.png"]


def _crash(folder: Path) -> None:
    """Leave what an upload leaves that ends in its midst."""
    (folder / "by-hand.png").touch()
    (folder / "gone.png").unlink()
    (folder / "never-came.png").write_bytes(b"")
    for name in ("0123456789abcdef.part", "0123456789abcdef.jpg"):
        (folder / ".stagedoor" / name).touch()


async def test_a_file_is_known_before_it_has_its_name(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[bool] = []
    keep = MediaFiles.keep

    def watched(files: MediaFiles, draft: Path, thumbnail: Path, name: str) -> None:
        database = sqlite3.connect(house.control.settings.server.data_dir / DATABASE)
        rows = database.execute("SELECT id FROM media").fetchall()
        database.close()
        known.append((name,) in rows and not (files.folder / name).exists())
        keep(files, draft, thumbnail, name)

    monkeypatch.setattr(MediaFiles, "keep", watched)
    assert (await upload(house, "logo.png", png())).status_code == 201
    assert known == [True]


async def test_what_cannot_be_kept_or_deleted_is_as_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StorageError("no", code="media_unwritable")

    async def ids() -> list[str]:
        return [each["id"] for each in (await house.operator("GET", "/api/media")).json()["media"]]

    for name in ("first", "second"):
        await upload(house, name, png())
    with monkeypatch.context() as patch:
        patch.setattr(MediaFiles, "keep", fails)
        assert (await upload(house, "third", png())).json()["code"] == "media_unwritable"
    house.control.library._files.drop = fails  # type: ignore[method-assign]
    assert (await house.operator("DELETE", "/api/media/first.png")).json()["code"] == "media_unwritable"
    assert await ids() == ["second.png", "first.png"]


async def test_a_probe_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PROBE_WITHIN_S", 0.05)
    file = tmp_path / "clip.mp4"
    await asyncio.to_thread(file.write_bytes, clip())
    with pytest.raises(InvalidError, match="takes too long"):
        await probing.probe(file, tmp_path / "clip.jpg")
