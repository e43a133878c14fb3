"""Opening a camera or a sound input of this machine."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer

from stagedoor.domain.device import SOUND_PREFIX, Capture, DeviceKind, device_kind
from stagedoor.domain.errors import InvalidError, MediaError, NotFoundError, StagedoorError, UnavailableError
from stagedoor.mixer.sources.opening import Stop

CAMERAS: Final = "v4l2"
SOUNDS: Final = "alsa"
ALSA: Final = {
    "ALSA_CONFIG_PATH": "/usr/share/alsa/alsa.conf",
    "ALSA_CONFIG_DIR": "/usr/share/alsa",
    "ALSA_PLUGIN_DIR": "/usr/lib/alsa-lib",
}
"""Where this system has what ALSA reads."""
CARDS: Final = Path("/proc/asound")
_PROBED: Final = {"probesize": "5000000", "analyzeduration": "500000"}
_SOUND: Final = {"sample_rate": "48000", "channels": "2"}
_JPEG: Final = {"input_format": "mjpeg"}
_GONE: Final = (errno.ENOENT, errno.ENODEV, errno.ENXIO)


def use_system_alsa() -> None:
    """Have ALSA read this system's files: PyAV's own looks below /tmp, where anybody may write.

    Done before there are threads, since the environment is none of theirs.
    """
    for key, place in ALSA.items():
        os.environ.setdefault(key, place)


@contextlib.contextmanager
def open_device(name: str, capture: Capture | None, _stop: Stop) -> Iterator[InputContainer]:
    """Read a device.

    Nobody who waits for its next picture can be called off: the wait ends with that, or with the device.

    Args:
        name: `/dev/video0` or `alsa:default`.
        capture: What a camera is asked for; None takes what it gives by itself.

    Raises:
        InvalidError: This is no name of a device.
        NotFoundError: It is not there.
        UnavailableError: Somebody else has it, or it is not for us.
        MediaError: It does not give what was asked for.
    """
    kind = device_kind(name)
    if kind is None:
        raise InvalidError(f"{name} is no device", code="device_unreadable")
    format = CAMERAS if kind is DeviceKind.CAMERA else SOUNDS
    if format not in _FORMATS:
        raise MediaError("devices are read on Linux alone", code="device_unreadable")
    try:
        with contextlib.closing(_opened(kind, name, capture)) as container:
            yield container
    except av.error.FFmpegError as error:
        raise _failure(error, name, kind) from error


def _opened(kind: DeviceKind, name: str, capture: Capture | None) -> InputContainer:
    if kind is DeviceKind.SOUND:
        own_name = name.removeprefix(SOUND_PREFIX)
        if not _may_be_there(own_name):
            raise av.error.FileNotFoundError(errno.ENOENT, "no such card")
        return av.open(own_name, "r", format=SOUNDS, options=_PROBED | _SOUND)
    asked = {} if capture is None else _asked(capture)
    try:
        # Most cameras have their large sizes at full rate as JPEG alone.
        return av.open(name, "r", format=CAMERAS, options=_PROBED | asked | _JPEG)
    except av.error.FFmpegError as error:
        if error.errno in (*_GONE, errno.EACCES, errno.EPERM, errno.EBUSY):
            raise
    return av.open(name, "r", format=CAMERAS, options=_PROBED | asked)


def _may_be_there(name: str) -> bool:
    """Whether there is such a card: for one that is not there ALSA fills the log at every try."""
    if os.environ.get("ALSA_CONFIG_PATH") != ALSA["ALSA_CONFIG_PATH"]:
        return True  # whoever has written it may have names of their own
    card = name.partition(":")[2].partition(",")[0].removeprefix("CARD=")
    if not card:
        return any(CARDS.glob("card[0-9]*"))
    return (CARDS / (f"card{card}" if card.isdigit() else card)).exists()


def _asked(capture: Capture) -> dict[str, str]:
    return {"video_size": f"{capture.width}x{capture.height}", "framerate": str(capture.frame_rate)}


def _failure(error: av.error.FFmpegError, name: str, kind: DeviceKind) -> StagedoorError:
    group = "video" if kind is DeviceKind.CAMERA else "audio"
    code = error.errno
    if code in _GONE:
        return NotFoundError(f"{name} is not there; it is opened once it is", code="device_missing")
    if code in (errno.EACCES, errno.EPERM):
        return UnavailableError(
            f"{name} may not be opened: this user is not in the group {group}", code="device_refused"
        )
    if code == errno.EBUSY:
        return UnavailableError(f"another program has {name} open", code="device_busy")
    if code == errno.EIO and kind is DeviceKind.SOUND:
        # FFmpeg says no more than this of whatever ALSA refuses.
        return NotFoundError(
            f"{name} is not there, is used by another program, or this user is not in the group {group}",
            code="device_missing",
        )
    return MediaError(f"{name} does not give what is asked of it: {error.strerror}", code="device_unreadable")


_FORMATS: Final = av.formats_available | {each for names in av.formats_available for each in names.split(",")}
