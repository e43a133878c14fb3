"""Sound that comes over a network: playout delay, buffer and engine together, in simulated time."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from stagedoor.domain.strip import Strip
from stagedoor.media.packets import Kind
from stagedoor.mixer.playout import Playout
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.engine import PROGRAM, SoundEngine
from stagedoor.mixer.sound.mixing import Ramp
from stagedoor.mixer.sound.samples import BLOCK, RATE, Samples
from stagedoor.mixer.sound.strip import SourceStrip
from tests.kit import tones

pytestmark = pytest.mark.unit

HERTZ = 440.0
STARTED = 500.0
BLOCK_S = BLOCK / RATE


@dataclass
class Guest:
    """A tone that leaves every 20 ms by the guest's clock and takes its way; nothing overtakes.

    Attributes:
        way: How long the packet of this second takes, if it waits for no other; infinite: it is lost.
        drift: By how much the guest's clock is fast.
    """

    way: Callable[[float], float]
    drift: float = 0.0
    playout: Playout = field(default_factory=lambda: Playout(None))
    engine: SoundEngine = field(default_factory=SoundEngine)

    def hear(self, seconds: float) -> Samples:
        """Return what program carries, and let time pass in blocks."""
        self.engine.set_buses([PROGRAM])
        self.engine.set_gains({PROGRAM: {"guest1": 1.0}}, Ramp(1, 1))
        sound, packet, last, out = self.engine.add("guest1"), 0, 0.0, []
        for number in range(round(seconds / BLOCK_S)):
            now = number * BLOCK_S
            while True:
                sent = (packet + 1) * BLOCK_S / (1 + self.drift)
                arrives = max(last, sent + self.way(sent))
                if now < sent or (now < arrives and np.isfinite(arrives)):
                    break
                if np.isfinite(arrives):
                    last = arrives
                    self.playout.arrived(packet * BLOCK_S, STARTED + arrives, Kind.AUDIO)
                    sound.write(tones.tone(HERTZ, BLOCK, start=packet * BLOCK), packet * BLOCK)
                packet += 1
            offset = (self.playout.offset(STARTED + now) - STARTED) * RATE
            out.append(self.engine.block(number, {"guest1": offset}).sound[PROGRAM])
        return np.concatenate(out, axis=1)


def noise(sent: float) -> float:
    """Return something between 0 and 1 that looks like chance."""
    return round(sent / BLOCK_S) * 0.618 % 1


@pytest.mark.parametrize("drift", [200e-6, -200e-6])
def test_drift_and_jitter_are_absorbed_without_a_click_or_a_missing_sample(drift: float) -> None:
    guest = Guest(lambda sent: 0.03 + 0.04 * noise(sent), drift)
    settled = guest.hear(60.0)[:, 2 * RATE :]
    assert tones.steepest(settled) < 1.02 * 2 * np.pi * HERTZ / RATE * 0.3
    sound = guest.engine.add("guest1")
    assert sound.concealed <= 2 * BLOCK
    assert sound.dropped == 0
    assert tones.level(settled[0, -RATE:], HERTZ * (1 + drift)) == pytest.approx(20 * np.log10(0.3), abs=0.1)


def test_stalls_of_150_ms_cost_less_than_one_percent() -> None:
    guest = Guest(lambda sent: 0.03 + max(0.0, 0.15 - sent % 5.0) * (sent > 5))
    heard = guest.hear(60.0)
    assert guest.engine.add("guest1").concealed < 0.01 * 60 * RATE
    assert tones.steepest(heard) < 2 * 2 * np.pi * HERTZ / RATE * 0.3
    assert guest.playout.delay_ms <= 200


def test_two_percent_of_repaired_loss_cost_less_than_half_a_percent() -> None:
    guest = Guest(lambda sent: 0.03 + 0.06 * (noise(sent) < 0.02))
    guest.hear(60.0)
    assert guest.engine.add("guest1").concealed < 0.005 * 60 * RATE


def test_loss_that_is_not_repaired_costs_what_was_lost_and_does_not_click() -> None:
    guest = Guest(lambda sent: float("inf") if noise(sent) < 0.02 and sent > 1 else 0.03)
    heard = guest.hear(20.0)
    lost = sum(noise(number * BLOCK_S) < 0.02 for number in range(51, 1000))
    assert guest.engine.add("guest1").concealed == pytest.approx(lost * BLOCK, abs=2 * BLOCK)
    assert tones.steepest(heard) < 2 * 2 * np.pi * HERTZ / RATE * 0.3


def test_a_guest_who_joins_from_a_cache_is_heard_at_once() -> None:
    burst_s = 1.5
    guest = Guest(lambda sent: 0.03 + max(0.0, burst_s - sent))
    heard = guest.hear(4.0)
    start = int((burst_s + 0.15) * RATE)
    assert np.abs(heard[:, start : start + 4800]).max() > 0.25
    assert guest.playout.delay_ms <= 65
    assert tones.steepest(heard[:, start + RATE // 2 :]) < 1.02 * 2 * np.pi * HERTZ / RATE * 0.3


def behind(by_s: float, playout_ms: int | None, seconds: float) -> SourceSound:
    """Read sound that comes so long after the picture of the same time, which comes at once."""
    playout, strip = Playout(playout_ms), SourceStrip()
    late = round(by_s / BLOCK_S)
    for number in range(round(seconds / BLOCK_S)):
        now = STARTED + (number + 1) * BLOCK_S
        playout.arrived(number * BLOCK_S, now, Kind.AUDIO)
        if number >= late:
            at = (number - late) * BLOCK
            playout.arrived(at / RATE, now, Kind.AUDIO)
            strip.sound.write(tones.tone(HERTZ, BLOCK, start=at), at)
            strip.block(number * BLOCK, (playout.offset(now) - STARTED) * RATE, Strip())
    return strip.sound


@pytest.mark.parametrize(("by_s", "playout_ms"), [(0.2, None), (0.34, None), (0.6, 700)])
def test_sound_that_comes_in_time_is_heard(by_s: float, playout_ms: int | None) -> None:
    assert not behind(by_s, playout_ms, 10.0).is_unheard


@pytest.mark.parametrize(("by_s", "playout_ms"), [(0.5, None), (0.8, None), (0.6, 300)])
def test_sound_that_comes_after_its_time_for_seconds_is_known(by_s: float, playout_ms: int | None) -> None:
    assert not behind(by_s, playout_ms, 3.0).is_unheard
    assert behind(by_s, playout_ms, 6.0).is_unheard
