"""Control's parts, put together."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from stagedoor.control.auth import Auth
from stagedoor.control.backstage.chat import Chat
from stagedoor.control.backstage.commands import Commands
from stagedoor.control.backstage.hands import Hands
from stagedoor.control.builds import DESK_PAGE, GUEST_PAGE, STATIC, Builds
from stagedoor.control.clients import Clients
from stagedoor.control.door import Door
from stagedoor.control.event_schemas import GuestSnapshot, Snapshot
from stagedoor.control.incidents.incidents import Incidents
from stagedoor.control.media.library import Library
from stagedoor.control.metrics import ControlMetrics
from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.mixer.timers import Timers
from stagedoor.control.osc.osc import Osc
from stagedoor.control.publishing import Publishing
from stagedoor.control.reconciler import Reconciler
from stagedoor.control.recording.recordings import Recordings
from stagedoor.control.stage import Stage
from stagedoor.control.store import Store
from stagedoor.control.studio import Studio
from stagedoor.control.synthetic import SyntheticGuests
from stagedoor.control.views import for_guest
from stagedoor.domain.guest import Guest
from stagedoor.secrets import Secrets
from stagedoor.settings import Settings

DATABASE = "control.db"


def wall_clock_ms() -> int:
    """Return milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Control:
    """Everything that the routes need; made by `Control.open`.

    Attributes:
        stage: Guests, seats, sessions.
        door: Invites and joining.
        publishing: Publishers' offers.
        mixing: The mixer.
        timers: Those on program.
        recordings: The take that is recorded, and those that were.
        synthetic: Test guests.
        studio: What guests are told of it.
        commands: Commands to guests' pages.
        hands: Guests' raised hands.
        chat: What was said.
        library: Stills and clips that were uploaded.
        incidents: What went wrong.
        osc: Controllers.
        auth: Who is calling.
        metrics: What is counted.
        builds: Of the pages.
        store: What survives a restart.
        closing: Set when everything that goes on has to end.
    """

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        clients: Clients,
        store: Store,
        now_ms: Callable[[], int],
    ) -> None:
        self.settings = settings
        self.relay = relay = clients.relay
        self.store = store
        self.secrets = secrets
        self.now_ms = now_ms
        self.stage = Stage(settings, relay, store, now_ms)
        self.door = Door(self.stage, store, secrets.signing_key)
        self.publishing = Publishing(self.stage, self.door)
        self.synthetic = SyntheticGuests(self.stage, self.door)
        self.commands = Commands(self.stage)
        self.hands = Hands(self.stage)
        self.chat = Chat(self.stage, store)
        self.auth = Auth(secrets, settings.server, self.door, now_ms)
        self.metrics = ControlMetrics(self.stage)
        self.builds = Builds()
        self.closing = asyncio.Event()
        self.mixing = Mixing(self.stage, store, clients.mixer)
        self.timers = Timers(self.mixing)
        self.stage.on_change = self.mixing.look
        self.library = Library(self.stage, store, self.mixing)
        self.recordings = Recordings(self.stage, store, self.mixing)
        self.incidents = Incidents(self.stage, self.mixing, self.recordings)
        self.studio = Studio(self.stage, self.mixing, self.recordings)
        self.osc = Osc(settings, self.mixing, self.stage.tallies, self.metrics.count_osc)
        self.stage.on_studio = self._tell_studio
        self._reconciler = Reconciler(self.stage, self.publishing, self.mixing, self.recordings)

    def snapshot(self) -> Snapshot:
        """Return what an operator's stream of events starts with."""
        return Snapshot(
            guests=self.stage.guests(),
            seats=self.stage.seats(),
            health=self.stage.health.view(self.stage.sessions),
            carriers=self.stage.carriers.usable,
            mixer=self.mixing.view(),
            board=self.mixing.board_view(),
            recording=self.recordings.view,
            commands=self.commands.lately(),
            chat=self.chat.newest(None),
            incidents=self.incidents.views(),
            build=self.builds.of(DESK_PAGE),
            invites=self.stage.invites,
        )

    def guest_snapshot(self, guest: Guest) -> GuestSnapshot:
        """Return what a guest's own stream of events starts with."""
        return GuestSnapshot(
            guest=for_guest(self.stage.view(guest)),
            studio=self.studio.tell(guest),
            commands=self.commands.pending(guest.id),
            chat=self.chat.newest(guest),
            build=self.builds.of(GUEST_PAGE),
        )

    def _tell_studio(self) -> None:
        """Tell guests and controllers what has changed of the studio."""
        self.studio.look()
        self.osc.look()

    def end_streams(self) -> None:
        """Let every stream to browsers and scripts end, so that the server can."""
        self.closing.set()
        self.stage.events.close()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: Settings,
        secrets: Secrets,
        clients: Clients,
        now_ms: Callable[[], int] = wall_clock_ms,
    ) -> AsyncIterator["Control"]:
        """Open the database, take up the last run's state, follow relay and mixer until the block ends."""
        troubles: list[Control] = []

        def on_trouble(failing: bool) -> None:
            for control in troubles:
                control.stage.health.store_failing = failing
                control.stage.check_health()

        async with Store.open(settings.server.data_dir / DATABASE, on_trouble) as store:
            control = cls(settings, secrets, clients, store, now_ms)
            troubles.append(control)
            await control._restore()
            async with asyncio.TaskGroup() as tasks:
                core = [
                    tasks.create_task(store.run(), name="store"),
                    tasks.create_task(control.stage.tick(), name="tick"),
                    tasks.create_task(control._reconciler.run(), name="reconciler"),
                    tasks.create_task(control.mixing.run(), name="mixing"),
                    tasks.create_task(control.timers.run(), name="timers"),
                    tasks.create_task(control.recordings.run(), name="recordings"),
                    tasks.create_task(control.synthetic.run(), name="test guests"),
                    tasks.create_task(control.commands.run(), name="commands"),
                    tasks.create_task(control.incidents.run(), name="incidents"),
                    tasks.create_task(control.osc.run(), name="osc"),
                    tasks.create_task(control.metrics.watch_loop(), name="loop lag"),
                ]
                try:
                    yield control
                finally:
                    control.end_streams()
                    for task in core:
                        task.cancel()

    async def _restore(self) -> None:
        """Take up guests and invites; who was here counts as gone until pages and media show up again.

        A page that was closed just before has its time again to show that it was only reloaded.
        """
        house = await self.store.load(self.stage.house)
        for guest in house.guests.values():
            if not guest.ended:
                house = house.seen(guest.id, page=False, media=False, now_ms=self.now_ms())
            if guest.leave_ms is not None:
                house = house.leaving(guest.id, self.now_ms())
        self.stage.restore(house)
        await self.builds.restore(STATIC)
        await self.synthetic.restore()
        await self.chat.restore()
        await self.library.restore()
        await self.mixing.restore()
        await self.recordings.restore()
