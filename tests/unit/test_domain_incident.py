"""Incidents: when they begin and end, which are the same one, and for how long they are listed."""

from dataclasses import replace

import pytest

from stagedoor.domain.incident import KEPT_MS, MOST, SAME_MS, Finding, IncidentKind, Ledger

pytestmark = pytest.mark.unit

LOST = Finding(IncidentKind.GUEST_LOST, "guest_lost", critical=False, cause="Ann is lost.")


def test_one_begins_changes_and_ends_and_is_told_each_time() -> None:
    ledger = Ledger()
    (began,) = ledger.take({"a": LOST}, 1000)
    assert (began.since_ms, began.ended_ms) == (1000, None)
    assert ledger.take({"a": LOST}, 2000) == []
    worse = replace(LOST, critical=True)
    (changed,) = ledger.take({"a": worse}, 3000)
    assert (changed.id, changed.finding) == (began.id, worse)
    (ended,) = ledger.take({}, 4000)
    assert (ended.id, ended.ended_ms) == (began.id, 4000)


def test_one_that_comes_again_at_once_has_not_ended() -> None:
    ledger = Ledger()
    ledger.take({"a": LOST}, 0)
    ledger.take({}, 1000)
    (again,) = ledger.take({"a": LOST}, 1000 + SAME_MS - 1)
    assert (again.since_ms, again.ended_ms) == (0, None)
    ledger.take({}, 20_000)
    (other,) = ledger.take({"a": LOST}, 20_000 + SAME_MS)
    assert other.since_ms == 20_000 + SAME_MS
    assert [each.since_ms for each in ledger.all()] == [20_000 + SAME_MS, 0]


def test_those_that_have_ended_are_listed_for_an_hour() -> None:
    ledger = Ledger()
    ledger.take({"a": LOST}, 0)
    ledger.take({}, 1000)
    ledger.take({}, 1000 + KEPT_MS - 1)
    assert len(ledger.all()) == 1
    ledger.take({}, 1000 + KEPT_MS)
    assert ledger.all() == ()


def test_what_lasts_comes_first_and_what_has_ended_is_bounded() -> None:
    ledger = Ledger()
    for number in range(MOST + 10):
        ledger.take({f"{number}": LOST, "lasts": LOST}, number * 1000)
    assert ledger.all()[0].key == f"{MOST + 9}"
    assert ledger.all()[1].key == "lasts"
    assert len(ledger.all()) == MOST + 2
    assert ledger.all()[-1].key == "9"
