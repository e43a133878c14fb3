"""Guests and invites as rows of the database, in the order of its columns."""

from typing import TypeAlias

from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.guest import Guest, GuestState
from stagedoor.domain.invite import Admit, Invite, Origin
from stagedoor.domain.session import EndReason

Value: TypeAlias = str | int | None
Row: TypeAlias = tuple[Value, ...]


def guest_row(guest: Guest) -> Row:
    """Return what is kept of a guest; what is connected of them shows itself again."""
    return (
        guest.id,
        guest.invite,
        guest.name,
        guest.state.value,
        guest.seat,
        guest.instance,
        int(guest.met),
        guest.ended_ms,
        None if guest.reason is None else guest.reason.value,
        guest.leave_ms,
        None if guest.carrier is None else guest.carrier.value,
        guest.hand_ms,
        guest.visit,
    )


def read_guest(row: Row) -> Guest:
    """Return the guest of a row."""
    key, invite, name, state, seat, instance, met, ended_ms, reason, leave_ms, carrier, hand_ms, visit = row
    return Guest(
        str(key),
        str(invite),
        str(name),
        GuestState(str(state)),
        seat=_text(seat),
        instance=_text(instance),
        visit=_text(visit),
        carrier=_carrier(carrier),
        arrived=True,
        met=bool(met),
        hand_ms=None if hand_ms is None else int(hand_ms),
        leave_ms=None if leave_ms is None else int(leave_ms),
        ended_ms=None if ended_ms is None else int(ended_ms),
        reason=None if reason is None else EndReason(str(reason)),
    )


def invite_row(invite: Invite) -> Row:
    """Return what is kept of an invite; whether it is blocked has a table of its own."""
    return (
        invite.id,
        invite.seat,
        invite.name,
        invite.admit.value,
        invite.origin.value,
        invite.expires_ms,
        int(invite.revoked),
        None if invite.carrier is None else invite.carrier.value,
    )


def read_invite(row: Row, blocked: set[str]) -> Invite:
    """Return the invite of a row; `blocked` has the ids of those that are."""
    key, seat, name, admit, origin, expires_ms, revoked, carrier = row
    return Invite(
        str(key),
        _text(seat),
        _text(name),
        Admit(str(admit)),
        Origin(str(origin)),
        carrier=_carrier(carrier),
        expires_ms=None if expires_ms is None else int(expires_ms),
        revoked=bool(revoked),
        blocked=str(key) in blocked,
    )


def _carrier(value: Value) -> CarrierKind | None:
    return None if value is None else CarrierKind(str(value))


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
