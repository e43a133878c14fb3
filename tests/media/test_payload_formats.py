"""RTP payload formats against real bitstreams, FFmpeg's packetizers and decoders, aiortc's depayloaders."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
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


@pytest.mark.parametrize("codec", list(Codec))
@settings(deadline=None)
@given(payloads=st.lists(st.binary(max_size=12), max_size=5))
def test_garbage_is_a_media_error_and_nothing_else(codec: Codec, payloads: list[bytes]) -> None:
    for work in (payload_format(codec).join, lambda _: payload_format(codec).split(b"".join(payloads))):
        try:
            work(payloads)
        except MediaError:
            continue


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


def test_small_h264_units_share_a_payload() -> None:
    frame = to_annexb([b"\x67abc", b"\x68de", b"\x65" + bytes(range(1, 60)) * 30])

    first, *fragments = payload_format(Codec.H264).split(frame)

    assert first == b"\x78\0\4\x67abc\0\3\x68de"
    assert [payload[:2] for payload in fragments] == [b"\x7c\x85", b"\x7c\x45"]


def test_small_h265_units_share_a_payload() -> None:
    frame = to_annexb([b"\x42\1abc", b"\x44\2d", b"\x26\1" + bytes(range(1, 60)) * 30])

    first, *fragments = payload_format(Codec.H265).split(frame)

    assert first == b"\x60\1\0\5\x42\1abc\0\3\x44\2d"
    assert [payload[:3] for payload in fragments] == [b"\x62\1\x93", b"\x62\1\x53"]


@pytest.mark.parametrize(
    "payloads",
    [
        [b"\x7c"],
        [b"\x7c\x05abc"],
        [b"\x7c\x85abc"],
        [b"\x7c\x85abc", b"\x7c\x85abc"],
        [b"\x7c\x85abc", b"\x7c\x41abc"],
        [b"\x7c\x85abc", b"\x61abc"],
        [b"\x7c\x9cabc"],
        [b"\x78\0"],
        [b"\x78\0\x05abc"],
        [b"\x78\0\1\x78"],
        [b"\x79abc"],
        [b"\x60"],
    ],
)
def test_h264_payloads_that_cannot_be_are_media_errors(payloads: list[bytes]) -> None:
    with pytest.raises(MediaError):
        payload_format(Codec.H264).join(payloads)


@pytest.mark.parametrize(
    ("descriptor", "size"),
    [
        ("10", 1),
        ("90 80 11", 3),
        ("90 80 91 23", 4),
        ("b0 e0 91 23 07 40", 6),
        ("90 40 07", 3),
        ("90 20 40", 3),
        ("90 10 1f", 3),
        ("90 30 5f", 3),
        ("90 f0 05 07 5f", 5),
        ("90 00", 2),
    ],
)
def test_vp8_descriptors_of_every_kind_are_taken_off(descriptor: str, size: int) -> None:
    header = bytes.fromhex(descriptor)
    assert len(header) == size

    assert payload_format(Codec.VP8).join([header + b"first", b"\x00 and", b"\x01 last"]) == b"first and last"
    for end in range(1, size):
        with pytest.raises(MediaError):
            payload_format(Codec.VP8).join([header[:end]])


@pytest.mark.parametrize("payloads", [[b"\x00a"], [b"\x11a"], [b"\x10a", b"\x10b"], [b"\x10"]])
def test_vp8_payloads_that_cannot_be_are_media_errors(payloads: list[bytes]) -> None:
    with pytest.raises(MediaError):
        payload_format(Codec.VP8).join(payloads)


@pytest.mark.parametrize(
    "descriptor",
    [
        "0c",
        "8c 11",  # picture ID of 7 bits
        "8c 91 23",  # and of 15
        "ac 91 23 41 07",  # layers, with TL0PICIDX as the mode is not flexible
        "bc 91 23 41",  # flexible: without
        "fc 91 23 41 02",  # one reference
        "fc 91 23 41 03 05 06",  # three
        "0e 00",  # a structure that says nothing
        "0e 10 0280 0168",  # with one size
        "0e 30 0140 00b4 0280 0168",  # with two
        "0e 08 02 04 01 58 01 02",  # with two pictures: one reference, then two
        "0e 18 0280 0168 01 00",
        "fe 91 23 41 02 18 0280 0168 01 0c 01 02 03",
    ],
)
def test_vp9_descriptors_of_every_kind_are_taken_off(descriptor: str) -> None:
    header = bytes.fromhex(descriptor)
    begin, end = bytes((header[0] & ~4,)) + header[1:], b"\x04"

    assert payload_format(Codec.VP9).join([header + b"whole"]) == b"whole"
    assert payload_format(Codec.VP9).join([begin + b"first", b"\0 and", end + b" last"]) == b"first and last"
    for cut in range(1, len(header)):
        with pytest.raises(MediaError):
            payload_format(Codec.VP9).join([header[:cut]])


@pytest.mark.parametrize(
    "payloads",
    [
        [b"\x08a"],
        [b"\x04a"],
        [b"\x08a", b"\x0ca"],
        [b"\x0ca", b"\x04a"],
        [b"\x0c"],
        [b"\xdc\x01\x03\x03\x03abc"],
        [b"\x0ca"] * 9,
    ],
)
def test_vp9_payloads_that_cannot_be_are_media_errors(payloads: list[bytes]) -> None:
    with pytest.raises(MediaError):
        payload_format(Codec.VP9).join(payloads)


def test_layers_of_a_vp9_picture_become_a_superframe() -> None:
    joined = payload_format(Codec.VP9).join([b"\x08ab", b"\x04c", b"\x0cdefg"])

    assert joined == b"abcdefg" + b"\xc1\x03\x04\xc1"


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


@pytest.mark.parametrize(
    ("payloads", "expected"),
    [
        ([b"\x00\x04\x30abc"], b"\x32\x03abc"),  # W=0: every element with its length
        ([b"\x00\x02\x08s\x02\x30f\x02\x20t\x02\x20u"], b"\x0a\x01s\x32\x01f\x22\x01t\x22\x01u"),
        ([b"\x20\x02\x08s\x30f"], b"\x0a\x01s\x32\x01f"),  # W=2
        ([b"\x20\x04\x0a\x02ss\x32\x01f"], b"\x0a\x02ss\x32\x01f"),  # units that have sizes
        ([b"\x50\x30a", b"\xd0bc", b"\x90d"], b"\x32\x04abcd"),
        ([b"\x60\x02\x08s\x30a", b"\xa0\x01b\x20t"], b"\x0a\x01s\x32\x02ab\x22\x01t"),
        ([b"\x20\x01\x10\x30f"], b"\x32\x01f"),  # a temporal delimiter
        ([b"\x10\x34\x28f"], b"\x36\x28\x01f"),  # an extension
        ([b"\x20\x00\x30f"], b"\x32\x01f"),  # an empty element
    ],
)
def test_av1_payloads_of_every_kind_are_joined(payloads: list[bytes], expected: bytes) -> None:
    assert payload_format(Codec.AV1).join(payloads) == expected


@pytest.mark.parametrize(
    "payloads",
    [
        [b"\x10"],
        [b"\x30\x01\x30"],
        [b"\x20\x09abc"],
        [b"\x00\x09abc"],
        [b"\x00\x80"],
        [b"\x90\x30abc"],
        [b"\x50\x30abc"],
        [b"\x50\x30abc", b"\x10\x30abc"],
        [b"\x10\x30abc", b"\x90abc"],
        [b"\x10\x32\x01fg"],
        [b"\x10\x32\x09f"],
        [b"\x10\x10"],
        [b"\x10\xb0abc"],
    ],
)
def test_av1_payloads_that_cannot_be_are_media_errors(payloads: list[bytes]) -> None:
    with pytest.raises(MediaError):
        payload_format(Codec.AV1).join(payloads)


def test_av1_units_of_different_layers_do_not_share_a_payload() -> None:
    frame = b"\x36\x00\x02ab\x36\x08\x02cd\x36\x08\x02ef"

    payloads = payload_format(Codec.AV1).split(frame)

    assert payloads == [b"\x10\x34\x00ab", b"\x20\x04\x34\x08cd\x34\x08ef"]
    assert payload_format(Codec.AV1).join(payloads) == frame


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


def test_an_opus_packet_is_never_cut() -> None:
    assert payload_format(Codec.OPUS).split(bytes(1400), 1200) == [bytes(1400)]
    with pytest.raises(MediaError):
        payload_format(Codec.OPUS).split(b"")


def test_two_opus_packets_with_one_timestamp_are_a_media_error() -> None:
    with pytest.raises(MediaError):
        payload_format(Codec.OPUS).join([b"\xf8", b"\xf8"])


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=3000), st.integers(20, 1500))
def test_aac_frames_are_sent_with_their_size(frame: bytes, mtu: int) -> None:
    payloads = payload_format(Codec.AAC).split(frame, mtu)

    assert max(map(len, payloads)) <= mtu
    assert {payload[:2] for payload in payloads} == {b"\0\x10"}
    assert {int.from_bytes(payload[2:4], "big") for payload in payloads} == {len(frame) << 3}
    assert b"".join(payload[4:] for payload in payloads) == frame


@pytest.mark.parametrize("frame", [b"", bytes(8192)])
def test_an_aac_frame_of_no_possible_size_is_a_media_error(frame: bytes) -> None:
    with pytest.raises(MediaError):
        payload_format(Codec.AAC).split(frame)
