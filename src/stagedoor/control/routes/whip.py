"""WHIP (RFC 9725): publishers' offers, candidates, ICE restarts and good-byes."""

from fastapi import APIRouter, Request, Response

from stagedoor.control.http import CallerOf, Parts, answers, read_text
from stagedoor.control.routes.rtc import (
    FRAGMENT_TYPE,
    ID,
    SDP_TYPE,
    Instance,
    answer_politely,
    created,
    ice_links,
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


answer_politely(router, ENDPOINT, RESOURCE)
