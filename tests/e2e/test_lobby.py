"""The lobby is for operators only: nothing of it leaves the house until its guest has a seat."""

import time
from pathlib import Path

import pytest

from tests.kit.app import App, running_app
from tests.kit.publisher import publishing
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.show import Show, encode
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

SHOW = Show(320, 180, seconds=2, bitrate=400_000)
SEATED_SECONDS = 1.0
MOVES = 8


async def published(server: RtmpServer) -> bool:
    """Whether anybody publishes at the server."""
    return "<publishing/>" in await server.statistics()


async def in_lobby(app: App) -> str:
    """Wait for a guest whose media arrives in the lobby; the guest's id."""
    found: list[str] = []

    async def arrived() -> bool:
        found[:] = [
            guest["id"]
            for guest in await app.guests()
            if guest["state"] == "lobby" and [session["state"] for session in guest["sessions"]] == ["live"]
        ]
        return bool(found)

    await until(arrived, 10, interval=0.05)
    return found[0]


async def test_a_seat_starts_the_relay_and_the_lobby_stops_it(tmp_path: Path) -> None:
    async with (
        rtmp_server(tmp_path) as server,
        running_app(relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
    ):
        invite = await app.invite(None, name="Ada")
        joined = await app.api.post(
            "/api/join",
            json={"name": "Ada", "consent": await notice_version(app), "instance": "one", "takeover": False},
            headers={"Authorization": f"Bearer {invite['token']}"},
        )
        assert joined.is_success, joined.text
        endpoint, token = app.url + joined.json()["endpoint"], joined.json()["token"]
        async with publishing(endpoint, token, encode(SHOW)) as publisher:
            guest = await in_lobby(app)
            resource = publisher.resource
            assert not await published(server)
            took = []
            for _ in range(MOVES):
                begun = time.monotonic()
                seated = await app.api.post(f"/api/guests/{guest}/seat", json={"seat": "guest1"})
                assert seated.is_success, seated.text
                await until(lambda: published(server), 5, interval=0.01)
                took.append(time.monotonic() - begun)
                held = await app.api.post(f"/api/guests/{guest}/hold")
                assert held.is_success, held.text

                async def silent() -> bool:
                    return not await published(server)

                await until(silent, 5, interval=0.01)
            assert max(took) <= SEATED_SECONDS
            assert publisher.resource == resource
            assert publisher.connection.connectionState == "connected"


async def notice_version(app: App) -> str:
    """What a guest agrees to at the moment."""
    return str((await app.api.get("/api/join")).json()["notice_version"])
