"""Keeps what control wants and what the relay has the same, also after a restart of either."""

import asyncio
import logging

from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.publishing import Publishing
from stagedoor.control.recording.recordings import RELAY, Recordings
from stagedoor.control.registry import Session
from stagedoor.control.stage import Stage
from stagedoor.domain.errors import StagedoorError
from stagedoor.domain.ids import is_talkback, split_screen
from stagedoor.domain.session import EndReason, SessionState
from stagedoor.ipc.messages import RelayEvent, RelayState, SessionStatus
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
ANSWER_WITHIN_S = 3.0
GRACE_S = 2.0
"""How long a relay that is gone may take to come back before its sessions count as lost."""


class Reconciler:
    """Follows the relay's events.

    Args:
        stage: The state of the show.
        publishing: Knows which sessions are being opened.
        mixing: Is told who reads what.
        recordings: Is told what is recorded.
    """

    def __init__(self, stage: Stage, publishing: Publishing, mixing: Mixing, recordings: Recordings) -> None:
        self._recordings = recordings
        self._stage = stage
        self._publishing = publishing
        self._mixing = mixing
        self._mending: set[str] = set()
        self._lost: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Follow the relay until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._look(), name="look at the relay")
                async for event in self._stage.relay.events(self._on_lost):
                    self._take(event, tasks)
        finally:
            self._keep_waiting()

    def _take(self, event: RelayEvent, tasks: asyncio.TaskGroup) -> None:
        if event.state is not None:
            self._on_state(event.state, tasks)
        if event.session is not None:
            self._on_session(event.session, tasks)
        if event.path is not None:
            self._mixing.relay_path(event.path)
        if event.recording is not None:
            self._recordings.heard(RELAY, event.recording)
        self._stage.check_health()

    def _on_lost(self) -> None:
        self._recordings.heard(RELAY, None)
        self._stage.health.relay_up = False
        self._stage.check_health()
        self._keep_waiting()
        self._lost = asyncio.get_running_loop().call_later(GRACE_S, self._give_up)

    def _keep_waiting(self) -> None:
        if self._lost is not None:
            self._lost.cancel()
            self._lost = None

    def _give_up(self) -> None:
        for session in self._stage.sessions:
            self._stage.forget(session, EndReason.LOST)

    def _on_state(self, state: RelayState, tasks: asyncio.TaskGroup) -> None:
        self._keep_waiting()
        with_fields(log, pid=state.pid, sessions=len(state.sessions)).info("Connected to the relay")
        self._stage.health.relay_up = True
        self._mixing.relay_state(state, self._mixing.talkbacks.sessions)
        self._recordings.heard(RELAY, state.recording)
        self._compare({session.id for session in self._stage.sessions}, state)
        for status in state.sessions:
            self._on_session(status, tasks)
        own_readers = self._stage.own_readers
        own_readers.adopt(state.viewers)
        tasks.create_task(own_readers.close(own_readers.strays()), name="close strays")

    async def _look(self) -> None:
        """Ask the relay now and then, until cancelled: it may be stuck, or an event may have been missed."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            known = {session.id for session in self._stage.sessions}
            talkbacks = self._mixing.talkbacks.sessions
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    state = await self._stage.relay.state()
            except (StagedoorError, TimeoutError):
                self._stage.health.relay_up = False
            else:
                self._stage.health.relay_up = True
                self._compare(known, state)
                self._mixing.relay_state(state, talkbacks)
            self._stage.check_health()

    def _compare(self, known: set[str], state: RelayState) -> None:
        """Forget those of the known sessions that the relay does not have."""
        present = {status.session for status in state.sessions}
        for key in known - present:
            session = self._stage.sessions.get(key)
            if session is not None:
                self._stage.forget(session, EndReason.LOST)

    def _on_session(self, status: SessionStatus, tasks: asyncio.TaskGroup) -> None:
        stage = self._stage
        if is_talkback(status.path):
            self._mixing.talkbacks.heard(status)
            return
        if status.session in self._publishing.opening:
            self._publishing.opening[status.session] = status
            return
        if stage.sessions.is_over(status.session):
            return
        session = stage.sessions.get(status.session) or self._adopted(status)
        if session is not None:
            stage.heard(session, status)
        elif status.state is SessionState.CLOSED:
            return
        if session is None or self._is_misplaced(session, status) or self._is_astray(session):
            self._mend(status.session, session, tasks)

    def _adopted(self, status: SessionStatus) -> Session | None:
        """Take up a live session of a guest who is known, such as after our own restart."""
        guest = self._stage.house.guests.get(status.owner)
        screen = split_screen(status.path)[1]
        if status.state is SessionState.CLOSED or guest is None or not guest.publishes:
            return None
        if self._stage.sessions.of(guest.id, screen=screen) is not None:
            return None
        session = Session(status.session, guest.id, screen, guest.instance, status.path, status.carrier)
        self._stage.sessions.add(session)
        self._stage.notice(guest.id)
        with_fields(log, guest=guest.id, session=session.id[:8]).info("Session of %s goes on", status.path)
        return session

    def _is_misplaced(self, session: Session, status: SessionStatus) -> bool:
        guest = self._stage.house.guests.get(session.guest)
        if guest is None or status.state is SessionState.CLOSED:
            return False
        wanted = self._stage.binding(guest, screen=session.screen)
        has = {destination.id for destination in status.destinations}
        return status.path != wanted.path or has != {destination.id for destination in wanted.destinations}

    def _is_astray(self, session: Session) -> bool:
        """Tell whether the operator switched its guest, and the session was not ended before we were."""
        guest = self._stage.house.guests.get(session.guest)
        wish = None if guest is None else guest.carrier
        return wish is not None and session.ended is None and session.carrier is not wish

    def _mend(self, key: str, session: Session | None, tasks: asyncio.TaskGroup) -> None:
        if key in self._mending:
            return
        self._mending.add(key)
        tasks.create_task(self._mended(key, session), name=f"mend {key[:8]}")

    async def _mended(self, key: str, session: Session | None) -> None:
        try:
            guest = None if session is None else self._stage.house.guests.get(session.guest)
            if session is not None and self._is_astray(session):
                await self._stage.close(session, EndReason.REPLACED)
            elif guest is None:
                log.info("A session of nobody is closed", extra={"fields": {"session": key[:8]}})
                await self._stage.close_at_relay(key, EndReason.REMOVED)
            else:
                await self._stage.rebind(guest)
        finally:
            self._mending.discard(key)
