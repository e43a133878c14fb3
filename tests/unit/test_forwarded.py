"""Which address a request counts as coming from, by what trusted proxies say."""

import pytest
from starlette.types import Receive, Scope, Send

from stagedoor.control.forwarded import TrustedProxies

pytestmark = pytest.mark.unit

TRUSTED = ["10.0.0.0/8", "2001:db8:1::/48"]


async def seen(client: str, kind: str = "http", **fields: str) -> Scope:
    """What the application behind is given."""
    found: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        found.append(scope)

    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    scope: Scope = {
        "type": kind,
        "client": (client, 7),
        "scheme": "http" if kind == "http" else "ws",
        "headers": [(b"host", b"box:8000"), *headers],
    }
    await TrustedProxies(app, TRUSTED)(scope, _never, _never)  # type: ignore[arg-type]
    return found[0]


async def _never(*_arguments: object) -> None:
    raise AssertionError


@pytest.mark.parametrize(
    ("client", "fields", "address"),
    [
        ("10.1.1.1", {"x_forwarded_for": "203.0.113.9"}, "203.0.113.9"),
        ("10.1.1.1", {"x_forwarded_for": "6.6.6.6, 203.0.113.9:4711, 10.2.2.2"}, "203.0.113.9"),
        ("::ffff:10.1.1.1", {"x_forwarded_for": "203.0.113.9"}, "203.0.113.9"),
        ("2001:db8:1::7", {"forwarded": 'for="[2001:db8::9]:4711"'}, "2001:db8::9"),
        ("10.1.1.1", {"forwarded": "for=6.6.6.6, for=203.0.113.9;by=10.1.1.1"}, "203.0.113.9"),
        ("10.1.1.1", {"x_forwarded_for": "10.2.2.2"}, "10.1.1.1"),
        ("10.1.1.1", {}, "10.1.1.1"),
        ("192.0.2.1", {"x_forwarded_for": "203.0.113.9", "forwarded": "for=203.0.113.9"}, "192.0.2.1"),
    ],
)
async def test_whose_request_it_is(client: str, fields: dict[str, str], address: str) -> None:
    assert (await seen(client, **fields))["client"][0] == address


@pytest.mark.parametrize(("said", "scheme"), [("https", "wss"), ("wss", "wss"), ("http", "ws"), ("x", "ws")])
async def test_how_a_websocket_came(said: str, scheme: str) -> None:
    assert (await seen("10.1.1.1", "websocket", x_forwarded_proto=said))["scheme"] == scheme
    assert (await seen("192.0.2.1", "websocket", x_forwarded_proto=said))["scheme"] == "ws"


def said(scope: Scope) -> tuple[str, str]:
    """Scheme and host that a request counts as."""
    return scope["scheme"], dict(scope["headers"])[b"host"].decode()


@pytest.mark.parametrize(
    ("forwarded", "as_seen"),
    [
        ("for=203.0.113.9;proto=https;host=show.example", ("https", "show.example")),
        ('for="[2001:db8::9]:1";HOST="show.example:8443" ; Proto=HTTPS', ("https", "show.example:8443")),
        ("host=evil.example;proto=https, for=203.0.113.9", ("http", "box:8000")),
        ("host=evil.example;proto=https, host=show.example;proto=http", ("http", "show.example")),
        ("proto=https, , for=203.0.113.9;proto=https,", ("https", "box:8000")),
        ('for="a, host=evil.example;proto=https";by=_x', ("http", "box:8000")),
        ('host=evil.example;for="x, for="[2001:db8::9]";proto=https', ("http", "box:8000")),
        ("nothing, proto=https;host=show.example", ("http", "box:8000")),
        (f"for={'9' * 3000}, proto=https;host=show.example", ("http", "box:8000")),
        ("a" * 100_000, ("http", "box:8000")),
        ("", ("http", "box:8000")),
    ],
)
async def test_scheme_and_host_are_those_of_the_last_entry(forwarded: str, as_seen: tuple[str, str]) -> None:
    assert said(await seen("10.1.1.1", forwarded=forwarded)) == as_seen
    assert said(await seen("192.0.2.1", forwarded=forwarded)) == ("http", "box:8000")


async def test_the_last_of_several_hosts_and_schemes() -> None:
    fields = {"x_forwarded_host": "evil.example, show.example", "x_forwarded_proto": "http, https"}
    assert said(await seen("10.1.1.1", **fields)) == ("https", "show.example")
    assert said(await seen("10.1.1.1", **fields, forwarded="host=evil.example;proto=http")) == (
        "https",
        "show.example",
    )
