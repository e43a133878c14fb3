"""Talkback: an operator's microphone by WHIP (RFC 9725), and to whom it goes."""

import secrets as random
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from stagedoor.control.core import Control
from stagedoor.control.http import OPERATOR, RETURNS, Parts, answers, read_text
from stagedoor.control.mixer.schemas import MonitorName, TalkbackBody
from stagedoor.control.mixer.talkback_answers import TalkbackList, TalkbackSaved, TalkbackView
from stagedoor.control.mixer.talkbacks import Addressed
from stagedoor.control.routes.rtc import (
    FRAGMENT_TYPE,
    ID,
    SDP_TYPE,
    answer_politely,
    created,
    ice_links,
    patched,
    sdp_body,
)
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.ids import LOBBY_PREFIX, secret_id, talkback_path
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import Binding, SessionAnswer, SessionRequest

router = APIRouter(tags=["Talkback"])
ENDPOINT = "/whip/talkback"
RESOURCE = ENDPOINT + "/{session_id}"
ALLOWED = [OPERATOR, RETURNS]
PICTURE_BITRATE = 100_000
"""Nobody sees an operator: what comes with a picture all the same is kept small."""


@router.post(
    ENDPOINT,
    status_code=201,
    response_class=Response,
    dependencies=ALLOWED,
    openapi_extra=sdp_body(SDP_TYPE),
    responses=answers(400, 401, 403, 406, 409, 413, 415, 422, 503),
)
async def publish_talkback(
    request: Request, control: Parts, operator: Annotated[MonitorName, Query()] = "main"
) -> Response:
    """Take an operator's microphone; the newest offer of an operator replaces the one before."""
    answer = await _open(control, operator, await read_text(request, SDP_TYPE))
    control.mixing.talkbacks.opened(operator, answer.id)
    location = control.auth.location(request, f"{ENDPOINT}/{answer.id}")
    return created(answer, location, ice_links(control.settings.webrtc.ice_servers))


@router.patch(
    RESOURCE,
    response_class=Response,
    dependencies=ALLOWED,
    openapi_extra=sdp_body(FRAGMENT_TYPE),
    responses=answers(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503),
)
async def trickle_talkback(session_id: ID, request: Request, control: Parts) -> Response:
    """Take candidates (204), or restart ICE (200 with our new credentials)."""
    control.mixing.talkbacks.require(session_id)
    return await patched(request, lambda fragment: control.relay.patch_session(session_id, fragment))


@router.delete(RESOURCE, response_class=Response, dependencies=ALLOWED, responses=answers(401, 403, 404, 409))
async def unpublish_talkback(session_id: ID, control: Parts) -> Response:
    """End a session, and with it what the operator holds."""
    control.mixing.talkbacks.require(session_id)
    control.mixing.talkbacks.closed(session_id)
    await control.stage.close_at_relay(session_id, EndReason.LEFT)
    return Response()


answer_politely(router, ENDPOINT, RESOURCE)


@router.get("/api/talkback", dependencies=ALLOWED, responses=answers(401, 403, 409))
async def list_talkbacks(control: Parts) -> TalkbackList:
    """Return the operators who can speak, and to whom each of them speaks now."""
    operators = control.mixing.talkbacks.operators
    return TalkbackList(talkbacks={operator: _view(control, operator) for operator in operators})


@router.post("/api/talkback", dependencies=ALLOWED, responses=answers(401, 403, 409, 422, 503))
async def hold_talkback(body: TalkbackBody, control: Parts) -> TalkbackSaved:
    """Speak to guests for as long as it is held: until `on` is false, or the microphone is gone."""
    _require_known(control, body.to)
    frame = await control.mixing.speak(body.operator, body.to, on=body.on)
    return TalkbackSaved(frame=frame, talkback=_view(control, body.operator))


async def _open(control: Control, operator: str, offer: str) -> SessionAnswer:
    control.mixing.talkbacks.require_room(operator)
    path = talkback_path(operator)
    request = SessionRequest(
        session=secret_id(random.token_bytes(16)),
        owner=path,
        label=path,
        offer=offer,
        binding=Binding(path=path),
        max_bitrate=PICTURE_BITRATE,
    )
    return await control.relay.open_session(request)


def _require_known(control: Control, to: Addressed) -> None:
    house = control.stage.house
    for place, name in enumerate(() if to == "all" else to):
        if name not in house.seats and house.called(name.removeprefix(LOBBY_PREFIX)) is None:
            raise InvalidError(f"to.{place}: there is no guest or seat {name}", code="guest_unknown")


def _view(control: Control, operator: str) -> TalkbackView:
    return TalkbackView(path=talkback_path(operator), to=control.mixing.talkbacks.to(operator))
