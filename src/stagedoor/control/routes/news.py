"""Events for pages behind a proxy that passes no WebSocket and holds streams back: they ask again and again.

An answer comes as soon as something differs from what the page has seen, which the `tag` of its last answer
says, and after `wait` seconds at the latest. What comes is the whole state, as a snapshot.
"""

import contextlib
from typing import Annotated

from fastapi import APIRouter, Query, Request

from stagedoor.aio.race import until_first
from stagedoor.control.core import Control
from stagedoor.control.event_schemas import (
    DeskNews,
    EndedEvent,
    GuestNews,
    GuestSnapshotEvent,
    SnapshotEvent,
)
from stagedoor.control.events import Listener
from stagedoor.control.http import Parts, answers
from stagedoor.control.polls import any_event, tag_of
from stagedoor.control.routes.events import how_it_ended, own_guest
from stagedoor.control.routes.rtc import ID
from stagedoor.domain.errors import ClosedError

router = APIRouter(tags=["Events"])

LONGEST_WAIT_S = 25
"""Well below the shortest time after which proxies give up on an answer (nginx: 60 s, tunnels: 100 s)."""

Since = Annotated[str, Query(max_length=32)]
Wait = Annotated[int, Query(ge=0, le=LONGEST_WAIT_S)]


@router.get("/api/events/next", responses=answers(401, 403, 422))
async def desk_news(request: Request, control: Parts, since: Since = "", wait: Wait = 20) -> DeskNews:
    """Return the whole state as soon as it is not the one of `since` any more."""
    control.auth.require_operator(request, by_query=True)
    with control.stage.events.listening(Listener(), control.snapshot()) as listener:
        if _of_desk(control).tag == since:
            await _changed(request, listener, wait)
    found = _of_desk(control)
    return found if found.tag != since else DeskNews(tag=since, events=())


@router.get("/api/guests/{guest_id}/events/next", responses=answers(401, 403, 404, 422))
async def guest_news(
    guest_id: ID,
    request: Request,
    control: Parts,
    instance: Annotated[str | None, Query(max_length=80)] = None,
    since: Since = "",
    wait: Wait = 20,
) -> GuestNews:
    """Return a guest's own state as soon as it is not the one of `since` any more."""
    guest = own_guest(control, request, guest_id)
    page = instance or guest.instance
    stage = control.stage
    listener = Listener(guest.id, page)
    with stage.events.listening(listener, control.guest_snapshot(guest)):
        stage.notice(guest.id)
        try:
            here = True
            if _of_guest(control, guest.id, page).tag == since:
                here = await _changed(request, listener, wait)
            if here and page == stage.house.guest(guest.id).instance:
                stage.pollers.answered(guest.id, page)
        finally:
            listener.guest = None
            stage.notice(guest.id)
    found = _of_guest(control, guest.id, page)
    return found if found.tag != since else GuestNews(tag=since, events=())


def _of_desk(control: Control) -> DeskNews:
    event = SnapshotEvent(seq=1, data=control.snapshot())
    return DeskNews(tag=tag_of(event), events=(event,))


def _of_guest(control: Control, guest_id: str, page: str | None) -> GuestNews:
    guest = control.stage.house.guest(guest_id)
    snapshot = GuestSnapshotEvent(seq=1, data=control.guest_snapshot(guest))
    ended = how_it_ended(guest, page)
    events = (snapshot,) if ended is None else (snapshot, EndedEvent(seq=2, data=ended))
    return GuestNews(tag=tag_of(*events), events=events)


async def _changed(request: Request, listener: Listener, wait_s: float) -> bool:
    """Return at the next event, or when the time is over, and tell that the page has not gone before."""
    here = True

    async def gone() -> None:
        nonlocal here
        while (await request.receive())["type"] != "http.disconnect":
            pass
        here = False

    with contextlib.suppress(ClosedError):
        await until_first(any_event(listener, wait_s), gone())
    return here
