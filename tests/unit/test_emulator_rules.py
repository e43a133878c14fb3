"""The emulator's pure rules: sequence numbers, key frames, faults, states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.emulator.connection import Loss
from stagedoor.emulator.faults import CallFault, Faults, FaultSettings, Kind, broken
from stagedoor.emulator.formats import Identity
from stagedoor.emulator.key_frames import begins_key_frame
from stagedoor.emulator.negotiation import read
from stagedoor.emulator.refusal import Refusal
from stagedoor.emulator.sequence import GIVEN_UP_AFTER, Holes, Sequencer, Unwrapper
from stagedoor.emulator.session import MOVES, State

pytestmark = pytest.mark.unit

# Sequence numbers


@given(st.integers(0, 0xFFFF), st.lists(st.integers(-200, 200), max_size=50))
def test_unwrapped_numbers_follow_the_steps(first: int, steps: list[int]) -> None:
    unwrapper = Unwrapper()
    highest = at = unwrapper.unwrap(first)
    for step in steps:
        at = highest + step
        assert unwrapper.unwrap(at & 0xFFFF) == at
        highest = max(highest, at)


def test_holes_are_asked_for_again_and_given_up() -> None:
    holes = Holes()
    assert [holes.add(number, 0.0) for number in (10, 13, 12, 12)] == [True, True, True, False]
    assert holes.due(0.0) == []
    assert holes.due(0.02) == [11]
    assert holes.due(0.03) == []
    assert holes.due(0.09) == [11]
    assert holes.add(11, 0.1)
    assert not holes
    holes.add(15, 1.0)
    assert holes.due(1.0 + GIVEN_UP_AFTER + 0.01) == []
    assert not holes.add(14, 2.0), "nobody waits for it any more"


def test_a_long_jump_is_a_new_beginning() -> None:
    holes = Holes()
    holes.add(10, 0.0)
    assert holes.add(5000, 0.0)
    assert not holes


@given(st.lists(st.sampled_from(["next", "late", "insert", "source"]), min_size=1, max_size=60))
def test_what_a_subscriber_sees_goes_up_by_one_whatever_happens(happens: list[str]) -> None:
    sequencer, extended = Sequencer(), 70_000
    sequencer.begin(extended, 0, 0)
    last = sequencer.number(extended)
    seen = {last}
    assert last is not None
    for what in happens:
        if what == "late":
            again = sequencer.number(extended)
            assert again in seen, "a number always becomes the same"
            continue
        if what == "insert":
            number: int | None = sequencer.insert()
        else:
            extended += 1
            if what == "source":
                extended += 12_345
                sequencer.begin(extended, 99, 3000)
            number = sequencer.number(extended)
        assert number == (last + 1) & 0xFFFF
        last = number
        seen.add(number)


def test_what_was_before_a_subscription_is_not_passed_on() -> None:
    sequencer = Sequencer()
    sequencer.begin(100, 0, 0)
    assert sequencer.number(99) is None


def test_time_stamps_go_on_when_the_source_changes() -> None:
    sequencer = Sequencer()
    sequencer.begin(1, 5000, 0)
    before = sequencer.timestamp(5000)
    sequencer.begin(900, 77, 3000)
    assert (sequencer.timestamp(77) - before) & 0xFFFFFFFF == 3000


# Key frames


@pytest.mark.parametrize(
    ("name", "payload", "is_key"),
    [
        ("h264", b"\x67\x42", True),
        ("h264", b"\x65\x88", True),
        ("h264", b"\x61\x9a", False),
        ("h264", b"\x78\x00\x04\x67\x42", True),
        ("h264", b"\x7c\x85\x88", True),
        ("h264", b"\x7c\x05\x88", False),
        ("h265", b"\x40\x01", True),
        ("h265", b"\x02\x01", False),
        ("h265", b"\x62\x01\x93", True),
        ("vp8", b"\x10\x00", True),
        ("vp8", b"\x10\x01", False),
        ("vp8", b"\x00\x00", False),
        ("vp8", b"\x90\x80\x81\x02\x00", True),
        ("vp8", b"\x90\x80\x01\x01", False),
        ("vp9", b"\x08", True),
        ("vp9", b"\x48", False),
        ("av1", b"\x18", True),
        ("av1", b"\x10", False),
        ("opus", b"", True),
        ("h264", b"", False),
        ("vp8", b"\x90", False),
    ],
)
def test_where_a_key_frame_begins(name: str, payload: bytes, is_key: bool) -> None:
    assert begins_key_frame(Identity(name), payload) is is_key


# Faults and states


def test_a_fault_is_used_up_and_the_first_that_fits_is_taken() -> None:
    faults = Faults(Loss())
    faults.set(
        FaultSettings(
            calls=[
                CallFault(operation="renegotiate", kind=Kind.SLOW, count=1),
                CallFault(kind=Kind.FAIL, count=2),
            ]
        )
    )
    kinds = [faults.take(name) for name in ("sessions/new", "renegotiate", "renegotiate", "renegotiate")]
    assert [each and each.kind for each in kinds] == [Kind.FAIL, Kind.SLOW, Kind.FAIL, None]


def test_the_same_seed_loses_the_same_packets() -> None:
    def lost(seed: int) -> list[bool]:
        loss = Loss()
        loss.set(0.3, seed)
        return [loss.hits() for _ in range(200)]

    assert lost(5) == lost(5) != lost(6)
    assert 30 < sum(lost(5)) < 90
    assert not Loss().hits()


def test_a_response_is_spoilt_as_asked() -> None:
    def body() -> dict[str, object]:
        return {"sessionId": "a", "sessionDescription": {"sdp": "v=0", "type": "answer"}}

    assert broken(body(), Kind.BROKEN_SCHEMA)["sessionId"] == [7]
    spoilt = broken(body(), Kind.BROKEN_SDP)
    assert spoilt["sessionId"] == "a"
    with pytest.raises(Refusal):
        read(spoilt["sessionDescription"]["sdp"])


def test_every_state_but_gone_can_end_and_gone_is_the_end() -> None:
    assert set(MOVES) == set(State)
    assert all(State.GONE in MOVES[state] for state in State if state is not State.GONE)
    assert not MOVES[State.GONE]
