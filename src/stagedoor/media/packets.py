"""What flows through Stagedoor: encoded frames with integer times, and the description of their track.

Forms of `Packet.data`, the same everywhere inside the program:

======  =====================================================================================
codec   form
======  =====================================================================================
H.264   Annex B, one access unit, no access unit delimiters; SPS and PPS in band before every IDR
H.265   Annex B, one access unit; VPS, SPS and PPS in band before every IRAP
VP8     one frame (RFC 6386)
VP9     one frame or superframe
AV1     one temporal unit in the low-overhead format (every OBU with its size), no temporal delimiters
Opus    one packet (RFC 6716)
AAC     one raw frame, without ADTS
======  =====================================================================================
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The two kinds of track."""

    AUDIO = "audio"
    VIDEO = "video"


class Codec(StrEnum):
    """Codecs that are passed through; the values are FFmpeg's names."""

    H264 = "h264"
    H265 = "hevc"
    VP8 = "vp8"
    VP9 = "vp9"
    AV1 = "av1"
    OPUS = "opus"
    AAC = "aac"

    @property
    def kind(self) -> Kind:
        """Whether it codes sound or picture."""
        return Kind.AUDIO if self in (Codec.OPUS, Codec.AAC) else Kind.VIDEO


@dataclass(frozen=True, slots=True)
class Track:
    """A description of one elementary stream as it is now; a change makes a new `Track`.

    Attributes:
        codec: The codec.
        clock_rate: Ticks a second; the time base of every time of its packets is 1/clock_rate.
        width: Pixels; 0 for audio and while unknown.
        height: Pixels; 0 for audio and while unknown.
        channels: Audio channels; 0 for video.
        extradata: H.264 and H.265: the parameter sets in Annex B; AAC: AudioSpecificConfig;
            AV1: the sequence header OBU; otherwise empty.
        kind: Sound or picture, by the codec.
    """

    codec: Codec
    clock_rate: int
    width: int = 0
    height: int = 0
    channels: int = 0
    extradata: bytes = b""
    kind: Kind = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for several times for each packet, so it is not derived each time.
        object.__setattr__(self, "kind", self.codec.kind)


@dataclass(frozen=True, slots=True)
class Packet:
    """One encoded frame.

    All tracks of a path share one clock: pts / clock_rate of an audio and of a video packet that belong
    together are equal.

    Attributes:
        track: The description in force for this packet; compare with `is not` to notice a change.
        data: The frame, in the form of the table above.
        pts: Presentation time in ticks of the track; never negative.
        dts: Decoding time in ticks of the track; equal to pts where frames are not reordered.
        duration: Ticks; 0 where unknown.
        key: Whether decoding can start here; always true for audio.
        gap: Whether something before this packet was lost for good.
        arrived: When its last byte came, seconds of `time.monotonic()`.
    """

    track: Track
    data: bytes
    pts: int
    dts: int
    duration: int = 0
    key: bool = False
    gap: bool = False
    arrived: float = 0.0
