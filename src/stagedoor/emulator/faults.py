"""Faults that are switched on from outside: which calls go wrong, and what else does."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from stagedoor.emulator.connection import Loss
from stagedoor.emulator.refusal import BACKEND

EVERY = "*"


class Kind(StrEnum):
    """What goes wrong with a call."""

    SLOW = "slow"
    HANG = "hang"
    FAIL = "fail"
    INVALID_JSON = "invalid_json"
    BROKEN_SCHEMA = "broken_schema"
    BROKEN_SDP = "broken_sdp"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class CallFault(_Strict):
    """Calls that go wrong.

    Attributes:
        operation: As in `http.TABLE`, such as `tracks/new`; `*` for all.
        count: How many calls; None for all from now on.
        delay: Seconds, of a slow call.
        status: Of a failing call, with `error_code` and `error_description` in its body.
    """

    operation: str = EVERY
    kind: Kind
    count: Annotated[int, Field(ge=1)] | None = None
    delay: Annotated[float, Field(ge=0, le=120)] = 1.0
    status: Annotated[int, Field(ge=400, le=599)] = 500
    error_code: str = BACKEND.code
    error_description: str = BACKEND.description


class PacketLoss(_Strict):
    """RTP packets that are thrown away, in and out: a fraction of them, the same for the same seed."""

    fraction: Annotated[float, Field(ge=0, le=1)] = 0.0
    seed: int = 1


class FaultSettings(_Strict):
    """All faults; what is left out is switched off.

    Attributes:
        calls: The first that fits a call is used.
        not_found: Whether every pull answers `not_found_track_error`.
        expire: Sessions (`*`: all that are there) that end: 410 from now on, and their connections close.
        vanish: The same, but without a word: media stops as if the network had gone.
    """

    calls: list[CallFault] = []
    loss: PacketLoss = PacketLoss()
    not_found: bool = False
    expire: list[str] = []
    vanish: list[str] = []


class Faults:
    """The faults in force."""

    def __init__(self, loss: Loss) -> None:
        self.settings = FaultSettings()
        self.hits = 0
        self._loss = loss

    def set(self, settings: FaultSettings) -> None:
        """Put these in force, in place of all others; expiring and vanishing is for who has the sessions."""
        self.settings = settings.model_copy(update={"expire": [], "vanish": []})
        self._loss.set(settings.loss.fraction, settings.loss.seed)

    def take(self, operation: str) -> CallFault | None:
        """The fault of a call that comes now, counted."""
        for fault in self.settings.calls:
            if fault.operation in (operation, EVERY):
                self.hits += 1
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count == 0:
                        self.settings.calls.remove(fault)
                return fault
        return None


def named(wanted: Sequence[str], session_id: str) -> bool:
    """Whether a list of sessions means this one."""
    return EVERY in wanted or session_id in wanted


def broken(body: Any, kind: Kind) -> Any:  # noqa: ANN401 - JSON
    """A response's JSON, spoilt."""
    if not isinstance(body, dict):
        return body
    if kind is Kind.BROKEN_SDP:
        if (description := body.get("sessionDescription")) is not None:
            description["sdp"] = "v=0\r\no=- this is\r\nnot=a session description\r\nm=\r\n"
        return body
    # Every value gets a type that the schema does not know there.
    return {name: [7] if not isinstance(value, list) else "none" for name, value in body.items()} or [7]
