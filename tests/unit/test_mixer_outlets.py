"""What leaves the mixer: one thing that fails costs the others nothing."""

import threading

import numpy as np
import pytest

from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.mixer.encode.encoders import VideoFormat
from stagedoor.mixer.encode.video import VideoEncoder
from stagedoor.mixer.outlets.sound import SoundOutlets
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.sound.samples import Samples

pytestmark = pytest.mark.unit

BLOCK: Samples = np.zeros((2, 960), np.float32)
TRACK = Track(Codec.OPUS, 48_000, channels=2)


class Failing:
    def encode(self, _samples: Samples, _at: int) -> list[Packet]:
        raise RuntimeError("as an encoder may")


class Working:
    def encode(self, _samples: Samples, at: int) -> list[Packet]:
        return [Packet(TRACK, b"x", at, at)]


def test_a_sound_that_cannot_be_encoded_costs_no_other_one_a_block() -> None:
    outlets = SoundOutlets()
    got: list[Packet] = []
    outlets.add("first", "program", Failing(), got.append)
    outlets.add("second", "program", Working(), got.append)
    for number in range(3):
        outlets.block(number * 960, {"program": BLOCK})
    assert [packet.pts for packet in got] == [0, 960, 1920]
    assert outlets.failures == 3


def test_an_encoder_goes_on_after_any_failure() -> None:
    taken: list[Packet] = []
    fails, done = threading.Event(), threading.Event()
    fails.set()

    def take(packet: Packet) -> None:
        if fails.is_set():
            fails.clear()
            raise RuntimeError("a mistake of whoever takes it")
        taken.append(packet)
        if len(taken) == 5:
            done.set()

    encoder = VideoEncoder("test", VideoFormat(64, 36, 30, 200_000, 30, "ultrafast"), take)
    encoder.start()
    try:
        for number in range(6):
            planes = Planes.new(64, 36)
            planes.fill((100, 128, 128))
            encoder.put(planes.frame, number)
        assert done.wait(5.0)
        assert taken[0].key
        assert encoder.failures == 1
    finally:
        encoder.stop()
        assert encoder.join(2.0)
