"""Every failure that Stagedoor can name.

The tree::

    StagedoorError              code, blame, retryable, hint
    ├─ RequestError             the request itself is wrong
    │  ├─ InvalidError          422  a value is not what it must be
    │  ├─ BadOfferError         400  an SDP that cannot be understood
    │  ├─ UnsupportedTypeError  415  another content type is wanted
    │  ├─ TooLargeError         413  the body is larger than is read
    │  ├─ PreconditionError     412  the entity has another tag by now
    │  ├─ NoRestartError        422  this session knows no ICE restart
    │  ├─ RangeError            416  a range outside of the file
    │  ├─ UpgradeError          426  a WebSocket was wanted, and a plain request came
    │  ├─ UnconditionalError    428  the entity's tag must be sent along
    │  ├─ UnauthenticatedError  401  no credentials, or none that are known
    │  └─ ForbiddenError        403  known, but not allowed to do this
    ├─ NotFoundError            404  no such thing
    ├─ GoneError                410  an invite that has ended
    ├─ ConflictError            409  the thing is in another state or in other hands
    │  └─ IllegalTransitionError     a state table forbids the move
    ├─ CapacityError            503  no room: try again later
    ├─ UnavailableError         503  a part of Stagedoor is not there at the moment
    ├─ StorageError             507  the disk takes no more, or cannot be written
    ├─ NegotiationError         406  no codec or transport in common
    ├─ DestinationError         502  a server that we publish to
    │  ├─ RefusedError               it said no; asking again changes nothing by itself
    │  └─ UnreachableError           it does not answer, or went away
    ├─ CarrierError             502  the way by Cloudflare fails
    │  ├─ CarrierRefusedError        it said no; asking again changes nothing by itself
    │  └─ CarrierUnreachableError    it does not answer, or not in a way that can be read
    ├─ MediaError               500  media that cannot be processed
    └─ ResourceFate             what became of something that is used inside the program
       ├─ ClosedError                we closed it
       └─ BrokenError                the other side went away

The numbers are the HTTP statuses that `control.problems` answers with; this file knows nothing else of HTTP.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

Values: TypeAlias = Mapping[str, str | int | float]
"""What a sentence has put in, by name, for whoever says it in another language."""


class Blame(StrEnum):
    """Who can mend it."""

    OPERATOR = "operator"
    GUEST = "guest"
    DESTINATION = "destination"
    US = "us"


class StagedoorError(Exception):
    """A failure with a stable code, the one who can mend it, and what to do.

    Args:
        message: One sentence for people; never a secret, a token or a stream key.
        code: A stable snake_case name; the class's own where none is given.
        hint: The one thing to do about it.
        blame: Who can mend it.
        retryable: Whether the same request may succeed later, unchanged.
        values: What the sentence has put in, such as a name or a number; never a secret either.
    """

    code: str = "internal"
    status: int = 500
    blame: Blame = Blame.US
    retryable: bool = False
    hint: str = ""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        blame: Blame | None = None,
        retryable: bool | None = None,
        values: Values | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.code if code is None else code
        self.hint = self.hint if hint is None else hint
        self.blame = self.blame if blame is None else blame
        self.retryable = self.retryable if retryable is None else retryable
        self.values: Values = {} if values is None else values


class RequestError(StagedoorError):
    """The request itself is wrong."""

    code, status, blame = "bad_request", 400, Blame.OPERATOR


class InvalidError(RequestError):
    """A value is not what it must be."""

    code, status = "invalid", 422


class BadOfferError(RequestError):
    """An SDP that cannot be understood."""

    code, blame = "bad_offer", Blame.GUEST


class UnsupportedTypeError(RequestError):
    """Another content type is wanted."""

    code, status = "unsupported_type", 415


class TooLargeError(RequestError):
    """The body is larger than is read."""

    code, status = "too_large", 413


class PreconditionError(RequestError):
    """The entity has another tag by now."""

    code, status = "stale", 412


class NoRestartError(RequestError):
    """This session knows no ICE restart."""

    code, status, blame = "no_ice_restart", 422, Blame.GUEST


class RangeError(RequestError):
    """A range outside of the file."""

    code, status = "range_unsatisfiable", 416


class UpgradeError(RequestError):
    """A WebSocket was wanted, and a plain request came."""

    code, status = "upgrade_lost", 426


class UnconditionalError(RequestError):
    """The entity's tag must be sent along."""

    code, status = "precondition_required", 428


class UnauthenticatedError(RequestError):
    """No credentials, or none that are known."""

    code, status = "unauthenticated", 401


class ForbiddenError(RequestError):
    """Known, but not allowed to do this."""

    code, status = "forbidden", 403


class NotFoundError(StagedoorError):
    """No such thing."""

    code, status, blame = "not_found", 404, Blame.OPERATOR


class GoneError(StagedoorError):
    """An invite that has ended."""

    code, status, blame = "gone", 410, Blame.GUEST


class ConflictError(StagedoorError):
    """The thing is in another state or in other hands."""

    code, status, blame = "conflict", 409, Blame.OPERATOR


class IllegalTransitionError(ConflictError):
    """A state table forbids the move."""

    code = "illegal_transition"


class CapacityError(StagedoorError):
    """No room: try again later."""

    code, status, blame, retryable = "no_capacity", 503, Blame.OPERATOR, True


class UnavailableError(StagedoorError):
    """A part of Stagedoor is not there at the moment."""

    code, status, retryable = "unavailable", 503, True


class StorageError(StagedoorError):
    """The disk takes no more, or cannot be written."""

    code, status, blame = "storage", 507, Blame.OPERATOR


class NegotiationError(StagedoorError):
    """No codec or transport in common."""

    code, status, blame = "no_common_codec", 406, Blame.GUEST


class DestinationError(StagedoorError):
    """A server that we publish to."""

    code, status, blame = "destination", 502, Blame.DESTINATION


class RefusedError(DestinationError):
    """The server said no."""

    code = "destination_refused"


class UnreachableError(DestinationError):
    """The server does not answer, or went away."""

    code, retryable = "destination_unreachable", True


class CarrierError(StagedoorError):
    """The way by Cloudflare fails."""

    code, status, retryable = "carrier_failed", 502, True


class CarrierRefusedError(CarrierError):
    """Cloudflare said no; asking again changes nothing by itself."""

    code, blame, retryable = "carrier_refused", Blame.OPERATOR, False


class CarrierUnreachableError(CarrierError):
    """Cloudflare does not answer, or not in a way that can be read."""

    code = "carrier_unreachable"


class MediaError(StagedoorError):
    """Media that cannot be processed."""

    code = "media"


class ResourceFate(StagedoorError):
    """What became of something that is used inside the program."""

    code = "resource"


class ClosedError(ResourceFate):
    """We closed it."""

    code = "closed"


class BrokenError(ResourceFate):
    """The other side went away."""

    code = "broken"
