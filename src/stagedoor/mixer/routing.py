"""Who hears whom, told to the sound engine."""

from stagedoor.domain.hearing import PROGRAM_BUS, Room, buses
from stagedoor.domain.ids import TALKBACK_PREFIX, is_path
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.sound.mixing import FADE_SAMPLES
from stagedoor.mixer.sound.talkback import ramp_samples


class Routing:
    """Keeps the buses and their gains what the rules of `domain.hearing` make of the room.

    Attributes:
        heard: The sources that are heard in program.
    """

    def __init__(self, sounds: SoundEngine) -> None:
        self._sounds = sounds
        self._ducked: frozenset[str] = frozenset()
        self.heard: tuple[str, ...] = ()

    def apply(self, room: Room) -> None:
        """Say anew who hears whom; on one thread at a time."""
        mixed = buses(room)
        self._sounds.set_buses(mixed)
        for name, bus in mixed.items():
            voices = {f"{TALKBACK_PREFIX}{operator}": 1.0 for operator in bus.talkbacks}
            gains = {source: gain * bus.duck for source, gain in bus.gains.items()}
            changed = bool(voices) is not (name in self._ducked)
            ramp = ramp_samples(speaking=bool(voices)) if changed else FADE_SAMPLES
            self._sounds.set_gains({name: {**gains, **voices}}, ramp)
        self._ducked = frozenset(name for name, bus in mixed.items() if bus.talkbacks)
        # What is no source of anybody has a name that no source can have.
        self.heard = tuple(source for source in mixed[PROGRAM_BUS].gains if is_path(source))
