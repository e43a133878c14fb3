"""A source that is read from an RTSP server: seen, heard, in step, and back after the server was."""

from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import av
import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.source import Source, SourceKind, SourceState
from tests.kit.mixing import Mixing, mixing
from tests.kit.rtsp_server import RtspPlayer, rtsp_player
from tests.kit.show import CACHE, Show, encode
from tests.kit.watch import Watched, near, watch

pytestmark = [pytest.mark.media, pytest.mark.paced]

SHOW = Show(320, 180, color=(40, 60, 190), flash=True, seconds=30, bitrate=400_000)
SCENE = scene_of("full", ["camera"], "camera")
IN_STEP_S = 0.025
"""A picture is shown at a frame's edge: half a frame early or late, and RTP's times are rounded."""


def film(folder: Path) -> Path:
    """Half a minute of flashes and beeps as Matroska."""
    encode(SHOW)
    file = folder / "film.mkv"
    with av.open(str(CACHE / f"{SHOW.name}.nut")) as source, av.open(str(file), "w") as out:
        streams = {stream.index: out.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    return file


@pytest.fixture
async def player(tmp_path: Path) -> AsyncIterator[RtspPlayer]:
    async with rtsp_player(tmp_path, film(tmp_path)) as running:
        yield running


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        yield running


async def test_a_camera_by_rtsp_whose_server_dies_and_comes_back(stage: Mixing, player: RtspPlayer) -> None:
    camera = Source("camera", SourceKind.URL, "Camera", url=f"{player.url}/live")
    await stage.show(SCENE, sources=[camera])
    check(await on_program(stage))
    source = stage.source("camera")
    assert (source.video_codec, source.audio_codec) == ("h264", "opus")
    assert (source.width, source.height) == (320, 180)
    await player.kill()
    await stage.reaches("camera", SourceState.STALLED)
    await player.start()
    check(await on_program(stage))


async def on_program(stage: Mixing) -> Watched:
    await stage.reaches("camera", SourceState.LIVE, 15)
    return await watch(stage.url("program.nut"), 5.0)


def check(seen: Watched) -> None:
    """The camera's picture, its beeps, and both together."""
    assert near(seen.color, SHOW.color) or min(seen.color) > 230, seen.color
    offsets = seen.av_offsets()
    assert len(offsets) >= 3, (seen.flashes, seen.beeps)
    assert abs(median(offsets)) <= IN_STEP_S, offsets
    assert not seen.errors
