"""What a source shows at one moment, as a recording's cut log has it."""

from typing import NamedTuple


class Showing(NamedTuple):
    """One source's moment.

    Attributes:
        source: Itself, or what stands in for it.
        path: What its pieces are of; empty where it has none.
        stream: Which of the source's streams, counted from 1; 0 for a slate and what does not move.
        media_s: The picture's time in the stream.
        slate: Whether its slate is shown, for want of a picture.
    """

    source: str
    path: str = ""
    stream: int = 0
    media_s: float = 0.0
    slate: bool = False
