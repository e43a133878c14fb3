"""Devices: cameras and sound inputs of the mixer's machine, by the names that Linux gives them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class DeviceKind(StrEnum):
    """What a device gives; the values are those of the API."""

    CAMERA = "camera"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Capture:
    """What a camera is asked for; it gives what is nearest.

    Attributes:
        width: Pixels.
        height: Pixels.
        frame_rate: Pictures a second.
    """

    width: int
    height: int
    frame_rate: int


SOUND_PREFIX: Final = "alsa:"
_CAMERA: Final = re.compile(r"/dev/video[0-9]{1,3}")
# No other of ALSA's names: some read and write files, and run programs.
_CARD: Final = r"[0-9]{1,2}(,[0-9]{1,2})?|CARD=[A-Za-z0-9_]{1,32}(,DEV=[0-9]{1,2})?"
_SOUND: Final = re.compile(rf"alsa:(default|(hw|plughw|sysdefault|dsnoop):({_CARD}))")


def device_kind(name: str) -> DeviceKind | None:
    """Return what a device of this name gives; None for every name that is not one."""
    if _CAMERA.fullmatch(name):
        return DeviceKind.CAMERA
    return DeviceKind.SOUND if _SOUND.fullmatch(name) else None
