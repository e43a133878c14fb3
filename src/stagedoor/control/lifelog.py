"""One log line for each event of a guest's life, with why."""

import logging

from stagedoor.domain.guest import Guest, GuestState
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

_LINES = {
    GuestState.INVITED: "Guest is expected",
    GuestState.CHECKING: "Guest opened the page",
    GuestState.LOBBY: "Guest is in the lobby",
    GuestState.SEATED: "Guest took a seat",
    GuestState.LEFT: "Guest left",
    GuestState.REMOVED: "Guest was removed",
    GuestState.EXPIRED: "Guest expired",
}


def tell(before: Guest | None, after: Guest) -> None:
    """Log what happened between two values of a guest, if it was an event."""
    line = _line(before, after)
    if line is None:
        return
    fields: dict[str, object] = {"guest": after.id, "name": after.name}
    if after.seat is not None:
        fields["seat"] = after.seat
    if after.carrier is not None:
        fields["carrier"] = after.carrier.value
    if after.reason is not None:
        fields["reason"] = after.reason.value
    with_fields(log, **fields).info(line)


def _line(before: Guest | None, after: Guest) -> str | None:
    if before is None or (before.state, before.seat) != (after.state, after.seat):
        return _LINES[after.state]
    if before.met and before.away != after.away:
        return "Guest is away" if after.away else "Guest is back"
    if before.name != after.name:
        return "Guest was renamed"
    if before.carrier != after.carrier:
        return "Guest is to come by another carrier"
    return None
