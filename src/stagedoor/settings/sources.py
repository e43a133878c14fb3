"""Reads settings from a file and the environment, and remembers where each value came from."""

import difflib
import json
import operator
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from stagedoor.settings.model import DestinationSettings, IceServer, SeatSettings, Settings
from stagedoor.settings.secret_files import read_secrets
from stagedoor.settings.values import Part, bad_settings

ENV_PREFIX = "STAGEDOOR_"
ENV_CONFIG = "STAGEDOOR_CONFIG"
FILE_NAME = "stagedoor.toml"

_TABLES: dict[str, type[Part]] = {
    "guests.seats": SeatSettings,
    "relay.destinations": DestinationSettings,
    "webrtc.ice_servers": IceServer,
}


def keys() -> dict[str, FieldInfo]:
    """Every key, `section.name`, with its description and default."""
    return {
        f"{section}.{name}": field for section, part in sections().items() for name, field in own_keys(part)
    }


def sections() -> dict[str, type[Part]]:
    """Every section with the model of its keys, those within others too, as `carrier.cloudflare`."""
    return dict(_sections_of(Settings, ""))


def own_keys(part: type[Part]) -> Iterator[tuple[str, FieldInfo]]:
    """Yield the keys of a section, without the sections within it."""
    return ((name, field) for name, field in part.model_fields.items() if _section(field) is None)


def value_of(settings: Settings, key: str) -> Any:  # noqa: ANN401
    """Return what a key is set to."""
    return operator.attrgetter(key)(settings)


def _sections_of(part: type[Part], prefix: str) -> Iterator[tuple[str, type[Part]]]:
    for name, field in part.model_fields.items():
        inner = _section(field)
        if inner is not None:
            yield f"{prefix}{name}", inner
            yield from _sections_of(inner, f"{prefix}{name}.")


def _section(field: FieldInfo) -> type[Part] | None:
    """Return the model of a field that is a section; None for a key."""
    found = field.annotation
    return found if isinstance(found, type) and issubclass(found, Part) else None


def env_name(key: str) -> str:
    """The environment variable of a key."""
    return ENV_PREFIX + key.replace(".", "__").upper()


@dataclass(frozen=True, slots=True)
class Layer:
    """Values from one place, by key; `origins` says for each where that was, in words for people."""

    values: dict[str, Any]
    origins: dict[str, str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and where each key's value came from (`default` where nobody set it)."""

    settings: Settings
    origins: dict[str, str]
    config: Path | None


def find_config(config: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The file named, else `$STAGEDOOR_CONFIG`, else `stagedoor.toml` here if there is one."""
    if config is None and environ.get(ENV_CONFIG):
        config = Path(environ[ENV_CONFIG])
    if config is None:
        config = Path(FILE_NAME)
        return config.absolute() if config.is_file() else None
    return config.expanduser().absolute()


def load(
    config: Path | None,
    environ: Mapping[str, str] | None = None,
    command_line: Layer | None = None,
) -> Loaded:
    """Merge defaults, file, environment and command line; the later wins.

    Raises:
        InvalidError: The file cannot be read, a key is not known or a value is not allowed. Its message
            has one line for each problem, with file or variable and key, and never holds a value.
    """
    environ = os.environ if environ is None else environ
    config = find_config(config, environ)
    layers = [from_environment(environ), command_line or Layer({}, {})]
    if config is not None:
        layers.insert(0, from_file(config))
    values: dict[str, Any] = {}
    origins = dict.fromkeys(keys(), "default")
    for layer in layers:
        values |= layer.values
        origins |= layer.origins
    read_secrets(values, origins)
    return Loaded(_validated(values, origins), origins, config)


def load_settings(config: Path | None) -> Settings:
    """Settings of the file `config` (see `find_config`) and the environment; see `load` for the errors."""
    return load(config).settings


def from_file(config: Path) -> Layer:
    """Read a TOML file; raises `InvalidError` if it cannot be read or has unknown keys."""
    try:
        with config.open("rb") as file:
            document = tomllib.load(file)
    except OSError as error:
        raise bad_settings(f"{config}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad_settings(f"{config}: is not TOML: {error}") from error
    layer, unknown = Layer({}, {}), []
    for key, value in _flat(document):
        if key not in keys():
            unknown.append(f"{config}: {key} is no key of the settings{nearest(key, known_names())}")
        layer.values[key] = value
        layer.origins[key] = f"file {config}"
    if unknown:
        raise bad_settings("\n".join(unknown))
    return layer


def from_environment(environ: Mapping[str, str]) -> Layer:
    """Read variables with our prefix; empty ones count as not set.

    Raises:
        InvalidError: A variable names no key, or holds broken JSON.
    """
    by_variable = {env_name(key): key for key in keys()}
    layer, problems = Layer({}, {}), []
    for variable, text in sorted(environ.items()):
        if not variable.startswith(ENV_PREFIX) or variable == ENV_CONFIG:
            continue
        if variable not in by_variable:
            problems.append(f"environment: {variable} is no setting{nearest(variable, list(by_variable))}")
        elif text:
            key = by_variable[variable]
            try:
                layer.values[key] = _from_text(keys()[key], text)
            except json.JSONDecodeError as error:
                problems.append(f"environment: {variable}: is not JSON: {error.msg} at {error.pos}")
            layer.origins[key] = f"environment {variable}"
    if problems:
        raise bad_settings("\n".join(problems))
    return layer


def nearest(name: str, known: list[str]) -> str:
    """`; did you mean …?` if something known is near, else the empty string."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {found[0]}?" if found else ""


def known_names() -> list[str]:
    """Sections and keys, for `nearest`."""
    return [*keys(), *sections()]


def _flat(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and key not in keys() and (key in sections() or value):
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _from_text(field: FieldInfo, text: str) -> Any:  # noqa: ANN401
    """Lists are JSON, or plain items with commas between them; everything else is taken as it is."""
    if get_origin(field.annotation) is not tuple:
        return text
    if text.lstrip().startswith("["):
        return json.loads(text)
    return [item.strip() for item in text.split(",")]


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by key as tables within tables, as the settings file has them."""
    document: dict[str, Any] = {}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        table = document
        for part in section.split("."):
            table = table.setdefault(part, {})
        table[name] = value
    return document


def _validated(values: dict[str, Any], origins: dict[str, str]) -> Settings:
    try:
        return Settings.model_validate(nested(values))
    except ValidationError as error:
        lines = [_sentence(found, origins) for found in error.errors(include_url=False, include_input=False)]
        raise bad_settings("\n".join(dict.fromkeys(lines))) from None


def _sentence(error: ErrorDetails, origins: dict[str, str]) -> str:
    loc = error["loc"]
    where = ".".join(str(part) for part in loc)
    key = next((key for key in keys() if f"{where}.".startswith(f"{key}.")), where)
    origin = _origin(key, origins)
    if error["type"] == "extra_forbidden" and key in _TABLES:
        name = str(loc[-1])
        return f"{origin}: {where} is no key of the settings{nearest(name, list(_TABLES[key].model_fields))}"
    text = error["msg"].removeprefix("Value error, ")
    return ": ".join(part for part in (origin, where, text[:1].lower() + text[1:]) if part)


def _origin(key: str, origins: dict[str, str]) -> str:
    """Where a key's value came from, or the values of all keys that a rule between them may concern."""
    if key not in origins:
        given = (origin for name, origin in origins.items() if name.startswith(key) and origin != "default")
        return ", ".join(dict.fromkeys(given)).replace("file ", "") or "settings"
    return origins[key].removeprefix("file ")
