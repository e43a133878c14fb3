"""How values are checked that come from outside: whatever cannot be is refused by the name of its field."""

from collections.abc import Iterable
from enum import StrEnum

from stagedoor.domain.errors import InvalidError
from stagedoor.domain.ids import is_path
from stagedoor.domain.scene import is_color


class Rule(StrEnum):
    """What a value has to be, by a name that stays, for whoever says it in another language."""

    NAME = "name"
    WORDS = "words"
    COLOR = "color"
    WITHIN = "within"
    COUNT = "count"
    UNIQUE = "unique"
    BACKGROUND = "background"
    STINGER_FILE = "stinger_file"
    EDGE = "edge"
    CROP = "crop"
    MIXED = "mixed"
    HUB_PATH = "hub_path"
    LOBBY = "lobby"
    SEATS_PATH = "seats_path"
    PUBLISHED = "published"
    READ = "read"
    HUE = "hue"
    LOW_HIGH = "low_high"
    IN_OUT = "in_out"
    CLIP_ONLY = "clip_only"
    STILL_ONLY = "still_only"
    CIRCLE = "circle"
    TALKBACK = "talkback"
    OUTSIDE = "outside"
    IMAGE_FILE = "image_file"
    COUNTDOWN_ONLY = "countdown_only"
    CLOCK_HOURS = "clock_hours"
    ITEMS = "items"
    ITEMS_LENGTH = "items_length"
    SCORE = "score"
    TIMER = "timer"
    NO_ADDRESS = "no_address"
    STILL_FILE = "still_file"
    FILE = "file"
    FILE_THERE = "file_there"
    ADDRESS = "address"
    DESTINATION = "destination"
    SEATS_KIND = "seats_kind"
    SEATS_FIELD = "seats_field"
    ISO = "iso"
    DEVICE = "device"
    CAMERA_ONLY = "camera_only"


def name(at: str, value: str) -> None:
    """Return if a value may be an id; raise `InvalidError`, which names the field `at`, if not."""
    if not is_path(value):
        raise wrong(at, Rule.NAME, "is not a name: letters, digits, _ and -, at most 80")


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
        why = f"is longer than {most} characters, or has some that cannot be printed"
        raise wrong(at, Rule.WORDS, why, most=most)


def color(at: str, value: str) -> None:
    """Return if a value is a colour; raise `InvalidError` if not."""
    if not is_color(value):
        raise wrong(at, Rule.COLOR, "is not a colour such as #20c040")


def within(at: str, value: float, low: float, high: float) -> None:
    """Return if a value is a number within bounds; raise `InvalidError` if not."""
    if not low <= value <= high:  # false for NaN too
        raise wrong(at, Rule.WITHIN, f"is not a number from {low:g} to {high:g}", low=low, high=high)


def count(at: str, number: int, most: int) -> None:
    """Return if there are no more than so many; raise `InvalidError` if there are."""
    if number > most:
        raise wrong(at, Rule.COUNT, f"are {number}; at most {most}", number=number, most=most)


def unique(at: str, ids: Iterable[str], field: str = "id") -> None:
    """Return if each id is there once; raise `InvalidError`, which names the field of the second, if not."""
    seen: set[str] = set()
    for number, id in enumerate(ids):
        if id in seen:
            raise wrong(f"{at}[{number}].{field}", Rule.UNIQUE, "is there twice")
        seen.add(id)


def wrong(at: str, rule: Rule, why: str, **values: float | str) -> InvalidError:
    """Return the refusal of a field.

    Args:
        at: The field.
        rule: What it has to be.
        why: The same as the end of a sentence.
        values: What that has put in.
    """
    return InvalidError(
        f"{at}: {why}",
        code="bad_value",
        hint="Mend the field that the sentence begins with.",
        values={"at": at, "rule": rule.value, **values},
    )
