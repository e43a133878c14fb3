"""STUN and TURN servers of Cloudflare for guests, with short-lived credentials that are renewed in time."""

import asyncio
import time
from typing import Final

from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.domain.errors import CarrierError
from stagedoor.ipc.messages import IceServerInfo

TTL_S: Final = 24 * 3600
"""How long a credential holds: a day, half of what is allowed."""
SHARED_FOR_S: Final = 3600.0
"""How long the same credential is handed out: each holds at least 23 hours from then on."""
GOOD_FOR_S: Final = TTL_S - 6 * 3600.0
"""How long it is handed out where no newer one is to be had: a show of six hours still fits."""
AGAIN_AFTER_S: Final = 30.0
"""After a failure, nobody is asked again for so long."""


class TurnServers:
    """Asks once an hour at most, however many guests come.

    Args:
        api: Who is asked.
    """

    def __init__(self, api: CloudflareApi) -> None:
        self._api = api
        self._lock = asyncio.Lock()
        self._servers: tuple[IceServerInfo, ...] = ()
        self._made: float | None = None
        self._ask_at = 0.0
        self._failure: CarrierError | None = None

    async def servers(self) -> tuple[IceServerInfo, ...]:
        """Return the servers; none where no TURN key is set.

        Raises:
            CarrierError: They cannot be had, and none of before is good any more.
        """
        async with self._lock:
            if time.monotonic() >= self._ask_at:
                await self._renew()
            is_good = self._made is not None and time.monotonic() < self._made + GOOD_FOR_S
            if self._failure is not None and not is_good:
                raise self._failure
            return self._servers

    async def _renew(self) -> None:
        try:
            found = await self._api.ice_servers(TTL_S)
        except CarrierError as error:
            self._failure = error
            self._ask_at = time.monotonic() + AGAIN_AFTER_S
            return
        self._failure = None
        self._made = time.monotonic()
        self._ask_at = self._made + SHARED_FOR_S
        self._servers = tuple(
            IceServerInfo(
                urls=(each.urls,) if isinstance(each.urls, str) else each.urls,
                username=each.username,
                credential=each.credential,
            )
            for each in found
        )
