"""A stream of Opus packets as sound whose times go on: what was lost on the way is rebuilt.

A packet may carry a rough copy of the frame before it (in-band FEC, RFC 6716 section 2.1.7). Where packets
are missing, the last of them comes from that copy, and before it libopus goes on from what was heard.
"""

from fractions import Fraction
from typing import Final

import av

from stagedoor.media import opus
from stagedoor.media.libopus import STEP, OpusDecoder

LONGEST: Final = opus.MAX_DURATION
"""Samples, 120 ms: of a longer gap only the end is rebuilt, where the packet after it carries that."""
JITTER: Final = opus.CLOCK_RATE // 200
"""5 ms: by this much a slewed clock may move a packet with nothing lost."""
_TIME_BASE: Final = Fraction(1, opus.CLOCK_RATE)


class OpusSound:
    """Decodes one stream's packets in the order of their times; for one thread at a time.

    A packet that is late, or of another time line, is decoded where it says it is.

    Args:
        channels: 1 or 2, of what comes out.
    """

    def __init__(self, channels: int = 2) -> None:
        self._channels = channels
        self._decoder: OpusDecoder | None = None
        self._end: int | None = None

    def decode(self, packet: bytes, at: int | None) -> list[av.AudioFrame]:
        """Return a packet's sound, after what was lost before it.

        Args:
            packet: One packet.
            at: Its time in samples at 48 kHz; None where it follows on what was before.

        Raises:
            MediaError: It is no packet of Opus; it counts as lost.
        """
        lasts = opus.duration(packet)
        place = (self._end or 0) if at is None else at
        if self._decoder is None:
            self._decoder = OpusDecoder(self._channels)
        lost = self.rebuilt(packet, place)
        frames = [_timed(self._decoder.rebuild(lost, packet), place - lost)] if lost else []
        frames.append(_timed(self._decoder.decode(packet), place))
        self._end = place + lasts
        return frames

    def rebuilt(self, packet: bytes, at: int | None) -> int:
        """Return how many samples just before a packet, which is decoded next, are rebuilt from it."""
        gap = 0 if at is None or self._end is None else at - self._end
        if not packet or gap <= JITTER:
            return 0
        if gap <= LONGEST + JITTER:
            return round(gap / STEP) * STEP
        return opus.frame_duration(packet) if opus.carries_repair(packet) else 0

    def flush(self) -> None:
        """Begin anew: what comes next follows on nothing."""
        self.close()
        self._end = None

    def close(self) -> None:
        """Free the decoder; idempotent."""
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None


def _timed(frame: av.AudioFrame, at: int) -> av.AudioFrame:
    frame.pts, frame.time_base = at, _TIME_BASE
    return frame
