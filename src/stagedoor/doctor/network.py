"""Checks of the network: ports, addresses, and the servers that are named in the settings."""

import asyncio
import base64
import os
import socket
from urllib.parse import unquote, urlsplit

from stagedoor.addresses import usable_addresses
from stagedoor.doctor.findings import Finding, ok, problem, warning
from stagedoor.domain.errors import UnavailableError
from stagedoor.local_http import Endpoint, request
from stagedoor.settings import MediamtxSettings, PortRange, RelaySettings, Settings
from stagedoor.supervisor.ports import own_ports, port_problem
from stagedoor.telemetry.redact import redact_url

ANSWER_WITHIN_S = 4.0
DEFAULT_PORTS = {"rtmp": 1935, "rtmps": 443, "rtsp": 554, "rtsps": 322, "http": 80, "https": 443}

HTTP_OK = 200
HTTP_UNAUTHORIZED = 401


def ports(settings: Settings) -> list[Finding]:
    """Whether the ports are free."""
    found = []
    for port in own_ports(settings):
        error, topic = port_problem(port), f"{port.section} port"
        if error is None:
            found.append(ok(topic, f"{port.number} on {port.host} is free"))
        else:
            found.append(problem(topic, error.message, error.hint))
    if settings.webrtc.udp_ports is not None:
        found.append(_udp(settings.webrtc.udp_ports, len(settings.guests.seats)))
    return found


def addresses(settings: Settings) -> list[Finding]:
    """Where guests' media can come to."""
    usable = usable_addresses("::")
    wanted = settings.webrtc.host_addresses
    if not wanted:
        if usable:
            return [ok("addresses", f"guests' media comes to {', '.join(usable)}")]
        advice = "Connect this machine to a network, or set webrtc.host_addresses."
        return [warning("addresses", "only browsers on this machine can send media here", advice)]
    foreign = [address for address in wanted if not _is_ours(address)]
    text = f"guests' media comes to {', '.join(wanted)}"
    return [ok("addresses", text + (f" ({', '.join(foreign)} by port forwarding)" if foreign else ""))]


async def mediamtx(settings: MediamtxSettings) -> list[Finding]:
    """Whether MediaMTX's control API answers."""
    if settings.api_url is None:
        return []
    topic, url = "mediamtx", redact_url(settings.api_url)
    parts = urlsplit(settings.api_url)
    headers = {}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    path = f"{parts.path.rstrip('/')}/v3/paths/list"
    try:
        answer = await request(
            endpoint_of(settings.api_url), "GET", path, headers=headers, within_s=ANSWER_WITHIN_S
        )
    except UnavailableError as error:
        advice = "Start MediaMTX with `api: yes`, or set mediamtx.api_url to where it listens."
        return [problem(topic, f"{url} cannot be reached: {_cause(error)}", advice)]
    if answer.status == HTTP_UNAUTHORIZED:
        advice = "Put user and password in the URL, or give this machine the `api` permission there."
        return [problem(topic, f"{url} wants a user and a password", advice)]
    if answer.status != HTTP_OK:
        advice = "mediamtx.api_url must name MediaMTX's control API (apiAddress), version 1.0 or later."
        return [problem(topic, f"{url} answers {answer.status}", advice)]
    return [ok(topic, f"{url} answers")]


async def destinations(settings: RelaySettings) -> list[Finding]:
    """Whether the servers of the destinations take connections."""
    enabled = [destination.url for destination in settings.destinations if destination.enabled]
    return list(await asyncio.gather(*(_destination(url) for url in enabled)))


async def _destination(url: str) -> Finding:
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except OSError as error:
        advice = "Start that server, or correct the URL in relay.destinations."
        return warning("destination", f"{redact_url(url)} cannot be reached: {words(error)}", advice)
    writer.transport.abort()
    return ok("destination", f"{redact_url(url)} takes connections")


def _udp(wanted: PortRange, seats: int) -> Finding:
    busy = [port for port in range(wanted.first, wanted.last + 1) if not _udp_is_free(port)]
    free = wanted.count - len(busy)
    needed = seats * max(1, len(usable_addresses("::"))) * 2
    if free == 0:
        return problem("udp ports", f"all of {wanted} are in use", "Set webrtc.udp_ports to a free range.")
    if free < needed:
        return warning(
            "udp ports",
            f"{free} of {wanted} are free; {seats} guests who share their screens take {needed}",
            "Set webrtc.udp_ports to a longer range.",
        )
    return ok("udp ports", f"{free} of {wanted} are free")


def _udp_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def _is_ours(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def endpoint_of(url: str) -> Endpoint:
    """Return where an `http` or `https` URL leads."""
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return Endpoint(host=parts.hostname or "", port=port, trust=parts.scheme == "https")


def _cause(error: UnavailableError) -> str:
    return words(error.__cause__) if isinstance(error.__cause__, OSError) else "its answer is not HTTP"


def words(error: OSError) -> str:
    """Return what a failure of the network is called."""
    if isinstance(error, TimeoutError):
        return f"no answer within {ANSWER_WITHIN_S:.0f} s"
    known = isinstance(error, ConnectionError) and error.errno
    return (os.strerror(error.errno or 0) if known else error.strerror or str(error)).lower()
