"""Guests without a browser: they join, listen or send, and say of commands what a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.kit.app import App
from tests.kit.control_app import bearer
from tests.kit.publisher import publishing
from tests.kit.show import Media

HEARD_WITHIN_S = 10.0


class StandIn:
    """Somebody whose page is open, and who sends nothing.

    Attributes:
        guest: The guest's id.
    """

    def __init__(self, app: App, token: str, guest: str, socket: ClientConnection) -> None:
        self.guest = guest
        self._app = app
        self._headers = {"Authorization": f"Bearer {token}"}
        self._socket = socket

    async def asked(self, kind: str) -> dict[str, Any]:
        """The next command of a kind."""
        async with asyncio.timeout(HEARD_WITHIN_S):
            while True:
                event = json.loads(await self._socket.recv())
                if event["type"] == "command" and event["data"]["command"]["kind"] == kind:
                    return dict(event["data"])

    async def answers(self, command: dict[str, Any], state: str, reason: str = "") -> None:
        """Say what became of a command."""
        await self.post(f"commands/{command['id']}", state=state, reason=reason)

    async def reports(self, **devices: Any) -> None:
        """Say how the page's devices are."""
        await self.post("report", **devices)

    async def says(self, text: str, *, to_all: bool = False) -> None:
        """Say something in the chat, to everyone or to the operators alone."""
        await self._post("/api/chat", text=text, guest=None if to_all else self.guest)

    async def post(self, path: str, **body: Any) -> None:
        """POST below the guest's own address."""
        await self._post(f"/api/guests/{self.guest}/{path}", **body)

    async def _post(self, path: str, **body: Any) -> None:
        answer = await self._app.api.post(path, json=body, headers=self._headers)
        assert answer.is_success, answer.text


@asynccontextmanager
async def stand_in(app: App, seat: str, name: str) -> AsyncIterator[StandIn]:
    """Somebody joins by an invite to a seat, and their page listens while the block lasts."""
    async with _joined(app, (await app.invite(seat))["token"], name) as made:
        yield made


@asynccontextmanager
async def knocker(app: App, name: str) -> AsyncIterator[StandIn]:
    """Somebody joins without an invite, and their page listens while the block lasts."""
    async with _joined(app, None, name) as made:
        yield made


@asynccontextmanager
async def sender(app: App, name: str, media: Media) -> AsyncIterator[str]:
    """Somebody waits in the lobby and sends what was encoded before while the block lasts; the guest's id."""
    joined = await _join(app, (await app.invite(None, name=name))["token"], name)
    async with publishing(app.url + joined["endpoint"], joined["token"], media):
        yield str(joined["guest"]["id"])


async def _join(app: App, invite: str | None, name: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=app.url, headers=bearer(invite)) as client:
        consent = (await client.get("/api/join")).json()["notice_version"]
        body = {"name": name, "consent": consent, "instance": name}
        answer = await client.post("/api/join", json=body)
    assert answer.is_success, answer.text
    return dict(answer.json())


@asynccontextmanager
async def _joined(app: App, invite: str | None, name: str) -> AsyncIterator[StandIn]:
    joined = await _join(app, invite, name)
    guest, token = joined["guest"]["id"], invite or joined["token"]
    events = app.url.replace("http", "ws", 1) + f"/api/guests/{guest}/events?invite={token}&instance={name}"
    async with connect(events) as socket:
        yield StandIn(app, token, guest, socket)
