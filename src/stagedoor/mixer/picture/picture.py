"""A source's picture, and what was scaled of it."""

import threading
from collections.abc import Iterable
from typing import Final

import av
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from stagedoor.mixer.picture.planes import PIXELS, Planes

Size = tuple[int, int]
MAX_SIDE: Final = 8192
"""Pixels of a scaled picture's width or height."""


class Scaler:
    """Scales to many sizes; one thread's own, since each size keeps tables of FFmpeg's."""

    MOST: Final = 12
    """Sizes whose tables are kept; the oldest go."""

    def __init__(self) -> None:
        self._scalers: dict[Size, VideoReformatter] = {}

    def scale(self, frame: av.VideoFrame, size: Size) -> Planes:
        """Return the whole picture at a size, as yuv420p of limited range."""
        width, height = size
        full_range = frame.color_range == ColorRange.JPEG
        if (frame.width, frame.height, frame.format.name) == (width, height, PIXELS) and not full_range:
            return Planes.of(frame)
        scaler = self._scalers.pop(size, None) or VideoReformatter()
        self._scalers[size] = scaler
        while len(self._scalers) > self.MOST:
            del self._scalers[next(iter(self._scalers))]
        return Planes.of(
            scaler.reformat(
                frame,
                width,
                height,
                PIXELS,
                interpolation=Interpolation.BILINEAR,
                src_color_range=ColorRange.JPEG if full_range else ColorRange.UNSPECIFIED,
                dst_color_range=ColorRange.MPEG,
                threads=1,
            )
        )


class Picture:
    """One picture; each size is made once, by whoever asks first.

    Attributes:
        media_s: When it is shown, seconds on its source's own time line.
        width: Pixels.
        height: Pixels.
    """

    __slots__ = ("_frame", "_lock", "_scaled", "height", "media_s", "width")

    def __init__(self, frame: av.VideoFrame, media_s: float = 0.0) -> None:
        self._frame = frame
        self.media_s = media_s
        self.width, self.height = frame.width, frame.height
        self._scaled: dict[Size, Planes] = {}
        self._lock = threading.Lock()

    def at(self, size: Size, scaler: Scaler) -> Planes:
        """Return it at a size."""
        found = self._scaled.get(size)
        if found is None:
            with self._lock:
                found = self._scaled.get(size)
                if found is None:
                    found = self._scaled[size] = scaler.scale(self._frame, size)
        return found

    def prepare(self, sizes: Iterable[Size], scaler: Scaler) -> None:
        """Make these sizes now, so that nobody has to wait for them."""
        for size in sizes:
            self.at(size, scaler)
