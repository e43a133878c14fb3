"""What leaves the mixer: one thing that fails costs the others nothing."""

import itertools
import threading

import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from stagedoor.ipc.messages import AudioMode
from stagedoor.ipc.queues import QueueKind, QueueStatus
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.mixer.encode import place, video
from stagedoor.mixer.encode.encoders import VideoFormat, open_encoder
from stagedoor.mixer.encode.video import QUEUE, VideoEncoder
from stagedoor.mixer.outlets.sound import SoundOutlets
from stagedoor.mixer.outlets.stream import Stream
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.sound.samples import Samples
from stagedoor.outputs.reader import MAX_PACKETS
from stagedoor.settings.mixer import EncoderName

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


def test_an_encoder_that_does_not_keep_up_comes_first_no_longer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    form = VideoFormat(64, 36, 30, 200_000, 30, "ultrafast", threads=3)
    threads: list[int] = []
    stepped = threading.Event()

    def opened(name: EncoderName, wanted: VideoFormat) -> VideoCodecContext:
        threads.append(wanted.threads)
        return open_encoder(name, wanted)

    monkeypatch.setattr(place, "come_first", lambda *_, **__: True)
    monkeypatch.setattr(place, "threads_beside", lambda: 1)
    monkeypatch.setattr(place, "step_back", stepped.set)
    monkeypatch.setattr(video, "open_encoder", opened)
    monkeypatch.setattr(place, "BEHIND_S", 0.2)

    numbers = itertools.count()

    def put() -> None:
        encoder.put(Planes.new(64, 36).frame, next(numbers))

    def take(_: Packet) -> None:
        """Two more come for each that goes."""
        put()
        put()

    encoder = VideoEncoder("program", form, take, comes_first=True)
    for _ in range(QUEUE):
        put()
    encoder.start()
    try:
        assert stepped.wait(10.0)
        assert "comes before other work no longer" in caplog.text
    finally:
        encoder.stop()
        assert encoder.join(5.0)
    assert threads[0] == place.LEAST_THREADS
    assert set(threads[1:]) <= {3}


def test_an_encoder_that_keeps_up_goes_on_to_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    stepped, done = threading.Event(), threading.Event()
    monkeypatch.setattr(place, "come_first", lambda *_, **__: True)
    monkeypatch.setattr(place, "step_back", stepped.set)
    monkeypatch.setattr(place, "BEHIND_S", -1.0)

    def take(packet: Packet) -> None:
        number = packet.pts * 30 // video.CLOCK_RATE + 1
        encoder.put(Planes.new(64, 36).frame, number)
        if number > 3 * QUEUE:
            done.set()

    encoder = VideoEncoder(
        "program", VideoFormat(64, 36, 30, 200_000, 30, "ultrafast"), take, comes_first=True
    )
    encoder.start()
    encoder.put(Planes.new(64, 36).frame, 0)
    try:
        assert done.wait(10.0)
        assert not stepped.is_set()
    finally:
        encoder.stop()
        assert encoder.join(5.0)


def test_pictures_that_wait_for_an_encoder_are_told_and_so_are_those_that_went() -> None:
    encoder = VideoEncoder("program", VideoFormat(64, 36, 30, 200_000, 30, "ultrafast"), lambda _: None)
    for number in range(QUEUE + 2):
        encoder.put(Planes.new(64, 36).frame, number)
    assert encoder.queue == QueueStatus(
        kind=QueueKind.ENCODER, name="program", waiting=QUEUE, most=QUEUE, dropped=2
    )


def test_a_streams_queue_is_that_of_its_slowest_reader_and_forgets_nothing_that_was_dropped() -> None:
    stream = Stream("program", lambda: None)
    slow, quick = (stream.open_reader(AudioMode.OPUS) for _ in range(2))
    for number in range(MAX_PACKETS):
        stream.write(Packet(TRACK, b"x", number * 960, number * 960))
    quick.close()
    assert (stream.queue.waiting, stream.queue.most, stream.queue.dropped) == (MAX_PACKETS, MAX_PACKETS, 0)
    stream.write(Packet(TRACK, b"x", 0, 0))
    assert stream.queue.waiting == MAX_PACKETS // 2 + 1
    dropped = stream.queue.dropped
    assert dropped == MAX_PACKETS // 2
    slow.close()
    slow.close()
    assert (stream.queue.waiting, stream.queue.dropped) == (0, dropped)
