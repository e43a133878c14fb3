"""What an RTMP server means when it says no, or says nothing and hangs up."""

import contextlib
from collections.abc import Iterator
from typing import Final

from stagedoor.domain.errors import RefusedError, UnreachableError
from stagedoor.outputs.address import Address
from stagedoor.outputs.link import CLOSED
from stagedoor.outputs.rtmp.connection import Command

_KEY_HINT: Final = (
    "Check the stream key, or the user and password; MediaMTX wants them as ?user=…&pass=… in the URL."
)

_HINTS: Final = {
    "NetStream.Publish.BadName": "Something else publishes there: stop it, or use another path.",
    "NetStream.Publish.Unauthorized": _KEY_HINT,
    "NetStream.Publish.Denied": _KEY_HINT,
    "NetConnection.Connect.InvalidApp": "The server has no application of this name: mend the URL's path.",
    "NetConnection.Connect.Rejected": "Check the URL's path, and the user and password.",
}

_PASSING: Final = frozenset(
    {"NetStream.Publish.BadName", "NetConnection.Connect.AppShutdown", "NetConnection.Connect.Closed"}
)
"""Refusals that end by themselves: a place is taken until its last publisher is given up."""


def is_error(command: Command) -> bool:
    """Whether a command is a refusal; some servers give events of failure the level `status`."""
    code = command.text("code")
    return (
        command.name == "_error"
        or (command.name == "onStatus" and command.text("level") == "error")
        or code.endswith((".Failed", ".Rejected", ".Denied", ".BadName"))
    )


def refusal(address: Address, command: Command) -> RefusedError:
    """Return the server's own words as an error, without our secrets."""
    code, words = command.text("code"), command.text("description").strip()
    text = f"{words} ({code})" if words and code else words or code or "no reason given"
    return RefusedError(
        f"{address.where} refused: {address.clean(text)}",
        hint=_HINTS.get(code, ""),
        retryable=code in _PASSING,
    )


@contextlib.contextmanager
def silence_means_no(address: Address, what: str) -> Iterator[None]:
    """Turn a hang-up in place of an answer into a refusal: many servers refuse without a word."""
    try:
        yield
    except UnreachableError as error:
        if error.code != CLOSED:
            raise
        raise RefusedError(
            f"{address.where} closed the connection when asked {what}",
            hint="The server's log says why: mostly the application, the stream key or an allow list.",
            retryable=True,
        ) from error
