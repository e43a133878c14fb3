"""The emulator's pure rules: formats and their numbers, media lines, sequence numbers, key frames, states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.emulator.connection import Loss
from stagedoor.emulator.faults import CallFault, Faults, FaultSettings, Kind, broken
from stagedoor.emulator.formats import Identity, Numbers, accepted, everything, identities
from stagedoor.emulator.key_frames import begins_key_frame
from stagedoor.emulator.lines import Line, Source, Transport
from stagedoor.emulator.negotiation import Negotiation, read
from stagedoor.emulator.refusal import Refusal
from stagedoor.emulator.sequence import GIVEN_UP_AFTER, Holes, Sequencer, Unwrapper
from stagedoor.emulator.session import MOVES, State
from stagedoor.rtc.sdp.offer import Format
from tests.kit import cloudflare_sdp as sdp

pytestmark = pytest.mark.unit

TRANSPORT = Transport(
    "ufrag", "password" * 3, ("sha-256", sdp.FINGERPRINT), ("1 1 udp 1 a 1 typ host", "two")
)
SOURCE = Source(11, 12, "cname", "stream", "track")


def h264(number: int, profile: str, mode: str = "1") -> Format:
    return Format(number, "h264", 90000, parameters={"profile-level-id": profile, "packetization-mode": mode})


# Formats


@pytest.mark.parametrize(
    ("profile", "mode", "is_taken"),
    [
        ("42e01f", "1", True),
        ("42c01f", "1", True),
        ("42e01f", "0", False),
        ("42001f", "1", False),
        ("64001f", "1", False),
        ("nonsense", "1", False),
        ("", "1", False),
    ],
)
def test_of_h264_only_constrained_baseline_in_mode_1_is_taken(
    profile: str, mode: str, is_taken: bool
) -> None:
    assert bool(accepted("video", [h264(96, profile, mode)])) is is_taken


def test_each_format_is_followed_by_its_retransmissions_and_comes_once() -> None:
    offered = [
        Format(
            96, "vp8", 90000, parameters={"x-google-start-bitrate": "1"}, feedback=["nack", "transport-cc"]
        ),
        h264(98, "42e01f"),
        h264(100, "42e034"),
        Format(97, "rtx", 90000, parameters={"apt": "96"}),
        Format(99, "rtx", 90000, parameters={"apt": "98"}),
        Format(120, "red", 90000),
    ]
    taken = accepted("video", offered)
    assert [each.payload_type for each in taken] == [96, 97, 98, 99]
    assert taken[0].feedback == ["nack"]
    assert taken[0].parameters == {}
    known = identities("video", taken)
    assert known[97] == known[96].rtx
    assert not known[96].repairs


def test_numbers_of_our_offers_are_not_the_publishers_and_keep_their_meaning() -> None:
    numbers = Numbers()
    numbers.learn("video", [Format(125, "vp8", 90000)])
    vp8, av1 = Identity("vp8"), Identity("av1", "0")
    assert numbers.number(vp8) == 125, "a number that the client gave stays"
    first = numbers.number(av1, avoid=frozenset({37, 98}))
    assert first not in (125, 37, 98)
    assert numbers.number(av1) == first
    assert numbers.number(Identity("pcmu")) == 0


def test_one_session_has_numbers_for_everything() -> None:
    formats = [f for kind in ("audio", "video") for f in Numbers().offered(everything(kind))]
    assert all(0 <= each.payload_type <= 127 and not 64 <= each.payload_type <= 95 for each in formats)


# Media lines


def negotiated(*sections: str) -> Negotiation:
    made = Negotiation(TRANSPORT)
    made.take_offer(read(sdp.description(*sections)))
    return made


def test_candidates_stand_in_the_first_section_that_is_not_stopped_and_only_there() -> None:
    text = negotiated(
        sdp.stopped("audio", "0"), sdp.sending("video", "1"), sdp.sending("audio", "2")
    ).answer()
    sections = text.split("m=")[1:]
    assert ["a=candidate:" in each for each in sections] == [False, True, False]
    assert sections[1].count("a=candidate:") == 2
    assert "a=end-of-candidates" in sections[1]
    assert "a=group:BUNDLE 1 2\r\n" in text
    assert sections[0].startswith("audio 0 ")


def test_an_answer_is_passive_and_an_offer_actpass_with_the_fingerprint_on_top() -> None:
    made = negotiated(sdp.sending("video", "0"))
    answer = made.answer()
    made.add_sending("audio", [Identity("opus")], [], SOURCE)
    offer = made.offer()
    for text, setup in ((answer, "passive"), (offer, "actpass")):
        head, *sections = text.split("m=")
        assert "a=fingerprint:" in head
        assert "a=ice-lite" in head
        assert all(f"a=setup:{setup}\r\n" in each and "a=fingerprint" not in each for each in sections)
    assert "a=recvonly" in answer
    assert "a=extmap-allow-mixed" not in answer
    assert "a=extmap-allow-mixed" in offer
    assert "a=ssrc:11 cname:cname" in offer
    assert made.pending


def test_every_description_raises_the_version() -> None:
    made = negotiated(sdp.sending("video", "0"))
    origins = [text.split("\r\n")[1].split() for text in (made.answer(), made.answer(), made.offer())]
    assert len({each[1] for each in origins}) == 1
    assert [int(each[2]) for each in origins] == [1, 2, 3]


def test_mids_of_ours_are_the_first_free_numbers() -> None:
    made = negotiated(sdp.sending("video", "0"), sdp.sending("audio", "2"))
    mids = [made.add_sending("audio", [Identity("opus")], [], SOURCE).mid for _ in range(2)]
    assert mids == ["1", "3"]


def test_an_answer_narrows_a_line_to_what_it_takes_and_stops_what_it_refuses() -> None:
    made = Negotiation(TRANSPORT)
    line = made.add_sending("video", [Identity("vp8"), Identity("h264")], [], SOURCE)
    refused = made.add_sending("audio", [Identity("opus")], [], SOURCE)
    made.offer()
    number = line.formats[0].payload_type
    taken = sdp.section("video", "0", "recvonly", lines=(f"a=rtpmap:{number} VP8/90000",))
    answer = sdp.description(taken.replace("96 97", str(number)), sdp.stopped("audio", "1"), setup="active")
    assert made.take_answer(read(answer)) == [refused]
    assert [each.payload_type for each in line.formats] == [number]
    assert line.sends
    assert refused.stopped
    assert not made.pending


def test_a_stopped_section_may_be_used_again_under_another_mid() -> None:
    made = negotiated(sdp.sending("video", "0"), sdp.sending("video", "1"))
    stopped = made.take_offer(read(sdp.description(sdp.sending("video", "0"), sdp.stopped("video", "1"))))
    assert [line.mid for line in stopped] == ["1"]
    made.take_offer(read(sdp.description(sdp.sending("video", "0"), sdp.sending("audio", "2"))))
    assert [(line.mid, line.kind) for line in made.lines] == [("0", "video"), ("2", "audio")]


@pytest.mark.parametrize(
    "sections",
    [
        [sdp.sending("video", "0")],
        [sdp.sending("video", "0"), sdp.sending("video", "5")],
        [sdp.sending("video", "1"), sdp.sending("video", "0")],
    ],
)
def test_an_offer_goes_on_from_the_one_before(sections: list[str]) -> None:
    made = negotiated(sdp.sending("video", "0"), sdp.sending("video", "1"))
    with pytest.raises(Refusal) as refusal:
        made.take_offer(read(sdp.description(*sections)))
    assert refusal.value.code == "invalid_session_description"


def test_roles_stay_as_they_were_chosen_first() -> None:
    made = negotiated(sdp.sending("video", "0"))
    made.answers_as = "active"
    assert "a=setup:active" in made.answer()
    assert "a=setup:actpass" in made.offer()


def test_the_extension_for_mids_has_one_number_in_a_session() -> None:
    made = negotiated(sdp.sending("video", "0").replace("a=extmap:4 ", "a=extmap:9 "))
    line = made.add_sending("audio", [Identity("opus")], [], SOURCE)
    assert line.extensions == made.lines[0].extensions
    assert set(line.extensions.values()) == {9}


def test_a_publisher_may_change_its_formats() -> None:
    made = negotiated(sdp.sending("video", "0"))
    again = sdp.section("video", "0", "sendonly", lines=("a=rtpmap:96 VP9/90000",))
    made.take_offer(read(sdp.description(again)))
    assert [each.name for each in made.lines[0].formats] == ["vp9"]


def test_a_session_takes_only_so_many_lines() -> None:
    made = Negotiation(TRANSPORT, most_lines=2)
    for _ in range(2):
        made.add_receiving("audio")
    with pytest.raises(Refusal) as refusal:
        made.add_receiving("audio")
    assert refusal.value.status == 410
    with pytest.raises(Refusal) as refusal:
        made.take_offer(read(sdp.description(*(sdp.sending("audio", str(n)) for n in range(3)))))
    assert refusal.value.status == 410


def test_a_session_that_has_no_number_left_says_so() -> None:
    numbers = Numbers()
    numbers.learn("video", [Format(number, "vp9", 90000) for number in range(128)])
    with pytest.raises(Refusal) as refusal:
        numbers.number(Identity("vp8"))
    assert refusal.value.status == 500


def test_a_line_says_its_direction() -> None:
    assert Line("0", "audio").direction == "inactive"
    assert Line("0", "audio", receives=True, sends=True).direction == "sendrecv"


def test_a_section_for_data_is_taken_so_that_the_connection_stands() -> None:
    data = (
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sctp-port:5000"
    )
    text = negotiated(data).answer()
    assert "m=application 9 UDP/DTLS/SCTP webrtc-datachannel" in text
    assert "a=candidate:" in text


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
