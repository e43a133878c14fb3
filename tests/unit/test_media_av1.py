import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media import av1
from stagedoor.media.av1 import Obu
from tests.kit.bit_writer import BitWriter

pytestmark = pytest.mark.unit

DELIMITER = b"\x12\x00"
KEY = b"\x10"  # show_existing_frame 0, frame_type 0, show_frame 1
INTER = b"\x30"


def obu(kind: int, payload: bytes, extension: bytes = b"") -> bytes:
    header = bytes((kind << 3 | 2 | (4 if extension else 0),)) + extension
    return header + bytes((len(payload),)) + payload


def sized(writer: BitWriter, width: int, height: int) -> BitWriter:
    return writer.bits(4, 11).bits(4, 10).bits(12, width - 1).bits(11, height - 1)


def tools(writer: BitWriter) -> BitWriter:
    """Write from frame ids to restoration, with every branch taken."""
    writer.bits(1, 1).bits(7, 0)  # frame ids
    writer.bits(3 + 4, 0).bits(1, 1).bits(2, 0)  # order hint
    writer.bits(2, 0b01).bits(2, 0b01).bits(3, 6)  # screen content forced, integer motion forced
    return writer.bits(3, 0)


def simple(width: int, height: int, *, level: int = 8, tier: int = 1) -> bytes:
    writer = BitWriter().bits(3, 0).bits(2, 0).bits(2, 0).bits(5, 0).bits(12, 0).bits(5, level)
    if level > 7:
        writer.bits(1, tier)
    writer = tools(sized(writer, width, height))
    return writer.bits(3, 0).bits(1, 0).bits(2, 2).bits(2, 0).to_bytes()


def test_a_sequence_header_is_read() -> None:
    header = av1.parse_sequence_header(simple(1920, 1080))

    assert (header.width, header.height, header.profile) == (1920, 1080, 0)
    assert (header.level, header.tier, header.bit_depth) == (8, 1, 8)
    assert (header.subsampling, header.sample_position, header.monochrome) == ((True, True), 2, False)


def test_a_reduced_still_picture_header_is_read() -> None:
    writer = sized(BitWriter().bits(3, 1).bits(2, 0b11).bits(5, 4), 853, 481)
    writer.bits(3, 0).bits(3, 0).bits(1, 1).bits(2, 0).bits(2, 0)

    header = av1.parse_sequence_header(writer.to_bytes())

    assert (header.reduced, header.width, header.height, header.level) == (True, 853, 481, 4)
    assert (header.bit_depth, header.subsampling) == (10, (False, False))


def test_timing_and_operating_points_are_passed_over() -> None:
    writer = BitWriter().bits(3, 0).bits(2, 0).bits(1, 1).bits(32, 1001).bits(32, 30000)
    writer.bits(1, 1).ue(3)  # equal intervals
    writer.bits(1, 1).bits(5, 9).bits(32, 7).bits(5, 3).bits(5, 3)  # decoder model, delays of 10 bits
    writer.bits(1, 1).bits(5, 2)  # display delays, three points
    writer.bits(12, 1).bits(5, 9).bits(1, 1).bits(1, 1).bits(21, 5).bits(1, 1).bits(4, 3)
    writer.bits(12, 3).bits(5, 5).bits(1, 0).bits(1, 0)
    writer.bits(12, 7).bits(5, 0).bits(1, 1).bits(21, 5).bits(1, 0)
    tools(sized(writer, 1280, 720)).bits(3, 0).bits(1, 0).bits(2, 0).bits(2, 0)

    header = av1.parse_sequence_header(writer.to_bytes())

    assert (header.width, header.height, header.level, header.tier) == (1280, 720, 9, 1)


@pytest.mark.parametrize(
    ("profile", "bits", "expected"),
    [
        (0, "0" "1" "0" "0", (8, True, (True, True))),
        (0, "1" "0" "1" "000000010000110100000000", (10, False, (False, False))),
        (1, "1" "0" "0", (10, False, (False, False))),
        (2, "1" "0" "0" "0" "0", (10, False, (True, False))),
        (2, "1" "1" "0" "0" "0" "1" "1" "01", (12, False, (True, True))),
        (2, "1" "1" "0" "0" "0" "0", (12, False, (False, False))),
    ],
)  # fmt: skip
def test_colours_of_every_profile_are_read(
    profile: int, bits: str, expected: tuple[int, bool, tuple[bool, bool]]
) -> None:
    writer = sized(BitWriter().bits(3, profile).bits(2, 0b11).bits(5, 4), 64, 64).bits(6, 0)

    header = av1.parse_sequence_header(writer.bits(len(bits), int(bits, 2)).bits(2, 0).to_bytes())

    assert (header.bit_depth, header.monochrome, header.subsampling) == expected


def test_every_cut_of_a_header_is_a_media_error() -> None:
    header = simple(1920, 1080)

    for end in range(len(header) - 1):
        with pytest.raises(MediaError):
            av1.parse_sequence_header(header[:end])


def test_an_unknown_profile_is_a_media_error() -> None:
    with pytest.raises(MediaError):
        av1.parse_sequence_header(b"\x60" + bytes(40))


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            lambda kind, extension, payload: Obu(
                kind, bytes((kind << 3 | (4 if extension else 0),)) + extension, payload
            ),
            st.integers(1, 15),
            st.sampled_from([b"", b"\x28"]),
            st.binary(max_size=300),
        )
    )
)
def test_units_are_cut_as_they_were_joined(units: list[Obu]) -> None:
    assert av1.obus(av1.to_bytes(units)) == units


def test_a_last_unit_without_size_ends_with_the_data() -> None:
    assert av1.obus(b"\x12\x00\x30abc") == [Obu(2, b"\x10", b""), Obu(6, b"\x30", b"abc")]


@pytest.mark.parametrize(
    "data", [b"\x80\x00", b"\x32", b"\x32\x05abc", b"\x34", b"\x36\x00", b"\x32\xff", b"\x32\0" * 257]
)
def test_units_that_are_cut_off_or_too_many_are_media_errors(data: bytes) -> None:
    with pytest.raises(MediaError):
        av1.obus(data)


def test_a_unit_with_sequence_header_and_key_frame_is_a_key() -> None:
    sequence, frame = obu(1, simple(640, 360)), obu(6, KEY + b"abc")

    unit = av1.parse_unit(DELIMITER + sequence + frame)

    assert unit.key
    assert unit.data == sequence + frame
    assert unit.sequence_obu == sequence
    assert unit.sequence is not None
    assert (unit.sequence.width, unit.sequence.height) == (640, 360)


def test_the_size_is_written_back_as_short_as_it_can_be() -> None:
    sequence = simple(640, 360)
    padded = b"\x0a" + bytes((len(sequence) | 0x80, 0)) + sequence

    assert av1.parse_unit(padded + obu(6, KEY)).sequence_obu == obu(1, sequence)


@pytest.mark.parametrize(
    "data",
    [
        obu(6, KEY),
        DELIMITER + obu(6, KEY),
        DELIMITER + obu(1, simple(640, 360)) + obu(6, INTER),
        obu(1, simple(640, 360)) + obu(3, b"\x80"),  # shows another frame again
        obu(1, simple(640, 360)) + obu(6, b"\x00"),  # a key frame that is not shown
        obu(1, simple(640, 360)),
        obu(5, b"metadata") + obu(6, KEY),
    ],
)
def test_other_units_are_no_keys(data: bytes) -> None:
    unit = av1.parse_unit(data)

    assert not unit.key
    assert unit.data == data.removeprefix(DELIMITER)


@pytest.mark.parametrize("data", [b"", b"\xff", DELIMITER + b"\x0a\x05ab", obu(1, b"\0") + obu(6, KEY)])
def test_garbage_units_are_media_errors(data: bytes) -> None:
    with pytest.raises(MediaError):
        av1.parse_unit(data)


def test_the_configuration_record_repeats_the_sequence_header() -> None:
    sequence = obu(1, simple(1920, 1080))

    assert av1.av1c(sequence) == bytes((0x81, 8, 0x80 | 0b1110, 0)) + sequence


@pytest.mark.parametrize("data", [b"", obu(6, KEY)])
def test_a_configuration_record_needs_a_sequence_header(data: bytes) -> None:
    with pytest.raises(MediaError):
        av1.av1c(data)


@settings(deadline=None)
@given(st.sampled_from([b"", DELIMITER, b"\x0a", obu(1, simple(64, 64))]), st.binary(max_size=60))
def test_garbage_is_a_media_error_and_nothing_else(start: bytes, data: bytes) -> None:
    for read in (av1.parse_unit, av1.parse_sequence_header, av1.obus, av1.av1c):
        try:
            read(start + data)
        except MediaError:
            continue
