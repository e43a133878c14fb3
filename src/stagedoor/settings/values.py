"""The kinds of value that settings have: what text each one reads, and what it refuses."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from stagedoor.domain.errors import InvalidError

PORT_MIN, PORT_MAX = 1, 65535
DESTINATION_SCHEMES = ("rtmp", "rtmps", "rtsp", "rtsps")
SOURCE_SCHEMES = ("rtsp", "rtmp", "http", "https")
"""What can be read of other servers."""

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def parse_duration(text: str) -> int:
    """Return the seconds that `90s`, `30m`, `24h`, `7d` or `1h30m` stand for.

    Raises:
        ValueError: It is anything else, or nothing at all.
    """
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise ValueError("is not a duration like 30s, 15m, 24h or 7d")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def reachable(host: str) -> str:
    """Return the address at which this machine itself reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def bad_settings(message: str) -> InvalidError:
    """Return the error of settings that cannot be; `message` has a line for each problem and no value."""
    return InvalidError(
        message,
        code="bad_settings",
        hint="`stagedoor config example` shows every key, `stagedoor config show` what is in force.",
    )


class Part(BaseModel):
    """Base of all settings: closed and unchangeable, and no value is repeated in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=True)


class PortRange(Part):
    """UDP ports from `first` to `last`, both included; written `40000-40100`."""

    first: int = Field(ge=1024, le=PORT_MAX)
    last: int = Field(ge=1024, le=PORT_MAX)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, str):
            return value
        first, dash, last = value.partition("-")
        if not (dash and first.strip().isdecimal() and last.strip().isdecimal()):
            raise ValueError("is not a range of ports like 40000-40100")
        return {"first": int(first), "last": int(last)}

    @model_validator(mode="after")
    def _ordered(self) -> "PortRange":
        if self.last < self.first:
            raise ValueError("ends before it starts")
        return self

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    @property
    def count(self) -> int:
        """How many ports there are."""
        return self.last - self.first + 1


def _path(value: Path) -> Path:
    return value.expanduser().absolute()


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a URL like https://guests.example.org")
    if parts.query or parts.fragment:
        raise ValueError("must end before any ? or #")
    if parts.port == 0:
        raise ValueError("names a port that cannot be")
    return value.rstrip("/")


def _origin(value: str) -> str:
    """Return a URL in the one spelling in which browsers name its origin (RFC 6454 section 6.1)."""
    parts = urlsplit(_http_url(value))
    if parts.path:
        raise ValueError("must end after the host and port, because the pages stand at the root")
    if parts.username is not None:
        raise ValueError("must not hold a user or a password, because every guest sees it")
    host = parts.hostname or ""
    try:
        name = f"[{host}]" if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        raise ValueError("names a host that cannot be") from None
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port not in (None, usual) else "")


def _account_url(value: str) -> str:
    """Return a URL to which a secret is sent with every request."""
    url = _http_url(value)
    parts = urlsplit(url)
    if parts.username is not None:
        raise ValueError("must not hold a user or a password")
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        raise ValueError("must be https, because secrets go there; http is for private addresses")
    return url


def _is_near(host: str) -> bool:
    """Tell whether a host is this machine, or one of a private network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_private


def _destination_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in DESTINATION_SCHEMES or not parts.hostname:
        raise ValueError(f"is not a URL of {', '.join(DESTINATION_SCHEMES)}")
    if set(_PLACEHOLDER.findall(value)) != {"path"}:
        raise ValueError("must hold {path}, which stands for the name of the seat, and no other {…}")
    if "{path}" in parts.netloc:
        raise ValueError("may hold {path} only after the host")
    if parts.port == 0:
        raise ValueError("names a port that cannot be")
    return value


def source_url(value: str) -> str:
    """Return a URL that can be read from.

    Raises:
        ValueError: It is none; the words repeat nothing of it but its scheme.
    """
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in SOURCE_SCHEMES:
        raise ValueError(f"is not a URL of {', '.join(SOURCE_SCHEMES)}")
    if not parts.hostname or port == 0:
        raise ValueError("has no host, or a port that cannot be")
    if any(character.isspace() or not character.isprintable() for character in value):
        raise ValueError("has a space or a control character")
    return value


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError as error:
        raise ValueError("is not an IP address") from error


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise ValueError("is not an IP address, or a network like 10.0.0.0/8") from error
    return value


def whole(value: Any) -> Any:  # noqa: ANN401
    """Read a number that an environment variable holds, where only some numbers are allowed."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


def _one_or_many(value: Any) -> Any:  # noqa: ANN401
    return (value,) if isinstance(value, str) else value


Port = Annotated[int, Field(ge=PORT_MIN, le=PORT_MAX)]
Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9_.:-]+$")]
FilePath = Annotated[Path, AfterValidator(_path)]
HttpUrl = Annotated[str, Field(max_length=2000), AfterValidator(_http_url)]
AccountUrl = Annotated[str, Field(max_length=2000), AfterValidator(_account_url)]
OriginUrl = Annotated[str, Field(max_length=2000), AfterValidator(_origin)]
DestinationUrl = Annotated[str, Field(max_length=2000), AfterValidator(_destination_url)]
SourceUrl = Annotated[str, Field(max_length=2000), AfterValidator(source_url)]
Address = Annotated[str, AfterValidator(_address)]
Network = Annotated[str, AfterValidator(_network)]
IceUrl = Annotated[str, Field(max_length=500, pattern=r"^(stun|stuns|turn|turns):\S+$")]
IceUrls = Annotated[tuple[IceUrl, ...], BeforeValidator(_one_or_many), Field(min_length=1, max_length=8)]
CloudflareId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Secret = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[!-~]+$")]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
SeatName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
