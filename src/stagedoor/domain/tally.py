"""Tally: whether a source is seen in program, in preview, or not at all."""

from collections.abc import Iterable, Set
from enum import StrEnum


class Tally(StrEnum):
    """What a light at a camera says; the values are those of the API."""

    OFF = "off"
    PREVIEW = "preview"
    PROGRAM = "program"


_RISING = (Tally.OFF, Tally.PREVIEW, Tally.PROGRAM)


def tally(source: str, on_program: Set[str], on_preview: Set[str]) -> Tally:
    """Return a source's tally, from what the mixer says that it shows."""
    if source in on_program:
        return Tally.PROGRAM
    return Tally.PREVIEW if source in on_preview else Tally.OFF


def tallies(sources: Iterable[str], on_program: Set[str], on_preview: Set[str]) -> dict[str, Tally]:
    """Return the tally of each source."""
    return {source: tally(source, on_program, on_preview) for source in sources}


def greatest(tallies: Iterable[Tally]) -> Tally:
    """Return the one that counts of several: a guest's is the greatest of camera and screen share."""
    return max(tallies, key=_RISING.index, default=Tally.OFF)
