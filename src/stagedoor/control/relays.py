"""Restarting what takes a guest to its destinations."""

from stagedoor.control.stage import Stage
from stagedoor.domain.errors import NotFoundError
from stagedoor.domain.guest import Guest


async def restart_relay(stage: Stage, guest: Guest, destination: str | None, *, screen: bool | None) -> None:
    """Have what a guest sends begin anew at its destinations, or at one; the guest's connection goes on.

    Args:
        stage: Where the guest's sessions are.
        guest: Whose.
        destination: Which; None for all.
        screen: Of the screen share, or of the camera; None for both, as far as they have destinations.

    Raises:
        NotFoundError: Nothing comes from the guest, or goes to such a destination.
        UnavailableError: The relay is not there.
    """
    sessions = [each for each in stage.sessions.all_of(guest.id) if screen in (None, each.screen)]
    if not sessions:
        raise NotFoundError("nothing comes from this guest", code="session_unknown")
    for session in sessions:
        status = await stage.relay.restart_relay(session.id, destination)
        if stage.sessions.get(session.id) is session:
            stage.heard(session, status)
