"""Every key of the settings, with its type, its bounds and one sentence about it."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from stagedoor.domain.carrier import CarrierKind
from stagedoor.settings.carrier import WANTED, CarrierSettings
from stagedoor.settings.media import MediaSettings
from stagedoor.settings.mixer import MixerSettings
from stagedoor.settings.osc import OscSettings
from stagedoor.settings.recording import RecordingSettings
from stagedoor.settings.values import (
    Address,
    Color,
    DestinationUrl,
    FilePath,
    Host,
    HttpUrl,
    IceUrls,
    Network,
    OriginUrl,
    Part,
    Port,
    PortRange,
    SeatName,
    SourceUrl,
    reachable,
)

ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104
SEAT_COLORS = ("#e4572e", "#2e86ab", "#f3a712", "#3bb273", "#a06cd5", "#d81e5b", "#17bebb", "#8d6a4f")
NOTICE = "Your picture and sound go to the producer of this show, who may record and stream them."


class Tls(StrEnum):
    """How the pages are served."""

    OFF = "off"
    SELF_SIGNED = "self-signed"
    FILES = "files"


def default_data_dir() -> Path:
    """`$XDG_DATA_HOME/stagedoor`, or `~/.local/share/stagedoor`."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "stagedoor"


class ServerSettings(Part):
    """The pages and the API."""

    host: Host = Field(
        "127.0.0.1", description="Address to listen on; 0.0.0.0 is every IPv4 address of this machine."
    )
    port: Port = Field(8000, description="TCP port of the pages and the API.")
    public_url: OriginUrl | None = Field(
        None,
        examples=["https://guests.example.org"],
        description="What guests type or click, when it is not this machine's own address: "
        "the URL of a reverse proxy or of a public name.",
    )
    trusted_proxies: tuple[Network, ...] = Field(
        (),
        max_length=32,
        examples=[["127.0.0.1", "10.0.0.0/8"]],
        description="Addresses or networks of reverse proxies, whose X-Forwarded-* or Forwarded "
        "header fields are believed.",
    )
    tls: Tls = Field(
        Tls.OFF,
        description="`self-signed` makes a certificate of its own, `files` uses tls_cert and tls_key. "
        "Browsers give cameras only to HTTPS pages, or to this very machine.",
    )
    tls_cert: FilePath | None = Field(
        None,
        examples=["/etc/stagedoor/fullchain.pem"],
        description="PEM file with the certificate chain, for tls = files.",
    )
    tls_key: FilePath | None = Field(
        None,
        examples=["/etc/stagedoor/privkey.pem"],
        description="PEM file with the private key, for tls = files.",
    )
    operator_token: str | None = Field(
        None,
        min_length=16,
        max_length=200,
        pattern=r"^[A-Za-z0-9_.~-]+$",
        repr=False,
        examples=["at-least-16-characters"],
        description="Opens the operator's pages and the API. "
        "Without one, a random token is made on the first start and kept in data_dir.",
    )
    data_dir: FilePath = Field(
        default_factory=default_data_dir,
        description="Where the database, the secrets and the self-signed certificate are kept.",
    )

    @model_validator(mode="after")
    def _tls_has_files(self) -> "ServerSettings":
        if self.tls is Tls.FILES and not (self.tls_cert and self.tls_key):
            raise ValueError("tls = files wants tls_cert and tls_key")
        return self

    @property
    def tls_files(self) -> tuple[Path, Path] | None:
        """Certificate and key to serve with; for `self-signed` they are made before the server starts."""
        if self.tls is Tls.FILES and self.tls_cert and self.tls_key:
            return self.tls_cert, self.tls_key
        if self.tls is Tls.SELF_SIGNED:
            return self.data_dir / "tls" / "cert.pem", self.data_dir / "tls" / "key.pem"
        return None

    def url_of(self, address: str) -> str:
        """The root of the pages at one of this machine's addresses or names."""
        scheme = "http" if self.tls is Tls.OFF else "https"
        return f"{scheme}://{f'[{address}]' if ':' in address else address}:{self.port}"

    @property
    def url(self) -> str:
        """The root of the pages for links: `public_url`, or this machine's own."""
        if self.public_url:
            return self.public_url
        return self.url_of(reachable(self.host))

    @property
    def run_dir(self) -> Path:
        """Where the lock and the sockets are while the program runs."""
        return self.data_dir / "run"

    @property
    def relay_socket(self) -> Path:
        """The Unix socket at which the relay answers control."""
        return self.run_dir / "relay.sock"

    @property
    def mixer_socket(self) -> Path:
        """The Unix socket at which the mixer answers control."""
        return self.run_dir / "mixer.sock"

    @property
    def media_dir(self) -> Path:
        """Where files and stills are that sources show."""
        return self.data_dir / "media"


class SeatSettings(Part):
    """A named place for a guest."""

    name: SeatName = Field(description="Name in paths, links and the API.")
    color: Color = Field("#808080", description="Colour on the operator's page, `#rrggbb`.")
    label: str = Field("", max_length=60, description="What people read; the name where it is left out.")
    carrier: CarrierKind | None = Field(None, description="Its guests' carrier; carrier.kind if left out.")
    return_url: SourceUrl | None = Field(
        None,
        repr=False,
        description="What its guest sees and hears instead of program; rtsp, rtmp, http, https.",
    )

    @field_validator("name")
    @classmethod
    def _free_name(cls, value: str) -> str:
        if value.startswith(_TAKEN_PREFIXES) or value.endswith("-screen") or value in _TAKEN_PATHS:
            raise ValueError("is the name of another path of the hub")
        return value


_TAKEN_PATHS = frozenset({"program", "second", "preview", "multiview", "video"})
"""`video` and the two last prefixes because of `return-video` and the returns of pictures and sound alone."""
_TAKEN_PREFIXES = ("lobby-", "return-", "monitor-", "talkback-", "outside-", "video-", "audio-")


def _seats(value: Any) -> Any:  # noqa: ANN401
    """Fill in colour and label, so that `["guest1"]` is enough."""
    if not isinstance(value, list | tuple):
        return value
    tables = [{"name": seat} if isinstance(seat, str) else seat for seat in value]
    return tuple(
        {"color": SEAT_COLORS[n % len(SEAT_COLORS)], "label": seat.get("name", ""), **seat}
        if isinstance(seat, dict)
        else seat
        for n, seat in enumerate(tables)
    )


class GuestsSettings(Part):
    """Who may come in, and what guests are told."""

    seats: Annotated[tuple[SeatSettings, ...], BeforeValidator(_seats)] = Field(
        ("guest1", "guest2", "guest3", "guest4"),  # type: ignore[arg-type]
        min_length=1,
        max_length=64,
        description="The seats: names, or tables with `name`, `color`, `label`, `carrier` and `return_url`.",
    )
    open: bool = Field(
        False,
        description="Whether anyone at /guest_join gets a free seat at once instead of waiting in the lobby.",
    )
    notice: str = Field(NOTICE, max_length=4000, description="What guests agree to before they join.")
    production: str = Field(
        "",
        max_length=100,
        examples=["The Evening Show"],
        description="Name of the show or its producer, on top of the guest page.",
    )
    max_bitrate: int = Field(
        6_000_000,
        ge=100_000,
        le=100_000_000,
        description="Bits a second that a guest's picture may use.",
    )

    @field_validator("seats")
    @classmethod
    def _distinct(cls, seats: tuple[SeatSettings, ...]) -> tuple[SeatSettings, ...]:
        names = [seat.name for seat in seats]
        if len(set(names)) != len(names):
            raise ValueError("names a seat twice")
        return seats


class DestinationSettings(Part):
    """One URL that every seat is published to."""

    url: DestinationUrl = Field(repr=False, description="rtmp, rtmps, rtsp or rtsps, with `{path}`.")
    audio: Literal["aac", "opus", "none"] = Field(
        "aac", description="What sound is sent; `opus` if not given with rtsp and rtsps."
    )
    video: Literal["copy", "h264"] = Field("copy", description="`h264` transcodes what is not H.264.")
    enabled: bool = Field(True, description="Whether it is published to.")


def _destinations(value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, list | tuple):
        return value
    return tuple(_with_sound({"url": item} if isinstance(item, str) else item) for item in value)


def _with_sound(destination: Any) -> Any:  # noqa: ANN401
    """RTSP carries Opus as it came; most RTMP servers and players know only AAC."""
    if not isinstance(destination, dict) or "audio" in destination:
        return destination
    is_rtsp = str(destination.get("url", "")).startswith(("rtsp://", "rtsps://"))
    return {**destination, "audio": "opus"} if is_rtsp else destination


class RelaySettings(Part):
    """Where guests' media goes."""

    destinations: Annotated[tuple[DestinationSettings, ...], BeforeValidator(_destinations)] = Field(
        (),
        max_length=16,
        examples=[["rtmp://127.0.0.1/{path}", {"url": "rtsp://127.0.0.1:8554/{path}", "audio": "opus"}]],
        description="Servers to publish every seat to: URLs with `{path}`, or tables with "
        '`url`, `audio` ("aac", "opus", "none"), `video` ("copy", "h264") and `enabled`.',
    )


class HubSettings(Part):
    """Where players and other programs read guests' media."""

    host: Host = Field("127.0.0.1", description="Address to listen on.")
    port: Port = Field(8100, description="TCP port of the hub.")

    @property
    def url(self) -> str:
        """The root of the hub for programs on this machine."""
        host = reachable(self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


class MediamtxSettings(Part):
    """A MediaMTX server that destinations point to."""

    api_url: HttpUrl | None = Field(
        None,
        repr=False,
        examples=["http://127.0.0.1:9997"],
        description="Its control API; what it says of each path becomes part of the status.",
    )


class IceServer(Part):
    """A STUN or TURN server."""

    urls: IceUrls = Field(description="`stun:`, `stuns:`, `turn:` or `turns:` URLs.")
    username: str | None = Field(None, max_length=500, description="For TURN.")
    credential: str | None = Field(None, max_length=500, repr=False, description="For TURN.")


class WebrtcSettings(Part):
    """How guests' browsers reach the relay."""

    ice_servers: tuple[IceServer, ...] = Field(
        (),
        max_length=8,
        examples=[[{"urls": "turn:turn.example.org", "username": "me", "credential": "secret"}]],
        description="STUN and TURN servers for guests: tables with `urls`, `username` and `credential`.",
    )
    udp_ports: PortRange | None = Field(
        None,
        examples=["40000-40100"],
        description="UDP ports to use, for firewalls; any free port where it is left out. "
        "A guest takes one port for each address, a screen share as many again.",
    )
    host_addresses: tuple[Address, ...] = Field(
        (),
        max_length=16,
        examples=[["203.0.113.7"]],
        description="Addresses that guests' media may come to. Empty: all of this machine's but loopback. "
        "One that is not this machine's own is announced instead of them, as behind a port forwarding.",
    )


class LogSettings(Part):
    """What is logged, and in which form."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important lines that are written."
    )
    format: Literal["text", "json"] = Field("text", description="`text` for people, `json` for programs.")


class Settings(Part):
    """The whole tree; parts of the program receive their own sub-model."""

    server: ServerSettings = Field(default_factory=lambda: ServerSettings())
    guests: GuestsSettings = Field(default_factory=lambda: GuestsSettings())
    carrier: CarrierSettings = Field(default_factory=lambda: CarrierSettings())
    relay: RelaySettings = Field(default_factory=lambda: RelaySettings())
    mixer: MixerSettings = Field(default_factory=lambda: MixerSettings())
    recording: RecordingSettings = Field(default_factory=lambda: RecordingSettings())
    media: MediaSettings = Field(default_factory=lambda: MediaSettings())
    hub: HubSettings = Field(default_factory=lambda: HubSettings())
    mediamtx: MediamtxSettings = Field(default_factory=lambda: MediamtxSettings())
    webrtc: WebrtcSettings = Field(default_factory=lambda: WebrtcSettings())
    osc: OscSettings = Field(default_factory=lambda: OscSettings())
    log: LogSettings = Field(default_factory=lambda: LogSettings())

    @property
    def recordings_dir(self) -> Path:
        """Where recordings are."""
        return self.recording.dir or self.server.data_dir / "recordings"

    @model_validator(mode="after")
    def _ports_differ(self) -> "Settings":
        same_host = self.server.host == self.hub.host or {self.server.host, self.hub.host} & set(ANY_ADDRESS)
        if same_host and self.server.port == self.hub.port:
            raise ValueError("server.port and hub.port must differ")
        return self

    @model_validator(mode="after")
    def _osc_has_its_port(self) -> "Settings":
        ports = self.webrtc.udp_ports
        if self.osc.enabled and ports is not None and ports.first <= self.osc.port <= ports.last:
            raise ValueError("osc.port must lie outside of webrtc.udp_ports")
        return self

    @model_validator(mode="after")
    def _carriers_are_there(self) -> "Settings":
        for seat in self.guests.seats:
            if seat.carrier is CarrierKind.CLOUDFLARE and not self.carrier.cloudflare.is_configured:
                raise ValueError(f"guests.seats: {seat.name} comes by cloudflare, which wants {WANTED}")
        return self
