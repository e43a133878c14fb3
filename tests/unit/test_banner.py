"""What is printed at the start and by `config show`."""

from pathlib import Path
from typing import Any

import pytest

from stagedoor.banner import Banner, qr_code
from stagedoor.commands.show import show
from stagedoor.secrets import load_or_create
from stagedoor.settings import Layer, Settings, load

pytestmark = pytest.mark.unit


def _banner(addresses: list[str], **server: Any) -> Banner:
    settings = Settings.model_validate({"server": {"data_dir": "/data", **server}})
    return Banner(settings, "a-token", addresses)


def test_links_of_a_first_start() -> None:
    text = _banner([]).text("0.1.0")
    assert "Stagedoor 0.1.0 is ready." in text
    assert "  Operator  http://127.0.0.1:8000/switcher?token=a-token\n" in text
    assert "  Guests    http://127.0.0.1:8000/guest_join\n" in text
    assert "waits in the lobby" in text
    assert "http://127.0.0.1:8100/live/guest1.mkv" in text
    assert "█" not in text
    assert "Advanced" not in text


def test_every_address_has_its_links_and_a_code() -> None:
    banner = _banner(["192.0.2.7", "192.0.2.8"], host="0.0.0.0", tls="self-signed")
    text = banner.text("0.1.0")
    assert banner.roots == ("https://127.0.0.1:8000", "https://192.0.2.7:8000", "https://192.0.2.8:8000")
    for root in banner.roots:
        assert f"{root}/switcher?token=a-token" in text
    for root in banner.roots[1:]:
        assert f"{root}/guest_join\n\n{qr_code(f'{root}/guest_join', 'utf-8')}" in text
    assert text.count("Advanced") == 2
    assert f"{qr_code(banner.roots[0] + '/guest_join', 'utf-8')}" not in text


def test_a_public_url_goes_first() -> None:
    banner = _banner(["192.0.2.7"], public_url="https://show.example", host="0.0.0.0")
    assert banner.roots == ("https://show.example", "http://192.0.2.7:8000")
    assert qr_code("https://show.example/guest_join", "utf-8") in banner.text("0.1.0")


def test_open_doors_are_said() -> None:
    settings = Settings.model_validate({"guests": {"open": True}})
    assert "gets a free seat at once" in Banner(settings, "t", []).text("0.1.0")


def test_a_code_for_a_poor_terminal() -> None:
    code = qr_code("https://192.0.2.7:8000/guest_join", "ascii")
    assert code.isascii()
    assert len(code.splitlines()) > 20


def test_show_names_origins_and_hides_secrets(tmp_path: Path) -> None:
    path = tmp_path / "stagedoor.toml"
    path.write_text(
        '[server]\ndata_dir = "/data"\n'
        '[guests]\nseats = [{name = "guest1", return_url = "rtsp://u:hush@h/live/hushhush"}]\n'
        '[relay]\ndestinations = ["rtmp://u:hush@h/app/hushhush/{path}?key=hush"]\n'
        '[webrtc]\nudp_ports = "40000-40001"\n'
        'ice_servers = [{urls = "turn:t", username = "me", credential = "hush"}]\n'
    )
    line = Layer({"guests.open": True}, {"guests.open": "command line --open"})
    environ = {"STAGEDOOR_SERVER__OPERATOR_TOKEN": "hushhushhushhush", "STAGEDOOR_HUB__PORT": "1"}
    text = show(load(path, environ, line))
    assert "hush" not in text
    assert f'server.data_dir = "/data"  # file {path}\n' in text
    assert "hub.port = 1  # environment STAGEDOOR_HUB__PORT\n" in text
    assert "guests.open = true  # command line --open\n" in text
    assert 'server.host = "127.0.0.1"  # default\n' in text
    assert "server.public_url = -  # default\n" in text
    assert 'webrtc.udp_ports = "40000-40001"' in text
    assert 'url = "rtmp://***@h/app/***/{path}?***"' in text
    assert 'return_url = "rtsp://***@h/live/***"' in text
    assert "server.operator_token = ***  # environment STAGEDOOR_SERVER__OPERATOR_TOKEN\n" in text


def test_show_names_the_secrets_file(tmp_path: Path) -> None:
    loaded = load(None, {"STAGEDOOR_SERVER__DATA_DIR": str(tmp_path)})
    assert "server.operator_token = -  # default" in show(loaded)
    load_or_create(tmp_path, loaded.settings)
    assert f"server.operator_token = ***  # secrets file {tmp_path}/secrets.json\n" in show(loaded)
