"""The relay's whole actual state, as a message."""

import os
import time
from typing import Protocol

from stagedoor import __version__
from stagedoor.ipc.messages import RelayState, ViewerStatus
from stagedoor.relay.hub import Hub
from stagedoor.relay.iso import IsoRecordings
from stagedoor.relay.sessions import Sessions


class Watched(Protocol):
    """Something that guests watch by."""

    def invited(self) -> tuple[ViewerStatus, ...]:
        """Return the viewers that came with an invite."""


def relay_state(hub: Hub, sessions: Sessions, iso: IsoRecordings, *watched: Watched) -> RelayState:
    """Return everything that the relay knows."""
    now = time.monotonic()
    return RelayState(
        pid=os.getpid(),
        version=__version__,
        sessions=tuple(session.status() for session in sessions),
        paths=tuple(path.status(now) for path in hub),
        viewers=tuple(viewer for each in watched for viewer in each.invited()),
        recording=iso.status,
    )
