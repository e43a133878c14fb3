"""The chain that the product is made for: guest, relay, MediaMTX, reader."""

from pathlib import Path

import pytest

from tests.kit.app import running_app
from tests.kit.mediamtx import mediamtx
from tests.kit.publisher import publishing
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = [pytest.mark.e2e, pytest.mark.mediamtx]

SHOW = Show(640, 360, color=(40, 150, 70), tone=500, seconds=2, bitrate=600_000)


@pytest.mark.parametrize(("scheme", "sound"), [("rtmp", "aac"), ("rtsp", "opus")])
async def test_a_guest_is_read_by_rtsp(tmp_path: Path, scheme: str, sound: str) -> None:
    async with mediamtx(tmp_path) as server:
        destination = {"url": f"{server.rtmp if scheme == 'rtmp' else server.rtsp}/{{path}}", "audio": sound}
        async with running_app(
            relay={"destinations": [destination]}, mediamtx={"api_url": server.api_url}
        ) as app:
            invite = await app.invite("guest1")
            async with publishing(app.whip(), invite["token"], encode(SHOW)):
                await server.ready("guest1")
                seen = await watch(f"{server.rtsp}/guest1", 3, options={"rtsp_transport": "tcp"})
                assert seen.codecs == {"video": "h264", "audio": sound}
                assert seen.sizes == [(640, 360)]
                assert near(seen.color, SHOW.color)
                assert seen.tone == pytest.approx(SHOW.tone, abs=5)

                async def server_says_ready() -> bool:
                    (guest,) = await app.guests()
                    (status,) = guest["sessions"][0]["destinations"]
                    return status["state"] == "live" and status["server_ready"] is True

                await until(server_says_ready, 10, interval=0.1)

            async def is_gone() -> bool:
                return not (await server.path("guest1")).get("ready")

            await until(is_gone, 10, interval=0.1)
