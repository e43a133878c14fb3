"""Checks of `server.public_url`: everything that a guest's page does, by the way that guests take.

Nothing is changed by them: credentials that are none, and an offer that is empty.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from stagedoor.addresses import usable_addresses
from stagedoor.doctor.findings import Finding, ok, problem, warning
from stagedoor.doctor.network import ANSWER_WITHIN_S, endpoint_of, words
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import UnavailableError
from stagedoor.local_http import INSTALLATION_FIELD, Answer, Endpoint, read_head, request
from stagedoor.secrets import Secrets
from stagedoor.settings import ServerSettings, Settings, reachable

TOPIC = "public_url"
NOBODY = "doctor"
"""A token that is none, and a guest who is none."""
OFFER = b" " * 64 * 1024
"""Longer than browsers' offers are, and empty: it is refused before anybody looks at it."""
REFUSED_CODE = 4401
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
UNREACHED = frozenset({502, 503, 504, *range(520, 531)})
"""What proxies and tunnels answer when they do not reach what is behind them."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way that guests take.

    Attributes:
        url: The public URL.
        endpoint: Where that leads.
        here: Where the proxy has to hand requests on to.
        secrets: Of the installation that has to answer.
    """

    url: str
    endpoint: Endpoint
    here: str
    secrets: Secrets = field(repr=False)

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send one request; raises `UnavailableError`."""
        return await request(
            self.endpoint, method, path, headers=headers, body=body, within_s=ANSWER_WITHIN_S
        )


async def media(settings: Settings) -> list[Finding]:
    """Whether guests who come by `server.public_url` can send their media to this machine."""
    url, webrtc = settings.server.public_url, settings.webrtc
    if (
        url is None
        or settings.carrier.kind is not CarrierKind.BUILTIN
        or webrtc.host_addresses
        or webrtc.ice_servers
    ):
        return []
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            found = await asyncio.get_running_loop().getaddrinfo(endpoint_of(url).host, None)
    except OSError:
        return []
    ours = usable_addresses("::")
    if any(_is_public(address) for address in ours) or not any(_is_public(at[4][0]) for at in found):
        return []
    text = f"guests who come by {url} cannot send media to {', '.join(ours) or 'this machine'}"
    advice = (
        "Their media does not take the way of the pages: let it come by Cloudflare (carrier.kind), or "
        "forward UDP ports (webrtc.udp_ports) and name the outer address in webrtc.host_addresses."
    )
    return [warning("media", text, advice)]


def _is_public(address: str | int) -> bool:
    return ipaddress.ip_address(str(address).partition("%")[0]).is_global


async def examine(server: ServerSettings, secrets: Secrets | None) -> list[Finding]:
    """Whether guests reach the running program by `server.public_url`, and with what; None: nothing runs."""
    url = server.public_url
    if url is None:
        return []
    if secrets is None:
        return [warning(TOPIC, f"{url} was not asked", "Start Stagedoor and run this again.")]
    way = Way(url, endpoint_of(url), server.url_of(reachable(server.host)), secrets)
    try:
        fault = await _who_answers(way)
        if fault is not None:
            return [fault]
        found = [ok(TOPIC, f"{url} leads here"), *_scheme(way)]
        found += [await _page(way), await _whip(way), await _websocket(way)]
        return found + await _stream(way)
    except UnavailableError as error:
        return [_unreachable(way, error.__cause__)]


def _unreachable(way: Way, cause: BaseException | None) -> Finding:
    host, port = way.endpoint.host, way.endpoint.port
    match cause:
        case socket.gaierror():
            text = f"the name {host} is not known here"
            advice = "Make a DNS record for it, or correct server.public_url; a new record takes a while."
        case ssl.SSLCertVerificationError():
            text = f"browsers will refuse the certificate of {host}: {cause.verify_message}"
            advice = f"The proxy needs a valid certificate for {host}, of an authority that browsers know."
        case ssl.SSLError():
            text = f"{host}:{port} speaks no TLS"
            advice = "The proxy must speak HTTPS at the port in server.public_url."
        case TimeoutError():
            text = f"{way.url} gives no answer within {ANSWER_WITHIN_S:.0f} s"
            advice = (
                f"Let firewalls pass TCP {port} to the proxy, and the proxy to {way.here}. "
                "Some routers do not lead back to themselves: then try from outside."
            )
        case OSError():
            text = f"{way.url} cannot be reached: {words(cause)}"
            advice = "Start the proxy or the tunnel; look at host and port in server.public_url."
        case _:
            text = f"{host}:{port} does not speak HTTP"
            advice = "Look at the scheme and the port in server.public_url."
    return problem(TOPIC, text, advice)


async def _who_answers(way: Way) -> Finding | None:
    """Return what is wrong if it is not this installation that answers."""
    answer = await way.ask("GET", "/healthz", {})
    named = answer.headers.get(INSTALLATION_FIELD.lower())
    if named == way.secrets.installation and answer.status == 200:
        return None
    if named is not None:
        text = f"another Stagedoor answers at {way.url}"
        return problem(TOPIC, text, f"Have the proxy or the tunnel lead to this machine: {way.here}.")
    if answer.status in UNREACHED:
        text = f"the proxy at {way.url} answers {answer.status}: it does not reach Stagedoor"
        return problem(TOPIC, text, f"It must hand every path on to {way.here}.")
    if 300 <= answer.status < 400 or answer.status in (401, 403):
        text = f"the proxy at {way.url} keeps visitors away or sends them elsewhere ({answer.status})"
        return problem(TOPIC, text, "Guests have no login there: take it away, and hand every path on.")
    who = "".join(c for c in answer.headers.get("server", "")[:40] if c.isascii() and c.isprintable())
    text = f"somebody else answers at {way.url}: a server {who or 'without a name'}, status {answer.status}"
    return problem(TOPIC, text, f"Look at host and port of server.public_url; it must lead to {way.here}.")


def _scheme(way: Way) -> list[Finding]:
    if way.url.startswith("https:") or way.endpoint.host in LOCAL:
        return []
    advice = "Put HTTPS in front, and set server.public_url to the https URL."
    return [warning(TOPIC, "browsers give no camera to pages without HTTPS", advice)]


async def _page(way: Way) -> Finding:
    answer = await way.ask("GET", "/guest_join", {})
    if answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
        return ok("guest page", "comes through")
    advice = f"The proxy must hand every path on to {way.here}, and answer nothing itself."
    return problem("guest page", f"{way.url}/guest_join answers {answer.status}", advice)


async def _whip(way: Way) -> Finding:
    """Whether offers come through as browsers send them: credentials, a body, answers that are ours."""
    topic, path = "whip", f"/api/calls/whip/{NOBODY}"
    options = await way.ask("OPTIONS", path, {})
    if "accept-post" not in options.headers:
        text = f"OPTIONS is answered by somebody else ({options.status})"
        return problem(topic, text, "The proxy must hand on OPTIONS, POST, PATCH and DELETE.")
    headers = {"Authorization": f"Bearer {NOBODY}", "Content-Type": "application/sdp"}
    answer = await way.ask("POST", path, headers, OFFER)
    code = _code(answer)
    if code == "invite_unknown":
        return await _session_methods(way, path, headers)
    if code is not None and answer.status == 400:
        text = "the Authorization header field does not come through"
        return problem(topic, text, "The proxy must hand it on; a login of the proxy's own must not use it.")
    if answer.status == 413:
        text = f"a body of {len(OFFER) // 1024} KiB is refused (413)"
        return problem(topic, text, "Allow bodies of 256 KiB there; in nginx: client_max_body_size 1m.")
    text = f"an offer is not answered by Stagedoor ({answer.status})"
    return problem(topic, text, "The proxy must hand on errors as they are, not as pages of its own.")


async def _session_methods(way: Way, path: str, headers: Mapping[str, str]) -> Finding:
    for method in ("PATCH", "DELETE"):
        answer = await way.ask(method, f"{path}/{NOBODY}", headers)
        if _code(answer) != "invite_unknown":
            text = f"{method} is answered by somebody else ({answer.status})"
            return problem("whip", text, "The proxy must hand on OPTIONS, POST, PATCH and DELETE.")
    return ok("whip", "offers and answers come through")


async def _websocket(way: Way) -> Finding:
    """Whether WebSockets come through, both ways: we refuse this one in a message."""
    url = f"{way.url.replace('http', 'ws', 1)}/api/events?token={NOBODY}"
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S), connect(url, proxy=None) as socket:
            await socket.recv()
    except ConnectionClosed as closed:
        if closed.rcvd is not None and closed.rcvd.code == REFUSED_CODE:
            return ok("websocket", "comes through")
        why = "it breaks off"
    except InvalidStatus as error:
        why = f"the answer is {error.response.status_code}"
    except (InvalidHandshake, InvalidMessage, OSError):
        why = "there is no answer that fits"
    else:
        why = "somebody else answers"
    advice = (
        "The proxy must hand on Upgrade and Connection (nginx: proxy_http_version 1.1 and both fields). "
        "Until then pages ask for news instead, and are a second late."
    )
    return warning("websocket", f"WebSockets do not come through: {why}", advice)


async def _stream(way: Way) -> list[Finding]:
    """Whether event streams are held back; by HTTPS only, because the operator's token goes along."""
    if not way.url.startswith("https:"):
        return []
    topic = "event stream"
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            status = await _first_event(way)
    except TimeoutError:
        advice = (
            "Turn buffering off for /api/events if scripts follow it through there (nginx: "
            "proxy_buffering off). Pages do not need it."
        )
        return [warning(topic, "is held back by the proxy", advice)]
    except (OSError, ValueError):
        status = 0
    if status == 200:
        return [ok(topic, "comes through")]
    if status in (401, 403):
        return []  # without credentials, which `whip` tells
    return [warning(topic, f"is answered with {status}", "Have the proxy hand /api/events on.")]


async def _first_event(way: Way) -> int:
    """Return the status of the event stream, once the first of its body has come."""
    reader, writer = await way.endpoint.open()
    try:
        fields = [
            "GET /api/events HTTP/1.0",
            f"Host: {way.endpoint.authority}",
            f"Authorization: Bearer {way.secrets.operator_token}",
        ]
        writer.write("\r\n".join([*fields, "", ""]).encode())
        status, _ = await read_head(reader)
        return status if await reader.read(1) else 0
    finally:
        writer.transport.abort()


def _code(answer: Answer) -> str | None:
    """Return the code of a problem document of ours."""
    try:
        document = answer.json()
    except ValueError:
        return None
    return str(document["code"]) if isinstance(document, dict) and "code" in document else None
