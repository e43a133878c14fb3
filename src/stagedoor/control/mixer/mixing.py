"""The mixer as control runs it: keeps the board, has the mixer follow it, and follows what the mixer says."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from stagedoor.control.mixer import views
from stagedoor.control.mixer.answers import BoardChange, BoardView, MixerView
from stagedoor.control.mixer.board import Board
from stagedoor.control.mixer.clips import Clips
from stagedoor.control.mixer.courier import Courier
from stagedoor.control.mixer.news import MixerNews
from stagedoor.control.mixer.ready_made import completed
from stagedoor.control.mixer.talkbacks import Addressed, Talkbacks
from stagedoor.control.mixer.wanted import Audience, audience, lobby_sources, wanted
from stagedoor.control.stage import Stage
from stagedoor.control.store import Store
from stagedoor.domain.errors import ConflictError, InvalidError, StagedoorError, UnavailableError
from stagedoor.domain.ids import is_mixed
from stagedoor.ipc.messages import PathStatus, RelayState
from stagedoor.ipc.mixer import Applied, Meter, MixerEvent, MixerState, Wanted
from stagedoor.ipc.mixer_client import MixerClient
from stagedoor.ipc.recording import RecordingSpec, RecordingStatus
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

MAIN_MONITOR = "main"
MAX_MONITORS = 16
"""The one that was set longest ago ends for a newer one."""


class Mixing:
    """Everything about the mixer that the routes need.

    Args:
        stage: Guests and seats.
        store: Where the board is kept.
        client: The mixer.

    Attributes:
        board: What the operator set.
        state: What the mixer said last; None while it is not there.
        meters: How loud everything is; nothing while the mixer is not there.
        monitors: What each operator listens to, the newest last.
        talkbacks: Who speaks to whom.
        on_recording: Told what the mixer says of its recording; None: it is not there.
    """

    def __init__(self, stage: Stage, store: Store, client: MixerClient) -> None:
        self.client = client
        self.board = Board()
        self.state: MixerState | None = None
        self.meters: Mapping[str, Meter] = {}
        self._stage = stage
        self._store = store
        self._settings = stage.settings
        self.monitors: dict[str, tuple[str, ...]] = {MAIN_MONITOR: ()}
        self.talkbacks = Talkbacks(self.look)
        self.on_recording: Callable[[RecordingStatus | None], None] = lambda _: None
        self._recording: RecordingSpec | None = None
        self._clips = Clips()
        self._watched: set[str] = set()
        self._present = Audience()
        self._courier = Courier(client, self._wanted)
        self._news = MixerNews(stage.events, self.view)

    @property
    def enabled(self) -> bool:
        """Whether the mixer is ours."""
        return self._settings.mixer.enabled

    def require_enabled(self) -> None:
        """Return if the mixer is ours; raise `ConflictError` if another program mixes."""
        if not self.enabled:
            raise ConflictError(
                "another program is the mixer here",
                code="mixer_disabled",
                hint="Set mixer.enabled = true to mix with Stagedoor.",
            )

    async def restore(self) -> None:
        """Take up the board of the last run, and fill in what is missing."""
        if not self.enabled:
            return
        stored = await self._store.load_board()
        self.board = completed(stored, self._settings.guests)
        self._store.put_board(stored, self.board)
        self.look()

    async def run(self) -> None:
        """Lead and follow the mixer until cancelled."""
        if not self.enabled:
            return
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._courier.run(), name="courier")
                async for event in self.client.events(self._on_lost):
                    self._take(event)
        finally:
            self._news.close()

    def view(self) -> MixerView | None:
        """Return the mixer as the API shows it; None while it is not there."""
        return None if self.state is None else views.mixer_view(self.state)

    def board_view(self) -> BoardView | None:
        """Return the board as the API shows it; None where another program mixes."""
        return views.board_view(self.board, self.state) if self.enabled else None

    def require_state(self) -> MixerState:
        """Return what the mixer said last; raise `UnavailableError` while it is not there."""
        if self.state is None:
            raise UnavailableError(
                "the mixer is not there at the moment",
                code="mixer_unavailable",
                hint="It is restarted by itself, on the same scene; if this lasts, look at its log.",
            )
        return self.state

    async def thumbnail(self, scene: str) -> bytes:
        """Return a scene as it would look now, as JPEG.

        Raises:
            NotFoundError: There is no such scene.
            UnavailableError: The mixer is not there, or has no such scene yet.
        """
        known = self.board.scene(scene)
        return await self._courier.with_scene(known, lambda: self.client.thumbnail(scene))

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
        self._stage.events.board(views.board_change(before, board, self.state))
        self._courier.changed()

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
        self._remember(applied.program, applied.preview)
        return applied

    async def monitor(self, operator: str, listen: tuple[str, ...]) -> int | None:
        """Have an operator's monitor carry these sources, or program; return the first frame with it."""
        known = self.board.sources.keys() | lobby_sources(self._stage)
        for place, source in enumerate(listen):
            if source not in known:
                raise InvalidError(f"listen.{place}: there is no source {source}", code="source_unknown")
        self.monitors.pop(operator, None)
        self.monitors[operator] = listen
        for oldest in tuple(self.monitors)[:-MAX_MONITORS]:
            del self.monitors[oldest]
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
        if not self.enabled:
            return
        present = audience(self._stage, self.monitors, self.talkbacks, self._watched)
        if present != self._present:
            self._present = present
            self._courier.changed()

    def relay_state(self, state: RelayState, talkbacks: Iterable[str]) -> None:
        """Take all paths that the relay has; `talkbacks` are the sessions of operators that it must have."""
        self.talkbacks.relay_state(state, talkbacks)
        self._watched = {path.path for path in state.paths if path.readers and is_mixed(path.path)}
        self.look()

    def relay_path(self, path: PathStatus) -> None:
        """Take what has changed of a path of the relay; only the mixer's own and operators' count."""
        self.talkbacks.relay_path(path)
        if not is_mixed(path.path):
            return
        if path.readers:
            self._watched.add(path.path)
        else:
            self._watched.discard(path.path)
        self.look()

    async def _frame(self) -> int | None:
        """Return the first frame that shows what was set last; None while the mixer is not there."""
        try:
            return (await self._courier.applied()).frame
        except UnavailableError:
            return None

    def _wanted(self, revision: int) -> Wanted:
        made = wanted(revision, self.board, self._present, self._settings.server.media_dir)
        return made.model_copy(update={"recording": self._recording, "clips": self._clips.starts(self.board)})

    def _take(self, event: MixerEvent) -> None:
        if event.meters is not None:
            self.meters = event.meters
            self._stage.events.meters(event.meters)
        if event.state is None:
            return
        if self.state is None or self.state.pid != event.state.pid:
            with_fields(log, pid=event.state.pid, frame=event.state.frame).info("Connected to the mixer")
        before, self.state = self.state, event.state
        if before is None or before.overlays != event.state.overlays:
            self._tell_overlays()
        self._clips.take(event.state, self.board)
        self._courier.met(event.state)
        black = self._is_black(event.state)
        self._remember(event.state.program, event.state.preview, black=black)
        self.on_recording(event.state.recording)
        self._tell()

    def _on_lost(self) -> None:
        self.state, self.meters = None, {}
        self._tell_overlays()
        self._courier.lost()
        self.on_recording(None)
        self._tell()

    def _tell(self) -> None:
        """Tell everybody whom it concerns what the mixer says, or that it says nothing."""
        stage, state = self._stage, self.state
        stage.health.mixer_up = state is not None
        stage.health.outputs = () if state is None else state.destinations
        stage.check_health()
        stage.show_tally(stage.tallies.confirm(state))
        self._news.take(state)

    def _tell_overlays(self) -> None:
        """Tell operators which overlays are shown."""
        if self.board.overlays:
            overlays = views.overlay_views(self.board, self.state)
            self._stage.events.board(BoardChange(overlays=overlays))

    def _remember(self, program: str, preview: str, *, black: bool | None = None) -> None:
        """Keep what the mixer confirms, so that one that begins anew comes back to it."""
        before = self.board
        self.board = before.confirmed(program, preview, black=before.black if black is None else black)
        if self.board is not before:
            self._store.put_board(before, self.board)

    def _is_black(self, state: MixerState) -> bool | None:
        """Tell whether program is faded to black; None while it fades, or where the mixer has just begun."""
        return state.black == 1 if state.black in (0, 1) and self._courier.follows(state) else None
