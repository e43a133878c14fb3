"""What reverse proxies say of the request that came to them, and which of them are believed."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

SCHEMES = {"http": ("http", "ws"), "https": ("https", "wss"), "ws": ("http", "ws"), "wss": ("https", "wss")}
"""What a proxy calls the scheme (some say `wss`), and what it is for a request and for a WebSocket."""
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_PAIR = re.compile(r'[ \t]*+(?:([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^;,"\s]+)))?[ \t]*+([;,]|\Z)')
"""One pair of `Forwarded`, or the nothing between two commas, and what ends it (RFC 7239 section 4)."""
_LONGEST = 2048
"""Characters of `Forwarded` that are read; whoever sends more is not believed."""


class TrustedProxies:
    """Believes the header fields of the proxies that the settings name, and of nobody else.

    These are `X-Forwarded-Proto`, `-Host` and `-For`, or where there is none of them `Forwarded` (RFC 7239).
    Of a list the last entry counts, which is what the nearest proxy has seen itself; of the clients'
    addresses the last that is not such a proxy.
    """

    def __init__(self, app: ASGIApp, networks: Sequence[str]) -> None:
        self._app = app
        self._networks = [ipaddress.ip_network(network, strict=False) for network in networks]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        client = scope.get("client")
        if scope["type"] in ("http", "websocket") and client is not None and self._trusts(client[0]):
            scope = self._as_seen(scope)
        await self._app(scope, receive, send)

    def _trusts(self, name: str) -> bool:
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(mapped in network for network in self._networks)

    def _as_seen(self, scope: Scope) -> Scope:
        headers = Headers(scope=scope)
        seen = _by_x_fields(headers) or _by_forwarded(headers)
        changed = dict(scope)
        if seen.proto in SCHEMES:
            changed["scheme"] = SCHEMES[seen.proto][scope["type"] == "websocket"]
        if _HOST.fullmatch(seen.host):
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            changed["headers"] = [*others, (b"host", seen.host.encode("latin-1"))]
        client = next((name for name in reversed(seen.clients) if not self._trusts(name)), None)
        if client is not None:
            changed["client"] = (client, 0)
        return changed


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a request came to the nearest proxy; empty where it does not say."""

    proto: str = ""
    host: str = ""
    clients: Sequence[str] = ()


def _by_x_fields(headers: Headers) -> _Seen | None:
    proto, host, clients = (headers.getlist(f"x-forwarded-{name}") for name in ("proto", "host", "for"))
    if not (proto or host or clients):
        return None
    addresses = tuple(_address(item) for item in _items(clients))
    return _Seen(_last(_items(proto)).lower(), _last(_items(host)), addresses)


def _by_forwarded(headers: Headers) -> _Seen:
    entries = _entries(",".join(headers.getlist("forwarded")))
    if not entries:
        return _Seen()
    nearest = entries[-1]
    addresses = tuple(_address(entry["for"]) for entry in entries if "for" in entry)
    return _Seen(nearest.get("proto", "").lower(), nearest.get("host", ""), addresses)


def _entries(field: str) -> list[dict[str, str]]:
    """Return the entries of a `Forwarded`, one for each proxy; none of one that breaks the grammar."""
    if len(field) > _LONGEST:
        return []
    entries: list[dict[str, str]] = [{}]
    at = 0
    while at < len(field):
        pair = _PAIR.match(field, at)
        if pair is None:
            return []
        name, quoted, bare, end = pair.groups()
        if name is not None:
            entries[-1][name.lower()] = quoted or bare or ""
        if end == ",":
            entries.append({})
        at = pair.end()
    return [entry for entry in entries if entry]


def _items(values: Iterable[str]) -> list[str]:
    return [item.strip() for item in ",".join(values).split(",") if item.strip()]


def _last(items: Sequence[str]) -> str:
    return items[-1] if items else ""


def _address(text: str) -> str:
    """Return an address without its port: `192.0.2.7:80`, `[2001:db8::1]:80`."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
