"""Which carrier a guest's next session takes, and why the last one did not get anywhere."""

import logging
from collections.abc import Callable, Mapping

from stagedoor.control.schemas import TroubleView
from stagedoor.control.views import moment
from stagedoor.domain.carrier import CarrierKind, choose
from stagedoor.domain.errors import ConflictError, StagedoorError, UnavailableError
from stagedoor.domain.guest import Guest
from stagedoor.domain.invite import Invite
from stagedoor.ipc.messages import CarrierStatus
from stagedoor.settings import Settings
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)


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

    def trouble(self, guest: str) -> TroubleView | None:
        """Return why a guest's last try failed; None if it did not, or something of theirs has been live."""
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

    def forget(self, guest: str) -> None:
        """A guest is live, or gone."""
        self._troubles.pop(guest, None)

    def _remember(self, guest: str, code: str, message: str, hint: str) -> None:
        at = moment(self._now_ms())
        self._troubles[guest] = TroubleView(code=code, message=message, hint=hint, at=at)

    def _of_seat(self, seat: str | None) -> CarrierKind | None:
        return None if seat is None else self._seats.get(seat)
