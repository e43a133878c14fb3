"""Constant-rate copies of pieces: H.264 and PCM in QuickTime, which every editor reads.

A frame of the copy shows the newest picture whose time is at most half a frame later than its own, as program
does. The first frame is the piece's first picture, so that a source of program's own rate loses none.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Final

import av
import numpy as np

from stagedoor.conform.recut import Copy
from stagedoor.domain.geometry import Box
from stagedoor.ipc.recording import PieceStatus
from stagedoor.mixer.picture.picture import Picture, Scaler, Size
from stagedoor.mixer.picture.planes import Planes, color
from stagedoor.mixer.sound.decoder import SoundDecoder
from stagedoor.mixer.sound.samples import RATE, Samples
from stagedoor.mixer.sources.decoding import decoded, last_pictures, pictures_of
from stagedoor.mixer.sources.tracks import Track, tracks_of
from stagedoor.mixer.sources.upright import Upright

QUALITY: Final = "18"
"""x264's constant rate factor: what is lost is hard to see."""
LOOK_EVERY_S: Final = 5
"""After so much of a copy it is looked anew whether there is room for more."""
BLACK: Final = color("#000000")


def render(piece: Path, status: PieceStatus, target: Path, rate: int, check: Callable[[], object]) -> Copy:
    """Write a copy of a piece.

    Args:
        piece: Its file.
        status: What is known of it.
        target: Where the copy goes.
        rate: Frames a second.
        check: Called now and then; may raise.

    Raises:
        OSError: It cannot be read or written.
        MediaError: Its pictures are too large.
    """
    first_s = _first_picture_s(piece)
    size = _size_of(status)
    with av.open(piece) as container, av.open(target, "w", format="mov") as out:
        tracks = tracks_of(container, low_delay=False)
        sound = _Sound(out, first_s or 0.0)
        picture = None if first_s is None else _Picture(out, size, rate, first_s, check)
        for packet in container.demux(*(track.stream for track in tracks.values())):
            for frame in decoded(packet, tracks[packet.stream.index]):
                if isinstance(frame, av.AudioFrame):
                    sound.add(frame)
                elif picture is not None:
                    picture.add(frame, tracks[packet.stream.index])
        if picture is not None:
            picture.close()
        sound.close()
    frames = round(sound.seconds * rate) if picture is None else picture.frames
    return Copy(piece.name, target.name, round((first_s or 0.0) * 1000), frames, picture is not None)


def _first_picture_s(piece: Path) -> float | None:
    with av.open(piece) as container:
        tracks = {
            index: track
            for index, track in tracks_of(container, low_delay=False).items()
            if track.kind == "video"
        }
        if not tracks:
            return None
        for packet in container.demux(*(track.stream for track in tracks.values())):
            for frame in decoded(packet, tracks[packet.stream.index]):
                if isinstance(frame, av.VideoFrame):
                    return tracks[packet.stream.index].frame_at(frame)
    return None


def _size_of(status: PieceStatus) -> Size:
    """The largest size that a piece's picture had, in even pixels."""
    sizes = [size for track in status.tracks for size in track.sizes] or [(1280, 720)]
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return max(2, width // 2 * 2), max(2, height // 2 * 2)


class _Picture:
    """The copy's picture.

    Attributes:
        frames: How many frames it has.
    """

    def __init__(
        self,
        out: av.container.OutputContainer,
        size: Size,
        rate: int,
        first_s: float,
        check: Callable[[], object],
    ) -> None:
        self.frames = 0
        self._out = out
        self._size = size
        self._rate = rate
        self._first_s = first_s
        self._check = check
        self._upright = Upright(rate)
        self._track: Track | None = None
        self._scaler = Scaler()
        self._newest: Planes | None = None
        options = {"preset": "veryfast", "crf": QUALITY, "bf": "0"}
        self._stream = out.add_stream("libx264", rate=rate, options=options)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.gop_size = rate

    def add(self, frame: av.VideoFrame, track: Track) -> None:
        """Take the track's next picture."""
        self._track = track
        self._take(pictures_of(frame, track, self._upright))

    def close(self) -> None:
        """Write the last picture, which is seen for one frame, and what the encoder holds."""
        if self._track is not None:
            self._take(last_pictures(self._track, self._upright))
        self._until(self.frames + 1)
        self._out.mux(self._stream.encode(None))

    def _take(self, pictures: Iterable[Picture]) -> None:
        for picture in pictures:
            self._until(ceil((picture.media_s - self._first_s) * self._rate - 0.5))
            self._newest = self._fitted(picture)

    def _until(self, number: int) -> None:
        """Write the newest picture up to a frame."""
        while self._newest is not None and self.frames < number:
            frame = self._newest.copy().frame
            frame.pts, frame.time_base = self.frames, Fraction(1, self._rate)
            self._out.mux(self._stream.encode(frame))
            self.frames += 1
            if self.frames % (LOOK_EVERY_S * self._rate) == 0:
                self._check()

    def _fitted(self, picture: Picture) -> Planes:
        """Return a picture whole on black, in the copy's size."""
        canvas_width, canvas_height = self._size
        scale = min(Fraction(canvas_width, picture.width), Fraction(canvas_height, picture.height))
        fitted = max(2, int(picture.width * scale) // 2 * 2), max(2, int(picture.height * scale) // 2 * 2)
        scaled = picture.at(fitted, self._scaler)
        if fitted == self._size:
            return scaled
        canvas = Planes.new(*self._size)
        canvas.fill(BLACK)
        left, top = (canvas_width - fitted[0]) // 4 * 2, (canvas_height - fitted[1]) // 4 * 2
        canvas.lay(scaled, Box(0, 0, *fitted), Box(left, top, *fitted))
        return canvas


class _Sound:
    """The copy's sound: 48 kHz, without holes; a piece without sound has a silent track, which stays empty.

    Attributes:
        seconds: How long it is.
    """

    def __init__(self, out: av.container.OutputContainer, first_s: float) -> None:
        self._out = out
        self._origin = round(first_s * RATE)
        self._decoder = SoundDecoder()
        self._written = 0
        self._stream = out.add_stream("pcm_s16le", rate=RATE, layout="stereo")

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self._written / RATE

    def add(self, frame: av.AudioFrame) -> None:
        """Take sound; what is missing before it is silence, what comes twice is left out."""
        for at, samples in self._decoder.feed(frame):
            ahead = at - self._origin - self._written
            for done in range(0, ahead, RATE):
                self._write(np.zeros((2, min(RATE, ahead - done)), np.float32))
            self._write(samples[:, max(0, -ahead) :])

    def close(self) -> None:
        """Write what the encoder holds."""
        self._out.mux(self._stream.encode(None))

    def _write(self, samples: Samples) -> None:
        if not samples.shape[1]:
            return
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(pcm.T).reshape(1, -1), format="s16", layout="stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._written, Fraction(1, RATE)
        self._out.mux(self._stream.encode(frame))
        self._written += samples.shape[1]
