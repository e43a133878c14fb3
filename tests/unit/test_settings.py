"""Settings: every key by file and by environment, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from pydantic import ValidationError

from stagedoor.commands.show import show
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import InvalidError
from stagedoor.settings import (
    Layer,
    MixerSettings,
    PortRange,
    Settings,
    Tls,
    load,
    load_settings,
    parse_duration,
    sources,
)
from stagedoor.settings.sources import env_name, keys, nested, value_of

pytestmark = pytest.mark.unit

OUTSIDE = "rtsp://me:hush@studio.example.org:8554/mix-minus"
CHANGED: dict[str, Any] = {
    "server.host": "0.0.0.0",
    "server.port": 8443,
    "server.public_url": "https://guests.example.org",
    "server.trusted_proxies": ["127.0.0.1", "10.0.0.0/8"],
    "server.tls": "files",
    "server.tls_cert": "/etc/cert.pem",
    "server.tls_key": "/etc/key.pem",
    "server.operator_token": "an-operator-token-0",
    "server.data_dir": "/var/lib/stagedoor",
    "guests.seats": [
        "host",
        {
            "name": "guest",
            "color": "#123456",
            "label": "The guest",
            "carrier": "builtin",
            "return_url": OUTSIDE,
        },
    ],
    "guests.open": True,
    "guests.notice": "Smile, you are on air.",
    "guests.production": "The Evening Show",
    "guests.max_bitrate": 2_500_000,
    "carrier.kind": "cloudflare",
    "carrier.cloudflare.app_id": "0123456789abcdef",
    "carrier.cloudflare.app_secret": "sfu-hush",
    "carrier.cloudflare.base_url": "http://127.0.0.1:8200/v1",
    "carrier.cloudflare.turn_key_id": "fedcba9876543210",
    "carrier.cloudflare.turn_key_token": "turn-hush",
    "carrier.cloudflare.price_per_gb": 0.08,
    "relay.destinations": [
        "rtmp://h/live/{path}?key=x",
        {"url": "rtsp://h/{path}", "audio": "opus", "video": "h264", "enabled": False},
    ],
    "mixer.enabled": False,
    "mixer.width": 1280,
    "mixer.height": 720,
    "mixer.frame_rate": 50,
    "mixer.encoder": "nvenc",
    "mixer.preset": "superfast",
    "mixer.bitrate": 4_000_000,
    "mixer.key_interval_s": 1,
    "mixer.audio_bitrate": 128_000,
    "mixer.guest_url": "rtsp://127.0.0.1:8554/{path}",
    "mixer.lobby_hears": "silence",
    "mixer.black_is_silent": False,
    "mixer.realtime": False,
    "mixer.returns.width": 480,
    "mixer.returns.height": 270,
    "mixer.returns.frame_rate": 25,
    "mixer.returns.bitrate": 500_000,
    "mixer.returns.key_interval_s": 2,
    "mixer.returns.without_mixer": False,
    "mixer.multiview.width": 960,
    "mixer.multiview.height": 540,
    "mixer.multiview.frame_rate": 15,
    "mixer.multiview.bitrate": 1_000_000,
    "mixer.second_canvas.enabled": True,
    "mixer.second_canvas.width": 1080,
    "mixer.second_canvas.height": 1920,
    "mixer.second_canvas.bitrate": 4_000_000,
    "mixer.second_canvas.preset": "faster",
    "recording.dir": "/srv/recordings",
    "recording.min_free_mb": 5000,
    "recording.max_take_gb": 200,
    "media.max_file_mb": 500,
    "media.max_total_mb": 5000,
    "hub.host": "127.0.0.2",
    "hub.port": 8101,
    "mediamtx.api_url": "http://127.0.0.1:9997",
    "webrtc.ice_servers": [{"urls": ["turn:t.example.org"], "username": "me", "credential": "secret"}],
    "webrtc.udp_ports": "40000-40100",
    "webrtc.host_addresses": ["203.0.113.7", "2001:db8::1"],
    "osc.enabled": True,
    "osc.host": "0.0.0.0",
    "osc.port": 8301,
    "osc.tally": ["192.0.2.7:9000"],
    "log.level": "debug",
    "log.format": "json",
}


IN_FILES = {"carrier.cloudflare.app_secret_file", "carrier.cloudflare.turn_key_token_file"}
"""Instead of the keys of the same names; they have tests of their own."""


def _file(folder: Path, values: dict[str, Any]) -> Path:
    path = folder / "stagedoor.toml"
    path.write_text(tomlkit.dumps(nested(values)))
    return path


def _changed(settings: Settings) -> None:
    server, guests, webrtc = settings.server, settings.guests, settings.webrtc
    assert (server.host, server.port, server.public_url) == ("0.0.0.0", 8443, "https://guests.example.org")
    assert server.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
    assert (server.tls, server.tls_files) == (Tls.FILES, (Path("/etc/cert.pem"), Path("/etc/key.pem")))
    assert (server.operator_token, server.data_dir) == ("an-operator-token-0", Path("/var/lib/stagedoor"))
    assert [seat.name for seat in guests.seats] == ["host", "guest"]
    assert [seat.label for seat in guests.seats] == ["host", "The guest"]
    assert (guests.seats[1].color, guests.seats[1].carrier) == ("#123456", CarrierKind.BUILTIN)
    assert guests.seats[1].return_url == OUTSIDE
    assert (guests.open, guests.notice) == (True, "Smile, you are on air.")
    assert (guests.production, guests.max_bitrate) == ("The Evening Show", 2_500_000)
    first, second = settings.relay.destinations
    assert (first.url, first.audio, first.video, first.enabled) == (
        "rtmp://h/live/{path}?key=x",
        "aac",
        "copy",
        True,
    )
    assert (second.audio, second.video, second.enabled) == ("opus", "h264", False)
    _changed_mixer(settings.mixer)
    assert settings.recordings_dir == Path("/srv/recordings")
    assert settings.recording.min_free_bytes == 5_000_000_000
    assert settings.recording.max_take_bytes == 200_000_000_000
    assert (settings.hub.host, settings.hub.port) == ("127.0.0.2", 8101)
    assert settings.mediamtx.api_url == "http://127.0.0.1:9997"
    (ice,) = webrtc.ice_servers
    assert (ice.urls, ice.username, ice.credential) == (("turn:t.example.org",), "me", "secret")
    assert settings.carrier.kind is CarrierKind.CLOUDFLARE
    cloudflare = settings.carrier.cloudflare
    assert (cloudflare.app_id, cloudflare.app_secret) == ("0123456789abcdef", "sfu-hush")
    assert (cloudflare.turn_key_id, cloudflare.turn_key_token) == ("fedcba9876543210", "turn-hush")
    assert (cloudflare.base_url, cloudflare.price_per_gb) == ("http://127.0.0.1:8200/v1", 0.08)
    assert cloudflare.is_configured
    assert webrtc.udp_ports == PortRange(first=40000, last=40100)
    assert webrtc.host_addresses == ("203.0.113.7", "2001:db8::1")
    osc = settings.osc
    assert (osc.enabled, osc.host, osc.port, osc.is_open) == (True, "0.0.0.0", 8301, True)
    assert osc.places == (("192.0.2.7", 9000),)
    assert (settings.log.level, settings.log.format) == ("debug", "json")


def _changed_mixer(mixer: MixerSettings) -> None:
    assert not mixer.enabled
    assert (mixer.width, mixer.height, mixer.frame_rate) == (1280, 720, 50)
    assert (mixer.preset, mixer.bitrate, mixer.key_interval_s) == ("superfast", 4_000_000, 1)
    assert (mixer.audio_bitrate, mixer.guest_url) == (128_000, "rtsp://127.0.0.1:8554/{path}")
    assert (mixer.lobby_hears, mixer.black_is_silent, mixer.realtime) == ("silence", False, False)
    multiview = mixer.multiview
    assert (multiview.width, multiview.height, multiview.frame_rate) == (960, 540, 15)
    assert multiview.bitrate == 1_000_000
    returns = mixer.returns
    assert (returns.width, returns.height, returns.frame_rate) == (480, 270, 25)
    assert (returns.bitrate, returns.key_interval_s) == (500_000, 2)
    assert not returns.without_mixer
    assert not mixer.runs


def test_rtsp_gets_opus_unless_another_sound_is_named(tmp_path: Path) -> None:
    config = tmp_path / "stagedoor.toml"
    config.write_text(
        '[relay]\ndestinations = ["rtsp://h/{path}", "rtmp://h/{path}", '
        '{url = "rtsps://h/{path}", audio = "none"}]'
    )
    assert [each.audio for each in load_settings(config).relay.destinations] == ["opus", "aac", "none"]


def test_the_table_has_every_key_with_another_value_than_the_default() -> None:
    assert set(CHANGED) | IN_FILES == set(keys())
    default, changed = Settings(), Settings.model_validate(nested(CHANGED))
    for key in CHANGED:
        assert value_of(default, key) != value_of(changed, key), key


def test_every_key_is_described_and_bounded() -> None:
    for key, field in keys().items():
        assert field.description, key


def test_every_key_by_file(tmp_path: Path) -> None:
    path = _file(tmp_path, CHANGED)
    loaded = load(path, {})
    _changed(loaded.settings)
    assert {loaded.origins[key] for key in CHANGED} == {f"file {path}"}
    assert {loaded.origins[key] for key in IN_FILES} == {"default"}


def test_every_key_by_environment() -> None:
    def text(value: Any) -> str:
        return json.dumps(value) if isinstance(value, list | bool) else str(value)

    environ = {env_name(key): text(value) for key, value in CHANGED.items()}
    loaded = load(None, environ)
    _changed(loaded.settings)
    assert loaded.origins["server.port"] == "environment STAGEDOOR_SERVER__PORT"


def test_the_environment_goes_before_the_file_and_the_command_line_before_both(tmp_path: Path) -> None:
    path = _file(tmp_path, {"server.port": 1111, "hub.port": 2222, "guests.open": False})
    environ = {"STAGEDOOR_SERVER__PORT": "3333", "STAGEDOOR_GUESTS__OPEN": "false", "HOME": "/"}
    line = Layer({"guests.open": True}, {"guests.open": "command line --open"})
    loaded = load(path, environ, line)
    assert (loaded.settings.server.port, loaded.settings.hub.port) == (3333, 2222)
    assert loaded.settings.guests.open
    assert loaded.origins["guests.open"] == "command line --open"
    assert loaded.origins["hub.host"] == "default"


def test_a_snapshot_reads_back_the_same() -> None:
    settings = Settings.model_validate(nested(CHANGED))
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


def test_plain_lists_in_the_environment() -> None:
    loaded = load(None, {"STAGEDOOR_GUESTS__SEATS": "anna, ben", "STAGEDOOR_WEBRTC__HOST_ADDRESSES": ""})
    assert [seat.name for seat in loaded.settings.guests.seats] == ["anna", "ben"]
    assert loaded.origins["webrtc.host_addresses"] == "default"


def test_the_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, {}).config is None
    here = _file(tmp_path, {"server.port": 1111})
    assert load(None, {}).config == here
    other = tmp_path / "other.toml"
    other.write_text("[server]\nport = 2222\n")
    assert load(None, {"STAGEDOOR_CONFIG": str(other)}).settings.server.port == 2222
    assert load(here, {"STAGEDOOR_CONFIG": str(other)}).settings.server.port == 1111


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 1", ["server.prot is no key", "did you mean server.port?"]),
        ("[sever]\nport = 1", ["sever.port is no key", "did you mean server.port?"]),
        ("port = 1", ["port is no key"]),
        ("server = 1", ["server is no key"]),
        ("[guests]\nseats = [{name = 'a', colour = '#000000'}]", ["guests.seats.0.colour", "mean color?"]),
        ("[relay]\ndestinations = [{url = 'rtmp://h/{path}', sound = 'aac'}]", ["destinations.0.sound"]),
        ("[server]\nport = 70000", ["server.port", "less than or equal to 65535"]),
        ("[server]\nport = 'x'", ["server.port", "valid integer"]),
        ("[server]\ntls = 'files'", ["server", "wants tls_cert and tls_key"]),
        ("[server]\npublic_url = 'https://h/sub'", ["server.public_url", "pages stand at the root"]),
        ("[server]\npublic_url = 'https://me:hush@h'", ["server.public_url", "a user or a password"]),
        ("[server]\npublic_url = 'https://h..h'", ["server.public_url", "names a host that cannot be"]),
        ("[server]\npublic_url = 'h:8000'", ["server.public_url", "is not a URL"]),
        ("[server]\ntrusted_proxies = ['x']", ["server.trusted_proxies.0", "not an IP address"]),
        ("[server]\nport = 8100", ["server.port and hub.port must differ"]),
        ("[guests]\nseats = ['a', 'a']", ["guests.seats", "names a seat twice"]),
        ("[guests]\nseats = ['A b']", ["guests.seats.0.name"]),
        ("[guests]\nseats = ['a-screen']", ["guests.seats.0.name", "another path"]),
        ("[guests]\nseats = ['lobby-a']", ["guests.seats.0.name", "another path"]),
        ("[guests]\nseats = ['video']", ["guests.seats.0.name", "another path"]),
        ("[guests]\nseats = ['second']", ["guests.seats.0.name", "another path"]),
        ("[mixer.second_canvas]\nwidth = 721", ["mixer.second_canvas.width"]),
        ("[guests]\nseats = ['video-a']", ["guests.seats.0.name", "another path"]),
        ("[guests]\nseats = ['audio-a']", ["guests.seats.0.name", "another path"]),
        ("[guests]\nseats = []", ["guests.seats"]),
        ("[relay]\ndestinations = ['rtmp://h/x']", ["destinations.0.url", "must hold {path}"]),
        ("[relay]\ndestinations = ['rtmp://h/{path}/{seat}']", ["no other {…}"]),
        ("[relay]\ndestinations = ['http://h/{path}']", ["is not a URL of rtmp"]),
        ("[relay]\ndestinations = ['rtmp://{path}/x']", ["only after the host"]),
        ("[relay]\ndestinations = ['rtmp://h:99999/{path}']", ["port out of range"]),
        ("[mediamtx]\napi_url = 'http://h:0'", ["mediamtx.api_url", "names a port that cannot be"]),
        ("[carrier]\nkind = 'cloudflare'", ["carrier: kind = cloudflare wants carrier.cloudflare.app_id"]),
        ("[carrier]\nkind = 'x'", ["carrier.kind", "'builtin' or 'cloudflare'"]),
        ("[carrier.cloudflare]\napp_id = 'a'", ["carrier.cloudflare: app_id wants app_secret beside it"]),
        ("[carrier.cloudflare]\napp_secret = 'a'", ["carrier.cloudflare: app_secret wants app_id"]),
        ("[carrier.cloudflare]\nturn_key_id = 'a'", ["turn_key_id wants turn_key_token beside it"]),
        ("[carrier.cloudflare]\nturn_key_token = 'a'", ["turn_key_token wants turn_key_id beside it"]),
        ("[carrier.cloudflare]\napp_id = 'a/b'", ["carrier.cloudflare.app_id"]),
        ("[carrier.cloudflare]\napp_secret = 'a b'", ["carrier.cloudflare.app_secret"]),
        ("[carrier.cloudflare]\nbase_url = 'x'", ["carrier.cloudflare.base_url", "is not a URL"]),
        ("[carrier.cloudflare]\nbase_url = 'http://example.org/v1'", ["base_url", "must be https"]),
        ("[carrier.cloudflare]\nbase_url = 'http://8.8.8.8/v1'", ["base_url", "must be https"]),
        ("[carrier.cloudflare]\nbase_url = 'http://[::ffff:8.8.8.8]/v1'", ["base_url", "must be https"]),
        ("[carrier.cloudflare]\nbase_url = 'https://a:b@h/v1'", ["base_url", "a user or a password"]),
        ("[carrier.cloudflare]\nbase_url = 'http://@127.0.0.1/v1'", ["base_url", "a user or a password"]),
        ("[carrier.cloudflare]\nprice_per_gb = -1", ["carrier.cloudflare.price_per_gb"]),
        ("[carrier.cloudflare]\nap_id = 'a'", ["cloudflare.ap_id is no key", "carrier.cloudflare.app_id?"]),
        ("[carrier.cloudflar]\napp_id = 'a'", ["carrier.cloudflar.app_id is no key"]),
        ("[carrier]\ncloudflare = 1", ["carrier.cloudflare is no key"]),
        ("[guests]\nseats = [{name = 'a', carrier = 'cloudflare'}]", ["guests.seats: a comes by cloudflare"]),
        ("[webrtc]\nudp_ports = '5-x'", ["webrtc.udp_ports", "not a range"]),
        ("[webrtc]\nudp_ports = '40100-40000'", ["ends before it starts"]),
        ("[webrtc]\nhost_addresses = ['h']", ["webrtc.host_addresses.0", "not an IP address"]),
        ("[webrtc]\nice_servers = [{urls = 'http://x'}]", ["webrtc.ice_servers.0.urls"]),
        ("[server", ["is not TOML"]),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "stagedoor.toml"
    path.write_text(text)
    with pytest.raises(InvalidError) as caught:
        load(path, {})
    assert caught.value.code == "bad_settings"
    assert str(path) in caught.value.message
    for word in words:
        assert word in caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "https://calls.example.org/v1",
        "http://localhost:8200/v1",
        "http://127.0.0.1:8200/v1",
        "http://[::1]:8200/v1",
        "http://10.1.2.3/v1",
        "http://192.168.1.2:8200/v1",
        "http://[fd00::7]/v1",
    ],
)
def test_where_secrets_may_go(tmp_path: Path, url: str) -> None:
    settings = load(_file(tmp_path, {"carrier.cloudflare.base_url": url}), {}).settings
    assert settings.carrier.cloudflare.base_url == url


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    path = _file(tmp_path, {"server.port": 0, "hub.port": 0})
    with pytest.raises(InvalidError) as caught:
        load(path, {})
    assert len(caught.value.message.splitlines()) == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="cannot be read: No such file"):
        load_settings(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("STAGEDOOR_SERVER__PROT", "1", "did you mean STAGEDOOR_SERVER__PORT?"),
        ("STAGEDOOR_SERVER_PORT", "1", "did you mean STAGEDOOR_SERVER__PORT?"),
        ("STAGEDOOR_SERVER__PORT", "x", "STAGEDOOR_SERVER__PORT: server.port"),
        ("STAGEDOOR_RELAY__DESTINATIONS", "[x", "STAGEDOOR_RELAY__DESTINATIONS: is not JSON"),
    ],
)
def test_what_is_refused_of_the_environment(variable: str, value: str, words: str) -> None:
    with pytest.raises(InvalidError) as caught:
        load(None, {variable: value})
    assert words in caught.value.message


def test_secrets_are_in_no_message_and_no_repr(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        {
            "server.operator_token": "hush!",
            "relay.destinations": ["rtmp://h/hush!"],
            "webrtc.ice_servers": [{"urls": "x", "credential": "hush!" * 200}],
            "carrier.cloudflare.app_secret": "hush! hush!",
        },
    )
    with pytest.raises(InvalidError) as caught:
        load(path, {})
    assert len(caught.value.message.splitlines()) == 5
    assert "hush" not in caught.value.message
    changed = repr(Settings.model_validate(nested(CHANGED)))
    assert "an-operator-token-0" not in changed
    assert "key=x" not in changed
    assert "'secret'" not in changed
    assert "hush" not in changed


def _account(folder: Path, **keys: str) -> Path:
    given = {"app_id": "app", **keys}
    return _file(folder, {f"carrier.cloudflare.{name}": value for name, value in given.items()})


def test_secrets_from_files(tmp_path: Path) -> None:
    secret, token = tmp_path / "secret", tmp_path / "token"
    secret.write_text("  in-a-file\n")
    token.write_text("in-another")
    path = _account(tmp_path, app_secret_file=str(secret), turn_key_id="key", turn_key_token_file=str(token))
    loaded = load(path, {})
    cloudflare = loaded.settings.carrier.cloudflare
    assert (cloudflare.app_secret, cloudflare.turn_key_token) == ("in-a-file", "in-another")
    assert cloudflare.is_configured
    shown = show(loaded)
    assert f"carrier.cloudflare.app_secret = ***  # secret file {secret}\n" in shown
    assert f'app_secret_file = "{secret}"  # file {path}\n' in shown
    assert "in-a-file" not in shown
    assert Settings.model_validate_json(loaded.settings.model_dump_json()) == loaded.settings


def test_a_secret_file_named_in_the_environment(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("in-a-file")
    environ = {"STAGEDOOR_CARRIER__CLOUDFLARE__APP_SECRET_FILE": str(secret)}
    assert load(_account(tmp_path), environ).settings.carrier.cloudflare.app_secret == "in-a-file"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file"),
        (b" \n", "is empty"),
        (b"\xff\xfe", "holds something else than a secret"),
        (b"x" * 5000, "is too long for a secret"),
    ],
)
def test_secret_files_that_are_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    path = _account(tmp_path, app_secret_file=str(secret))
    with pytest.raises(InvalidError) as caught:
        load(path, {})
    assert caught.value.message.startswith(f"{path}: carrier.cloudflare.app_secret_file: {secret} {words}")
    assert len(caught.value.message.splitlines()) == 1


def test_a_secret_given_in_both_ways(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("in-a-file")
    path = _account(tmp_path, app_secret="here", app_secret_file=str(secret))
    with pytest.raises(
        InvalidError, match=r"app_secret and carrier\.cloudflare\.app_secret_file are both given"
    ):
        load(path, {})


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().server.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("15m", 900), ("24h", 86400), ("7d", 604800), ("1h30m", 5400)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "h", "1.5h", "-3s", "30s h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "0.0.0.0", "tls": "self-signed"}, "https://127.0.0.1:8000"),
        ({"host": "::1", "port": 1}, "http://[::1]:1"),
        ({"public_url": "https://h.example/"}, "https://h.example"),
        ({"public_url": "HTTPS://H.Example:443"}, "https://h.example"),
        ({"public_url": "https://h.example:8443"}, "https://h.example:8443"),
        ({"public_url": "http://bühne.example"}, "http://xn--bhne-0ra.example"),
        ({"public_url": "http://[2001:DB8::1]:80"}, "http://[2001:db8::1]"),
    ],
)
def test_links_start_with(server: dict[str, Any], url: str) -> None:
    assert Settings.model_validate({"server": server}).server.url == url


def test_the_data_directory_follows_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert load(None, {}).settings.server.data_dir == Path("/data/stagedoor")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert Settings().server.data_dir == Path("/home/me/.local/share/stagedoor")


def test_nothing_near_is_no_suggestion() -> None:
    assert sources.nearest("zzz.qqq", sources.known_names()) == ""
