"""Who may see what: operators all that is in, a guest the own paths, anybody a path that a token names."""

from starlette.requests import HTTPConnection

from stagedoor.control.core import Control
from stagedoor.domain.errors import Blame, ConflictError, GoneError, UnauthenticatedError
from stagedoor.domain.guest import Guest, GuestState
from stagedoor.domain.ids import lobby_path, return_audio_path, return_path, screen_path
from stagedoor.ipc.tokens import verify

SCOPE = "read"


def require_reader(control: Control, connection: HTTPConnection, path: str) -> str | None:
    """Return if the caller may read a path: the id of the invite, where it is a guest's own.

    Raises:
        UnauthenticatedError: Nobody known is calling.
        ForbiddenError: A guest asks for another one's path.
        ConflictError: An operator asks for what a guest sends, or hears of it, who is only checking it.
    """
    token = connection.query_params.get("token")
    if token is not None and _reads(control, token, path):
        return None
    caller = control.auth.caller(connection, by_query=True)
    if caller.operator:
        _require_in(control, path)
        return None
    if caller.invite is None:
        raise UnauthenticatedError("an operator's or a guest's token has to come along", blame=Blame.GUEST)
    control.stage.own_readers.require_own(caller.invite.id, path)
    return caller.invite.id


def _require_in(control: Control, path: str) -> None:
    checking = (g for g in control.stage.house.guests.values() if g.state is GuestState.CHECKING)
    if any(path in _paths_of_check(guest) for guest in checking):
        raise ConflictError(
            "the guest is still checking camera and microphone, which is for the guest alone",
            code="guest_checking",
            hint="Wait until the guest has come in.",
        )


def _paths_of_check(guest: Guest) -> tuple[str, ...]:
    base = lobby_path(guest.id)
    return base, screen_path(base), return_path(base), return_audio_path(base)


def _reads(control: Control, token: str, path: str) -> bool:
    try:
        claims = verify(control.secrets.signing_key, SCOPE, token, control.now_ms() // 1000)
    except (UnauthenticatedError, GoneError):
        return False
    return claims.get("path") == path
