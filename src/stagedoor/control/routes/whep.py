"""WHEP (draft-ietf-wish-whep): viewers of any path of the hub, by way of the relay."""

import secrets as random

from fastapi import APIRouter, Request, Response

from stagedoor.control.bindings import base_path
from stagedoor.control.core import Control
from stagedoor.control.http import Parts, answers, read_text
from stagedoor.control.readers import require_reader
from stagedoor.control.routes.rtc import (
    FRAGMENT_TYPE,
    ID,
    SDP_TYPE,
    answer_politely,
    created,
    ice_links,
    patched,
    sdp_body,
    veiled,
)
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.ids import RETURN_PREFIX, return_path, return_video_path, secret_id
from stagedoor.ipc.messages import ViewerRequest

router = APIRouter(tags=["WHEP"])
ENDPOINT = "/whep/{path}"
RESOURCE = ENDPOINT + "/{viewer_id}"


@router.post(
    ENDPOINT,
    status_code=201,
    response_class=Response,
    openapi_extra=sdp_body(SDP_TYPE),
    responses=answers(400, 401, 403, 404, 406, 409, 413, 415, 502, 503),
)
async def view(path: ID, request: Request, control: Parts) -> Response:
    """Show a path to a viewer, in the path's own codec only; a return takes the carrier of its guest."""
    invite = require_reader(control, request, path)
    offer = await read_text(request, SDP_TYPE)
    carrier = _carrier_of(control, invite, path)
    wanted = ViewerRequest(
        viewer=secret_id(random.token_bytes(16)),
        path=path,
        offer=offer,
        carrier=carrier,
        picture=_picture_of(control, path) if carrier is CarrierKind.CLOUDFLARE else "",
        invite=invite or "",
    )
    with veiled(operator=invite is None):
        answer = await control.relay.open_viewer(wanted)
    await control.stage.own_readers.add_viewer(invite, path, answer.id)
    location = control.auth.location(request, f"/whep/{path}/{answer.id}")
    return created(answer, location, ice_links(control.settings.webrtc.ice_servers))


@router.patch(
    RESOURCE,
    response_class=Response,
    openapi_extra=sdp_body(FRAGMENT_TYPE),
    responses=answers(400, 401, 403, 404, 409, 412, 413, 415, 428, 503),
)
async def trickle_viewer(path: ID, viewer_id: ID, request: Request, control: Parts) -> Response:
    """Take candidates (204), or restart ICE (200)."""
    require_reader(control, request, path)
    return await patched(request, lambda fragment: control.relay.patch_viewer(viewer_id, fragment))


@router.delete(RESOURCE, response_class=Response, responses=answers(401, 403, 404, 409))
async def unview(path: ID, viewer_id: ID, request: Request, control: Parts) -> Response:
    """End a viewer's connection."""
    require_reader(control, request, path)
    control.stage.own_readers.forget_viewer(viewer_id)
    await control.relay.close_viewer(viewer_id)
    return Response()


answer_politely(router, ENDPOINT, RESOURCE)


def _carrier_of(control: Control, invite: str | None, path: str) -> CarrierKind:
    """Return the carrier of the guest's session for the guest's own return; the built-in one for the rest."""
    guest = None if invite is None else control.stage.house.of_invite(invite)
    if guest is None or path != return_path(base_path(guest)):
        return CarrierKind.BUILTIN
    session = control.stage.sessions.of(guest.id, screen=False)
    return control.stage.carrier_of(guest) if session is None else session.carrier


def _picture_of(control: Control, path: str) -> str:
    """Return the path of a return's own picture; empty where all returns have the same."""
    seat = path.removeprefix(RETURN_PREFIX)
    return return_video_path(seat) if control.stage.returns.url(seat) else ""
