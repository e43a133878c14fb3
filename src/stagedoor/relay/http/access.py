"""Who may use the hub's own port."""

import hmac
import time
from dataclasses import dataclass, field

from starlette.requests import Request

from stagedoor.domain.errors import ForbiddenError, UnauthenticatedError
from stagedoor.ipc.tokens import verify


@dataclass(frozen=True, slots=True)
class Access:
    """Checks tokens: the operator's, or a signed one for one path.

    Attributes:
        signing_key: What the installation's tokens are signed with.
        operator_token: Opens every path.
    """

    signing_key: bytes = field(repr=False)
    operator_token: str = field(repr=False)

    def check(self, request: Request, scope: str, path: str) -> None:
        """Let a request with a token for this path pass.

        Args:
            request: Carries it as `Authorization: Bearer …` or as `?token=…`.
            scope: `read` or `publish`.
            path: The hub path.

        Raises:
            UnauthenticatedError: There is none, or it is not ours.
            GoneError: It has expired.
            ForbiddenError: It is for another path.
        """
        token = _token(request)
        if not token:
            raise UnauthenticatedError(
                "a token is wanted", hint="Add ?token=… to the address, or an Authorization header."
            )
        if hmac.compare_digest(token.encode(), self.operator_token.encode()):
            return
        claims = verify(self.signing_key, scope, token, int(time.time()))
        if claims.get("path") != path:
            raise ForbiddenError("this token is for another path")


def _token(request: Request) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return request.query_params.get("token", "")
