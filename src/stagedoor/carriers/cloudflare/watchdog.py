"""Sees whether packets of a guest come; if not, finds out whose fault it is."""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Final

from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.failures import Fate, fate
from stagedoor.carriers.cloudflare.schema import Tracks as SessionState
from stagedoor.carriers.cloudflare.session import SfuSession
from stagedoor.carriers.cloudflare.wanted import Tracks
from stagedoor.carriers.cloudflare.way import Way
from stagedoor.domain.errors import CarrierError
from stagedoor.media.packets import Kind
from stagedoor.rtc.whip import WhipPeer

TICK_S: Final = 0.5
QUIET_S: Final = 2.0
"""Without a packet for so long, both sessions are looked at; again after as much more."""
ONE_QUIET_S: Final = 5.0
"""The same, while the other track goes on."""
STUCK_S: Final = 6.0
"""Without a packet for so long although both sessions are there, the relay's is made anew."""
CONNECT_WITHIN_S: Final = 8.0
LOST_S: Final = 9.0
"""Without a packet for so long, the guest's connection is given up: the page opens another one."""


class OverError(Exception):
    """The guest's own session has ended; a new one is the page's business."""


async def until_hopeless(tracks: Tracks) -> None:
    """Return only by `OverError`: packets came once, and have not come for long."""
    while True:
        await asyncio.sleep(TICK_S)
        heard = tracks.last_heard()
        if heard is not None and time.monotonic() - heard > LOST_S:
            raise OverError("nothing came any more")


class Watchdog:
    """Watches one session of ours.

    Args:
        way: The SFU.
        publisher: The guest's session.
        session: Ours.
        tracks: When packets came.
        lose: Called when ours is to be made anew, with the reason.
    """

    def __init__(
        self, way: Way, publisher: str, session: SfuSession, tracks: Tracks, lose: Callable[[str], None]
    ) -> None:
        self._way = way
        self._publisher = publisher
        self._session = session
        self._tracks = tracks
        self._lose = lose
        self._looked = 0.0

    async def look(self, peer: WhipPeer, answered: float) -> None:
        """Look once; returns quickly unless something is wrong.

        Args:
            peer: Our connection.
            answered: When it was last negotiated, monotonic seconds.

        Raises:
            OverError: The guest's session is gone, or the SFU has dropped a track that the guest sends.
            CarrierError: Our session is gone.
        """
        now = time.monotonic()
        pulled = self._tracks.pulled

        def quiet_for(kinds: Collection[Kind]) -> float:
            return now - max(self._tracks.last_heard(kinds) or 0.0, answered)

        quiet = quiet_for(pulled)
        silent = [kind for kind in pulled if quiet_for([kind]) > ONE_QUIET_S]
        if not pulled or (quiet < QUIET_S and not silent):
            return
        if now - self._looked < (QUIET_S if quiet >= QUIET_S else ONE_QUIET_S):
            return
        self._looked = now
        if quiet < QUIET_S:
            self._require_active(await self._publisher_state(), silent)
            return
        if await self._session.is_alive() is False:
            raise failures.SESSION_GONE.error()
        await self._publisher_state()
        if quiet > (STUCK_S if peer.report().connected else CONNECT_WITHIN_S):
            self._lose("nothing comes")

    async def _publisher_state(self) -> SessionState | None:
        """The guest's session as the SFU sees it; None where that cannot be told at the moment."""
        try:
            return await self._way.api.show(self._publisher)
        except CarrierError as error:
            if fate(error) is Fate.RENEW:
                raise OverError("the guest's session at Cloudflare is gone") from error
            return None

    def _require_active(self, state: SessionState | None, kinds: Collection[Kind]) -> None:
        """A track that the guest sends and the SFU has dropped comes back only with a new session."""
        known = () if state is None else state.tracks
        dropped = {track.track_name for track in known if track.status == "inactive"}
        for kind in kinds:
            wanted = self._tracks.all[kind]
            if wanted.flows and wanted.name in dropped:
                raise OverError(f"Cloudflare has dropped the guest's {kind}")
