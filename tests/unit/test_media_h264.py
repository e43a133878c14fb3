from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media.h264 import (
    ParameterSets,
    Sps,
    annexb_to_length_prefixed,
    avcc,
    nalus,
    parse_sps,
    to_annexb,
)
from tests.kit.bit_writer import BitWriter

pytestmark = pytest.mark.unit

PPS = BitWriter().ue(0, 0).bits(2, 0).to_nal(0x68)


def start(profile: int, constraints: int = 0, level: int = 31, sps_id: int = 0) -> BitWriter:
    return BitWriter().bits(8, profile).bits(8, constraints).bits(8, level).ue(sps_id)


def size(writer: BitWriter, columns: int, rows: int, *, frames: bool = True, crop: str = "") -> BitWriter:
    """Write from max_num_ref_frames to the cropping."""
    writer.ue(1).bits(1, 0).ue(columns - 1, rows - 1).bits(1, frames)
    if not frames:
        writer.bits(1, 1)
    writer.bits(1, 1).bits(1, bool(crop))
    return writer.ue(*map(int, crop.split()))


def baseline(columns: int, rows: int, crop: str = "", sps_id: int = 0) -> bytes:
    return size(start(66, 0xC0, sps_id=sps_id).ue(0, 2), columns, rows, crop=crop).bits(1, 0).to_nal(0x67)


@pytest.mark.parametrize(
    ("columns", "rows", "crop", "expected"),
    [
        (80, 45, "", (1280, 720)),
        (120, 68, "0 0 0 4", (1920, 1080)),
        (54, 30, "0 5 0 0", (854, 480)),
        (45, 80, "", (720, 1280)),
        (20, 12, "0 0 6 0", (320, 180)),
    ],
)
def test_the_cropped_size_is_read(columns: int, rows: int, crop: str, expected: tuple[int, int]) -> None:
    sps = parse_sps(baseline(columns, rows, crop))

    assert (sps.width, sps.height) == expected
    assert (sps.profile, sps.constraints, sps.level, sps.fps) == (66, 0xC0, 31, None)


def test_interlaced_pictures_count_their_rows_in_fields() -> None:
    writer = size(start(77).ue(0, 2), 120, 34, frames=False, crop="0 0 0 2").bits(1, 0)

    sps = parse_sps(writer.to_nal(0x67))

    assert (sps.width, sps.height) == (1920, 1080)


@pytest.mark.parametrize(("chroma", "expected"), [(0, (1279, 719)), (1, (1278, 718)), (2, (1278, 719))])
def test_cropping_counts_in_units_of_the_chroma_format(chroma: int, expected: tuple[int, int]) -> None:
    writer = start(122).ue(chroma, 2, 2).bits(1, 0).bits(1, 0).ue(0, 2)

    sps = parse_sps(size(writer, 80, 45, crop="0 1 0 1").bits(1, 0).to_nal(0x67))

    assert (sps.width, sps.height) == expected
    assert (sps.chroma_format, sps.bit_depth_luma, sps.bit_depth_chroma) == (chroma, 10, 10)


def test_separate_colour_planes_crop_by_single_pixels() -> None:
    writer = start(244).ue(3).bits(1, 1).ue(0, 0).bits(1, 0).bits(1, 0).ue(0, 2)

    sps = parse_sps(size(writer, 2, 2, crop="0 1 0 3").bits(1, 0).to_nal(0x67))

    assert (sps.width, sps.height) == (31, 29)


def test_scaling_lists_are_passed_over() -> None:
    writer = start(100).ue(1, 0, 0).bits(1, 0).bits(1, 1)
    writer.bits(1, 1).se(*([1] * 16))  # a whole list
    writer.bits(1, 0)  # none
    writer.bits(1, 1).se(-8)  # ended by a zero: the default list
    writer.bits(3, 0)
    writer.bits(1, 1).se(4, *([0] * 63))
    writer.bits(1, 1).se(2, -10)  # ended by a zero after one
    writer.ue(0, 0, 0)

    sps = parse_sps(size(writer, 40, 30).bits(1, 0).to_nal(0x67))

    assert (sps.width, sps.height) == (640, 480)


def test_the_second_kind_of_picture_order_is_passed_over() -> None:
    writer = start(77).ue(4, 1).bits(1, 0).se(-3, 5).ue(3).se(1, -2, 3)

    sps = parse_sps(size(writer, 40, 30).bits(1, 0).to_nal(0x67))

    assert (sps.width, sps.height) == (640, 480)


def test_the_frame_rate_is_read_behind_all_that_may_precede_it() -> None:
    writer = size(start(77).ue(0, 2), 40, 30).bits(1, 1)
    writer.bits(1, 1).bits(8, 255).bits(32, 0x0001_0001)  # aspect ratio
    writer.bits(2, 0b11)  # overscan
    writer.bits(6, 0b101011).bits(24, 0x010101)  # video signal with colours
    writer.bits(1, 1).ue(0, 0)  # chroma location
    writer.bits(1, 1).bits(32, 1001).bits(32, 60000).bits(1, 1)

    assert parse_sps(writer.to_nal(0x67)).fps == Fraction(30000, 1001)


def test_a_frame_rate_of_nothing_is_none() -> None:
    writer = size(start(77).ue(0, 2), 40, 30).bits(1, 1).bits(4, 0).bits(1, 1).bits(32, 0).bits(32, 60)

    assert parse_sps(writer.to_nal(0x67)).fps is None


@pytest.mark.parametrize(
    "sps",
    [
        b"",
        b"\x67",
        PPS,
        start(66, sps_id=32).ue(0, 2).to_nal(0x67),
        start(100).ue(4).to_nal(0x67),
        start(66).ue(0, 3).to_nal(0x67),
        baseline(80, 45, "0 640 0 0"),
        baseline(2000, 45),
    ],
)
def test_impossible_sets_are_media_errors(sps: bytes) -> None:
    with pytest.raises(MediaError):
        parse_sps(sps)


@settings(deadline=None)
@given(st.integers(0, 255), st.binary(max_size=80))
def test_garbage_is_a_media_error_or_a_possible_picture(profile: int, data: bytes) -> None:
    try:
        sps = parse_sps(bytes((0x67, profile, 0, 31)) + data)
    except MediaError:
        return
    assert 0 < sps.width <= 16384
    assert 0 < sps.height <= 16384


def test_every_cut_of_a_set_is_a_media_error() -> None:
    sps = baseline(120, 68, "0 0 0 4")

    for end in range(len(sps) - 1):
        with pytest.raises(MediaError):
            parse_sps(sps[:end])


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\1\x67\1\0\0\0\1\x68\2\0\0\1\x65\3",
        b"\0\0\1\x67\1\0\0\1\x68\2\0\0\0\0\0\1\x65\3\0\0",
    ],
)
def test_units_are_cut_at_start_codes_of_either_length(data: bytes) -> None:
    assert nalus(data) == [b"\x67\1", b"\x68\2", b"\x65\3"]


@pytest.mark.parametrize("data", [b"", b"\x65\3", b"\0\0\0\5\x65abc", b"\1\0\0\1\x65"])
def test_what_does_not_begin_with_a_start_code_is_a_media_error(data: bytes) -> None:
    with pytest.raises(MediaError):
        nalus(data)


def test_lengths_take_the_place_of_start_codes() -> None:
    data = b"\0\0\1\x67\1\0\0\0\1\x65\3\4"

    assert annexb_to_length_prefixed(data) == b"\0\0\0\2\x67\1\0\0\0\3\x65\3\4"


def test_the_configuration_record_of_a_baseline_stream() -> None:
    sps = baseline(80, 45)

    record = avcc([sps], [PPS])

    assert record == (bytes((1, 66, 0xC0, 31, 0xFF, 0xE1, 0, len(sps))) + sps + bytes((1, 0, len(PPS))) + PPS)


def test_the_configuration_record_of_a_high_stream_ends_with_its_chroma() -> None:
    writer = start(110).ue(1, 2, 2).bits(1, 0).bits(1, 0).ue(0, 2)
    sps = size(writer, 80, 45).bits(1, 0).to_nal(0x67)

    assert avcc([sps], [PPS, PPS])[-4:] == bytes((0xFD, 0xFA, 0xFA, 0))


@pytest.mark.parametrize(("sps", "pps"), [([], [PPS]), ([baseline(80, 45)], []), ([PPS], [PPS])])
def test_a_configuration_record_needs_sets(sps: list[bytes], pps: list[bytes]) -> None:
    with pytest.raises(MediaError):
        avcc(sps, pps)


def test_the_sets_of_a_slice_are_found_by_its_picture_parameter_set() -> None:
    large, small = baseline(80, 45, sps_id=0), baseline(20, 15, sps_id=3)
    of_large, of_small = (BitWriter().ue(pps, sps).bits(8, 0).to_nal(0x68) for pps, sps in ((0, 0), (7, 3)))
    sets = ParameterSets()
    for nal in (large, small, of_small, of_large):
        sets.add(nal)

    active = sets.activate(BitWriter().ue(0, 7, 7).bits(8, 0).to_nal(0x65))

    assert active is not None
    assert (active.width, active.height) == (320, 240)
    assert active.annexb == to_annexb([small, of_small])


def test_a_slice_of_sets_that_never_came_has_none() -> None:
    sets = ParameterSets()
    sets.add(PPS)

    assert sets.activate(BitWriter().ue(0, 7, 0).to_nal(0x65)) is None
    assert sets.activate(BitWriter().ue(0, 7, 9).to_nal(0x65)) is None


@pytest.mark.parametrize("nal", [b"\x68", BitWriter().ue(256, 0).to_nal(0x68), b"\x68" + b"\xff" * 5000])
def test_sets_that_cannot_be_are_media_errors(nal: bytes) -> None:
    with pytest.raises(MediaError):
        ParameterSets().add(nal)


def test_a_set_is_a_value() -> None:
    assert parse_sps(baseline(80, 45)) == Sps(0, 66, 0xC0, 31, 1280, 720)
