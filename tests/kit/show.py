"""What a synthetic publisher shows and says: encoded once, kept under `.cache/media`.

The picture is one colour with a row of sixteen black or white squares on top, the frame's number in binary;
the sound is a tone. With `flash` the picture is white, and the sound beeps, for the first 66 ms of every
second.
"""

import hashlib
import heapq
import tempfile
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from stagedoor.domain.scene import Rect
from stagedoor.media.packets import Codec
from tests.kit.listening import Listened, Points, Rgb
from tests.kit.priority import kept_priority

CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "media"
AUDIO_RATE: Final = 48_000
VIDEO_RATE: Final = 90_000
BITS: Final = 16
FLASH_SECONDS: Final = Fraction(2, 30)
BEEP_HZ: Final = 1000
VERSION: Final = 2
"""Part of the cache's names: to be raised when a change here changes what is encoded."""

_SQUARE_Y: Final = 0.055
"""The middle of the squares, in fractions of the picture's height."""
_WHOLE: Final = Rect()
_ENCODERS: Final = {
    Codec.H264: (
        "libx264",
        {"preset": "veryfast", "tune": "zerolatency", "x264-params": "annexb=1:repeat-headers=1:scenecut=0"},
    ),
    Codec.H265: (
        "libx265",
        {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "x265-params": "annexb=1:repeat-headers=1:scenecut=0:log-level=none",
        },
    ),
    Codec.VP8: ("libvpx", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    Codec.VP9: ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    Codec.AV1: ("libsvtav1", {"preset": "12", "svtav1-params": "pred-struct=1:rc=2:lp=1"}),
}
_LAYOUTS: Final = {1: "mono", 2: "stereo"}
_REPAIR: Final = {"application": "voip", "fec": "1", "packet_loss": "20"}


@dataclass(frozen=True)
class Show:
    """A description; `encode` makes the media.

    Attributes:
        color: Red, green and blue, 0 to 255.
        tone: Hertz; 0 is silence.
        noise: Whether half of the picture is noise, so that the bitrate is really used.
        repair: Whether sound is coded as speech with copies of what is spoken (in-band FEC), as by a browser
            that has been told of loss; without it it is coded as music, which cannot have them.
        channels: Of the sound, 1 or 2.
    """

    width: int = 1280
    height: int = 720
    color: tuple[int, int, int] = (40, 120, 200)
    tone: int = 440
    codec: Codec = Codec.H264
    profile: str = "baseline"
    frame_rate: int = 30
    seconds: int = 4
    key_every: int = 30
    bitrate: int = 1_500_000
    flash: bool = False
    noise: bool = False
    repair: bool = False
    channels: int = 2

    @property
    def name(self) -> str:
        """Of its files in the cache."""
        return f"v{VERSION}-{hashlib.sha256(repr(self).encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Sample:
    """One encoded frame; `pts` in ticks of 90 kHz (picture) or 48 kHz (sound)."""

    data: bytes
    pts: int
    key: bool


Frame = av.VideoFrame | av.AudioFrame


@dataclass(frozen=True)
class Media:
    """Both tracks; they are `seconds` long, and their times count on in every repetition."""

    show: Show
    video: tuple[Sample, ...]
    audio: tuple[Sample, ...]


def encode(show: Show) -> Media:
    """The media of `show`, from the cache where it has been made before."""
    path = CACHE / f"{show.name}.nut"
    if not path.is_file():
        _write(show, path)
    samples: dict[str, list[Sample]] = {"video": [], "audio": []}
    with av.open(path, format="nut") as container:
        for packet in container.demux():
            if packet.pts is None or packet.time_base is None:
                continue
            rate = VIDEO_RATE if packet.stream.type == "video" else AUDIO_RATE
            pts = round(packet.pts * packet.time_base * rate)
            samples[packet.stream.type].append(Sample(bytes(packet), pts, packet.is_keyframe))
    # What the encoder holds back at the end would sound beside the beginning of the next repetition.
    ends = samples["audio"][0].pts + show.seconds * AUDIO_RATE
    audio = tuple(sample for sample in samples["audio"] if sample.pts < ends)
    return Media(show, tuple(samples["video"]), audio)


def squares(rect: Rect = _WHOLE) -> Points:
    """Where the bits of a picture's number are, in the middle of their squares, if it fills a rectangle."""
    return tuple(
        (rect.x + (bit + 0.5) / BITS * rect.width, rect.y + _SQUARE_Y * rect.height) for bit in range(BITS)
    )


def number_in(colors: Sequence[Rgb]) -> int:
    """The number that squares with these colours are."""
    return sum(1 << bit for bit, (_, green, _) in enumerate(colors) if green > 128)


def numbers_in(seen: Listened) -> dict[int, int]:
    """The number in the picture of each frame, if the squares are all that was looked at."""
    return dict(zip(seen.numbers, map(number_in, seen.colors), strict=True))


def camera_file(show: Show) -> Path:
    """An MJPEG file for a browser's camera (30 frames a second)."""
    path = CACHE / f"{show.name}.mjpeg"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        context = av.CodecContext.create("mjpeg", "w")
        assert isinstance(context, av.VideoCodecContext)
        context.width, context.height, context.pix_fmt = show.width, show.height, "yuvj420p"
        context.time_base, context.options = Fraction(1, show.frame_rate), {"qscale": "3"}
        pictures = (av.VideoFrame.from_ndarray(picture, format="rgb24") for picture in _pictures(show))
        packets = [
            packet for picture in pictures for packet in context.encode(picture.reformat(format="yuvj420p"))
        ]
        put_in_place(path, b"".join(bytes(packet) for packet in [*packets, *context.encode(None)]))
    return path


def microphone_file(show: Show) -> Path:
    """A WAV file for a browser's microphone."""
    path = CACHE / f"{show.name}.wav"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile() as file:
            with wave.open(file, "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(AUDIO_RATE)
                sound.writeframes((_sound(show) * 32767).astype("<i2").tobytes())
            file.seek(0)
            put_in_place(path, file.read())
    return path


def _write(show: Show, path: Path) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        draft = Path(folder, "draft.nut")
        with av.open(draft, "w", format="nut") as container, kept_priority():
            encoder, coded = _ENCODERS[show.codec]
            profile = {"profile": show.profile} if show.codec is Codec.H264 else {}
            video = container.add_stream(encoder, rate=show.frame_rate, options={**coded, **profile})
            assert isinstance(video, av.VideoStream)
            video.width, video.height, video.pix_fmt = show.width, show.height, "yuv420p"
            video.bit_rate, video.gop_size = show.bitrate, show.key_every
            options = {"frame_duration": "20", **(_REPAIR if show.repair else {})}
            audio = container.add_stream("libopus", rate=AUDIO_RATE, options=options)
            assert isinstance(audio, av.AudioStream)
            audio.layout, audio.bit_rate = _LAYOUTS[show.channels], 48_000 * show.channels
            # A container waits for the other track, but not for ever.
            tracks: tuple[Iterator[Frame], ...] = (_video_frames(show), _audio_frames(show))
            for frame in heapq.merge(*tracks, key=_time):
                if isinstance(frame, av.VideoFrame):
                    container.mux(video.encode(frame))
                else:
                    # What is before the beginning was for the encoder alone, but for what it looks ahead.
                    wanted = [packet for packet in audio.encode(frame) if (packet.pts or 0) > -960]
                    container.mux(wanted)
            container.mux(video.encode(None))
            container.mux(audio.encode(None))
        draft.replace(path)


def _time(frame: Frame) -> float:
    assert frame.time is not None
    return frame.time


def _video_frames(show: Show) -> Iterator[av.VideoFrame]:
    for number, picture in enumerate(_pictures(show)):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, show.frame_rate)
        yield frame


def _audio_frames(show: Show) -> Iterator[av.AudioFrame]:
    """Return its sound, once before it begins as well: the encoder has to have heard that, as it is repeated.

    Else each repetition of music begins with a burst: its decoder expects that what comes is like what was.
    Of speech there would be no copies (see `Show.repair`): a tone that has gone on for long is noise.
    """
    sound = _sound(show)
    for start in range(0 if show.repair else -len(sound), len(sound), 960):
        part = sound[start % len(sound) :][:960]
        alike = np.repeat(part, show.channels).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(alike, format="flt", layout=_LAYOUTS[show.channels])
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE, start, Fraction(1, AUDIO_RATE)
        yield frame


def _pictures(show: Show) -> Iterator[npt.NDArray[np.uint8]]:
    random = np.random.default_rng(1)
    for number in range(show.seconds * show.frame_rate):
        picture = np.empty((show.height, show.width, 3), np.uint8)
        flashing = show.flash and Fraction(number % show.frame_rate, show.frame_rate) < FLASH_SECONDS
        picture[:] = (255, 255, 255) if flashing else show.color
        if show.noise:
            band = picture[show.height * 3 // 4 :]
            band[:] = random.integers(0, 255, (*band.shape[:2], 1), np.uint8)
        _draw_number(picture, number)
        yield picture


def _draw_number(picture: npt.NDArray[np.uint8], number: int) -> None:
    side = picture.shape[1] // BITS
    for bit in range(BITS):
        picture[:side, bit * side : (bit + 1) * side] = 235 if number >> bit & 1 else 16


def _sound(show: Show) -> npt.NDArray[np.float32]:
    times = np.arange(show.seconds * AUDIO_RATE) / AUDIO_RATE
    if show.flash:
        beeping = times % 1 < float(FLASH_SECONDS)
        return (0.5 * beeping * np.sin(2 * np.pi * BEEP_HZ * times)).astype(np.float32)
    return (0.3 * np.sin(2 * np.pi * show.tone * times) * bool(show.tone)).astype(np.float32)


def put_in_place(path: Path, content: bytes) -> None:
    """Write a file that is whole from the moment it is there: others may make the same one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(content)
    Path(draft.name).replace(path)
