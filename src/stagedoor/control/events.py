"""Events to browsers and scripts: a snapshot and numbered changes, a bounded queue for each who listens."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from pydantic import BaseModel, TypeAdapter

from stagedoor.control.backstage.chat_schemas import ChatMessage
from stagedoor.control.backstage.command_schemas import CommandView
from stagedoor.control.event_schemas import Ended, GuestGone, InvitesView, StudioView
from stagedoor.control.incidents.schemas import IncidentView
from stagedoor.control.mixer.answers import BoardChange, Meters, MixerView
from stagedoor.control.recording.answers import RecordingView
from stagedoor.control.schemas import GuestView, HealthView
from stagedoor.control.seat_schemas import SeatView
from stagedoor.control.views import for_desk, for_guest
from stagedoor.domain.errors import ClosedError
from stagedoor.ipc.mixer import Meter

_METERS: TypeAdapter[Meters] = TypeAdapter(Meters)

QUEUED = 256
"""Events that may wait for one listener; one that is slower is cut off and starts again with a snapshot."""


class Listener:
    """One stream of events, numbered from 1, as JSON texts.

    Attributes:
        guest: Whose own stream it is; None for an operator's.
        instance: The page that listens, where it said so.
        meters: Whether it wants loudness, ten times a second.
    """

    def __init__(
        self, guest: str | None = None, instance: str | None = None, *, meters: bool = False
    ) -> None:
        self.guest = guest
        self.instance = instance
        self.meters = meters
        self._seq = 0
        self._queue: asyncio.Queue[tuple[int, str]] = asyncio.Queue(QUEUED)
        self._woken = asyncio.Event()
        self._slow = False
        self._over = False

    def offer(self, kind: str, data: str) -> bool:
        """Queue an event with data in JSON; return False if there was no room, which ends the stream."""
        if self._over or self._slow:
            return True
        self._seq += 1
        try:
            self._queue.put_nowait((self._seq, f'{{"seq":{self._seq},"type":"{kind}","data":{data}}}'))
        except asyncio.QueueFull:
            self._slow = True
        self._woken.set()
        return not self._slow

    def end(self) -> None:
        """Let the stream end after what is queued."""
        self._over = True
        self._woken.set()

    async def next(self) -> tuple[int, str] | None:
        """Return the next event; None when the stream has ended.

        Raises:
            ClosedError: The listener did not keep up.
        """
        while not self._slow:
            if not self._queue.empty():
                return self._queue.get_nowait()
            if self._over:
                return None
            self._woken.clear()
            await self._woken.wait()
        raise ClosedError("this stream was read too slowly", code="slow")


class Events:
    """All who listen."""

    def __init__(self) -> None:
        self.slow = 0
        """Listeners that were cut off, in all."""
        self.loudness: Mapping[str, Meter] = {}
        """What the mixer has measured last; nothing while it is not there."""
        self._listeners: set[Listener] = set()

    def __len__(self) -> int:
        return len(self._listeners)

    @contextmanager
    def listening(self, listener: Listener, snapshot: BaseModel) -> Iterator[Listener]:
        """Offer a listener a snapshot, and every event while the block lasts."""
        listener.offer("snapshot", snapshot.model_dump_json())
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def pages(self, guest: str) -> list[Listener]:
        """Return the streams of a guest's own pages."""
        return [listener for listener in self._listeners if listener.guest == guest]

    def guest(self, view: GuestView) -> None:
        """Tell operators that a guest is new or has changed, and the guest's own pages what is for them."""
        self._publish("guest", for_desk(view).model_dump_json())
        pages = self.pages(view.id)
        if pages:
            self._offer(pages, "guest", for_guest(view).model_dump_json())

    def studio(self, guest: str, view: StudioView) -> None:
        """Tell a guest's own pages how the studio is for them."""
        self._offer(self.pages(guest), "studio", view.model_dump_json())

    def guest_gone(self, guest: str) -> None:
        """Tell operators that a guest is no longer listed."""
        self._publish("guest_gone", GuestGone(id=guest).model_dump_json())

    def command(self, view: CommandView, instance: str | None) -> None:
        """Tell operators of a command to a guest, and the page `instance` of that guest, if one is named."""
        self._publish("command", view.model_dump_json())
        pages = [page for page in self.pages(view.guest) if instance and page.instance == instance]
        self._offer(pages, "command", view.model_dump_json())

    def chat(self, message: ChatMessage, guests: Collection[str]) -> None:
        """Tell operators what was said, and the pages of the guests whom it is for."""
        self._publish("chat", message.model_dump_json())
        self._offer(
            (each for each in self._listeners if each.guest in guests), "chat", message.model_dump_json()
        )

    def incident(self, view: IncidentView) -> None:
        """Tell operators that an incident is new, has changed, or has ended."""
        self._publish("incident", view.model_dump_json())

    def invites(self, number: int) -> None:
        """Tell operators that other links work."""
        self._publish("invites", InvitesView(number=number).model_dump_json())

    def seats(self, views: tuple[SeatView, ...]) -> None:
        """Tell operators that the seats have changed."""
        self._publish("seats", f"[{','.join(view.model_dump_json() for view in views)}]")

    def health(self, view: HealthView) -> None:
        """Tell operators that health has changed."""
        self._publish("health", view.model_dump_json())

    def mixer(self, view: MixerView | None) -> None:
        """Tell operators what the mixer says; None: it is not there."""
        self._publish("mixer", "null" if view is None else view.model_dump_json())

    def board(self, change: BoardChange) -> None:
        """Tell operators that the board has changed."""
        self._publish("board", change.model_dump_json())

    def recording(self, view: RecordingView | None) -> None:
        """Tell operators what is recorded; None: nothing."""
        self._publish("recording", "null" if view is None else view.model_dump_json())

    def meters(self, meters: Mapping[str, Meter]) -> None:
        """Tell how loud everything is to those who asked for it."""
        self.loudness = meters
        asking = [each for each in self._listeners if each.meters and each.guest is None]
        if asking:
            self._offer(asking, "meters", _METERS.dump_json(dict(meters)).decode())

    def ended(self, listener: Listener, reason: Ended) -> None:
        """Tell one of a guest's pages that it must not come back by itself, and end its stream."""
        listener.offer("ended", reason.model_dump_json())
        listener.end()

    def close(self) -> None:
        """End every stream."""
        for listener in self._listeners:
            listener.end()

    def _publish(self, kind: str, data: str) -> None:
        """Offer an event to operators."""
        self._offer((each for each in self._listeners if each.guest is None), kind, data)

    def _offer(self, listeners: Iterable[Listener], kind: str, data: str) -> None:
        for listener in listeners:
            self.slow += not listener.offer(kind, data)
