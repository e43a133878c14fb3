"""Interlaced film: a bar that moves on by the same way in each field."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import numpy.typing as npt
from av.filter import Graph

from tests.kit.priority import kept_priority
from tests.kit.show import VIDEO_RATE, Media, Sample, Show, encode

WIDTH: Final = 320
HEIGHT: Final = 180
RATE: Final = 25
"""Frames a second: 50 fields."""
STEP: Final = 3
"""Pixels by which the bar moves in each field."""
BAR: Final = 16
ROUND: Final = 100
"""Fields until the bar is back where it was."""
DARK, BRIGHT = 40, 200

Luma = npt.NDArray[np.uint8]


def film(file: Path, count: int, first: str, *, said: str = "", b_frames: int = 0) -> Path:
    """Write so many frames of H.264.

    Args:
        first: Which field was taken first: `tff`, the top one, or `bff`.
        said: What the stream says of that; the truth if empty; `prog` is not interlaced.
        b_frames: How many of them come between two others, after both.
    """
    flags = _flags(said or first)
    codes = {"preset": "ultrafast", "bf": str(b_frames), "crf": "10"}
    if said != "prog":
        codes["flags"] = "+ildct+ilme"
    with av.open(str(file), "w") as out, kept_priority():
        options = {**codes, "x264-params": "annexb=1:repeat-headers=1:keyint=25:scenecut=0:b-adapt=0"}
        stream = out.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_count = 1
        for number in range(count):
            grey = np.full((HEIGHT // 2, WIDTH), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(np.concatenate([_woven(number, first), grey]), "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            flags.push(frame)
            flagged = flags.pull()
            assert isinstance(flagged, av.VideoFrame)
            out.mux(stream.encode(flagged))
        out.mux(stream.encode(None))
    return file


def media(file: Path, first: str) -> Media:
    """The same as what `playing` writes to a path, over and over, with some sound."""
    show = Show(WIDTH, HEIGHT, frame_rate=RATE, seconds=ROUND // 2 // RATE)
    video: list[Sample] = []
    with av.open(str(film(file, ROUND // 2, first))) as container:
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None:
                pts = round(packet.pts * packet.time_base * VIDEO_RATE)
                video.append(Sample(bytes(packet), pts, packet.is_keyframe))
    return Media(show, tuple(video), encode(show).audio)


def bar_at(luma: Luma) -> float:
    """Where the bar's middle is, pixels from the left."""
    columns = np.flatnonzero(luma.mean(axis=0) > (DARK + BRIGHT) / 2)
    return float(columns.mean()) if columns.size else float("nan")


def moves(places: list[float]) -> list[float]:
    """By how much the bar moved from each picture to the next, pixels; negative is backward."""
    way = ROUND * STEP
    return [(there - here + way / 2) % way - way / 2 for here, there in zip(places, places[1:], strict=False)]


def _woven(number: int, first: str) -> Luma:
    """A frame's luma: each line has the bar where it was when its field was taken."""
    luma = np.full((HEIGHT, WIDTH), DARK, np.uint8)
    for later, lines in enumerate((0, 1) if first == "tff" else (1, 0)):
        left = (2 * number + later) % ROUND * STEP
        luma[lines::2, left : left + BAR] = BRIGHT
    return luma


def _flags(order: str) -> Graph:
    """Makes frames say which of their fields comes first."""
    graph = Graph()
    begin = graph.add_buffer(
        width=WIDTH, height=HEIGHT, format=av.VideoFormat("yuv420p"), time_base=Fraction(1, RATE)
    )
    graph.link_nodes(begin, graph.add("setfield", f"mode={order}"), graph.add("buffersink")).configure()
    return graph
