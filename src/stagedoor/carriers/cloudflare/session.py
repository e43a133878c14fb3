"""One session at the SFU, and the rule that its operations follow each other."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.carriers.cloudflare.failures import Meaning, meaning
from stagedoor.carriers.cloudflare.janitor import Janitor
from stagedoor.carriers.cloudflare.schema import TrackItem, TrackLocator, Tracks
from stagedoor.domain.errors import CarrierError
from stagedoor.media.packets import Kind

SPACING_S: Final = 0.02
"""Between two operations: the SFU takes at most 50 calls a second for a session."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of one track that was asked for: its mid, or what is wrong with it."""

    mid: str
    meaning: Meaning | None
    words: str = ""


class SfuSession:
    """A session, with one operation at a time; a pull and its renegotiation are one.

    Args:
        api: The SFU.
        id: The session's id.
        janitor: Closes it in the end.
    """

    def __init__(self, api: CloudflareApi, id: str, janitor: Janitor) -> None:
        self.id = id
        self._api = api
        self._janitor = janitor
        self._lock = asyncio.Lock()
        self._free_at = 0.0
        self._retired = False

    @classmethod
    async def create(cls, api: CloudflareApi, janitor: Janitor) -> "SfuSession":
        """Make a session, right before it is used: one that waits expires.

        Raises:
            CarrierError: It cannot be made.
        """
        session = cls(api, await api.new_session(), janitor)
        janitor.opened(session.id)
        return session

    async def push(self, tracks: Mapping[str, str], offer: str) -> tuple[str, dict[str, Meaning]]:
        """Publish tracks, names by mid, with an offer.

        Returns:
            The SFU's answer, and what is wrong with which mid.

        Raises:
            CarrierError: The SFU refuses the offer.
        """
        wanted = [TrackLocator(location="local", track_name=name, mid=mid) for mid, name in tracks.items()]
        async with self._lock:
            await self._spaced()
            answer = await self._api.add_tracks(self.id, wanted, offer)
        if answer.description is None or answer.description.type != "answer":
            raise _first_failure(answer) or failures.UNREADABLE.error("the offer was not answered")
        by_name = {item.track_name: item for item in answer.tracks}
        refused = {}
        for mid, name in tracks.items():
            item = by_name.get(name)
            if item is not None and item.error_code:
                refused[mid] = meaning(200, item.error_code)
        return answer.description.sdp, refused

    async def pull(
        self, publisher: str, names: Mapping[Kind, str], answer_offer: Callable[[str], Awaitable[str]]
    ) -> dict[Kind, Pulled]:
        """Ask for tracks of another session.

        Args:
            publisher: That session.
            names: The tracks' names.
            answer_offer: Answers the SFU's offer.

        Returns:
            What became of each.

        Raises:
            CarrierError: The whole call was refused.
        """
        wanted = [
            TrackLocator(location="remote", track_name=name, session_id=publisher) for name in names.values()
        ]
        async with self._lock:
            await self._spaced()
            answer = await self._api.add_tracks(self.id, wanted)
            if answer.must_renegotiate:
                if answer.description is None or answer.description.type != "offer":
                    raise failures.UNREADABLE.error("an offer was announced and did not come")
                reply = await answer_offer(answer.description.sdp)
                await self._spaced()
                await self._api.renegotiate(self.id, reply)
        by_name = {item.track_name: item for item in answer.tracks}
        return {kind: _outcome(by_name.get(name)) for kind, name in names.items()}

    async def pull_by_offer(self, publisher: str, names: Mapping[str, str], offer: str) -> str:
        """Ask for tracks, names by mid of the viewer's own offer; returns the SFU's answer.

        Raises:
            CarrierError: Not one of them is to be had.
        """
        wanted = [
            TrackLocator(location="remote", track_name=name, session_id=publisher, mid=mid)
            for mid, name in names.items()
        ]
        async with self._lock:
            await self._spaced()
            answer = await self._api.add_tracks(self.id, wanted, offer)
        failure = _first_failure(answer)
        if failure is not None and all(item.error_code for item in answer.tracks):
            raise failure
        if answer.description is None or answer.description.type != "answer":
            raise failures.UNREADABLE.error("the offer was not answered")
        return answer.description.sdp

    async def is_alive(self) -> bool:
        """Whether the SFU still knows the session.

        Raises:
            CarrierError: That cannot be told at the moment.
        """
        try:
            await self._api.show(self.id)
        except CarrierError as error:
            if error.code in (failures.SESSION_GONE.code, failures.TIMED_OUT.code):
                return False
            raise
        return True

    def retire(self) -> None:
        """Have it closed in the background; idempotent."""
        if not self._retired:
            self._retired = True
            self._janitor.retire(self.id)

    async def _spaced(self) -> None:
        now = time.monotonic()
        if now < self._free_at:
            await asyncio.sleep(self._free_at - now)
        self._free_at = max(now, self._free_at) + SPACING_S


def _outcome(item: TrackItem | None) -> Pulled:
    if item is None:
        return Pulled("", failures.UNREADABLE, "the track is missing in the answer")
    if item.error_code or not item.mid:
        words = item.error_description or item.error_code or "no mid"
        return Pulled("", meaning(200, item.error_code), words)
    return Pulled(item.mid, None)


def _first_failure(answer: Tracks) -> CarrierError | None:
    for item in answer.tracks:
        if item.error_code:
            return meaning(200, item.error_code).error(item.error_description or item.error_code)
    return None
