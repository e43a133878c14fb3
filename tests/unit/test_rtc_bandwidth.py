"""What a sender may use falls with loss and standing queues, and comes back."""

import pytest

from stagedoor.rtc.receive.bandwidth import FLOOR, INTERVAL, Bandwidth, Came
from stagedoor.rtc.receive.statistics import Interval, Statistics

pytestmark = pytest.mark.unit

MOST = 6_000_000


def second(bandwidth: Bandwidth, *, rate: int, delay: float, loss: float = 0.0) -> int:
    for _ in range(2):
        bandwidth.update(INTERVAL, Came(rate // 16, loss, delay))
    return bandwidth.allowed


def test_a_clean_way_keeps_the_maximum() -> None:
    bandwidth = Bandwidth(MOST)
    assert all(second(bandwidth, rate=4_000_000, delay=0.05) == MOST for _ in range(20))


def test_one_percent_of_loss_costs_nothing() -> None:
    bandwidth = Bandwidth(MOST)
    assert all(second(bandwidth, rate=4_000_000, delay=0.05, loss=0.01) == MOST for _ in range(20))


def test_a_growing_queue_cuts_below_what_arrives() -> None:
    bandwidth = Bandwidth(MOST)
    second(bandwidth, rate=3_000_000, delay=0.05)
    assert second(bandwidth, rate=3_000_000, delay=0.30) < 3_000_000


def test_heavy_loss_cuts_and_a_clean_way_recovers() -> None:
    bandwidth = Bandwidth(MOST)
    for _ in range(10):
        second(bandwidth, rate=2_000_000, delay=0.05, loss=0.3)
    low = bandwidth.allowed
    assert low < MOST / 4
    for _ in range(40):
        second(bandwidth, rate=bandwidth.allowed, delay=0.05)
    assert bandwidth.allowed == MOST


def test_it_never_falls_below_the_floor() -> None:
    bandwidth = Bandwidth(MOST)
    for _ in range(60):
        second(bandwidth, rate=10_000, delay=0.05, loss=0.9)
    assert bandwidth.allowed == FLOOR


def test_a_bottleneck_of_three_megabits_is_used_for_the_most_part() -> None:
    """A sender that always sends what it may, behind a link with a deep queue."""
    bandwidth, link, queue, used = Bandwidth(MOST), 3_000_000, 0.0, []
    for _ in range(120):
        sent = bandwidth.allowed * INTERVAL
        arrived = min(queue + sent, link * INTERVAL)
        queue += sent - arrived
        bandwidth.update(INTERVAL, Came(int(arrived / 8), 0.0, 0.05 + queue / link))
        used.append(arrived / INTERVAL)
    assert sum(used[20:]) / len(used[20:]) >= 0.85 * link
    assert queue / link < 0.2


class Bottleneck:
    """A link whose queue overflows, and a sender that uses all it may, with a large key frame every 2 s.

    Attributes:
        queue: Bytes that wait.
        sent, lost: Bytes in all.
    """

    RATE = 2_850_000
    FULL = 0.2
    FRAME = 1 / 30

    def __init__(self) -> None:
        self.queue = self.sent = self.lost = 0.0
        self._number = 0

    def interval(self, rate: float) -> Came:
        """Half a second at `rate`; the frames around a key frame make up for its size, and are paced."""
        came, fastest, sent, lost = 0.0, 9.0, self.sent, self.lost
        for _ in range(int(INTERVAL / self.FRAME)):
            size = rate * self.FRAME / 8 * (3.0 if self._number % 60 < 2 else 54 / 58)
            room = self.RATE / 8 * self.FULL - self.queue
            fastest = min(fastest, self.queue * 8 / self.RATE)
            self.sent, self.lost = self.sent + size, self.lost + max(0.0, size - room)
            self.queue += min(size, room)
            out = min(self.queue, self.RATE / 8 * self.FRAME)
            self.queue, came = self.queue - out, came + out
            self._number += 1
        return Came(int(came), (self.lost - lost) / (self.sent - sent), 0.05 + fastest)


def test_a_bottleneck_does_not_overflow_while_it_is_used() -> None:
    """Each overflow costs the pictures up to the next key frame."""
    bandwidth, link = Bandwidth(MOST), Bottleneck()
    for _ in range(10):
        bandwidth.update(INTERVAL, link.interval(bandwidth.allowed))
    sent, lost = link.sent, link.lost
    for _ in range(360):
        bandwidth.update(INTERVAL, link.interval(bandwidth.allowed))
    sent, lost = link.sent - sent, link.lost - lost
    assert lost / sent < 0.001
    assert sent * 8 / (360 * INTERVAL) > 0.88 * link.RATE


def test_it_does_not_grow_while_anything_stands_in_a_queue() -> None:
    bandwidth = Bandwidth(MOST)
    second(bandwidth, rate=3_000_000, delay=0.05)
    second(bandwidth, rate=3_000_000, delay=0.30)
    allowed = second(bandwidth, rate=3_000_000, delay=0.05)
    assert all(second(bandwidth, rate=allowed, delay=0.09) == allowed for _ in range(10))
    assert second(bandwidth, rate=allowed, delay=0.05) > allowed


def test_a_way_that_becomes_wider_is_used() -> None:
    bandwidth = Bandwidth(MOST)
    for _ in range(3):
        second(bandwidth, rate=1_000_000, delay=0.30)
    second(bandwidth, rate=1_000_000, delay=0.05)
    for _ in range(45):
        second(bandwidth, rate=bandwidth.allowed, delay=0.05)
    assert bandwidth.allowed > 4_000_000


def test_a_pause_of_the_sender_does_not_make_the_cut_deeper() -> None:
    bandwidth = Bandwidth(MOST)
    bandwidth.update(INTERVAL, Came(180_000, 0.0, 0.05))
    for size in (180_000, 20_000, 20_000):
        bandwidth.update(0.2, Came(size // 2, 0.0, 0.30))
    assert bandwidth.allowed > 2_000_000


def test_two_percent_of_loss_by_chance_costs_nothing() -> None:
    """Few packets in an interval: what is lost of them jumps between none and many."""
    bandwidth = Bandwidth(MOST)
    for number in range(60):
        second(bandwidth, rate=4_000_000, delay=0.05, loss=0.08 if number % 4 == 0 else 0.0)
    assert bandwidth.allowed == MOST


def test_the_burst_of_a_key_frame_costs_nothing() -> None:
    bandwidth = Bandwidth(MOST)
    for _ in range(20):
        bandwidth.update(INTERVAL, Came(250_000, 0.0, 0.15))
        for _ in range(3):
            bandwidth.update(INTERVAL, Came(200_000, 0.0, 0.05))
    assert bandwidth.allowed == MOST


def test_what_a_sender_does_not_use_is_not_promised_to_it() -> None:
    bandwidth = Bandwidth(MOST)
    second(bandwidth, rate=3_000_000, delay=0.05)
    for _ in range(3):
        second(bandwidth, rate=3_000_000, delay=0.30)
    assert bandwidth.allowed < 3_000_000
    for _ in range(30):
        second(bandwidth, rate=1_800_000, delay=0.05)
    assert 2_400_000 < bandwidth.allowed < 3_500_000


def test_time_stamps_that_wrap_are_no_queue() -> None:
    bandwidth = Bandwidth(MOST)
    for number in range(20):
        delay = 0.05 if number < 10 else 0.05 + (1 << 32) / 90_000
        assert second(bandwidth, rate=4_000_000, delay=delay) == MOST


def test_a_way_that_becomes_longer_is_no_queue() -> None:
    bandwidth = Bandwidth(MOST)
    for _ in range(5):
        second(bandwidth, rate=4_000_000, delay=0.05)
    lowest = min(second(bandwidth, rate=min(bandwidth.allowed, 4_000_000), delay=0.25) for _ in range(20))
    assert lowest > 1_000_000
    for _ in range(20):
        second(bandwidth, rate=min(bandwidth.allowed, 4_000_000), delay=0.25)
    assert bandwidth.allowed >= 4_000_000


def test_an_interval_tells_of_every_packet_whether_or_not_its_picture_was_whole() -> None:
    counted = Statistics(1000)
    for number, late in ((10, 0.030), (11, 0.020), (13, 0.050)):
        counted.packet(number, number * 100, 500, number / 10 + late)
    came = counted.interval()
    assert came[:3] == (1, 4, 1500)
    assert came.delay == pytest.approx(0.020)
    assert counted.interval() == Interval(0, 0, 0, None)


def test_the_shortest_way_is_not_taken_from_before_the_time_stamps_wrapped() -> None:
    counted = Statistics(90_000)
    counted.packet(1, 0xFFFFFFFF, 10, 100.0)
    counted.packet(2, 2999, 10, 100.0 + 1 / 30)
    assert counted.interval().delay == pytest.approx(100.0)
