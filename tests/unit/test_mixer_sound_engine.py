"""The sound engine whole: who is heard where, at which level, sample by sample."""

import threading
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from stagedoor.domain.hearing import DUCK_DB
from stagedoor.domain.limits import MAX_DELAY_MS, MAX_PLAYOUT_MS
from stagedoor.domain.strip import Strip, linear
from stagedoor.mixer.levels import Levels
from stagedoor.mixer.sound.engine import PROGRAM, Block, SoundEngine
from stagedoor.mixer.sound.mixing import Ramp
from stagedoor.mixer.sound.samples import BLOCK, RATE, Samples
from stagedoor.mixer.sound.talkback import ramp_of
from stagedoor.mixer.stingers.stingers import STINGER
from tests.kit import tones

pytestmark = pytest.mark.unit

GUESTS: Mapping[str, tuple[float, float]] = {
    "guest1": (440.0, 0.25),
    "guest2": (997.0, 0.08),
    "guest3": (2500.0, 0.02),
}
"""Each guest's tone and its loudness."""
RETURNS = tuple(f"return-{guest}" for guest in GUESTS)


def mix_minus(level: float = 1.0) -> dict[str, dict[str, float]]:
    """Return the gains of program and of each guest's return."""
    gains = {PROGRAM: dict.fromkeys(GUESTS, level)}
    for guest in GUESTS:
        gains[f"return-{guest}"] = {other: level for other in GUESTS if other != guest}
    return gains


class Show:
    """Three guests, each with an own tone, clock and time line, and an engine that mixes them."""

    def __init__(self) -> None:
        self.engine = SoundEngine()
        self.engine.set_buses([PROGRAM, *RETURNS])
        self.engine.set_gains(mix_minus(), Ramp(1, 1))
        self.sounds = {guest: self.engine.add(guest) for guest in GUESTS}
        self.origin = {guest: 5000.0 + 70_000 * index for index, guest in enumerate(GUESTS)}
        self.drift = {"guest1": 200e-6, "guest2": -200e-6, "guest3": 0.0}
        self.away: set[str] = set()
        self.written = dict.fromkeys(GUESTS, 0)
        self.number = 0

    def media(self, guest: str, program: float) -> float:
        return self.origin[guest] + program * (1 + self.drift[guest])

    def send(self, guest: str, until: float) -> None:
        """Write a guest's sound up to a program time, in packets of 20 ms of the guest's own clock."""
        hertz, amplitude = GUESTS[guest]
        while (at := self.written[guest]) < until * (1 + self.drift[guest]):
            if guest not in self.away:
                self.sounds[guest].write(
                    tones.tone(hertz, BLOCK, amplitude, start=at), round(self.origin[guest]) + at
                )
            self.written[guest] += BLOCK

    def run(self, blocks: int, each: Callable[[int], None] = lambda _: None) -> list[Block]:
        out = []
        for index in range(blocks):
            each(index)
            now = self.number * BLOCK
            for guest in GUESTS:
                self.send(guest, now + 3 * BLOCK)
            offsets = {guest: now - self.media(guest, now) for guest in GUESTS}
            out.append(self.engine.block(self.number, offsets))
            self.number += 1
        return out


def heard(blocks: list[Block], bus: str) -> Samples:
    return np.concatenate([block.sound[bus] for block in blocks], axis=1)


def check_mix_minus(blocks: list[Block], active: tuple[str, ...] = tuple(GUESTS)) -> None:
    """In one window, each return has the others at their program level, and no trace of its own guest."""
    program = {guest: tones.level(heard(blocks, PROGRAM)[0], GUESTS[guest][0]) for guest in GUESTS}
    for guest in GUESTS:
        own_return = heard(blocks, f"return-{guest}")
        others = [other for other in active if other != guest]
        levels = {other: tones.level(own_return[0], GUESTS[other][0]) for other in others}
        for other in others:
            assert levels[other] == pytest.approx(program[other], abs=1.0)
        assert tones.level(own_return[0], GUESTS[guest][0]) <= min(levels.values()) - 60


def test_each_return_has_the_others_at_their_level_and_never_its_own() -> None:
    show = Show()
    show.run(10)
    blocks = show.run(50)
    check_mix_minus(blocks)
    program = heard(blocks, PROGRAM)
    for hertz, amplitude in GUESTS.values():
        assert tones.level(program[0], hertz) == pytest.approx(20 * np.log10(amplitude), abs=0.2)


def test_mix_minus_holds_while_programs_limiter_works() -> None:
    show = Show()
    show.engine.set_buses([PROGRAM, *RETURNS], RETURNS)
    show.engine.set_gains(mix_minus(4.0), Ramp(1, 1))
    show.run(100)
    blocks = show.run(50)
    program = heard(blocks, PROGRAM)
    loudest = max(GUESTS.values(), key=lambda each: each[1])
    assert tones.level(program[0], loudest[0]) < 20 * np.log10(4 * loudest[1]) - 3, "it does not work"
    check_mix_minus(blocks)


def test_a_return_is_as_loud_again_once_the_limiter_has_let_go() -> None:
    show = Show()
    show.engine.set_buses([PROGRAM, *RETURNS], RETURNS)
    show.engine.set_gains(mix_minus(4.0), Ramp(1, 1))
    show.run(100)
    show.engine.set_gains(mix_minus(), Ramp(1, 1))
    show.run(200)
    check_mix_minus(blocks := show.run(50))
    others = (tones.level(heard(blocks, RETURNS[0])[0], hertz) for hertz, _ in list(GUESTS.values())[1:])
    wanted = (20 * np.log10(amplitude) for _, amplitude in list(GUESTS.values())[1:])
    assert list(others) == pytest.approx(list(wanted), abs=0.2)


def test_mix_minus_holds_while_faders_move() -> None:
    show = Show()
    show.run(10)

    def move(index: int) -> None:
        show.engine.set_gains(mix_minus(0.3 + 0.7 * (index // 7 % 2)))

    check_mix_minus(show.run(50, move))


def test_mix_minus_holds_while_a_guest_is_away_and_comes_back_on_another_time_line() -> None:
    show = Show()
    show.run(10)

    def reconnect(index: int) -> None:
        if index == 10:
            show.away.add("guest2")
        if index == 30:
            show.away.discard("guest2")
            show.origin["guest2"] = 400.0
            show.written["guest2"] = show.number * BLOCK

    blocks = show.run(50, reconnect)
    check_mix_minus(blocks)
    assert show.sounds["guest2"].concealed > 10 * BLOCK
    check_mix_minus(show.run(50))


def test_mix_minus_holds_while_a_guest_is_removed_and_added_again() -> None:
    show = Show()
    show.run(10)

    def replace(index: int) -> None:
        if index == 10:
            show.engine.remove("guest2")
        if index == 25:
            show.sounds["guest2"] = show.engine.add("guest2")

    blocks = show.run(50, replace)
    check_mix_minus(blocks)
    assert tones.steepest(heard(blocks, PROGRAM)) < 0.05
    assert tones.level(heard(blocks[17:25], PROGRAM)[0], 997.0) < -100


def test_what_a_cut_takes_off_program_stays_in_no_return() -> None:
    show = Show()
    show.run(10)
    gains = {bus: {**row, "guest3": 0.0} for bus, row in mix_minus().items()}
    show.engine.set_gains(gains)
    show.run(6)
    blocks = show.run(50)
    for bus in (PROGRAM, *RETURNS):
        assert tones.level(heard(blocks, bus)[0], GUESTS["guest3"][0]) < -100
    check_mix_minus(blocks, ("guest1", "guest2"))


def test_a_fader_and_a_cut_make_no_click() -> None:
    show = Show()
    show.run(10)
    show.engine.set_gains({PROGRAM: {"guest1": 0.0}})
    blocks = show.run(10)
    show.engine.set_gains({PROGRAM: {"guest1": 1.0}})
    blocks += show.run(10)
    assert tones.steepest(heard(blocks, PROGRAM)) < 0.05


def test_whoever_is_spoken_to_hears_the_others_12_db_down_and_back_without_a_click() -> None:
    show = Show()
    show.engine.add("talkback-ann")
    show.run(10)
    plain = {"guest2": 1.0, "guest3": 1.0}
    held = {guest: gain * linear(DUCK_DB) for guest, gain in plain.items()} | {"talkback-ann": 1.0}
    show.engine.set_gains({"return-guest1": held}, ramp_of(speaking=True))
    blocks = show.run(60)
    down, program = heard(blocks[10:], "return-guest1")[0], heard(blocks[10:], PROGRAM)[0]
    for guest in plain:
        hertz = GUESTS[guest][0]
        assert tones.level(down, hertz) == pytest.approx(tones.level(program, hertz) - 12, abs=0.1)
    show.engine.set_gains({"return-guest1": plain}, ramp_of(speaking=False))
    blocks += show.run(20)
    assert tones.steepest(heard(blocks, "return-guest1")) < 0.02
    check_mix_minus(show.run(50))


def test_settings_can_change_from_another_thread_while_blocks_are_made() -> None:
    show = Show()
    done = threading.Event()

    def change() -> None:
        while not done.is_set():
            show.engine.add("guest4").write(tones.tone(700, BLOCK), 0)
            show.engine.set_gains(mix_minus())
            show.engine.set_strips({"guest1": Strip(delay_ms=0)})
            show.engine.set_buses([PROGRAM, *RETURNS])
            show.engine.remove("guest4")

    thread = threading.Thread(target=change)
    thread.start()
    try:
        blocks = show.run(60)
    finally:
        done.set()
        thread.join()
    check_mix_minus(blocks[10:])


def one(
    offset: float = 0.0, hertz: float = 440.0, seconds: float = 1.0
) -> tuple[SoundEngine, dict[str, float]]:
    """Return an engine with one source on program, whose sound is all there, and its offset."""
    engine = SoundEngine()
    engine.set_buses([PROGRAM])
    engine.set_gains({PROGRAM: {"guest1": 1.0}}, Ramp(1, 1))
    engine.add("guest1").write(tones.tone(hertz, int(seconds * RATE)), 0)
    return engine, {"guest1": offset}


def program_of(engine: SoundEngine, offsets: Mapping[str, float], numbers: range) -> Samples:
    return heard([engine.block(number, offsets) for number in numbers], PROGRAM)


@pytest.mark.parametrize("offset", [-4800.0, 1000.0, 963.5])
def test_a_sample_is_heard_when_it_is_due(offset: float) -> None:
    engine, offsets = one(offset)
    got = program_of(engine, offsets, range(2, 12))
    exact = tones.tone(440.0, 10 * BLOCK, start=2 * BLOCK - offset)
    assert np.allclose(got[:, 3 * BLOCK :], exact[:, 3 * BLOCK :], atol=2e-4)


def test_a_strips_delay_is_added() -> None:
    engine, offsets = one()
    engine.set_strips({"guest1": Strip(delay_ms=130)})
    got = program_of(engine, offsets, range(10, 20))
    exact = tones.tone(440.0, 10 * BLOCK, start=10 * BLOCK - 130 * 48)
    assert np.allclose(got[:, 3 * BLOCK :], exact[:, 3 * BLOCK :], atol=2e-4)


def test_the_longest_playout_and_delay_together_are_heard() -> None:
    engine = SoundEngine()
    engine.set_buses([PROGRAM])
    engine.set_gains({PROGRAM: {"guest1": 1.0}}, Ramp(1, 1))
    engine.set_strips({"guest1": Strip(delay_ms=MAX_DELAY_MS)})
    sound, behind = engine.add("guest1"), MAX_PLAYOUT_MS * RATE // 1000
    blocks = []
    for number in range(150):
        # A packet is there some time before it is due.
        sound.write(tones.tone(440.0, BLOCK, start=(number + 10) * BLOCK), (number + 10) * BLOCK)
        blocks.append(engine.block(number, {"guest1": float(behind)}))
    got = heard(blocks[-30:], PROGRAM)
    assert tones.level(got[0], 440.0) == pytest.approx(20 * np.log10(0.3), abs=0.1)


def test_a_time_line_that_moves_slowly_is_followed_without_a_jump() -> None:
    engine, _ = one(seconds=1.9)
    blocks = [engine.block(number, {"guest1": -2400 + 4 * number}) for number in range(60)]
    got = heard(blocks, PROGRAM)[:, 2 * BLOCK :]
    assert tones.steepest(got) < 1.02 * tones.steepest(tones.tone(440.0, BLOCK))
    moved = tones.tone(440.0, BLOCK, start=59 * BLOCK + 2400 - 4 * 59, rate=1 - 4 / BLOCK)
    assert np.allclose(got[:, -BLOCK:], moved, atol=0.3 * 2 * np.pi * 440 / RATE * 6)


def test_balance_turns_one_side_down_and_leaves_the_other() -> None:
    engine, offsets = one(-480.0)
    engine.set_strips({"guest1": Strip(pan=0.5)})
    got = program_of(engine, offsets, range(40))
    levels = [tones.level(side[BLOCK * 2 :], 440.0) for side in got]
    assert levels[0] - levels[1] == pytest.approx(-3.01, abs=0.05)
    assert levels[1] == pytest.approx(20 * np.log10(0.3), abs=0.05)


def test_a_high_pass_takes_the_rumble() -> None:
    engine, offsets = one(-480.0, 40.0)
    engine.set_strips({"guest1": Strip(high_pass_hz=160)})
    got = program_of(engine, offsets, range(40))
    assert tones.level(got[0, 10 * BLOCK :], 40.0) < 20 * np.log10(0.3) - 22


def test_a_source_without_a_time_line_is_silent() -> None:
    engine, _ = one()
    assert not program_of(engine, {}, range(5)).any()


@pytest.mark.parametrize("offset", [-(2.0**60) * 48, -(2.0**60) * RATE, np.inf, np.nan])
def test_a_source_with_absurd_times_is_silent_alone_and_comes_back(offset: float) -> None:
    engine, offsets = one(-480.0)
    engine.set_gains({PROGRAM: {"guest1": 1.0, "guest2": 1.0}}, Ramp(1, 1))
    absurd = engine.add("guest2")
    absurd.write(tones.tone(997.0, BLOCK), 2**60)
    got = program_of(engine, {**offsets, "guest2": offset}, range(40))[0, 10 * BLOCK :]
    assert tones.level(got, 440.0) == pytest.approx(20 * np.log10(0.3), abs=0.2)
    assert tones.level(got, 997.0) < -100
    absurd.write(tones.tone(997.0, RATE), 50 * BLOCK)
    got = program_of(engine, {"guest2": 0.0}, range(51, 90))[0, 10 * BLOCK :]
    assert tones.level(got, 997.0) == pytest.approx(20 * np.log10(0.3), abs=0.2)


def test_program_is_limited_and_so_is_every_return() -> None:
    engine, offsets = one(-480.0)
    engine.set_buses([PROGRAM, "return-guest2"])
    engine.set_gains({PROGRAM: {"guest1": 10.0}, "return-guest2": {"guest1": 10.0}}, Ramp(1, 1))
    blocks = [engine.block(number, offsets) for number in range(20)]
    for bus in (PROGRAM, "return-guest2"):
        assert 0.85 < np.abs(heard(blocks, bus)).max() < 0.8913


def test_levels_come_ten_times_a_second_before_the_fader() -> None:
    engine, offsets = one(-480.0)
    engine.set_gains({PROGRAM: {"guest1": 0.1}}, Ramp(1, 1))
    blocks = [engine.block(number, offsets) for number in range(45)]
    readings = [block for block in blocks if block.levels is not None]
    assert [block.at // BLOCK for block in readings] == [4, 9, 14, 19, 24, 29, 34, 39, 44]
    newest = readings[-1]
    assert newest.levels is not None
    assert newest.program is not None
    assert newest.levels["guest1"].peak[0] == pytest.approx(20 * np.log10(0.3), abs=0.1)
    assert newest.program.peak[0] == pytest.approx(20 * np.log10(0.03), abs=0.1)
    assert newest.lufs == pytest.approx(20 * np.log10(0.03) - 0.5, abs=0.5)


def test_meters_name_sources_and_program_alone() -> None:
    engine, offsets = one(-480.0)
    engine.add(STINGER)
    levels = Levels()
    for number in range(5):
        levels.take(engine.block(number, {**offsets, STINGER: 0.0}))
    assert (levels.number, set(levels.meters)) == (1, {"guest1", PROGRAM})


def test_a_removed_source_is_forgotten_and_a_known_one_is_the_same() -> None:
    engine, offsets = one(-480.0)
    sound = engine.add("guest1")
    assert engine.add("guest1") is sound
    engine.block(0, offsets)
    engine.remove("guest1")
    engine.remove("guest1")
    blocks = [engine.block(number, offsets) for number in range(1, 10)]
    assert blocks[-1].at == 9 * BLOCK
    assert engine.add("guest1") is not sound


def test_buses_come_and_go() -> None:
    engine, offsets = one(-480.0)
    assert set(engine.block(0, offsets).sound) == {PROGRAM}
    engine.set_buses([PROGRAM, "monitor-ann"])
    engine.set_gains({"monitor-ann": {"guest1": 1.0}})
    assert set(engine.block(1, offsets).sound) == {PROGRAM, "monitor-ann"}
    engine.set_buses(["monitor-ann"])
    assert set(engine.block(2, offsets).sound) == {"monitor-ann"}
    assert engine.block(4, offsets).program is None
