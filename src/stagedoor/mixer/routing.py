"""Who hears whom, told to the sound engine."""

from collections.abc import Mapping

from stagedoor.domain.hearing import PROGRAM_BUS, Bus, Room, buses, carried, return_bus
from stagedoor.domain.ids import TALKBACK_PREFIX, is_path
from stagedoor.ipc.mixer import ReturnStatus, Wanted
from stagedoor.mixer.clock import SAMPLE_RATE
from stagedoor.mixer.drawings import Drawings
from stagedoor.mixer.program import Program
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.sound.mixing import USUAL_RAMP, Ramp
from stagedoor.mixer.sound.talkback import ramp_of
from stagedoor.mixer.sources.rack import Rack
from stagedoor.mixer.stingers.stingers import Stingers
from stagedoor.settings.mixer import MixerSettings


class Routing:
    """Keeps the buses and their gains what the rules of `domain.hearing` make of the room.

    Args:
        sounds: The buses.
        rack: The sources, which are told what is on air.
        program: What it shows.
        drawings: Told what is on air.
        stingers: Heard beside the sources.
        settings: Program's frame rate, and whether its sound usually goes when it fades to black.

    Attributes:
        black_is_silent: Whether program's sound goes when it fades to black.
        heard: The sources that are heard in program; none once it is faded to black with its sound.
        returns: What each listener hears.
    """

    def __init__(
        self,
        sounds: SoundEngine,
        rack: Rack,
        program: Program,
        drawings: Drawings,
        stingers: Stingers,
        settings: MixerSettings,
    ) -> None:
        self._sounds = sounds
        self._rack = rack
        self._program = program
        self._drawings = drawings
        self._stingers = stingers
        self._settings = settings
        self._ducked: frozenset[str] = frozenset()
        self.black_is_silent = settings.black_is_silent
        self.heard: tuple[str, ...] = ()
        self.returns: tuple[ReturnStatus, ...] = ()

    def look(self, wanted: Wanted) -> None:
        """Look at what is on air, and say anew who hears whom; on one thread at a time."""
        usual, told = self._settings.black_is_silent, wanted.black_is_silent
        self.black_is_silent = usual if told is None else told
        newest = self._program.newest
        scenes = newest.shot.scenes if newest else ()
        on_air = self._drawings.named(*scenes)
        # Who stands in is in the picture, and has to be told so.
        self._drawings.on_air = on_air | self._drawings.visible(*scenes)
        # What stands in is played too, but heard only where the scene names it: of what a source names,
        # nobody put the sound on air.
        self._rack.on_air(self._drawings.played(*scenes))
        rules = {rule.source: rule for scene in scenes for rule in self._program.scene(scene).audio}
        heard = (wanted.strips, rules, wanted.listeners, wanted.monitors, wanted.talkbacks)
        # A stinger is always on air: it says nothing while it is not played, and has to be heard at once.
        beside = self._stingers.ids
        self._apply(Room((*self._rack.ids, *beside), on_air.union(beside), *heard))

    def _apply(self, room: Room) -> None:
        mixed = buses(room)
        self._sounds.set_buses(mixed, _like_program(room, mixed))
        for name, bus in mixed.items():
            voices = {f"{TALKBACK_PREFIX}{operator}": 1.0 for operator in bus.talkbacks}
            gains = {source: gain * bus.duck for source, gain in bus.gains.items()}
            changed = bool(voices) is not (name in self._ducked)
            ramp = ramp_of(speaking=bool(voices)) if changed else USUAL_RAMP
            if name != PROGRAM_BUS:
                self._sounds.set_gains({name: {**gains, **voices}}, ramp)
        self._ducked = frozenset(name for name, bus in mixed.items() if bus.talkbacks)
        self.returns = tuple(
            ReturnStatus(
                name=listener.name,
                carries=carried(mixed[return_bus(listener.name)], listener),
                talkbacks=tuple(sorted(mixed[return_bus(listener.name)].talkbacks)),
            )
            for listener in room.listeners
        )
        self._set_program(mixed[PROGRAM_BUS])

    def _set_program(self, bus: Bus) -> None:
        """Have program's own bus follow a fade to black, over the same frames; no other bus does.

        Whoever is taken off while it comes up again goes at once.
        """
        newest, gains, ramp = self._program.newest, bus.gains, USUAL_RAMP
        if newest is not None and self.black_is_silent:
            fade = newest.switcher.fade
            falls = fade.target == 1.0
            if frames := fade.left(newest.number):
                samples = frames * SAMPLE_RATE // self._settings.frame_rate
                ramp = Ramp(fall=samples) if falls else Ramp(rise=samples)
            gains = {} if falls else gains
        self._sounds.set_gains({PROGRAM_BUS: gains}, ramp)
        is_silent = not gains and newest is not None and newest.shot.black == 1.0
        # What is no source of anybody has a name that no source can have.
        self.heard = () if is_silent else tuple(source for source in bus.gains if is_path(source))


def _like_program(room: Room, mixed: Mapping[str, Bus]) -> frozenset[str]:
    """Return the returns in which anything of program is heard, which is to be as loud there.

    Not where an operator speaks, which no other sound turns down: all else is ducked there.
    """
    program = mixed[PROGRAM_BUS].gains.keys()
    returns = {return_bus(listener.name): mixed[return_bus(listener.name)] for listener in room.listeners}
    return frozenset(
        name for name, bus in returns.items() if program & bus.gains.keys() and not bus.talkbacks
    )
