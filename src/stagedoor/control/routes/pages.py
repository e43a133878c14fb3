"""The pages and their files."""

import html
import mimetypes
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from stagedoor.control.auth import COOKIE, COOKIE_S
from stagedoor.control.builds import DESK_PAGE, GUEST_PAGE, STATIC, Builds
from stagedoor.control.http import Parts
from stagedoor.domain.errors import NotFoundError, StagedoorError

router = APIRouter(include_in_schema=False)

YEAR_S = 365 * 86400

# Otherwise the first file that is asked for has the system's tables read in the middle of the loop.
mimetypes.init()


class Assets(StaticFiles):
    """Built files, whose names change with their content, compressed for whoever takes that."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file that may be kept for a year."""
        response = await self._packed(path, scope) or await super().get_response(path, scope)
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    async def _packed(self, path: str, scope: Scope) -> Response | None:
        """Return the compressed copy of a file; None where there is none, or it is not wanted."""
        if not _takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            return None
        try:
            response = await super().get_response(f"{path}.gz", scope)
        except HTTPException:
            return None
        response.headers["Content-Encoding"] = "gzip"
        return response


def _takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` names gzip, and does not refuse it (RFC 9110, 12.5.3)."""
    for each in accepted.lower().split(","):
        coding, _, weight = each.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return not weight or weight.strip("0.") != ""
    return False


@router.get("/")
async def root() -> Response:
    """Send visitors to the guest page."""
    return RedirectResponse("/guest_join", 307)


@router.get("/guest_join")
async def guest_page(control: Parts) -> Response:
    """Return the guest page."""
    return await _page(control.builds, GUEST_PAGE)


@router.get("/switcher")
async def switcher_page(
    request: Request, control: Parts, token: str | None = None, lang: str | None = None
) -> Response:
    """Return the operator's page; the link's token becomes a cookie first, and `lang` stays."""
    if token is not None:
        return _log_in(request, control, token, "" if lang is None else f"?{urlencode({'lang': lang})}")
    try:
        control.auth.require_operator(request)
    except StagedoorError:
        return _message(
            401, "This page is for operators.", "Open the operator's link; `stagedoor link` prints it."
        )
    return await _page(control.builds, DESK_PAGE)


def _log_in(request: Request, control: Parts, token: str, query: str) -> Response:
    if not control.auth.is_operator_token(token):
        return _message(401, "This link is not valid any more.", "`stagedoor link` prints the one that is.")
    response = RedirectResponse(f"/switcher{query}", 303)
    response.set_cookie(
        COOKIE,
        control.auth.cookie(),
        max_age=COOKIE_S,
        httponly=True,
        samesite="lax",
        secure=control.auth.is_secure(request),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def _page(builds: Builds, name: str) -> Response:
    try:
        page = await builds.read(STATIC, name)
    except FileNotFoundError:
        raise NotFoundError(
            "the pages are not part of this build", code="pages_missing", hint="`make web` builds them."
        ) from None
    return HTMLResponse(page)


def _message(status: int, title: str, text: str) -> Response:
    title, text = html.escape(title), html.escape(text)
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Stagedoor</title>'
    page = f"{head}<h1>{title}</h1><p>{text}</p>"
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})
