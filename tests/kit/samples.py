"""Encoded test media as packets, made by PyAV's encoders: small, deterministic, with sizes that change."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import Codec, Packet, Track
from tests.kit.priority import kept_priority

Samples = npt.NDArray[np.float32]
SWEEP: Final = ((320, 180), (1280, 720), (640, 360))
VIDEO_RATE: Final = 90000
AUDIO_RATE: Final = 48000
_ENCODERS: Final[dict[Codec, tuple[str, dict[str, str]]]] = {
    Codec.H264: (
        "libx264",
        {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "annexb=1:repeat-headers=1"},
    ),
    Codec.H265: (
        "libx265",
        {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "repeat-headers=1:log-level=none"},
    ),
    Codec.VP8: ("libvpx", {"deadline": "realtime", "cpu-used": "8"}),
    Codec.VP9: ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    Codec.AV1: ("libsvtav1", {"preset": "12", "svtav1-params": "pred-struct=1:lp=1"}),
}


def video(
    codec: Codec = Codec.H264,
    sizes: Sequence[tuple[int, int]] = SWEEP,
    *,
    frames: int = 10,
    b_frames: int = 0,
) -> list[Packet]:
    """Encode `frames` pictures of each size at 30 fps; each size begins with a key frame."""
    packets: list[Packet] = []
    inspector = FrameInspector(codec, VIDEO_RATE)
    for width, height in sizes:
        with kept_priority():
            context = _video_encoder(codec, width, height, b_frames)
            encoded: list[av.Packet[av.VideoStream]] = []
            for index in range(frames):
                encoded += context.encode(_picture(width, height, index, (len(packets) + index) * 3000))
            encoded += context.encode(None)
        packets += [_video_packet(packet, inspector) for packet in encoded]
    return packets


def _video_encoder(codec: Codec, width: int, height: int, b_frames: int) -> av.VideoCodecContext:
    name, options = _ENCODERS[codec]
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, VIDEO_RATE), Fraction(30)
    context.gop_size = 1000
    context.thread_count = 1
    if codec is not Codec.AV1:
        context.bit_rate = 1_000_000
    context.options = dict(options)
    if b_frames:
        reordered = {"preset": "veryfast", "bf": str(b_frames), "x264-params": "annexb=1:repeat-headers=1"}
        context.options = reordered
    return context


def _picture(width: int, height: int, index: int, pts: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for number, plane in enumerate(frame.planes):
        plane.update(bytes([(index * 9 + 40 + 60 * number) % 220]) * plane.buffer_size)
    frame.pts, frame.time_base = pts, Fraction(1, VIDEO_RATE)
    return frame


def _video_packet(packet: "av.Packet[av.VideoStream]", inspector: FrameInspector) -> Packet:
    data, track, key, _duration = inspector.inspect(bytes(packet))
    assert packet.pts is not None
    assert packet.dts is not None
    return Packet(track, data, packet.pts, packet.dts, 3000, key)


def tone(seconds: float, channels: int = 2, hertz: float = 440.0) -> Samples:
    """Return a sine as (channels, samples)."""
    time = np.arange(int(seconds * AUDIO_RATE)) / AUDIO_RATE
    return np.tile((0.3 * np.sin(2 * np.pi * hertz * time)).astype(np.float32), (channels, 1))


def voice(seconds: float, channels: int = 1) -> Samples:
    """Return something like a vowel that is spoken three times a second, as (channels, samples)."""
    time = np.arange(int(seconds * AUDIO_RATE)) / AUDIO_RATE
    phase = 2 * np.pi * np.cumsum(140 + 25 * np.sin(2 * np.pi * 0.7 * time)) / AUDIO_RATE
    vowel = np.sum([np.sin(number * phase) / number for number in range(1, 13)], axis=0)
    loudness = 0.2 * np.clip(0.3 + np.sin(2 * np.pi * 3 * time), 0, 1)
    return np.tile((loudness * vowel).astype(np.float32), (channels, 1))


def opus(samples: Samples, *, start: int = 0, repair: bool = False) -> list[Packet]:
    """Encode (channels, samples) as Opus of 20 ms; with `repair` packets carry copies of what is spoken."""
    channels = samples.shape[0]
    context = _audio_encoder("libopus", "flt", channels)
    if repair:
        context.options = {"application": "voip", "fec": "1", "packet_loss": "20"}
    track = Track(Codec.OPUS, AUDIO_RATE, channels=channels)
    packets: list[Packet] = []
    for index in range(samples.shape[1] // 960):
        block = np.ascontiguousarray(samples[:, index * 960 : (index + 1) * 960].T.reshape(1, -1))
        for data in _encoded(context, block, index * 960):
            pts = start + len(packets) * 960
            packets.append(Packet(track, data, pts, pts, 960, key=True))
    return packets


def aac(samples: Samples) -> list[Packet]:
    """Encode (channels, samples) as raw AAC frames."""
    context = _audio_encoder("aac", "fltp", samples.shape[0])
    context.flags |= av.codec.context.Flags.global_header
    context.open()
    extradata = bytes(context.extradata or b"")
    track = Track(Codec.AAC, AUDIO_RATE, channels=samples.shape[0], extradata=extradata)
    packets: list[Packet] = []
    for index in range(samples.shape[1] // 1024):
        block = np.ascontiguousarray(samples[:, index * 1024 : (index + 1) * 1024])
        for data in _encoded(context, block, index * 1024):
            pts = len(packets) * 1024
            packets.append(Packet(track, data, pts, pts, 1024, key=True))
    return packets


def _audio_encoder(name: str, sample_format: str, channels: int) -> av.AudioCodecContext:
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.bit_rate = AUDIO_RATE, 64000 * channels
    context.format, context.layout = av.AudioFormat(sample_format), "stereo" if channels == 2 else "mono"
    return context


def _encoded(context: av.AudioCodecContext, block: Samples, pts: int) -> list[bytes]:
    frame = av.AudioFrame.from_ndarray(block, format=context.format.name, layout=context.layout.name)
    frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE, pts, Fraction(1, AUDIO_RATE)
    return [bytes(packet) for packet in context.encode(frame)]


def merged(*tracks: Sequence[Packet]) -> list[Packet]:
    """Return the packets of several tracks in the order of their decoding times."""
    return sorted(
        (packet for track in tracks for packet in track),
        key=lambda packet: Fraction(packet.dts, packet.track.clock_rate),
    )
