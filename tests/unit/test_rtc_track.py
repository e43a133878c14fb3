"""What is lost of a stream of sound: for how long it is waited for, and the hole that it leaves."""

import pytest

from stagedoor.media.packets import Codec, Kind, Packet
from stagedoor.rtc.receive.clock import GuestClock
from stagedoor.rtc.receive.track import PATIENCE, UNREPAIRED, TrackReceiver
from stagedoor.rtc.rtp import Rtp
from stagedoor.rtc.sdp.formats import Choice
from stagedoor.rtc.sdp.offer import Format

pytestmark = pytest.mark.unit

DATA = b"\x08speech"


def receiver(feedback: list[str], delivered: list[Packet]) -> TrackReceiver:
    choice = Choice(Codec.OPUS, Format(111, "opus", 48_000, 2, {}, feedback))
    made = TrackReceiver(choice, GuestClock(), delivered.append)
    made.bind(7, 0.0)
    return made


def feed(track: TrackReceiver, numbers: list[int]) -> float:
    """Let packets come, each 20 ms after the one of the number before; returns when the last one came."""
    for number in numbers:
        track.packet(Rtp(111, True, number, number * 960, 7, DATA, 0, b""), number * 0.02)
    return numbers[-1] * 0.02


@pytest.mark.parametrize(
    ("feedback", "patience"), [(["nack"], PATIENCE[Kind.AUDIO]), (["transport-cc"], UNREPAIRED)]
)
def test_sound_that_nobody_sends_again_is_not_waited_for_long(feedback: list[str], patience: float) -> None:
    delivered: list[Packet] = []
    track = receiver(feedback, delivered)
    track.adapt(0.3 if not track.choice.repairs else 0.0)
    came = feed(track, [0, 1, 3])
    track.tick(came + patience - 0.001)
    assert len(delivered) == 2
    track.tick(came + patience)
    assert [packet.gap for packet in delivered] == [False, False, True]
    assert delivered[2].pts - delivered[1].pts == 2 * 960


def test_sound_that_was_overtaken_is_in_its_place() -> None:
    delivered: list[Packet] = []
    track = receiver([], delivered)
    feed(track, [0, 1, 3])
    track.packet(Rtp(111, True, 2, 2 * 960, 7, DATA, 0, b""), 3 * 0.02 + UNREPAIRED - 0.01)
    assert [packet.pts - delivered[0].pts for packet in delivered] == [0, 960, 1920, 2880]
    assert not any(packet.gap for packet in delivered)
