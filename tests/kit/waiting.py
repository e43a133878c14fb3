"""Guests who wait in the lobby and send what was encoded before, without a browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.kit.app import App
from tests.kit.publisher import publishing
from tests.kit.show import Media


@asynccontextmanager
async def waiting(app: App, name: str, media: Media) -> AsyncIterator[str]:
    """One knocks, and is there while the block lasts; the guest's id."""
    token = (await app.invite(None, name=name))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    consent = (await app.api.get("/api/join", headers=headers)).json()["notice_version"]
    body = {"name": name, "consent": consent, "instance": name, "takeover": False}
    joined = (await app.api.post("/api/join", json=body, headers=headers)).raise_for_status().json()
    async with publishing(app.url + joined["endpoint"], joined["token"], media):
        yield str(joined["guest"]["id"])
