"""Where sources and outputs may lead: which URLs, and which files."""

import os.path
from pathlib import Path, PurePosixPath

from stagedoor.domain.checks import Rule
from stagedoor.domain.device import device_kind
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.limits import check_hub_path
from stagedoor.domain.source import SourceKind
from stagedoor.outputs.address import Address
from stagedoor.settings.values import SOURCE_SCHEMES, source_url

_WITHOUT = (SourceKind.COLOR, SourceKind.PATTERN, SourceKind.SLATE)
_MEDIA_HINT = "Put the file into the folder `media` of server.data_dir, and name it by its path there."

_DEVICE_HINT = (
    "A camera is /dev/video0, a sound input alsa:default or alsa:hw:1,0; GET /api/sources/devices lists them."
)


def checked_address(kind: SourceKind, url: str, media_dir: Path) -> str:
    """Return a source's address in the one way in which it is kept; a file is named within the media folder.

    Reads the disk, so it is for a thread.

    Args:
        kind: What the source is.
        url: As it was given.
        media_dir: Where files may be.

    Raises:
        InvalidError: It can be no address of such a source.
    """
    if kind in _WITHOUT:
        if url:
            raise _refused("url", Rule.NO_ADDRESS, f"a {kind} has none")
        return ""
    if kind is SourceKind.DEVICE:
        if device_kind(url) is None:
            raise _refused("url", Rule.DEVICE, "names no device", _DEVICE_HINT)
        return url
    if kind is SourceKind.HUB:
        check_hub_path("url", url)
        return url
    if "://" not in url:
        return checked_file(url, media_dir)
    if kind is SourceKind.STILL:
        raise _refused("url", Rule.STILL_FILE, "a still is a file", _MEDIA_HINT)
    _require_server(url)
    return url


def checked_file(name: str, media_dir: Path, field: str = "url") -> str:
    """Return the name that a file has within the media folder.

    Reads the disk, so it is for a thread.

    Raises:
        InvalidError: It names no file within the folder; the sentence begins with the field.
    """
    if not name or PurePosixPath(name).is_absolute():
        raise _refused(field, Rule.FILE, "must name a file within the media folder", _MEDIA_HINT)
    root = Path(os.path.realpath(media_dir))
    path = Path(os.path.realpath(root / name))
    if not path.is_relative_to(root) or not path.is_file():
        why = "there is no such file within the media folder"
        raise _refused(field, Rule.FILE_THERE, why, _MEDIA_HINT)
    return str(path.relative_to(root))


def check_output(url: str) -> None:
    """Return if program can be published to a URL; raise `InvalidError`, which names no secret, if not."""
    try:
        address = Address.parse(url)
    except InvalidError as error:
        raise _refused("url", Rule.DESTINATION, error.message, error.hint) from None
    if address.port == 0 or "{" in url.replace("{path}", ""):
        why = "names a port that cannot be, or a placeholder that is not {path}"
        raise _refused("url", Rule.DESTINATION, why)


def check_return(url: str) -> None:
    """Return if a return can be read from a URL; raise `InvalidError`, which names no secret, if not."""
    try:
        source_url(url)
    except ValueError as error:
        hint = f"Use one of {', '.join(SOURCE_SCHEMES)}."
        raise _refused("return_url", Rule.ADDRESS, str(error), hint) from None


def _require_server(url: str) -> None:
    try:
        source_url(url)
    except ValueError as error:
        hint = f"Use one of {', '.join(SOURCE_SCHEMES)}, or a file. {_MEDIA_HINT}"
        raise _refused("url", Rule.ADDRESS, str(error), hint) from None


def _refused(field: str, rule: Rule, why: str, hint: str = "") -> InvalidError:
    return InvalidError(f"{field}: {why}", hint=hint, values={"at": field, "rule": rule.value})
