"""RTCP that we write is read back as meant, also where sequence numbers wrap."""

import pytest
from aiortc.rtp import RtcpPacket, RtcpRtpfbPacket
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.rtc.rtcp import NACK_MOST, lost_sequences, nack, parse_rtcp
from stagedoor.rtc.sdp.formats import Choice
from stagedoor.rtc.sdp.offer import Format
from stagedoor.rtc.send.track import TrackSender

pytestmark = pytest.mark.unit


@given(st.integers(0, 0xFFFF), st.sets(st.integers(0, 900), min_size=1, max_size=200))
def test_a_request_for_repair_names_what_is_missing(first: int, ahead: set[int]) -> None:
    missing = [(first + each) & 0xFFFF for each in sorted(ahead)]
    (packet,) = parse_rtcp(nack(1, 7, missing))
    assert list(lost_sequences(packet, 7)) == missing
    assert list(lost_sequences(packet, 8)) == []


def test_one_message_makes_us_repeat_only_so_much() -> None:
    (packet,) = RtcpPacket.parse(nack(1, 7, list(range(1000))))
    assert isinstance(packet, RtcpRtpfbPacket)
    assert len(lost_sequences(packet, 7)) == NACK_MOST


def test_a_packet_is_repeated_once_in_a_while() -> None:
    sent: list[bytes] = []
    chosen = Choice(Codec.OPUS, Format(111, "opus", 48000, 2))
    sender = TrackSender(chosen, "name", sent.append)
    sender.write(Packet(Track(Codec.OPUS, 48000, channels=2), b"sound", 960, 960, key=True))
    sequence = int.from_bytes(sent[0][2:4], "big")
    for _ in range(5):
        for packet in parse_rtcp(nack(1, sender.ssrc, [sequence])):
            sender.feedback(packet)
    assert len(sent) == 2
