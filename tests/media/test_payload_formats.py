"""RTP payload formats against real bitstreams, FFmpeg's packetizers and decoders, aiortc's depayloaders."""

import itertools
import socket
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from aiortc.codecs.h264 import h264_depayload
from aiortc.codecs.vpx import vp8_depayload
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media.av1 import obus
from stagedoor.media.h264 import nalus, to_annexb
from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import Codec
from stagedoor.media.rtp import payload_format
from tests.kit.bitstreams import decode, encode

pytestmark = pytest.mark.media

VIDEO = (Codec.H264, Codec.H265, Codec.VP8, Codec.VP9, Codec.AV1)
DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.VP8: "vp8", Codec.VP9: "vp9", Codec.AV1: "libdav1d"}
X265_QUIET = ("x265-params", "log-level=none")
RTP_HEADER = 12


@dataclass(frozen=True)
class Variant:
    """One way of encoding."""

    codec: Codec
    encoder: str
    options: tuple[tuple[str, str], ...] = ()
    pix_fmt: str = "yuv420p"

    def encode(self, width: int = 320, height: int = 180) -> tuple[bytes, ...]:
        return encode(self.encoder, width, height, pix_fmt=self.pix_fmt, options=self.options)


VARIANTS = {
    "baseline": Variant(Codec.H264, "libx264", (("preset", "ultrafast"), ("profile", "baseline"))),
    "main with B frames": Variant(Codec.H264, "libx264", (("profile", "main"), ("bf", "2"))),
    "high with slices": Variant(Codec.H264, "libx264", (("profile", "high"), ("slices", "4"))),
    "high with delimiters": Variant(Codec.H264, "libx264", (("x264-params", "aud=1:cqm=jvt"),)),
    "high 10": Variant(Codec.H264, "libx264", (("profile", "high10"),), "yuv420p10le"),
    "high 4:4:4": Variant(Codec.H264, "libx264", (("profile", "high444"),), "yuv444p"),
    "interlaced": Variant(Codec.H264, "libx264", (("x264-params", "interlaced=1"),)),
    "hevc": Variant(Codec.H265, "libx265", (X265_QUIET,)),
    "hevc main 10": Variant(Codec.H265, "libx265", (X265_QUIET,), "yuv420p10le"),
    "hevc with delimiters": Variant(Codec.H265, "libx265", (("x265-params", "log-level=none:aud=1"),)),
    "vp8": Variant(Codec.VP8, "libvpx", (("deadline", "realtime"), ("cpu-used", "8"))),
    "vp9": Variant(Codec.VP9, "libvpx-vp9", (("deadline", "realtime"), ("cpu-used", "8"))),
    "vp9 with superframes": Variant(Codec.VP9, "libvpx-vp9", (("auto-alt-ref", "1"), ("cpu-used", "5"))),
    "vp9 profile 1": Variant(Codec.VP9, "libvpx-vp9", (("cpu-used", "8"),), "yuv444p"),
    "av1": Variant(Codec.AV1, "libsvtav1", (("preset", "12"),)),
    "av1 10 bits": Variant(Codec.AV1, "libsvtav1", (("preset", "12"),), "yuv420p10le"),
}
ONE_OF_EACH = ("baseline", "hevc", "vp8", "vp9", "av1")
SIZES = [(1920, 1080), (1280, 720), (854, 480), (720, 1280), (322, 178)]


def normal(codec: Codec, data: bytes) -> bytes:
    """Give a frame as `join` gives it: start codes of four bytes, OBUs with sizes, no temporal delimiters."""
    if codec in (Codec.H264, Codec.H265):
        return to_annexb(nalus(data))
    if codec is Codec.AV1:
        return data.removeprefix(b"\x12\x00")
    return data


@pytest.mark.parametrize("name", VARIANTS)
@settings(deadline=None)
@given(data=st.data())
def test_join_gives_back_what_was_split(name: str, data: st.DataObject) -> None:
    variant = VARIANTS[name]
    payloads_of = payload_format(variant.codec)
    frame = variant.encode()[data.draw(st.integers(0, 5), label="frame")]
    mtu = data.draw(st.integers(20, 2000), label="mtu")

    payloads = payloads_of.split(frame, mtu)

    assert max(map(len, payloads)) <= mtu
    assert payloads_of.join(payloads) == normal(variant.codec, frame)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_joined_and_inspected_can_be_decoded(name: str) -> None:
    variant = VARIANTS[name]
    payloads_of, inspector = payload_format(variant.codec), FrameInspector(variant.codec, 90000)

    inspected = [
        inspector.inspect(payloads_of.join(payloads_of.split(frame, 300))) for frame in variant.encode()
    ]

    assert [one.key for one in inspected] == [True] + [False] * (len(inspected) - 1)
    assert all(one.track is inspected[0].track for one in inspected)
    assert (inspected[0].track.width, inspected[0].track.height) == (320, 180)
    assert decode(DECODERS[variant.codec], [one.data for one in inspected]) == [(320, 180)] * 6


@pytest.mark.parametrize("name", ["baseline", "high 4:4:4", "hevc", "vp8", "vp9", "av1"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_size_is_what_was_encoded(name: str, width: int, height: int) -> None:
    variant = VARIANTS[name]
    coded = encode(variant.encoder, width, height, frames=1, pix_fmt=variant.pix_fmt, options=variant.options)

    inspected = FrameInspector(variant.codec, 90000).inspect(coded[0])

    assert inspected.key
    assert (inspected.track.width, inspected.track.height) == (width, height)


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [("vp8", 321, 179), ("vp9", 321, 179), ("av1", 65, 67), ("interlaced", 1920, 1080)],
)
def test_a_size_that_one_codec_alone_can_have_is_what_was_encoded(name: str, width: int, height: int) -> None:
    test_the_size_is_what_was_encoded(name, width, height)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_new_size_makes_a_new_track_and_is_decoded(name: str) -> None:
    variant = VARIANTS[name]
    inspector = FrameInspector(variant.codec, 90000)

    inspected = [
        inspector.inspect(frame) for size in ((320, 180), (640, 360)) for frame in variant.encode(*size)
    ]

    tracks = list({id(one.track): one.track for one in inspected}.values())
    assert [(track.width, track.height) for track in tracks] == [(320, 180), (640, 360)]
    pictures = decode(DECODERS[variant.codec], [one.data for one in inspected])
    assert pictures == [(320, 180)] * 6 + [(640, 360)] * 6


@pytest.mark.parametrize("name", ["main with B frames", "hevc"])
def test_key_frames_without_sets_can_be_decoded_after_inspection(name: str) -> None:
    variant = VARIANTS[name]
    frames = variant.encode()
    inspector = FrameInspector(variant.codec, 90000)
    sets = {7, 8} if variant.codec is Codec.H264 else {32, 33, 34}

    def kind(nal: bytes) -> int:
        return nal[0] & 31 if variant.codec is Codec.H264 else nal[0] >> 1

    units = nalus(frames[0])
    inspector.prime(to_annexb([nal for nal in units if kind(nal) in sets]))
    bare = to_annexb([nal for nal in units if kind(nal) not in sets])

    inspected = [inspector.inspect(frame) for frame in (bare, *frames[1:])]

    assert inspected[0].key
    assert decode(DECODERS[variant.codec], [one.data for one in inspected]) == [(320, 180)] * 6


class RtpSink:
    """A file that FFmpeg's RTP muxer writes its packets to, one at a time."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.packets.append(bytes(data))
        return len(data)


def packetized_by_ffmpeg(codec: Codec, frames: Sequence[bytes]) -> list[list[bytes]]:
    """Give the payloads of each frame, cut by their timestamps."""
    sink = RtpSink()
    options = {"packetsize": "1200", "strict": "experimental"}
    with av.open(sink, "w", format="rtp", options=options) as container:
        stream: Any = container.add_mux_stream(str(codec), rate=30, width=320, height=180)
        for number, frame in enumerate(frames):
            packet = av.Packet(frame)
            packet.stream, packet.time_base = stream, Fraction(1, 90000)
            packet.pts = packet.dts = number * 3000
            container.mux(packet)
    media = [packet for packet in sink.packets if not 200 <= packet[1] <= 204]
    stamps = list(dict.fromkeys(packet[4:8] for packet in media))
    return [[packet[RTP_HEADER:] for packet in media if packet[4:8] == stamp] for stamp in stamps]


@pytest.mark.parametrize("name", ["baseline", "high with slices", "hevc", "vp8", "vp9", "av1"])
def test_what_ffmpeg_packetizes_is_joined(name: str) -> None:
    variant = VARIANTS[name]
    frames = variant.encode()

    payloads = packetized_by_ffmpeg(variant.codec, frames)

    join = payload_format(variant.codec).join
    assert [join(one) for one in payloads] == [normal(variant.codec, frame) for frame in frames]
    assert len(payloads[0]) > 3


def send_until(stopped: threading.Event, variant: Variant, port: int) -> None:
    """Send the frames over RTP, again and again, in real time."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sequence = 0
        for number, frame in enumerate(itertools.cycle(variant.encode())):
            payloads = payload_format(variant.codec).split(frame)
            for payload in payloads:
                marker = 0x80 if payload is payloads[-1] else 0
                header = struct.pack("!BBHII", 0x80, marker | 96, sequence & 0xFFFF, number * 3000, 7)
                sender.sendto(header + payload, ("127.0.0.1", port))
                sequence += 1
            if stopped.wait(1 / 60):
                return


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_what_is_split_is_joined_by_ffmpeg(name: str, tmp_path: Path) -> None:
    variant = VARIANTS[name]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1] & ~1
    sdp = tmp_path / "stream.sdp"
    encoding = "H265" if variant.codec is Codec.H265 else variant.codec.upper()
    sdp.write_text(
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=video {port} RTP/AVP 96\r\na=rtpmap:96 {encoding}/90000\r\n"
    )
    options = {"protocol_whitelist": "file,udp,rtp", "strict": "experimental", "analyzeduration": "200000"}
    stopped = threading.Event()
    sender = threading.Thread(target=send_until, args=(stopped, variant, port))
    sender.start()
    try:
        with av.open(str(sdp), options=options, timeout=10) as container:
            # Of the first one it may have missed the beginning.
            joined = [bytes(packet) for packet in itertools.islice(container.demux(), 1, 13)]
    finally:
        stopped.set()
        sender.join()

    assert len(joined) == 12
    sent = [normal(variant.codec, frame) for frame in variant.encode()]
    assert {normal(variant.codec, frame) for frame in joined} <= set(sent)


@pytest.mark.parametrize("name", ["baseline", "main with B frames", "high with slices", "vp8"])
@pytest.mark.parametrize("mtu", [60, 1200])
def test_what_is_split_is_joined_by_aiortc(name: str, mtu: int) -> None:
    variant = VARIANTS[name]
    depayload = h264_depayload if variant.codec is Codec.H264 else vp8_depayload

    for frame in variant.encode():
        payloads = payload_format(variant.codec).split(frame, mtu)
        assert b"".join(map(depayload, payloads)) == normal(variant.codec, frame)


@pytest.mark.parametrize("name", VARIANTS)
@settings(deadline=None)
@given(data=st.data())
def test_damage_is_a_media_error_and_nothing_else(name: str, data: st.DataObject) -> None:
    variant = VARIANTS[name]
    payloads_of = payload_format(variant.codec)
    frame = variant.encode()[data.draw(st.integers(0, 5))]
    payloads = payloads_of.split(frame, 400)[: data.draw(st.integers(1, 8))]
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(payloads) - 1))
        at = data.draw(st.integers(0, min(len(payloads[index]), 40)))
        new = data.draw(st.binary(max_size=3))
        payloads[index] = payloads[index][:at] + new + payloads[index][at + data.draw(st.integers(0, 400)) :]
    try:
        FrameInspector(variant.codec, 90000).inspect(payloads_of.join(payloads))
    except MediaError:
        return


@pytest.mark.parametrize(
    ("name", "missing"),
    [(name, missing) for name in ONE_OF_EACH for missing in (0, -1) if (name, missing) != ("vp8", -1)],
)
def test_a_frame_without_its_first_or_last_payload_is_a_media_error(name: str, missing: int) -> None:
    variant = VARIANTS[name]
    payloads = payload_format(variant.codec).split(variant.encode()[1], 100)
    del payloads[missing]

    with pytest.raises(MediaError):
        payload_format(variant.codec).join(payloads)


def test_a_vp8_frame_that_ends_in_its_first_partition_is_a_media_error() -> None:
    """RTP does not say where a VP8 frame ends, but the frame says where its first partition does."""
    payloads = payload_format(Codec.VP8).split(VARIANTS["vp8"].encode()[0], 100)

    with pytest.raises(MediaError):
        FrameInspector(Codec.VP8, 90000).inspect(payload_format(Codec.VP8).join(payloads[:2]))


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_empty_payloads_are_passed_over(name: str) -> None:
    variant = VARIANTS[name]
    payloads_of = payload_format(variant.codec)
    frame = variant.encode()[0]
    payloads = payloads_of.split(frame)

    padded = [part for payload in payloads for part in (b"", payload, b"")]

    assert payloads_of.join(padded) == normal(variant.codec, frame)
    for nothing in ([], [b""]):
        with pytest.raises(MediaError):
            payloads_of.join(nothing)


def test_only_vp9_frames_that_need_others_are_marked_so() -> None:
    key, *others = VARIANTS["vp9"].encode()
    split = payload_format(Codec.VP9).split

    assert [payload[0] for payload in split(key, len(key))] == [0x08, 0x04]
    assert {payload[0] & 0x40 for frame in others for payload in split(frame)} == {0x40}


def test_av1_units_are_sent_without_sizes_and_delimiters() -> None:
    frame = VARIANTS["av1"].encode()[0]
    assert frame.startswith(b"\x12\x00")

    first, *rest = payload_format(Codec.AV1).split(frame, 500)

    units = obus(frame)[1:]
    assert first[0] == 0x40 | len(units) << 4 | 0x08  # continued, counted, a new coded video sequence
    assert first[1:].startswith(bytes((1 + len(units[0].payload),)) + units[0].header + units[0].payload)
    assert {payload[0] for payload in rest[:-1]} == {0xC0 | 0x10}
    assert rest[-1][0] == 0x80 | 0x10


def encode_opus(layout: str, frame_ms: str) -> list[bytes]:
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout, context.format = 48000, layout, av.AudioFormat("s16")
    context.options = {"frame_duration": frame_ms, "application": "voip"}
    context.open()
    frame = av.AudioFrame("s16", layout, 48000 * 120 // 1000)
    frame.sample_rate = 48000
    for plane in frame.planes:
        plane.update(bytes(range(256)) * (plane.buffer_size // 256) + bytes(plane.buffer_size % 256))
    fifo = av.AudioFifo()
    fifo.write(frame)
    return [
        bytes(packet)
        for part in fifo.read_many(context.frame_size)
        for packet in context.encode(part)
    ]  # fmt: skip


@pytest.mark.parametrize(("layout", "channels"), [("mono", 1), ("stereo", 2)])
@pytest.mark.parametrize("frame_ms", ["2.5", "5", "10", "20", "40", "60", "120"])
def test_opus_packets_pass_unchanged_and_tell_their_duration(
    layout: str, channels: int, frame_ms: str
) -> None:
    payloads_of = payload_format(Codec.OPUS)
    inspector = FrameInspector(Codec.OPUS, 48000)

    for packet in encode_opus(layout, frame_ms):
        inspected = inspector.inspect(payloads_of.join([b"", *payloads_of.split(packet)]))
        assert inspected.data == packet
        assert inspected.duration == float(frame_ms) * 48
        assert inspected.track.channels == channels
