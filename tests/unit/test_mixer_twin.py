"""Pictures that come by a server are known again among those of the hub."""

import pytest

from stagedoor.media.h264 import to_annexb
from stagedoor.media.marks import mark_of
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.mixer.sources.twin import MOST_MARKS, Marks, Shift

pytestmark = pytest.mark.unit

SPS, PPS, DELIMITER, SEI = b"\x67sps", b"\x68pps", b"\x09\xf0", b"\x06sei"
IDR, SLICE = b"\x65picture", b"\x41picture"
VPS_265, SEI_265, SLICE_265 = b"\x40\x01vps", b"\x4e\x01sei", b"\x02\x01picture"
SEQUENCE_OBU, FRAME_OBU = b"\x0a\x02se", b"\x32\x05frame"


def packet(data: bytes, codec: Codec = Codec.H264) -> Packet:
    return Packet(Track(codec, 90_000), data, 0, 0)


@pytest.mark.parametrize(
    ("codec", "one", "other"),
    [
        (Codec.H264, to_annexb([SPS, PPS, IDR]), to_annexb([IDR])),
        (Codec.H264, to_annexb([SLICE, SLICE]), to_annexb([DELIMITER, SEI, SLICE, SLICE])),
        (Codec.H265, to_annexb([VPS_265, SLICE_265]), to_annexb([SEI_265, SLICE_265])),
        (Codec.AV1, SEQUENCE_OBU + FRAME_OBU, FRAME_OBU),
        (Codec.VP8, b"frame", b"frame"),
    ],
)
def test_what_servers_add_is_no_matter(codec: Codec, one: bytes, other: bytes) -> None:
    assert mark_of(packet(one, codec)) == mark_of(packet(other, codec))


def test_another_picture_has_another_mark() -> None:
    pictures = ([IDR], [SLICE], [SLICE, SLICE], [SLICE + b"s"], [SPS])
    assert len({mark_of(packet(to_annexb(each))) for each in pictures}) == len(pictures)


def test_the_newest_of_those_that_look_the_same_is_meant() -> None:
    """Test guests send the same ten seconds again and again."""
    marks = Marks()
    for at_s in (1.0, 11.0):
        marks.add((1, 2), at_s)
        assert marks.find((1, 2)) == at_s
    assert marks.find((1, 3)) is None


def test_nobody_can_tell_which_of_a_picture_that_stands() -> None:
    marks = Marks()
    for at_s in (1.0, 1.033):
        marks.add((1, 2), at_s)
    assert marks.find((1, 2)) is None
    # Read anew, they are those same ones; much later they are others.
    marks.add((1, 2), 1.033)
    assert marks.find((1, 2)) is None
    marks.add((1, 2), 9.0)
    assert marks.find((1, 2)) == 9.0
    marks.add((1, 2), 9.0)
    assert marks.find((1, 2)) == 9.0


def test_what_is_remembered_is_bounded() -> None:
    marks = Marks()
    for number in range(MOST_MARKS + 1):
        marks.add((number, 0), float(number))
    assert marks.find((0, 0)) is None
    assert marks.find((1, 0)) == 1.0


def stream(first: int, last: int, period: int = 10_000) -> list[tuple[tuple[int, int], float]]:
    """Pictures at 30 a second, of which those a period apart look the same."""
    return [((number % period, 7), number / 30) for number in range(first, last)]


def test_the_shift_is_known_from_the_first_picture_on() -> None:
    marks = Marks()
    for mark, at_s in stream(0, 40):
        marks.add(mark, at_s)
    shift = Shift(marks)
    assert [shift.after(mark, at_s - 5.0) for mark, at_s in stream(3, 35)] == pytest.approx([5.0] * 32)


def test_a_first_picture_that_the_hub_has_later_is_looked_for_again() -> None:
    marks = Marks()
    shift = Shift(marks)
    (first, first_s), (second, second_s), (third, third_s) = stream(0, 3)
    assert shift.after(first, first_s - 5.0) is None
    marks.add(first, first_s)
    assert shift.after(second, second_s - 5.0) == pytest.approx(5.0)
    assert shift.after(third, third_s - 5.0) == pytest.approx(5.0)


def test_a_first_picture_from_long_ago_is_not_believed_at_once() -> None:
    """A test guest's ten seconds come again and again; the hub may have them a moment after the server."""
    marks = Marks()
    shift = Shift(marks)
    for mark, at_s in stream(0, 120, period=120):
        marks.add(mark, at_s)
    hub = iter(stream(120, 200, period=120))
    assert shift.after((0, 7), 4.0 - 5.0) is None
    for mark, at_s in stream(121, 150, period=120):
        marks.add(*next(hub))
        assert shift.after(mark, at_s - 5.0) == pytest.approx(5.0)


def test_what_looks_like_a_picture_that_the_hub_has_later_is_not_taken_for_it() -> None:
    """Coded pictures of what hardly moves may be the same every 16 pictures, as their numbers are."""
    marks = Marks()
    shift = Shift(marks)
    marks.add((999, 7), 0.0)
    assert shift.after((999, 7), -5.0) == 5.0
    hub = iter(stream(1, 200, period=16))
    for mark, at_s in stream(1, 100, period=16):
        assert shift.after(mark, at_s - 5.0) == pytest.approx(5.0)
        if at_s > 0.1:
            # Three pictures behind.
            marks.add(*next(hub))


def test_nothing_is_known_of_what_somebody_has_coded_anew() -> None:
    marks = Marks()
    for mark, at_s in stream(0, 100):
        marks.add(mark, at_s)
    shift = Shift(marks)
    assert {shift.after((mark[0], 8), at_s) for mark, at_s in stream(0, 100)} == {None}
