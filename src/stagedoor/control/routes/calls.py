"""Calls: the sessions that are open, ending one, and the ICE servers."""

import asyncio
import logging

from fastapi import APIRouter

from stagedoor.control.core import Control
from stagedoor.control.http import OPERATOR, CallerOf, Parts, answers
from stagedoor.control.routes.rtc import ID
from stagedoor.control.schemas import IceServerList, IceServerView, SessionClosed, SessionIds
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import Blame, ForbiddenError, StagedoorError, UnauthenticatedError
from stagedoor.domain.guest import GuestState
from stagedoor.domain.house import require_welcome
from stagedoor.domain.ids import screen_path, split_screen
from stagedoor.domain.invite import Invite, Origin
from stagedoor.domain.session import EndReason

log = logging.getLogger(__name__)

ICE_SERVERS_WITHIN_S = 4.0
"""For Cloudflare's; a guest waits for them before the offer is made."""

router = APIRouter(tags=["Calls"], prefix="/api/calls")


@router.get("/sessions", dependencies=[OPERATOR], responses=answers(401, 403))
async def list_sessions(control: Parts) -> SessionIds:
    """Return the ids of all sessions of guests who are in, by seat, or by guest id in the lobby."""
    found = {}
    for session in control.stage.sessions:
        guest = control.stage.house.guest(session.guest)
        if guest.state is GuestState.CHECKING:
            continue
        name = guest.seat or guest.id
        found[screen_path(name) if session.screen else name] = session.id
    return SessionIds(sessions=found)


@router.delete("/session/{guest_id}", responses=answers(401, 403))
async def close_session(guest_id: ID, control: Parts, caller: CallerOf) -> SessionClosed:
    """End a guest's visit: `removed` by an operator (the invite stays good), `left` by the guest.

    Of a screen share, only the share ends.
    """
    if not caller.operator and caller.invite is None:
        raise UnauthenticatedError("an operator's or a guest's token has to come along", blame=Blame.GUEST)
    bare, screen = split_screen(guest_id)
    stage = control.stage
    guest = stage.house.called(bare)
    if guest is None:
        return SessionClosed(status="no_session", guest_id=guest_id)
    if caller.invite is not None and caller.invite.id != guest.invite:
        raise ForbiddenError("this is another guest", blame=Blame.GUEST)
    session = stage.sessions.of(guest.id, screen=screen)
    if screen and session is not None:
        await stage.close(session, EndReason.REMOVED if caller.operator else EndReason.LEFT)
    elif not screen and guest.publishes:
        house, now_ms = stage.house, control.now_ms()
        ended = (
            house.removed(guest.id, now_ms, block=False) if caller.operator else house.left(guest.id, now_ms)
        )
        await stage.apply(ended)
    return SessionClosed(status="no_session" if session is None else "closed", guest_id=guest_id)


@router.get("/ice-servers", responses=answers(401, 403, 410))
async def list_ice_servers(control: Parts, caller: CallerOf) -> IceServerList:
    """Return the STUN and TURN servers, for an offer to be made.

    A guest who comes by Cloudflare also gets Cloudflare's, with credentials that do not last: by a link that
    works, or after a knock for as long as the guest is in.
    """
    if not caller.operator and caller.invite is None:
        raise UnauthenticatedError("an operator's or a guest's token has to come along", blame=Blame.GUEST)
    servers = [
        IceServerView(urls=s.urls, username=s.username, credential=s.credential)
        for s in control.settings.webrtc.ice_servers
    ]
    if caller.invite is not None and _comes_by_cloudflare(control, caller.invite):
        servers += await _of_cloudflare(control)
    return IceServerList(ice_servers=tuple(servers))


def _comes_by_cloudflare(control: Control, invite: Invite) -> bool:
    """Tell whether the guest of an invite may send by Cloudflare now; raises what `require_welcome` does."""
    stage = control.stage
    guest = stage.house.of_invite(invite.id)
    require_welcome(invite, guest, control.now_ms())
    if invite.origin is Origin.KNOCK and (guest is None or not guest.publishes):
        return False
    carrier = stage.carriers.of_invite(invite) if guest is None else stage.carrier_of(guest)
    return carrier is CarrierKind.CLOUDFLARE


async def _of_cloudflare(control: Control) -> list[IceServerView]:
    """Return Cloudflare's servers; none if they cannot be had: most guests connect all the same."""
    try:
        async with asyncio.timeout(ICE_SERVERS_WITHIN_S):
            answer = await control.relay.carrier_ice_servers()
    except (StagedoorError, TimeoutError) as error:
        reason = str(error) or f"no answer within {ICE_SERVERS_WITHIN_S:.0f} s"
        log.warning("A guest gets no TURN servers of Cloudflare: %s", reason)
        return []
    return [IceServerView(urls=s.urls, username=s.username, credential=s.credential) for s in answer.servers]
