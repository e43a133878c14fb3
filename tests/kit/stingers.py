"""Clips with alpha, as stingers are: a square that becomes brighter with each picture, on nothing."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np

RATE: Final = 30
TONE: Final = 880.0
CODECS: Final = {
    "vp9": ("webm", "libvpx-vp9", "yuva420p", {"auto-alt-ref": "0", "deadline": "realtime", "cpu-used": "8"}),
    "vp8": ("webm", "libvpx", "yuva420p", {"auto-alt-ref": "0", "deadline": "realtime", "cpu-used": "8"}),
    "qtrle": ("mov", "qtrle", "argb", {}),
    "prores": ("mov", "prores_ks", "yuva444p10le", {"profile": "4444"}),
}


def brightness(number: int) -> int:
    """The red, green and blue of a picture's square."""
    return (40 + 12 * number) % 256


IN_PIECES: Final = {"movflags": "frag_keyframe+empty_moov", "min_frag_duration": "1000000"}
"""Of QuickTime: a second of pictures, then a second of sound."""


def stinger(
    path: Path,
    codec: str,
    pictures: int = 15,
    size: tuple[int, int] = (320, 180),
    *,
    sound: bool = False,
    muxed: dict[str, str] | None = None,
) -> Path:
    """Write a clip: the middle half of each picture is its square, and the rest is see-through."""
    form, encoder, pixels, options = CODECS[codec]
    with av.open(path, "w", format=form, options=muxed or {}) as container:
        video = container.add_stream(encoder, rate=RATE, options=options)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = *size, pixels
        audio = (
            container.add_stream("libopus" if form == "webm" else "pcm_s16le", rate=48_000) if sound else None
        )
        for number in range(pictures):
            frame = picture(number, size).reformat(format=pixels)
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(video.encode(frame))
            if isinstance(audio, av.AudioStream):
                container.mux(audio.encode(beep(number)))
        container.mux(video.encode(None))
        if isinstance(audio, av.AudioStream):
            container.mux(audio.encode(None))
    return path


def picture(number: int, size: tuple[int, int]) -> av.VideoFrame:
    """One picture of it, RGBA."""
    width, height = size
    pixels = np.zeros((height, width, 4), np.uint8)
    square = pixels[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]
    square[...] = (*[brightness(number)] * 3, 255)
    return av.VideoFrame.from_ndarray(pixels, format="rgba")


def beep(number: int) -> av.AudioFrame:
    """The sound of one picture."""
    samples = 48_000 // RATE
    times = (number * samples + np.arange(samples)) / 48_000
    tone = (np.sin(2 * np.pi * TONE * times) * 0.5 * 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[None], format="s16", layout="stereo")
    frame.sample_rate, frame.pts = 48_000, number * samples
    return frame
