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
