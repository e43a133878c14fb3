"""Encoders of what the buses carry: Opus for guests and viewers, AAC for what takes nothing else.

Both encoders look ahead, Opus by 312 samples and AAC by 1024: so much of what a packet decodes to precedes
what was put in. A packet's time is that of the first sample that it decodes to, with nothing cut off at the
beginning, as everywhere in this program (`stagedoor.media.records`): a sample is heard at the time at which
it was put in.
"""

from fractions import Fraction
from typing import Final, Literal

import av
import numpy as np

from stagedoor.domain.errors import MediaError
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.mixer.sound.samples import BLOCK, CHANNELS, RATE, Samples, silence

AAC_FRAME: Final = 1024
"""Samples of an AAC frame."""

_TIME_BASE: Final = Fraction(1, RATE)
_AAC_OPTIONS: Final = {"aac_coder": "fast", "aac_ms": "0", "aac_is": "0", "aac_pns": "0", "aac_tns": "0"}
_EXPECTED_LOSS: Final = 10
"""Percent of lost packets that Opus's in-band repair is made for."""

Application = Literal["audio", "voip"]


class OpusEncoder:
    """One bus as Opus, a packet of 20 ms for each block; for one thread.

    Args:
        bit_rate: Bits a second.
        application: `audio` is true to the sound, `voip` favours speech.
        repair: Whether a packet may also carry a rough copy of the one before (in-band FEC).

    Attributes:
        track: What its packets are of.
    """

    def __init__(self, bit_rate: int, application: Application = "audio", *, repair: bool = False) -> None:
        options = {"application": application, "frame_duration": "20"}
        if repair:
            options |= {"fec": "1", "packet_loss": str(_EXPECTED_LOSS)}
        self._encoder = _Encoder("libopus", "flt", bit_rate, options)
        self._next: int | None = None
        self.track = Track(Codec.OPUS, RATE, channels=CHANNELS)

    def encode(self, block: Samples, at: int, arrived: float = 0.0) -> list[Packet]:
        """Encode (2, 960) samples, the first of them at program sample `at`.

        A block that does not follow on the one before begins anew. What would be before program's beginning
        is left out.

        Raises:
            MediaError: the encoder failed; the next block begins anew.
        """
        if at != self._next:
            self._encoder.begin()
        self._next = at + BLOCK
        interleaved = np.ascontiguousarray(block.T).reshape(1, -1)
        return self._encoder.encode(interleaved, at, self.track, arrived)


class AacEncoder:
    """One bus as AAC, in frames of 1024 samples; for one thread.

    Args:
        bit_rate: Bits a second.

    Attributes:
        track: What its packets are of, with the AudioSpecificConfig.
    """

    def __init__(self, bit_rate: int) -> None:
        self._encoder = _Encoder("aac", "fltp", bit_rate, _AAC_OPTIONS)
        self._waiting = silence(0)
        self._next: int | None = None
        self.track = Track(Codec.AAC, RATE, channels=CHANNELS, extradata=self._encoder.begin())

    def encode(self, block: Samples, at: int, arrived: float = 0.0) -> list[Packet]:
        """Encode (2, 960) samples, the first of them at program sample `at`.

        A block that does not follow on the one before begins anew. What would be before program's beginning
        is left out.

        Raises:
            MediaError: the encoder failed; the next block begins anew.
        """
        if at != self._next:
            self._encoder.begin()
            self._waiting = silence(0)
        self._next = at + block.shape[1]
        waiting = np.concatenate([self._waiting, block], axis=1)
        if waiting.shape[1] < AAC_FRAME:
            self._waiting = waiting
            return []
        self._waiting = waiting[:, AAC_FRAME:]
        frame = np.ascontiguousarray(waiting[:, :AAC_FRAME])
        return self._encoder.encode(frame, self._next - waiting.shape[1], self.track, arrived)


class _Encoder:
    """One of FFmpeg's encoders, which can begin anew; its packets' times have its look-ahead in them."""

    def __init__(self, name: str, sample_format: str, bit_rate: int, options: dict[str, str]) -> None:
        self._name = name
        self._format = sample_format
        self._bit_rate = bit_rate
        self._options = options
        self._context: av.AudioCodecContext | None = None

    def begin(self) -> bytes:
        """Make the encoder anew; return its extradata."""
        context = av.CodecContext.create(self._name, "w")
        if not isinstance(context, av.AudioCodecContext):
            raise MediaError(f"{self._name} is not a codec of sound")
        context.sample_rate, context.time_base, context.layout = RATE, _TIME_BASE, "stereo"
        context.format, context.bit_rate = av.AudioFormat(self._format), self._bit_rate
        context.options = dict(self._options)
        context.flags |= av.codec.context.Flags.global_header
        context.open()
        self._context = context
        return bytes(context.extradata or b"")

    def encode(self, samples: Samples, at: int, track: Track, arrived: float) -> list[Packet]:
        """Encode one frame; the array is what the format wants."""
        if self._context is None:
            self.begin()
        frame = av.AudioFrame.from_ndarray(samples, format=self._format, layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, _TIME_BASE
        try:
            packets = self._context.encode(frame) if self._context else []
        except av.error.FFmpegError as error:
            self._context = None
            raise MediaError(f"the {self._name} encoder failed: {error}") from error
        return [
            Packet(track, bytes(one), one.pts, one.pts, one.duration or 0, key=True, arrived=arrived)
            for one in packets
            if one.pts is not None and one.pts >= 0
        ]
