"""One source's sound: read at any rate, concealed where it is missing, without clicks."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.mixer.sound.buffer import UNHEARD, SourceSound
from stagedoor.mixer.sound.concealment import COUNTED, HELD, RETURN, Concealer
from stagedoor.mixer.sound.interpolation import AFTER, BEFORE, interpolate, resized
from stagedoor.mixer.sound.ring import CAPACITY
from stagedoor.mixer.sound.samples import BLOCK, LOUDEST, RATE, Samples
from stagedoor.mixer.sources.feed import Feed
from tests.kit import tones

pytestmark = pytest.mark.unit

HERTZ = 440.0
STEP = 2 * np.pi * HERTZ / RATE * 0.3
"""The steepest step of the tone itself."""


def filled(seconds: float, at: int = 0, hertz: float = HERTZ) -> SourceSound:
    sound = SourceSound()
    sound.write(tones.tone(hertz, int(seconds * RATE)), at)
    return sound


def read(sound: SourceSound, blocks: int, start: float = 0.0, rate: float = 1.0) -> Samples:
    return np.concatenate(
        [sound.read(start + index * BLOCK * rate, BLOCK, rate) for index in range(blocks)], axis=1
    )


def test_what_waits_to_be_read_is_known() -> None:
    sound = filled(1.0)
    sound.read(4800.0, BLOCK, 1.0)
    assert 0 < RATE - 4800 - BLOCK - sound.waiting < 64
    assert SourceSound().waiting == 0


def test_what_was_written_is_read_as_it_was() -> None:
    got, whole = read(filled(1.0), 20, 4800.0), tones.tone(HERTZ, 4800 + 20 * BLOCK)[:, 4800:]
    assert np.array_equal(got[:, RETURN:], whole[:, RETURN:])


def test_the_first_sound_is_faded_in() -> None:
    sound = SourceSound()
    sound.write(np.ones((2, 4800), np.float32), 0)
    assert (
        tones.steepest(np.concatenate([np.zeros((2, 1), np.float32), read(sound, 2, 100.0)], axis=1)) < 0.06
    )


@pytest.mark.parametrize(("hertz", "off_db"), [(440.0, -74), (997.0, -72), (5000.0, -66), (10_000.0, -60)])
@pytest.mark.parametrize("rate", [1 + 200e-6, 1 - 200e-6, 1.005, 0.995])
def test_a_tone_stays_a_tone_at_other_rates(hertz: float, off_db: float, rate: float) -> None:
    got = read(filled(1.0, hertz=hertz), 40, 100.25, rate)
    exact = tones.tone(hertz, 40 * BLOCK, start=100.25, rate=rate)
    off = (got - exact)[:, BLOCK:]
    assert 10 * np.log10(np.mean(off**2) / np.mean(exact**2)) < off_db


def test_places_outside_the_line_are_refused() -> None:
    line = tones.tone(HERTZ, 100)
    interpolate(line, float(BEFORE), 100 - BEFORE - AFTER, 1.0)
    with pytest.raises(IndexError):
        interpolate(line, BEFORE - 0.5, 10, 1.0)
    with pytest.raises(IndexError):
        interpolate(line, float(BEFORE), 101 - BEFORE - AFTER, 1.0)


@pytest.mark.parametrize("step", [-2, -1, 1, 2])
def test_a_piece_is_stretched_without_a_step_at_its_ends(step: int) -> None:
    piece = tones.tone(HERTZ, BLOCK)
    stretched = resized(piece, BLOCK + step)
    assert stretched.shape == (2, BLOCK + step)
    whole = np.concatenate([piece, stretched, tones.tone(HERTZ, BLOCK, start=BLOCK)], axis=1)
    assert stretched[0, 0] == pytest.approx(piece[0, 0], abs=1e-3)
    assert tones.steepest(whole[:, BLOCK:]) < 2.5 * STEP


@pytest.mark.parametrize("missing", [1, 100, BLOCK, HELD, 3 * BLOCK, RATE // 2])
def test_a_gap_is_faded_without_a_click_and_counted(missing: int) -> None:
    sound = SourceSound()
    whole = tones.tone(HERTZ, RATE)
    sound.write(whole[:, :10_000], 0)
    sound.write(whole[:, 10_000 + missing :], 10_000 + missing)
    got = read(sound, 40, 480.0)
    assert tones.steepest(got) < 1.6 * STEP
    assert sound.concealed == missing
    after = 10_000 + missing + RETURN
    assert np.array_equal(got[:, after - 480 :], whole[:, after : after + got.shape[1] - after + 480])


def test_a_long_gap_is_silent() -> None:
    sound = filled(0.2)
    got = read(sound, 40)
    heard = np.abs(got[:, 9600 : 9600 + HELD])
    assert heard[:, : BLOCK // 4].max() > 0.2
    assert not got[:, 9600 + HELD :].any()


def test_silence_of_a_source_that_stopped_sending_is_not_concealed_for_ever() -> None:
    sound = filled(0.2)
    read(sound, 300)
    assert sound.concealed == COUNTED


def test_before_the_first_sound_nothing_is_missing() -> None:
    sound = SourceSound()
    assert not read(sound, 5).any()
    assert sound.concealed == 0


def test_a_jump_is_crossfaded() -> None:
    sound = filled(1.5)
    got = np.concatenate([read(sound, 5, 100.0), read(sound, 5, 40_017.0)], axis=1)
    assert tones.steepest(got) < 1.6 * STEP
    assert sound.concealed == 0
    assert np.array_equal(
        got[:, 5 * BLOCK + RETURN :], tones.tone(HERTZ, 5 * BLOCK, start=40_017)[:, RETURN:]
    )


def test_what_comes_late_is_counted_and_not_heard() -> None:
    sound = filled(0.1)
    read(sound, 8)
    sound.write(tones.tone(HERTZ, 2 * BLOCK, start=4800), 4800)
    assert sound.late == 2 * BLOCK
    assert sound.concealed >= 2 * BLOCK


def test_what_is_heard_again_is_not_unheard_any_more() -> None:
    sound = filled(0.1)
    read(sound, 8)
    for at in range(0, UNHEARD, BLOCK):
        assert not sound.is_unheard
        sound.write(tones.tone(HERTZ, BLOCK, start=4800), 4800 + at % BLOCK)
    assert sound.is_unheard
    sound.write(tones.tone(HERTZ, BLOCK, start=9 * BLOCK), 9 * BLOCK)
    assert not sound.is_unheard


def test_another_stream_is_not_unheard_before_it_has_come() -> None:
    feed = Feed(None, filled(0.1))
    read(feed.sound, 8)
    for at in range(0, UNHEARD, BLOCK):
        feed.sound.write(tones.tone(HERTZ, BLOCK, start=4800), 4800 + at % BLOCK)
    assert feed.sound.is_unheard
    feed.began()
    assert not feed.sound.is_unheard


def test_late_samples_fill_a_hole_that_was_not_read_yet() -> None:
    sound = SourceSound()
    whole = tones.tone(HERTZ, 9600)
    sound.write(whole[:, :2000], 0)
    sound.write(whole[:, 3000:], 3000)
    sound.write(whole[:, 1900:3100], 1900)
    assert np.array_equal(read(sound, 5, 480.0)[:, RETURN:], whole[:, 480 + RETURN : 480 + 5 * BLOCK])
    assert (sound.late, sound.concealed, sound.dropped) == (0, 0, 0)


def test_where_pieces_overlap_the_first_one_stays() -> None:
    sound = filled(0.1)
    sound.write(np.zeros((2, 2000), np.float32), 3000)
    exact = tones.tone(HERTZ, 480 + 4 * BLOCK)[:, 480:]
    assert np.array_equal(read(sound, 4, 480.0)[:, RETURN:], exact[:, RETURN:])


@pytest.mark.parametrize("back", [100, 300, 2000])
def test_what_goes_on_beyond_the_end_from_before_it_does_not_click(back: int) -> None:
    """It is another phase of the tone, as of stamps that go back."""
    sound = filled(0.1)
    sound.write(tones.tone(HERTZ, 4800, start=4800), 4800 - back)
    got = read(sound, 8, 480.0)
    assert tones.steepest(got) < 1.6 * STEP
    exact = tones.tone(HERTZ, 8 * BLOCK, start=480)
    assert np.array_equal(got[:, RETURN : 4800 - RETURN - 480], exact[:, RETURN : 4800 - RETURN - 480])


def test_what_was_read_already_is_not_changed() -> None:
    sound = filled(0.1)
    read(sound, 4, 4800.0 - 100 - 4 * BLOCK)
    sound.write(-tones.tone(HERTZ, 4800, start=2800), 2800)
    before = tones.tone(HERTZ, 4800)[:, -100:]
    got = sound.read(4700.0, BLOCK, 1.0)
    assert tones.steepest(got) < 0.1
    assert np.allclose(got[:, :AFTER], before[:, :AFTER], atol=1e-6)


def test_what_nobody_reads_is_bounded_and_counted() -> None:
    sound = filled(0.1)
    read(sound, 1, 480.0)
    unread = 4800 - (480 + BLOCK + AFTER)
    for second in range(1, 5):
        sound.write(tones.tone(HERTZ, RATE), second * RATE)
    assert unread < sound.dropped <= unread + 2 * RATE
    newest = tones.tone(HERTZ, BLOCK, start=5 * RATE - 2000)
    got = sound.read(5 * RATE - 2000, BLOCK, 1.0)
    assert np.allclose(got[:, RETURN:], newest[:, RETURN:], atol=1e-5)


def test_more_than_the_ring_holds_leaves_the_newest() -> None:
    sound = SourceSound()
    sound.write(tones.tone(HERTZ, CAPACITY + RATE), 0)
    oldest = RATE
    got = read(sound, 2, float(oldest - BLOCK))
    assert not got[:, : BLOCK - AFTER].any()
    exact = tones.tone(HERTZ, BLOCK, start=oldest)
    assert np.array_equal(got[:, BLOCK + RETURN :], exact[:, RETURN:])


@pytest.mark.parametrize("at", [0, 500_000])
def test_a_new_time_line_begins_anew(at: int) -> None:
    sound = filled(1.0, 200_000)
    first = read(sound, 5, 200_100.0)
    sound.write(tones.tone(HERTZ, RATE), at)
    assert sound.dropped == RATE - (100 + 5 * BLOCK + AFTER)
    got = np.concatenate([first, read(sound, 5, at + 1000.0)], axis=1)
    assert tones.steepest(got) < 1.6 * STEP
    exact = tones.tone(HERTZ, 5 * BLOCK, start=1000)
    assert np.array_equal(got[:, 5 * BLOCK + RETURN :], exact[:, RETURN:])


def test_what_is_no_sound_cannot_harm() -> None:
    sound = SourceSound()
    wild = np.array([np.nan, np.inf, -np.inf, 1e30], np.float32)
    sound.write(np.tile(wild, (2, 500)), 0)
    got = read(sound, 2)
    assert np.isfinite(got).all()
    assert np.abs(got).max() <= 1.5 * LOUDEST


@given(
    have=st.lists(st.integers(1, 3000), min_size=1, max_size=20),
    cuts=st.lists(st.integers(1, 2000), min_size=1, max_size=20),
)
@settings(max_examples=60, deadline=None)
def test_however_it_is_cut_and_torn_it_does_not_click(have: list[int], cuts: list[int]) -> None:
    there = np.concatenate([np.full(run, index % 2 == 0) for index, run in enumerate(have)])
    whole = tones.tone(HERTZ, len(there))
    torn = np.where(there, whole, np.float32(np.nan))
    concealer = Concealer()
    pieces: list[Samples] = []
    place = 0
    while place < len(there):
        count = cuts[len(pieces) % len(cuts)]
        pieces.append(concealer.fill(torn[:, place : place + count], there[place : place + count]))
        place += count
    got = np.concatenate(pieces, axis=1)
    assert got.shape == whole.shape
    assert tones.steepest(np.pad(got, ((0, 0), (1, 0)))) < 1.7 * STEP
    at_once = Concealer().fill(torn, there)
    assert np.allclose(got, at_once, atol=1e-6)


def test_two_threads_can_write_and_read() -> None:
    sound = SourceSound()
    whole = tones.tone(HERTZ, 4 * RATE)
    written = threading.Semaphore(0)

    def write() -> None:
        for at in range(0, 4 * RATE, 1024):
            sound.write(whole[:, at : at + 1024], at)
            written.release()

    thread = threading.Thread(target=write)
    got = []
    thread.start()
    for block in range(100):
        assert written.acquire(timeout=5)
        got.append(sound.read(block * BLOCK + 480.0 - BLOCK, BLOCK, 1.0))
    thread.join()
    assert sound.late == 0
    assert np.isfinite(np.concatenate(got, axis=1)).all()
