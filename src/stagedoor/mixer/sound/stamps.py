"""Whether sound goes on without a hole where its stamps say that it does not.

A sender that stamps anew at each report of its clocks, or by the time of day, is off by some milliseconds in
either direction, while its sound has no hole at all. So what is off by little goes on where it was, and is
stretched until it is where its stamps say. Where something was lost on the way, whole frames of it are.
"""

from math import copysign
from typing import Final

from stagedoor.mixer.sound.samples import RATE

JUMP: Final = RATE // 200
"""5 ms: stamps that are off by more do not drift; where sound is said to begin anew, it does from here on."""
FOLLOWED: Final = RATE * 60 // 1000
"""60 ms: sound that is off by more begins anew."""
_SLACK: Final = RATE // 1500
"""By this much stamps may be off, on average, without anything being done: some are whole milliseconds."""
_AVERAGED: Final = RATE // 4
"""Time constant of that average, in samples: stamps that jitter are not followed back and forth."""
_FOLLOWED_IN: Final = 2 * RATE
"""What sound is off by is stretched with this time constant, between these rates."""
_SLOWEST: Final = 1 / 480
"""A stamp that drifts by 2000 ppm can be followed."""
_FASTEST: Final = 1 / 200
_LEAST: Final = 64
"""Samples to which one is added, or of which one is left out, at least."""
_WHOLE: Final = RATE * 3 // 2000
"""1.5 ms: a hole that is so close to a number of frames is of frames that were lost."""
_RESTLESS: Final = 10 * RATE
"""For so long after stamps went back it is not believed that something was lost because they go forward."""


class Stamps:
    """Compares one time line's stamps with the count of its samples; everything in samples at 48 kHz."""

    def __init__(self) -> None:
        self._off = 0
        self._average = 0.0
        self._owed = 0.0
        self._restless = 0
        self._is_seam = False

    def seam(self) -> None:
        """Say that what comes next does not go on with what was before."""
        self._is_seam = True

    def begin(self) -> None:
        """Say that the count was begun anew at the newest stamp."""
        self._off, self._average, self._owed = 0, 0.0, 0.0

    def hole(self, off: int, samples: int) -> int:
        """Return by how much later than where it would go on a frame begins; 0 where it goes on.

        Args:
            off: By how much its stamp is later than the count says.
            samples: How many it has.
        """
        jump, self._off = off - self._off, off
        self._restless = _RESTLESS if jump < -JUMP else max(0, self._restless - samples)
        most, self._is_seam = JUMP if self._is_seam else FOLLOWED, False
        lost = jump if jump > JUMP and not self._restless and _is_whole(jump, samples) else 0
        if abs(off - lost) > most:
            self.begin()
            return off
        self._off -= lost
        self._average += (self._off - self._average) * min(1.0, samples / _AVERAGED)
        return lost

    def step(self, samples: int) -> int:
        """Return how many samples are added to so many, or left out if negative, to follow the stamps."""
        away = abs(self._average)
        if away <= _SLACK:
            self._owed = 0.0
            return 0
        self._owed += samples * min(_FASTEST, max(_SLOWEST, away / _FOLLOWED_IN))
        step = min(int(self._owed), samples // _LEAST, int(away))
        self._owed -= step
        step = round(copysign(step, self._average))
        self._average -= step
        self._off -= step
        return step


def _is_whole(hole: int, samples: int) -> bool:
    """Tell whether a hole is of whole frames of so many samples."""
    rest = (hole + _WHOLE) % max(1, samples)
    return hole > samples // 2 and rest <= 2 * _WHOLE
