"""A source's picture, and what was scaled of it."""

import threading
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Final, TypeVar

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from stagedoor.domain.geometry import Box, Part
from stagedoor.domain.key import Key
from stagedoor.domain.scene import Crop
from stagedoor.mixer.picture.keyer import keyed
from stagedoor.mixer.picture.masked import Masked
from stagedoor.mixer.picture.planes import PIXELS, Planes
from stagedoor.precedence import aside

Size = tuple[int, int]
K = TypeVar("K")
V = TypeVar("V")
_601: Final = frozenset({5, 6})
"""Of ISO/IEC 23091-2: BT.470 System B and G, and SMPTE 170M."""
_FULL: Final = "yuvj420p"
_PLANAR: Final = frozenset({PIXELS, _FULL})
"""Formats whose planes can be cut as ours."""
NOTHING: Final = Crop()
MOST_SIZES: Final = 8
"""Of one picture that are kept."""


class Scaler:
    """Scales to many sizes; one thread's own, since each size keeps tables of FFmpeg's."""

    MOST: Final = 24
    """Pairs of sizes whose tables are kept; the oldest go."""

    def __init__(self) -> None:
        self._scalers: dict[tuple[Size, Size], VideoReformatter] = {}

    def scale_part(self, frame: av.VideoFrame, region: Box, size: Size) -> Planes:
        """Return a part of a picture at a size, as `scale` does; its edges are even."""
        if frame.format.name not in _PLANAR:
            frame = self.scale(frame, (frame.width, frame.height)).frame
        part = Planes.of(frame).part(region).copy().frame
        is_full = frame.format.name == _FULL
        part.color_range = ColorRange.JPEG if is_full else frame.color_range
        part.colorspace = frame.colorspace
        return self.scale(part, size)

    def scale(self, frame: av.VideoFrame, size: Size, pixels: str = PIXELS) -> Planes:
        """Return the whole picture at a size, as yuv420p (or yuva420p) of limited range.

        What says that it is BT.601, and RGB, becomes BT.709; what says nothing is left as it is.
        """
        width, height = size
        full_range = frame.color_range == ColorRange.JPEG
        is_601 = frame.colorspace in _601
        same = (frame.width, frame.height, frame.format.name) == (width, height, pixels)
        if same and not full_range and not is_601:
            return Planes.of(frame)
        sizes = (frame.width, frame.height), size
        scaler = self._scalers.pop(sizes, None) or VideoReformatter()
        self._scalers[sizes] = scaler
        while len(self._scalers) > self.MOST:
            del self._scalers[next(iter(self._scalers))]
        with aside:
            scaled = scaler.reformat(
                frame,
                width,
                height,
                pixels,
                interpolation=Interpolation.BILINEAR,
                src_colorspace=Colorspace.ITU601 if is_601 else None,
                dst_colorspace=Colorspace.ITU709 if is_601 or frame.format.is_rgb else None,
                src_color_range=ColorRange.JPEG if full_range else ColorRange.UNSPECIFIED,
                dst_color_range=ColorRange.MPEG,
                threads=1,
            )
        return Planes.of(scaled)


@dataclass(slots=True)
class _Made:
    """What was made of one picture; others look without the lock, so both are replaced whole.

    Nobody makes anything under the lock: whoever did would be waited for by program, which comes first.

    Attributes:
        parts: What was scaled.
        keyed: What a key has left of that.
    """

    parts: Mapping[Part, Planes] = field(default_factory=dict)
    keyed: Mapping[tuple[Part, Key], Masked] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def _with(made: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    """Return what was made with one thing more, of all at most `MOST_SIZES`.

    While things move every frame has its own size, and a slate lives as long as the show.
    """
    kept = [item for item in made.items() if item[0] != key]
    return {**dict(kept[1 - MOST_SIZES :]), key: value}


class Picture:
    """One picture; what was made of it is there for whoever asks next.

    Attributes:
        media_s: When it is shown, seconds on its source's own time line.
        width: Pixels.
        height: Pixels.
        crop: What its source cuts off it in every scene.
        key: What of it its source makes see-through in every scene.
        stream: Which of its source's streams it is of, counted from 1; 0 for what does not move.
    """

    __slots__ = ("_frame", "_made", "crop", "height", "key", "media_s", "stream", "width")

    def __init__(self, frame: av.VideoFrame, media_s: float = 0.0) -> None:
        self._frame = frame
        self.media_s = media_s
        self.stream = 0
        self.width, self.height = frame.width, frame.height
        self.crop = NOTHING
        self.key: Key | None = None
        self._made = _Made()

    def framed(self, crop: Crop, key: Key | None = None) -> "Picture":
        """Return the same picture as every scene shows it: cropped, keyed; what is made of it is shared."""
        if (crop, key) == (self.crop, self.key):
            return self
        other = copy(self)
        other.crop, other.key = crop, key
        return other

    def is_same(self, other: "Picture") -> bool:
        """Tell whether another one looks the same in every scene, because it is of the same frame."""
        return self._made is other._made and (self.crop, self.key) == (other.crop, other.key)

    def at(self, size: Size, scaler: Scaler) -> Planes:
        """Return the whole of it at a size."""
        return self.part(Part(Box(0, 0, self.width, self.height), Box(0, 0, *size)), scaler)

    def part(self, part: Part, scaler: Scaler) -> Planes:
        """Return a part of it at its size."""
        made = self._made
        found = made.parts.get(part)
        if found is None:
            ours = self._scaled(part, scaler)
            with made.lock:
                found = made.parts.get(part, ours)
                made.parts = _with(made.parts, part, found)
        return found

    def keyed(self, part: Part, key: Key, scaler: Scaler) -> Masked:
        """Return what a key leaves of a part of it at its size."""
        made, planes = self._made, self.part(part, scaler)
        found = made.keyed.get((part, key))
        if found is None:
            with aside:
                ours = keyed(planes, key)
            with made.lock:
                found = made.keyed.get((part, key), ours)
                made.keyed = _with(made.keyed, (part, key), found)
        return found

    def _scaled(self, part: Part, scaler: Scaler) -> Planes:
        size, region = (part.at.width, part.at.height), part.region
        if self._is_whole(region):
            return scaler.scale(self._smallest_above(size), size)
        return scaler.scale_part(self._frame, self._of_frame(region), size)

    def _is_whole(self, region: Box) -> bool:
        return (region.width, region.height) == (self.width, self.height)

    def _smallest_above(self, size: Size) -> av.VideoFrame:
        """Return the smallest frame there is of the whole that need not be made larger for a size.

        A cell of the multiview is made of what program shows, which has a few percent of the pixels.
        """
        width, height = size
        whole = [
            planes.frame
            for part, planes in self._made.parts.items()
            if self._is_whole(part.region) and part.at.width >= width and part.at.height >= height
        ]
        return min(whole, key=lambda frame: frame.width * frame.height, default=self._frame)

    def _of_frame(self, region: Box) -> Box:
        """Return where in the frame a part is, whose own pixels may not be square."""
        if (self.width, self.height) == (self._frame.width, self._frame.height):
            return region
        wide, high = self._frame.width / self.width, self._frame.height / self.height
        x, y = int(region.x * wide) // 2 * 2, int(region.y * high) // 2 * 2
        right, bottom = int(region.right * wide) // 2 * 2, int(region.bottom * high) // 2 * 2
        return Box(x, y, max(2, right - x), max(2, bottom - y))

    def prepare(self, parts: Iterable[Part], key: Key | None, scaler: Scaler) -> None:
        """Make these parts now, and what a key leaves of them, so that nobody has to wait for them.

        The largest comes first: others use it.
        """
        for part in sorted(parts, key=lambda part: part.at.width * part.at.height, reverse=True):
            if key is None:
                self.part(part, scaler)
            else:
                self.keyed(part, key, scaler)
