"""What waits within the mixer, and what did not come to be."""

from enum import StrEnum

from pydantic import Field

from stagedoor.ipc.message import Message


class QueueKind(StrEnum):
    """What waits where; the values are those of the API."""

    CANVAS = "canvas"
    ENCODER = "encoder"
    STREAM = "stream"


class QueueStatus(Message):
    """One queue.

    Attributes:
        kind: `canvas` holds program frames that wait to be drawn anew, `encoder` pictures that wait to be
            encoded, `stream` packets that wait for the slowest of those who read them.
        name: Of what waits: `program`, `second`, `multiview`, `return`, or a stream's path.
        waiting: How many there are.
        most: How many there may be; the oldest, or of packets all pictures, go then.
        dropped: How many have gone so far.
    """

    kind: QueueKind
    name: str
    waiting: int = Field(ge=0)
    most: int = Field(ge=1)
    dropped: int = Field(default=0, ge=0)


class Timing(Message):
    """How the clock is kept.

    Attributes:
        render_p50: Milliseconds to draw a frame, of the last half minute's; the same for the others.
        late_frames: Frames whose drawing began too late, since the start.
        repeated_frames: Frames that showed the picture before them for want of time.
        skipped_frames: Frames that there never were, after the machine had stood still.
        dropped_frames: Frames that were drawn and not encoded.
        encoder_failures: Times that program's encoder failed on a frame and was opened anew for the next.
    """

    render_p50: float = 0.0
    render_p95: float = 0.0
    render_p99: float = 0.0
    late_frames: int = 0
    repeated_frames: int = 0
    skipped_frames: int = 0
    dropped_frames: int = 0
    encoder_failures: int = 0


class SoundTiming(Message):
    """How the clock of sound is kept; blocks are 20 ms, counted since the start.

    Attributes:
        skipped_blocks: Blocks that were left out, after the machine had stood still.
        failed_blocks: Blocks that could not be mixed.
        encoder_failures: Blocks that an encoder could not take, each of it alone.
    """

    skipped_blocks: int = 0
    failed_blocks: int = 0
    encoder_failures: int = 0
