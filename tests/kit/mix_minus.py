"""Mix-minus as it is heard: what each return has of everybody's tone, beside program, in the same windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tests.kit.listening import LINES, RATE, SILENCE_DB, Listened, spectrum, tone_db

WINDOW_S: Final = 1.0
STEP_S: Final = 0.25
SETTLED_S: Final = 0.2
"""After a change a tone comes or goes by a ramp."""
OWN_BELOW_DB: Final = 60.0
LEVEL_TOLERANCE_DB: Final = 1.0
DUCKED_DB: Final = -12.0
QUIET_DB: Final = -60.0
"""Of a tone that is not in program: coding leaves less of it beside those that are."""
BESIDE_HZ: Final = range(40, 81)
"""So far from a tone on both sides nobody has one."""
TONAL_DB: Final = 15.0
"""What stands out so far over what is beside it is a tone; else it is noise, of a hole that was concealed."""

Everything = Mapping[str, Listened]
"""`program` and `return-{listener}`, over the same time."""


@dataclass(frozen=True)
class Aired:
    """Who is heard.

    Attributes:
        levels: What each source's tone has in program, dBFS; who is not in it is not heard.
        spoken_to: The listeners whom the operator speaks to.
    """

    levels: Mapping[str, float]
    spoken_to: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judged:
    """How many windows there were.

    Attributes:
        whole: Checked, and right.
        left_out: In which something was missing, so that no level can be told.
    """

    whole: int = 0
    left_out: int = 0

    def __add__(self, other: "Judged") -> "Judged":
        return Judged(self.whole + other.whole, self.left_out + other.left_out)


class Window:
    """One second of everything.

    Args:
        everything: All paths, over the same time.
        at: Its beginning, seconds by the mixer's clock.
    """

    def __init__(self, everything: Everything, at: float) -> None:
        self.at = at
        self.paths = tuple(everything)
        self._spectra = {path: spectrum(_part(listened, at)) for path, listened in everything.items()}

    def level(self, path: str, hertz: float) -> float:
        """The level of a tone, dBFS."""
        return tone_db(self._spectra[path], hertz)

    def own(self, listener: str, hertz: int) -> tuple[float, float]:
        """What a return has of a tone, and of what is beside it, dBFS."""
        path = f"return-{listener}"
        places = [LINES * (hertz + side * apart) for apart in BESIDE_HZ for side in (-1, 1)]
        beside = float(self._spectra[path][places].max())
        return self.level(path, hertz), max(SILENCE_DB, 20 * float(np.log10(max(beside, 1e-9))))


def windows(everything: Everything) -> list[Window]:
    """Every window that all have."""
    begin = max(each.sound_at for each in everything.values())
    end = min(each.sound_at + len(each.sound) / RATE for each in everything.values())
    return [Window(everything, begin + n * STEP_S) for n in range(int((end - begin - WINDOW_S) / STEP_S) + 1)]


def _part(listened: Listened, at: float) -> npt.NDArray[np.float32]:
    first = round((at - listened.sound_at) * RATE)
    return listened.sound[first : first + round(WINDOW_S * RATE)]


@dataclass(frozen=True)
class MixMinus:
    """Judges returns.

    Attributes:
        tones: Of every source, hertz.
        own: Each listener's own sources.
        voice: The operator's tone, hertz, as loud as `voice_db`.
        nobodys: A frequency far from everybody's.
    """

    tones: Mapping[str, int]
    own: Mapping[str, tuple[str, ...]]
    voice: int
    voice_db: float
    nobodys: int

    def check(self, parts: Sequence[Window], aired: Aired, begin: float) -> Judged:
        """Check each whole window from a time on; return how many there are, and how many are not whole.

        In each return the others are as loud as in program, the own tone is at least 60 dB below the quietest
        of them, and who is spoken to hears the operator while the others are ducked.
        """
        settled = [part for part in parts if part.at >= begin + SETTLED_S]
        found = [part for part in settled if self._is_whole(part, aired)]
        for part in found:
            for name in self.tones.keys() - aired.levels.keys():
                assert part.level("program", self.tones[name]) < QUIET_DB, (name, part.at)
            assert part.level("program", self.voice) < QUIET_DB, part.at
            for listener in self.own:
                self._check_others(part, aired, listener)
        return Judged(len(found), len(settled) - len(found))

    def check_nobody_hears_themselves(self, parts: Sequence[Window]) -> None:
        """Check every window, also those in which something changes: the own tone does not stand out."""
        for part in parts:
            for listener, own in self.own.items():
                others = self.tones.keys() - own
                loud = max(
                    *(part.level(f"return-{listener}", self.tones[name]) for name in others),
                    *(part.level("program", self.tones[name]) for name in own),
                )
                for name in own:
                    _check_own(part, listener, self.tones[name], loud - OWN_BELOW_DB)

    def _check_others(self, part: Window, aired: Aired, listener: str) -> None:
        is_spoken_to, path = listener in aired.spoken_to, f"return-{listener}"
        for name in aired.levels.keys() - self.own[listener]:
            wanted = part.level("program", self.tones[name]) + is_spoken_to * DUCKED_DB
            got = part.level(path, self.tones[name])
            assert abs(got - wanted) <= LEVEL_TOLERANCE_DB, (listener, name, part.at, got, wanted)
        spoken = part.level(path, self.voice)
        assert is_spoken_to or spoken < QUIET_DB, (listener, part.at, spoken)

    def _is_whole(self, part: Window, aired: Aired) -> bool:
        """Whether nothing is missing in a window: a hole that was concealed is heard at every frequency.

        Raises:
            AssertionError: Somebody hears themselves; that is no noise.
        """
        if any(part.level(path, self.nobodys) > QUIET_DB for path in part.paths):
            return False
        sent = [("program", self.tones[name], wanted) for name, wanted in aired.levels.items()]
        sent += [(f"return-{name}", self.voice, self.voice_db) for name in aired.spoken_to]
        if any(abs(part.level(path, hertz) - wanted) > LEVEL_TOLERANCE_DB for path, hertz, wanted in sent):
            return False
        return all(self._is_apart(part, aired, listener) for listener in self.own)

    def _is_apart(self, part: Window, aired: Aired, listener: str) -> bool:
        own, ducked = self.own[listener], (listener in aired.spoken_to) * DUCKED_DB
        others = [loud + ducked for name, loud in aired.levels.items() if name not in own]
        most = min(others or aired.levels.values()) - OWN_BELOW_DB
        return all(_check_own(part, listener, self.tones[name], most) for name in own)


def _check_own(part: Window, listener: str, hertz: int, most: float) -> bool:
    """Tell whether an own tone is no louder than `most`; noise may be, a tone that stands out may not."""
    got, beside = part.own(listener, hertz)
    assert got <= most or got < beside + TONAL_DB, (listener, hertz, part.at, got, beside, most)
    return got <= most
