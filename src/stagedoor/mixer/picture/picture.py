"""A source's picture, and what was scaled of it."""

import threading
from collections.abc import Iterable
from typing import Final

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from stagedoor.mixer.picture.planes import PIXELS, Planes

Size = tuple[int, int]
_601: Final = frozenset({5, 6})
"""Of ISO/IEC 23091-2: BT.470 System B and G, and SMPTE 170M."""
MOST_SIZES: Final = 6
"""Of one picture that are kept."""


class Scaler:
    """Scales to many sizes; one thread's own, since each size keeps tables of FFmpeg's."""

    MOST: Final = 12
    """Sizes whose tables are kept; the oldest go."""

    def __init__(self) -> None:
        self._scalers: dict[Size, VideoReformatter] = {}

    def scale(self, frame: av.VideoFrame, size: Size) -> Planes:
        """Return the whole picture at a size, as yuv420p of limited range.

        What says that it is BT.601, and RGB, becomes BT.709; what says nothing is left as it is.
        """
        width, height = size
        full_range = frame.color_range == ColorRange.JPEG
        is_601 = frame.colorspace in _601
        same = (frame.width, frame.height, frame.format.name) == (width, height, PIXELS)
        if same and not full_range and not is_601:
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
                src_colorspace=Colorspace.ITU601 if is_601 else None,
                dst_colorspace=Colorspace.ITU709 if is_601 or frame.format.is_rgb else None,
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
                    found = scaler.scale(self._frame, size)
                    # Others look without the lock, so it is replaced whole; while things move, each frame
                    # has a size of its own, and a slate lives as long as the show.
                    kept = list(self._scaled.items())[1 - MOST_SIZES :]
                    self._scaled = {**dict(kept), size: found}
        return found

    def prepare(self, sizes: Iterable[Size], scaler: Scaler) -> None:
        """Make these sizes now, so that nobody has to wait for them."""
        for size in sizes:
            self.at(size, scaler)
