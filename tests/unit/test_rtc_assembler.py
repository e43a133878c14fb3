"""Packets come in any order, twice or never; frames leave whole and in order, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.rtc.receive.assembler import (
    FRAME_MOST,
    NACK_AFTER,
    NACK_AGAIN,
    NACK_MOST,
    PATIENCE_MOST,
    Assembler,
    Frame,
)

pytestmark = pytest.mark.unit

PATIENCE = 0.25


def packets(frames: int, first: int = 0, of: int = 3) -> list[tuple[int, int, bool, bytes]]:
    """(sequence, timestamp, marker, payload) of frames of `of` packets each."""
    made = []
    for number in range(frames * of):
        frame, part = divmod(number, of)
        made.append(((first + number) & 0xFFFF, frame * 3000, part == of - 1, b"%d.%d" % (frame, part)))
    return made


def feed(assembler: Assembler, sent: list[tuple[int, int, bool, bytes]], now: float = 0.0) -> list[Frame]:
    return [frame for packet in sent for frame in assembler.add(*packet, now)]


def test_a_frame_leaves_with_its_last_packet() -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    sent = packets(2)
    assert not feed(assembler, sent[:2])
    assert [frame.payloads for frame in feed(assembler, sent[2:3])] == [[b"0.0", b"0.1", b"0.2"]]


def test_without_a_marker_the_next_time_stamp_ends_a_frame() -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    sent = [(number, timestamp, False, payload) for number, timestamp, _, payload in packets(2)]
    assert [frame.timestamp for frame in feed(assembler, sent)] == [0]


@given(st.permutations(range(12)), st.integers(0, 0xFFFF))
def test_any_order_gives_the_frames_in_order(order: list[int], first: int) -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    sent = packets(5, first)
    got = feed(assembler, sent[:3]) + feed(assembler, [sent[3 + index] for index in order])
    assert [frame.timestamp for frame in got] == [0, 3000, 6000, 9000, 12000]
    assert not any(frame.gap for frame in got)
    assert assembler.lost == 0


@given(st.sets(st.integers(3, 26), min_size=1, max_size=8))
def test_what_is_lost_for_good_takes_no_other_frame_with_it_than_the_ones_around_it(lost: set[int]) -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    sent = packets(10)
    got = feed(assembler, [packet for number, packet in enumerate(sent) if number not in lost], 1.0)
    got += assembler.expire(1.0 + PATIENCE)
    damaged = {number // 3 for number in lost}
    behind = {frame + 1 for number in lost if number % 3 == 2 for frame in (number // 3,)}
    whole = [frame.timestamp // 3000 for frame in got]
    assert whole == sorted(whole)
    assert set(whole) >= set(range(10)) - damaged - behind
    assert not set(whole) & damaged
    assert all(len(frame.payloads) == 3 for frame in got)


def test_the_frame_after_a_loss_says_so() -> None:
    assembler = Assembler(PATIENCE, each_packet=True)
    sent = packets(5, of=1)
    feed(assembler, [sent[0], sent[2], sent[3]])
    got = assembler.expire(PATIENCE)
    assert [(frame.payloads, frame.gap) for frame in got] == [([b"2.0"], True), ([b"3.0"], False)]
    assert assembler.lost == 1


def test_nothing_is_given_up_before_its_time() -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    sent = packets(3)
    feed(assembler, sent[:3] + sent[4:], 10.0)
    assert not assembler.expire(10.0 + PATIENCE - 0.01)
    assert [frame.timestamp for frame in assembler.add(*sent[3], 10.2)] == [3000, 6000]


def test_what_is_missing_is_asked_for_again_and_again() -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    sent = packets(3, first=0xFFFE)
    feed(assembler, [sent[0], sent[3]], 1.0)
    assert assembler.to_request(1.0) == []
    assert assembler.to_request(1.0 + NACK_AFTER) == [0xFFFF, 0]
    assert assembler.to_request(1.0 + NACK_AFTER) == []
    assert assembler.to_request(1.0 + NACK_AFTER + NACK_AGAIN) == [0xFFFF, 0]


def test_padding_does_not_end_or_begin_a_frame() -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    sent = [
        (0, 0, False, b"a"),
        (1, 0, False, b""),
        (2, 0, True, b"b"),
        (3, 0, False, b""),
        (4, 9, True, b"c"),
    ]
    assert [frame.payloads for frame in feed(assembler, sent)] == [[b"a", b"b"], [b"c"]]


def test_a_late_or_repeated_packet_changes_nothing() -> None:
    assembler = Assembler(PATIENCE, each_packet=True)
    sent = packets(3, of=1)
    assert len(feed(assembler, sent)) == 3
    assert not feed(assembler, sent)
    assert assembler.late == 3


def test_a_leap_of_the_sequence_numbers_is_a_new_beginning() -> None:
    assembler = Assembler(PATIENCE, each_packet=True)
    feed(assembler, packets(2, of=1))
    got = feed(assembler, packets(2, first=30000, of=1))
    assert [frame.gap for frame in got] == [True, False]


def test_a_long_outage_is_asked_for_in_packets_of_bounded_size() -> None:
    assembler = Assembler(PATIENCE, each_packet=True)
    sent = packets(1000, of=1)
    feed(assembler, [sent[0], sent[-1]])
    assert len(assembler.to_request(NACK_AFTER)) == NACK_MOST
    assert len(assembler.to_request(NACK_AFTER)) == NACK_MOST


def test_on_a_long_way_it_asks_less_often_and_waits_longer() -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    assembler.adapt(0.2)
    sent = packets(2)
    feed(assembler, [*sent[:1], *sent[2:]], 1.0)
    assert assembler.to_request(1.0 + NACK_AFTER) == [1]
    assert assembler.to_request(1.0 + NACK_AFTER + 0.2) == []
    assert assembler.to_request(1.0 + NACK_AFTER + 0.23) == [1]
    assert not assembler.expire(1.0 + 0.49)
    assert assembler.expire(1.0 + 0.51)


def test_no_way_is_so_long_that_it_waits_for_ever() -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    assembler.adapt(5.0)
    sent = packets(2)
    feed(assembler, [*sent[:1], *sent[2:]], 1.0)
    assert assembler.expire(1.0 + PATIENCE_MOST + 0.01)


def test_a_frame_without_end_is_dropped() -> None:
    assembler = Assembler(PATIENCE, each_packet=False)
    endless = [(number, 0, False, b"x") for number in range(2 * FRAME_MOST)]
    assert not feed(assembler, endless)
    got = feed(assembler, [(2 * FRAME_MOST, 9, True, b"y")])
    assert [(frame.payloads, frame.gap) for frame in got] == [([b"y"], True)]
