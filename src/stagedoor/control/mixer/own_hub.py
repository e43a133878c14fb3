"""Paths of our own hub, as sources: what is mixed here would be seen and heard in itself."""

import asyncio
import re
from collections.abc import Collection
from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote, urlsplit

from stagedoor.addresses import OWN, own_hosts, plain_host
from stagedoor.domain.checks import Rule
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.ids import is_hub_path, split_screen
from stagedoor.domain.limits import check_readable
from stagedoor.domain.source import SourceKind
from stagedoor.settings import Settings

_USUAL_PORTS = {"http": 80, "https": 443}
_LIVE = re.compile(r"(?:/[^/]*)*/live")
_SEATS_HINT = "A seat is a source already: show that one, so that its guest never hears themselves."


async def find_own_hosts(settings: Settings) -> frozenset[str]:
    """Return this machine's own hosts, in the spelling in which they are compared."""
    public = urlsplit(settings.server.public_url or "").hostname or OWN
    return await asyncio.to_thread(own_hosts, settings.hub.host, settings.server.host, public)


def require_no_loop(kind: SourceKind, url: str, settings: Settings, own: Collection[str]) -> None:
    """Return if a source is nothing that is mixed here, or a seat's own; raise `InvalidError` if it is.

    Args:
        kind: What the source is.
        url: Its address.
        settings: Where the hub and the pages listen, and which seats there are.
        own: This machine's own hosts.
    """
    path = url if kind is SourceKind.HUB else own_path(url, settings, own) if kind is SourceKind.URL else None
    if path is None:
        return
    check_readable("url", path)
    if split_screen(path)[0] in {seat.name for seat in settings.guests.seats}:
        raise InvalidError(
            "url: is a seat's own path",
            hint=_SEATS_HINT,
            values={"at": "url", "rule": Rule.SEATS_PATH.value},
        )


def own_path(url: str, settings: Settings, own: Collection[str]) -> str | None:
    """Return the path of our own hub that an address reads; None where it leads elsewhere."""
    try:
        parts = urlsplit(url)
        leads_here = _leads_here(parts, settings, own)
    except ValueError:
        return None
    name = PurePosixPath(unquote(parts.path))
    if not leads_here or not _LIVE.fullmatch(str(name.parent)) or not is_hub_path(name.stem):
        return None
    return name.stem


def _leads_here(parts: SplitResult, settings: Settings, own: Collection[str]) -> bool:
    if parts.scheme not in _USUAL_PORTS or parts.hostname is None:
        return False
    port = parts.port or _USUAL_PORTS[parts.scheme]
    if settings.server.public_url is not None:
        public = urlsplit(settings.server.public_url)
        if (parts.hostname, port) == (public.hostname, public.port or _USUAL_PORTS.get(public.scheme)):
            return True
    return port in (settings.hub.port, settings.server.port) and plain_host(parts.hostname, own) == OWN
