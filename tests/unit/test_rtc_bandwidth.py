"""What a sender may use falls with loss and standing queues, and comes back."""

import pytest

from stagedoor.rtc.receive.bandwidth import FLOOR, INTERVAL, Bandwidth

pytestmark = pytest.mark.unit

MOST = 6_000_000


def second(bandwidth: Bandwidth, *, rate: int, delay: float, loss: float = 0.0) -> int:
    for _ in range(2):
        for _ in range(15):
            bandwidth.frame(delay, rate // 8 // 30)
        bandwidth.update(INTERVAL, loss)
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
        second(bandwidth, rate=2_000_000, delay=0.05)
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
        for _ in range(15):
            bandwidth.frame(0.05 + queue / link, int(arrived / 8 / 15))
        bandwidth.update(INTERVAL, 0.0)
        used.append(arrived / INTERVAL)
    assert sum(used[20:]) / len(used[20:]) >= 0.85 * link
    assert queue / link < 0.2


def test_two_percent_of_loss_by_chance_costs_nothing() -> None:
    """Few packets in an interval: what is lost of them jumps between none and many."""
    bandwidth = Bandwidth(MOST)
    for number in range(60):
        second(bandwidth, rate=4_000_000, delay=0.05, loss=0.08 if number % 4 == 0 else 0.0)
    assert bandwidth.allowed == MOST


def test_a_way_that_becomes_longer_is_no_queue() -> None:
    bandwidth = Bandwidth(MOST)
    for _ in range(5):
        second(bandwidth, rate=4_000_000, delay=0.05)
    lowest = min(second(bandwidth, rate=min(bandwidth.allowed, 4_000_000), delay=0.25) for _ in range(20))
    assert lowest > 1_000_000
    for _ in range(20):
        second(bandwidth, rate=min(bandwidth.allowed, 4_000_000), delay=0.25)
    assert bandwidth.allowed >= 4_000_000
