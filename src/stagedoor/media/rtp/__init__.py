"""RTP payload formats: one encoded frame to the payloads of its packets, and back.

Nothing here knows of sequence numbers, timestamps or markers: whoever receives puts the payloads of one frame
in order first.
"""

from stagedoor.media.packets import Codec
from stagedoor.media.rtp.aac import AacPayload
from stagedoor.media.rtp.av1 import Av1Payload
from stagedoor.media.rtp.format import PayloadFormat
from stagedoor.media.rtp.h264 import H264Payload
from stagedoor.media.rtp.h265 import H265Payload
from stagedoor.media.rtp.opus import OpusPayload
from stagedoor.media.rtp.vp8 import Vp8Payload
from stagedoor.media.rtp.vp9 import Vp9Payload

__all__ = ["PayloadFormat", "payload_format"]

_FORMATS: dict[Codec, PayloadFormat] = {
    Codec.H264: H264Payload(),
    Codec.H265: H265Payload(),
    Codec.VP8: Vp8Payload(),
    Codec.VP9: Vp9Payload(),
    Codec.AV1: Av1Payload(),
    Codec.OPUS: OpusPayload(),
    Codec.AAC: AacPayload(),
}


def payload_format(codec: Codec) -> PayloadFormat:
    """Give the payload format of a codec; it keeps no state, so all streams share it."""
    return _FORMATS[codec]
