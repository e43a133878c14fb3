"""Names: of guests, invites, sessions and the hub's paths; all fit into a URL, a file name and a log line."""

import base64
import re
from enum import StrEnum

SCREEN_SUFFIX = "-screen"
LOBBY_PREFIX = "lobby-"
RETURN_PREFIX = "return-"
RETURN_VIDEO = "return-video"
"""The picture of all returns; each guest's sound has a path of its own."""
OUTSIDE_PREFIX = "outside-"
TALKBACK_PREFIX = "talkback-"
MONITOR_PREFIX = "monitor-"
PROGRAM = "program"
SECOND = "second"
"""The second canvas: what program shows, in another shape."""
MULTIVIEW = "multiview"
_HUB_PATH = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


class Canvas(StrEnum):
    """A canvas that goes on air; the value is also its path at the hub."""

    PROGRAM = "program"
    SECOND = "second"


def guest_id(entropy: bytes) -> str:
    """Return a guest's id made of 5 random bytes; no seat has a `_` in its name."""
    return "g_" + base64.b32encode(entropy[:5]).decode().lower()


def secret_id(entropy: bytes) -> str:
    """Return an unguessable id made of at least 16 random bytes."""
    if len(entropy) < 16:
        raise ValueError("an unguessable id needs 16 random bytes")
    return entropy.hex()


def is_path(text: str) -> bool:
    """Tell whether a text can be a hub path, a seat's name or a guest's id."""
    return _PATH.fullmatch(text) is not None


def is_hub_path(text: str) -> bool:
    """Tell whether something can be published to the hub under a name."""
    return _HUB_PATH.fullmatch(text) is not None


def lobby_path(guest: str) -> str:
    """Return where a guest in the lobby is published."""
    return LOBBY_PREFIX + guest


def is_lobby(name: str) -> bool:
    """Tell whether a path or source is of somebody in the lobby, or on the way there."""
    return name.startswith(LOBBY_PREFIX)


def return_path(seat: str) -> str:
    """Return where the picture and sound are that the guest in a seat gets back."""
    return RETURN_PREFIX + seat


def screen_path(path: str) -> str:
    """Return where the screen share belonging to a path is published."""
    return path + SCREEN_SUFFIX


def return_audio_path(seat: str) -> str:
    """Return where the sound is published that goes back to a seat."""
    return f"{RETURN_PREFIX}audio-{seat}"


def return_video_path(seat: str) -> str:
    """Return where the picture is published that goes back to a seat, where it is not that of all others."""
    return f"{RETURN_VIDEO}-{seat}"


def outside_source(seat: str) -> str:
    """Return the source that is read from the return URL of a seat."""
    return OUTSIDE_PREFIX + seat


def is_outside(name: str) -> bool:
    """Tell whether a source is read from a seat's return URL: nobody but that seat's guest gets it."""
    return name.startswith(OUTSIDE_PREFIX)


def split_screen(name: str) -> tuple[str, bool]:
    """Return a name without the suffix of screen shares, and whether it had it."""
    bare = name.removesuffix(SCREEN_SUFFIX)
    return bare, bare != name


def is_talkback(name: str) -> bool:
    """Tell whether a path or source is an operator's talkback, which goes to returns alone."""
    return name.startswith(TALKBACK_PREFIX)


def talkback_path(operator: str) -> str:
    """Return where an operator's talkback is published; it is also its source."""
    return TALKBACK_PREFIX + operator


def is_mixed(path: str) -> bool:
    """Tell whether a path comes out of the mixer: as a source it would be a loop."""
    return path in (PROGRAM, SECOND, MULTIVIEW) or path.startswith((RETURN_PREFIX, MONITOR_PREFIX))
