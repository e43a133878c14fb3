"""What is recorded, and in which form."""

from collections.abc import Callable
from dataclasses import dataclass

from stagedoor.media.mux import Container
from stagedoor.media.packets import Packet, Track
from stagedoor.outputs.reader import Reader

Clock = Callable[[Packet], int]
"""When a packet's time was on the machine's monotonic clock, nanoseconds."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A path that is recorded.

    Attributes:
        path: Its name.
        container: Of its files.
        open_reader: Opens a reader of it, which starts with a key frame.
        clock: Says when its packets belong.
        late_sound: What a file announces for sound that may come later; None where none is awaited.
        frame: Says which program frame a picture is; None where pictures are no program frames.
    """

    path: str
    container: Container
    open_reader: Callable[[], Reader]
    clock: Clock
    late_sound: Track | None = None
    frame: Callable[[Packet], int] | None = None
