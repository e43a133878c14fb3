"""A guest: a person taking part, from the invite until they are gone.

::

    invited ─▶ checking ─▶ lobby ◀─▶ seated
       │          │  └───────┼──────────▲
       └──────────┴──────────┴──────────┴─▶ left | removed | expired

Somebody who comes again after an ending is a new guest, with the same invite.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import ConflictError, IllegalTransitionError
from stagedoor.domain.invite import SYNTHETIC
from stagedoor.domain.session import EndReason


class GuestState(StrEnum):
    """Where a guest is."""

    INVITED = "invited"
    CHECKING = "checking"
    """The page is open. Join has not been pressed, or what the page sends is still being checked."""
    LOBBY = "lobby"
    SEATED = "seated"
    LEFT = "left"
    REMOVED = "removed"
    EXPIRED = "expired"


PRESENT = frozenset({GuestState.LOBBY, GuestState.SEATED})
ENDED = frozenset({GuestState.LEFT, GuestState.REMOVED, GuestState.EXPIRED})

TRANSITIONS: dict[GuestState, frozenset[GuestState]] = {
    GuestState.INVITED: frozenset({GuestState.CHECKING, GuestState.REMOVED, GuestState.EXPIRED}),
    GuestState.CHECKING: frozenset({GuestState.INVITED, GuestState.LOBBY, GuestState.SEATED}) | ENDED,
    GuestState.LOBBY: frozenset({GuestState.SEATED}) | ENDED,
    GuestState.SEATED: frozenset({GuestState.LOBBY}) | ENDED,
    GuestState.LEFT: frozenset(),
    GuestState.REMOVED: frozenset(),
    GuestState.EXPIRED: frozenset(),
}

ENDINGS: dict[EndReason, GuestState] = {
    EndReason.LEFT: GuestState.LEFT,
    EndReason.REMOVED: GuestState.REMOVED,
    EndReason.EXPIRED: GuestState.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Guest:
    """One person, as immutable data: every change is a new value.

    Attributes:
        invite: The id of the invite that they hold.
        seat: The seat that they have; only while seated.
        instance: The page that speaks for them; None for a publisher that is not our page.
        visit: What that page calls the visit that it has joined for; None where it does not say.
        carrier: By which the operator wants them to come; None where nobody has said so.
        page: A page of theirs is connected.
        media: A camera session of theirs exists.
        arrived: Something of theirs has been connected since they joined.
        met: Media has come from them since they joined.
        hand_ms: Since when the hand is up; None while it is not.
        gone_ms: Since when neither page nor camera nor screen share is there, milliseconds since the epoch.
        leave_ms: When a guest whose page was closed counts as gone, unless it was only reloaded.
        ended_ms: When they ended.
        reason: Why they ended.
    """

    id: str
    invite: str
    name: str = ""
    state: GuestState = GuestState.INVITED
    seat: str | None = None
    instance: str | None = None
    visit: str | None = None
    carrier: CarrierKind | None = None
    page: bool = False
    media: bool = False
    arrived: bool = False
    met: bool = False
    hand_ms: int | None = None
    gone_ms: int | None = None
    leave_ms: int | None = None
    ended_ms: int | None = None
    reason: EndReason | None = None

    @property
    def present(self) -> bool:
        """In the lobby or seated, here or away."""
        return self.state in PRESENT

    @property
    def publishes(self) -> bool:
        """May send: present, or checked by a page that has asked for it."""
        return self.present or (self.state is GuestState.CHECKING and self.instance is not None)

    @property
    def ended(self) -> bool:
        """Gone for good."""
        return self.state in ENDED

    @property
    def synthetic(self) -> bool:
        """A test guest, made by us."""
        return self.invite.startswith(SYNTHETIC)

    @property
    def away(self) -> bool:
        """Media is gone and the place is held."""
        return self.present and not self.media and (self.met or not self.page)

    def to(self, state: GuestState) -> Self:
        """Return the guest in another state, without a seat unless it is `SEATED`.

        Raises:
            IllegalTransitionError: The table forbids the move.
        """
        if state not in TRANSITIONS[self.state]:
            raise IllegalTransitionError(
                f"a guest cannot go from {self.state} to {state}",
                hint="Wait until the guest has joined." if not self.ended else "The guest has to join again.",
            )
        return replace(self, state=state, seat=self.seat if state is GuestState.SEATED else None)

    def end(self, reason: EndReason, now_ms: int) -> Self:
        """Return the guest as ended.

        Raises:
            IllegalTransitionError: They have ended already, or cannot end so from where they are.
        """
        ended = self.to(ENDINGS[reason])
        return replace(
            ended,
            reason=reason,
            ended_ms=now_ms,
            page=False,
            media=False,
            hand_ms=None,
            gone_ms=None,
            leave_ms=None,
        )

    def with_hand(self, since_ms: int | None) -> Self:
        """Return the guest with the hand up since then, or down; one that is up already stays so.

        Raises:
            ConflictError: They have not joined, or have ended.
        """
        if not self.present:
            raise ConflictError("join first", code="not_joined")
        return replace(self, hand_ms=since_ms if since_ms is None else self.hand_ms or since_ms)

    def seen(self, *, page: bool, media: bool, now_ms: int, screen: bool = False) -> Self:
        """Return the guest with what is connected now; a screen share keeps the place of one who is away."""
        here = page or media or screen
        gone_ms = None if here else self.gone_ms if self.gone_ms is not None else now_ms
        arrived = self.arrived or (self.publishes and here)
        met = self.met or media
        return replace(self, page=page, media=media, arrived=arrived, met=met, gone_ms=gone_ms)
