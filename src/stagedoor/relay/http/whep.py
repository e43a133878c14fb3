"""WHEP at the hub's own port (draft-ietf-wish-whep): SDP in, SDP out."""

import secrets
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from stagedoor.domain.errors import NotFoundError, TooLargeError, UnsupportedTypeError
from stagedoor.ipc.messages import FragmentRequest, ViewerRequest
from stagedoor.relay.http.access import Access
from stagedoor.relay.viewers import Viewers
from stagedoor.settings import IceServer

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
MAX_BODY = 64 * 1024


class Whep:
    """The three requests of a viewer.

    Args:
        viewers: Answers the offers.
        access: Checks the tokens.
        ice_servers: Told to viewers in `Link` fields.
    """

    def __init__(self, viewers: Viewers, access: Access, ice_servers: Sequence[IceServer]) -> None:
        self._viewers = viewers
        self._access = access
        self._links = [_link(server, url) for server in ice_servers for url in server.urls]

    async def post(self, request: Request) -> Response:
        """Answer an offer."""
        path = request.path_params["path"]
        self._access.check(request, "read", path)
        offer = await _body(request, SDP)
        viewer = secrets.token_urlsafe(16)
        answer = await self._viewers.open(ViewerRequest(viewer=viewer, path=path, offer=offer))
        response = Response(answer.answer, 201, media_type=SDP)
        response.headers["Location"] = f"/whep/{path}/{viewer}"
        response.headers["ETag"] = f'"{answer.etag}"'
        response.headers["Accept-Patch"] = FRAGMENT
        for link in self._links:
            response.headers.append("Link", link)
        return response

    async def patch(self, request: Request) -> Response:
        """Take trickled candidates, or an ICE restart."""
        viewer = self._resource(request)
        fragment = await _body(request, FRAGMENT)
        answer = await self._viewers.patch(
            viewer, FragmentRequest(fragment=fragment, if_match=request.headers.get("if-match"))
        )
        headers = {"ETag": f'"{answer.etag}"'}
        if answer.fragment is None:
            return Response(status_code=204, headers=headers)
        return Response(answer.fragment, 200, headers=headers, media_type=FRAGMENT)

    async def delete(self, request: Request) -> Response:
        """End the viewing."""
        await self._viewers.close(self._resource(request))
        return Response()

    async def options(self, _request: Request) -> Response:
        """Say what is taken; a browser's preflight is answered before it comes here."""
        return Response(status_code=204, headers={"Accept-Post": SDP, "Accept-Patch": FRAGMENT})

    def _resource(self, request: Request) -> str:
        path, viewer = request.path_params["path"], str(request.path_params["viewer"])
        self._access.check(request, "read", path)
        if self._viewers.path_of(viewer) != path:
            raise NotFoundError("there is no such viewer", code="viewer_unknown")
        return viewer


async def _body(request: Request, wanted: str) -> str:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != wanted:
        raise UnsupportedTypeError(f"{wanted} is wanted")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise TooLargeError(f"more than {MAX_BODY} bytes are not read")
    return body.decode("utf-8", "replace")


def _link(server: IceServer, url: str) -> str:
    link = f'<{url}>; rel="ice-server"'
    if server.username is not None and server.credential is not None:
        link += f'; username="{_quoted(server.username)}"; credential="{_quoted(server.credential)}"'
        link += '; credential-type="password"'
    return link


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
