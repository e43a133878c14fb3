import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media import vp8, vp9
from tests.kit.bit_writer import BitWriter

pytestmark = pytest.mark.unit


def vp8_key(width: int, height: int, first_partition: int = 0) -> bytes:
    tag = first_partition << 5 | 0x10
    sizes = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return tag.to_bytes(3, "little") + b"\x9d\x01\x2a" + sizes + bytes(first_partition)


def test_a_vp8_key_frame_tells_its_size_without_the_scaling_bits() -> None:
    assert vp8.parse_header(vp8_key(854 | 0xC000, 481 | 0x4000)) == (True, 854, 481)


def test_a_vp8_frame_between_key_frames_has_no_size() -> None:
    assert vp8.parse_header(b"\x11\x00\x00") == (False, 0, 0)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x10\x02",
        vp8_key(640, 360)[:9],
        vp8_key(640, 360, 20)[:-1],
        vp8_key(640, 360).replace(b"\x9d", b"\x9c"),
        vp8_key(0, 360),
        vp8_key(640, 0xC000),
        b"\x31\x00\x00",
    ],
)
def test_vp8_frames_that_cannot_be_are_media_errors(frame: bytes) -> None:
    with pytest.raises(MediaError):
        vp8.parse_header(frame)


def vp9_key(profile: int, width: int, height: int, *, srgb: bool = False) -> bytes:
    writer = BitWriter().bits(2, 2).bits(1, profile & 1).bits(1, profile >> 1)
    if profile == 3:
        writer.bits(1, 0)
    writer.bits(4, 0b0010).bits(24, 0x498342)
    if profile >= 2:
        writer.bits(1, 1)
    writer.bits(3, 7 if srgb else 2)
    if not srgb:
        writer.bits(1, 0).bits(3 if profile & 1 else 0, 0)
    elif profile & 1:
        writer.bits(1, 0)
    return writer.bits(16, width - 1).bits(16, height - 1).to_bytes()


@pytest.mark.parametrize("profile", [0, 1, 2, 3])
def test_a_vp9_key_frame_of_each_profile_tells_its_size(profile: int) -> None:
    header = vp9.parse_header(vp9_key(profile, 853, 481))

    assert (header.key, header.profile, header.width, header.height) == (True, profile, 853, 481)
    assert header.bit_depth == (12 if profile >= 2 else 8)


def test_a_vp9_key_frame_in_rgb_is_read_where_the_profile_has_it() -> None:
    assert vp9.parse_header(vp9_key(1, 640, 360, srgb=True)).width == 640
    with pytest.raises(MediaError):
        vp9.parse_header(vp9_key(0, 640, 360, srgb=True))


@pytest.mark.parametrize("profile", [0, 2])
def test_an_intra_only_vp9_frame_is_no_key_frame(profile: int) -> None:
    writer = BitWriter().bits(4, 0b1000 | (profile & 1) << 1 | profile >> 1).bits(4, 0b0100)
    writer.bits(1, 1).bits(2, 0).bits(24, 0x498342)
    if profile:
        writer.bits(1, 0).bits(3, 2).bits(1, 0)
    writer.bits(8, 1).bits(16, 639).bits(16, 359)

    header = vp9.parse_header(writer.to_bytes())

    assert (header.key, header.intra_only, header.shown) == (False, True, False)
    assert (header.width, header.height) == (640, 360)


@pytest.mark.parametrize(("found", "expected"), [("001", (0, 0)), ("000", (640, 360))])
def test_a_vp9_frame_may_take_its_size_from_another(found: str, expected: tuple[int, int]) -> None:
    writer = BitWriter().bits(8, 0b10000110).bits(2, 0).bits(8, 1).bits(12, 0)
    writer.bits(3, int(found, 2)).bits(16, 639).bits(16, 359)

    header = vp9.parse_header(writer.to_bytes())

    assert (header.key, header.shown, header.width, header.height) == (False, True, *expected)


def test_a_vp9_frame_that_only_shows_another_is_no_key_frame() -> None:
    assert vp9.parse_header(b"\x88") == vp9.Vp9Header(0)


@pytest.mark.parametrize("frame", [b"", b"\x00", b"\x82", b"\x82\x49\x83\x43\0\0\0\0\0", b"\x86"])
def test_vp9_frames_that_cannot_be_are_media_errors(frame: bytes) -> None:
    with pytest.raises(MediaError):
        vp9.parse_header(frame)


@settings(deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=400).map(lambda b: b + b"\1"), min_size=1, max_size=8))
def test_a_superframe_is_cut_into_what_it_was_joined_from(parts: list[bytes]) -> None:
    assert vp9.frames(vp9.superframe(parts)) == parts


@pytest.mark.parametrize("parts", [[], [b"a"] * 9])
def test_a_superframe_has_one_to_eight_frames(parts: list[bytes]) -> None:
    with pytest.raises(MediaError):
        vp9.superframe(parts)


def test_an_index_that_does_not_fit_is_a_media_error() -> None:
    with pytest.raises(MediaError):
        vp9.frames(b"ab" + b"\xc1\x05\x05\xc1")
    with pytest.raises(MediaError):
        vp9.frames(b"\xc0\x00\xc0")


@settings(deadline=None)
@given(st.binary(max_size=40), st.sampled_from([b"", b"\x82\x49\x83\x42", b"\x10\x02\x00\x9d\x01\x2a"]))
def test_garbage_is_a_media_error_and_nothing_else(data: bytes, start: bytes) -> None:
    for read in (vp8.parse_header, vp9.parse_header, vp9.frames):
        try:
            read(start + data)
        except MediaError:
            continue
