"""Who is calling: the operator by token or cookie, a guest by the token of an invite.

A cookie is sent by browsers without being asked, so what changes something is only believed by cookie
when it comes from a page of our own origin.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from stagedoor.control.door import Door
from stagedoor.domain.errors import Blame, ForbiddenError, GoneError, UnauthenticatedError
from stagedoor.domain.invite import Invite
from stagedoor.ipc.tokens import sign, verify
from stagedoor.secrets import Secrets
from stagedoor.settings import ServerSettings

COOKIE = "stagedoor_operator"
COOKIE_S = 30 * 86400
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request; neither of both is a stranger."""

    operator: bool = False
    invite: Invite | None = None


class Auth:
    """Recognises callers.

    Args:
        secrets: The operator's token and the signing key.
        server: Public URL.
        door: Reads invites.
        now_ms: Milliseconds since the epoch.
    """

    def __init__(
        self, secrets: Secrets, server: ServerSettings, door: Door, now_ms: Callable[[], int]
    ) -> None:
        self._secrets = secrets
        self._server = server
        self._door = door
        self._now_ms = now_ms

    def caller(self, connection: HTTPConnection, *, by_query: bool = False) -> Caller:
        """Return who is calling.

        Args:
            connection: A request or a WebSocket.
            by_query: Also take `?token=` (operator) and `?invite=`, for what cannot send header fields.

        Raises:
            UnauthenticatedError: There are credentials, and they are not ours.
            ForbiddenError: A cookie came along from another site.
        """
        bearer = _bearer(connection)
        if bearer is not None:
            return self._by_token(bearer)
        if by_query:
            query = connection.query_params
            if query.get("token"):
                return self._by_token(query["token"])
            if query.get("invite"):
                return Caller(invite=self._door.read(query["invite"]))
        return Caller(operator=self._by_cookie(connection))

    def require_operator(self, connection: HTTPConnection, *, by_query: bool = False) -> None:
        """Return if the operator is calling; raise `UnauthenticatedError` or `ForbiddenError` if not."""
        caller = self.caller(connection, by_query=by_query)
        if caller.invite is not None:
            raise ForbiddenError("this is for operators only")
        if not caller.operator:
            raise UnauthenticatedError(
                "this is for operators only",
                hint="Open the operator's link; `stagedoor link` prints it again.",
            )

    def is_operator_token(self, token: str) -> bool:
        """Tell whether this is the operator's token, in a time that does not depend on it."""
        return hmac.compare_digest(token.encode(), self._secrets.operator_token.encode())

    def cookie(self) -> str:
        """Return the value of a cookie that stands for the operator's token without being it."""
        return sign(
            self._secrets.signing_key, "operator", {"t": self._fingerprint()}, self._now_s() + COOKIE_S
        )

    def base_url(self, connection: HTTPConnection) -> str:
        """Return the root of links: `public_url`, or the address by which the caller came."""
        return self._server.public_url or self._origin(connection)

    def https_url(self, connection: HTTPConnection) -> str | None:
        """Return the HTTPS root where the caller came without and needs it."""
        public = self._server.public_url or ""
        local = connection.url.hostname in LOCAL_HOSTS
        if _secure(connection) or local or not public.startswith("https://"):
            return None
        return public

    def is_secure(self, connection: HTTPConnection) -> bool:
        """Tell whether the caller's browser speaks HTTPS, with us or with a proxy in front of us."""
        return self._origin(connection).startswith("https://")

    def location(self, connection: HTTPConnection, path: str) -> str:
        """Return where a new resource is, for `Location`.

        A whole URL for who came by `public_url`; else only the path, which means the address by which
        the caller came, whatever a proxy made of it.
        """
        public = self._server.public_url
        return f"{public}{path}" if public and self._origin(connection) == public else path

    def _by_token(self, token: str) -> Caller:
        if self.is_operator_token(token):
            return Caller(operator=True)
        return Caller(invite=self._door.read(token))

    def _by_cookie(self, connection: HTTPConnection) -> bool:
        value = connection.cookies.get(COOKIE)
        if not value:
            return False
        try:
            claims = verify(self._secrets.signing_key, "operator", value, self._now_s())
        except (UnauthenticatedError, GoneError):
            return False
        if not hmac.compare_digest(str(claims["t"]), self._fingerprint()):
            return False
        if self._changes_something(connection) and not self._same_origin(connection):
            raise ForbiddenError(
                "this came from another site", code="cross_origin", blame=Blame.OPERATOR, hint=_PROXY_HINT
            )
        return True

    def _changes_something(self, connection: HTTPConnection) -> bool:
        """A WebSocket counts: any site may open one, and read it."""
        return connection.scope["type"] == "websocket" or connection.scope["method"] not in SAFE_METHODS

    def _same_origin(self, connection: HTTPConnection) -> bool:
        origin = connection.headers.get("origin")
        if origin is None:
            return connection.headers.get("sec-fetch-site") == "same-origin"
        return origin in (self._origin(connection), self._server.public_url)

    def _origin(self, connection: HTTPConnection) -> str:
        """Return the origin by which the caller came.

        Where that is the host of `public_url`, its scheme is believed rather than the connection's own,
        which a proxy that is not in `trusted_proxies` may have changed.
        """
        host = connection.url.netloc
        public = self._server.public_url
        if public and host.lower() == urlsplit(public).netloc:
            return public
        return f"{'https' if _secure(connection) else 'http'}://{host}"

    def _now_s(self) -> int:
        return self._now_ms() // 1000

    def _fingerprint(self) -> str:
        return hashlib.sha256(self._secrets.operator_token.encode()).hexdigest()[:32]


_PROXY_HINT = "Behind a reverse proxy, set server.public_url, or server.trusted_proxies."


def _bearer(connection: HTTPConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError("only Bearer credentials are taken")
    return token.strip()


def _secure(connection: HTTPConnection) -> bool:
    return connection.url.scheme in ("https", "wss")
