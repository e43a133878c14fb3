"""Pictures as they are meant to be seen: turned upright, whole instead of interlaced, of square pixels."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

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


def square(frame: av.VideoFrame, aspect: Fraction, *, turned: bool) -> Size:
    """Return the size of a picture with square pixels, whose own are `aspect` wide (before it was turned)."""
    least, most = _ASPECTS
    if not least <= aspect <= most:
        return frame.width, frame.height
    width = round(frame.width * (1 / aspect if turned else aspect))
    return max(2, width // 2 * 2) if aspect != 1 else frame.width, frame.height


class Upright:
    """Turns and deinterlaces the frames of one stream; those that need neither go through as they are."""

    def __init__(self) -> None:
        self._key: tuple[int, int, str, int, bool] | None = None
        self._graph: Graph | None = None
        self._interlaced = False

    @staticmethod
    def is_on_its_side(frame: av.VideoFrame) -> bool:
        """Whether a frame is turned by a quarter."""
        return round(frame.rotation) % 180 == 90

    def frames(self, frame: av.VideoFrame) -> Iterator[av.VideoFrame]:
        """Yield what is to be shown once this frame has come."""
        # Once a stream was interlaced, its progressive frames go the same way, or their order would change.
        self._interlaced = self._interlaced or frame.interlaced_frame
        turn = round(frame.rotation) % 360
        if not self._interlaced and turn not in _TURNS:
            yield frame
            return
        key = (frame.width, frame.height, frame.format.name, turn, self._interlaced)
        if self._graph is None or key != self._key:
            with aside:
                self._graph = _graph(frame, turn, interlaced=self._interlaced)
            self._key = key
        with aside:
            self._graph.push(frame)
        while True:
            try:
                with aside:
                    made = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(made, av.VideoFrame)
            yield made


def _graph(frame: av.VideoFrame, turn: int, *, interlaced: bool) -> Graph:
    graph = Graph()
    time_base = frame.time_base or Fraction(1, 90_000)
    chain = [
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=time_base)
    ]
    if interlaced:
        chain.append(graph.add("bwdif", "mode=send_frame:deint=interlaced"))
    chain += [graph.add(name, arguments) for name, arguments in _TURNS.get(turn, ())]
    chain.append(graph.add("buffersink"))
    graph.link_nodes(*chain).configure()
    return graph
