"""WHIP (RFC 9725): publishers' offers, candidates, ICE restarts and good-byes."""

from fastapi import APIRouter, Request, Response

from stagedoor.control.http import CallerOf, Parts, answers, read_text
from stagedoor.control.routes.rtc import (
    FRAGMENT_TYPE,
    ID,
    SDP_TYPE,
    Instance,
    created,
    ice_links,
    options,
    patched,
    sdp_body,
    veiled,
)

router = APIRouter(tags=["WHIP"])
ENDPOINT = "/api/calls/whip/{guest_id}"
RESOURCE = ENDPOINT + "/{session_id}"


@router.post(
    ENDPOINT,
    status_code=201,
    response_class=Response,
    openapi_extra=sdp_body(SDP_TYPE),
    responses=answers(400, 401, 403, 404, 406, 409, 410, 413, 415, 422, 502, 503),
)
async def publish(
    guest_id: ID, request: Request, control: Parts, caller: CallerOf, instance: Instance = None
) -> Response:
    """Open a session with an offer; the answer has every candidate of ours."""
    offer = await read_text(request, SDP_TYPE)
    with veiled(operator=caller.operator):
        answer = await control.publishing.open(guest_id, caller, instance, offer)
    links = ice_links(control.settings.webrtc.ice_servers)
    location = control.auth.location(request, f"/api/calls/whip/{guest_id}/{answer.id}")
    return created(answer, location, links)


@router.patch(
    RESOURCE,
    response_class=Response,
    openapi_extra=sdp_body(FRAGMENT_TYPE),
    responses=answers(400, 401, 403, 404, 412, 413, 415, 422, 428, 503),
)
async def trickle(
    guest_id: ID, session_id: ID, request: Request, control: Parts, caller: CallerOf
) -> Response:
    """Take candidates (204), or restart ICE (200 with our new credentials)."""
    session = control.publishing.find(guest_id, session_id, caller)
    return await patched(request, lambda fragment: control.relay.patch_session(session.id, fragment))


@router.delete(RESOURCE, response_class=Response, responses=answers(401, 403, 404))
async def unpublish(guest_id: ID, session_id: ID, control: Parts, caller: CallerOf) -> Response:
    """End a session."""
    await control.publishing.delete(control.publishing.find(guest_id, session_id, caller))
    return Response()


@router.api_route(ENDPOINT, methods=["GET", "HEAD"], status_code=204, include_in_schema=False)
@router.api_route(RESOURCE, methods=["GET", "HEAD"], status_code=204, include_in_schema=False)
async def nothing_to_show() -> Response:
    """Answer that there is no representation (section 4.1)."""
    return Response(status_code=204)


@router.options(ENDPOINT, include_in_schema=False)
async def whip_options(request: Request) -> Response:
    """Say what can be posted, and let pages of other origins do so."""
    return options(request, "POST, OPTIONS", {"Accept-Post": SDP_TYPE})


@router.options(RESOURCE, include_in_schema=False)
async def whip_session_options(request: Request) -> Response:
    """Say what can be sent to a session."""
    return options(request, "PATCH, DELETE, OPTIONS", {"Accept-Patch": FRAGMENT_TYPE})
