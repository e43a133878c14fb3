import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stagedoor.domain.destination import DestinationState
from stagedoor.ipc.messages import AudioMode
from stagedoor.media.packets import Codec
from stagedoor.outputs import link
from stagedoor.outputs.mediamtx import MediaMtxApi
from tests.kit.certificate import certificate
from tests.kit.destinations import Live, running
from tests.kit.mediamtx import MediaMtx, mediamtx
from tests.kit.playing import audio, together, video
from tests.kit.ports import free_ports
from tests.kit.readback import ReadBack, probing
from tests.kit.wait import until

pytestmark = [pytest.mark.media, pytest.mark.mediamtx]

LIVE, RETRYING = DestinationState.LIVE, DestinationState.RETRYING


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MediaMtx]:
    async with mediamtx(tmp_path) as running_server:
        yield running_server


async def read(server: MediaMtx, path: str, seconds: float = 1.5) -> ReadBack:
    async with probing(f"{server.rtsp}/{path}", "-rtsp_transport", "tcp", seconds=seconds) as probe:
        return await probe.result()


@pytest.mark.parametrize("path", ["guest1", "live/guest1"])
async def test_rtmp(server: MediaMtx, path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    packets = together(video((320, 180, 300)), audio(10, Codec.AAC))
    async with running(f"{server.rtmp}/{path}?user=a&pass=b", Live(packets)) as it:
        await it.becomes(LIVE)
        await server.ready(path)
        seen = await read(server, path)
    assert seen.codecs == ["aac", "h264"]
    assert "Relay started for guest1: Built-in -> MediaMTX" in caplog.text


@pytest.mark.parametrize("codec", [Codec.H264, Codec.VP8, Codec.VP9])
async def test_rtsp(server: MediaMtx, codec: Codec, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    packets = together(video((320, 180, 240), codec=codec), audio(8))
    async with running(f"{server.rtsp}/guest1", Live(packets), audio=AudioMode.OPUS) as it:
        await it.becomes(LIVE)
        await server.ready("guest1")
        seen = await read(server, "guest1")
    assert seen.codecs == sorted([codec.value, "opus"])
    assert "Relay started for guest1: Built-in -> MediaMTX" in caplog.text


async def test_opus_and_vp9_by_enhanced_rtmp(server: MediaMtx) -> None:
    packets = together(video((320, 180, 240), codec=Codec.VP9), audio(8))
    async with running(f"{server.rtmp}/guest1", Live(packets), audio=AudioMode.OPUS) as it:
        await it.becomes(LIVE)
        await server.ready("guest1")
        seen = await read(server, "guest1")
    assert seen.codecs == ["opus", "vp9"]


@pytest.mark.parametrize("scheme", ["rtmp", "rtsp"])
async def test_a_size_change_reaches_a_reader_that_stays(server: MediaMtx, scheme: str) -> None:
    parts = ((320, 180, 120), (640, 360, 60), (180, 320, 150))
    url = server.rtmp if scheme == "rtmp" else server.rtsp
    async with running(f"{url}/guest1", Live(video(*parts))) as it:
        await it.becomes(LIVE)
        await server.ready("guest1")
        seen = await read(server, "guest1", seconds=6.5)
        assert it.status.state is LIVE
    assert seen.sizes() == [size[:2] for size in parts]
    assert len(it.history) == 3


@pytest.mark.parametrize("scheme", ["rtmp", "rtsp"])
async def test_sound_that_comes_late(server: MediaMtx, scheme: str) -> None:
    url = server.rtmp if scheme == "rtmp" else server.rtsp
    path = Live(together(video((320, 180, 360)), audio(8, Codec.AAC, 3.0)))
    async with running(f"{url}/guest1", path) as it:
        await it.becomes(LIVE)
        await until(lambda: len(path.readers) == 2, 8)
        await it.becomes(LIVE)

        async def both() -> bool:
            return len((await server.path("guest1")).get("tracks", [])) == 2

        await until(both, 8)
        assert (await read(server, "guest1")).codecs == ["aac", "h264"]
        assert not any(status.reason for status in it.history)


@pytest.mark.parametrize("scheme", ["rtmp", "rtsp"])
async def test_it_comes_back_and_the_api_says_so(server: MediaMtx, scheme: str) -> None:
    url = server.rtmp if scheme == "rtmp" else server.rtsp
    path = Live(together(video((320, 180, 900)), audio(30, Codec.AAC)))
    async with MediaMtxApi(server.api_url) as api, running(f"{url}/live/guest1", path, api=api) as it:
        await it.becomes(LIVE)
        await until(lambda: it.status.server_ready is True, 8)
        await server.kill()
        status = await it.becomes(RETRYING)
        assert status.server_ready is None
        await server.start()
        await it.becomes(LIVE, 12)
        await until(lambda: it.status.server_ready is True, 8)


@contextlib.asynccontextmanager
async def configured(folder: Path, more: str) -> AsyncIterator[MediaMtx]:
    """A server with more settings than the kit's."""
    server = MediaMtx(folder)
    config = folder / "mediamtx.yml"
    config.write_text(more + config.read_text())
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


USERS = """
rtspAuthMethods: [{methods}]
authInternalUsers:
- user: any
  permissions: [{{action: read}}, {{action: api}}]
- user: me
  pass: secretword
  permissions: [{{action: publish}}]
"""


def with_user(url: str, user: str) -> str:
    return url.replace("://", f"://{user}@")


@pytest.mark.parametrize("method", ["basic", "digest"])
async def test_rtsp_with_a_password(tmp_path: Path, method: str) -> None:
    pictures = video((320, 180, 240))
    async with configured(tmp_path, USERS.format(methods=method)) as server:
        async with running(f"{with_user(server.rtsp, 'me:secretword')}/guest1", Live(pictures)) as it:
            await it.becomes(LIVE)
            await server.ready("guest1")
            assert "secretword" not in it.status.url
        for user, reason in (("me:wrong", "does not take this user"), ("", "wants a user and a password")):
            url = with_user(server.rtsp, user) if user else server.rtsp
            async with running(f"{url}/guest2", Live(pictures)) as it:
                status = await it.becomes(RETRYING)
                assert reason in status.reason
                assert status.code == "destination_refused"


async def test_rtmp_with_a_password_in_the_query(tmp_path: Path) -> None:
    pictures = video((320, 180, 240))
    async with configured(tmp_path, USERS.format(methods="basic")) as server:
        async with running(f"{server.rtmp}/guest1?user=me&pass=secretword", Live(pictures)) as it:
            await it.becomes(LIVE)
            await server.ready("guest1")
        async with running(f"{server.rtmp}/guest2?user=me&pass=wrongword", Live(pictures)) as it:
            status = await it.becomes(RETRYING)
            assert "NetStream.Publish.Unauthorized" in status.reason
            assert "?user=…&pass=…" in status.hint
            assert "wrongword" not in status.model_dump_json()


@pytest.mark.parametrize("scheme", ["rtmps", "rtsps"])
async def test_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    cert = certificate(tmp_path)
    (port,) = free_ports(1)
    protocol = scheme.removesuffix("s")
    more = (
        f'{protocol}Encryption: "optional"\n{scheme}Address: 127.0.0.1:{port}\n'
        f"{protocol}ServerKey: {cert.key}\n{protocol}ServerCert: {cert.file}\n"
    )
    url = f"{scheme}://localhost:{port}/guest1"
    async with configured(tmp_path, more) as server:
        async with running(url, Live(video((320, 180, 240)))) as it:
            status = await it.becomes(RETRYING)
            assert status.code == "destination_certificate"
        trusting = ssl.create_default_context(cafile=str(cert.file))
        monkeypatch.setattr(link, "_tls_context", lambda: trusting)
        async with running(url, Live(video((320, 180, 240)))) as it:
            await it.becomes(LIVE)
            await server.ready("guest1")


async def test_a_place_that_is_taken(tmp_path: Path) -> None:
    pictures = video((320, 180, 240))
    async with (
        configured(tmp_path, "pathDefaults:\n  overridePublisher: no\n") as server,
        running(f"{server.rtsp}/guest1", Live(pictures)) as first,
    ):
        await first.becomes(LIVE)
        async with running(f"{server.rtsp}/guest1", Live(pictures)) as second:
            status = await second.becomes(RETRYING)
            assert "refused" in status.reason
            assert "something else may publish there" in status.hint
