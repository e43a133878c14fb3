"""Errors as problem documents (RFC 9457) and back, so that an error keeps its class between processes."""

from collections.abc import Mapping
from typing import Any

from stagedoor.domain.errors import Blame, StagedoorError, Values

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
"""What a refused client is told to wait where the same request may succeed later."""


def to_problem(error: StagedoorError) -> dict[str, Any]:
    """Return the problem document of an error.

    `kind` names the error's class and `code` the very failure; the other members that RFC 9457
    does not know are the error's own.
    """
    return {
        "type": f"urn:stagedoor:problem:{error.code}",
        "title": _title(type(error)),
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "kind": type(error).code,
        "blame": error.blame.value,
        "retryable": error.retryable,
        "hint": error.hint,
        "values": dict(error.values),
    }


def from_problem(document: Mapping[str, Any], status: int) -> StagedoorError:
    """Return the error that a problem document was made of.

    Args:
        document: The parsed body; members that are missing or of another type count as absent.
        status: The HTTP status that it came with, which decides where the document has no known `kind`.
    """
    kinds = {cls.code: cls for cls in _classes(StagedoorError)}
    cls = kinds.get(str(document.get("kind"))) or _of_status(status)
    code, hint, retryable = (document.get(name) for name in ("code", "hint", "retryable"))
    blame = document.get("blame")
    return cls(
        str(document.get("detail") or document.get("title") or f"the other process answered {status}"),
        code=code if isinstance(code, str) else None,
        hint=hint if isinstance(hint, str) else None,
        blame=Blame(blame) if blame in list(Blame) else None,
        retryable=retryable if isinstance(retryable, bool) else None,
        values=_values(document.get("values")),
    )


def headers(error: StagedoorError) -> dict[str, str]:
    """Return the header fields that belong to an error's answer beside its content type."""
    fields = {"Cache-Control": "no-store"}
    if error.status == 401:
        fields["WWW-Authenticate"] = 'Bearer realm="stagedoor"'
    if error.retryable and error.status == 503:
        fields["Retry-After"] = str(RETRY_AFTER_S)
    return fields


def _title(cls: type[StagedoorError]) -> str:
    return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")


def _values(given: object) -> Values:
    """Return those of these that may be put into a sentence."""
    members = given if isinstance(given, dict) else {}
    return {str(name): value for name, value in members.items() if isinstance(value, str | int | float)}


def _classes(cls: type[StagedoorError]) -> list[type[StagedoorError]]:
    return [cls, *(deeper for child in cls.__subclasses__() for deeper in _classes(child))]


def _of_status(status: int) -> type[StagedoorError]:
    same = (cls for cls in _classes(StagedoorError) if cls.status == status)
    return next(same, StagedoorError)
