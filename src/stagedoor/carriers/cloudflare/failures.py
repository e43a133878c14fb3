"""What each refusal of the SFU means: whose it is, what to do, and whether to ask again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stagedoor.domain.errors import Blame, CarrierError, CarrierRefusedError, CarrierUnreachableError


class Fate(StrEnum):
    """What becomes of the session that a call failed for.

    Attributes:
        AGAIN: The same call may succeed a little later; what is there goes on.
        RENEW: The session at the SFU is of no use any more; a new one is made.
        STOP: Asking again changes nothing until somebody mends something.
    """

    AGAIN = "again"
    RENEW = "renew"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One kind of failure.

    Attributes:
        code: The error's stable code.
        fate: What becomes of the session.
        kind: The class of the error.
        blame: Who can mend it.
        sentence: What happened, for people.
        hint: What to do.
    """

    code: str
    fate: Fate
    kind: type[CarrierError]
    blame: Blame
    sentence: str
    hint: str

    def error(self, words: str = "") -> CarrierError:
        """Return the error, with Cloudflare's own words where there are some."""
        message = f"{self.sentence}: {words[:200]}" if words else self.sentence
        retryable = self.fate is not Fate.STOP
        return self.kind(message, code=self.code, hint=self.hint, blame=self.blame, retryable=retryable)


UNAUTHORIZED: Final = Meaning(
    "carrier_unauthorized",
    Fate.STOP,
    CarrierRefusedError,
    Blame.OPERATOR,
    "Cloudflare does not take the app secret",
    "Check carrier.cloudflare.app_secret.",
)
APP_UNKNOWN: Final = Meaning(
    "carrier_app_unknown",
    Fate.STOP,
    CarrierRefusedError,
    Blame.OPERATOR,
    "Cloudflare does not know the application",
    "Check carrier.cloudflare.app_id; a new application takes a minute to be known everywhere.",
)
TURN_REFUSED: Final = Meaning(
    "carrier_turn_refused",
    Fate.STOP,
    CarrierRefusedError,
    Blame.OPERATOR,
    "Cloudflare does not take the TURN key's token",
    "Check carrier.cloudflare.turn_key_token.",
)
TURN_UNKNOWN: Final = Meaning(
    "carrier_turn_unknown",
    Fate.STOP,
    CarrierRefusedError,
    Blame.OPERATOR,
    "Cloudflare does not know the TURN key",
    "Check carrier.cloudflare.turn_key_id.",
)
NOT_UNDERSTOOD: Final = Meaning(
    "carrier_not_understood",
    Fate.STOP,
    CarrierRefusedError,
    Blame.US,
    "Cloudflare does not understand our request",
    "Look at the relay's log; the guest may come by the built-in carrier.",
)
TOO_LARGE: Final = Meaning(
    "carrier_too_large",
    Fate.STOP,
    CarrierRefusedError,
    Blame.GUEST,
    "the offer is too long for Cloudflare",
    "Use another browser.",
)
OUT_OF_ORDER: Final = Meaning(
    "carrier_out_of_order",
    Fate.RENEW,
    CarrierError,
    Blame.US,
    "Cloudflare takes our request for out of order",
    "A new session is made by itself.",
)
SESSION_GONE: Final = Meaning(
    "carrier_session_gone",
    Fate.RENEW,
    CarrierError,
    Blame.DESTINATION,
    "the session at Cloudflare is gone",
    "A new one is made by itself.",
)
TRACK_NOT_READY: Final = Meaning(
    "carrier_track_not_ready",
    Fate.AGAIN,
    CarrierError,
    Blame.GUEST,
    "nothing of the guest has reached Cloudflare yet",
    "It is asked for again by itself; if this lasts, the guest's network lets no media out.",
)
NOT_READY: Final = Meaning(
    "carrier_not_ready",
    Fate.AGAIN,
    CarrierError,
    Blame.DESTINATION,
    "Cloudflare is not ready for the request yet",
    "It is asked again by itself.",
)
TOO_MANY_CALLS: Final = Meaning(
    "carrier_too_many_calls",
    Fate.AGAIN,
    CarrierError,
    Blame.US,
    "Cloudflare wants fewer requests",
    "It is asked again by itself, more slowly.",
)
BROKEN: Final = Meaning(
    "carrier_failed",
    Fate.AGAIN,
    CarrierError,
    Blame.DESTINATION,
    "Cloudflare failed",
    "It is asked again by itself; see cloudflarestatus.com if this lasts.",
)
TRACK_REFUSED: Final = Meaning(
    "carrier_refused",
    Fate.STOP,
    CarrierRefusedError,
    Blame.DESTINATION,
    "Cloudflare refuses the track",
    "Switch the guest to the built-in carrier, or have them join again.",
)
TIMED_OUT: Final = Meaning(
    "carrier_timed_out",
    Fate.RENEW,
    CarrierUnreachableError,
    Blame.DESTINATION,
    "Cloudflare did not answer in time",
    "A new session is made by itself.",
)
UNREACHABLE: Final = Meaning(
    "carrier_unreachable",
    Fate.AGAIN,
    CarrierUnreachableError,
    Blame.OPERATOR,
    "Cloudflare cannot be reached",
    "Check this machine's way to the internet, and carrier.cloudflare.base_url.",
)
TLS_FAILED: Final = Meaning(
    "carrier_tls_failed",
    Fate.AGAIN,
    CarrierUnreachableError,
    Blame.OPERATOR,
    "the connection to Cloudflare cannot be trusted",
    "Check this machine's clock, its certificates, and carrier.cloudflare.base_url.",
)
UNREADABLE: Final = Meaning(
    "carrier_unreadable",
    Fate.RENEW,
    CarrierUnreachableError,
    Blame.DESTINATION,
    "Cloudflare's answer cannot be read",
    "A new session is made by itself; check carrier.cloudflare.base_url if this lasts.",
)

MEANINGS: Final = (
    UNAUTHORIZED,
    APP_UNKNOWN,
    TURN_REFUSED,
    TURN_UNKNOWN,
    NOT_UNDERSTOOD,
    TOO_LARGE,
    OUT_OF_ORDER,
    SESSION_GONE,
    TRACK_NOT_READY,
    NOT_READY,
    TOO_MANY_CALLS,
    BROKEN,
    TRACK_REFUSED,
    TIMED_OUT,
    UNREACHABLE,
    TLS_FAILED,
    UNREADABLE,
)

_BY_STATUS: Final = {
    400: NOT_UNDERSTOOD,
    401: UNAUTHORIZED,
    403: UNAUTHORIZED,
    404: APP_UNKNOWN,
    405: NOT_UNDERSTOOD,
    406: OUT_OF_ORDER,
    410: SESSION_GONE,
    413: TOO_LARGE,
    425: NOT_READY,
    429: TOO_MANY_CALLS,
}
TURN_BY_STATUS: Final = {401: TURN_REFUSED, 403: TURN_REFUSED, 404: TURN_UNKNOWN}
"""For the calls that give TURN credentials."""
_BY_CODE: Final = {
    "decoding_error": NOT_UNDERSTOOD,
    "unauthorized": UNAUTHORIZED,
    "not_found": APP_UNKNOWN,
    "invalid_params": OUT_OF_ORDER,
    "invalid_session_description": OUT_OF_ORDER,
    "session_error": SESSION_GONE,
    "payload_too_large": TOO_LARGE,
    "not_found_track_error": TRACK_NOT_READY,
    "empty_track_error": TRACK_NOT_READY,
    "transport_unavailable_error": NOT_READY,
    "temporarily_unavailable_error": NOT_READY,
    "retryable_transient_error": NOT_READY,
    "internal_error": BROKEN,
    "backend_error": BROKEN,
    "close_track_error": TRACK_REFUSED,
    "update_track_error": TRACK_REFUSED,
    "repeated_local_track_error": TRACK_REFUSED,
}


def meaning(status: int, code: str | None, *, in_session: bool = True) -> Meaning:
    """Return what an answer's HTTP status and error code mean; the status decides where it says enough.

    Args:
        status: 200 for an error in the middle of a success, or one of a single track.
        code: Cloudflare's `errorCode`.
        in_session: Whether the call named a session, which is what is not found then.
    """
    if status == 404 and in_session:
        return SESSION_GONE
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status == 200:
        return _BY_CODE.get(code or "", BROKEN)
    return BROKEN if status >= 500 else UNREADABLE


_BY_OUR_CODE: Final = {each.code: each for each in MEANINGS}


def meaning_of(error: CarrierError) -> Meaning:
    """Return what an error that was raised here means."""
    return _BY_OUR_CODE.get(error.code, BROKEN)


def fate(error: CarrierError) -> Fate:
    """Return what becomes of the session that an error was raised for."""
    return meaning_of(error).fate


RETRY_FIRST_S: Final = 0.25
RETRY_GROWTH: Final = 1.5
RETRY_MOST_S: Final = 2.0


def retry_after(attempt: int) -> float:
    """Return the seconds from a failed try, counted from 0, to the next one: 0.25 s, growing to 2 s."""
    return min(RETRY_MOST_S, RETRY_FIRST_S * RETRY_GROWTH ** min(attempt, 16))
