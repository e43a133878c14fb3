"""What a decoder gives, in the mixer's own form: stereo, 48 kHz, with times that go on without holes."""

import logging
from fractions import Fraction

import av
import numpy as np

from stagedoor.mixer.sound.interpolation import resized
from stagedoor.mixer.sound.samples import RATE, Samples
from stagedoor.mixer.sound.stamps import Stamps

_log = logging.getLogger(__name__)


class SoundDecoder:
    """Turns decoded frames of any format, rate and layout into (2, n) samples and their media times.

    Times are counted by samples; where the frames' own times move away from the count, by a sender's clock
    that is slewed or by stamps that are not even, the sound is stretched by single samples. Mono is heard on
    both sides at its own level; more channels than two are mixed down by FFmpeg's rules.

    Attributes:
        errors: Frames that could not be converted.
    """

    def __init__(self) -> None:
        self._resampler: av.AudioResampler | None = None
        self._format: tuple[str, str, int] | None = None
        self._anchor = 0
        self._taken = Fraction(0)
        self._given = 0
        self._stamps = Stamps()
        self.errors = 0

    def seam(self) -> None:
        """Say that what comes next is not the continuation of what came, as where a file begins again."""
        self._stamps.seam()

    def feed(self, frame: av.AudioFrame) -> list[tuple[int, Samples]]:
        """Return pieces as (media time of the first sample at 48 kHz, samples); the frame is used up.

        There is none while the resampler gathers, and more than one where the form or the time line changes.
        """
        if not frame.samples or not frame.sample_rate:
            return []
        out: list[tuple[int, Samples]] = []
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        try:
            if self._resampler is None or form != self._format:
                out += self._flushed()
                self._begin(form, frame)
                self._stamps.begin()
            out += self._told(form, frame)
            out += self._converted(frame)
        except (av.error.FFmpegError, ValueError) as error:
            self.errors += 1
            self._resampler = None
            _log.debug("sound was not converted: %s", error)
        return out

    def _begin(self, form: tuple[str, str, int], frame: av.AudioFrame, off: int = 0) -> None:
        """Make a resampler for this form of sound, and count from this frame's time on.

        Args:
            form: Of the sound.
            frame: The first.
            off: By how much its time remains later than the count.
        """
        mono = frame.layout.nb_channels == 1
        time = _time(frame)
        counted = self._anchor + round(self._taken)
        self._anchor = counted if time is None else round(time * RATE) - off
        self._taken, self._given = Fraction(0), 0
        self._format = form
        self._resampler = av.AudioResampler("fltp", "mono" if mono else "stereo", RATE)

    def _told(self, form: tuple[str, str, int], frame: av.AudioFrame) -> list[tuple[int, Samples]]:
        """Look at the frame's time; where there is a hole before it, return what is before the hole."""
        time = _time(frame)
        if time is None:
            return []
        off = round(time * RATE - self._anchor - self._taken)
        hole = self._stamps.hole(off, frame.samples * RATE // frame.sample_rate)
        if not hole:
            return []
        flushed = self._flushed()
        self._begin(form, frame, off - hole)
        return flushed

    def _converted(self, frame: av.AudioFrame) -> list[tuple[int, Samples]]:
        if self._resampler is None:
            return []
        self._taken += Fraction(frame.samples * RATE, frame.sample_rate)
        frame.pts = None
        return [self._placed(self._followed(_planes(one))) for one in self._resampler.resample(frame)]

    def _flushed(self) -> list[tuple[int, Samples]]:
        """Return what the resampler still holds."""
        if self._resampler is None:
            return []
        resampler, self._resampler = self._resampler, None
        return [self._placed(_planes(one)) for one in resampler.resample(None)]

    def _followed(self, samples: Samples) -> Samples:
        """Return a piece as long as the frames' times want it."""
        step = self._stamps.step(samples.shape[1])
        if not step:
            return samples
        self._anchor += step
        self._given -= step
        return resized(samples, samples.shape[1] + step)

    def _placed(self, samples: Samples) -> tuple[int, Samples]:
        at = self._anchor + self._given
        self._given += samples.shape[1]
        return at, samples


def _time(frame: av.AudioFrame) -> Fraction | None:
    if frame.pts is None:
        return None
    base = frame.time_base or Fraction(1, frame.sample_rate)
    return frame.pts * base


def _planes(frame: av.AudioFrame) -> Samples:
    planes = frame.to_ndarray().astype(np.float32, copy=False)
    return np.repeat(planes, 2, axis=0) if planes.shape[0] == 1 else planes
