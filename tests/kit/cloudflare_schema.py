"""What a response of Cloudflare Realtime's API must look like: by models of ours, and by Cloudflare's file.

The file is Cloudflare's and not part of this project. It is looked for where the environment says
(`STAGEDOOR_TEST_CLOUDFLARE_SCHEMA`), else beside the checkout; without it the models alone are asked, and the
run says so in its last lines.
"""

import functools
import os
import re
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema import Draft4Validator
from pydantic import ConfigDict

from stagedoor.emulator import messages
from stagedoor.emulator.http import TABLE

VARIABLE = "STAGEDOOR_TEST_CLOUDFLARE_SCHEMA"
FILE_NAME = "cloudflare-openapi.yaml"
ROOT = Path(__file__).resolve().parents[2]

MODELS: dict[str, type[messages.Message]] = {
    "sessions/new": messages.SessionMade,
    "tracks/new": messages.TracksAdded,
    "renegotiate": messages.Renegotiated,
    "tracks/close": messages.TracksClosed,
    "tracks/update": messages.TracksUpdated,
    "sessions/get": messages.SessionState,
    "datachannels/establish": messages.ChannelsEstablished,
    "datachannels/new": messages.ChannelsResult,
    "datachannels/update": messages.ChannelsResult,
    "datachannels/close": messages.ChannelsResult,
    "adapters/new": messages.AdaptersResult,
    "adapters/close": messages.AdaptersResult,
    "turn/generate": messages.IceServers,
}
"""The bodies of successful responses, by operation."""


class Refused(messages.Message):
    """The body of every refusal."""

    model_config = ConfigDict(extra="forbid")
    error_code: str
    error_description: str


def schema_file() -> Path | None:
    """Cloudflare's file, if it is here."""
    named = os.environ.get(VARIABLE)
    found = (
        [Path(named)]
        if named
        else sorted([*ROOT.parent.glob(FILE_NAME), *ROOT.parent.glob(f"*/{FILE_NAME}")])
    )
    return next((each for each in found if each.is_file()), None)


@functools.cache
def document() -> dict[str, Any] | None:
    """Cloudflare's file, read."""
    path = schema_file()
    if path is None:
        return None
    loaded: dict[str, Any] = yaml.safe_load(path.read_text())
    return loaded


def operation(method: str, path: str) -> str | None:
    """The name of what was called; None for what the API does not have."""
    return next(
        (name for name, (verb, form, _) in TABLE.items() if verb == method and re.fullmatch(form, path)), None
    )


def check(response: httpx.Response) -> None:
    """Assert that a response is one that the API may give."""
    name = operation(response.request.method, response.request.url.path)
    if response.status_code == 405 or name is None:
        assert name is None, "an operation of the API must not answer 405"
        assert "reserved for future WHIP/WHEP" in response.text
        return
    if response.status_code == 204:
        assert not response.content
        return
    body = response.json()
    is_answer = response.status_code in (200, 201) or (name == "adapters/new" and response.status_code == 503)
    model = MODELS[name] if is_answer else Refused
    read = model.model_validate_json(response.content)
    assert read.model_dump(by_alias=True, exclude_none=True, mode="json") == body, "a name that is not known"
    if is_answer:
        assert response.headers["vary"] == "Origin"
        _check_by_file(name, response.status_code, body)


def _check_by_file(name: str, status: int, body: Any) -> None:
    known = document()
    if known is None or name.startswith("turn/"):
        return
    path = path_in_file(name).replace("~", "~0").replace("/", "~1")
    method = TABLE[name][0].lower()
    where = f"#/paths/{path}/{method}/responses/{status}/content/application~1json/schema"
    Draft4Validator({**known, "$ref": where}).validate(body)


def path_in_file(name: str) -> str:
    """How Cloudflare's file spells an operation's path."""
    form = TABLE[name][1].removeprefix("/v1")
    return form.replace("(?P<app>[^/]+)", "{appId}").replace("(?P<session>[^/]+)", "{sessionId}")
