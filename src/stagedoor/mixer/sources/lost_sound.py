"""Whose sound libopus decodes in place of FFmpeg, so that what was lost on the way is rebuilt."""

import logging
import struct
from functools import lru_cache
from typing import Final

import av

from stagedoor.media import libopus
from stagedoor.media.opus_sound import OpusSound

logger = logging.getLogger(__name__)

_HEAD: Final = struct.Struct("<8sBBHIhB")
"""OpusHead (RFC 7845 section 5.1): magic, version, channels, pre-skip, rate, gain, mapping."""


def rebuilder(stream: av.VideoStream | av.AudioStream) -> OpusSound | None:
    """Return what decodes a stream of Opus that came over a network; None for every other.

    One whose beginning is to be skipped, or whose loudness is to be changed, is as its encoder has written
    it: nothing was lost on a way, and FFmpeg does as its head says. So it is with more than two channels.
    """
    codec = stream.codec_context.codec
    if codec.canonical_name != "opus" or not _is_plain(bytes(stream.codec_context.extradata or b"")):
        return None
    return OpusSound() if _can_rebuild() else None


def _is_plain(head: bytes) -> bool:
    if len(head) < _HEAD.size:
        return True
    *_, pre_skip, _, gain, mapping = _HEAD.unpack_from(head)
    return not (pre_skip or gain or mapping)


@lru_cache(maxsize=1)
def _can_rebuild() -> bool:
    if libopus.library() is None:
        logger.warning("Lost sound is faded and not rebuilt: there is no libopus")
        return False
    return True
