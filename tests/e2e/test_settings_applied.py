"""Every setting is seen to do what it says, in the running program."""

import asyncio
import contextlib
import json
import re
import ssl
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from stagedoor.emulator.options import Options
from stagedoor.emulator.serve import Emulator, emulator
from stagedoor.settings.sources import keys
from tests.kit.app import App, running_app
from tests.kit.certificate import certificate
from tests.kit.ports import free_ports
from tests.kit.publisher import publishing
from tests.kit.rtsp_server import rtsp_server
from tests.kit.show import Show, encode
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

SHOW = Show(320, 180, seconds=2, bitrate=400_000)
PUBLIC = "https://guests.example.org"
MIXER = {
    *("mixer.enabled", "mixer.width", "mixer.height", "mixer.frame_rate", "mixer.preset", "mixer.bitrate"),
    *("mixer.encoder", "mixer.key_interval_s", "mixer.audio_bitrate", "mixer.guest_url", "mixer.lobby_hears"),
    *("mixer.returns.width", "mixer.returns.height", "mixer.returns.frame_rate", "mixer.returns.bitrate"),
    *("mixer.returns.key_interval_s", "mixer.multiview.width", "mixer.multiview.height"),
    *("mixer.multiview.frame_rate", "mixer.multiview.bitrate", "mixer.returns.without_mixer"),
    *("mixer.second_canvas.enabled", "mixer.second_canvas.width", "mixer.second_canvas.height"),
    *("mixer.second_canvas.bitrate", "mixer.second_canvas.preset", "mixer.black_is_silent"),
}
"""Seen in `tests/e2e/test_mixer_settings.py`."""
PRECEDENCE = {"mixer.realtime"}
"""Seen in `tests/e2e/test_coming_first.py`."""
RECORDING = {"recording.dir", "recording.min_free_mb", "recording.max_take_gb"}
"""Seen in `tests/e2e/test_recording.py`."""
MEDIA = {"media.max_file_mb", "media.max_total_mb"}
"""Seen in `tests/api/test_control_media.py`."""
OSC = {"osc.enabled", "osc.host", "osc.port", "osc.tally"}
"""Seen in `tests/service/test_osc.py`."""
SEEN = {
    *("server.host", "server.port", "server.public_url", "server.trusted_proxies", "server.tls"),
    *("server.tls_cert", "server.tls_key", "server.operator_token", "server.data_dir"),
    *("guests.seats", "guests.open", "guests.notice", "guests.production", "guests.max_bitrate"),
    *("carrier.kind", "relay.destinations", "hub.host", "hub.port", "mediamtx.api_url"),
    *MIXER,
    *PRECEDENCE,
    *RECORDING,
    *MEDIA,
    *OSC,
    *("webrtc.ice_servers", "webrtc.udp_ports", "webrtc.host_addresses", "log.level", "log.format"),
}
CLOUDFLARE = {
    *("carrier.cloudflare.app_id", "carrier.cloudflare.app_secret", "carrier.cloudflare.app_secret_file"),
    *("carrier.cloudflare.base_url", "carrier.cloudflare.turn_key_id", "carrier.cloudflare.turn_key_token"),
    *("carrier.cloudflare.turn_key_token_file", "carrier.cloudflare.price_per_gb"),
}
"""What only an answer of Cloudflare's API shows, which the emulator gives."""


def test_no_key_is_left_out_here() -> None:
    assert set(keys()) == SEEN | CLOUDFLARE


class Asked:
    """Stands where MediaMTX's API would, and notes what it is asked."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        self.paths.append(request.split(b" ")[1].decode())
        body = b'{"ready": true}'
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        writer.close()
        await writer.wait_closed()


@contextlib.asynccontextmanager
async def asked() -> AsyncIterator[Asked]:
    server = Asked()
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


@contextlib.asynccontextmanager
async def changed(folder: Path, rtsp: str, mediamtx: int) -> AsyncIterator[App]:
    """The program with every setting but the proxies changed."""
    own, (hub_port, first) = certificate(folder), free_ports(2)
    async with running_app(
        server={
            "host": "127.0.0.2",
            "public_url": PUBLIC,
            "tls": "files",
            "tls_cert": str(own.file),
            "tls_key": str(own.key),
        },
        guests={
            "seats": [{"name": "guest2", "label": "The host", "color": "#123456"}, "other"],
            "open": True,
            "notice": "Smile.",
            "production": "The Evening Show",
            "max_bitrate": 1_234_000,
        },
        carrier={"kind": "builtin"},
        relay={"destinations": [{"url": f"{rtsp}/h264-opus/{{path}}"}]},
        hub={"host": "127.0.0.3", "port": hub_port},
        mediamtx={"api_url": f"http://127.0.0.1:{mediamtx}"},
        webrtc={
            "ice_servers": [
                {"urls": ["turn:turn.example.org"], "username": "me", "credential": "a-turn-credential"}
            ],
            "udp_ports": f"{first}-{first + 20}",
            "host_addresses": ["127.0.0.1"],
        },
        log={"level": "debug", "format": "json"},
    ) as app:
        yield app


async def test_all_of_them_at_once(tmp_path: Path) -> None:
    async with (
        rtsp_server(tmp_path) as rtsp,
        asked() as mediamtx,
        changed(tmp_path, rtsp.url, mediamtx.port) as app,
    ):
        await _sees_server(app, tmp_path)
        await _sees_guests(app)
        async with publishing(f"{app.url}/api/calls/whip/guest2", app.token, encode(SHOW)) as publisher:
            await _sees_webrtc(app, publisher.answer.text)
            await _sees_relay(app, mediamtx)
        lines = [line for line in app.log().splitlines() if line.startswith("{")]
        assert any(json.loads(line)["level"] == "debug" for line in lines)


async def _sees_server(app: App, folder: Path) -> None:
    context = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    context.check_hostname = False
    port = app.url.rsplit(":", 1)[1]
    async with httpx.AsyncClient(verify=context) as client:
        assert (await client.get(f"https://127.0.0.2:{port}/healthz")).is_success
        with pytest.raises(httpx.ConnectError):
            await client.get(f"https://127.0.0.1:{port}/healthz")
    assert (await app.api.get("/api/guests")).is_success, "the operator's token"
    assert (app.folder / "data" / "secrets.json").is_file()
    invite = await app.invite("guest2")
    assert invite["url"].startswith(f"{PUBLIC}/guest_join?")


async def _sees_guests(app: App) -> None:
    seats = (await app.api.get("/api/seats")).json()["seats"]
    assert [(seat["name"], seat["label"]) for seat in seats] == [("guest2", "The host"), ("other", "other")]
    assert seats[0]["color"] == "#123456"
    info = (await app.api.get("/api/join", headers={"Authorization": ""})).json()
    assert (info["production"], info["notice"], info["open"]) == ("The Evening Show", "Smile.", True)
    assert info["max_bitrate"] == 1_234_000


async def _sees_webrtc(app: App, answer: str) -> None:
    (server,) = (await app.api.get("/api/calls/ice-servers")).json()["ice_servers"]
    assert (server["urls"], server["username"]) == (["turn:turn.example.org"], "me")
    candidates = re.findall(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+)", answer)
    assert {address for address, _ in candidates} == {"127.0.0.1"}
    config = (app.folder / "stagedoor.toml").read_text()
    first, last = map(int, re.findall(r'udp_ports = "(\d+)-(\d+)"', config)[0])
    assert all(first <= int(port) <= last for _, port in candidates)


async def _sees_relay(app: App, mediamtx: Asked) -> None:
    async def destination_is_live() -> bool:
        (guest,) = [each for each in await app.guests() if each["seat"] == "guest2"]
        return any(
            each["state"] == "live" and each["server_ready"]
            for session in guest["sessions"]
            for each in session["destinations"]
        )

    await until(destination_is_live, 15)
    assert "/v3/paths/get/h264-opus/guest2" in mediamtx.paths
    config = (app.folder / "stagedoor.toml").read_text()
    hub_port = re.findall(r"\[hub\]\n(?:.*\n)*?port = (\d+)", config)[0]
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.3:{hub_port}/healthz")
        assert answer.status_code < 500
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{hub_port}/healthz")


@pytest.mark.parametrize("in_files", [False, True], ids=["in settings", "in files"])
async def test_the_account_at_cloudflare(tmp_path: Path, in_files: bool) -> None:
    options = Options(turn_key_id="a-turn-key", turn_key_token="a-turn-token")
    seats = ["guest1", {"name": "guest2", "carrier": "builtin"}]
    async with (
        emulator(options) as it,
        running_app(
            carrier={"kind": "cloudflare", "cloudflare": _account(it, tmp_path, in_files)},
            guests={"seats": seats},
        ) as app,
    ):
        invite = await app.invite("guest1")
        as_guest = {"Authorization": f"Bearer {invite['token']}"}
        servers = (await app.api.get("/api/calls/ice-servers", headers=as_guest)).json()["ice_servers"]
        assert any(url.startswith("turns:") for server in servers for url in server["urls"])
        show = encode(SHOW)
        async with (
            publishing(f"{app.url}/api/calls/whip/guest1", invite["token"], show),
            publishing(f"{app.url}/api/calls/whip/guest2", app.token, show),
        ):
            assert {guest["seat"]: guest["carrier"] for guest in await app.guests()} == {
                "guest1": "cloudflare",
                "guest2": "builtin",
            }
            assert it.engine.sessions
        cost = (await app.api.get("/api/carrier/cost")).json()
        assert (cost["price_per_gb"], cost["currency"]) == (0.08, "USD")
        anew = (await app.api.post("/api/carrier/cost/reset")).json()
        since, before = (datetime.fromisoformat(each["since"]) for each in (anew, cost))
        assert since > before
        assert options.app_secret not in app.log()


def _account(it: Emulator, folder: Path, in_files: bool) -> dict[str, Any]:
    account: dict[str, Any] = {
        "app_id": it.app_id,
        "base_url": it.base_url,
        "turn_key_id": "a-turn-key",
        "price_per_gb": 0.08,
    }
    for name, secret in (("app_secret", it.app_secret), ("turn_key_token", "a-turn-token")):
        path = folder / name
        path.write_text(f"{secret}\n")
        account |= {f"{name}_file": str(path)} if in_files else {name: secret}
    return account


async def test_a_trusted_proxy_says_how_the_guest_came() -> None:
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "show.example.org"}
    for trusted, begins in (["127.0.0.1"], "https://show.example.org/"), ([], "http://127.0.0.1:"):
        async with running_app(server={"trusted_proxies": trusted}) as app:
            answer = await app.api.post("/api/invites", json={"seat": "guest1"}, headers=told)
            assert answer.json()["url"].startswith(begins)
