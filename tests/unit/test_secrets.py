"""The secrets file."""

import json
import stat
from pathlib import Path

import pytest

from stagedoor.domain.errors import InvalidError
from stagedoor.secrets import load_or_create, secret_texts
from stagedoor.settings import Settings

pytestmark = pytest.mark.unit


def test_secrets_are_made_once_and_kept_for_this_user_alone(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    first = load_or_create(data, Settings())
    assert load_or_create(data, Settings()) == first
    assert len(first.signing_key) == 32
    assert stat.S_IMODE((data / "secrets.json").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["secrets.json"]
    assert first.operator_token not in repr(first)


def test_each_installation_has_its_own(tmp_path: Path) -> None:
    one, other = (load_or_create(tmp_path / name, Settings()) for name in ("a", "b"))
    assert one.operator_token != other.operator_token
    assert one.signing_key != other.signing_key


def test_a_token_in_the_settings_goes_first_and_is_not_written(tmp_path: Path) -> None:
    settings = Settings.model_validate({"server": {"operator_token": "chosen-by-hand-1"}})
    assert load_or_create(tmp_path, settings).operator_token == "chosen-by-hand-1"
    assert "chosen" not in (tmp_path / "secrets.json").read_text()
    assert load_or_create(tmp_path, Settings()).operator_token != "chosen-by-hand-1"


def test_what_is_missing_is_added(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps({"operator_token": "kept-as-it-was-0"}))
    secrets = load_or_create(tmp_path, Settings())
    assert secrets.operator_token == "kept-as-it-was-0"
    assert load_or_create(tmp_path, Settings()) == secrets


@pytest.mark.parametrize(
    "text", ["", "[]", '{"signing_key": 1}', '{"signing_key": "xyz"}', '{"signing_key": "00"}']
)
def test_a_damaged_file_is_not_overwritten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(text)
    with pytest.raises(InvalidError) as caught:
        load_or_create(tmp_path, Settings())
    assert caught.value.code == "secrets_damaged"
    assert path.read_text() == text


def test_a_directory_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidError) as caught:
        load_or_create(tmp_path / "file", Settings())
    assert caught.value.code == "data_dir_unusable"


def test_everything_that_must_not_be_logged(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {
            "relay": {"destinations": ["rtmp://u:password@h/app/streamkey1/{path}?key=streamkey2"]},
            "webrtc": {"ice_servers": [{"urls": "turn:h", "credential": "turnsecret"}]},
            "carrier": {
                "cloudflare": {
                    "app_id": "app",
                    "app_secret": "sfusecret",
                    "turn_key_id": "id",
                    "turn_key_token": "keytoken",
                }
            },
            "mediamtx": {"api_url": "http://u:apisecret@h:9997"},
            "guests": {"seats": [{"name": "guest1", "return_url": "rtsp://u:returning@h/live/mix-minus-1"}]},
        }
    )
    secrets = load_or_create(tmp_path, settings)
    texts = secret_texts(settings, secrets)
    assert {"password", "streamkey1", "streamkey2", "turnsecret", "apisecret"} < set(texts)
    assert {"sfusecret", "keytoken", "returning", "mix-minus-1"} < set(texts)
    assert secrets.operator_token in texts
    assert not {"app", "{path}"} & set(texts)
