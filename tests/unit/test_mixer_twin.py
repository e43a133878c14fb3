"""Pictures that come by a server are known again among those of the hub."""

import threading
from contextlib import AbstractContextManager, nullcontext

import pytest
from av.container import InputContainer

from stagedoor.domain.errors import NotFoundError
from stagedoor.media.h264 import to_annexb
from stagedoor.media.marks import mark_of
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.mixer.sources.opening import Stop
from stagedoor.mixer.sources.twin import MOST_MARKS, WAY_S, Marks, Shift, Twin

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


def test_what_has_no_picture_in_it_has_no_mark() -> None:
    assert mark_of(packet(to_annexb([SPS, PPS, SEI]))) is None
    assert mark_of(packet(SEQUENCE_OBU, Codec.AV1)) is None


ONE = (1, 2)


def test_pictures_of_some_seconds_are_remembered() -> None:
    marks = Marks()
    marks.add(ONE, 1.0)
    marks.add(ONE, 1.033)
    # Read anew, it is that same one.
    marks.add(ONE, 1.033)
    assert marks.find(ONE) == (1.0, 1.033)
    for at_s in (2.0, 3.0, 4.0, 1.02 + WAY_S):
        marks.add((3, 4), at_s)
    assert marks.find(ONE) == (1.033,)
    marks.add((3, 4), 1.05 + WAY_S)
    assert marks.find(ONE) == ()


def test_nothing_stays_of_a_line_that_has_begun_anew() -> None:
    marks = Marks()
    marks.add(ONE, 300.0)
    marks.add((3, 4), 1.0)
    assert (marks.find(ONE), marks.find((3, 4))) == ((), (1.0,))


def test_what_is_remembered_is_bounded() -> None:
    marks = Marks()
    for number in range(MOST_MARKS + 1):
        marks.add((number, 0), number / 1000)
    assert marks.find((0, 0)) == ()
    assert marks.find((1, 0)) == (0.001,)


class Both:
    """Pictures at 30 a second at the hub and at a server.

    Args:
        period: From the hundredth on, pictures so far apart look the same.
        behind: By how many pictures the hub is behind the server; negative: before it.
    """

    def __init__(self, period: int = 10_000, behind: int = 0) -> None:
        self._period, self._behind = period, behind
        self._marks = Marks()
        self._shift = Shift(self._marks)
        self._added = 0

    def run(self, first: int, last: int, shift_s: float, coded: int = 7) -> list[float | None]:
        """Let the server's pictures come, and the hub's; return what is known after each."""
        found = []
        for number in range(first, last):
            while self._added <= number - self._behind:
                self._marks.add(self._mark(self._added, 7), self._added / 30)
                self._added += 1
            found.append(self._shift.after(self._mark(number, coded), number / 30 - shift_s))
        return found

    def _mark(self, number: int, coded: int) -> tuple[int, int]:
        return number if number < 100 else 1000 + number % self._period, coded


@pytest.mark.parametrize("behind", [-60, -3, 0, 3])
def test_the_shift_is_known_from_the_first_picture_on(behind: int) -> None:
    found = Both(behind=behind).run(0, 200, 5.0)
    assert found[max(0, behind) :] == pytest.approx([5.0] * (200 - max(0, behind)))
    assert found[: max(0, behind)] == [None] * max(0, behind)


@pytest.mark.parametrize("period", [2, 16, 50, 90])
@pytest.mark.parametrize("behind", [-20, 3])
def test_what_looks_like_another_picture_is_not_taken_for_it(period: int, behind: int) -> None:
    """Coded pictures of what hardly moves may be the same every 16 pictures, as their numbers are."""
    both = Both(period, behind)
    both.run(0, 100, 5.0)
    assert both.run(100, 400, 5.0) == pytest.approx([5.0] * 300)


def test_a_way_that_is_too_long_is_not_known() -> None:
    """A test guest's ten seconds come again and again: what looks the same is another round."""
    assert set(Both(300, behind=-round(30 * (WAY_S + 1))).run(100, 900, 5.0)) == {None}


def test_another_shift_is_believed_and_one_that_nothing_bears_out_forgotten() -> None:
    both = Both()
    both.run(0, 100, 5.0)
    assert both.run(100, 200, -3.0)[-1] == pytest.approx(-3.0)
    assert both.run(200, 300, -3.0, coded=8)[-1] is None
    assert both.run(300, 400, -3.0)[-1] == pytest.approx(-3.0)


def test_a_twin_whose_path_is_not_there_says_nothing_and_ends() -> None:
    asked, said = threading.Event(), list[float | None]()

    def nobody(_: Stop) -> AbstractContextManager[InputContainer]:
        asked.set()
        raise NotFoundError("nobody publishes there", code="path_unknown")

    with Twin("guest1", nobody, said.append) as twin:
        assert asked.wait(5)
        twin.began()(packet(to_annexb([IDR])))
    assert said == [None]
    assert "twin guest1" not in [each.name for each in threading.enumerate()]


def test_a_thread_that_cannot_be_had_costs_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    said = list[float | None]()
    with Twin("guest1", lambda _: nullcontext(), said.append) as twin:  # type: ignore[arg-type,return-value]
        twin.began()(packet(to_annexb([IDR])))
    assert said == [None]
