"""Joining: what the guest page shows before, and the press of the button."""

from collections.abc import Iterable

from fastapi import APIRouter, Request

from stagedoor.control.core import Control
from stagedoor.control.http import CallerOf, Parts, answers
from stagedoor.control.join_schemas import InviteSummary, JoinBody, Joined, JoinInfo
from stagedoor.control.views import before_joining, for_guest, label_of
from stagedoor.domain.guest import Guest
from stagedoor.domain.invite import Invite
from stagedoor.settings import SeatSettings
from stagedoor.settings.model import NOTICE

router = APIRouter(tags=["Join"])


@router.get("/api/join", responses=answers(401, 403, 410))
async def join_info(request: Request, control: Parts, caller: CallerOf) -> JoinInfo:
    """Return what a guest must know before Join; the page of the invite counts as open from now on."""
    invite = caller.invite
    guest = None if invite is None else await control.door.opened(invite)
    guests = control.settings.guests
    return JoinInfo(
        production=guests.production,
        notice=guests.notice,
        notice_version=control.door.notice_version,
        usual_notice=guests.notice == NOTICE,
        open=guests.open,
        invite=None if invite is None else _summary(invite, guests.seats),
        guest=None if guest is None else before_joining(control.stage.view(guest)),
        max_bitrate=guests.max_bitrate,
        records=control.recordings.take is not None,
        streams=any(destination.enabled for destination in control.settings.relay.destinations),
        returns=control.mixing.runs,
        https_url=_secure_page(request, control),
    )


@router.post("/api/join", responses=answers(401, 403, 409, 410, 422, 503))
async def join(body: JoinBody, control: Parts, caller: CallerOf) -> Joined:
    """Go in, by invite or by knocking; a knock answers with a token of its own."""
    guest, invite = await control.door.join(caller.invite, body)
    return Joined(
        guest=for_guest(control.stage.view(guest)),
        token=control.door.token(invite),
        endpoint=f"/api/calls/whip/{_place(guest, invite)}",
    )


def _summary(invite: Invite, seats: Iterable[SeatSettings]) -> InviteSummary:
    label = label_of(invite.seat, seats)
    return InviteSummary(seat=invite.seat, seat_label=label, name=invite.name, admit=invite.admit)


def _place(guest: Guest, invite: Invite) -> str:
    """A seat that the invite names stays the guest's address; others may change."""
    return invite.seat if invite.seat is not None and invite.seat == guest.seat else guest.id


def _secure_page(request: Request, control: Control) -> str | None:
    root = control.auth.https_url(request)
    return None if root is None else f"{root}/guest_join"
