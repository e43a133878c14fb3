"""Offers of many makers are read, hostile ones are refused, answers say what was chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.errors import BadOfferError, NegotiationError
from stagedoor.media.packets import Codec
from stagedoor.rtc.peer import media_sections
from stagedoor.rtc.sdp.answer import MID_EXTENSION, Accepted, LocalSource, LocalTransport, write_answer
from stagedoor.rtc.sdp.formats import usable
from stagedoor.rtc.sdp.fragment import parse_fragment, write_fragment
from stagedoor.rtc.sdp.offer import MOST_CANDIDATES, MOST_SECTIONS, parse_offer
from stagedoor.rtc.sdp.rewrite import without_rotation

pytestmark = pytest.mark.unit

OFFER = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=fingerprint:sha-256 AA:BB
a=setup:actpass
m=audio 9 UDP/TLS/RTP/SAVPF 111 0
c=IN IP4 0.0.0.0
a=mid:0
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=rtcp-fb:111 nack
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:0 PCMU/8000
a=ssrc:11 cname:x
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104
c=IN IP4 0.0.0.0
a=mid:1
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:13 urn:3gpp:video-orientation
a=sendonly
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c34
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 VP8/90000
a=rtpmap:103 AV1/90000
a=rtpmap:104 H264/90000
a=fmtp:104 packetization-mode=0;profile-level-id=42e01f
a=ssrc-group:FID 21 22
a=ssrc:21 cname:x
a=ssrc:22 cname:x
a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host
"""
TRANSPORT = LocalTransport(
    "ufra", "pwd", ("1 1 udp 1 192.0.2.9 4000 typ host",), (("sha-256", "CC"),), "passive"
)


def test_an_offer_is_read() -> None:
    offer = parse_offer(OFFER.replace("\n", "\r\n"))
    audio, video = offer.sections
    assert offer.bundle == ["0", "1"]
    assert (audio.kind, audio.mid, audio.direction, audio.ssrcs) == ("audio", "0", "sendonly", [11])
    assert video.retransmissions == {22: 21}
    assert video.transport.fingerprints == [("sha-256", "AA:BB")]
    assert video.transport.candidates == ["1 1 udp 2122260223 192.0.2.1 50000 typ host"]


def test_any_profile_of_h264_is_taken_and_single_nal_mode_comes_last() -> None:
    audio, video = parse_offer(OFFER).sections
    choices = usable(video)
    assert [(c.codec, c.format.payload_type) for c in choices] == [
        (Codec.H264, 96),
        (Codec.VP8, 102),
        (Codec.AV1, 103),
        (Codec.H264, 104),
    ]
    assert choices[0].payload_types == (96, 97)
    assert [c.codec for c in usable(audio)] == [Codec.OPUS]


def test_the_answer_takes_one_codec_and_asks_for_repair() -> None:
    offer = parse_offer(OFFER)
    accepted = [Accepted(s, usable(s)[0], TRANSPORT, start_bitrate=2_500_000) for s in offer.sections]
    lines = write_answer(offer, accepted, 5).split("\r\n")
    assert "a=group:BUNDLE 0 1" in lines
    assert "m=video 9 UDP/TLS/RTP/SAVPF 96 97" in lines
    assert lines.count("a=setup:passive") == lines.count("a=recvonly") == 2
    assert {
        "a=rtcp-fb:96 nack",
        "a=rtcp-fb:96 nack pli",
        "a=rtcp-fb:96 goog-remb",
        "a=rtcp-fb:111 nack",
    } <= set(lines)
    assert not any("transport-cc" in line or "video-orientation" in line for line in lines)
    assert f"a=extmap:4 {MID_EXTENSION}" in lines
    assert any(line.startswith("a=fmtp:96") and "x-google-start-bitrate=2500" in line for line in lines)
    assert any(line.startswith("a=fmtp:111") and "useinbandfec=1" in line for line in lines)


def test_a_refused_section_keeps_its_place_and_leaves_the_bundle() -> None:
    offer = parse_offer(OFFER)
    video = offer.sections[1]
    answer = write_answer(offer, [Accepted(video, usable(video)[0], TRANSPORT)], 5)
    assert "m=audio 0 UDP/TLS/RTP/SAVPF 111 0" in answer
    assert "a=group:BUNDLE 1\r\n" in answer


def test_a_viewer_is_told_of_the_stream_before_its_repairs() -> None:
    offer = parse_offer(OFFER)
    video = offer.sections[1]
    source = LocalSource(7, 8, "name", "stream")
    answer = write_answer(offer, [Accepted(video, usable(video)[0], TRANSPORT, source=source)], 5)
    assert answer.index("a=ssrc:7 ") < answer.index("a=ssrc:8 ")
    assert "a=sendonly" in answer


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "hello",
        "v=0\nm=audio",
        "v=0\n",
        OFFER.replace("a=fingerprint:sha-256 AA:BB\n", ""),
        OFFER.replace("a=setup:actpass", "a=setup:holdconn"),
        OFFER.replace("a=mid:1", "a=mid:0"),
        OFFER.replace("a=ice-ufrag:abcd\n", ""),
        OFFER.replace("m=audio 9", "m=audio nine"),
        OFFER.replace("111 0", "111 300"),
        OFFER.replace("sha-256 AA:BB", "sha-256"),
        OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\n" * MOST_SECTIONS,
        OFFER + "a=x\n" * 100_000,
        OFFER + "a=candidate:1 1 udp 1 192.0.2.1 50000 typ host\n" * MOST_CANDIDATES,
        OFFER.replace("a=ssrc:11 ", "a=ssrc:4294967296 "),
        OFFER.replace("a=ssrc-group:FID 21 22", "a=ssrc-group:FID 21 -1"),
        OFFER.replace("a=ice-ufrag:abcd", "a=ice-ufrag:abc"),
        OFFER.replace("a=ice-pwd:0123456789012345678901", "a=ice-pwd:short"),
    ],
)
def test_what_cannot_be_read_is_refused(broken: str) -> None:
    with pytest.raises(BadOfferError) as caught:
        parse_offer(broken)
    assert caught.value.hint


@given(st.text(max_size=400), st.integers(0, 2000), st.integers(0, 60))
def test_garbage_raises_nothing_else(noise: str, at: int, cut: int) -> None:
    mangled = OFFER[:at] + noise + OFFER[at + cut :]
    try:
        offer = parse_offer(mangled)
    except BadOfferError:
        return
    assert offer.sections


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("UDP/TLS/RTP/SAVPF 96", "RTP/AVP 96", "not_encrypted"), ("a=rtcp-mux\n", "", "no_rtcp_mux")],
)
def test_media_that_cannot_be_taken_says_why(old: str, new: str, code: str) -> None:
    with pytest.raises(NegotiationError) as caught:
        media_sections(parse_offer(OFFER.replace(old, new)))
    assert caught.value.code == code


def test_fragments() -> None:
    pwd = "0123456789abcdefghijkl"
    lines = ["a=ice-ufrag:uvwx", f"a=ice-pwd:{pwd}", "m=audio 9 RTP/AVP 0", "a=mid:0"]
    lines += ["a=candidate:1 1 udp 1 1.2.3.4 5 typ host", "a=end-of-candidates", ""]
    fragment = parse_fragment("\r\n".join(lines))
    assert (fragment.ufrag, fragment.pwd, fragment.end_of_candidates) == ("uvwx", pwd, True)
    assert fragment.candidates == [("0", "1 1 udp 1 1.2.3.4 5 typ host")]
    written = parse_fragment(write_fragment("ufra", pwd, "0", ["c"]))
    assert (written.ufrag, written.pwd, written.candidates) == ("ufra", pwd, [("0", "c")])


@pytest.mark.parametrize(
    "broken",
    [
        "a=mid:0",
        "a=ice-ufrag:é",
        "a=ice-ufrag:abcd\r\na=ice-pwd:short",
        "a=candidate:1 1 udp 1 1.2.3.4 5 typ host\r\n" * (MOST_CANDIDATES + 1),
    ],
)
def test_fragments_that_cannot_be_read_are_refused(broken: str) -> None:
    with pytest.raises(BadOfferError):
        parse_fragment(broken)


def test_a_phone_is_not_offered_to_have_its_picture_turned_elsewhere() -> None:
    passed_on = without_rotation(OFFER)
    assert "video-orientation" not in passed_on
    assert set(OFFER.splitlines()) - set(passed_on.splitlines()) == {"a=extmap:13 urn:3gpp:video-orientation"}
    assert parse_offer(passed_on).sections[1].extensions == {"urn:ietf:params:rtp-hdrext:sdes:mid": 4}
