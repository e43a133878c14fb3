"""What a bad network does to a guest: frames are repaired or left out, never passed on broken."""

import av
import pytest

from stagedoor.media.packets import Kind, Packet
from stagedoor.rtc.receive.track import KEY_FRAME_AGAIN
from tests.kit.publisher import Publisher
from tests.kit.show import Show
from tests.kit.wait import until
from tests.media.test_rtc_publishers import Sink, both, published

pytestmark = pytest.mark.media

SHOW = Show(640, 360, seconds=4, bitrate=1_000_000, noise=True, key_every=15)
RARE_KEYS = Show(320, 180, seconds=4, bitrate=400_000, key_every=120)


def decoded(packets: list[Packet]) -> int:
    """Pictures that a strict decoder makes of what left; it raises at the first broken one."""
    codec = av.CodecContext.create("h264", "r")
    codec.options = {"err_detect": "explode", "flags": "low_delay"}
    pictures = 0
    for packet in packets:
        if packet.track.kind is Kind.VIDEO:
            pictures += len(codec.decode(av.Packet(packet.data)))
    return pictures + len(codec.decode(None))


async def test_five_percent_of_loss_is_repaired() -> None:
    async with published(SHOW) as (publisher, peer, sink):
        await both(sink)
        publisher.loss = 0.05
        before = len(sink.packets)
        await until(lambda: len(sink.packets) > before + 300, 20)
        pictures = [packet for packet in sink.packets if packet.track.kind is Kind.VIDEO]
        assert decoded(sink.packets) == len(pictures)
        report = peer.report().tracks[Kind.VIDEO]
        assert report.lost < 10, "most of what was lost was sent again"


async def test_after_a_loss_nothing_leaves_until_a_key_frame_comes_which_is_asked_for_again() -> None:
    async with published(RARE_KEYS) as (publisher, _, sink):
        await both(sink)
        _send_nothing_again(publisher)
        assert publisher.video is not None
        publisher.loss = 1.0
        sent = publisher.video.sent
        await until(lambda: publisher.video and publisher.video.sent > sent + 12, 5)
        asked, before = publisher.key_frames_asked, len(sink.packets)
        publisher.loss = 0.0
        await until(lambda: publisher.key_frames_asked >= asked + 2, 4 * KEY_FRAME_AGAIN + 1)
        await until(lambda: any(p.key for p in _pictures(sink)[_count(sink, before) :]), 8)
        assert decoded(sink.packets) == len(_pictures(sink))
        first = _pictures(sink)[_count(sink, before)]
        assert first.key
        assert first.gap


async def test_sound_that_is_lost_is_a_marked_gap_and_times_go_on() -> None:
    async with published(SHOW) as (publisher, _, sink):
        await both(sink)
        publisher.loss = 0.2
        await until(lambda: sum(p.gap for p in sink.packets if p.track.kind is Kind.AUDIO) > 3, 15)
        sound = [p for p in sink.packets if p.track.kind is Kind.AUDIO]
        steps = [b.pts - a.pts for a, b in zip(sound, sound[1:], strict=False)]
        assert min(steps) > 0
        for step, packet in zip(steps, sound[1:], strict=False):
            assert abs(step - 960) < 200 or packet.gap


def _send_nothing_again(publisher: Publisher) -> None:
    async def refuse(_sequence: int) -> None: ...

    for sender in publisher.connection.getSenders():
        sender._retransmit = refuse  # type: ignore[method-assign, assignment]


def _pictures(sink: Sink) -> list[Packet]:
    return [packet for packet in sink.packets if packet.track.kind is Kind.VIDEO]


def _count(sink: Sink, before: int) -> int:
    return sum(packet.track.kind is Kind.VIDEO for packet in sink.packets[:before])
