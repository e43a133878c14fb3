"""The encoders that can make program's picture: FFmpeg's name of each, and its options for it.

What all have in common: no picture waits for a later one (no B-frames, no look-ahead, nothing kept in
flight), the bit rate is held, and a key frame that is asked for is an IDR. Parameter sets need not be
repeated by them: `stagedoor.media.inspect` puts the last ones before every key frame.

The options of hardware encoders are what FFmpeg's documentation and sources say of them. That FFmpeg takes
each of them is tested; there was no hardware to run them on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
from av.codec.codec import UnknownCodecError
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from stagedoor.domain.errors import MediaError
from stagedoor.domain.ids import Canvas
from stagedoor.mixer.picture.planes import PIXELS
from stagedoor.settings.mixer import EncoderName, MixerSettings

SOFTWARE: Final[EncoderName] = "x264"
"""Needs no hardware of its own, and takes over where that fails."""


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """How a picture is encoded.

    Attributes:
        width: Pixels.
        height: Pixels.
        frame_rate: Pictures a second.
        bitrate: Bits a second; x264's peak is a tenth above it.
        key_interval: Pictures from one key frame to the next.
        preset: x264's name for how much time a picture gets.
        profile: Of x264's: `high`, or `baseline` for browsers that know nothing else. Hardware makes `high`.
        threads: Of x264 that share a picture, each a slice of it; 0 for as many as it finds right.
        encoder: What encodes it, while that works.
    """

    width: int
    height: int
    frame_rate: int
    bitrate: int
    key_interval: int
    preset: str = "veryfast"
    profile: str = "high"
    threads: int = 0
    encoder: EncoderName = SOFTWARE


@dataclass(frozen=True, slots=True)
class Encoder:
    """One encoder of FFmpeg's.

    Attributes:
        codec: Its name there.
        needs: What has to be in the machine, for people.
        options: How it is opened, beside what every format says.
        pixels: What it takes.
        peak: The highest bit rate, percent of the usual one.
    """

    codec: str
    needs: str
    options: Mapping[str, str]
    pixels: str = PIXELS
    peak: int = 100


ENCODERS: Final[Mapping[EncoderName, Encoder]] = {
    "x264": Encoder(
        "libx264",
        "PyAV from its wheel",
        {
            "tune": "zerolatency",
            "forced-idr": "1",
            "x264-params": "scenecut=0:repeat-headers=1:aud=0:nal-hrd=none",
        },
        peak=110,
    ),
    "nvenc": Encoder(
        "h264_nvenc",
        "an NVIDIA GPU and its driver",
        {
            "preset": "p4",
            "tune": "ull",
            "profile": "high",
            "rc": "cbr",
            "rc-lookahead": "0",
            "delay": "0",
            "zerolatency": "1",
            "forced-idr": "1",
        },
    ),
    "qsv": Encoder(
        "h264_qsv",
        "an Intel GPU, its driver and its oneVPL runtime",
        {
            # It holds the rate where the peak is the rate; nothing says so by name.
            "preset": "veryfast",
            "profile": "high",
            "async_depth": "1",
            "look_ahead": "0",
            "forced_idr": "1",
        },
        pixels="nv12",
    ),
    "amf": Encoder(
        "h264_amf",
        "an AMD GPU and its driver with AMF",
        {
            "usage": "ultralowlatency",
            "quality": "balanced",
            "profile": "high",
            "rc": "cbr",
            "latency": "1",
            "async_depth": "1",
            # Its own, beside FFmpeg's usual one.
            "max_b_frames": "0",
            "bf": "0",
            "preanalysis": "0",
            "preencode": "0",
            "frame_skipping": "0",
            "filler_data": "0",
            "forced_idr": "1",
        },
        pixels="nv12",
    ),
    "videotoolbox": Encoder(
        "h264_videotoolbox",
        "a Mac",
        # Its constant rate fills up with padding: the peak holds it as well.
        {"profile": "high", "realtime": "1", "prio_speed": "1", "allow_sw": "0"},
        pixels="nv12",
    ),
    "v4l2m2m": Encoder(
        "h264_v4l2m2m",
        "a board whose kernel has a V4L2 encoder, as a Raspberry Pi 4",
        # It has no name for it: `high` by its number in H.264.
        {"profile": "100"},
    ),
}


def canvas_format(canvas: Canvas, settings: MixerSettings) -> VideoFormat:
    """Return how a canvas's picture is encoded."""
    own = settings.second_canvas if canvas is Canvas.SECOND else settings
    return VideoFormat(
        own.width,
        own.height,
        settings.frame_rate,
        own.bitrate,
        settings.key_interval_s * settings.frame_rate,
        own.preset,
        encoder=settings.encoder,
    )


def open_encoder(name: EncoderName, form: VideoFormat) -> VideoCodecContext:
    """Open an encoder for a format, whatever the format names.

    Raises:
        MediaError: FFmpeg has no such encoder, or it has not what it needs, which `hint` says.
    """
    encoder = ENCODERS[name]
    try:
        context = _context(encoder, form)
        context.options = options_of(name, form)
        context.open()
    except UnknownCodecError as error:
        raise MediaError(f"FFmpeg has no {encoder.codec} here", hint=_hint(encoder)) from error
    except (av.FFmpegError, OSError, ValueError) as error:
        raise MediaError(f"it cannot be opened: {words(error)}", hint=_hint(encoder)) from error
    return context


def words(error: Exception) -> str:
    """Return what FFmpeg says of a failure, without the call that failed."""
    said = error.strerror if isinstance(error, av.FFmpegError | OSError) else str(error)
    return (said or type(error).__name__).lower()


def _context(encoder: Encoder, form: VideoFormat) -> VideoCodecContext:
    context = av.CodecContext.create(encoder.codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = form.width, form.height
    context.pix_fmt = encoder.pixels
    context.time_base = Fraction(1, form.frame_rate)
    context.framerate = Fraction(form.frame_rate)
    context.bit_rate = form.bitrate
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.gop_size = form.key_interval
    context.max_b_frames = 0
    context.thread_count = form.threads
    return context


def options_of(name: EncoderName, form: VideoFormat) -> dict[str, str]:
    """Return what FFmpeg is told to open an encoder for a format, beside size, rate and colours."""
    encoder = ENCODERS[name]
    usual = {"maxrate": str(form.bitrate * encoder.peak // 100), "bufsize": str(form.bitrate // 2)}
    own = {"preset": form.preset, "profile": form.profile} if name == SOFTWARE else {}
    return {**usual, **own, **encoder.options}


def _hint(encoder: Encoder) -> str:
    return f"It needs {encoder.needs}."
