"""Pictures as they are meant to be seen: turned upright, whole instead of interlaced, of square pixels."""

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from statistics import median
from typing import Final, NamedTuple

import av
from av.filter import Graph

from stagedoor.mixer.picture.picture import Size
from stagedoor.precedence import aside

_TURNS: Final = {
    90: (("transpose", "cclock"),),
    180: (("hflip", None), ("vflip", None)),
    270: (("transpose", "clock"),),
}
"""FFmpeg's filters that turn a picture by so many degrees counter-clockwise."""


_ASPECTS: Final = (Fraction(1, 4), Fraction(4))
"""Pixels that are narrower or wider than this are a mistake."""
FIELDS_ABOVE: Final = 1.5
"""From so many program frames in the time of a stream's frame on a field of it has a frame of its own."""
_MODES: Final = {1: "send_frame", 2: "send_field"}
"""Of FFmpeg's filter, by how many pictures it makes of a frame."""
_GAPS: Final = 9
"""Times between frames of which the median counts."""
_FAR_S: Final = 1.0
"""Frames so far apart, or in the wrong order, do not follow each other: there is no field between them."""
_TIME_BASE: Final = Fraction(1, 90_000)
"""Of frames that say nothing of time."""


def square(frame: av.VideoFrame, aspect: Fraction, *, turned: bool) -> Size:
    """Return the size of a picture with square pixels, whose own are `aspect` wide (before it was turned)."""
    least, most = _ASPECTS
    if not least <= aspect <= most:
        return frame.width, frame.height
    width = round(frame.width * (1 / aspect if turned else aspect))
    return max(2, width // 2 * 2) if aspect != 1 else frame.width, frame.height


class Seen(NamedTuple):
    """One picture as it is meant to be seen.

    Attributes:
        frame: Its pixels.
        at_s: When it is shown, seconds on the stream's own line.
        on_its_side: Whether it was turned by a quarter.
    """

    frame: av.VideoFrame
    at_s: float
    on_its_side: bool = False


class Upright:
    """Turns and deinterlaces the frames of one stream; those that need neither go through as they are.

    An interlaced frame holds two moments. Where program has frames for both, each of its fields becomes a
    picture, the second one half a frame later, so that what moves does so as smoothly as it was taken; where
    it has not, each frame becomes one picture. Which field is the first one is the stream's word.

    Args:
        frame_rate: Program's, frames a second.

    Attributes:
        fields: How many pictures are made of an interlaced frame now.
        held_s: How long a frame is held back until it becomes pictures: until the next one, where it is
            interlaced.
    """

    def __init__(self, frame_rate: int) -> None:
        self.fields = 1
        self.held_s = 0.0
        self._frame_rate = frame_rate
        self._key: tuple[int, int, str, int, int] | None = None
        self._graph: Graph | None = None
        self._interlaced = False
        self._gaps: deque[float] = deque(maxlen=_GAPS)
        self._last_s: float | None = None

    def frames(self, frame: av.VideoFrame, at_s: float, lasts_s: float) -> Iterator[Seen]:
        """Yield what is to be shown once this frame has come.

        Args:
            frame: Which.
            at_s: Its time, seconds on the stream's own line.
            lasts_s: How long one of the stream's frames is said to be shown; what comes tells better.
        """
        if self._last_s is not None and not 0 <= at_s - self._last_s < _FAR_S:
            yield from self.rest()
        self._look(frame, at_s, lasts_s)
        turn = round(frame.rotation) % 360
        if not self._interlaced and turn not in _TURNS:
            yield from self.rest()
            yield Seen(frame, at_s)
            return
        fields = self.fields if self._interlaced else 0
        key = (frame.width, frame.height, frame.format.name, turn, fields)
        if key != self._key:
            yield from self.rest()
        if frame.pts is None:
            frame.time_base = frame.time_base or _TIME_BASE
            frame.pts = round(at_s / frame.time_base)
        with aside:
            if self._graph is None:
                self._graph, self._key = _graph(frame, turn, fields), key
            self._graph.push(frame)
        yield from self._made(self._graph)

    def rest(self) -> Iterator[Seen]:
        """Yield what is still held back; what comes next does not go on with it."""
        graph, self._graph = self._graph, None
        if graph is not None:
            with aside:
                graph.push(None)
            yield from self._made(graph)

    def _look(self, frame: av.VideoFrame, at_s: float, lasts_s: float) -> None:
        """Find out what is to be made of the frames from this one on."""
        if self._last_s is not None and at_s > self._last_s:
            self._gaps.append(at_s - self._last_s)
        self._last_s = at_s
        # Once a stream was interlaced, its progressive frames go the same way, or their order would change.
        self._interlaced = self._interlaced or frame.interlaced_frame
        if self._interlaced:
            apart_s = median(self._gaps) if self._gaps else lasts_s
            self.held_s = apart_s
            self.fields = 2 if self._frame_rate * apart_s > FIELDS_ABOVE else 1

    def _made(self, graph: Graph) -> Iterator[Seen]:
        """Yield what a filter gives now."""
        on_its_side = self._key is not None and self._key[3] % 180 == 90
        last_s: float | None = None
        while True:
            try:
                with aside:
                    made = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(made, av.VideoFrame)
            assert made.pts is not None
            at_s = float(made.pts * (made.time_base or _TIME_BASE))
            # The second field of a frame that nothing has followed has no time of its own.
            if at_s != last_s:
                yield Seen(made, at_s, on_its_side)
            last_s = at_s


def _graph(frame: av.VideoFrame, turn: int, fields: int) -> Graph:
    """Return a filter that turns such frames, and makes so many pictures of each that is interlaced."""
    graph = Graph()
    time_base = frame.time_base or _TIME_BASE
    chain = [
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=time_base)
    ]
    if fields:
        chain.append(graph.add("bwdif", f"mode={_MODES[fields]}:parity=auto:deint=interlaced"))
    chain += [graph.add(name, arguments) for name, arguments in _TURNS.get(turn, ())]
    chain.append(graph.add("buffersink"))
    graph.link_nodes(*chain).configure()
    return graph
