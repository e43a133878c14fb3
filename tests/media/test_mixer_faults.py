"""Program goes on: while the disk is full, after an encoder that fails, beside destinations that wedge."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from stagedoor.domain.destination import DestinationState
from stagedoor.domain.layout import scene_of
from stagedoor.domain.recording import RecordingState
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.strip import Strip
from stagedoor.ipc.encoding import Encoding
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.mixer import Monitor, OutputSpec
from stagedoor.mixer.encode import video
from stagedoor.mixer.outlets import destinations
from stagedoor.outputs import link
from stagedoor.outputs.destination import Destination
from tests.kit.hardware import Hardware, plug_in
from tests.kit.listening import Listened, listen
from tests.kit.mixing import SMALL, Mixing, guest, mixing
from tests.kit.ports import free_ports
from tests.kit.rtmp_server import rtmp_server
from tests.kit.show import Show, encode
from tests.kit.takes import noted, play, take_of
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
BUSY = Show(640, 360, color=(30, 160, 60), tone=440, noise=True, bitrate=4_000_000)
ONE = scene_of("full", ["guest1"], "one")
FORMS = ("nut", "mkv", "flv", "ts")
LIVE, RETRYING = DestinationState.LIVE, DestinationState.RETRYING


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path, SMALL) as running:
        yield running


async def watched(stage: Mixing, until_so: Callable[[], object], what: str) -> Listened:
    """Read program at the hub until something is so, and a second longer."""
    listening = asyncio.create_task(listen(stage.url("program.nut"), 6.0))
    try:
        await until(lambda: stage.studio.parts.hub.status("program").readers, 10)
        await until(until_so, 30, what=what)
    finally:
        seen = await listening
    return seen


@asynccontextmanager
async def small_disk(folder: str) -> AsyncIterator[None]:
    """A real disk of 2 MB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]
    await asyncio.to_thread(subprocess.run, mount, check=True)
    try:
        yield
    finally:
        await asyncio.to_thread(subprocess.run, ["umount", folder], check=True)


@pytest.mark.netns
async def test_a_full_disk_costs_program_no_frame(stage: Mixing, tmp_path: Path) -> None:
    """Program, a guest and a camera are recorded until the disk takes no more; what is written plays."""
    camera = Source("camera", SourceKind.URL, url=stage.url("camera.mkv"), iso=True)
    spec = take_of(tmp_path)
    relayed = stage.studio.parts.iso
    async with (
        small_disk(spec.folder),
        playing(stage.studio, "guest1", encode(RED)),
        playing(stage.studio, "camera", encode(BUSY)),
    ):
        await stage.show(ONE, sources=[guest("guest1"), replace(camera, iso=False)])
        await stage.are_live("guest1", "camera")
        await relayed.want(spec)
        await stage.want(recording=spec)
        program = Path(spec.folder, "program-001.mp4")
        await until(lambda: program.exists() and program.read_bytes().count(b"moof") > 1, 20)
        await stage.want(sources=(guest("guest1"), camera))
        seen = await watched(
            stage,
            lambda: {stage.state().recording.state, relayed.status.state} == {RecordingState.FAILED},
            "both have stopped recording",
        )
        assert seen.missing <= stage.left_out()
        assert near(seen.colors[-1][0], RED.color)
        for status in (stage.state().recording, relayed.status):
            assert status.code == "disk_full"
            assert status.hint
        for file in ("program-001.mp4", "camera-001.mkv", "guest1-001.mkv"):
            assert len((await play(Path(spec.folder, file))).numbers) > 10, file
        await stage.want(recording=None)
        await relayed.want(None)


async def test_an_encoder_that_fails_on_air_comes_back(
    stage: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten pictures fail in a row; the hub's readers and the recording go on with a key frame."""
    encode_one, left = video.H264.encode, [0]

    def failing(self: video.H264, *arguments: object, **options: object) -> object:
        if left[0] > 0:
            left[0] -= 1
            raise RuntimeError("the encoder has failed")
        return encode_one(self, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(video.H264, "encode", failing)
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        await stage.want(recording=take_of(tmp_path))
        await until(lambda: stage.state().recording.pieces, 10)
        listening = asyncio.create_task(listen(stage.url("program.nut"), 4.0))
        await until(lambda: stage.studio.parts.hub.status("program").readers, 10)
        before = stage.state().frame
        await until(lambda: stage.state().frame > before + 20, 10)
        left[0] = 10
        await until(lambda: stage.state().timing.encoder_failures == 10, 10, what="ten failures in the state")
        failed = stage.state().frame
        await until(lambda: stage.state().frame > failed + 30, 10)
        seen = await listening
        await stage.want(recording=None)
    assert seen.missing <= 10 + stage.left_out()
    assert seen.numbers[-1] > failed
    assert near(seen.colors[-1][0], RED.color)
    (note,) = noted(tmp_path / "take")
    recorded = await play(tmp_path / "take" / note.file)
    assert not recorded.errors
    assert recorded.longest_gap("video") < (12 + stage.left_out()) / 30
    assert recorded.video_times[-1] > 1.5


async def test_hardware_that_dies_on_air_costs_nobody_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """x264 goes on by another profile, and readers, a destination and the recording go on with it."""
    hardware = Hardware()
    plug_in(hardware, monkeypatch)
    (tmp_path / "rtmp").mkdir()
    async with (
        rtmp_server(tmp_path / "rtmp") as server,
        mixing(tmp_path, SMALL.model_copy(update={"encoder": "nvenc"})) as stage,
        playing(stage.studio, "guest1", encode(RED)),
    ):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        await stage.want(
            recording=take_of(tmp_path),
            destinations=(OutputSpec(id="good", url=f"{server.url}/live/program"),),
        )
        await until(lambda: _status(stage, "good").state is LIVE and stage.state().recording.pieces, 15)
        assert stage.state().encoding == Encoding(encoder="nvenc", wanted="nvenc")
        readers = [asyncio.create_task(listen(stage.url(f"program.{form}"), 4.0)) for form in FORMS]
        await until(lambda: len(stage.studio.parts.hub.status("program").readers) == len(FORMS), 10)
        before = stage.state().frame
        await until(lambda: stage.state().frame > before + 30, 10)
        hardware.left = 0
        await until(lambda: stage.state().encoding.encoder == "x264", 10)
        died = stage.state().frame
        all_seen = await asyncio.gather(*readers)
        await stage.want(recording=None)
        assert not _status(stage, "good").attempts
        assert not stage.state().timing.encoder_failures
        lost = stage.left_out()
    for form, seen in zip(FORMS, all_seen, strict=True):
        assert seen.missing <= lost, form
        assert seen.numbers[-1] > died, form
        assert near(seen.colors[-1][0], RED.color), form
    (note,) = noted(tmp_path / "take")
    recorded = await play(tmp_path / "take" / note.file)
    assert not recorded.errors
    assert recorded.longest_gap("video") < (2 + lost) / 30


async def test_destinations_that_wedge_cost_the_others_no_frame(
    stage: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server never says a word, one stops reading in the middle of the show."""
    monkeypatch.setattr(link, "STALLED_AFTER", 1.0)
    monkeypatch.setattr(link, "ANSWER_WITHIN", 1.0)
    # The kernel takes connections for it, and nobody ever reads them.
    mute = socket.create_server(("127.0.0.1", 0))
    folders = [tmp_path / name for name in ("good", "wedged")]
    for folder in folders:
        folder.mkdir()
    async with rtmp_server(folders[0]) as good, rtmp_server(folders[1]) as wedged:
        urls = {"good": good.url, "wedged": wedged.url, "mute": f"rtmp://127.0.0.1:{mute.getsockname()[1]}"}
        specs = tuple(OutputSpec(id=key, url=f"{url}/live/program") for key, url in urls.items())
        async with playing(stage.studio, "guest1", encode(replace(BUSY, noise=False, bitrate=600_000))):
            await stage.show(ONE, sources=[guest("guest1")])
            await stage.want(destinations=specs)
            await until(lambda: _status(stage, "good").state is _status(stage, "wedged").state is LIVE, 15)
            wedged.freeze()
            taken = _status(stage, "good").bytes_sent
            seen = await watched(
                stage, lambda: _status(stage, "mute").state is RETRYING, "the mute one is given up"
            )
            assert _status(stage, "good").state is LIVE
            assert _status(stage, "good").bytes_sent > taken
            assert _status(stage, "good").dropped == 0
            assert not _status(stage, "good").attempts
            wedged.thaw()
            assert seen.missing <= stage.left_out()
    mute.close()
    assert near(seen.colors[-1][0], BUSY.color)


async def test_what_is_slow_to_stop_keeps_nothing_else_waiting(
    stage: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, gone = asyncio.Event(), list[str]()

    class Slow(Destination):
        """One whose server takes its time to let it go."""

        async def run(self) -> None:
            try:
                await super().run()
            finally:
                await let_go.wait()
                gone.append(self.status.id)

    monkeypatch.setattr(destinations, "Destination", Slow)
    url = f"rtmp://127.0.0.1:{free_ports(1)[0]}/live/program"
    async with playing(stage.studio, "guest1", encode(RED)):
        await stage.show(ONE, sources=[guest("guest1")])
        await stage.are_live("guest1")
        await stage.want(destinations=tuple(OutputSpec(id=key, url=url) for key in ("one", "other")))
        await until(lambda: all(each.attempts for each in stage.state().destinations))
        async with asyncio.timeout(10):
            await stage.tell(destinations=())
            await stage.tell(strips={"guest1": Strip(muted=True)})
            await until(lambda: not stage.state().heard, what="it is muted in program")
            await stage.tell(monitors=(Monitor(operator="desk"),), watched=("monitor-desk",))
            await until(lambda: stage.studio.parts.hub.owner("monitor-desk") is not None)
            await stage.tell(recording=take_of(tmp_path))
            await until(lambda: stage.state().recording.pieces)
        assert not gone
        let_go.set()
        await until(lambda: sorted(gone) == ["one", "other"])


def _status(stage: Mixing, key: str) -> DestinationStatus:
    return next(each for each in stage.state().destinations if each.id == key)
