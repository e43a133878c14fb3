"""An invite: the signed link that lets a guest in."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from stagedoor.domain.carrier import CarrierKind

SYNTHETIC = "synthetic-"
"""What the ids of test guests' invites begin with."""


class Admit(StrEnum):
    """Where an invite leads to."""

    DIRECT = "direct"
    """To its seat at once; without a seat, to the lobby or, in an open house, to a free seat."""
    LOBBY = "lobby"
    """To the lobby, whatever seat it names."""


class Origin(StrEnum):
    """How an invite came to be."""

    LINK = "link"
    """An operator made it; a seat is held for as long as it lasts, and then as after a knock."""
    KNOCK = "knock"
    """Somebody came without one; a seat is held for a minute after a lost connection."""


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that lets somebody in, for as long as it lasts.

    Attributes:
        id: Unguessable.
        seat: The seat that it names.
        name: The guest's name as the operator knows it.
        expires_ms: Milliseconds since the epoch; None for never.
        carrier: By which its guest comes; None where the seat or the settings say it.
        revoked: It lets nobody in any more; a guest who is in stays.
        blocked: The operator showed its guest the door.
    """

    id: str
    seat: str | None = None
    name: str | None = None
    admit: Admit = Admit.DIRECT
    origin: Origin = Origin.LINK
    expires_ms: int | None = None
    carrier: CarrierKind | None = None
    revoked: bool = False
    blocked: bool = False

    def expired(self, now_ms: int) -> bool:
        """Tell whether its time is over."""
        return self.expires_ms is not None and now_ms >= self.expires_ms

    def works(self, now_ms: int) -> bool:
        """Tell whether it still lets somebody in."""
        return not (self.revoked or self.blocked or self.expired(now_ms))

    def revoke(self, *, block: bool) -> Self:
        """Return it as a link that lets nobody in any more."""
        return replace(self, revoked=True, blocked=self.blocked or block)
