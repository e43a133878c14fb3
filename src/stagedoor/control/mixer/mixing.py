"""The mixer as control runs it: keeps the board, has the mixer follow it, and follows what the mixer says."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable

from stagedoor.control.mixer import views
from stagedoor.control.mixer.answers import BoardChange, BoardView, MixerView
from stagedoor.control.mixer.board import Board
from stagedoor.control.mixer.board_views import board_change, board_view
from stagedoor.control.mixer.clips import Clips
from stagedoor.control.mixer.courier import Courier
from stagedoor.control.mixer.feedback import returning
from stagedoor.control.mixer.monitors import Monitors
from stagedoor.control.mixer.news import MixerNews
from stagedoor.control.mixer.overlay_views import overlay_views
from stagedoor.control.mixer.own_hub import find_own_hosts
from stagedoor.control.mixer.ready_made import completed
from stagedoor.control.mixer.talkbacks import Addressed, Talkbacks
from stagedoor.control.mixer.tickers import Tickers
from stagedoor.control.mixer.wanted import Audience, audience, lobby_sources, wanted
from stagedoor.control.mixer.watchers import Watchers
from stagedoor.control.stage import Stage
from stagedoor.control.store import Store
from stagedoor.domain.errors import StagedoorError, UnavailableError
from stagedoor.domain.ids import Canvas
from stagedoor.ipc.messages import PathStatus, RelayState
from stagedoor.ipc.mixer import MixerEvent, MixerState, Wanted
from stagedoor.ipc.mixer_client import MixerClient
from stagedoor.ipc.recording import RecordingSpec, RecordingStatus
from stagedoor.ipc.switching import Applied, Settled
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

HOSTS_EVERY_S = 10.0


class Mixing:
    """Everything about the mixer that the routes need.

    Args:
        stage: Guests and seats.
        store: Where the board is kept.
        client: The mixer.

    Attributes:
        board: What the operator set.
        state: What the mixer said last; None while it is not there.
        monitors: What each operator listens to.
        talkbacks: Who speaks to whom.
        on_recording: Told what the mixer says of its recording; None: it is not there.
    """

    def __init__(self, stage: Stage, store: Store, client: MixerClient) -> None:
        self.client = client
        self.board = Board()
        self.state: MixerState | None = None
        self._stage = stage
        self._store = store
        self._settings = stage.settings
        self.monitors = Monitors()
        self.talkbacks = Talkbacks(self.look)
        self.on_recording: Callable[[RecordingStatus | None], None] = lambda _: None
        self._recording: RecordingSpec | None = None
        self._own_hosts = frozenset[str]()
        self._clips = Clips()
        self._tickers = Tickers()
        self._watchers = Watchers()
        self._present = Audience()
        self._courier = Courier(client, self._wanted)
        self._news = MixerNews(stage.events, self.view)

    @property
    def enabled(self) -> bool:
        """Whether the mixer is ours."""
        return self._settings.mixer.enabled

    @property
    def runs(self) -> bool:
        """Whether there is a mixer process, if only for returns and talkback."""
        return self._settings.mixer.runs

    async def restore(self) -> None:
        """Take up the board of the last run; where the mixer is ours, fill in what is missing."""
        if not self.runs:
            return
        self._own_hosts = await find_own_hosts(self._settings)
        stored = await self._store.load_board()
        self.board = completed(stored, self._settings.guests) if self.enabled else stored
        self._store.put_board(stored, self.board)
        self._stage.returns.use(self.board.returns)
        self.look()

    async def run(self) -> None:
        """Lead and follow the mixer until cancelled."""
        if not self.runs:
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._lead(), name="courier")
                tasks.create_task(self._follow_hosts(), name="own hosts")
                async for event in self.client.events(self._on_lost):
                    self._take(event)
        finally:
            self._news.close()

    async def _lead(self) -> None:
        """Bring the mixer what is wanted: not before it is known who hears and watches it already."""
        await self._watchers.known()
        await self._courier.run()

    async def _follow_hosts(self) -> None:
        """Know this machine by the addresses that it has by now."""
        is_said = False
        while True:
            await asyncio.sleep(HOSTS_EVERY_S)
            try:
                own = await find_own_hosts(self._settings)
            except OSError as error:
                if not is_said:
                    log.warning("This machine's addresses cannot be read: %s", error)
                is_said = True
                continue
            is_said = False
            if own != self._own_hosts:
                self._own_hosts = own
                self._courier.changed()

    def view(self) -> MixerView | None:
        """Return the mixer as the API shows it; None while it is not there, or is not ours."""
        return None if self.state is None or not self.enabled else views.mixer_view(self.state)

    def board_view(self) -> BoardView | None:
        """Return the board as the API shows it; None where another program mixes."""
        return board_view(self.board, self.state) if self.enabled else None

    def require_state(self) -> MixerState:
        """Return what the mixer said last; raise `UnavailableError` while it is not there."""
        if self.state is None:
            raise UnavailableError(
                "the mixer is not there at the moment",
                code="mixer_unavailable",
                hint="It is restarted by itself, on the same scene; if this lasts, look at its log.",
            )
        return self.state

    async def thumbnail(self, scene: str, canvas: Canvas) -> bytes:
        """Return a scene as it would look now on a canvas, as JPEG.

        Raises:
            NotFoundError: There is no such scene.
            UnavailableError: The mixer is not there, or has no such scene yet.
        """
        known = self.board.scene(scene)
        return await self._courier.with_scene(known, lambda: self.client.thumbnail(scene, canvas))

    async def put(self, board: Board) -> int | None:
        """Make a board the present one; return the first frame that shows it, None if it waits for the mixer.

        Raises:
            StagedoorError: The mixer refuses it; then it is not kept.
        """
        before = self.board
        self.commit(board)
        try:
            return await self._frame()
        except StagedoorError:
            if self.board.confirmed(board.program, board.preview, black=board.black) == board:
                self.commit(before)
            raise

    def commit(self, board: Board) -> None:
        """Make a board the present one: have it written and told, and the mixer follow."""
        before, self.board = self.board, board
        if board == before:
            return
        self._store.put_board(before, board)
        if self.enabled:
            self._stage.events.board(board_change(before, board, self.state))
        self._courier.changed()

    def set_return(self, seat: str, url: str | None) -> None:
        """Set what a seat's guest gets from outside; None: what the settings say, empty: nothing."""
        self.commit(self.board.with_return(seat, url))
        self._stage.returns.use(self.board.returns)
        self._stage.events.seats(self._stage.seats())
        self._stage.show_seats((seat,))
        self._stage.check_health()
        self.look()

    async def command(self, scene: str | None, send: Callable[[], Awaitable[Applied]]) -> Applied:
        """Have the mixer do something at once, whatever else it is being told meanwhile.

        Args:
            scene: The scene that it is about, if it is about one; one that is new to the mixer goes first.
            send: Sends the command.

        Raises:
            NotFoundError: There is no such scene.
            UnavailableError: The mixer is not there, or has no such scene yet.
        """
        if scene is None:
            self.require_state()
            applied = await send()
        else:
            applied = await self._courier.with_scene(self.board.scene(scene), send)
        self._remember(applied.settled)
        return applied

    async def monitor(self, operator: str, listen: tuple[str, ...]) -> int | None:
        """Have an operator's monitor carry these sources, or program; return the first frame with it."""
        self.monitors.put(operator, listen, self.board.sources.keys() | lobby_sources(self._stage))
        self.look()
        return await self._frame()

    async def speak(self, operator: str, to: Addressed, *, on: bool) -> int | None:
        """Have an operator speak to guests, or to nobody; return the first frame with it.

        Raises:
            ConflictError: Nobody publishes the operator's talkback.
        """
        if on:
            self.talkbacks.hold(operator, to)
        else:
            self.talkbacks.let_go(operator)
        return await self._frame()

    def record(self, spec: RecordingSpec | None) -> None:
        """Have program recorded to a take, or not at all."""
        if self.enabled:
            self._recording = spec
            self._courier.changed()

    async def recorded(self, spec: RecordingSpec | None) -> int | None:
        """Have program recorded, or not; return the first frame with it, None if it waits for the mixer."""
        if not self.enabled:
            return None
        self.record(spec)
        with contextlib.suppress(StagedoorError):
            return await self._frame()
        return None

    def look(self) -> None:
        """Look again at who hears and watches; the mixer is told if that has changed."""
        self._stage.on_studio()
        if not self.runs:
            return
        present = audience(self._stage, self.monitors.all(), self.talkbacks, self._watchers.paths)
        if present != self._present:
            self._present = present
            self._courier.changed()

    def relay_state(self, state: RelayState, talkbacks: Iterable[str]) -> None:
        """Take all paths that the relay has; `talkbacks` are the sessions of operators that it must have."""
        self.talkbacks.relay_state(state, talkbacks)
        self._watchers.relay_state(state)
        self.look()

    def relay_path(self, path: PathStatus) -> None:
        """Take what has changed of a path of the relay; only the mixer's own and operators' count."""
        self.talkbacks.relay_path(path)
        if self._watchers.relay_path(path):
            self.look()

    async def _frame(self) -> int | None:
        """Return the first frame that shows what was set last; None while the mixer is not there."""
        try:
            return (await self._courier.applied()).frame
        except UnavailableError:
            return None

    def _wanted(self, revision: int) -> Wanted:
        board = self.board if self.enabled else Board()
        made = wanted(
            revision,
            board,
            self._present,
            self._settings.mixer.has,
            self._settings.server.media_dir,
            returning(board, self._settings, self._own_hosts),
        )
        kept = {"clips": self._clips.starts(board), "tickers": self._tickers.places(board)}
        return made.model_copy(update={"recording": self._recording, **kept})

    def _take(self, event: MixerEvent) -> None:
        if event.meters is not None and self.enabled:
            self._stage.events.meters(event.meters)
        if event.state is None:
            return
        if self.state is None or self.state.pid != event.state.pid:
            with_fields(log, pid=event.state.pid, frame=event.state.frame).info("Connected to the mixer")
        before, self.state = self.state, event.state
        if before is None or before.overlays != event.state.overlays:
            self._tell_overlays()
        self._clips.take(event.state, self.board)
        self._tickers.take(event.state, self.board)
        self._courier.met(event.state)
        if not self.enabled:
            self._tell()
            return
        black = self._is_black(event.state)
        self._remember(event.state.settled, black=black)
        self.on_recording(event.state.recording)
        self._tell()

    def _on_lost(self) -> None:
        self.state = None
        self._stage.events.loudness = {}
        self._tell_overlays()
        self._courier.lost()
        if self.enabled:
            self.on_recording(None)
        self._tell()

    def _tell(self) -> None:
        """Tell everybody whom it concerns what the mixer says, or that it says nothing."""
        stage, state = self._stage, self.state
        stage.health.mixer_up = state is not None
        stage.health.outputs = views.by_canvas(self.board, state)
        if stage.returns.confirm(state):
            stage.events.seats(stage.seats())
        tallies = stage.tallies.confirm(state) if self.enabled else ()
        stage.check_health()
        stage.show_seats(stage.hearing.confirm(state).union(tallies))
        if self.enabled:
            self._news.take(state)
        stage.on_studio()

    def _tell_overlays(self) -> None:
        """Tell operators which overlays are shown."""
        if self.board.overlays and self.enabled:
            overlays = overlay_views(self.board, self.state)
            self._stage.events.board(BoardChange(overlays=overlays))

    def _remember(self, air: Settled, *, black: bool | None = None) -> None:
        """Keep what the mixer confirms, so that one that begins anew comes back to it."""
        before, is_black = self.board, self.board.black if black is None else black
        self.board = before.confirmed(air.program, air.preview, black=is_black)
        if self.board is not before:
            self._store.put_board(before, self.board)

    def _is_black(self, state: MixerState) -> bool | None:
        """Tell whether program is faded to black; None while it fades, or where the mixer has just begun."""
        return state.black == 1 if state.black in (0, 1) and self._courier.follows(state) else None
