"""Commands to guests' pages, and raised hands."""

from fastapi import APIRouter, Request

from stagedoor.control.backstage.command_schemas import (
    CommandAnswer,
    CommandList,
    CommandView,
    GuestCommand,
    HandBody,
)
from stagedoor.control.http import OPERATOR, CallerOf, Parts, answers
from stagedoor.control.routes.guests import called_guest, guest_of_caller
from stagedoor.control.routes.rtc import ID
from stagedoor.control.schemas import GuestView
from stagedoor.control.views import for_guest
from stagedoor.domain.errors import ForbiddenError

router = APIRouter(tags=["Guests"], prefix="/api/guests")


@router.post(
    "/{guest_id}/commands",
    status_code=202,
    dependencies=[OPERATOR],
    responses=answers(401, 403, 404, 409, 422, 503),
)
async def command_guest(guest_id: ID, body: GuestCommand, request: Request, control: Parts) -> CommandView:
    """Ask a guest's page for something; what becomes of it is told as events."""
    return control.commands.send(called_guest(request, guest_id), body)


@router.get("/{guest_id}/commands", dependencies=[OPERATOR], responses=answers(401, 403, 404))
async def list_commands(guest_id: ID, request: Request, control: Parts) -> CommandList:
    """Return the last commands to a guest, the newest last."""
    return CommandList(commands=control.commands.recent(called_guest(request, guest_id).id))


@router.post("/{guest_id}/commands/{command_id}", responses=answers(401, 403, 404, 409, 422))
async def answer_command(
    guest_id: ID, command_id: ID, body: CommandAnswer, request: Request, control: Parts, caller: CallerOf
) -> CommandView:
    """Take what a guest's page says of a command."""
    return control.commands.answer(guest_of_caller(request, guest_id, caller), command_id, body)


@router.post("/{guest_id}/hand", responses=answers(401, 403, 404, 409, 422, 503))
async def raise_hand(
    guest_id: ID, body: HandBody, request: Request, control: Parts, caller: CallerOf
) -> GuestView:
    """Raise a hand, or lower it: the guest both, an operator the latter."""
    stage = control.stage
    if caller.operator and body.raised:
        raise ForbiddenError("only guests raise their hands")
    guest = called_guest(request, guest_id) if caller.operator else guest_of_caller(request, guest_id, caller)
    if caller.operator:
        control.hands.lower(guest)
    else:
        control.hands.raise_own(guest, raised=body.raised)
    view = stage.view(stage.house.guest(guest.id))
    return view if caller.operator else for_guest(view)
