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
