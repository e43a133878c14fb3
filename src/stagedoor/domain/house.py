"""The house: all guests, invites and seats, and what may be done with them.

A `House` is immutable data. Every command returns the next one, or raises and changes nothing; times are
milliseconds since the epoch and come from the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from stagedoor.domain import seat as seats
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import CapacityError, ConflictError, ForbiddenError, GoneError, NotFoundError
from stagedoor.domain.guest import Guest, GuestState
from stagedoor.domain.invite import Admit, Invite, Origin
from stagedoor.domain.session import EndReason

MAX_GUESTS = 256
"""Guests that are expected or here."""
MAX_KNOCKING = 64
"""Guests in the lobby who came without an invite."""
SHOWN_MS = 30_000
"""How long a guest who has ended is still listed."""

RELOAD_MS = 4_000
"""How long a page that was closed may take to show that it was only reloaded."""
ARRIVE_MS = 10_000
"""How long a page may take, after Join without an invite, until something of it is connected."""
CHECKING_MS = 600_000
"""How long somebody whose page says nothing counts as about to join."""


@dataclass(frozen=True, slots=True)
class House:
    """Guests by id, invites by id, the seats' names in order.

    Attributes:
        open: A guest without a seat in the invite gets a free one at once.
    """

    seats: tuple[str, ...]
    open: bool = False
    guests: Mapping[str, Guest] = field(default_factory=lambda: MappingProxyType({}))
    invites: Mapping[str, Invite] = field(default_factory=lambda: MappingProxyType({}))

    def guest(self, guest: str) -> Guest:
        """Return a guest, or raise `NotFoundError`."""
        try:
            return self.guests[guest]
        except KeyError:
            raise NotFoundError("there is no such guest", code="guest_unknown") from None

    def invite(self, invite: str) -> Invite:
        """Return an invite, or raise `NotFoundError`."""
        try:
            return self.invites[invite]
        except KeyError:
            raise NotFoundError("there is no such invite", code="invite_unknown") from None

    def require_seat(self, seat: str) -> None:
        """Return if there is such a seat; raise `NotFoundError` if not."""
        if seat not in self.seats:
            raise NotFoundError(
                f"there is no seat {seat}",
                code="seat_unknown",
                values={"seat": seat},
                hint="guests.seats in the settings names them.",
            )

    def holder(self, seat: str) -> Guest | None:
        """Return the guest who has a seat."""
        return seats.holder(self.guests.values(), seat)

    @property
    def holders(self) -> dict[str, Guest]:
        """Who has which seat."""
        return seats.holders(self.guests.values())

    def of_invite(self, invite: str) -> Guest | None:
        """Return the guest of an invite who has not ended."""
        return next((g for g in self.guests.values() if g.invite == invite and not g.ended), None)

    def knocked(self, guest: Guest) -> bool:
        """Tell whether a guest came without an invite."""
        invite = self.invites.get(guest.invite)
        return invite is not None and invite.origin is Origin.KNOCK

    def promised(self, now_ms: int) -> frozenset[str]:
        """Return the seats that links name which still let somebody in."""
        links = (i for i in self.invites.values() if i.origin is Origin.LINK and i.works(now_ms))
        return frozenset(invite.seat for invite in links if invite.seat is not None)

    def called(self, name: str) -> Guest | None:
        """Return the guest with this id or in this seat."""
        return self.guests.get(name) or self.holder(name)

    def held_for_ms(self, guest: Guest, now_ms: int) -> int | None:
        """Return how long a guest's place is still held; None where nothing counts down."""
        return _held_for_ms(guest, self.invites.get(guest.invite), now_ms)

    def with_guest(self, guest: Guest) -> Self:
        """Return the house with a guest new or changed; rules are the business of the commands below."""
        return replace(self, guests=MappingProxyType({**self.guests, guest.id: guest}))

    def with_invite(self, invite: Invite) -> Self:
        """Return the house with an invite new or changed."""
        if invite.seat is not None:
            self.require_seat(invite.seat)
        return replace(self, invites=MappingProxyType({**self.invites, invite.id: invite}))

    def expecting(self, guest: str, invite: Invite) -> Self:
        """Return the house with an invite's guest expected, if nobody of that invite is there.

        Raises:
            CapacityError: The house is full.
        """
        if self.of_invite(invite.id) is not None:
            return self
        if sum(not g.ended for g in self.guests.values()) >= MAX_GUESTS:
            raise CapacityError("no more guests can be expected", code="house_full")
        return self.with_guest(Guest(guest, invite.id, invite.name or ""))

    def opened(self, guest: str, now_ms: int) -> Self:
        """Return the house with a guest's page open, before Join."""
        found = self.guest(guest)
        if found.state is not GuestState.INVITED:
            return self
        return self.with_guest(replace(found.to(GuestState.CHECKING), gone_ms=now_ms))

    def joined(self, guest: str, name: str, now_ms: int, *, checks: bool = False) -> Self:
        """Return the house with a guest in the seat or the lobby that the invite leads to.

        A guest who is in already keeps the place. With `checks` they may send, and come in by another join.

        Raises:
            ForbiddenError: The operator has shown them the door.
            GoneError: The invite's time is over, or it was revoked.
            ConflictError: The seat is taken.
            CapacityError: The lobby is full.
        """
        found = self.guest(guest)
        invite = self.invite(found.invite)
        require_welcome(invite, found, now_ms)
        if found.present:
            return self.with_guest(replace(found, name=name or found.name, leave_ms=None))
        seat = self._seat_for(invite, guest, now_ms)
        if seat is None and self.knocked(found):
            self._require_lobby_room(guest)
        checking = found.to(GuestState.CHECKING) if found.state is GuestState.INVITED else found
        named = replace(
            checking,
            name=name or checking.name,
            arrived=found.page,
            met=found.media,
            gone_ms=None if found.page else now_ms,
        )
        if checks:
            return self.with_guest(named)
        if seat is None:
            return self.with_guest(named.to(GuestState.LOBBY))
        return self.with_guest(replace(named.to(GuestState.SEATED), seat=seat))

    def seated(self, guest: str, seat: str) -> Self:
        """Return the house with a guest, of the lobby or of another seat, in a seat.

        Raises:
            NotFoundError: There is no such guest or seat.
            ConflictError: Somebody else has it, or the guest has not joined.
        """
        self.require_seat(seat)
        found = self.guest(guest)
        if not found.present:
            found.to(GuestState.LOBBY if found.ended else GuestState.SEATED)
            raise ConflictError("the guest has not joined yet", code="not_joined")
        seats.require_free(self.guests.values(), seat, guest)
        moved = found if found.state is GuestState.SEATED else found.to(GuestState.SEATED)
        return self.with_guest(replace(moved, seat=seat))

    def held(self, guest: str) -> Self:
        """Return the house with a guest back in the lobby; raises `ConflictError` if they have not joined."""
        found = self.guest(guest)
        if found.state is GuestState.LOBBY:
            return self
        if found.state is not GuestState.SEATED:
            raise ConflictError("the guest has not joined yet", code="not_joined")
        return self.with_guest(found.to(GuestState.LOBBY))

    def left(self, guest: str, now_ms: int) -> Self:
        """Return the house without a guest who said good-bye; by a link, who had not joined is expected."""
        found = self.guest(guest)
        is_checking = found.state is GuestState.CHECKING
        if found.present or (is_checking and self.knocked(found)):
            return self.with_guest(found.end(EndReason.LEFT, now_ms))
        if is_checking:
            expected = replace(found.to(GuestState.INVITED), instance=None, visit=None)
            return self.with_guest(replace(expected, page=False, media=False, gone_ms=None))
        return self

    def leaving(self, guest: str, now_ms: int) -> Self:
        """Return the house with a guest about to have left, whose page was closed or reloaded.

        Called again while the page is loading, it gives the page as much time again.
        """
        found = self.guest(guest)
        if not found.present:
            return self
        return self.with_guest(replace(found, leave_ms=now_ms + RELOAD_MS))

    def removed(self, guest: str, now_ms: int, *, block: bool) -> Self:
        """Return the house without a guest, and where `block` says so, with the link worth nothing.

        Raises:
            IllegalTransitionError: They have ended already.
        """
        found = self.guest(guest)
        house = self.with_guest(found.end(EndReason.REMOVED, now_ms))
        invite = self.invites.get(found.invite)
        return house if invite is None or not block else house.with_invite(invite.revoke(block=True))

    def revoked(self, invite: str, now_ms: int) -> Self:
        """Return the house with a link that lets nobody in; a guest who is in stays."""
        house = self.with_invite(self.invite(invite).revoke(block=False))
        guest = self.of_invite(invite)
        if guest is None or guest.present:
            return house
        return house.with_guest(guest.end(EndReason.REMOVED, now_ms))

    def renamed(self, guest: str, name: str) -> Self:
        """Return the house with a guest under another name."""
        return self.with_guest(replace(self.guest(guest), name=name))

    def by_carrier(self, guest: str, carrier: CarrierKind | None) -> Self:
        """Return the house with a guest who comes by this carrier; None leaves it to invite, seat, settings.

        Raises:
            IllegalTransitionError: They have ended already.
        """
        found = self.guest(guest)
        if found.ended:
            found.to(GuestState.LOBBY)
        return self.with_guest(replace(found, carrier=carrier))

    def seen(self, guest: str, *, page: bool, media: bool, now_ms: int, screen: bool = False) -> Self:
        """Return the house with what is connected of a guest now: page, camera, screen share."""
        found = self.guest(guest)
        if found.ended:
            return self
        house = self.with_guest(found.seen(page=page, media=media, now_ms=now_ms, screen=screen))
        if found.state is GuestState.CHECKING and not page and not found.publishes:
            return house.left(guest, now_ms)
        return house

    def overdue(self, now_ms: int) -> Self:
        """Return the house without those whose time is over, and without those who ended long ago."""
        house = self
        for guest in self.guests.values():
            if guest.leave_ms is not None and now_ms >= guest.leave_ms:
                house = house.left(guest.id, now_ms)
            elif not guest.ended and house._over(guest, now_ms):
                house = house.with_guest(guest.end(EndReason.EXPIRED, now_ms))
            elif guest.state is GuestState.CHECKING and now_ms >= (guest.gone_ms or now_ms) + _door_ms(guest):
                house = house.left(guest.id, now_ms)
        return house._forgetting(now_ms)

    def _forgetting(self, now_ms: int) -> Self:
        house = self
        gone = {
            g.id for g in house.guests.values() if g.ended_ms is not None and now_ms >= g.ended_ms + SHOWN_MS
        }
        stale = {i.id for i in house.invites.values() if house._forgettable(i, gone, now_ms)}
        if not gone and not stale:
            return house
        return replace(
            house,
            guests=MappingProxyType({k: g for k, g in house.guests.items() if k not in gone}),
            invites=MappingProxyType({k: i for k, i in house.invites.items() if k not in stale}),
        )

    def _over(self, guest: Guest, now_ms: int) -> bool:
        invite = self.invites.get(guest.invite)
        if invite is None or (invite.expired(now_ms) and not guest.present):
            return True
        return _held_for_ms(guest, invite, now_ms) == 0

    def _forgettable(self, invite: Invite, gone: set[str], now_ms: int) -> bool:
        """A blocked link must be known to be blocked until its token has expired by itself."""
        if any(g.invite == invite.id and g.id not in gone for g in self.guests.values()):
            return False
        return invite.expired(now_ms) or (invite.origin is Origin.KNOCK and not invite.blocked)

    def _seat_for(self, invite: Invite, guest: str, now_ms: int) -> str | None:
        if invite.admit is Admit.LOBBY:
            return None
        if invite.seat is not None:
            self.require_seat(invite.seat)
            seats.require_free(self.guests.values(), invite.seat, guest)
            return invite.seat
        if not self.open:
            return None
        return seats.first_free(self.seats, self.guests.values(), self.promised(now_ms))

    def _require_lobby_room(self, guest: str) -> None:
        """Return if there is room for a guest, who may have it already while being checked."""
        waiting = (g for g in self.guests.values() if g.publishes and g.seat is None and g.id != guest)
        knocking = sum(self.knocked(other) for other in waiting)
        if knocking >= MAX_KNOCKING:
            raise CapacityError(
                "too many people are waiting in the lobby", code="lobby_full", hint="Try again in a minute."
            )


def _held_for_ms(guest: Guest, invite: Invite | None, now_ms: int) -> int | None:
    """Return how long a guest's place is still held; None while they are here, or their link lasts."""
    if not guest.publishes or guest.gone_ms is None or invite is None:
        return None
    if invite.origin is Origin.LINK and not invite.expired(now_ms):
        return None
    is_page = guest.instance is not None
    held_ms = ARRIVE_MS if is_page and not guest.arrived else seats.HOLD_MS
    return max(0, guest.gone_ms + held_ms - now_ms)


def _door_ms(guest: Guest) -> int:
    """Return how long somebody counts as about to join of whom nothing is connected."""
    return seats.HOLD_MS if guest.publishes else CHECKING_MS


def require_welcome(invite: Invite, guest: Guest | None, now_ms: int) -> None:
    """Return if an invite lets its guest do something now; whose place is held may go on.

    Raises:
        ForbiddenError: The operator has shown them the door.
        GoneError: Its time is over, or it was revoked.
    """
    if invite.blocked:
        raise ForbiddenError("the operator has closed the door for this link", code="removed")
    if guest is not None and guest.present and _held_for_ms(guest, invite, now_ms) != 0:
        return
    if not invite.works(now_ms):
        raise GoneError(
            "this link does not work any more", code="invite_expired", hint="Ask the producer for a new one."
        )
