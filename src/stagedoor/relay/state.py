"""The relay's whole actual state, as a message."""

import os
import time

from stagedoor import __version__
from stagedoor.ipc.messages import RelayState
from stagedoor.relay.hub import Hub
from stagedoor.relay.sessions import Sessions


def relay_state(hub: Hub, sessions: Sessions) -> RelayState:
    """Return everything that the relay knows."""
    now = time.monotonic()
    return RelayState(
        pid=os.getpid(),
        version=__version__,
        sessions=tuple(session.status() for session in sessions),
        paths=tuple(path.status(now) for path in hub),
    )
