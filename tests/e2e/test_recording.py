"""A take of the whole program, whose processes are killed in the middle of it."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from stagedoor.media.packets import Kind
from tests.kit.app import App, running_app
from tests.kit.publisher import publishing
from tests.kit.putting import putting
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

SHOW = Show(320, 180, color=(200, 40, 40), seconds=2, bitrate=300_000)
SMALL = {"width": 640, "height": 360, "preset": "ultrafast", "bitrate": 1_000_000}
WITHIN_S = 20.0


async def recordings(app: App) -> dict[str, Any]:
    answer = await app.api.get("/api/recordings")
    assert answer.is_success, answer.text
    return dict(answer.json())


async def pieces(app: App) -> dict[str, dict[str, Any]]:
    """The pieces of the newest take, by file."""
    (take, *_) = (await recordings(app))["takes"]
    return {piece["file"]: piece for piece in take["pieces"]}


async def grows(app: App, *files: str) -> None:
    """Wait until these pieces are recorded, a second of each."""

    async def long_enough() -> bool:
        try:
            found = await pieces(app)
        except OSError:
            return False
        return all(
            found.get(name, {}).get("state") == "recording" and found[name]["duration_ms"] > 1000
            for name in files
        )

    await until(long_enough, WITHIN_S, interval=0.1, what=f"{files} grow")


async def stagedoor(app: App, *arguments: str, code: int = 0) -> str:
    """Run one command beside the program; return what it says."""
    command = (sys.executable, "-m", "stagedoor", *arguments, "--config", str(app.folder / "stagedoor.toml"))
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == code, said.decode()
    return said.decode()


async def test_a_take_goes_on_whatever_dies(tmp_path: Path) -> None:
    folder = tmp_path / "takes"
    async with running_app(
        with_mixer=True, mixer=SMALL, recording={"dir": str(folder), "min_free_mb": 100}
    ) as app:
        token = (await app.invite("guest1"))["token"]
        async with publishing(app.whip(), token, encode(SHOW)):
            async with putting(app, "hall", encode(SHOW), Kind.VIDEO):
                await app.logged("guest1 is live")
                await app.logged("Connected to the mixer")
                camera = {"kind": "hub", "id": "camera", "url": "hall", "iso": True}
                assert (await app.api.post("/api/sources", json=camera)).status_code == 201
                started = await app.api.post("/api/recordings/start", json={"label": "The show"})
                assert started.status_code == 201, started.text
                take = started.json()["take"]
                await grows(app, "guest1-001.mkv", "camera-001.mkv", "program-001.mp4")
                assert "is being recorded" in (await stagedoor(app, "conform", take, code=1))
                await app.kill("mixer")
                await grows(app, "guest1-001.mkv", "camera-002.mkv", "program-002.mp4")
                await app.kill("control")
                await app.ready()
                await app.logged(f"Take {take} goes on")
                await grows(app, "guest1-001.mkv", "program-002.mp4")
            await app.kill("relay")
        await until(lambda: app.log().count("The relay is ready") == 2, WITHIN_S, what="the relay is back")
        async with (
            publishing(app.whip(), token, encode(SHOW)),
            putting(app, "hall", encode(SHOW), Kind.VIDEO),
        ):
            await grows(app, "guest1-002.mkv", "camera-003.mkv", "program-002.mp4")
            ended = (await app.api.post("/api/recordings/stop")).json()
        states = {piece["file"]: piece["state"] for piece in ended["pieces"]}
        assert states == {
            "camera-001.mkv": "interrupted",
            "camera-002.mkv": "done",
            "camera-003.mkv": "done",
            "guest1-001.mkv": "interrupted",
            "guest1-002.mkv": "done",
            "program-001.mp4": "interrupted",
            "program-002.mp4": "done",
        }
        by_file = {piece["file"]: piece for piece in ended["pieces"]}
        for path in ("guest1", "program"):
            first, second = (each for each in by_file.values() if each["path"] == path)
            assert second["offset_ms"] >= first["offset_ms"] + first["duration_ms"] - 1000
        answer = await app.api.get(f"/api/recordings/{take}/guest1-002.mkv")
        assert answer.content == (folder / take / "guest1-002.mkv").read_bytes()
        for file in states:
            seen = await watch(str(folder / take / file), 1000)
            assert seen.video_times[-1] > 0.5
            assert not seen.errors
            if not file.startswith("program"):
                assert near(seen.color, SHOW.color)
        assert f"{take}.otio" in (await stagedoor(app, "conform", take))
        made = {path.name for path in (folder / f"{take}-conformed").iterdir()}
        copies = {file.replace(".mkv", ".mov") for file in states if file.endswith(".mkv")}
        assert made == {f"{take}.otio", *copies}
        assert (await app.api.delete(f"/api/recordings/{take}")).status_code == 204
        assert not (folder / take).exists()


async def test_the_limits_are_those_of_the_settings(tmp_path: Path) -> None:
    folder = tmp_path / "takes"
    limits = {"dir": str(folder), "min_free_mb": 1, "max_take_gb": 1}
    async with running_app(recording=limits) as app:
        token = (await app.invite("guest1"))["token"]
        async with publishing(app.whip(), token, encode(SHOW)):
            await app.logged("guest1 is live")
            take = (await app.api.post("/api/recordings/start", json={})).json()["take"]
            await grows(app, "guest1-001.mkv")
            # It takes no room on the disk, but is as large as this.
            with (folder / take / "ballast.bin").open("wb") as ballast:
                ballast.truncate(1_000_000_001)

            async def has_stopped() -> bool:
                return "recording.max_take_gb" in str(await recordings(app))

            await until(has_stopped, WITHIN_S, interval=0.1, what="the take's end")
    async with running_app(recording={"dir": str(folder), "min_free_mb": 10_000_000}) as app:
        refused = await app.api.post("/api/recordings/start", json={})
        assert refused.status_code == 507
        assert "recording.min_free_mb" in refused.json()["detail"]
