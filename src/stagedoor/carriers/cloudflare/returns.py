"""Returns: paths of the hub go to the SFU once, and each guest pulls picture and own sound from there."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Final, Self

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.carriers.cloudflare.failures import Fate, Meaning, fate, meaning, meaning_of, retry_after
from stagedoor.carriers.cloudflare.pull import Way
from stagedoor.carriers.cloudflare.push import HubReader, Push
from stagedoor.carriers.cloudflare.schema import TrackLocator
from stagedoor.carriers.cloudflare.session import SfuSession
from stagedoor.domain.errors import (
    CapacityError,
    CarrierError,
    ConflictError,
    NegotiationError,
    NoRestartError,
    NotFoundError,
)
from stagedoor.domain.ids import RETURN_PREFIX, RETURN_VIDEO, return_audio_path
from stagedoor.ipc.messages import (
    FragmentAnswer,
    FragmentRequest,
    SessionAnswer,
    ViewerRequest,
    ViewerStatus,
)
from stagedoor.media.packets import Kind
from stagedoor.rtc.sdp.fragment import parse_fragment
from stagedoor.rtc.sdp.offer import Offer, parse_offer

logger = logging.getLogger(__name__)

OPEN_WITHIN_S: Final = 11.0
LOOK_EVERY_S: Final = 1.0
ASK_EVERY_S: Final = 10.0
"""How often the SFU is asked whether a guest is still there."""
MOVE_WITHIN_S: Final = 6.0
IDLE_S: Final = 10.0
"""How long pushing goes on although nobody pulls."""
MOST_VIEWERS: Final = 64

OpenReader = Callable[[str], Awaitable[HubReader | None]]
"""Opens a path of the hub; None where nothing is published there."""


@dataclass(slots=True)
class _Viewer:
    """A guest who watches.

    Attributes:
        paths: What is pulled, by mid of the guest's offer.
    """

    id: str
    path: str
    ufrag: str
    session: SfuSession
    paths: dict[str, str]
    asked_at: float
    invite: str

    @property
    def etag(self) -> str:
        return self.id


class Returns:
    """Answers guests who watch their return by way of the SFU; an async context manager.

    Args:
        way: The SFU.
        open_reader: Opens a path of the hub.
    """

    def __init__(self, way: Way, open_reader: OpenReader) -> None:
        self._way = way
        self._open_reader = open_reader
        self._viewers: dict[str, _Viewer] = {}
        self._push: Push | None = None
        self._changing = asyncio.Lock()
        self._wake = asyncio.Event()
        self._idle_since = time.monotonic()
        self._counted: dict[str, int] = {}
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.get_running_loop().create_task(self._keep(), name="returns")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._keeper is not None:
            await cancel_and_wait(self._keeper)
        for viewer in tuple(self._viewers.values()):
            self._forget(viewer, "shutdown")
        await self._drop_push()

    def __contains__(self, viewer: str) -> bool:
        return viewer in self._viewers

    def invited(self) -> tuple[ViewerStatus, ...]:
        """Return the viewers that came with an invite."""
        return tuple(
            ViewerStatus(viewer=each.id, path=each.path, invite=each.invite)
            for each in self._viewers.values()
            if each.invite
        )

    async def open(self, request: ViewerRequest) -> SessionAnswer:
        """Answer a guest's offer for the own return.

        Raises:
            NotFoundError: The path is no return, or nothing is published to it.
            NegotiationError: The offer asks for neither picture nor sound.
            CapacityError: There are too many viewers already.
            ConflictError: The id is in use.
            CarrierError: Cloudflare refuses, or does not answer.
        """
        if request.viewer in self._viewers:
            raise ConflictError("this viewer is there already", code="viewer_exists")
        if len(self._viewers) >= MOST_VIEWERS:
            raise CapacityError(f"{MOST_VIEWERS} guests are watching already", code="too_many_viewers")
        wanted = _paths_of(request.path)
        offer = parse_offer(request.offer)
        deadline = time.monotonic() + OPEN_WITHIN_S
        for attempt in count():
            try:
                return await self._answer(request, offer, wanted)
            except CarrierError as error:
                wait = retry_after(attempt)
                if fate(error) is Fate.STOP or time.monotonic() + wait > deadline:
                    raise
            await asyncio.sleep(wait)
        raise AssertionError

    async def _answer(
        self, request: ViewerRequest, offer: Offer, wanted: Mapping[Kind, str]
    ) -> SessionAnswer:
        async with self._changing:
            push = await self._pushing(wanted.values())
        mids = {
            section.mid: wanted[Kind(section.kind)]
            for section in offer.sections
            if section.receives and section.kind in wanted and wanted[Kind(section.kind)] in push.paths
        }
        if not mids:
            raise NegotiationError("the offer asks for nothing that the return has", code="nothing_in_common")
        session = await SfuSession.create(self._way.api, self._way.janitor)
        try:
            answer = await session.pull_by_offer(push.session.id, mids, request.offer)
        except BaseException:
            session.retire()
            raise
        ufrag = next((s.transport.ufrag for s in offer.sections if s.transport.ufrag), "")
        now = time.monotonic()
        viewer = _Viewer(request.viewer, request.path, ufrag, session, mids, now, request.invite)
        self._viewers[viewer.id] = viewer
        logger.info("A guest watches %s by Cloudflare", request.path)
        return SessionAnswer(id=viewer.id, answer=answer, etag=viewer.etag)

    async def patch(self, viewer: str, request: FragmentRequest) -> FragmentAnswer:
        """Take candidates, which the SFU does not need.

        Raises:
            NoRestartError: An ICE restart is asked for, which the SFU does not know.
        """
        found = self._get(viewer)
        given = parse_fragment(request.fragment)
        if given.ufrag and given.ufrag != found.ufrag:
            raise NoRestartError("Cloudflare knows no ICE restart", hint="Open a new session.")
        return FragmentAnswer(fragment=None, etag=found.etag)

    async def close(self, viewer: str) -> None:
        """End a guest's watching."""
        self._forget(self._get(viewer), "left")

    def _get(self, viewer: str) -> _Viewer:
        found = self._viewers.get(viewer)
        if found is None:
            raise NotFoundError("there is no such viewer", code="viewer_unknown")
        return found

    def _forget(self, viewer: _Viewer, reason: str) -> None:
        self._viewers.pop(viewer.id, None)
        viewer.session.retire()
        logger.info("A guest watches %s no more: %s", viewer.path, reason)

    # Pushing

    async def _pushing(self, names: Collection[str]) -> Push:
        """The push session, with every one of the paths in it that there is."""
        push = self._push
        if push is None or push.is_lost:
            await self._drop_push()
            push = Push(self._way, self._on_lost)
            try:
                await push.open()
            except BaseException:
                await push.aclose()
                raise
            self._push = push
        missing = [name for name in names if name not in push.paths]
        readers = [(name, reader) for name in missing if (reader := await self._open_reader(name))]
        try:
            await push.add(readers)
        except BaseException:
            for _, reader in readers:
                reader.close()
            push.lose("a path could not be added")
            raise
        if not push.paths.keys() & set(names):
            raise NotFoundError("nothing is published there", code="path_unknown")
        return push

    def _on_lost(self, reason: str) -> None:
        logger.warning("The way of the returns to Cloudflare was lost: %s", reason)
        self._wake.set()

    async def _drop_push(self) -> None:
        push, self._push = self._push, None
        self._counted.clear()
        if push is not None:
            await push.aclose()

    # What goes on in the background

    async def _keep(self) -> None:
        failed = 0
        while True:
            self._wake.clear()
            try:
                await self._look()
                failed = 0
            except (CarrierError, CapacityError, NotFoundError) as error:
                logger.warning("The returns cannot be pushed at the moment: %s", error)
                failed += 1
            wait = retry_after(failed) if failed else LOOK_EVERY_S
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        self._count()
        async with self._changing:
            if self._viewers:
                self._idle_since = time.monotonic()
                if self._push is None or self._push.is_lost:
                    await self._rebuild()
            elif time.monotonic() - self._idle_since > IDLE_S:
                await self._drop_push()
        await self._ask_for_one()

    async def _rebuild(self) -> None:
        """Push anew, and have everybody pull from there; whoever cannot be moved comes again."""
        names = {name for viewer in self._viewers.values() for name in viewer.paths.values()}
        push = await self._pushing(names)
        async with asyncio.TaskGroup() as group:
            for viewer in self._viewers.values():
                group.create_task(self._move(viewer, push.session.id))

    async def _move(self, viewer: _Viewer, publisher: str) -> None:
        """Have a guest's tracks come from another session, which may not have sent anything yet."""
        moved = [
            TrackLocator(location="remote", session_id=publisher, track_name=name, mid=mid)
            for mid, name in viewer.paths.items()
        ]
        deadline = time.monotonic() + MOVE_WITHIN_S
        for attempt in count():
            why = await self._moved(viewer, moved)
            if why is None:
                return
            if why.fate is not Fate.AGAIN or time.monotonic() > deadline:
                self._forget(viewer, f"it could not be moved to the new session ({why.code})")
                return
            await asyncio.sleep(retry_after(attempt))

    async def _moved(self, viewer: _Viewer, tracks: list[TrackLocator]) -> Meaning | None:
        """Ask once; returns what is wrong."""
        try:
            answer = await self._way.api.update_tracks(viewer.session.id, tracks)
        except CarrierError as error:
            return meaning_of(error)
        return next((meaning(200, item.error_code) for item in answer.tracks if item.error_code), None)

    async def _ask_for_one(self) -> None:
        """Ask the SFU after whoever has not been asked after for the longest time."""
        viewer = min(self._viewers.values(), key=lambda each: each.asked_at, default=None)
        if viewer is None or time.monotonic() - viewer.asked_at < ASK_EVERY_S:
            return
        viewer.asked_at = time.monotonic()
        if not await viewer.session.is_alive():
            self._forget(viewer, "it has vanished")

    def _count(self) -> None:
        if self._push is None:
            return
        for name, path in self._push.paths.items():
            watching = sum(name in viewer.paths.values() for viewer in self._viewers.values())
            added, self._counted[name] = path.bytes - self._counted.get(name, 0), path.bytes
            self._way.janitor.journal.count(returned=added * watching)


def _paths_of(path: str) -> dict[Kind, str]:
    """What a guest's return is made of.

    Raises:
        NotFoundError: The path is no return.
    """
    guest = path.removeprefix(RETURN_PREFIX)
    if guest == path or not guest:
        raise NotFoundError("only returns are to be had by Cloudflare", code="path_unknown")
    return {Kind.VIDEO: RETURN_VIDEO, Kind.AUDIO: return_audio_path(guest)}
