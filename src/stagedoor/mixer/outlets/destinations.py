"""Where canvases are published to: each destination begins and ends by itself."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stagedoor.domain.ids import Canvas
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.mixer import OutputSpec
from stagedoor.media.packets import Packet
from stagedoor.outputs.destination import Destination, OpenReader
from stagedoor.outputs.kept import Kept


@dataclass(frozen=True, slots=True)
class _Running:
    spec: OutputSpec
    kept: Kept[Destination]
    task: asyncio.Task[None]

    def status(self, frame_of: Callable[[Packet], int]) -> DestinationStatus:
        """Return how it does; `frame_of` tells which program frame a picture is."""
        status, outlet = self.kept.status, self.kept.outlet
        if outlet is None or outlet.first_picture is None:
            return status
        return status.model_copy(update={"first_frame": frame_of(outlet.first_picture)})


class Destinations:
    """Runs the destinations that are wanted; on the loop.

    Args:
        group: Runs them.
        open_reader: Tells what opens a reader of a canvas.
        on_change: Called when a destination's status has changed.
        frame_of: Tells which program frame a picture is.
    """

    def __init__(
        self,
        group: asyncio.TaskGroup,
        open_reader: Callable[[Canvas], OpenReader],
        on_change: Callable[[], None],
        frame_of: Callable[[Packet], int],
    ) -> None:
        self._group = group
        self._open_reader = open_reader
        self._on_change = on_change
        self._frame_of = frame_of
        self._running: dict[str, _Running] = {}
        self._ending: list[tuple[str, asyncio.Task[None]]] = []

    @property
    def statuses(self) -> tuple[DestinationStatus, ...]:
        """How those that are wanted do."""
        return tuple(each.status(self._frame_of) for each in self._running.values())

    def want(self, specs: Iterable[OutputSpec]) -> None:
        """Have these, and no others; what ends is told so at once, and only its successor waits for it."""
        wanted = {spec.id: spec for spec in specs}
        self._ending = [(key, task) for key, task in self._ending if not task.done()]
        for key, running in tuple(self._running.items()):
            if wanted.get(key) != running.spec:
                self._end(key)
        for key, spec in wanted.items():
            if key not in self._running:
                self._begin(spec)

    async def aclose(self) -> None:
        """End all of them; idempotent."""
        for key in tuple(self._running):
            self._end(key)
        if self._ending:
            await asyncio.wait([task for _, task in self._ending])

    def _end(self, key: str) -> None:
        task = self._running.pop(key).task
        task.cancel()
        self._ending.append((key, task))

    def _begin(self, spec: OutputSpec) -> None:
        open_reader, label = self._open_reader(spec.canvas), spec.canvas.value

        def make(on_change: Callable[[], None]) -> Destination:
            return Destination(spec, open_reader, on_change, label, carrier="Mixer")

        kept = Kept(spec, make, self._on_change, f"Output {spec.id} of {label}")
        before = [task for key, task in self._ending if key == spec.id]

        async def run() -> None:
            # A server takes one publisher of a name: the one before has to be gone.
            if before:
                await asyncio.wait(before)
            await kept.run()

        task = self._group.create_task(run(), name=f"destination {spec.id}")
        self._running[spec.id] = _Running(spec, kept, task)
