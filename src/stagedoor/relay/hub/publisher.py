"""The writing end of a path."""

from collections.abc import Callable
from typing import Protocol

from stagedoor.media.packets import Packet
from stagedoor.relay.hub.flow import Flow


class _Path(Protocol):
    @property
    def name(self) -> str: ...

    def write(self, packet: Packet) -> None: ...

    def release(self, publisher: "Publisher") -> None: ...


class Publisher:
    """Writes to a path until it is closed or a newer publisher of the same owner takes over.

    Attributes:
        owner: Whose it is; only the same owner may replace it.
        flow: What it has written.
        replaced: Whether a newer one has taken over; from then on packets go nowhere.
    """

    def __init__(self, path: _Path, owner: str, request_key_frame: Callable[[], None], flow: Flow) -> None:
        self.owner = owner
        self.flow = flow
        self.request_key_frame = request_key_frame
        self.replaced = False
        self._path: _Path | None = path

    @property
    def path(self) -> str | None:
        """The name of its path; None once it writes nowhere."""
        return None if self._path is None else self._path.name

    def write(self, packet: Packet) -> None:
        """Hand a packet to all readers; on the loop, never waits."""
        if self._path is not None:
            self._path.write(packet)

    def replace(self) -> None:
        """A newer one takes over (called by the hub)."""
        self.replaced = True
        self._path = None

    def close(self) -> None:
        """Leave the path; its readers wait for the next publisher. Idempotent."""
        path, self._path = self._path, None
        if path is not None:
            path.release(self)
