"""What the SFU's refusals mean: each row of its table, by value."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.failures import MEANINGS, RETRY_FIRST_S, RETRY_MOST_S, Fate, meaning
from stagedoor.domain.errors import Blame

pytestmark = pytest.mark.unit

TABLE = [
    (400, "decoding_error", "carrier_not_understood", Fate.STOP),
    (401, "unauthorized", "carrier_unauthorized", Fate.STOP),
    (404, "not_found", "carrier_session_gone", Fate.RENEW),
    (405, None, "carrier_not_understood", Fate.STOP),
    (406, "invalid_params", "carrier_out_of_order", Fate.RENEW),
    (406, "invalid_session_description", "carrier_out_of_order", Fate.RENEW),
    (410, "session_error", "carrier_session_gone", Fate.RENEW),
    (413, "payload_too_large", "carrier_too_large", Fate.STOP),
    (425, "session_error", "carrier_not_ready", Fate.AGAIN),
    (429, None, "carrier_too_many_calls", Fate.AGAIN),
    (500, "internal_error", "carrier_failed", Fate.AGAIN),
    (503, None, "carrier_failed", Fate.AGAIN),
    (200, "not_found_track_error", "carrier_track_not_ready", Fate.AGAIN),
    (200, "empty_track_error", "carrier_track_not_ready", Fate.AGAIN),
    (200, "transport_unavailable_error", "carrier_not_ready", Fate.AGAIN),
    (200, "temporarily_unavailable_error", "carrier_not_ready", Fate.AGAIN),
    (200, "retryable_transient_error", "carrier_not_ready", Fate.AGAIN),
    (200, "internal_error", "carrier_failed", Fate.AGAIN),
    (200, "backend_error", "carrier_failed", Fate.AGAIN),
    (200, "session_error", "carrier_session_gone", Fate.RENEW),
    (200, "update_track_error", "carrier_refused", Fate.STOP),
    (200, "repeated_local_track_error", "carrier_refused", Fate.STOP),
]


@pytest.mark.parametrize(("status", "code", "ours", "fate"), TABLE)
def test_each_row_of_the_table(status: int, code: str | None, ours: str, fate: Fate) -> None:
    means = meaning(status, code)
    assert (means.code, means.fate) == (ours, fate)


def test_what_is_not_found_without_a_session_is_the_application() -> None:
    means = meaning(404, "not_found", in_session=False)
    assert means.code == "carrier_app_unknown"
    assert means.blame is Blame.OPERATOR
    assert "app_id" in means.hint


@given(st.integers(400, 599), st.text(max_size=40) | st.none())
def test_every_refusal_means_something(status: int, code: str | None) -> None:
    assert meaning(status, code) in MEANINGS


@pytest.mark.parametrize("means", MEANINGS, ids=lambda means: means.code)
def test_an_error_says_whose_it_is_and_what_to_do(means: failures.Meaning) -> None:
    error = means.error("Cloudflare's own words")
    assert error.code == means.code
    assert error.blame is means.blame
    assert error.hint
    assert error.message.endswith("Cloudflare's own words")
    assert error.retryable is (means.fate is not Fate.STOP)
    assert failures.fate(error) is means.fate


def test_codes_are_distinct() -> None:
    codes = [means.code for means in MEANINGS]
    assert len(codes) == len(set(codes))


def test_long_words_are_cut() -> None:
    assert len(failures.BROKEN.error("x" * 5000).message) < 300


@given(st.integers(0, 10_000))
def test_tries_begin_soon_and_never_stop(attempt: int) -> None:
    assert RETRY_FIRST_S <= failures.retry_after(attempt) <= RETRY_MOST_S
    assert failures.retry_after(attempt) <= failures.retry_after(attempt + 1)


def test_five_seconds_of_waiting_hold_at_least_five_tries() -> None:
    assert sum(failures.retry_after(attempt) for attempt in range(5)) <= 5.0


def test_a_guests_page_has_words_of_its_own_for_what_the_guest_can_mend() -> None:
    pages = Path(__file__).resolve().parents[2] / "web" / "src"
    (known,) = re.findall(
        r"GUESTS_CARRIER_CODES = \[(.*?)\]", (pages / "client" / "lasting.ts").read_text(), re.DOTALL
    )
    guests = {each.code for each in MEANINGS if each.blame is Blame.GUEST}
    assert set(re.findall(r'"([a-z_]+)"', known)) == guests
