"""Credentials for RTSP: Basic (RFC 7617), Digest (RFC 7616; RFC 2069 where the server names no `qop`)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from stagedoor.domain.errors import RefusedError

_PAIR: Final = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')

_HASHES: Final[dict[str, Callable[[bytes], str]]] = {
    "sha-256": lambda data: hashlib.sha256(data).hexdigest(),
    # MD5 is what most servers know; it protects no more than the connection does.
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}


@dataclass(slots=True)
class Credentials:
    """Answers the challenges of one server; without a challenge it says nothing."""

    user: str
    password: str
    _scheme: str = ""
    _fields: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    def challenge(self, offered: Sequence[str]) -> None:
        """Take the `WWW-Authenticate` headers of a 401.

        Raises:
            RefusedError: No credentials, wrong ones, or no scheme that is known.
        """
        if not self.user:
            raise RefusedError(
                "the server wants a user and a password", hint="Write them as rtsp://user:password@host/…"
            )
        # Some servers refuse a wrong password without a challenge.
        scheme, fields = _strongest(offered) if offered or not self._scheme else ("", {})
        if self._scheme and fields.get("stale", "").lower() != "true":
            raise RefusedError("the server does not take this user and password", hint="Check both.")
        self._scheme, self._fields, self._count = scheme, fields, 0

    def answer(self, method: str, url: str) -> str | None:
        """Return the `Authorization` of a request; None before the first challenge."""
        if self._scheme == "basic":
            return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return self._digest(method, url) if self._scheme == "digest" else None

    def _digest(self, method: str, url: str) -> str:
        told = self._fields
        algorithm = told.get("algorithm", "MD5")
        digest = _HASHES[algorithm.lower()]
        realm, nonce = told.get("realm", ""), told.get("nonce", "")
        who = digest(f"{self.user}:{realm}:{self.password}".encode())
        what = digest(f"{method}:{url}".encode())
        parts = {"username": self.user, "realm": realm, "nonce": nonce, "uri": url}
        if "auth" in told.get("qop", "").replace(" ", "").split(","):
            self._count += 1
            count, ours = f"{self._count:08x}", secrets.token_hex(8)
            response = digest(f"{who}:{nonce}:{count}:{ours}:auth:{what}".encode())
            bare = f", qop=auth, nc={count}"
            parts["cnonce"] = ours
        else:
            response, bare = digest(f"{who}:{nonce}:{what}".encode()), ""
        parts["response"] = response
        if "opaque" in told:
            parts["opaque"] = told["opaque"]
        if "algorithm" in told:
            bare += f", algorithm={algorithm}"
        return "Digest " + ", ".join(f'{name}="{value}"' for name, value in parts.items()) + bare


def _strongest(offered: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the scheme to use: Digest by SHA-256, then by MD5, then Basic."""
    known: list[tuple[int, str, dict[str, str]]] = []
    for header in offered:
        scheme, _, rest = header.strip().partition(" ")
        fields = {name.lower(): quoted or bare for name, quoted, bare in _PAIR.findall(rest)}
        algorithm = fields.get("algorithm", "md5").lower()
        if scheme.lower() == "basic":
            known.append((0, "basic", fields))
        elif scheme.lower() == "digest" and algorithm in _HASHES:
            known.append((2 if algorithm == "sha-256" else 1, "digest", fields))
    if not known:
        raise RefusedError(
            "the server wants a kind of login that is not known", hint="Use Basic or Digest there."
        )
    _, scheme, fields = max(known, key=lambda each: each[0])
    return scheme, fields
