import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media.h264 import to_annexb
from stagedoor.media.h265 import ParameterSets, hvcc, parse_sps
from tests.kit.bit_writer import BitWriter

pytestmark = pytest.mark.unit

GENERAL = bytes((0x01, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93))
VPS = BitWriter().bits(4, 0).bits(28, 0x0C01FFF).to_nal(0x40, 1)
PPS = BitWriter().ue(0, 0).bits(8, 0).to_nal(0x44, 1)


def build(
    width: int,
    height: int,
    crop: tuple[int, ...] = (),
    *,
    chroma: int = 1,
    layers: tuple[tuple[int, int], ...] = (),
    sps_id: int = 0,
) -> bytes:
    writer = BitWriter().bits(4, 0).bits(3, len(layers)).bits(1, 1)
    for byte in GENERAL:
        writer.bits(8, byte)
    for profile, level in layers:
        writer.bits(1, profile).bits(1, level)
    if layers:
        writer.bits(2 * (8 - len(layers)), 0)
    for profile, level in layers:
        writer.bits(88 * profile, 0).bits(8 * level, 0)
    writer.ue(sps_id, chroma)
    if chroma == 3:
        writer.bits(1, 0)
    writer.ue(width, height).bits(1, bool(crop)).ue(*crop).ue(2, 2)
    return writer.ue(4).to_nal(0x42, 1)


@pytest.mark.parametrize(
    ("sps", "expected"),
    [
        (build(1280, 720), (1280, 720)),
        (build(1920, 1088, (0, 0, 0, 4)), (1920, 1080)),
        (build(856, 480, (0, 1, 0, 0)), (854, 480)),
        (build(1280, 720, (1, 1, 1, 1), chroma=3), (1278, 718)),
        (build(1280, 720, (1, 1, 1, 1), chroma=2), (1276, 718)),
        (build(640, 360, layers=((1, 1), (0, 1), (1, 0))), (640, 360)),
    ],
)
def test_the_size_in_the_conformance_window_is_read(sps: bytes, expected: tuple[int, int]) -> None:
    read = parse_sps(sps)

    assert (read.width, read.height) == expected
    assert (read.profile, read.level, read.bit_depth_luma, read.nested) == (1, 93, 10, True)


def test_garbage_sets_are_media_errors() -> None:
    for sps in (b"", VPS, build(0, 720), build(1280, 720, (0, 640, 0, 0)), build(8, 8, sps_id=16)):
        with pytest.raises(MediaError):
            parse_sps(sps)


def test_every_cut_of_a_set_is_a_media_error() -> None:
    sps = build(1920, 1088, (0, 0, 0, 4))

    for end in range(len(sps) - 2):
        with pytest.raises(MediaError):
            parse_sps(sps[:end])


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_garbage_is_a_media_error_or_a_possible_picture(data: bytes) -> None:
    try:
        sps = parse_sps(b"\x42\1" + data)
    except MediaError:
        return
    assert 0 < sps.width <= 16384
    assert 0 < sps.height <= 16384


def test_the_configuration_record_lists_the_sets_by_kind() -> None:
    sps = build(1280, 720)

    record = hvcc([VPS], [sps], [PPS])

    assert record[:13] == b"\1" + GENERAL
    assert record[13:23] == bytes((0xF0, 0, 0xFC, 0xFD, 0xFA, 0xFA, 0, 0, 0x0F, 3))
    assert record[23:] == b"".join(
        bytes((kind, 0, 1, 0, len(nal))) + nal for kind, nal in ((32, VPS), (33, sps), (34, PPS))
    )


def test_a_configuration_record_needs_all_three_kinds() -> None:
    with pytest.raises(MediaError):
        hvcc([], [build(1280, 720)], [PPS])


def test_the_sets_of_a_slice_are_found_by_its_picture_parameter_set() -> None:
    sets = ParameterSets()
    large, small = build(1280, 720), build(320, 240, sps_id=5)
    of_small = BitWriter().ue(9, 5).bits(8, 0).to_nal(0x44, 1)
    for nal in (large, small, of_small, PPS):
        sets.add(nal)
    slice_of_small = BitWriter().bits(2, 0b10).ue(9).bits(8, 0).to_nal(0x26, 1)

    assert sets.activate(slice_of_small) is None

    sets.add(VPS)
    active = sets.activate(slice_of_small)

    assert active is not None
    assert (active.width, active.height) == (320, 240)
    assert active.annexb == to_annexb([VPS, small, of_small])


@pytest.mark.parametrize(
    "nal", [b"\x40\1", b"\x44\1", BitWriter().ue(64, 0).to_nal(0x44, 1), b"\x44\1" + b"\xff" * 5000]
)
def test_sets_that_cannot_be_are_media_errors(nal: bytes) -> None:
    with pytest.raises(MediaError):
        ParameterSets().add(nal)
