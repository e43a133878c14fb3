"""What a reader that comes late is given."""

import pytest

from stagedoor.media.gop import AUDIO_PACKETS, GopCache
from stagedoor.media.packets import Codec, Packet, Track

pytestmark = pytest.mark.unit

VIDEO = Track(Codec.H264, 90000, 1280, 720)
AUDIO = Track(Codec.OPUS, 48000, channels=2)


def picture(time: int, *, key: bool = False, gap: bool = False, size: int = 100) -> Packet:
    return Packet(VIDEO, bytes(size), time * 3000, time * 3000, key=key, gap=gap)


def sound(time: int) -> Packet:
    return Packet(AUDIO, bytes(10), time * 960, time * 960, key=True)


def filled(*packets: Packet, **limits: int) -> GopCache:
    cache = GopCache(**limits)
    for packet in packets:
        cache.add(packet)
    return cache


def test_it_starts_at_the_newest_key_frame_and_keeps_both_kinds_in_order() -> None:
    wanted = [picture(3, key=True), sound(3), picture(4), sound(4)]
    cache = filled(picture(0, key=True), sound(0), picture(1), sound(1), *wanted)
    assert cache.packets() == wanted
    assert cache.starts_with_key
    assert cache.size_bytes == 220


def test_pictures_before_the_first_key_frame_are_of_no_use() -> None:
    cache = filled(picture(0), sound(0), picture(1))
    assert cache.packets() == []
    assert not cache.starts_with_key


def test_a_path_without_picture_keeps_its_newest_sound() -> None:
    cache = filled(*(sound(time) for time in range(100)))
    assert cache.packets() == [sound(time) for time in range(100 - AUDIO_PACKETS, 100)]
    assert cache.size_bytes == 10 * AUDIO_PACKETS


def test_the_first_picture_replaces_sound_that_came_before_it() -> None:
    cache = filled(sound(0), sound(1), picture(1, key=True), sound(2))
    assert cache.packets() == [picture(1, key=True), sound(2)]


def test_nothing_undecodable_follows_a_gap() -> None:
    cache = filled(picture(0, key=True), picture(1), picture(3, gap=True), picture(4), sound(4))
    assert cache.packets() == []
    cache.add(picture(5, key=True, gap=True))
    assert cache.packets() == [picture(5, key=True, gap=True)]


@pytest.mark.parametrize("limits", [{"max_packets": 5}, {"max_bytes": 500}])
def test_a_group_that_outgrows_its_limit_is_forgotten(
    limits: dict[str, int],
) -> None:
    cache = filled(picture(0, key=True), *(picture(time) for time in range(1, 20)), **limits)
    assert cache.packets() == []
    assert cache.size_bytes == 0
    assert cache.overflows == 1
    cache.add(picture(20, key=True))
    assert cache.packets() == [picture(20, key=True)]


def test_what_was_handed_out_does_not_change() -> None:
    cache = filled(picture(0, key=True))
    given = cache.packets()
    cache.add(picture(1))
    assert given == [picture(0, key=True)]


def test_clearing_forgets_the_picture_too() -> None:
    cache = filled(picture(0, key=True), sound(0))
    cache.clear()
    assert cache.packets() == []
    cache.add(sound(1))
    assert cache.packets() == [sound(1)]
