"""Signed tokens and problem documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain import errors
from stagedoor.ipc.problems import from_problem, headers, to_problem
from stagedoor.ipc.tokens import sign, verify

pytestmark = pytest.mark.unit

KEY = b"k" * 32


def test_claims_come_back() -> None:
    token = sign(KEY, "invite", {"invite": "abc", "seat": None}, expires=100)
    assert verify(KEY, "invite", token, now=99) == {"invite": "abc", "seat": None}


def test_a_token_can_stand_in_a_url() -> None:
    token = sign(KEY, "invite", {"name": "Zoë & co?/+"}, expires=None)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_time_is_over_at_its_second() -> None:
    token = sign(KEY, "read", {"path": "guest1"}, expires=100)
    with pytest.raises(errors.GoneError) as caught:
        verify(KEY, "read", token, now=100)
    assert caught.value.code == "token_expired"


def test_a_token_without_an_end_has_none() -> None:
    assert verify(KEY, "read", sign(KEY, "read", {"path": "p"}, None), now=10**12) == {"path": "p"}


@pytest.mark.parametrize(("key", "scope"), [(b"x" * 32, "invite"), (KEY, "read"), (KEY, "")])
def test_another_key_or_scope_is_refused(key: bytes, scope: str) -> None:
    with pytest.raises(errors.UnauthenticatedError):
        verify(key, scope, sign(KEY, "invite", {"a": 1}, None), now=0)


@given(st.integers(min_value=0), st.sampled_from("AbZ09-_."))
def test_any_changed_character_is_refused(position: int, replacement: str) -> None:
    token = sign(KEY, "invite", {"invite": "abc"}, expires=100)
    at = position % (len(token) - 1)  # the last character has padding bits that do not count
    changed = token[:at] + replacement + token[at + 1 :]
    if changed != token:
        with pytest.raises(errors.UnauthenticatedError):
            verify(KEY, "invite", changed, now=0)


@given(st.text(max_size=60))
def test_garbage_is_refused(token: str) -> None:
    with pytest.raises(errors.UnauthenticatedError):
        verify(KEY, "invite", token, now=0)


def test_a_huge_token_is_refused_unread() -> None:
    token = sign(KEY, "invite", {"a": "x" * 4000}, None)
    with pytest.raises(errors.UnauthenticatedError):
        verify(KEY, "invite", token, now=0)


def every_error(
    cls: type[errors.StagedoorError] = errors.StagedoorError,
) -> list[type[errors.StagedoorError]]:
    return [cls, *(deeper for child in cls.__subclasses__() for deeper in every_error(child))]


@pytest.mark.parametrize("cls", every_error())
def test_an_error_keeps_its_class_and_facts(cls: type[errors.StagedoorError]) -> None:
    error = cls(
        "it broke",
        code="very_special",
        hint="mend it",
        blame=errors.Blame.GUEST,
        retryable=True,
        values={"seat": "guest1", "most": 4},
    )
    back = from_problem(to_problem(error), error.status)
    assert type(back) is cls
    facts = (back.message, back.code, back.hint, back.blame, back.retryable, back.status)
    assert facts == ("it broke", "very_special", "mend it", errors.Blame.GUEST, True, error.status)
    assert back.values == {"seat": "guest1", "most": 4}


def test_a_foreign_document_is_understood_by_its_status() -> None:
    assert isinstance(from_problem({"detail": 7, "code": [], "blame": {}}, 409), errors.ConflictError)
    assert type(from_problem({}, 599)) is errors.StagedoorError
    assert from_problem({"values": {"seat": "guest1", "odd": [1]}}, 409).values == {"seat": "guest1"}


def test_what_may_succeed_later_says_when() -> None:
    assert "Retry-After" in headers(errors.CapacityError("full"))
    assert "Retry-After" not in headers(errors.ConflictError("taken"))
    assert headers(errors.UnauthenticatedError("who?"))["WWW-Authenticate"].startswith("Bearer")
