"""AMF0 values and FLV tags, byte by byte."""

import contextlib
import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError, NegotiationError
from stagedoor.media.amf import EcmaArray, decode_values, encode_values
from stagedoor.media.flv import FlvTag, FlvWriter, TagType, flv_header, milliseconds, serialize
from stagedoor.media.packets import Codec, Packet, Track

pytestmark = pytest.mark.unit

SPS = bytes.fromhex("6742c00dda05067e7840000003004000000f23c50aa8")
BIGGER_SPS = bytes.fromhex("6742c01fda014016ec0440000003004000000f23c60ca8")
PPS = bytes.fromhex("68ce0fc8")
START = b"\0\0\0\1"
H264 = Track(Codec.H264, 90000, 320, 180, extradata=START + SPS + START + PPS)
LARGER = Track(Codec.H264, 90000, 1280, 720, extradata=START + BIGGER_SPS + START + PPS)
OPUS = Track(Codec.OPUS, 48000, channels=2)
AAC = Track(Codec.AAC, 48000, channels=2, extradata=b"\x11\x90")
VP9 = Track(Codec.VP9, 90000, 320, 180)
AVCC = b"\x01\x42\xc0\x0d\xff\xe1\x00\x16" + SPS + b"\x01\x00\x04" + PPS
IDR = START + b"\x65\x88\x84"

texts = st.text(max_size=40)
names = st.text(min_size=1, max_size=20)
numbers = st.floats(allow_nan=False) | st.integers(-(2**53), 2**53)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def key(track: Track, time: int, data: bytes = IDR, dts: int | None = None) -> Packet:
    return Packet(track, data, time, time if dts is None else dts, key=True)


def inter(track: Track, time: int, dts: int | None = None, data: bytes = START + b"\x41\x9a") -> Packet:
    return Packet(track, data, time, time if dts is None else dts)


@given(st.lists(values, max_size=5))
def test_amf_says_what_it_was_told(said: list[object]) -> None:
    assert decode_values(encode_values(*said)) == said  # type: ignore[arg-type]


@given(st.binary(max_size=200))
def test_amf_garbage_is_a_media_error_or_values(data: bytes) -> None:
    with contextlib.suppress(MediaError):
        assert isinstance(decode_values(data), list)


@given(st.lists(values, min_size=1, max_size=3), st.data())
def test_amf_cut_short_never_reads_on(said: list[object], data: st.DataObject) -> None:
    encoded = encode_values(*said)  # type: ignore[arg-type]
    cut = encoded[: data.draw(st.integers(0, len(encoded) - 1))]
    with contextlib.suppress(MediaError):
        assert len(decode_values(cut)) < len(said)


def test_amf_on_the_wire() -> None:
    assert encode_values("connect", 1, None, True, {"app": "live"}) == (
        b"\x02\x00\x07connect" + b"\x00" + struct.pack(">d", 1) + b"\x05" + b"\x01\x01"
        b"\x03\x00\x03app\x02\x00\x04live\x00\x00\x09"
    )
    assert encode_values(EcmaArray(width=2)) == (
        b"\x08\x00\x00\x00\x01\x00\x05width\x00" + struct.pack(">d", 2) + b"\x00\x00\x09"
    )
    assert decode_values(b"\x0b" + struct.pack(">d", 5) + b"\0\0\x06\x0c\0\0\0\2ok") == [5.0, None, "ok"]


def test_amf_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(MediaError):
        decode_values(b"\x0a\0\0\0\1" * 5000)
    with pytest.raises(MediaError):
        decode_values(b"\x0a\xff\xff\xff\xff\x05")
    with pytest.raises(MediaError):
        encode_values({"": 1})


@given(
    st.sampled_from(list(TagType)),
    st.integers(0, 2**40),
    st.binary(max_size=300),
)
def test_a_serialized_tag_can_be_taken_apart_again(kind: TagType, time: int, payload: bytes) -> None:
    data = serialize(FlvTag(kind, time, payload))
    assert data[0] == kind
    assert int.from_bytes(data[1:4], "big") == len(payload)
    assert int.from_bytes(data[4:7], "big") | data[7] << 24 == time % 2**32
    assert data[8:11] == b"\0\0\0"
    assert data[11:-4] == payload
    assert int.from_bytes(data[-4:], "big") == 11 + len(payload)


def test_the_file_header_names_its_tracks() -> None:
    assert flv_header(video=True, audio=True) == b"FLV\x01\x05\0\0\0\x09\0\0\0\0"
    assert flv_header(video=True, audio=False)[4] == 1
    assert flv_header(video=False, audio=True)[4] == 4


def test_it_starts_with_metadata_and_sequence_headers() -> None:
    metadata, video, audio = FlvWriter(H264, AAC).start()
    name, fields = decode_values(metadata.payload)
    assert name == "onMetaData"
    assert isinstance(fields, EcmaArray)
    assert fields["width"] == 320
    assert fields["videocodecid"] == 7
    assert fields["audiocodecid"] == 10
    assert fields["stereo"] is True
    assert video == FlvTag(TagType.VIDEO, 0, b"\x17\0\0\0\0" + AVCC)
    assert audio == FlvTag(TagType.AUDIO, 0, b"\xaf\x00\x11\x90")


def test_enhanced_codecs_have_their_names() -> None:
    metadata, video, audio = FlvWriter(VP9, OPUS).start()
    assert video.payload[:9] == b"\x90vp09\1\0\0\0"
    assert audio.payload == b"\x90OpusOpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x00\x00"
    fields = decode_values(metadata.payload)[1]
    assert isinstance(fields, dict)
    assert fields["audiocodecid"] == int.from_bytes(b"Opus", "big")


def test_frames_are_length_prefixed_and_timed_in_milliseconds() -> None:
    writer = FlvWriter(H264, OPUS)
    writer.start()
    assert writer.tags(key(H264, 90)) == [
        FlvTag(TagType.VIDEO, 1, b"\x17\x01\0\0\0" + b"\0\0\0\x03\x65\x88\x84")
    ]
    assert writer.tags(inter(H264, 3090))[0].payload == b"\x27\x01\0\0\0\0\0\0\x02\x41\x9a"
    assert writer.tags(key(OPUS, 960, b"\xfc\xff")) == [FlvTag(TagType.AUDIO, 20, b"\x91Opus\xfc\xff")]


def test_reordered_frames_carry_their_composition_time() -> None:
    writer = FlvWriter(H264, None)
    writer.start()
    writer.tags(key(H264, 6000, dts=0))
    late, early = writer.tags(inter(H264, 15000, dts=3000)), writer.tags(inter(H264, 9000, dts=6000))
    assert (late[0].timestamp_ms, late[0].payload[2:5]) == (33, (167 - 33).to_bytes(3, "big"))
    assert (early[0].timestamp_ms, early[0].payload[2:5]) == (67, (100 - 67).to_bytes(3, "big"))


def test_a_new_track_brings_a_new_sequence_header_before_its_key_frame() -> None:
    writer = FlvWriter(H264, None)
    writer.start()
    writer.tags(key(H264, 0))
    header, frame = writer.tags(key(LARGER, 3000))
    assert header.payload[:5] == b"\x17\0\0\0\0"
    assert BIGGER_SPS in header.payload
    assert header.timestamp_ms == frame.timestamp_ms == 33
    assert len(writer.tags(key(LARGER, 6000))) == 1


def test_the_same_parameters_in_a_new_track_are_not_said_again() -> None:
    writer = FlvWriter(H264, None)
    writer.start()
    again = Track(Codec.H264, 90000, 320, 180, extradata=H264.extradata)
    assert len(writer.tags(key(again, 0))) == 1


def test_parameters_that_are_not_known_yet_come_with_the_first_key_frame() -> None:
    writer = FlvWriter(Track(Codec.H264, 90000), None)
    assert len(writer.start()) == 1
    assert writer.tags(inter(H264, 0)) == []
    header, _frame = writer.tags(key(H264, 3000))
    assert header.payload == b"\x17\0\0\0\0" + AVCC


def test_a_track_that_comes_second_is_announced_when_it_comes() -> None:
    writer = FlvWriter(H264, None)
    writer.start()
    header, frame = writer.tags(key(AAC, 48000, b"\x21\x10"))
    assert header == FlvTag(TagType.AUDIO, 1000, b"\xaf\x00\x11\x90")
    assert frame == FlvTag(TagType.AUDIO, 1000, b"\xaf\x01\x21\x10")


def test_packets_before_the_origin_are_left_out() -> None:
    writer = FlvWriter(H264, OPUS, origin_ms=1000)
    writer.start()
    assert writer.tags(key(OPUS, 47040, b"\xfc")) == []
    assert writer.tags(key(H264, 90000))[0].timestamp_ms == 0


@given(st.lists(st.integers(0, 2**36), min_size=2, max_size=30))
def test_decoding_times_never_go_back(times: list[int]) -> None:
    writer = FlvWriter(H264, None)
    writer.start()
    tags = [writer.tags(key(H264, time))[-1] for time in times]
    assert all(
        first.timestamp_ms <= second.timestamp_ms for first, second in zip(tags, tags[1:], strict=False)
    )


@given(st.integers(0, 2**45), st.sampled_from([90000, 48000, 44100]))
def test_milliseconds_are_never_more_than_half_of_one_off(ticks: int, rate: int) -> None:
    assert abs(milliseconds(ticks, rate) - Fraction(1000 * ticks, rate)) <= Fraction(1, 2)


def test_what_flv_cannot_carry_is_refused() -> None:
    with pytest.raises(NegotiationError):
        FlvWriter(Track(Codec.VP8, 90000, 320, 180), None)
    writer = FlvWriter(H264, None)
    writer.start()
    with pytest.raises(MediaError):
        writer.tags(key(VP9, 0, b"\x82"))
    with pytest.raises(MediaError):
        writer.tags(key(Track(Codec.VP8, 90000, 320, 180), 0))
