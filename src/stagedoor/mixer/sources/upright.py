"""Pictures as they are meant to be seen: turned upright, and whole instead of interlaced."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
from av.filter import Graph

_TURNS: Final = {
    90: (("transpose", "cclock"),),
    180: (("hflip", None), ("vflip", None)),
    270: (("transpose", "clock"),),
}
"""FFmpeg's filters that turn a picture by so many degrees counter-clockwise."""


class Upright:
    """Turns and deinterlaces the frames of one stream; those that need neither go through as they are."""

    def __init__(self) -> None:
        self._key: tuple[int, int, str, int, bool] | None = None
        self._graph: Graph | None = None
        self._interlaced = False

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
            self._graph, self._key = _graph(frame, turn, interlaced=self._interlaced), key
        self._graph.push(frame)
        while True:
            try:
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
