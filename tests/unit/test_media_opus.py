import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media import opus

pytestmark = pytest.mark.unit

SILK = [480, 960, 1920, 2880]
HYBRID = [480, 960]
CELT = [120, 240, 480, 960]
DURATIONS = SILK * 3 + HYBRID * 2 + CELT * 4  # RFC 6716 table 2, in samples at 48 kHz


@pytest.mark.parametrize(("config", "expected"), list(enumerate(DURATIONS)))
def test_every_configuration_has_its_duration(config: int, expected: int) -> None:
    toc = config << 3

    assert opus.duration(bytes((toc,)) + b"data") == expected
    assert opus.duration(bytes((toc | 1,)) + b"data") == 2 * expected
    assert opus.duration(bytes((toc | 2, 1)) + b"data") == 2 * expected
    assert opus.duration(bytes((toc | 3, 1)) + b"data") == expected
    assert opus.duration(bytes((toc | 3, 5760 // expected)) + b"data") == 5760 // expected * expected


def test_flags_beside_the_count_do_not_matter() -> None:
    assert opus.duration(bytes((31 << 3 | 3, 0xC0 | 3)) + b"data") == 3 * 960


def test_a_silent_packet_is_one_byte() -> None:
    assert opus.duration(b"\xf8") == 960


def test_the_stereo_bit_is_read() -> None:
    assert (opus.channels(b"\xf8"), opus.channels(b"\xfc")) == (1, 2)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\xf9a",  # two equal frames in an odd number of bytes
        b"\xfa",
        b"\xfa\x05abcd",  # the first of two frames is cut off
        b"\xfa\xfc",
        b"\xfa\xfc\x01" + bytes(100),
        b"\xfb",
        b"\xfb\x00a",
        b"\xfb\x07" + bytes(99),  # 140 ms
        b"\x1b\x03" + bytes(99),  # 180 ms
    ],
)
def test_packets_that_cannot_be_are_media_errors(packet: bytes) -> None:
    with pytest.raises(MediaError):
        opus.duration(packet)


def test_an_empty_packet_has_no_channels() -> None:
    with pytest.raises(MediaError):
        opus.channels(b"")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_garbage_is_a_media_error_or_lasts_120_ms_at_most(packet: bytes) -> None:
    try:
        duration = opus.duration(packet)
    except MediaError:
        return
    assert 120 <= duration <= opus.MAX_DURATION


def test_every_frame_of_a_packet_lasts_what_its_configuration_says() -> None:
    assert [opus.frame_duration(bytes((config << 3 | 1,))) for config in range(32)] == DURATIONS
    with pytest.raises(MediaError):
        opus.frame_duration(b"")


@pytest.mark.parametrize(
    ("packet", "carries"),
    [
        ("0840", True),  # SILK, 20 ms: the second bit, after the one that tells speech
        ("08bf", False),
        ("0020", False),  # 10 ms have one bit of speech too
        ("0040", True),
        ("1020", True),  # 40 ms have two
        ("10df", False),
        ("1810", True),  # 60 ms have three
        ("0c10", True),  # stereo: the side's flags follow on the middle's
        ("0caf", False),
        ("1c01", True),
        ("7840", True),  # hybrid
        ("f8ff", False),  # CELT alone
        ("0940ff", True),  # two frames of one length
        ("0a014000", True),
        ("0a00ff", False),  # the first is empty
        ("0afc" + "0040" + "00" * 252, True),  # its length takes two bytes
        ("0b0240ff", True),  # two of one length, counted
        ("0b820140ff", True),  # two of lengths of their own
        ("0b8200ff", False),
        ("0b4100", False),  # padding of no bytes, and then nothing
        ("0b410140ff", True),
        ("0b41ff0040" + "00" * 254, True),
        ("08", False),
        ("", False),
        ("0b", False),
        ("0a", False),
    ],
)
def test_a_packet_says_whether_it_carries_a_copy_of_the_frame_before(packet: str, carries: bool) -> None:
    assert opus.carries_repair(bytes.fromhex(packet)) is carries


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_garbage_carries_something_or_nothing(packet: bytes) -> None:
    assert opus.carries_repair(packet) in (True, False)
