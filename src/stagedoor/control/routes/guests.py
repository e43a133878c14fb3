"""Guests: who is here, what the operator does with them, what their own pages say."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from stagedoor.control import relays
from stagedoor.control.auth import Caller
from stagedoor.control.core import Control
from stagedoor.control.http import OPERATOR, CallerOf, Parts, answers, get_control
from stagedoor.control.mixer.tags import IfMatch, put_tag, require_tag
from stagedoor.control.own_word import OwnWord
from stagedoor.control.routes.rtc import ID, Instance
from stagedoor.control.schemas import (
    CarrierBody,
    GuestList,
    GuestView,
    RemoveBody,
    RenameBody,
    ReportBody,
    SeatBody,
)
from stagedoor.control.views import for_desk, for_guest
from stagedoor.domain.errors import Blame, ForbiddenError, NotFoundError, UnauthenticatedError
from stagedoor.domain.guest import Guest
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import Devices

router = APIRouter(tags=["Guests"], prefix="/api/guests")


@router.get("", dependencies=[OPERATOR], responses=answers(401, 403))
async def list_guests(control: Parts) -> GuestList:
    """Return all guests with everything that the relay measures of them."""
    return GuestList(guests=control.stage.guests())


@router.get("/{guest_id}", responses=answers(401, 403, 404))
async def get_guest(
    guest_id: ID, request: Request, control: Parts, caller: CallerOf, response: Response
) -> GuestView:
    """Return one guest, with the `ETag` of the name; guests may ask for themselves."""
    if caller.invite is None:
        control.auth.require_operator(request)
        view = _shown(control, called_guest(request, guest_id).id)
    else:
        view = for_guest(control.stage.view(_own(request, guest_id, caller.invite.id)))
    put_tag(response, view)
    return view


@router.post("/{guest_id}/seat", dependencies=[OPERATOR], responses=answers(401, 403, 404, 409))
async def seat_guest(guest_id: ID, body: SeatBody, request: Request, control: Parts) -> GuestView:
    """Put a guest in a seat: what they send goes to its destinations, without a new connection."""
    guest = called_guest(request, guest_id)
    await control.stage.apply(control.stage.house.seated(guest.id, body.seat))
    return _shown(control, guest.id)


@router.post("/{guest_id}/hold", dependencies=[OPERATOR], responses=answers(401, 403, 404, 409))
async def hold_guest(guest_id: ID, request: Request, control: Parts) -> GuestView:
    """Take a guest back to the lobby; the seat is free then."""
    guest = called_guest(request, guest_id)
    await control.stage.apply(control.stage.house.held(guest.id))
    return _shown(control, guest.id)


@router.post("/{guest_id}/remove", dependencies=[OPERATOR], responses=answers(401, 403, 404, 409))
async def remove_guest(
    guest_id: ID, request: Request, control: Parts, body: RemoveBody | None = None
) -> GuestView:
    """End a guest's visit; with `block`, the link lets nobody in any more."""
    guest = called_guest(request, guest_id)
    block = body is not None and body.block
    await control.stage.apply(control.stage.house.removed(guest.id, control.now_ms(), block=block))
    return _shown(control, guest.id)


@router.post("/{guest_id}/rename", dependencies=[OPERATOR], responses=answers(401, 403, 404, 412, 422))
async def rename_guest(
    guest_id: ID,
    body: RenameBody,
    request: Request,
    response: Response,
    control: Parts,
    if_match: IfMatch = None,
) -> GuestView:
    """Give a guest another name, with its `ETag`."""
    guest = called_guest(request, guest_id)
    require_tag(if_match, control.stage.view(guest))
    await control.stage.apply(control.stage.house.renamed(guest.id, body.name))
    view = _shown(control, guest.id)
    put_tag(response, view)
    return view


@router.post("/{guest_id}/carrier", dependencies=[OPERATOR], responses=answers(401, 403, 404, 409))
async def switch_carrier(guest_id: ID, body: CarrierBody, request: Request, control: Parts) -> GuestView:
    """Have a guest come by another carrier; a page that is connected comes back by itself."""
    guest = called_guest(request, guest_id)
    await control.stage.carry(guest.id, body.carrier)
    return _shown(control, guest.id)


@router.post(
    "/{guest_id}/relay/restart", dependencies=[OPERATOR], responses=answers(401, 403, 404, 409, 422, 503)
)
async def restart_relay(
    guest_id: ID,
    request: Request,
    control: Parts,
    destination: Annotated[str | None, Query(max_length=80)] = None,
    screen: bool | None = None,
) -> GuestView:
    """Have what a guest sends begin anew at its destinations, or at one; the guest's connection goes on."""
    guest = called_guest(request, guest_id)
    await relays.restart_relay(control.stage, guest, destination, screen=screen)
    return _shown(control, guest.id)


@router.post("/{guest_id}/report", responses=answers(401, 403, 404, 409))
async def report_devices(
    guest_id: ID, body: ReportBody, request: Request, control: Parts, caller: CallerOf
) -> GuestView:
    """Take what a guest's page has switched off, so that silence and stills are understood.

    `devices` says which ones the operators may ask for by a command; nobody else is told.
    `readiness` says what the page has found wrong with the guest's side; the same are told.
    `on_screen` says what it shows of what operators sent; the same are told.
    `sending` says whose packets have begun to leave, so that Cloudflare is asked for them at once.
    """
    guest = guest_of_caller(request, guest_id, caller)
    if not guest.ended:
        switches = Devices(camera=body.camera, mic=body.mic)
        await control.stage.report(guest, OwnWord(switches, body.devices, body.readiness, body.on_screen))
        if body.sending is not None:
            await control.stage.sending(guest, body.sending.session, body.sending.kinds)
    return for_guest(control.stage.view(guest))


@router.post("/{guest_id}/leave", status_code=204, responses=answers(401, 403, 404))
async def leave(
    guest_id: ID,
    request: Request,
    control: Parts,
    instance: Annotated[str | None, Query(max_length=80)] = None,
    visit: Annotated[str | None, Query(max_length=80)] = None,
    sender: Instance = None,
) -> Response:
    """Say good-bye: at once by Bearer; by `?invite=`, as a closing page does, unless it was a reload.

    Of another page, or of a visit before, which may arrive late, it ends nothing.
    """
    caller = control.auth.caller(request, by_query=True)
    guest = guest_of_caller(request, guest_id, caller)
    if guest.ended or not _is_of(guest, instance or sender, visit):
        return Response(status_code=204)
    house, now_ms = control.stage.house, control.now_ms()
    if "authorization" in request.headers:
        await control.stage.apply(house.left(guest.id, now_ms))
    else:
        await control.stage.apply(house.leaving(guest.id, now_ms))
        for session in control.stage.sessions.all_of(guest.id):
            await control.stage.close(session, EndReason.LEFT)
    return Response(status_code=204)


def called_guest(request: Request, name: str) -> Guest:
    """Return the guest with this id or in this seat; raise `NotFoundError` if there is none."""
    guest = get_control(request).stage.house.called(name)
    if guest is None:
        raise NotFoundError("there is no such guest", code="guest_unknown")
    return guest


def guest_of_caller(request: Request, name: str, caller: Caller) -> Guest:
    """Return the guest whose invite came along.

    Raises:
        UnauthenticatedError: None did.
        NotFoundError: There is no such guest.
        ForbiddenError: It is another one.
    """
    if caller.invite is None:
        raise UnauthenticatedError("an invite has to come along", blame=Blame.GUEST)
    return _own(request, name, caller.invite.id)


def _is_of(guest: Guest, instance: str | None, visit: str | None) -> bool:
    """Tell whether what a page says is of the visit that is; what names none is."""
    return instance in (None, guest.instance) and visit in (None, guest.visit)


def _shown(control: Control, guest: str) -> GuestView:
    """Return a guest as operators are told of them now."""
    return for_desk(control.stage.view(control.stage.house.guest(guest)))


def _own(request: Request, name: str, invite: str) -> Guest:
    guest = called_guest(request, name)
    if guest.invite != invite:
        raise ForbiddenError("this is another guest", blame=Blame.GUEST)
    return guest
