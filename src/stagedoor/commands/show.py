"""`stagedoor config show`: each value with where it came from, secrets masked."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from stagedoor.secrets import FILE_NAME
from stagedoor.settings import Loaded, PortRange
from stagedoor.settings.sources import keys, value_of
from stagedoor.telemetry.redact import MASK, redact_url

_URLS = ("relay.destinations", "mediamtx.api_url", "guests.seats.return_url")
_SECRETS = ("operator_token", "credential", "app_secret", "turn_key_token")


def show(loaded: Loaded) -> str:
    """Return one line for each key: `key = value  # where it came from`."""
    origins = dict(loaded.origins)
    secrets_file = loaded.settings.server.data_dir / FILE_NAME
    stored = loaded.settings.server.operator_token is None and secrets_file.is_file()
    if stored:
        origins["server.operator_token"] = f"secrets file {secrets_file}"
    lines = []
    for key in keys():
        value = value_of(loaded.settings, key)
        text = MASK if stored and key == "server.operator_token" else shown(key, value)
        lines.append(f"{key} = {text}  # {origins[key]}\n")
    return "".join(lines)


def shown(key: str, value: Any) -> str:  # noqa: ANN401
    """Return a value as TOML writes it, without its secrets; `-` if there is none."""
    if value is None:
        return "-"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(shown(key, item) for item in value) + "]"
    if isinstance(value, BaseModel) and not isinstance(value, PortRange):
        return _table(key, {name: getattr(value, name) for name in type(value).model_fields})
    if key.rpartition(".")[2] in _SECRETS:
        return MASK
    text = redact_url(value) if key.startswith(_URLS) and "://" in str(value) else str(value)
    return json.dumps(text, ensure_ascii=False)


def _table(key: str, values: Mapping[str, Any]) -> str:
    given = {name: value for name, value in values.items() if value is not None}
    return "{" + ", ".join(f"{name} = {shown(f'{key}.{name}', value)}" for name, value in given.items()) + "}"
