"""The tally of seats: what the mixer confirms, or where another program mixes, what that one says."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from stagedoor.control.schemas import GuestTally
from stagedoor.domain.ids import screen_path
from stagedoor.domain.tally import greatest, tally
from stagedoor.ipc.mixer import MixerState


class Tallies:
    """What the lights at the seats show; `unknown` is never shown as off.

    Args:
        seats: Their names.
    """

    def __init__(self, seats: Iterable[str]) -> None:
        self._seats = tuple(seats)
        self._lights: Mapping[str, GuestTally] = MappingProxyType({})

    def of(self, seat: str | None) -> GuestTally:
        """Return the tally of whoever has this seat; nobody without one is ever in program."""
        return GuestTally.OFF if seat is None else self._lights.get(seat, GuestTally.UNKNOWN)

    def all(self) -> dict[str, GuestTally]:
        """Return the tally of every seat."""
        return {seat: self.of(seat) for seat in self._seats}

    def confirm(self, state: MixerState | None) -> tuple[str, ...]:
        """Take what the mixer shows; None: it is not there. Return the seats whose tally has changed."""
        if state is None:
            return self.put({})
        seen = frozenset(state.on_program), frozenset(state.on_preview)
        return self.put(
            {
                seat: GuestTally(greatest(tally(source, *seen) for source in (seat, screen_path(seat))).value)
                for seat in self._seats
            }
        )

    def put(self, lights: Mapping[str, GuestTally]) -> tuple[str, ...]:
        """Set every seat's tally, unknown for those that are left out; return the seats that have changed."""
        before = self.all()
        self._lights = MappingProxyType(dict(lights))
        return tuple(seat for seat in self._seats if self.of(seat) is not before[seat])
