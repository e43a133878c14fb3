"""The tally of seats, and who is heard: by the mixer, or by what is said of another program that mixes."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from stagedoor.control.schemas import GuestTally
from stagedoor.domain.ids import screen_path
from stagedoor.domain.tally import greatest, tally
from stagedoor.ipc.mixer import MixerState


class Tallies:
    """What the lights at the seats show; `unknown` is never shown as off.

    Args:
        seats: Their names.
        now_ms: Milliseconds since the epoch.
    """

    def __init__(self, seats: Iterable[str], now_ms: Callable[[], int]) -> None:
        self._seats = tuple(seats)
        self._now_ms = now_ms
        self._until_ms: int | None = None
        self._lights: Mapping[str, GuestTally] = MappingProxyType({})
        self._heard: frozenset[str] | None = None

    def of(self, seat: str | None) -> GuestTally:
        """Return the tally of whoever has this seat; nobody without one is ever in program."""
        return GuestTally.OFF if seat is None else self._lights.get(seat, GuestTally.UNKNOWN)

    def is_heard(self, seat: str | None) -> bool | None:
        """Tell whether whoever has this seat is heard in program, seen or not; None: nobody says."""
        if seat is None:
            return False
        return None if self._heard is None else seat in self._heard

    def is_on_air(self, seat: str | None) -> bool:
        """Tell whether the audience sees or hears whoever has this seat."""
        return self.of(seat) is GuestTally.PROGRAM or self.is_heard(seat) is True

    def all(self) -> dict[str, GuestTally]:
        """Return the tally of every seat."""
        return {seat: self.of(seat) for seat in self._seats}

    def confirm(self, state: MixerState | None) -> tuple[str, ...]:
        """Take what the mixer shows; None: it is not there. Return the seats whose tally has changed."""
        if state is None:
            return self._changed({})
        seen = frozenset(state.on_program), frozenset(state.on_preview)
        own = {seat: (seat, screen_path(seat)) for seat in self._seats}
        lights = {
            seat: GuestTally(greatest(tally(source, *seen) for source in sources).value)
            for seat, sources in own.items()
        }
        sounds = frozenset(state.heard)
        heard = (seat for seat, sources in own.items() if not sounds.isdisjoint(sources))
        return self._changed(lights, frozenset(heard))

    def put(self, lights: Mapping[str, GuestTally], hold_s: int | None = None) -> tuple[str, ...]:
        """Set every seat's tally, unknown for those that are left out; return the seats that have changed.

        With `hold_s` it is unknown again once so many seconds have gone by in which nothing was put.
        """
        self._until_ms = None if hold_s is None else self._now_ms() + 1000 * hold_s
        return self._changed(lights)

    def lapse(self) -> tuple[str, ...]:
        """Forget what was put for a time that is over; return the seats that have changed."""
        if self._until_ms is None or self._now_ms() < self._until_ms:
            return ()
        self._until_ms = None
        return self._changed({})

    def _changed(
        self, lights: Mapping[str, GuestTally], heard: frozenset[str] | None = None
    ) -> tuple[str, ...]:
        before = {seat: (self.of(seat), self.is_heard(seat)) for seat in self._seats}
        self._lights, self._heard = MappingProxyType(dict(lights)), heard
        return tuple(seat for seat in self._seats if (self.of(seat), self.is_heard(seat)) != before[seat])
