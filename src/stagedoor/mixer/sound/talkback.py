"""Talkback: how what a guest hears of program goes down while somebody speaks to him, and up again."""

from typing import Final

from stagedoor.mixer.sound.samples import RATE

ATTACK_SAMPLES: Final = RATE // 20
"""50 ms; ramps take whole blocks, so it is 60."""
RELEASE_SAMPLES: Final = RATE * 3 // 10


def ramp_samples(*, speaking: bool) -> int:
    """Return how long the way takes: quickly down when speaking begins, gently up again when it ends."""
    return ATTACK_SAMPLES if speaking else RELEASE_SAMPLES
