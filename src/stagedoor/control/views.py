"""Domain and relay data as the API shows it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from stagedoor.control.mixer.returns import Returns
from stagedoor.control.mixer.tags import name_tag
from stagedoor.control.own_word import OwnWord
from stagedoor.control.registry import Session
from stagedoor.control.schemas import (
    GuestTally,
    GuestView,
    ReturnPicture,
    SessionKind,
    SessionView,
    TroubleView,
)
from stagedoor.control.seat_schemas import SeatView
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.guest import Guest, GuestState
from stagedoor.domain.house import House
from stagedoor.domain.session import SessionState
from stagedoor.ipc.messages import Devices
from stagedoor.ipc.mixer import ReturnStatus
from stagedoor.settings import SeatSettings

_UNTOLD: Final = MappingProxyType({"devices": None, "readiness": None, "on_screen": None})
"""Without what a page has told of itself."""
_UNSWITCHED: Final = MappingProxyType(Devices().model_dump())
"""The switches of a page that has said nothing yet."""
LOBBY_COLORS = ("#7a8b99", "#a38560", "#6f9a76", "#8f7aa8", "#a87a86", "#67939e")


def session_view(session: Session) -> SessionView:
    """Return a session with what the relay last said of it."""
    kind = SessionKind.SCREEN if session.screen else SessionKind.CAMERA
    status = session.status
    reason = session.ended or (None if status is None else status.reason)
    why = None if reason is None else reason.value
    if status is None:
        state = SessionState.WAITING if reason is None else SessionState.CLOSED
        return SessionView(
            id=session.id, path=session.path, kind=kind, state=state, carrier=session.carrier, reason=why
        )
    return SessionView(
        id=session.id,
        path=status.path,
        kind=kind,
        state=status.state if session.ended is None else SessionState.CLOSED,
        carrier=status.carrier,
        cloudflare=status.cloudflare,
        tracks=status.tracks,
        destinations=status.destinations,
        round_trip_ms=status.round_trip_ms,
        av_offset_ms=status.av_offset_ms,
        time_to_first_frame_ms=status.time_to_first_frame_ms,
        allowed_bitrate=status.allowed_bitrate,
        reason=why,
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a guest that the house does not keep."""

    color: str
    seat_label: str | None
    word: OwnWord
    tally: GuestTally
    heard: bool | None
    return_picture: ReturnPicture
    hears: ReturnStatus | None
    carrier: CarrierKind
    trouble: TroubleView | None


def guest_view(guest: Guest, beside: Beside, sessions: Iterable[Session]) -> GuestView:
    """Return a guest with the sessions."""
    return GuestView(
        id=guest.id,
        name=guest.name,
        tag=name_tag(guest.id, guest.name),
        seat=guest.seat,
        seat_label=beside.seat_label,
        state=guest.state,
        away=guest.away,
        color=beside.color,
        camera=beside.word.switches.camera,
        mic=beside.word.switches.mic,
        tally=beside.tally,
        heard=beside.heard,
        return_picture=beside.return_picture,
        hears=beside.hears,
        carrier=beside.carrier,
        trouble=beside.trouble,
        sessions=tuple(session_view(session) for session in sessions),
        reason=None if guest.reason is None else guest.reason.value,
        hand_raised=None if guest.hand_ms is None else moment(guest.hand_ms),
        synthetic=guest.synthetic,
        devices=beside.word.devices,
        readiness=beside.word.readiness,
        on_screen=beside.word.on_screen,
    )


def for_desk(view: GuestView) -> GuestView:
    """Return what operators are told: nothing of what somebody has or sends who is only checking it."""
    if view.state is not GuestState.CHECKING:
        return view
    return view.model_copy(update={"sessions": (), "hears": None, **_UNTOLD, **_UNSWITCHED})


def for_guest(view: GuestView) -> GuestView:
    """Return what a guest's own page is told: that something fails and by which code, in nobody's words.

    Who speaks to them has no name there (`StudioView`).
    """
    trouble = view.trouble and view.trouble.model_copy(update={"message": "", "hint": ""})
    sessions = tuple(_own_session(session) for session in view.sessions)
    return view.model_copy(update={"trouble": trouble, "sessions": sessions, "hears": None})


def before_joining(view: GuestView) -> GuestView:
    """Return what whoever opens a link is told of its guest: nothing of the machine of who was here."""
    return for_guest(view).model_copy(update=_UNTOLD)


def _own_session(session: SessionView) -> SessionView:
    words = ("publish_session", "pull_session", "reason", "hint")
    cloudflare = session.cloudflare and session.cloudflare.model_copy(update=dict.fromkeys(words, ""))
    return session.model_copy(update={"cloudflare": cloudflare, "destinations": ()})


def seat_views(
    seats: Iterable[SeatSettings], house: House, returns: Returns, now_ms: int
) -> tuple[SeatView, ...]:
    """Return every seat with its guest."""
    return tuple(_seat_view(seat, house, returns, now_ms) for seat in seats)


def _seat_view(seat: SeatSettings, house: House, returns: Returns, now_ms: int) -> SeatView:
    guest = house.holder(seat.name)
    return SeatView(
        name=seat.name,
        label=seat.label or seat.name,
        color=seat.color,
        guest=None if guest is None else guest.id,
        held_for_ms=None if guest is None else house.held_for_ms(guest, now_ms),
        outside=returns.view(seat.name),
    )


def color_of(guest: Guest, seats: Iterable[SeatSettings]) -> str:
    """Return the colour of a guest's seat, or one that stays the same in the lobby."""
    for seat in seats:
        if seat.name == guest.seat:
            return seat.color
    return LOBBY_COLORS[hashlib.sha256(guest.id.encode()).digest()[0] % len(LOBBY_COLORS)]


def label_of(seat: str | None, seats: Iterable[SeatSettings]) -> str | None:
    """Return what people read of a seat; None where there is none."""
    return next((each.label or each.name for each in seats if each.name == seat), None)


def moment(ms: int) -> datetime:
    """Return milliseconds since the epoch as a time in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)
