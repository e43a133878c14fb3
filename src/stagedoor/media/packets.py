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
others  one packet as FFmpeg's demuxers give it; they are recorded, and nothing else is done with them
======  =====================================================================================
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """The two kinds of track."""

    AUDIO = "audio"
    VIDEO = "video"


class Codec(StrEnum):
    """Codecs that are passed through or recorded; the values are FFmpeg's names."""

    H264 = "h264"
    H265 = "hevc"
    VP8 = "vp8"
    VP9 = "vp9"
    AV1 = "av1"
    OPUS = "opus"
    AAC = "aac"
    MPEG1 = "mpeg1video"
    MPEG2 = "mpeg2video"
    MPEG4 = "mpeg4"
    MJPEG = "mjpeg"
    MP2 = "mp2"
    MP3 = "mp3"
    AC3 = "ac3"
    EAC3 = "eac3"
    VORBIS = "vorbis"
    FLAC = "flac"
    ALAW = "pcm_alaw"
    MULAW = "pcm_mulaw"
    PCM_LE = "pcm_s16le"
    PCM_BE = "pcm_s16be"
    PCM_8 = "pcm_u8"
    PCM_24_LE = "pcm_s24le"
    PCM_24_BE = "pcm_s24be"
    PCM_32_LE = "pcm_s32le"
    PCM_32_BE = "pcm_s32be"
    PCM_FLOAT = "pcm_f32le"
    PCM_DOUBLE = "pcm_f64le"
    G722 = "adpcm_g722"
    AAC_LATM = "aac_latm"
    DTS = "dts"
    PRORES = "prores"
    FFV1 = "ffv1"
    DNXHD = "dnxhd"
    JPEG_2000 = "jpeg2000"
    H263 = "h263"
    FLV1 = "flv1"

    @property
    def kind(self) -> Kind:
        """Whether it codes sound or picture."""
        return Kind.VIDEO if self in _PICTURES else Kind.AUDIO


PASSED: Final = frozenset({Codec.H264, Codec.H265, Codec.VP8, Codec.VP9, Codec.AV1, Codec.OPUS, Codec.AAC})
"""What guests and publishers may send; the others come from sources of the mixer alone."""
_PICTURES: Final = frozenset(
    {Codec.H264, Codec.H265, Codec.VP8, Codec.VP9, Codec.AV1}
    | {Codec.MPEG1, Codec.MPEG2, Codec.MPEG4, Codec.MJPEG}
    | {Codec.PRORES, Codec.FFV1, Codec.DNXHD, Codec.JPEG_2000, Codec.H263, Codec.FLV1}
)


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
            AV1: the sequence header OBU; ProRes: its four letters; of what else is only recorded, as FFmpeg
            gives it; otherwise empty.
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
