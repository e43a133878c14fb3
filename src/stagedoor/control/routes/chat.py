"""The chat."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from stagedoor.control.auth import Caller
from stagedoor.control.backstage.chat_schemas import ChatBody, ChatList, ChatMessage
from stagedoor.control.core import Control
from stagedoor.control.http import CallerOf, Parts, answers
from stagedoor.domain.errors import Blame, ConflictError
from stagedoor.domain.guest import Guest

router = APIRouter(tags=["Chat"], prefix="/api/chat")


@router.get("", responses=answers(401, 403, 409, 422))
async def read_chat(
    request: Request, control: Parts, caller: CallerOf, after: Annotated[int, Query(ge=0)] = 0
) -> ChatList:
    """Return what was said after the message of that number, as far as the caller may know."""
    reader = _speaker(request, control, caller)
    return ChatList(messages=control.chat.read(reader, after), newest=control.chat.newest(reader))


@router.post("", status_code=201, responses=answers(401, 403, 404, 409, 422, 503))
async def say(body: ChatBody, request: Request, control: Parts, caller: CallerOf) -> ChatMessage:
    """Say something to everyone, or between one guest and the operators."""
    return control.chat.say(_speaker(request, control, caller), body.guest, body.text)


def _speaker(request: Request, control: Control, caller: Caller) -> Guest | None:
    """Return the guest who calls; None for an operator.

    Raises:
        UnauthenticatedError: Neither calls.
        ConflictError: The guest is not here.
    """
    if caller.invite is None:
        control.auth.require_operator(request)
        return None
    guest = control.stage.house.of_invite(caller.invite.id)
    if guest is None:
        raise ConflictError("join first", code="not_joined", blame=Blame.GUEST)
    return guest
