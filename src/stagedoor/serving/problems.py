"""Failures as answers."""

import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stagedoor.domain.errors import StagedoorError
from stagedoor.ipc import problems

logger = logging.getLogger(__name__)


def problem(error: StagedoorError, more: Mapping[str, str] | None = None) -> Response:
    """Return the problem document of an error, with header fields of the caller's beside its own."""
    return JSONResponse(
        problems.to_problem(error),
        error.status,
        headers={**problems.headers(error), **(more or {})},
        media_type=problems.CONTENT_TYPE,
    )


def _known(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StagedoorError)
    return problem(error)


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    document = {"type": "about:blank", "title": error.detail, "status": error.status_code}
    return JSONResponse(
        document, error.status_code, headers=dict(error.headers or {}), media_type=problems.CONTENT_TYPE
    )


def _bug(_request: Request, error: Exception) -> Response:
    logger.error("A request failed", exc_info=error)
    return problem(StagedoorError("an error of ours, see the log"))


HANDLERS: dict[Any, Any] = {
    StagedoorError: _known,
    HTTPException: _http,
    Exception: _bug,
}
"""For the `exception_handlers` of an application."""
