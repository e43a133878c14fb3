"""Uploaded media: which kinds there are, and what their files are called."""

import re
import unicodedata
from enum import StrEnum
from typing import Final

MAX_STEM: Final = 60
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")

MAX_PICTURE_PIXELS = 4096 * 4096
"""Of a picture that moves: a few hundred kilobytes can say that they are gigabytes of pixels."""
MAX_STILL_PIXELS = 50_000_000
MAX_STILL_BYTES = 20 * 1024 * 1024
STILLS: Final = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
"""Formats of images that are taken, as Pillow calls them, and how names of such files end."""


class MediaKind(StrEnum):
    """What a file can be used as."""

    STILL = "still"
    CLIP = "clip"


def clean_name(given: str, suffix: str) -> str:
    """Return the name that a file gets: what was given without folders, accents and anything unusual.

    Args:
        given: As the client calls it.
        suffix: What the name has to end with, by what is in the file.
    """
    base = re.split(r"[/\\]", given)[-1]
    stem = base.rpartition(".")[0] or base
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    cleaned = _NOT_IN_NAMES.sub("-", plain).strip("-_")[:MAX_STEM]
    return f"{cleaned or 'media'}{suffix}"


def numbered(name: str, number: int) -> str:
    """Return another name for a file whose name is taken: `intro.mp4`, `intro-2.mp4`, …"""
    if number == 1:
        return name
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-{number}.{suffix}"
