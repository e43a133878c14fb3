"""Which carrier a guest's next session takes, and why the last one did not get anywhere."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from stagedoor.control.registry import Session
from stagedoor.control.schemas import TroubleView
from stagedoor.control.views import moment
from stagedoor.domain.carrier import CarrierKind, choose
from stagedoor.domain.errors import Blame, CarrierError, ConflictError, StagedoorError, UnavailableError
from stagedoor.domain.guest import Guest
from stagedoor.domain.invite import Invite
from stagedoor.ipc.messages import CarrierStatus
from stagedoor.settings import Settings
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

UNREACHED: Final = CarrierError(
    "nothing of the guest has reached this machine",
    code="carrier_unreached",
    blame=Blame.OPERATOR,
    hint="Let the UDP ports of webrtc.udp_ports in, or switch the guest to Cloudflare.",
)
"""By the built-in carrier, which needs a way in."""


@dataclass(frozen=True, slots=True, eq=False)
class _Offering:
    """An offer that is being answered, and the moment at which that is given up."""

    guest: str
    carrier: CarrierKind
    until: asyncio.Timeout


class Carriers:
    """The carriers that the settings know.

    Args:
        settings: The settings.
        now_ms: Milliseconds since the epoch.
    """

    def __init__(self, settings: Settings, now_ms: Callable[[], int]) -> None:
        self._default = settings.carrier.kind
        self._seats = {seat.name: seat.carrier for seat in settings.guests.seats}
        self._now_ms = now_ms
        self._troubles: dict[str, TroubleView] = {}
        self._offerings: set[_Offering] = set()
        configured = (CarrierKind.CLOUDFLARE,) if settings.carrier.cloudflare.is_configured else ()
        self.usable: tuple[CarrierKind, ...] = (CarrierKind.BUILTIN, *configured)

    def of(self, guest: Guest, invites: Mapping[str, Invite]) -> CarrierKind:
        """Return what a guest's next session takes: operator's wish, invite, seat, settings, in this order.

        In the lobby the seat is the one that the invite names, so that being seated changes nothing.
        """
        invite = invites.get(guest.invite)
        named = (None, None) if invite is None else (invite.carrier, invite.seat)
        return choose(guest.carrier, named[0], self._of_seat(guest.seat or named[1]), default=self._default)

    def of_invite(self, invite: Invite) -> CarrierKind:
        """Return what the first session of an invite's guest takes."""
        return choose(invite.carrier, self._of_seat(invite.seat), default=self._default)

    def require(self, carrier: CarrierKind | None) -> None:
        """Return if sessions can take a carrier, or if None leaves it open; raise `ConflictError` if not."""
        if carrier is not None and carrier not in self.usable:
            raise ConflictError(
                f"nobody can come by {carrier}, because no account is set",
                code="carrier_unconfigured",
                hint="Set carrier.cloudflare.app_id and app_secret, or choose the built-in carrier.",
            )

    @asynccontextmanager
    async def answering(self, guest: str, carrier: CarrierKind) -> AsyncIterator[None]:
        """Let a carrier answer a guest's offer while the block lasts, until `give_up` ends it.

        Raises:
            ConflictError: The guest is to come by another carrier.
        """
        offering = _Offering(guest, carrier, asyncio.timeout(None))
        try:
            async with offering.until:
                self._offerings.add(offering)
                yield
        except TimeoutError:
            if not offering.until.expired():
                raise
            raise ConflictError(
                "the operator has chosen another carrier",
                code="switched",
                blame=Blame.OPERATOR,
                hint="Offer again at once.",
                retryable=True,
            ) from None
        finally:
            self._offerings.discard(offering)

    def give_up(self, guest: str, wanted: CarrierKind) -> None:
        """End the answering of a guest's offers by every other carrier than this one."""
        now = asyncio.get_running_loop().time()
        for offering in [o for o in self._offerings if o.guest == guest and o.carrier is not wanted]:
            self._offerings.discard(offering)
            offering.until.reschedule(now)

    def trouble(self, guest: str) -> TroubleView | None:
        """Return why a guest's last try failed; None if it did not, or their camera has been live since."""
        return self._troubles.get(guest)

    def refused(self, guest: str, error: StagedoorError) -> None:
        """Remember why an offer failed, but not that the relay was away, which health tells."""
        if isinstance(error, UnavailableError):
            return
        before = self._troubles.get(guest)
        if before is None or before.code != error.code:
            with_fields(log, guest=guest, code=error.code).warning("A guest cannot be connected: %s", error)
        self._remember(guest, error.code, error.message, error.hint)

    def broken(self, guest: str, status: CarrierStatus | None) -> None:
        """Remember why a session that was opened failed on its way, if that is the reason for its end."""
        if status is not None and status.code:
            self._remember(guest, status.code, status.reason, status.hint)

    def unreached(self, session: Session) -> None:
        """Remember that nothing of a guest came in, if a session by the built-in carrier ended like that."""
        status = session.status
        if session.screen or session.carrier is not CarrierKind.BUILTIN or status is None:
            return
        if status.time_to_first_frame_ms is None:
            self.refused(session.guest, UNREACHED)

    def forget(self, guest: str) -> None:
        """A guest's camera is live, or the guest is gone."""
        self._troubles.pop(guest, None)

    def _remember(self, guest: str, code: str, message: str, hint: str) -> None:
        at = moment(self._now_ms())
        self._troubles[guest] = TroubleView(code=code, message=message, hint=hint, at=at)

    def _of_seat(self, seat: str | None) -> CarrierKind | None:
        return None if seat is None else self._seats.get(seat)
