"""The media that is sent: H.264, usually 1080p30 at 2.5 Mbit/s, and Opus that speaks."""

import subprocess
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from tests.kit.show import AUDIO_RATE, CACHE, Media, Sample, Show, encode

SECONDS = 8
SIZE = 1920, 1080
BITRATE = 2_500_000
"""At that size; smaller pictures take as much less as they are less high."""
TEXT = (
    "Good evening and welcome to the programme. Tonight we have a guest three countries away, who has just "
    "opened a link, checked a microphone, and walked into the picture. Can you hear us over there?"
)


def speech(size: tuple[int, int] = SIZE) -> Media:
    """Picture of a size, 30 a second; sound by espeak-ng's voice reading `TEXT`, stereo Opus at 96 kbit/s."""
    width, height = size
    bitrate = BITRATE * height // SIZE[1]
    media = encode(Show(width, height, seconds=SECONDS, bitrate=bitrate, key_every=60, noise=True))
    return Media(media.show, media.video, _opus(_voice()))


def _voice() -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder, "speech.wav")
        subprocess.run(["espeak-ng", "-v", "en", "-s", "150", "-w", str(spoken), TEXT], check=True)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=AUDIO_RATE)
        with av.open(spoken) as container:
            parts = [
                resampled.to_ndarray().reshape(-1)
                for frame in container.decode(audio=0)
                for resampled in resampler.resample(frame)
            ]
    sound = np.concatenate(parts).astype(np.float32)
    return np.resize(sound, SECONDS * AUDIO_RATE)


def _opus(sound: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> tuple[Sample, ...]:
    CACHE.mkdir(parents=True, exist_ok=True)
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = AUDIO_RATE, "stereo", "flt"
    encoder.bit_rate, encoder.time_base = 96_000, Fraction(1, AUDIO_RATE)
    samples = []
    for start in range(0, len(sound), 960):
        stereo = np.repeat(sound[start : start + 960], 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(stereo), format="flt", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE, start, Fraction(1, AUDIO_RATE)
        samples += [bytes(packet) for packet in encoder.encode(frame)]
    return tuple(Sample(data, number * 960, True) for number, data in enumerate(samples))
