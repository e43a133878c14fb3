"""Which cameras and sound inputs Linux knows; reading the disk, so for a thread."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from stagedoor.control.mixer.source_answers import DeviceView
from stagedoor.domain.device import DeviceKind, device_kind

MOST: Final = 64
_CAMERAS: Final = Path("sys/class/video4linux")
_SOUNDS: Final = Path("proc/asound")
_PCM: Final = re.compile(
    r"(?P<card>[0-9]+)-(?P<device>[0-9]+): (?P<id>[^:]*):(?P<name>[^:]*):.*\bcapture\b.*"
)


def found_devices(root: Path = Path("/")) -> tuple[DeviceView, ...]:
    """Return the devices that are there now, cameras first; none where this is not Linux."""
    found = (*_cameras(root / _CAMERAS), *_sounds(root / _SOUNDS))
    return tuple(each for each in found if device_kind(each.url) is each.kind)[:MOST]


def _cameras(folder: Path) -> Iterator[DeviceView]:
    for node in sorted(folder.glob("video*"), key=lambda each: (len(each.name), each.name)):
        # What else a camera has, such as its metadata, is counted from 1.
        if _read(node / "index") in ("", "0"):
            label = _read(node / "name") or node.name
            yield DeviceView(url=f"/dev/{node.name}", kind=DeviceKind.CAMERA, label=label)


def _sounds(folder: Path) -> Iterator[DeviceView]:
    lines = _read(folder / "pcm").splitlines()
    for match in filter(None, map(_PCM.fullmatch, lines)):
        card, device = int(match["card"]), int(match["device"])
        name = _read(folder / f"card{card}" / "id")
        # A card keeps its name when it is plugged in elsewhere; its number may change.
        url = f"alsa:plughw:CARD={name},DEV={device}" if name else f"alsa:plughw:{card},{device}"
        label = f"{name or card}: {match['name'].strip() or match['id'].strip()}"
        yield DeviceView(url=url, kind=DeviceKind.SOUND, label=label)


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""
