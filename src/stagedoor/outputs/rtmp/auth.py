"""The user and password scheme of Adobe's servers, which others speak too (`authmod=adobe`).

The server refuses a first `connect` with "code=403 need auth; authmod=adobe", a second one, which names the
user, with a salt and a challenge, and takes a third one, which answers them.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from stagedoor.domain.errors import RefusedError

SCHEME = "authmod=adobe"


@dataclass(slots=True)
class AdobeAuth:
    """What has to be added to the application's name for the next try.

    Attributes:
        query: Empty at first.
    """

    user: str
    password: str
    query: str = ""

    def next(self, description: str) -> bool:
        """Take the server's description of a refusal; returns whether another try makes sense.

        Raises:
            RefusedError: The server wants credentials, and has none or others than ours.
        """
        if SCHEME not in description:
            return False
        if not self.user:
            raise RefusedError(
                "the server wants a user and a password", hint="Write them as rtmp://user:password@host/…"
            )
        told = _fields(description)
        if told.get("reason") == "authfailed" or "response=" in self.query:
            raise RefusedError("the server does not take this user and password", hint="Check both.")
        if told.get("reason") != "needauth":
            self.query = f"{SCHEME}&user={self.user}"
            return True
        self.query = self._answer(told)
        return True

    def _answer(self, told: dict[str, str]) -> str:
        challenge = secrets.token_hex(4)
        opaque = told.get("opaque", "")
        inner = _digest(self.user + told.get("salt", "") + self.password)
        response = _digest(inner + (opaque or told.get("challenge", "")) + challenge)
        answer = f"{SCHEME}&user={self.user}&challenge={challenge}&response={response}"
        return f"{answer}&opaque={opaque}" if opaque else answer


def _digest(text: str) -> str:
    # MD5 is what the scheme says; it protects no more than the connection does.
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


def _fields(description: str) -> dict[str, str]:
    pairs = description.rpartition("?")[2].split("&")
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
