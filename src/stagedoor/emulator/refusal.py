"""How the API says no: by the status and code of a whole call, or by the code of one item of it."""

from typing import NamedTuple


class Refusal(Exception):
    """A call that is refused as a whole.

    Args:
        status: Of the response.
        code: `errorCode` of its body.
        description: `errorDescription` of its body.
    """

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(f"{status} {code}: {description}")
        self.status = status
        self.code = code
        self.description = description


class ItemError(NamedTuple):
    """What is wrong with one track of a call that succeeds."""

    code: str
    description: str


_SENDING = "Make sure the publisher peer is connected and sending packets for this track"
NOT_FOUND_TRACK = ItemError("not_found_track_error", f"Track not found on remote peer. {_SENDING}")
EMPTY_TRACK = ItemError("empty_track_error", f"No track data from remote peer. {_SENDING}")
CLOSED_TRACK = ItemError("close_track_error", "Track doesn't exist or was already closed")
NO_SIMULCAST = ItemError(
    "update_track_error", "The track is not configured for simulcast, no updates applicable."
)
BACKEND = ItemError("internal_error", "Backend error")
NO_SECTION = ItemError("invalid_session_description", "The offer has no free section that can receive it")
NO_CODEC = ItemError("internal_error", "The receiving section has none of the publisher's codecs")
NO_CHANNELS = ItemError("transport_unavailable_error", "This emulator carries no data channels")
NO_ADAPTERS = ItemError("temporarily_unavailable_error", "This emulator has no WebSocket adapters")


def decoding(what: str) -> Refusal:
    """The body is not what it must be."""
    return Refusal(400, "decoding_error", what)


def invalid_params(what: str) -> Refusal:
    """The body's values make no sense together."""
    return Refusal(406, "invalid_params", what)


def invalid_description(what: str) -> Refusal:
    """The session description does not fit the session."""
    return Refusal(406, "invalid_session_description", what)


def out_of_order() -> Refusal:
    """An offer of ours waits for its answer."""
    return invalid_description(
        "renegotiation is expected before pulling or pushing tracks. "
        "API requests were possibly made out-of-order"
    )


def gone() -> Refusal:
    """The session has ended, or there never was one."""
    return Refusal(
        410,
        "session_error",
        "Session appears to be disconnected. Please check if the PeerConnection is connected.",
    )


def not_ready() -> Refusal:
    """The session's connection does not stand yet."""
    return Refusal(425, "session_error", "Session is not ready yet")
