"""Talkback: which operators can be heard, and to whom each of them speaks now.

What somebody holds ends with their microphone: a hold lasts until it is let go, or until nobody publishes the
operator's path any more, which the relay says some seconds after a page has vanished.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Final, Literal

from stagedoor.domain.errors import CapacityError, ConflictError, NotFoundError
from stagedoor.domain.ids import TALKBACK_PREFIX, is_talkback, talkback_path
from stagedoor.domain.session import SessionState
from stagedoor.ipc.messages import PathStatus, RelayState, SessionStatus
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

MAX_TALKBACKS: Final = 16

Addressed = tuple[str, ...] | Literal["all"]


class Talkbacks:
    """Operators and whom they speak to; follows what the relay says of their paths.

    Args:
        on_change: Called when somebody else can be heard, or is spoken to.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._sessions: dict[str, str] = {}
        self._published: set[str] = set()
        self._held: dict[str, Addressed] = {}

    @property
    def operators(self) -> tuple[str, ...]:
        """The names of those who can be heard."""
        return tuple(sorted(self._sessions.keys() | self._published))

    @property
    def sessions(self) -> frozenset[str]:
        """The ids of their sessions."""
        return frozenset(self._sessions.values())

    def to(self, operator: str) -> Addressed:
        """Return whom an operator speaks to now; nobody while nothing is held."""
        return self._held.get(operator, ())

    def require_room(self, operator: str) -> None:
        """Return if an operator may publish; raise `CapacityError` if there are too many others."""
        if operator not in self.operators and len(self.operators) >= MAX_TALKBACKS:
            raise CapacityError(
                f"{MAX_TALKBACKS} operators can speak already",
                code="too_many_talkbacks",
                values={"most": MAX_TALKBACKS},
            )

    def require(self, session: str) -> None:
        """Return if this is an operator's session; raise `NotFoundError` if not."""
        if session not in self._sessions.values():
            raise NotFoundError("there is no such session", code="session_unknown")

    def hold(self, operator: str, to: Addressed) -> None:
        """Have an operator speak to guests; raises `ConflictError` while nothing comes of the operator."""
        if operator not in self.operators:
            raise ConflictError(
                f"nobody publishes {talkback_path(operator)}",
                code="talkback_missing",
                hint="Send the microphone to /whip/talkback first.",
            )
        if self.to(operator) != to:
            self._held[operator] = to
            with_fields(log, operator=operator, to=to if to == "all" else ",".join(to)).info(
                "Talkback begins"
            )
            self._on_change()

    def let_go(self, operator: str, why: str = "let go") -> None:
        """Have an operator speak to nobody."""
        if self._held.pop(operator, None) is not None:
            with_fields(log, operator=operator, reason=why).info("Talkback ends")
            self._on_change()

    def opened(self, operator: str, session: str) -> None:
        """Take note that an operator's offer was answered; it replaces the one before."""
        if self._sessions.get(operator) != session:
            self._sessions[operator] = session
            self._on_change()

    def closed(self, session: str) -> None:
        """Take note that a session has ended."""
        for operator in [name for name, mine in self._sessions.items() if mine == session]:
            del self._sessions[operator]
            self._lost(operator)

    def heard(self, status: SessionStatus) -> None:
        """Take what the relay says of an operator's session, also of one from before our own restart."""
        if status.state is SessionState.CLOSED:
            self.closed(status.session)
        else:
            self.opened(_operator(status.path), status.session)

    def relay_path(self, status: PathStatus) -> None:
        """Take what has changed of a path of the relay."""
        if not is_talkback(status.path):
            return
        operator = _operator(status.path)
        if status.owner is None:
            self._published.discard(operator)
            self._lost(operator)
        elif operator not in self._published:
            self._published.add(operator)
            self._on_change()

    def relay_state(self, state: RelayState, known: Iterable[str]) -> None:
        """Take everything that the relay has; `known` are the sessions that it must have, if they go on."""
        present = {status.session for status in state.sessions}
        for session in set(known) - present:
            self.closed(session)
        paths = {path.path: path for path in state.paths}
        for operator in tuple(self._published):
            path = talkback_path(operator)
            self.relay_path(paths.get(path, PathStatus(path=path, owner=None)))
        for path_status in state.paths:
            self.relay_path(path_status)

    def _lost(self, operator: str) -> None:
        if operator not in self.operators:
            self.let_go(operator, "nothing comes any more")
        self._on_change()


def _operator(path: str) -> str:
    return path.removeprefix(TALKBACK_PREFIX)
