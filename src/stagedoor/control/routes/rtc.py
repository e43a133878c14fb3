"""What WHIP and WHEP have in common: offers, answers, SDP fragments, CORS."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response

from stagedoor.control.http import read_text
from stagedoor.domain.errors import Blame, StagedoorError, UnconditionalError
from stagedoor.ipc.messages import FragmentAnswer, FragmentRequest, SessionAnswer
from stagedoor.settings import IceServer

SDP_TYPE = "application/sdp"
FRAGMENT_TYPE = "application/trickle-ice-sdpfrag"
CORS_SENT = "Authorization, Content-Type, If-Match, X-Stagedoor-Instance"
CORS_SEEN = "Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After"
CORS_AGE_S = 600

Instance = Annotated[
    str | None, Header(alias="X-Stagedoor-Instance", max_length=80, pattern=r"^[A-Za-z0-9_-]+$")
]
ID = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


def sdp_body(content_type: str) -> dict[str, Any]:
    """Return the body of a route for the OpenAPI document."""
    content = {content_type: {"schema": {"type": "string"}}}
    return {"requestBody": {"required": True, "content": content}}


@contextmanager
def veiled(*, operator: bool) -> Iterator[None]:
    """Keep from a guest in whose words, and by which of our settings, a carrier fails.

    Raises:
        StagedoorError: That of the block, with its code and what the guest can mend by themselves.
    """
    try:
        yield
    except StagedoorError as error:
        if operator or error.blame is Blame.GUEST or not error.code.startswith("carrier_"):
            raise
        raise type(error)(
            "the line to the studio cannot be set up",
            code=error.code,
            hint="",
            blame=error.blame,
            retryable=error.retryable,
        ) from error


def created(answer: SessionAnswer, location: str, links: Iterable[str]) -> Response:
    """Return the answer to an offer (RFC 9725 section 4.2)."""
    response = Response(answer.answer, status_code=201, media_type=SDP_TYPE)
    response.headers["Location"] = location
    response.headers["ETag"] = _entity_tag(answer.etag)
    response.headers["Accept-Patch"] = FRAGMENT_TYPE
    for link in links:
        response.headers.append("Link", link)
    return response


async def patched(request: Request, send: Callable[[FragmentRequest], Awaitable[FragmentAnswer]]) -> Response:
    """Hand a fragment on, and return what its sender gets (RFC 9725 section 4.3).

    Raises:
        UnconditionalError: No entity tag came along.
    """
    fragment = await read_text(request, FRAGMENT_TYPE)
    if_match = request.headers.get("if-match")
    if if_match is None:
        raise UnconditionalError(
            "If-Match must name the session's entity tag, or * for an ICE restart", blame=Blame.GUEST
        )
    answer = await send(FragmentRequest(fragment=fragment, if_match=if_match))
    if answer.fragment is None:
        return Response(status_code=204)
    response = Response(answer.fragment, media_type=FRAGMENT_TYPE)
    response.headers["ETag"] = _entity_tag(answer.etag)
    return response


def answer_politely(router: APIRouter, endpoint: str, resource: str) -> None:
    """Answer what may be asked of an endpoint and its sessions beside the offers, fragments and good-byes.

    There is no representation of either (RFC 9725 section 4.1), and pages of other origins may use both.
    """
    asked: tuple[tuple[str, str, dict[str, str]], ...] = (
        (endpoint, "POST, OPTIONS", {"Accept-Post": SDP_TYPE}),
        (resource, "PATCH, DELETE, OPTIONS", {"Accept-Patch": FRAGMENT_TYPE}),
    )
    for path, methods, fields in asked:
        router.add_api_route(
            path, _nothing, methods=["GET", "HEAD"], status_code=204, include_in_schema=False
        )
        router.add_api_route(path, _options(methods, fields), methods=["OPTIONS"], include_in_schema=False)


async def _nothing() -> Response:
    return Response(status_code=204)


def _options(methods: str, fields: Mapping[str, str]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        return _permission(request, methods, fields)

    return answered


def _permission(request: Request, methods: str, fields: Mapping[str, str]) -> Response:
    """Answer an OPTIONS request, a preflight or not (RFC 9725 section 4.2)."""
    response = Response(headers={"Allow": methods, **fields})
    if "access-control-request-method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = methods
        response.headers["Access-Control-Allow-Headers"] = CORS_SENT
        response.headers["Access-Control-Max-Age"] = str(CORS_AGE_S)
    return response


def ice_links(servers: Iterable[IceServer]) -> list[str]:
    """Return the ICE servers as values of Link fields (RFC 9725 section 4.6)."""
    links = []
    for server in servers:
        login = ""
        if server.username is not None and server.credential is not None:
            login = f'; username="{_quoted(server.username)}"; credential="{_quoted(server.credential)}"'
            login += '; credential-type="password"'
        links += [f'<{url}>; rel="ice-server"{login}' for url in server.urls]
    return links


def _entity_tag(name: str) -> str:
    """Return the name of an ICE session as a strong entity tag (RFC 9110 section 8.8.3)."""
    return f'"{name}"'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
