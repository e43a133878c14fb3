"""Invites: links that let somebody in."""

from fastapi import APIRouter, Request, Response

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.join_schemas import InviteBody, InviteList, InviteView
from stagedoor.control.routes.rtc import ID
from stagedoor.domain.invite import Origin

router = APIRouter(tags=["Invites"], prefix="/api/invites", dependencies=[OPERATOR])


@router.post("", status_code=201, responses=answers(401, 403, 404, 409, 422, 503))
async def make_invite(body: InviteBody, request: Request, control: Parts) -> InviteView:
    """Make a link."""
    invite = await control.door.make(body)
    (view,) = await control.door.views([invite], control.auth.base_url(request))
    return view


@router.get("", responses=answers(401, 403))
async def list_invites(request: Request, control: Parts) -> InviteList:
    """Return the links that work."""
    base, now_ms = control.auth.base_url(request), control.now_ms()
    made = (i for i in control.stage.house.invites.values() if i.origin is Origin.LINK and i.works(now_ms))
    return InviteList(invites=await control.door.views(made, base))


@router.delete("/{invite_id}", status_code=204, responses=answers(401, 403, 404))
async def revoke_invite(invite_id: ID, control: Parts) -> Response:
    """Have a link let nobody in any more; a guest who is in stays."""
    await control.stage.apply(control.stage.house.revoked(invite_id, control.now_ms()))
    return Response(status_code=204)
