"""One source on its way to the buses: when it is read, its high-pass, its dynamics, its balance."""

import logging
from math import cos, pi
from typing import Final

import numpy as np

from stagedoor.domain.strip import Strip
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.dynamics import Dynamics
from stagedoor.mixer.sound.filters import HighPass
from stagedoor.mixer.sound.samples import BLOCK, RATE, Samples, silence

logger = logging.getLogger(__name__)

FASTEST: Final = 0.005
"""How much faster or slower than its own time a source is read, to follow its time line."""
JUMP: Final = RATE // 50
"""20 ms: what a source is off by more than this is jumped, with a crossfade."""
FAILURES_A_LINE: Final = 500
"""Of a source's blocks that fail one after the other so many make one line in the log."""
_TIME: Final = ((np.arange(BLOCK) + 1.0) / BLOCK).astype(np.float32)


class SourceStrip:
    """Reads one source, block by block, and applies its strip; for the mixing thread alone.

    Fader and mute are not its business: they are in the gains of the buses. Balance turns one side down (a
    quarter of a cosine) and leaves the other as it is.

    Attributes:
        sound: What the decoder's thread writes to.
        failed: Blocks that could not be read and were silent.
    """

    def __init__(self) -> None:
        self.sound = SourceSound()
        self.failed = 0
        self._place: float | None = None
        self._high_pass, self._dynamics = HighPass(), Dynamics()
        self._sides: Samples = np.ones((2, 1), np.float32)

    @property
    def reduced_db(self) -> float:
        """By how much gate and compressor turn it down now."""
        return self._dynamics.reduced_db

    def block(self, start: int, offset: float | None, strip: Strip) -> Samples:
        """Return the block that is due at program sample `start`.

        `offset` is program time minus media time, in samples; None while there is no time line, which is
        silent after a block in which what was heard fades.
        """
        if offset is None:
            return self._faded_out(strip)
        media = start - offset - strip.delay_ms * RATE / 1000
        return self._shaped(self._read(media), strip)

    def _faded_out(self, strip: Strip) -> Samples:
        if self._place is None:
            return silence(BLOCK)
        samples = self.sound.read(self._place, BLOCK, 1.0)
        self._place = None
        faded = self._shaped(samples, strip) * (1.0 - _TIME)
        # What comes next, whenever that is, is not turned down for what was, and does not begin with it.
        self._dynamics = Dynamics()
        self.sound.rest()
        return faded

    def _shaped(self, samples: Samples, strip: Strip) -> Samples:
        """Apply what a strip does to the sound itself, in the order in which it is done."""
        samples = self._high_pass.process(samples, strip.high_pass_hz)
        samples = self._dynamics.process(samples, strip.gate_db, strip.compressor)
        return self._balanced(samples, strip.pan)

    def block_or_silence(self, source: str, start: int, offset: float | None, strip: Strip) -> Samples:
        """Return `block`, or silence where that fails: one source's mistake is nobody else's silence."""
        try:
            return self.block(start, offset, strip)
        except Exception:
            if self.failed % FAILURES_A_LINE == 0:
                logger.exception("Source %s is silent", source)
            self.failed += 1
            self._place = None
            self._high_pass, self._dynamics = HighPass(), Dynamics()
            self.sound.forget()
            return silence(BLOCK)

    def _read(self, media: float) -> Samples:
        """Read on from where the block before ended, a bit faster or slower where that is not `media`."""
        rate = 1.0
        if self._place is None or abs(media - self._place) > JUMP:
            self._place = media
        else:
            rate += max(-FASTEST, min(FASTEST, (media - self._place) / BLOCK))
        samples = self.sound.read(self._place, BLOCK, rate)
        self._place += rate * BLOCK
        return samples

    def _balanced(self, samples: Samples, pan: float) -> Samples:
        sides = np.array([[_side(pan)], [_side(-pan)]], np.float32)
        before, self._sides = self._sides, sides
        if (before == sides).all():
            return samples if pan == 0.0 else samples * sides
        return samples * (before + (sides - before) * _TIME)


def _side(away: float) -> float:
    return cos(max(0.0, away) * pi / 2.0)
