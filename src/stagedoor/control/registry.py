"""The sessions that control knows: which guest has which, and what the relay last said of each."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import SessionStatus

REMEMBERED = 512
"""Ids of sessions that are over; late events of theirs are not taken for new ones."""


@dataclass(slots=True)
class Session:
    """One media connection of a guest.

    Attributes:
        guest: The guest's id.
        screen: A screen share; otherwise the camera.
        instance: The page that opened it; None for a publisher that is not our page.
        path: Where it was last told to publish.
        carrier: The way by which its media gets here.
        name: The guest's id or the seat's name by which it was opened; None if another run of ours did that.
        status: What the relay last said; None before it has said anything.
        ended: Why it is over; None while it is not.
    """

    id: str
    guest: str
    screen: bool
    instance: str | None
    path: str
    carrier: CarrierKind = CarrierKind.BUILTIN
    name: str | None = None
    status: SessionStatus | None = None
    ended: EndReason | None = None


class Registry:
    """At most one session of each kind for each guest."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._over: deque[str] = deque(maxlen=REMEMBERED)
        self._ended_shares: deque[str] = deque(maxlen=REMEMBERED)

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._sessions.values()))

    def __len__(self) -> int:
        return len(self._sessions)

    def get(self, session: str) -> Session | None:
        """Return a session by its id."""
        return self._sessions.get(session)

    def of(self, guest: str, *, screen: bool) -> Session | None:
        """Return a guest's camera or screen session."""
        return next((s for s in self._sessions.values() if s.guest == guest and s.screen is screen), None)

    def all_of(self, guest: str) -> list[Session]:
        """Return a guest's sessions, the camera first."""
        return sorted((s for s in self._sessions.values() if s.guest == guest), key=lambda s: s.screen)

    def add(self, session: Session) -> Session | None:
        """Take up a session; return the one that it replaces."""
        replaced = self.of(session.guest, screen=session.screen)
        if replaced is not None:
            self.drop(replaced.id)
        self.moved(session)
        self._sessions[session.id] = session
        return replaced

    def drop(self, session: str) -> Session | None:
        """Forget a session, but remember that it is over; return it if it was known."""
        self._over.append(session)
        return self._sessions.pop(session, None)

    @property
    def ended_shares(self) -> tuple[str, ...]:
        """The paths of screen shares that were ended, and are not only lost; none has come there since."""
        return tuple(self._ended_shares)

    def share_ended(self, path: str) -> None:
        """Take note that a screen share was ended."""
        if path not in self._ended_shares:
            self._ended_shares.append(path)

    def moved(self, session: Session) -> None:
        """Take note of where a session is published."""
        if session.screen and session.path in self._ended_shares:
            self._ended_shares.remove(session.path)

    def is_over(self, session: str) -> bool:
        """Tell whether a session has ended a short while ago."""
        return session in self._over
