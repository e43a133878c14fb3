"""Who may see what: operators every path, a guest the own ones, anybody a path that a token names."""

from starlette.requests import HTTPConnection

from stagedoor.control.core import Control
from stagedoor.domain.errors import Blame, GoneError, UnauthenticatedError
from stagedoor.ipc.tokens import verify

SCOPE = "read"


def require_reader(control: Control, connection: HTTPConnection, path: str) -> str | None:
    """Return if the caller may read a path: the id of the invite, where it is a guest's own.

    Raises:
        UnauthenticatedError: Nobody known is calling.
        ForbiddenError: A guest asks for another one's path.
    """
    token = connection.query_params.get("token")
    if token is not None and _reads(control, token, path):
        return None
    caller = control.auth.caller(connection, by_query=True)
    if caller.operator:
        return None
    if caller.invite is None:
        raise UnauthenticatedError("an operator's or a guest's token has to come along", blame=Blame.GUEST)
    control.stage.own_readers.require_own(caller.invite.id, path)
    return caller.invite.id


def _reads(control: Control, token: str, path: str) -> bool:
    try:
        claims = verify(control.secrets.signing_key, SCOPE, token, control.now_ms() // 1000)
    except (UnauthenticatedError, GoneError):
        return False
    return claims.get("path") == path
