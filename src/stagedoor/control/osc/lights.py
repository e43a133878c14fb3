"""What controllers are told: the light of each seat, and which scenes are on program and preview."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.mixer.tallies import Tallies
from stagedoor.control.osc.packets import Value
from stagedoor.control.osc.requests import PREFIX
from stagedoor.control.schemas import GuestTally

Lights: TypeAlias = Mapping[str, tuple[Value, ...]]
"""The values of each address."""

_NUMBERS: Final = {
    GuestTally.PROGRAM: 2,
    GuestTally.PREVIEW: 1,
    GuestTally.OFF: 0,
    GuestTally.UNKNOWN: -1,
}
"""For lights that know numbers only."""


def lights_of(mixing: Mixing, tallies: Tallies) -> Lights:
    """Return what is so now; of scenes only where the mixer is ours, and nothing of them while it is gone."""
    seats = {f"{PREFIX}tally/{seat}": _light(tally) for seat, tally in tallies.all().items()}
    if not mixing.enabled:
        return seats
    state = mixing.state
    program, preview = ("", "") if state is None else (state.program, state.preview)
    return {**seats, f"{PREFIX}program": (program,), f"{PREFIX}preview": (preview,)}


def unknown(lights: Lights) -> Lights:
    """Return what is told at the end, when nobody here knows any more."""
    is_seat = f"{PREFIX}tally/"
    return {key: _light(GuestTally.UNKNOWN) if key.startswith(is_seat) else ("",) for key in lights}


def _light(tally: GuestTally) -> tuple[Value, ...]:
    return tally.value, _NUMBERS[tally]
