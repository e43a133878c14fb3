"""How values are checked that come from outside: whatever cannot be is refused by the name of its field."""

from collections.abc import Iterable

from stagedoor.domain.errors import InvalidError
from stagedoor.domain.ids import is_path
from stagedoor.domain.scene import is_color


def name(at: str, value: str) -> None:
    """Return if a value may be an id; raise `InvalidError`, which names the field `at`, if not."""
    if not is_path(value):
        raise wrong(at, "is not a name: letters, digits, _ and -, at most 80")


def words(at: str, value: str, most: int, *, lines: bool = False) -> None:
    """Return if a value can be written in so many characters; raise `InvalidError` if not.

    Args:
        at: The field.
        value: What it has.
        most: Characters.
        lines: Whether it may have several lines.
    """
    plain = value.replace("\n", "") if lines else value
    if len(value) > most or not plain.isprintable():
        raise wrong(at, f"is longer than {most} characters, or has some that cannot be printed")


def color(at: str, value: str) -> None:
    """Return if a value is a colour; raise `InvalidError` if not."""
    if not is_color(value):
        raise wrong(at, "is not a colour such as #20c040")


def within(at: str, value: float, low: float, high: float) -> None:
    """Return if a value is a number within bounds; raise `InvalidError` if not."""
    if not low <= value <= high:  # false for NaN too
        raise wrong(at, f"is not a number from {low:g} to {high:g}")


def count(at: str, number: int, most: int) -> None:
    """Return if there are no more than so many; raise `InvalidError` if there are."""
    if number > most:
        raise wrong(at, f"are {number}; at most {most}")


def unique(at: str, ids: Iterable[str]) -> None:
    """Return if each id is there once; raise `InvalidError` if not."""
    seen: set[str] = set()
    for number, id in enumerate(ids):
        if id in seen:
            raise wrong(f"{at}[{number}].id", "is there twice")
        seen.add(id)


def wrong(at: str, why: str) -> InvalidError:
    """Return the refusal of a field."""
    return InvalidError(
        f"{at}: {why}", code="bad_value", hint="Mend the field that the sentence begins with."
    )
