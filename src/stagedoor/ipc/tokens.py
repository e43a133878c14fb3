"""Signed tokens: claims that only the holder of the key can have written (HMAC-SHA256, RFC 2104)."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from stagedoor.domain.errors import Blame, GoneError, UnauthenticatedError

MAX_LENGTH = 2048
"""Characters; a longer token is refused unread."""


def sign(key: bytes, scope: str, claims: Mapping[str, Any], expires: int | None) -> str:
    """Return a token made of URL-safe characters.

    Args:
        key: The installation's signing key.
        scope: What the token is for; a token of one scope is worth nothing in another.
        claims: JSON values; readable by whoever holds the token.
        expires: Seconds since the epoch after which it is refused; None for never.
    """
    body = json.dumps({"c": dict(claims), "e": expires}, separators=(",", ":"), sort_keys=True).encode()
    payload = _encode(body)
    return f"{payload}.{_encode(_mac(key, scope, payload))}"


def verify(key: bytes, scope: str, token: str, now: int) -> dict[str, Any]:
    """Return the claims of a token that was signed with this key for this scope.

    Args:
        key: The installation's signing key.
        scope: The scope that the caller accepts.
        token: What came from outside.
        now: Seconds since the epoch.

    Raises:
        UnauthenticatedError: It is malformed, or was not signed with this key for this scope.
        GoneError: It was good until its time was over.
    """
    payload, _, signature = token.partition(".")
    if len(token) > MAX_LENGTH or not token.isascii() or not _matches(_mac(key, scope, payload), signature):
        raise UnauthenticatedError("this token is not known here", code="token_invalid", blame=Blame.GUEST)
    content = json.loads(_decode(payload))
    expires = content["e"]
    if expires is not None and now >= expires:
        raise GoneError("this token has expired", code="token_expired")
    claims: dict[str, Any] = content["c"]
    return claims


def _mac(key: bytes, scope: str, payload: str) -> bytes:
    return hmac.digest(key, f"{scope}.{payload}".encode(), hashlib.sha256)


def _matches(expected: bytes, signature: str) -> bool:
    try:
        given = _decode(signature)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(expected, given)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
