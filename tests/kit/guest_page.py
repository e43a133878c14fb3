"""A guest's page in front of control in process, and what event streams say, as a test reads them."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx

from stagedoor.control.events import Listener
from tests.kit.control_app import House, bearer


class Heard:
    """The events of one stream, in order."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    async def next(self, kind: str) -> Any:
        """The data of the next event of a type."""
        while True:
            event = await self._listener.next()
            assert event is not None, f"the stream ended before an event of type {kind}"
            found = json.loads(event[1])
            if found["type"] == kind:
                return found["data"]

    @property
    def waiting(self) -> int:
        """Events that have come and were not read."""
        return self._listener._queue.qsize()


@contextmanager
def desk_hears(house: House) -> Iterator[Heard]:
    """An operator's stream, after its snapshot."""
    control = house.control
    with control.stage.events.listening(Listener(), control.snapshot()) as listener:
        listener._queue.get_nowait()
        yield Heard(listener)


class GuestPage:
    """A page that has joined and listens.

    Attributes:
        guest: The guest's id.
        token: The invite's.
        heard: Its own stream, after its snapshot.
    """

    def __init__(self, house: House, guest: str, token: str, heard: Heard) -> None:
        self.guest = guest
        self.token = token
        self.heard = heard
        self._house = house

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """POST below the guest's own address, or to a whole path, with the invite."""
        url = path if path.startswith("/") else f"/api/guests/{self.guest}/{path}"
        return await self._house.client.post(url, json=body, headers=bearer(self.token))

    async def get(self, path: str) -> httpx.Response:
        """GET a path with the invite."""
        return await self._house.client.get(path, headers=bearer(self.token))

    async def snapshot(self) -> dict[str, Any]:
        """What a page is told that has just come."""
        answer = await self.get(f"/api/guests/{self.guest}/events/next?wait=0&instance={self.guest}")
        found: dict[str, Any] = answer.json()["events"][0]["data"]
        return found


@asynccontextmanager
async def guest_page(house: House, seat: str | None = None, name: str = "Ann") -> AsyncIterator[GuestPage]:
    """Somebody joins by an invite of their own, and their page listens while the block lasts."""
    async with _page(house, await house.invite(seat=seat), name) as page:
        yield page


@asynccontextmanager
async def knocker(house: House, name: str) -> AsyncIterator[GuestPage]:
    """Somebody joins without an invite, and their page listens while the block lasts."""
    async with _page(house, None, name) as page:
        yield page


@asynccontextmanager
async def _page(house: House, token: str | None, name: str) -> AsyncIterator[GuestPage]:
    instance = f"page-of-{name.replace(' ', '-')}"
    joined = (await house.join(token, name, instance)).json()
    guest, token = joined["guest"]["id"], token or joined["token"]
    control = house.control
    listener = Listener(guest, instance)
    snapshot = control.guest_snapshot(control.stage.house.guest(guest))
    with control.stage.events.listening(listener, snapshot):
        listener._queue.get_nowait()
        control.stage.notice(guest)
        try:
            yield GuestPage(house, guest, token, Heard(listener))
        finally:
            listener.guest = None
            control.stage.notice(guest)
