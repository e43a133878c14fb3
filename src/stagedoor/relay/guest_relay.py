"""A relay: what takes one bound path of a guest to its destinations."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.errors import NotFoundError
from stagedoor.ipc.messages import DestinationSpec, DestinationStatus
from stagedoor.outputs.kept import Kept, Outlet

logger = logging.getLogger(__name__)

ENDS_WITHIN_S = 3.0
"""What a destination that is restarted has for its goodbye; then the new one begins all the same."""


OutletFactory = Callable[[str, DestinationSpec, Callable[[], None], str], Outlet]
"""Makes a destination of a path, given whom to tell of its changes, and the carrier's name for the log."""


@dataclass(slots=True)
class _Entry:
    kept: Kept[Outlet]
    task: asyncio.Task[None] | None = None


class GuestRelay:
    """Runs the destinations of one path; each has its own task, queue and back-off.

    A bug in one ends neither the others nor anybody else's relay: it is logged with its traceback, shown in
    the state, and the destination starts again.

    Args:
        path: The path that is published.
        make: Makes a destination.
        on_change: Called when a status has changed.
        carrier: What brings the media, for the log.
    """

    def __init__(
        self, path: str, make: OutletFactory, on_change: Callable[[], None], carrier: str = "Built-in"
    ) -> None:
        self.path = path
        self.on_change = on_change
        self.carrier = carrier
        self._make = make
        self._entries: dict[str, _Entry] = {}
        self._started = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def statuses(self) -> tuple[DestinationStatus, ...]:
        """How each destination does."""
        return tuple(entry.kept.status for entry in self._entries.values())

    def apply(self, specs: Iterable[DestinationSpec]) -> None:
        """Have exactly these destinations from now on; those that stay the same go on undisturbed."""
        wanted = {spec.id: spec for spec in specs}
        for name, entry in list(self._entries.items()):
            if wanted.get(name) != entry.kept.spec:
                del self._entries[name]
                if entry.task is not None:
                    entry.task.cancel()
        for name, spec in wanted.items():
            if name not in self._entries:
                self._entries[name] = self._entry(spec)
        if self._started:
            self._start_all()

    def start(self) -> None:
        """The first packet is there: publish. Idempotent."""
        if self._started:
            return
        self._started = True
        logger.info("Starting relay for %s", self.path)
        self._start_all()

    def restart(self, destination: str | None = None) -> None:
        """Have the destinations, or one, begin anew at once, with what converts for them alone.

        All that is to end has ended before anything begins: a server takes one publisher of a path.

        Raises:
            NotFoundError: There is no such destination, or none at all.
        """
        named = [name for name in self._entries if destination in (None, name)]
        if not named:
            raise NotFoundError(f"{self.path} has no such destination", code="destination_unknown")
        logger.info("Restarting relay for %s", self.path)
        ending = [task for name in named if (task := self._entries[name].task) is not None]
        for task in ending:
            task.cancel()
        for name in named:
            self._entries[name] = self._entry(self._entries[name].kept.spec)
        if self._started:
            self._start_all(after=ending)
        self.on_change()

    def _start_all(self, after: Sequence[asyncio.Task[None]] = ()) -> None:
        for entry in self._entries.values():
            if entry.task is None:
                name = f"relay {self.path} {entry.kept.spec.id}"
                entry.task = asyncio.get_running_loop().create_task(self._keep(entry, after), name=name)
                self._tasks.add(entry.task)
                entry.task.add_done_callback(self._tasks.discard)

    async def _keep(self, entry: _Entry, after: Sequence[asyncio.Task[None]] = ()) -> None:
        if after:
            await asyncio.wait(after, timeout=ENDS_WITHIN_S)
        await entry.kept.run()

    def _entry(self, spec: DestinationSpec) -> _Entry:
        def make(on_change: Callable[[], None]) -> Outlet:
            return self._make(self.path, spec, on_change, self.carrier)

        return _Entry(Kept(spec, make, self._changed, f"The relay of {self.path}"))

    def _changed(self) -> None:
        self.on_change()

    async def aclose(self) -> None:
        """Stop publishing; idempotent."""
        self._entries.clear()
        await cancel_and_wait(*self._tasks)
