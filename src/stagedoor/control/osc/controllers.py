"""Who is sent the tally: those that the settings name, and those that have subscribed."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from stagedoor.domain.errors import CapacityError, ForbiddenError

Where: TypeAlias = tuple[Any, ...]
"""An address of a UDP socket: host and port; with IPv6 two numbers more."""

LASTS_S: Final = 60.0
MOST: Final = 16


class Controllers:
    """The controllers that are sent the tally.

    Args:
        named: Those that the settings name.
        now: Seconds of a clock that only goes forward.
    """

    def __init__(self, named: Iterable[Where], now: Callable[[], float]) -> None:
        self._named = tuple(named)
        self._now = now
        self._until: dict[Where, float] = {}

    def all(self) -> tuple[Where, ...]:
        """Return them; a subscription that was not repeated within `LASTS_S` is over."""
        now = self._now()
        self._until = {where: until for where, until in self._until.items() if until > now}
        return tuple(dict.fromkeys((*self._named, *self._until)))

    def subscribe(self, where: Where) -> None:
        """Send the tally there for `LASTS_S` from now.

        Raises:
            ForbiddenError: It is an address of the internet, where nobody's word but the settings' is enough:
                the sender of a packet is easily forged.
            CapacityError: There are as many as there may be.
        """
        address = ipaddress.ip_address(where[0])
        if not (address.is_private or address.is_link_local):
            raise ForbiddenError(
                "only addresses of private networks may subscribe; osc.tally may name others"
            )
        if where not in self.all() and len(self._until) >= MOST:
            raise CapacityError(f"there are {MOST} subscriptions already")
        self._until[where] = self._now() + LASTS_S

    def unsubscribe(self, where: Where) -> None:
        """Send nothing there any more that was subscribed to; idempotent."""
        self._until.pop(where, None)
