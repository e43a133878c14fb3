"""Who may see what: operators every path, a guest the own ones, anybody a path that a token names."""

from starlette.requests import HTTPConnection

from stagedoor.control.core import Control
from stagedoor.domain.errors import Blame, ForbiddenError, GoneError, UnauthenticatedError
from stagedoor.ipc.tokens import verify

SCOPE = "read"


def require_reader(control: Control, connection: HTTPConnection, path: str) -> None:
    """Return if the caller may read a path.

    Raises:
        UnauthenticatedError: Nobody known is calling.
        ForbiddenError: A guest asks for another one's path.
    """
    token = connection.query_params.get("token")
    if token is not None and _reads(control, token, path):
        return
    caller = control.auth.caller(connection, by_query=True)
    if caller.operator:
        return
    if caller.invite is None:
        raise UnauthenticatedError("an operator's or a guest's token has to come along", blame=Blame.GUEST)
    guest = control.stage.house.of_invite(caller.invite.id)
    if guest is None or path not in {control.stage.binding(guest, screen=s).path for s in (False, True)}:
        raise ForbiddenError("this path is somebody else's", blame=Blame.GUEST)


def _reads(control: Control, token: str, path: str) -> bool:
    try:
        claims = verify(control.secrets.signing_key, SCOPE, token, control.now_ms() // 1000)
    except (UnauthenticatedError, GoneError):
        return False
    return claims.get("path") == path
