"""What each guest hears, as the mixer confirms it."""

from collections.abc import Mapping
from types import MappingProxyType

from stagedoor.ipc.mixer import MixerState, ReturnStatus


class Hearing:
    """The returns by the names of their listeners; nothing is known while the mixer is not there."""

    def __init__(self) -> None:
        self._returns: Mapping[str, ReturnStatus] = MappingProxyType({})

    def of(self, name: str) -> ReturnStatus | None:
        """Return what a listener hears; None where the mixer has not said so."""
        return self._returns.get(name)

    def confirm(self, state: MixerState | None) -> frozenset[str]:
        """Take what the mixer says; None: it is not there. Return whose return has changed."""
        before, returns = self._returns, () if state is None else state.returns
        self._returns = MappingProxyType({each.name: each for each in returns})
        names = before.keys() | self._returns.keys()
        return frozenset(name for name in names if before.get(name) != self._returns.get(name))
