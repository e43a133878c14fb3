import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from stagedoor.domain.destination import DestinationState
from stagedoor.ipc.messages import AudioMode
from stagedoor.media.packets import Codec, Packet
from stagedoor.outputs import link
from stagedoor.outputs.mediamtx import MediaMtxApi
from tests.kit.destinations import Live, running
from tests.kit.playing import audio, together, video
from tests.kit.readback import probing
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.rtsp_server import RtspServer, rtsp_server
from tests.kit.wait import until

pytestmark = pytest.mark.media

LIVE, RETRYING, WAITING = DestinationState.LIVE, DestinationState.RETRYING, DestinationState.WAITING
LONGEST_LATENESS = 0.2
"""Seconds that the loop may be late on a busy machine; a blocking connect would take seconds."""


@pytest.fixture
async def rtmp(tmp_path: Path) -> AsyncIterator[RtmpServer]:
    async with rtmp_server(tmp_path) as server:
        yield server


@pytest.fixture
async def rtsp(tmp_path: Path) -> AsyncIterator[RtspServer]:
    async with rtsp_server(tmp_path) as server:
        yield server


def show(length: float, codec: Codec = Codec.AAC) -> list[Packet]:
    return together(video((320, 180, int(length * 30))), audio(length, codec))


def heavy(packet: Packet) -> Packet:
    """The same picture with 60 kB of supplemental information before it: 15 Mbit/s fill all buffers soon."""
    return replace(packet, data=b"\0\0\0\1\x06" + b"\xaa" * 60_000 + packet.data)


@contextlib.asynccontextmanager
async def loop_stays_fine() -> AsyncIterator[None]:
    worst = 0.0

    async def look() -> None:
        nonlocal worst
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.02)
            worst = max(worst, loop.time() - before - 0.02)

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()
    assert worst < LONGEST_LATENESS


async def test_a_path_reaches_a_real_rtmp_server(rtmp: RtmpServer, caplog: pytest.LogCaptureFixture) -> None:
    url = f"{rtmp.url}/live/guest1"
    with caplog.at_level(logging.INFO):
        async with probing(url, seconds=2) as probe:
            await rtmp.read_by()
            async with running(f"{url}?pass=hidden", Live(show(6))) as it:
                status = await it.becomes(LIVE)
                seen = await probe.result()
                assert it.status.bytes_sent > 10_000
    assert seen.codecs == ["aac", "h264"]
    assert (status.url, status.reason, status.attempts) == (url, "", 0)
    assert [each.state for each in it.history] == ["connecting", "live", "stopped"]
    lines = [record.getMessage() for record in caplog.records]
    started = next(number for number, line in enumerate(lines) if line.startswith("Relay started"))
    assert lines[started].startswith("Relay started for guest1: Built-in -> RTMP server")
    assert lines[started + 1].startswith("RTMP relay started successfully")
    assert lines[-1].startswith("Relay stopped for guest1: no longer wanted")
    assert "hidden" not in caplog.text


async def test_it_waits_for_media_before_it_connects(rtmp: RtmpServer) -> None:
    async with running(f"{rtmp.url}/live/guest1", Live([])) as it:
        await asyncio.sleep(0.3)
        assert it.status.state is WAITING
        assert "<client>" not in await rtmp.statistics()


@pytest.mark.parametrize("kind", ["audio", "video"])
async def test_one_track_alone_starts_after_a_moment(rtmp: RtmpServer, kind: str) -> None:
    packets = list(video((320, 180, 120)) if kind == "video" else audio(4, Codec.AAC))
    async with running(f"{rtmp.url}/live/guest1", Live(packets)) as it:
        await it.becomes(LIVE, 2)
        await rtmp.says("H264" if kind == "video" else "AAC")


async def test_no_sound_where_none_is_wanted(rtmp: RtmpServer) -> None:
    async with running(f"{rtmp.url}/live/guest1", Live(show(4)), audio=AudioMode.NONE) as it:
        await it.becomes(LIVE, 2)
        await rtmp.says("H264")
        assert "AAC" not in await rtmp.statistics()


async def test_it_comes_back_after_the_server_was_killed(rtmp: RtmpServer) -> None:
    async with running(f"{rtmp.url}/live/guest1", Live(show(20))) as it:
        await it.becomes(LIVE)
        await rtmp.kill()
        status = await it.becomes(RETRYING)
        assert "closed the connection" in status.reason
        await until(lambda: "nothing listens" in it.status.reason)
        await rtmp.start()
        status = await it.becomes(LIVE)
        assert status.live_ms is not None
        assert all((each.live_ms is None) is (each.state is not LIVE) for each in it.history)
        assert status.reason == ""
        await rtmp.says("<publishing/>")


async def test_a_server_that_never_reads_is_given_up(
    rtmp: RtmpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "STALLED_AFTER", 1.0)
    monkeypatch.setattr(link, "ANSWER_WITHIN", 1.0)
    path = Live([heavy(packet) for packet in video((320, 180, 600))])
    async with loop_stays_fine(), running(f"{rtmp.url}/live/guest1", path) as it:
        await it.becomes(LIVE)
        rtmp.freeze()
        status = await it.becomes(RETRYING, 15)
        assert "took nothing for" in status.reason
        assert status.code == "destination_unreachable"
        await until(lambda: "did not answer the handshake" in it.status.reason, 5)
        rtmp.thaw()
        await it.becomes(LIVE)


async def test_a_refusal_is_shown_and_tried_again(rtmp: RtmpServer) -> None:
    async with running(f"{rtmp.url}/asked/guest1", Live(show(6))) as it:
        status = await it.becomes(RETRYING)
        assert "closed the connection when asked to publish" in status.reason
        assert status.code == "destination_refused"
        assert status.hint
        await until(lambda: it.status.attempts >= 2, 5)


async def test_a_server_that_says_yes_and_hangs_up_is_not_live(rtmp: RtmpServer) -> None:
    async with running(f"{rtmp.url}/closed/guest1", Live(show(6))) as it:
        status = await it.becomes(RETRYING)
        assert LIVE not in [each.state for each in it.history]
        assert "right after the start" in status.hint


async def test_what_rtmp_cannot_carry_is_asked_for_as_h264(rtmp: RtmpServer) -> None:
    path = Live(video((320, 180, 120), codec=Codec.VP8), h264=video((320, 180, 120)))
    async with running(f"{rtmp.url}/live/guest1", path) as it:
        await it.becomes(LIVE, 3)
        await rtmp.says("H264")


async def test_two_destinations_one_dead(rtmp: RtmpServer) -> None:
    path = Live(show(6))
    async with (
        running("rtmp://192.0.2.1/live/guest1", path) as dead,
        loop_stays_fine(),
        running(f"{rtmp.url}/live/guest1", path) as good,
    ):
        await good.becomes(LIVE, 2)
        assert dead.status.state is not LIVE


async def test_sound_that_comes_late_is_published_anew(rtmp: RtmpServer) -> None:
    path = Live(together(video((320, 180, 240)), audio(5, Codec.AAC, 2.5)))
    async with running(f"{rtmp.url}/live/guest1", path) as it:
        await it.becomes(LIVE)
        await rtmp.says("AAC")
        await it.becomes(LIVE)
        assert len(path.readers) == 2
        assert not it.status.reason


async def test_rtsp_with_a_size_change_and_a_restart(rtsp: RtspServer) -> None:
    parts = ((320, 180, 45), (640, 360, 45), (320, 180, 400))
    path = Live(together(video(*parts), audio(15)))
    async with running(f"{rtsp.url}/h264-opus/guest1", path, audio=AudioMode.OPUS) as it:
        await it.becomes(LIVE)
        await until(lambda: path.readers[0].given > 280)
        file = await rtsp.receives()
        async with probing(str(file), seconds=60) as probe:
            seen = await probe.result()
        assert seen.codecs == ["h264", "opus"]
        assert seen.sizes()[:2] == [(320, 180), (640, 360)]
        assert len(rtsp.files()) == 1
        await rtsp.kill()
        await it.becomes(RETRYING)
        await rtsp.start()
        await it.becomes(LIVE)
        await rtsp.receives()


async def test_a_path_that_ends_ends_it(rtmp: RtmpServer) -> None:
    path = Live(show(1))
    async with running(f"{rtmp.url}/live/guest1", path) as it:
        await until(lambda: path.readers)
        path.readers[0].ends = True
        await it.becomes(DestinationState.STOPPED, 3)


async def test_another_server_on_the_host_of_mediamtx(
    rtmp: RtmpServer, caplog: pytest.LogCaptureFixture
) -> None:
    path = Live(show(20))
    with caplog.at_level(logging.INFO):
        async with (
            MediaMtxApi(f"http://127.0.0.1:{rtmp.http_port}") as api,
            running(f"{rtmp.url}/live/guest1", path, api=api) as it,
        ):
            assert await api.ready("live/guest1") is False
            assert (await it.becomes(LIVE)).server_ready is None
    assert "Relay started for guest1: Built-in -> RTMP server" in caplog.text
