"""Who hears whom: the rules for every sound bus, pure.

Program is what is on air and what is `open`. A return is program without its listener's own sources. A
monitor is what an operator listens to, before the fader. Talkback goes to returns alone; whoever is spoken to
neither seen nor heard in program can answer the operator, and nobody else hears it.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from stagedoor.domain.ids import is_outside, is_path, is_talkback, split_screen
from stagedoor.domain.scene import SceneSound
from stagedoor.domain.strip import MAX_GAIN_DB, USUAL, Follow, Strip, linear

DUCK_DB = -12.0
"""What a return's program part is lowered by while talkback is heard in it."""
PROGRAM_BUS = "program"


class Place(StrEnum):
    """Where a guest is, as far as sound goes."""

    CHECKING = "checking"
    LOBBY = "lobby"
    SEATED = "seated"


class Carried(StrEnum):
    """What a return carries beside talkback."""

    PROGRAM = "program"
    """Program without its hearer's own."""
    OUTSIDE = "outside"
    """What comes from another program."""
    OWN = "own"
    """Its hearer alone, who tries how they sound."""
    NOTHING = "nothing"


class Listener(Protocol):
    """Somebody who gets a return: a guest, at a seat or on the way there."""

    @property
    def name(self) -> str:
        """What the return is called by."""

    @property
    def sources(self) -> Sequence[str]:
        """The ids of their own sources: camera with microphone, and a screen share."""

    @property
    def returning(self) -> Sequence[str]:
        """The ids of sources by which they come back from a server that they are published to."""

    @property
    def place(self) -> Place:
        """Where they are."""

    @property
    def hears_program(self) -> bool:
        """What they hear in the lobby beside talkback: program, or nothing."""

    @property
    def outside(self) -> str:
        """The source that they hear in a seat instead of program without themselves; empty for none."""


class Monitor(Protocol):
    """What one operator listens to."""

    @property
    def operator(self) -> str:
        """Who."""

    @property
    def listen(self) -> Sequence[str]:
        """The sources; none at all means program."""


class Talkback(Protocol):
    """An operator who speaks now."""

    @property
    def operator(self) -> str:
        """Who."""

    @property
    def to(self) -> Sequence[str]:
        """The names of the listeners they speak to."""


@dataclass(frozen=True, slots=True)
class Room:
    """All that decides who hears whom.

    Attributes:
        sources: The ids of all that can be heard.
        on_air: The sources seen in program; during a transition those of both scenes.
        strips: By source; one without has the usual.
        rules: What the scenes on air say of sources' sound; during a transition those of both, and where both
            name a source the new scene's.
        listeners: Whoever gets a return.
        monitors: Whoever listens on their own.
        talkbacks: Whoever speaks now.
    """

    sources: Sequence[str]
    on_air: Set[str] = frozenset()
    strips: Mapping[str, Strip] = field(default_factory=dict)
    rules: Mapping[str, SceneSound] = field(default_factory=dict)
    listeners: Sequence[Listener] = ()
    monitors: Sequence[Monitor] = ()
    talkbacks: Sequence[Talkback] = ()

    def strip(self, source: str) -> Strip:
        """Return a source's sound settings as they are now: as set, and as the scene on air has them."""
        strip, rule = self.strips.get(source, USUAL), self.rules.get(source)
        if rule is None:
            return strip
        gain_db = min(MAX_GAIN_DB, strip.gain_db + rule.gain_db)
        return replace(strip, gain_db=gain_db, follow=rule.follow or strip.follow)

    def is_on_air(self, listener: Listener) -> bool:
        """Tell whether a guest is seen in program, by camera or by screen share."""
        return listener.place is Place.SEATED and not self.on_air.isdisjoint(listener.sources)

    def owner(self, source: str) -> Listener | None:
        """Return whose source it is; None where it is nobody's."""
        return next((listener for listener in self.listeners if source in listener.sources), None)


@dataclass(frozen=True, slots=True)
class Bus:
    """What is heard in one bus; what is not in it is not heard.

    Attributes:
        gains: Of each source, linear, its fader in it where the bus is after the fader; more than 0.
        talkbacks: The operators who are heard in it, at their own level.
    """

    gains: Mapping[str, float]
    talkbacks: frozenset[str] = frozenset()

    @property
    def duck(self) -> float:
        """What all of `gains` is multiplied by: less than 1 while talkback is heard."""
        return linear(DUCK_DB) if self.talkbacks else 1.0


def carried(bus: Bus, listener: Listener) -> Carried:
    """Return what a listener's return carries beside talkback, by what is in its bus."""
    # What has a name that no source can have is no source of anybody: a stinger's sound.
    heard = {source for source in bus.gains if is_path(source)}
    if not heard:
        return Carried.NOTHING
    if listener.outside in heard:
        return Carried.OUTSIDE
    return Carried.OWN if heard.issubset(listener.sources) else Carried.PROGRAM


def untold(listeners: Iterable[Listener]) -> frozenset[str]:
    """Return the sources that nobody but their own guests is told of: those of whoever is only checking."""
    checking = (listener for listener in listeners if listener.place is Place.CHECKING)
    return frozenset(source for listener in checking for source in listener.sources)


def return_bus(name: str) -> str:
    """Return what the bus of a listener's return is called."""
    return f"return:{name}"


def monitor_bus(operator: str) -> str:
    """Return what the bus of an operator's monitor is called."""
    return f"monitor:{operator}"


def buses(room: Room) -> dict[str, Bus]:
    """Return every bus by name: program, one for each listener's return and each operator's monitor."""
    program, confidants = _program(room), _confidants(room)
    mixed = {PROGRAM_BUS: Bus(program)}
    for listener in room.listeners:
        mixed[return_bus(listener.name)] = _return(room, listener, program)
    for monitor in room.monitors:
        mixed[monitor_bus(monitor.operator)] = Bus(_monitored(room, monitor, program, confidants))
    return mixed


def _program(room: Room) -> dict[str, float]:
    return {source: room.strip(source).gain for source in room.sources if _is_heard(room, source)}


def _is_heard(room: Room, source: str) -> bool:
    return room.strip(source).gain > 0 and _belongs_on_air(room, source)


def _belongs_on_air(room: Room, source: str) -> bool:
    owner = room.owner(source)
    if is_talkback(source) or is_outside(source) or (owner is not None and owner.place is not Place.SEATED):
        return False
    match room.strip(source).follow:
        case Follow.OPEN:
            return True
        case Follow.OFF:
            return False
        case Follow.FOLLOW:
            return source in room.on_air or (owner is not None and is_voice(source) and room.is_on_air(owner))


def is_voice(source: str) -> bool:
    """Tell a microphone from a screen share's sound: a guest who shows slides alone still speaks."""
    return not split_screen(source)[1]


def _return(room: Room, listener: Listener, program: Mapping[str, float]) -> Bus:
    own = frozenset(listener.sources)
    if listener.place is Place.CHECKING:
        return Bus({source: 1.0 for source in room.sources if source in own})
    speaking = (talkback.operator for talkback in room.talkbacks if listener.name in talkback.to)
    return Bus(_around(room, listener, program), frozenset(speaking))


def _around(room: Room, listener: Listener, program: Mapping[str, float]) -> dict[str, float]:
    """Return what somebody hears beside talkback."""
    if listener.place is Place.SEATED and listener.outside:
        # What comes from there is without them already, if whoever mixes there has seen to it.
        return {listener.outside: 1.0} if listener.outside in room.sources else {}
    if listener.place is Place.LOBBY and not listener.hears_program:
        return {}
    own = frozenset((*listener.sources, *listener.returning))
    return {source: gain for source, gain in program.items() if source not in own}


def _monitored(
    room: Room, monitor: Monitor, program: Mapping[str, float], confidants: Mapping[str, Set[str]]
) -> dict[str, float]:
    chosen = [s for s in monitor.listen if s in room.sources and not is_talkback(s)]
    gains = dict.fromkeys(chosen, 1.0) if monitor.listen else dict(program)
    gains = {s: gain for s, gain in gains.items() if s not in confidants or monitor.operator in confidants[s]}
    for voice in _answering(room, monitor.operator):
        gains[voice] = max(gains.get(voice, 0.0), 1.0)
    return gains


def _confidants(room: Room) -> dict[str, set[str]]:
    """Return, by microphone, the operators who alone hear it: they speak to its owner, whom program lacks."""
    confidants: dict[str, set[str]] = {}
    for talkback in room.talkbacks:
        for listener in _addressed(room, talkback):
            voices = _voices(room, listener)
            # Nobody is taken out of program in mid-word, seen there or only heard.
            if not room.is_on_air(listener) and not any(_is_heard(room, voice) for voice in voices):
                for voice in voices:
                    confidants.setdefault(voice, set()).add(talkback.operator)
    return confidants


def _answering(room: Room, operator: str) -> list[str]:
    mine = [talkback for talkback in room.talkbacks if talkback.operator == operator]
    addressed = [listener for talkback in mine for listener in _addressed(room, talkback)]
    return [voice for listener in addressed for voice in _voices(room, listener)]


def _addressed(room: Room, talkback: Talkback) -> list[Listener]:
    return [
        guest for guest in room.listeners if guest.name in talkback.to and guest.place is not Place.CHECKING
    ]


def _voices(room: Room, listener: Listener) -> list[str]:
    return [source for source in listener.sources if source in room.sources and is_voice(source)]
