"""What the routes share: the caller, bounded bodies, problem documents."""

import logging
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from stagedoor.control.auth import Caller
from stagedoor.control.core import Control
from stagedoor.control.mixer.ownership import require_ours
from stagedoor.control.schemas import TAG
from stagedoor.domain.errors import (
    BadOfferError,
    CarrierError,
    ConflictError,
    InvalidError,
    RequestError,
    StagedoorError,
    TooLargeError,
    UnsupportedTypeError,
)
from stagedoor.ipc import problems

log = logging.getLogger(__name__)

MAX_BODY = 256 * 1024
"""Bytes; more is not read, of any request but an import and an upload."""
MAX_IMPORT = 1024 * 1024
"""Bytes: all scenes that there can be, also where a file has them with spaces."""
IMPORT = "/api/scenes/import"
UPLOAD = "/api/media"
BODY_WITHIN_S = 10.0
"""Since the request's head; of an upload, between two pieces."""


def get_control(connection: HTTPConnection) -> Control:
    """Return control's parts."""
    control: Control = connection.app.state.control
    return control


async def require_operator(request: Request) -> None:
    """Let only the operator through."""
    get_control(request).auth.require_operator(request)


async def require_mixer(request: Request) -> None:
    """Let requests through only where the mixer is ours."""
    require_ours(enabled=get_control(request).mixing.enabled)


async def require_returns(request: Request) -> None:
    """Let requests through only where something here makes returns."""
    if not get_control(request).mixing.runs:
        raise ConflictError(
            "nothing here makes returns",
            code="returns_disabled",
            hint="Set mixer.returns.without_mixer = true to have returns and talkback.",
        )


async def get_caller(request: Request) -> Caller:
    """Return who is calling."""
    return get_control(request).auth.caller(request)


Parts = Annotated[Control, Depends(get_control)]
CallerOf = Annotated[Caller, Depends(get_caller)]
OPERATOR = Depends(require_operator)
MIXER = Depends(require_mixer)
RETURNS = Depends(require_returns)


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the errors of a route for the OpenAPI document."""
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": "Problem", "content": content} for status in statuses}


async def read_text(request: Request, content_type: str) -> str:
    """Return a body of one content type as text.

    Raises:
        UnsupportedTypeError: It has another content type.
        BadOfferError: It is empty, or not UTF-8.
        RequestError: Whoever sends it left in the middle of it.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != content_type:
        raise UnsupportedTypeError(f"the body must be of type {content_type}")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
    except ClientDisconnect:
        raise RequestError("the request was broken off", code="bad_request") from None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise BadOfferError("the body is not text in UTF-8") from None
    if not text.strip():
        raise BadOfferError("the body is empty")
    return text


def most_bytes(path: str) -> int:
    """Return how long the body of a request may be."""
    return MAX_IMPORT if path == IMPORT else MAX_BODY


def too_large(most: int) -> TooLargeError:
    """Return what a body that is too long is refused with."""
    return TooLargeError(f"no more than {most} bytes are read", values={"most_kb": most // 1024})


def problem(error: StagedoorError, more: Mapping[str, str] | None = None, **members: Any) -> Response:  # noqa: ANN401
    """Return an error as the response that it makes."""
    return JSONResponse(
        {**problems.to_problem(error), **members},
        status_code=error.status,
        headers={**problems.headers(error), **(more or {})},
        media_type=problems.CONTENT_TYPE,
    )


def add_handlers(app: FastAPI) -> None:
    """Have every error answered with a problem document."""
    app.add_exception_handler(StagedoorError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_bug)


async def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StagedoorError)
    if error.status >= 500 and not error.retryable and not isinstance(error, CarrierError):
        log.error("%s %s: %s", request.method, request.url.path, error)
    return problem(error)


async def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [_refused(item) for item in error.errors()]
    text = "; ".join(f"{item['at']}: {item['message']}" for item in found[:5])
    return problem(InvalidError(text or "the request is not what it must be"), errors=found[:20])


def _refused(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a field that was refused: where, why, and the rule with its bounds."""
    bounds = {
        name: value for name, value in item.get("ctx", {}).items() if isinstance(value, str | int | float)
    }
    return {"at": _field(item["loc"]), "message": item["msg"], "rule": item["type"], "values": bounds}


def _field(place: Sequence[int | str]) -> str:
    """Return the field that was refused; which of several bodies it is of says its `kind`."""
    return ".".join(part for part in map(str, place) if not part.startswith(TAG))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    more = dict(error.headers or {})
    if error.status_code == 405:
        more["Allow"] = ", ".join(allowed_methods(request.app.state.own_routes, request))
    made = RequestError(str(error.detail), code=_CODES.get(error.status_code, f"http_{error.status_code}"))
    made.status = error.status_code
    return problem(made, more)


async def _on_bug(_request: Request, _error: Exception) -> Response:
    return problem(StagedoorError("something went wrong here", hint="Look at control's log."))


def allowed_methods(routes: Sequence[BaseRoute], request: Request) -> list[str]:
    """Return every method that some route takes at the request's path."""
    methods: set[str] = set()
    for route in routes:
        matched, _ = route.matches(request.scope)
        if matched is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return sorted(methods)


_CODES = {408: "timeout", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 400: "bad_request"}
