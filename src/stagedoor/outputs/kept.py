"""A destination that is kept at work, whatever mistake of ours it meets."""

import logging
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.supervise import supervise
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.errors import InvalidError
from stagedoor.ipc.messages import DestinationSpec, DestinationStatus

logger = logging.getLogger(__name__)


class Outlet(Protocol):
    """One destination at work."""

    @property
    def status(self) -> DestinationStatus:
        """How it does."""

    async def run(self) -> None:
        """Publish until cancelled."""


OutletT = TypeVar("OutletT", bound=Outlet)


class Kept(Generic[OutletT]):
    """Runs a destination, and after a mistake of ours another one in its place.

    The mistake is logged with its traceback, and shown in the status until the destination is live again; it
    reaches nobody else's media.

    Args:
        spec: Where to, and in which form.
        make: Makes the destination, given whom to tell of its changes; a new one for each try.
        on_change: Called when the status has changed in more than a counter.
        name: For the log.

    Attributes:
        spec: As it was given.
        outlet: The one that is at work; None before, and between two of them.
    """

    def __init__(
        self,
        spec: DestinationSpec,
        make: Callable[[Callable[[], None]], OutletT],
        on_change: Callable[[], None],
        name: str,
    ) -> None:
        self.spec = spec
        self.outlet: OutletT | None = None
        self._make = make
        self._on_change = on_change
        self._name = name
        self._before = DestinationStatus(id=spec.id, url="", state=DestinationState.WAITING)

    @property
    def status(self) -> DestinationStatus:
        """How it does now, with what those before sent and dropped."""
        before = self._before
        if self.outlet is None:
            return before
        status = self.outlet.status
        counted = {
            "bytes_sent": before.bytes_sent + status.bytes_sent,
            "dropped": before.dropped + status.dropped,
            "attempts": before.attempts + status.attempts,
        }
        why = status if status.reason else before
        told = {"reason": why.reason, "code": why.code, "hint": why.hint}
        return status.model_copy(update=counted | told)

    async def run(self) -> None:
        """Publish until cancelled, until there is no more to publish, or where the URL is no destination."""
        await supervise(
            self._name, self._run_once, expected=Exception, on_failure=self._failed, backoff=Backoff()
        )

    async def _run_once(self) -> None:
        self.outlet = self._make(self._changed)
        await self.outlet.run()

    def _changed(self) -> None:
        if self.outlet is not None and self.outlet.status.state is DestinationState.LIVE:
            self._before = self._before.model_copy(
                update={"reason": "", "code": "", "hint": "", "attempts": 0}
            )
        self._on_change()

    def _failed(self, error: Exception) -> bool:
        """Note why, and have it tried again where that can help."""
        if isinstance(error, InvalidError):
            self._end(DestinationState.STOPPED, error.code, error.message, error.hint)
            return False
        logger.error("%s failed and starts again", self._name, exc_info=error)
        reason = f"an unexpected failure ({type(error).__name__}); it starts again by itself"
        self._end(DestinationState.RETRYING, "internal", reason, "The log has the details.")
        return True

    def _end(self, state: DestinationState, code: str, reason: str, hint: str) -> None:
        told = {"state": state, "code": code, "reason": reason, "hint": hint, "queued": 0}
        self._before, self.outlet = self.status.model_copy(update=told), None
        self._on_change()
