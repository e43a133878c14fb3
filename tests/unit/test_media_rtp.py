"""RTP payload formats, payload by payload."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media.h264 import to_annexb
from stagedoor.media.packets import PASSED, Codec
from stagedoor.media.rtp import payload_format

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("codec", sorted(PASSED))
@settings(deadline=None)
@given(payloads=st.lists(st.binary(max_size=12), max_size=5))
def test_garbage_is_a_media_error_and_nothing_else(codec: Codec, payloads: list[bytes]) -> None:
    for work in (payload_format(codec).join, lambda _: payload_format(codec).split(b"".join(payloads))):
        try:
            work(payloads)
        except MediaError:
            continue


@pytest.mark.parametrize("codec", sorted(PASSED))
@pytest.mark.parametrize("frame", [b"", b"\0\0\0\1", b"\0\0\1\0\0\1"])
def test_a_frame_with_nothing_in_it_is_not_split_into_nothing(codec: Codec, frame: bytes) -> None:
    try:
        payloads = payload_format(codec).split(frame)
    except MediaError:
        return
    assert payloads


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
        [b"\x00" + b"\x01\x30" * 257],
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
