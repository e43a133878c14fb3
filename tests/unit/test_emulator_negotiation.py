"""The emulator's negotiation: formats and their numbers, media lines, offers and answers."""

import pytest

from stagedoor.emulator.formats import Identity, Numbers, accepted, everything, identities
from stagedoor.emulator.lines import Line, Source, Transport
from stagedoor.emulator.negotiation import Negotiation, read
from stagedoor.emulator.refusal import Refusal
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
