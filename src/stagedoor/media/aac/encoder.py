"""One path's sound as AAC; what sound costs most in a relay that decodes no picture.

Opus is decoded by libopus, which rebuilds what was lost, or where there is none by FFmpeg. Of the AAC
encoder's tools, the ones that buy little for speech are off.
"""

from collections import deque
from fractions import Fraction
from typing import Final, Literal

import av

from stagedoor.domain.errors import MediaError
from stagedoor.media import libopus, opus
from stagedoor.media.opus_sound import OpusSound
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.precedence import aside

FRAME: Final = 1024
"""Samples of an AAC frame; the first one precedes the first sound by as many."""
BIT_RATE: Final = 64_000
"""Bits a second and channel."""
MAX_SILENCE: Final = 10 * opus.CLOCK_RATE
"""A longer gap is left as it is: the times jump, and no silence is made for it."""
_JITTER: Final = opus.CLOCK_RATE // 200
"""5 ms: by this much a slewed clock may move a packet with nothing lost."""
_BLOCK: Final = opus.CLOCK_RATE // 10
_TIME_BASE: Final = Fraction(1, opus.CLOCK_RATE)
_LAYOUTS: Final = {1: "mono", 2: "stereo"}
_OPTIONS: Final = {"aac_coder": "fast", "aac_ms": "0", "aac_is": "0", "aac_pns": "0", "aac_tns": "0"}


class AacEncoder:
    """Encodes one path's sound; every method is called in one thread.

    The times of the AAC frames follow from those of the Opus packets, not from a count of samples: neither
    a sender's clock that runs fast nor a gap moves sound against picture. Sound that was lost is rebuilt
    where it can be, and else becomes silence.
    It is mono until the first stereo packet comes, which makes a new track.

    Attributes:
        errors: Packets that could not be decoded; they count as lost.
    """

    def __init__(self) -> None:
        self._coder: _Coder | None = None
        self._last_pts = -1
        self.errors = 0

    def encode(self, packet: Packet) -> list[Packet]:
        """Return the AAC frames that are complete with this packet.

        Raises:
            MediaError: the encoder failed; the next packet begins anew.
        """
        try:
            duration, channels = opus.duration(packet.data), opus.channels(packet.data)
        except MediaError:
            self.errors += 1
            return []
        try:
            return self._released(self._encode(packet, duration, channels))
        except av.error.FFmpegError as error:
            self._coder = None
            raise MediaError(f"the AAC encoder failed: {error}") from error

    def flush(self) -> list[Packet]:
        """Return what is left, its end filled up with silence."""
        coder, self._coder = self._coder, None
        return self._released(coder.flush()) if coder else []

    def _encode(self, packet: Packet, duration: int, channels: int) -> list[Packet]:
        out: list[Packet] = []
        if self._coder is None or channels > self._coder.channels:
            out += self._coder.flush() if self._coder else []
            self._coder = _Coder(channels)
        coder = self._coder
        if coder.is_past(packet.pts):
            return out
        at, frames = coder.decoded(packet)
        if not frames:
            self.errors += 1
            return out
        coder.place(at, packet.pts + duration)
        coder.add(frames)
        return out + coder.encoded(packet.arrived)

    def _released(self, packets: list[Packet]) -> list[Packet]:
        """Leave out what is before the beginning of time or not after the frame before."""
        out = []
        for packet in packets:
            if packet.pts > self._last_pts:
                self._last_pts = packet.pts
                out.append(packet)
        return out


class _Coder:
    """A decoder, an encoder, and the samples between them, which have their place in time."""

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self._sound = OpusSound(channels) if libopus.library() is not None else None
        self._decoder = _context("opus", "r", channels)
        self._format = "fltp" if self._sound is None else "flt"
        self._encoder = _context("aac", "w", channels)
        self._encoder.format = av.AudioFormat("fltp")
        self._encoder.bit_rate = BIT_RATE * channels
        self._encoder.options = dict(_OPTIONS)
        self._encoder.flags |= av.codec.context.Flags.global_header
        self._encoder.open()
        extradata = bytes(self._encoder.extradata or b"")
        self._track = Track(Codec.AAC, opus.CLOCK_RATE, channels=channels, extradata=extradata)
        self._samples = av.AudioFifo()
        self._written = self._read = 0
        self._offset = 0
        self._end: int | None = None
        self._times: deque[int] = deque()

    def is_past(self, pts: int) -> bool:
        """Tell whether a packet's time has passed already."""
        return self._end is not None and -MAX_SILENCE <= pts - self._end < -_JITTER

    def place(self, pts: int, end: int) -> None:
        """Find the place of sound from `pts` to `end`; fill up a gap before it."""
        gap = 0 if self._end is None else pts - self._end
        if abs(gap) > MAX_SILENCE:
            self._fill_frame()
        elif gap > _JITTER:
            self.add_silence(gap)
        self._offset = pts - self._written
        self._end = end

    def decoded(self, packet: Packet) -> tuple[int, list[av.AudioFrame]]:
        """Return a packet's sound and when it begins, with what was lost before it; none if it is broken."""
        try:
            if self._sound is None:
                with aside:
                    return packet.pts, self._decoder.decode(av.Packet(packet.data))
            frames = self._sound.decode(packet.data, packet.pts)
        except (MediaError, av.error.FFmpegError):
            return packet.pts, []
        return frames[0].pts or 0, frames

    def add(self, frames: list[av.AudioFrame]) -> None:
        """Add sound where it was placed."""
        for frame in frames:
            self._add(frame)

    def add_silence(self, samples: int) -> None:
        """Add so many samples of silence."""
        while samples > 0:
            block = min(samples, _BLOCK)
            frame = av.AudioFrame(format=self._format, layout=_LAYOUTS[self.channels], samples=block)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate = opus.CLOCK_RATE
            self._add(frame)
            samples -= block

    def encoded(self, arrived: float) -> list[Packet]:
        """Return the frames that are complete."""
        out: list[Packet] = []
        while (frame := self._samples.read(FRAME)) is not None:
            pts = self._read + self._offset
            if not self._times:
                self._times.append(pts - FRAME)
            self._times.append(pts)
            frame.pts, frame.time_base = self._read, _TIME_BASE
            self._read += FRAME
            with aside:
                encoded = self._encoder.encode(frame)
            out += [self._packet(bytes(packet), arrived) for packet in encoded]
        return out

    def flush(self) -> list[Packet]:
        """Return everything that is left."""
        self._fill_frame()
        out = self.encoded(0.0)
        return out + [self._packet(bytes(packet), 0.0) for packet in self._encoder.encode(None)]

    def _add(self, frame: av.AudioFrame) -> None:
        frame.pts = None
        self._samples.write(frame)
        self._written += frame.samples

    def _fill_frame(self) -> None:
        self.add_silence(-self._written % FRAME)

    def _packet(self, data: bytes, arrived: float) -> Packet:
        pts = self._times.popleft()
        return Packet(self._track, data, pts, pts, FRAME, key=True, arrived=arrived)


def _context(codec: str, mode: Literal["r", "w"], channels: int) -> av.AudioCodecContext:
    context = av.CodecContext.create(codec, mode)
    if not isinstance(context, av.AudioCodecContext):
        raise MediaError(f"{codec} is not a codec of sound")
    context.sample_rate = opus.CLOCK_RATE
    context.layout = _LAYOUTS[channels]
    return context
