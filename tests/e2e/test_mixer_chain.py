"""The whole chain: a guest goes to a media server, and the mixer reads them back from there."""

import asyncio
from contextlib import AsyncExitStack
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from stagedoor.ipc.cuts import Cut
from stagedoor.outputs.files.cut_pieces import noted
from tests.kit.app import App, running_app
from tests.kit.listening import listen
from tests.kit.mediamtx import MediaMtx, mediamtx
from tests.kit.publisher import publishing
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.show import Show, encode
from tests.kit.takes import play
from tests.kit.wait import until
from tests.kit.watch import Watched, near, watch

pytestmark = pytest.mark.e2e

SMALL = {"width": 640, "height": 360, "preset": "ultrafast", "bitrate": 1_500_000, "key_interval_s": 1}
SHOW = Show(320, 180, color=(40, 60, 190), flash=True, seconds=4, bitrate=400_000)
COUNTED = Show(320, 180, color=(40, 60, 190), seconds=4, bitrate=400_000)
COUNT = COUNTED.seconds * COUNTED.frame_rate
CUTS = 4
SEATS = ("guest1", "guest2")
SILENT_DB = -60.0
IN_SYNC = 0.04
"""Seconds: half a frame of program, and a frame of the AAC that an RTMP server takes."""


async def seen_in_program(app: App, source: str) -> Watched:
    """Wait until a source is live, and watch program for a while."""

    await are_live(app, source)
    return await watch(f"{app.hub_url}/live/program.nut?token={app.token}", 6.0)


async def are_live(app: App, *sources: str) -> None:
    async def live() -> bool:
        answer = await app.api.get("/api/mixer")
        known: list[dict[str, Any]] = answer.json()["sources"] if answer.is_success else []
        return {each["id"] for each in known if each["state"] == "live"}.issuperset(sources)

    await until(live, 30, interval=0.1, what=f"{sources} live")


def check(seen: Watched) -> None:
    """The guest's picture, their beeps, and both together."""
    assert near(seen.color, SHOW.color) or min(seen.color) > 230, seen.color
    offsets = seen.av_offsets()
    assert len(offsets) >= 4, (seen.flashes, seen.beeps)
    assert abs(median(offsets)) <= IN_SYNC, offsets
    assert not seen.errors


async def on_program(app: App, url: str) -> None:
    """Have a URL as a source, and it alone on program."""
    source = {"id": "back", "kind": "url", "label": "From the server", "url": url}
    scene = {"id": "back", "slots": [{"source": "back"}]}
    for path, body in (("/api/sources", source), ("/api/scenes", scene)):
        answer = await app.api.post(path, json=body)
        assert answer.is_success, answer.text
    assert (await app.api.post("/api/mixer/cut", json={"scene": "back"})).is_success


async def test_by_an_rtmp_server_that_dies_and_comes_back(tmp_path: Path) -> None:
    async with rtmp_server(tmp_path) as server:
        relay = {"destinations": [f"{server.url}/live/{{path}}"]}
        async with running_app(with_mixer=True, mixer=SMALL, relay=relay) as app:
            invite = await app.invite("guest1")
            async with publishing(app.whip(), invite["token"], encode(SHOW)):
                await app.logged("RTMP relay started successfully")
                await on_program(app, f"{server.url}/live/guest1")
                check(await seen_in_program(app, "back"))
                heard = await listen(f"{app.hub_url}/live/return-guest1.nut?token={app.token}", 4.0)
                assert heard.loudest_db(SHOW.tone) < SILENT_DB, "it would come back to the guest"
                await restarted(app, server, "back")
                check(await seen_in_program(app, "back"))


async def restarted(app: App, server: RtmpServer | MediaMtx, source: str) -> None:
    """Kill the server, and start it once the mixer has noticed."""
    await server.kill()
    await app.logged(f"Source {source} is stalled")
    await server.start()


@pytest.mark.mediamtx
async def test_by_mediamtx_that_guests_are_read_from_and_that_dies_and_comes_back(tmp_path: Path) -> None:
    async with mediamtx(tmp_path) as server:
        relay = {"destinations": [f"{server.rtsp}/{{path}}"]}
        settings = {**SMALL, "guest_url": f"{server.rtsp}/{{path}}"}
        async with running_app(with_mixer=True, mixer=settings, relay=relay) as app:
            invite = await app.invite("guest1")
            async with publishing(app.whip(), invite["token"], encode(SHOW)):
                assert (await app.api.post("/api/mixer/cut", json={"scene": "full-guest1"})).is_success
                check(await seen_in_program(app, "guest1"))
                await restarted(app, server, "guest1")
                check(await seen_in_program(app, "guest1"))


async def test_the_cut_log_has_the_very_pictures_of_guests_who_come_by_an_rtmp_server(tmp_path: Path) -> None:
    async with rtmp_server(tmp_path) as server:
        address = f"{server.url}/live/{{path}}"
        await cut_log_is_right(tmp_path, server, address, address)


@pytest.mark.mediamtx
async def test_the_cut_log_has_the_very_pictures_of_guests_who_come_by_mediamtx(tmp_path: Path) -> None:
    async with mediamtx(tmp_path) as server:
        await cut_log_is_right(tmp_path, server, f"{server.rtmp}/{{path}}", f"{server.rtsp}/{{path}}")


async def cut_log_is_right(
    root: Path, server: RtmpServer | MediaMtx, destination: str, guest_url: str
) -> None:
    """Record a show of two guests whom the mixer reads from a server; compare the numbers in the pictures.

    A guest's piece is of the hub, whose times the server's are not, and others after the server was away; and
    nothing is known of the server's way.
    """
    takes = root / "takes"
    settings: dict[str, Any] = {
        "relay": {"destinations": [destination]},
        "recording": {"dir": str(takes), "min_free_mb": 1},
        "mixer": {**SMALL, "guest_url": guest_url},
    }
    async with running_app(with_mixer=True, **settings) as app, AsyncExitStack() as coming:
        for seat in SEATS:
            token = (await app.invite(seat))["token"]
            await coming.enter_async_context(publishing(app.whip(seat), token, encode(COUNTED)))
        await are_live(app, *SEATS)
        assert (await app.api.post("/api/recordings/start", json={})).status_code == 201
        await cut_to_and_fro(app)
        await restarted(app, server, SEATS[0])
        await are_live(app, *SEATS)
        await cut_to_and_fro(app)
        take = takes / (await app.api.post("/api/recordings/stop")).json()["take"]
    await pictures_are_the_logs(take)


async def cut_to_and_fro(app: App) -> None:
    for seat in islice(cycle(SEATS), CUTS):
        cut = await app.api.post("/api/mixer/cut", json={"scene": f"full-{seat}"})
        assert cut.is_success, cut.text
        await frame_is_over(app, cut.json()["frame"] + 20)


async def frame_is_over(app: App, frame: int) -> None:
    async def over() -> bool:
        answer = await app.api.get("/api/mixer")
        return answer.is_success and int(answer.json()["frame"]) > frame

    await until(over, 10, interval=0.1, what=f"frame {frame}")


async def pictures_are_the_logs(take: Path) -> None:
    """What a line says of a guest is, to a frame, what program's first frame of it shows."""
    log = await asyncio.to_thread((take / "cuts.jsonl").read_text)
    lines = [Cut.model_validate_json(line) for line in log.splitlines()]
    notes = await asyncio.to_thread(noted, take)
    (program,) = (note for note in notes if note.path == "program")
    assert program.first_frame is not None
    seen = await play(take / program.file)
    frames = (program.first_frame + round(30 * (at - seen.video_times[0])) for at in seen.video_times)
    shown = dict(zip(frames, seen.numbers, strict=True))
    offsets = {note.file: note.offset_ms for note in notes}
    pieces = {file: await play(take / file) for file in offsets if file != program.file}
    cuts = [line for line in lines if line.sources and line.sources[0].path][1:]
    assert len(cuts) >= 2 * CUTS - 1
    for cut in cuts:
        (moment,) = cut.sources
        assert moment.path_ms is not None, cut
        assert moment.piece_ms is not None, cut
        piece, at_s = pieces[moment.piece], moment.piece_ms / 1000
        there = min(range(len(piece.numbers)), key=lambda at: abs(piece.video_times[at] - at_s))
        assert abs(piece.video_times[there] - at_s) < 0.05, cut
        # What they send begins anew every four seconds.
        assert 0 < cut.take_ms - offsets[moment.piece] - moment.piece_ms < 3000, cut
        # A busy machine leaves a frame out now and then.
        late = next(late for late in range(5) if cut.frame + late in shown)
        off = (piece.numbers[there] + late - shown[cut.frame + late] + COUNT // 2) % COUNT - COUNT // 2
        assert abs(off) <= 1, (cut, off)
