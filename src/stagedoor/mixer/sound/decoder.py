"""What a decoder gives, in the mixer's own form: stereo, 48 kHz, with times that go on without holes."""

import logging
from fractions import Fraction
from typing import Final

import av
import numpy as np

from stagedoor.mixer.sound.interpolation import resized
from stagedoor.mixer.sound.samples import RATE, Samples

_log = logging.getLogger(__name__)

JUMP: Final = RATE // 200
"""5 ms: a time that is off by more is a gap, or a new time line."""
_SLACK: Final = RATE // 1000
"""1 ms: by this much times may be off without anything being done about it."""
_STEP_OF: Final = 480
"""One sample is put in or left out for so many; a stamp that drifts by 2000 ppm can be followed."""


class SoundDecoder:
    """Turns decoded frames of any format, rate and layout into (2, n) samples and their media times.

    Times are counted by samples; where the frames' own times drift away from the count, by a sender's clock
    that is slewed, the sound is stretched by single samples. Mono is heard on both sides at its own level;
    more channels than two are mixed down by FFmpeg's rules.

    Attributes:
        errors: Frames that could not be converted.
    """

    def __init__(self) -> None:
        self._resampler: av.AudioResampler | None = None
        self._format: tuple[str, str, int] | None = None
        self._anchor = 0
        self._taken = Fraction(0)
        self._given = 0
        self._started = False
        self.errors = 0

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
            off = self._off(frame)
            if abs(off) > JUMP:
                out += self._flushed()
                self._begin(form, frame)
                off = 0
            out += self._converted(frame, off)
        except (av.error.FFmpegError, ValueError) as error:
            self.errors += 1
            self._resampler = None
            _log.debug("sound was not converted: %s", error)
        return out

    def _begin(self, form: tuple[str, str, int], frame: av.AudioFrame) -> None:
        """Make a resampler for this form of sound, and count from this frame's time on."""
        mono = frame.layout.nb_channels == 1
        time = _time(frame)
        self._anchor = round(time * RATE) if time is not None else self._anchor + round(self._taken)
        self._taken, self._given = Fraction(0), 0
        self._format = form
        self._resampler = av.AudioResampler("fltp", "mono" if mono else "stereo", RATE)

    def _off(self, frame: av.AudioFrame) -> int:
        """Return by how many samples the frame's time is later than the count says."""
        time = _time(frame)
        return 0 if time is None else round(time * RATE - self._anchor - self._taken)

    def _converted(self, frame: av.AudioFrame, off: int) -> list[tuple[int, Samples]]:
        if self._resampler is None:
            return []
        self._taken += Fraction(frame.samples * RATE, frame.sample_rate)
        frame.pts = None
        return self._placed(self._resampler.resample(frame), off)

    def _flushed(self) -> list[tuple[int, Samples]]:
        """Return what the resampler still holds."""
        if self._resampler is None:
            return []
        resampler, self._resampler = self._resampler, None
        return self._placed(resampler.resample(None), 0)

    def _placed(self, frames: list[av.AudioFrame], off: int) -> list[tuple[int, Samples]]:
        out = []
        for frame in frames:
            samples = _planes(frame)
            count = samples.shape[1]
            if abs(off) > _SLACK and count >= _STEP_OF:
                step = (1 if off > 0 else -1) * min(abs(off), count // _STEP_OF)
                samples = resized(samples, count + step)
                self._anchor += step
                off -= step
                self._given -= step
            out.append((self._anchor + self._given, samples))
            self._given += samples.shape[1]
        return out


def _time(frame: av.AudioFrame) -> Fraction | None:
    if frame.pts is None:
        return None
    base = frame.time_base or Fraction(1, frame.sample_rate)
    return frame.pts * base


def _planes(frame: av.AudioFrame) -> Samples:
    planes = frame.to_ndarray().astype(np.float32, copy=False)
    return np.repeat(planes, 2, axis=0) if planes.shape[0] == 1 else planes
