"""Talkback: how what a guest hears of program goes down while somebody speaks to him, and up again."""

from typing import Final

from stagedoor.mixer.sound.mixing import Ramp
from stagedoor.mixer.sound.samples import RATE

ATTACK_SAMPLES: Final = RATE // 20
"""50 ms; ramps take whole blocks, so it is 60."""
RELEASE_SAMPLES: Final = RATE * 3 // 10


def ramp_of(*, speaking: bool) -> Ramp:
    """Return how long the way takes: quickly down when speaking begins, gently up again when it ends."""
    samples = ATTACK_SAMPLES if speaking else RELEASE_SAMPLES
    return Ramp(samples, samples)
