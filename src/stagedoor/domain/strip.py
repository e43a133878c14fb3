"""What an operator sets of one source's sound, and decibels."""

from dataclasses import dataclass
from enum import StrEnum

LEAST_GAIN_DB = -60.0
MAX_GAIN_DB = 20.0
GATE_OFF_DB = -80.0
"""A gate that opens this low is none."""


class Follow(StrEnum):
    """When a source is heard in program: with its picture, always, or never."""

    FOLLOW = "follow"
    OPEN = "open"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Compressor:
    """What turns down what is loud in a source.

    Attributes:
        threshold_db: -60…0 dBFS; up to here nothing is changed.
        ratio: 1…20: so many dB more in make one dB more out; 1 is off.
        makeup_db: 0…24, added to all of it while it is on.
    """

    threshold_db: float = -20.0
    ratio: float = 1.0
    makeup_db: float = 0.0

    @property
    def is_off(self) -> bool:
        """Whether it changes nothing."""
        return self.ratio <= 1.0

    @property
    def added_db(self) -> float:
        """The make-up gain; 0 where it is off."""
        return 0.0 if self.is_off else self.makeup_db


@dataclass(frozen=True, slots=True)
class Strip:
    """One source's sound as the operator set it.

    Attributes:
        gain_db: -60…+20.
        pan: -1 (left) … +1 (right).
        muted: The fader mute; always works.
        delay_ms: Added to its sound, 0…1000.
        high_pass_hz: Corner of the high-pass; 0 is off.
        follow: When it is heard in program.
        gate_db: -80…0 dBFS: what is quieter is not heard; -80 is off.
        compressor: What turns down what is loud.
    """

    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    delay_ms: int = 0
    high_pass_hz: int = 0
    follow: Follow = Follow.FOLLOW
    gate_db: float = GATE_OFF_DB
    compressor: Compressor = Compressor()

    @property
    def gain(self) -> float:
        """The fader, linear; 0 where it is muted."""
        return 0.0 if self.muted else linear(self.gain_db)


USUAL = Strip()
"""The strip of a source that nobody has touched."""


def linear(decibels: float) -> float:
    """Return a level as a factor of amplitude."""
    return float(10 ** (decibels / 20))
