"""What a source shows at one moment, as a recording's cut log has it."""

from typing import Final, NamedTuple

SHORTEST_LAP_S: Final = 1.0
"""A clip that begins anew more often has a line in the cut log no more often than this."""


class Showing(NamedTuple):
    """One source's moment.

    Attributes:
        source: Itself, or what stands in for it.
        path: What its pieces are of; empty where it has none.
        stream: Which of the source's streams, counted from 1; 0 for a slate and what does not move.
        media_s: The picture's time in the stream; of a clip, in its file.
        slate: Whether its slate is shown, for want of a picture.
        file: Of a clip, where it is.
        lap_s: Of a clip, about where on its own line the way through the file began that the picture is of:
            ways that are shorter are told apart once in `SHORTEST_LAP_S`.
        plays: Of a clip, whether it goes on from there.
        delay_ms: By how much it is held back, where the picture's time is not on the path's own line; else
            None.
    """

    source: str
    path: str = ""
    stream: int = 0
    media_s: float = 0.0
    slate: bool = False
    file: str = ""
    lap_s: float = 0.0
    plays: bool = False
    delay_ms: int | None = None

    @property
    def part(self) -> tuple[object, ...]:
        """What stays the same while it goes on by itself."""
        return self.source, self.path, self.stream, self.slate, self.file, self.lap_s, self.plays
