"""STUN and TURN servers of Cloudflare for guests, with short-lived credentials that are renewed in time."""

import asyncio
import logging
import time
from typing import Final

from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.ipc.messages import IceServerInfo

logger = logging.getLogger(__name__)

TTL_S: Final = 24 * 3600
"""How long a guest's connection may last on one credential: a day, half of what is allowed."""
SHARED_FOR_S: Final = 3600.0
"""How long the same credential is handed out: each holds at least 23 hours from then on."""


class TurnServers:
    """Asks once an hour at most, however many guests come.

    Args:
        api: Who is asked.
    """

    def __init__(self, api: CloudflareApi) -> None:
        self._api = api
        self._lock = asyncio.Lock()
        self._servers: tuple[IceServerInfo, ...] = ()
        self._good_until = 0.0

    async def servers(self) -> tuple[IceServerInfo, ...]:
        """Return the servers; none where no TURN key is set.

        Raises:
            CarrierError: They cannot be had.
        """
        async with self._lock:
            if time.monotonic() >= self._good_until:
                found = await self._api.ice_servers(TTL_S)
                self._servers = tuple(
                    IceServerInfo(
                        urls=(each.urls,) if isinstance(each.urls, str) else each.urls,
                        username=each.username,
                        credential=each.credential,
                    )
                    for each in found
                )
                self._good_until = time.monotonic() + SHARED_FOR_S
            return self._servers
