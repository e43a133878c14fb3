"""Destination URLs: taken apart to dial, and redacted to be shown."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from stagedoor.domain.errors import InvalidError

PORTS: Final = {"rtmp": 1935, "rtmps": 443, "rtsp": 554, "rtsps": 322}
"""The schemes that can be published to, with their default ports."""

HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class Address:
    """A destination URL, taken apart.

    Attributes:
        scheme: `rtmp`, `rtmps`, `rtsp` or `rtsps`.
        host: Name or address, an IPv6 address without its brackets.
        port: The scheme's own where the URL gives none.
        authority: Host and port as written, without credentials.
        path: With its leading slash, as written.
        query: Without the question mark, as written; it belongs to the server.
        user: Empty where none was given.
    """

    scheme: str
    host: str
    port: int
    authority: str
    path: str
    query: str
    user: str = ""
    password: str = ""

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Take a URL apart; raises `InvalidError`, which names no secret, if it cannot be published to."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise InvalidError("a destination is not a URL", hint="Write it as rtmp://host/path.") from None
        if parts.scheme not in PORTS or not parts.hostname:
            raise InvalidError(
                f"a destination cannot be of scheme {parts.scheme!r}"
                if parts.scheme
                else "a destination has no scheme",
                hint=f"Use one of {', '.join(PORTS)}, and a host.",
            )
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=PORTS[parts.scheme] if port is None else port,
            authority=_authority(parts),
            path=parts.path + (f"#{parts.fragment}" if parts.fragment else ""),
            query=parts.query,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme in ("rtmps", "rtsps")

    @property
    def rtmp(self) -> bool:
        """Whether it speaks RTMP; otherwise RTSP."""
        return self.scheme in ("rtmp", "rtmps")

    @property
    def where(self) -> str:
        """Host and port for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def secrets(self) -> tuple[str, ...]:
        """Return the parts that a message must not hold, the longest first."""
        key = self.path.rpartition("/")[2] if self.rtmp and self.path.count("/") > 1 else ""
        found = {self.password, self.query, key, *(part.partition("=")[2] for part in self.query.split("&"))}
        return tuple(sorted((each for each in found if len(each) > 2), key=len, reverse=True))

    def clean(self, text: str, *, public: str = "") -> str:
        """Return a server's words without our secrets; `public` is a name that is none."""
        for secret in self.secrets():
            if secret != public:
                text = text.replace(secret, HIDDEN)
        return text


def redact(url: str, *, public: str = "") -> str:
    """Return a URL without credentials, stream key and query, for people and logs.

    Args:
        url: Any text; what is no URL is hidden whole.
        public: A name that may stay although it stands where a stream key would: the path's own.
    """
    try:
        address = Address.parse(url)
    except InvalidError:
        return HIDDEN
    path = address.path
    if address.rtmp:
        application, slash, key = path.rpartition("/")
        if application and key != public:
            path = application + slash + HIDDEN
    return f"{address.scheme}://{address.authority}{path}"


def _authority(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]
