"""One session at the SFU, and the rule that its operations follow each other."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.api import ANSWER_WITHIN_S, CloudflareApi
from stagedoor.carriers.cloudflare.failures import Meaning, meaning, meaning_of
from stagedoor.carriers.cloudflare.janitor import Janitor
from stagedoor.carriers.cloudflare.schema import TrackItem, TrackLocator, Tracks
from stagedoor.domain.errors import CarrierError
from stagedoor.media.packets import Kind

K = TypeVar("K")

LATE_S: Final = 3.0
"""What waits for no packets is answered much sooner; after so long another session is tried beside it."""
SPACING_S: Final = 0.02
"""Between two operations: the SFU takes at most 50 calls a second for a session."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one track that was asked for: its mid, or what is wrong with it."""

    mid: str
    meaning: Meaning | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A track of a session."""

    session: str
    name: str

    def at(self, mid: str | None) -> TrackLocator:
        """Return it as a track to pull, into a section of the puller's offer if one is named."""
        return TrackLocator(location="remote", session_id=self.session, track_name=self.name, mid=mid)


class Patience(NamedTuple):
    """Seconds for the calls of a pull: asking for tracks, and handing over our answer."""

    pull_s: float = ANSWER_WITHIN_S
    answer_s: float = ANSWER_WITHIN_S


UNHURRIED: Final = Patience()


class SfuSession:
    """A session, with one operation at a time; a pull and its renegotiation are one.

    Args:
        api: The SFU.
        id: The session's id.
        janitor: Closes it in the end.

    Attributes:
        is_spoilt: An offer of the SFU was not answered: nothing else can be done with the session.
    """

    def __init__(self, api: CloudflareApi, id: str, janitor: Janitor) -> None:
        self.id = id
        self.is_spoilt = False
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
        sdp = _answer_of(answer)
        by_name = {item.track_name: item for item in answer.tracks}
        refused = {}
        for mid, name in tracks.items():
            item = by_name.get(name)
            if item is not None and item.error_code:
                refused[mid] = meaning(200, item.error_code)
        return sdp, refused

    async def pull(
        self,
        publisher: str,
        names: Mapping[Kind, str],
        answer_offer: Callable[[str], Awaitable[str]],
        patience: Patience = UNHURRIED,
    ) -> dict[Kind, Outcome]:
        """Ask for tracks of another session.

        Args:
            publisher: That session.
            names: The tracks' names.
            answer_offer: Answers the SFU's offer.
            patience: How long its calls may take.

        Returns:
            What became of each.

        Raises:
            CarrierError: The whole call was refused.
        """
        wanted = [Source(publisher, name).at(None) for name in names.values()]
        async with self._lock:
            await self._spaced()
            answer = await self._api.add_tracks(self.id, wanted, within_s=patience.pull_s)
            offered = answer.description is not None and answer.description.type == "offer"
            if answer.must_renegotiate or offered:
                self.is_spoilt = True
                if answer.description is None or not offered:
                    raise failures.UNREADABLE.error("an offer was announced and did not come")
                reply = await answer_offer(answer.description.sdp)
                await self._spaced()
                await self._api.renegotiate(self.id, reply, within_s=patience.answer_s)
                self.is_spoilt = False
        return _by_name(answer, names)

    async def pull_by_offer(
        self, sources: Mapping[str, Source], offer: str
    ) -> tuple[str, dict[str, Outcome]]:
        """Ask for tracks, by mid of the viewer's own offer; returns the SFU's answer and what became of each.

        Raises:
            CarrierError: The call was refused, or not one track is to be had.
        """
        wanted = [source.at(mid) for mid, source in sources.items()]
        async with self._lock:
            await self._spaced()
            answer = await self._api.add_tracks(self.id, wanted, offer)
        outcomes = _by_name(answer, {mid: source.name for mid, source in sources.items()})
        failed = [outcome for outcome in outcomes.values() if outcome.meaning is not None]
        if len(failed) == len(outcomes) and failed[0].meaning is not None:
            raise failed[0].meaning.error(failed[0].words)
        return _answer_of(answer), outcomes

    async def update(self, sources: Mapping[str, Source]) -> Meaning | None:
        """Have pulled tracks, by mid, come from other sources; returns what is wrong, if anything is."""
        async with self._lock:
            await self._spaced()
            try:
                answer = await self._api.update_tracks(
                    self.id, [source.at(mid) for mid, source in sources.items()]
                )
            except CarrierError as error:
                return meaning_of(error)
        return next((meaning(200, item.error_code) for item in answer.tracks if item.error_code), None)

    async def is_alive(self) -> bool | None:
        """Whether the SFU still knows the session; None where that cannot be told at the moment."""
        try:
            await self._api.show(self.id)
        except CarrierError as error:
            return False if error.code == failures.SESSION_GONE.code else None
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


def _answer_of(answer: Tracks) -> str:
    if answer.description is not None and answer.description.type == "answer":
        return answer.description.sdp
    for item in answer.tracks:
        if item.error_code:
            raise meaning(200, item.error_code).error(item.error_description or item.error_code)
    raise failures.UNREADABLE.error("the offer was not answered")


def _by_name(answer: Tracks, names: Mapping[K, str]) -> dict[K, Outcome]:
    by_name = {item.track_name: item for item in answer.tracks}
    return {key: _outcome(by_name.get(name)) for key, name in names.items()}


def _outcome(item: TrackItem | None) -> Outcome:
    if item is None:
        return Outcome("", failures.BROKEN, "the track is missing in the answer")
    if item.error_code or not item.mid:
        words = item.error_description or item.error_code or "the track has no mid"
        return Outcome("", meaning(200, item.error_code), words)
    return Outcome(item.mid)
