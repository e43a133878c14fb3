import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media.bits import BitReader, leb128, to_leb128, unescape
from tests.kit.bit_writer import BitWriter

pytestmark = pytest.mark.unit


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**32 - 2), max_size=8), st.lists(st.integers(-(2**20), 2**20), max_size=8))
def test_exp_golomb_codes_are_read_as_written(unsigned: list[int], signed: list[int]) -> None:
    reader = BitReader(BitWriter().ue(*unsigned).se(*signed).to_bytes())

    assert [reader.ue() for _ in unsigned] == unsigned
    assert [reader.se() for _ in signed] == signed


def test_bits_come_most_significant_first() -> None:
    reader = BitReader(b"\xa5\x0f")

    assert [reader.bits(1), reader.bits(3), reader.flag(), reader.bits(7)] == [1, 2, False, 80]


def test_reading_past_the_end_is_a_media_error() -> None:
    reader = BitReader(b"\xff")
    reader.skip(8)

    with pytest.raises(MediaError):
        reader.flag()


@pytest.mark.parametrize("data", [b"", b"\0" * 3, b"\0" * 40])
def test_an_endless_exp_golomb_code_is_a_media_error(data: bytes) -> None:
    with pytest.raises(MediaError):
        BitReader(data).ue()


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.binary(max_size=3))
def test_base_128_numbers_are_read_as_written(value: int, before: bytes) -> None:
    data = before + to_leb128(value) + b"\x7f"

    assert leb128(data, len(before)) == (value, len(data) - 1)


def test_a_padded_base_128_number_is_read() -> None:
    assert leb128(b"\x85\x80\x80\x00", 0) == (5, 4)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x80" * 9 + b"\0", b"\xff\xff\xff\xff\x7f"])
def test_a_base_128_number_that_is_cut_off_or_too_large_is_a_media_error(data: bytes) -> None:
    with pytest.raises(MediaError):
        leb128(data, 0)


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        ("0000030102", "00000102"),
        ("000003000003", "00000000"),
        ("00000300", "000000"),
        ("0000030000030001", "000000000001"),
        ("000102030003", "000102030003"),
    ],
)
def test_emulation_prevention_bytes_are_taken_out(escaped: str, plain: str) -> None:
    assert unescape(bytes.fromhex(escaped)) == bytes.fromhex(plain)
