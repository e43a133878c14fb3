"""The emulator against schemas: Cloudflare's own where it is here, and the models of this project."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel

from stagedoor.emulator import messages
from stagedoor.emulator.http import TABLE
from stagedoor.emulator.options import Options, Timers
from stagedoor.emulator.serve import Emulator, emulator
from tests.kit import cloudflare_schema as schema

pytestmark = [pytest.mark.api, pytest.mark.timeout(120)]
needs_file = [
    pytest.mark.cloudflare_schema,
    pytest.mark.skipif(schema.schema_file() is None, reason=f"{schema.VARIABLE} names no file"),
]
OPERATIONS = sorted(name for name in TABLE if not name.startswith("turn/"))
SAME_NAMES: dict[str, type[BaseModel]] = {
    "SessionDescription": messages.Description,
    "TrackObject": messages.Track,
    "TracksRequest": messages.TracksNew,
    "TracksResponse": messages.TracksAdded,
    "NewSessionRequest": messages.NewSession,
    "NewSessionResponse": messages.SessionMade,
    "CloseTracksRequest": messages.TracksClose,
    "CloseTracksResponse": messages.TracksClosed,
    "UpdateTracksRequest": messages.TracksUpdate,
    "UpdateTracksResponse": messages.TracksUpdated,
    "RenegotiateRequest": messages.Renegotiate,
    "RenegotiateResponse": messages.Renegotiated,
    "GetSessionStateResponse": messages.SessionState,
    "DataChannelObject": messages.Channel,
    "DataChannelsRequest": messages.ChannelsRequest,
    "DataChannelsResponse": messages.ChannelsResult,
    "AdapterObject": messages.Adapter,
}
"""The schemas of Cloudflare's file, and our model of each."""


@pytest.fixture(scope="module")
def it() -> Iterator[Emulator]:
    """An emulator in a thread of its own, as Schemathesis is not asynchronous."""
    started: Future[Emulator] = Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        timers = Timers(empty_track=0.05, transport=0.05)
        async with emulator(Options(timers=timers, calls_per_second=100_000)) as running:
            started.set_result(running)
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    yield started.result(timeout=10)
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def own_document() -> dict[str, Any]:
    """What the API takes, by our models."""
    requests: dict[str, type[BaseModel] | None] = {
        "sessions/new": messages.NewSession,
        "tracks/new": messages.TracksNew,
        "renegotiate": messages.Renegotiate,
        "tracks/close": messages.TracksClose,
        "tracks/update": messages.TracksUpdate,
        "sessions/get": None,
        "datachannels/establish": messages.ChannelsEstablish,
        "datachannels/new": messages.ChannelsRequest,
        "datachannels/update": messages.ChannelsRequest,
        "datachannels/close": messages.ChannelsRequest,
        "adapters/new": messages.AdaptersRequest,
        "adapters/close": messages.AdaptersRequest,
    }
    paths: dict[str, Any] = {}
    for name, model in requests.items():
        path, method = schema.path_in_file(name), TABLE[name][0].lower()
        described: dict[str, Any] = {"responses": {"200": {"description": "OK"}}, "parameters": []}
        for parameter in ("appId", "sessionId"):
            if f"{{{parameter}}}" in path:
                described["parameters"].append(
                    {"in": "path", "name": parameter, "required": True, "schema": {"type": "string"}}
                )
        if model is not None:
            content = {"application/json": {"schema": model.model_json_schema()}}
            described["requestBody"] = {"content": content}
        paths.setdefault(path, {})[method] = described
    return {"openapi": "3.1.0", "info": {"title": "Realtime", "version": "1"}, "paths": paths}


def call_with_generated_bodies(document: dict[str, Any], name: str, it: Emulator) -> set[int]:
    """Calls that Schemathesis makes up; each response is checked, and their statuses are returned."""
    operation = schemathesis.openapi.from_dict(document)[schema.path_in_file(name)][TABLE[name][0]]
    statuses = set()
    root, headers = f"{it.base_url}/apps/{it.app_id}", {"Authorization": f"Bearer {it.app_secret}"}

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: schemathesis.Case[Any]) -> None:
        case.path_parameters["appId"] = it.app_id
        if "sessionId" in case.path_parameters:
            made = httpx.post(f"{root}/sessions/new", headers=headers)
            case.path_parameters["sessionId"] = made.json()["sessionId"]
        got = case.call(base_url=it.base_url, headers=headers)
        request = httpx.Request(str(got.request.method), str(got.request.url))
        response = httpx.Response(got.status_code, content=got.content, request=request)
        response.headers.update({key: values[0] for key, values in got.headers.items()})
        schema.check(response)
        assert got.status_code < 500 or (name, got.status_code) == ("adapters/new", 503)
        statuses.add(got.status_code)

    run()
    return statuses


@pytest.mark.parametrize("name", OPERATIONS)
def test_calls_generated_from_our_models_are_answered_properly(name: str, it: Emulator) -> None:
    assert call_with_generated_bodies(own_document(), name, it)


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs_file) for name in OPERATIONS])
def test_calls_generated_from_cloudflares_file_are_answered_by_it(name: str, it: Emulator) -> None:
    document = schema.document()
    assert document is not None
    assert call_with_generated_bodies(document, name, it)


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs_file) for name in sorted(SAME_NAMES)])
def test_our_models_have_the_names_of_cloudflares_file(name: str) -> None:
    document = schema.document()
    assert document is not None
    theirs = set(document["components"]["schemas"][name]["properties"])
    ours = {field.alias for field in SAME_NAMES[name].model_fields.values()}
    assert ours == theirs


@pytest.mark.parametrize("document", [pytest.param(schema.document, marks=needs_file)])
def test_the_table_is_that_of_cloudflares_file(document: Callable[[], dict[str, Any] | None]) -> None:
    read = document()
    assert read is not None
    theirs = {(path, method.upper()) for path, item in read["paths"].items() for method in item}
    assert {(schema.path_in_file(name), TABLE[name][0]) for name in OPERATIONS} == theirs


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, {"sessionId": 7}),
        (201, {}),
        (201, {"sessionId": "a", "surprise": 1}),
        (400, {"errorCode": "decoding_error"}),
        (405, {"errorCode": "a", "errorDescription": "b"}),
    ],
)
def test_a_response_that_breaks_the_schema_is_noticed(status: int, body: dict[str, Any]) -> None:
    request = httpx.Request("POST", "http://127.0.0.1/v1/apps/a/sessions/new")
    response = httpx.Response(status, json=body, request=request, headers={"Vary": "Origin"})
    with pytest.raises((AssertionError, ValueError)):
        schema.check(response)
