"""The carrier `cloudflare`: a guest's offer goes to the SFU, its tracks are pulled from there."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.aio.race import hedged
from stagedoor.carriers.base import MediaSink, Offer, Report, TrackMeasures
from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.failures import Meaning
from stagedoor.carriers.cloudflare.pull import Puller
from stagedoor.carriers.cloudflare.session import LATE_S, SfuSession
from stagedoor.carriers.cloudflare.way import Way
from stagedoor.domain.errors import BadOfferError, CarrierError, NoRestartError
from stagedoor.ipc.messages import CarrierStatus, PullStatus
from stagedoor.media.packets import Kind
from stagedoor.rtc.peer import sent_sections
from stagedoor.rtc.sdp.fragment import parse_fragment
from stagedoor.rtc.sdp.offer import parse_offer
from stagedoor.rtc.sdp.rewrite import without_rotation

logger = logging.getLogger(__name__)

OPEN_WITHIN_S: Final = 13.0
"""For both calls together; less than control waits."""
SHOWN: Final = 8
"""Characters of a session's id that are shown."""
LOST_BY_A_BUG: Final = "an error of ours, see the log"


class CloudflarePeer:
    """A guest's connection by way of the SFU: the guest's own session there, and what pulls from it.

    Args:
        published: The guest's session.
        answer: The SFU's answer to the guest's offer.
        puller: Gets the tracks here.
        ufrag: The ICE user fragment of the offer.
    """

    def __init__(self, published: SfuSession, answer: str, puller: Puller, ufrag: str) -> None:
        self.answer_sdp = answer
        self.etag = published.id[:SHOWN]
        self._published = published
        self._puller = puller
        self._ufrag = ufrag
        self._task: asyncio.Task[None] | None = None

    def start(self, sink: MediaSink) -> None:
        """Begin to pull."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.error("a pull failed", exc_info=error)
                sink.on_closed(LOST_BY_A_BUG)

        self._task = asyncio.get_running_loop().create_task(self._puller.run(), name="pull")
        self._task.add_done_callback(ended)

    async def patch(self, fragment: str, _if_match: str | None) -> tuple[str | None, str]:
        """Take candidates, which the SFU does not need: it answers whoever dials it.

        Raises:
            BadOfferError: The fragment cannot be read.
            NoRestartError: It asks for an ICE restart, which the SFU does not know.
        """
        given = parse_fragment(fragment)
        if given.ufrag and given.ufrag != self._ufrag:
            raise NoRestartError("Cloudflare knows no ICE restart", hint="Open a new session.")
        return None, self.etag

    def sending(self, kinds: Iterable[Kind]) -> None:
        """The page has seen packets of these kinds leave."""
        self._puller.sending(kinds)

    def request_key_frame(self) -> None:
        """Ask for a key frame."""
        if self._puller.peer is not None:
            self._puller.peer.request_key_frame()

    def report(self) -> Report:
        """What is known now."""
        known = None if self._puller.peer is None else self._puller.peer.report()
        return Report(
            connected=known is not None and known.connected,
            tracks={}
            if known is None
            else {
                kind: TrackMeasures(track.rates.loss, track.lost, track.jitter_ms)
                for kind, track in known.tracks.items()
            },
            round_trip_ms=None if known is None else known.round_trip_ms,
            av_offset_ms=None if known is None else known.av_offset_ms,
            allowed_bitrate=0 if known is None else known.allowed_bitrate,
            cloudflare=self._status(),
        )

    def _status(self) -> CarrierStatus:
        puller = self._puller
        trouble = puller.trouble
        return CarrierStatus(
            publish_session=self._published.id[:SHOWN],
            pull_session="" if puller.session is None else puller.session.id[:SHOWN],
            tracks=tuple(
                PullStatus(kind=kind, state=wanted.state, retries=wanted.retries)
                for kind, wanted in puller.tracks.all.items()
            ),
            rebuilt=max(0, puller.rebuilt),
            code="" if trouble is None else trouble.code,
            reason="" if trouble is None else trouble.message,
            hint="" if trouble is None else trouble.hint,
        )

    async def aclose(self) -> None:
        """Stop pulling; both sessions are closed at the SFU in the background. Idempotent, bounded."""
        task, self._task = self._task, None
        try:
            if task is not None:
                await cancel_and_wait(task)
        finally:
            self._published.retire()


class CloudflareCarrier:
    """Hands offers to the SFU.

    Args:
        way: The SFU and what all guests share.
    """

    name: Final = "Cloudflare"
    created: Final = "Cloudflare Calls session created"

    def __init__(self, way: Way) -> None:
        self._way = way

    async def open(self, offer: Offer, sink: MediaSink) -> CloudflarePeer:
        """Answer an offer; see `Carrier.open` for the errors.

        Raises:
            CarrierError: Cloudflare refuses it, or does not answer.
        """
        try:
            async with asyncio.timeout(OPEN_WITHIN_S):
                return await self._open(offer, sink)
        except TimeoutError as error:
            raise failures.TIMED_OUT.error() from error

    async def _open(self, offer: Offer, sink: MediaSink) -> CloudflarePeer:
        parsed = parse_offer(offer.sdp)
        sections = {kind: section for kind, (section, _) in sent_sections(parsed).items()}
        if any(not section.mid for section in sections.values()):
            raise BadOfferError("a section of the offer has no mid", hint="Offer with a=mid (RFC 9143).")
        names = {kind: f"{offer.label}-{kind.value}" for kind in sections}
        by_mid = {section.mid: names[kind] for kind, section in sections.items()}
        publish = partial(self._publish, by_mid, without_rotation(offer.sdp))
        session, answer, refused = await hedged(publish, after_s=LATE_S, discard=lambda it: it[0].retire())
        taken = {kind: names[kind] for kind, section in sections.items() if section.mid not in refused}
        if not taken:
            session.retire()
            raise next(iter(refused.values())).error()
        _tell_refused(offer.label, refused)
        puller = Puller(self._way, session.id, taken, sink, offer.max_bitrate)
        ufrag = next((s.transport.ufrag for s in parsed.sections if s.transport.ufrag), "")
        peer = CloudflarePeer(session, answer, puller, ufrag)
        peer.start(sink)
        return peer

    async def _publish(
        self, names: Mapping[str, str], sdp: str
    ) -> tuple[SfuSession, str, dict[str, Meaning]]:
        """Have a new session answer an offer; the session, its answer, and what is wrong with which mid."""
        session = await SfuSession.create(self._way.api, self._way.janitor)
        try:
            answer, refused = await session.push(names, sdp)
            _require_readable(answer)
        except BaseException:
            session.retire()
            raise
        return session, answer, refused


def _require_readable(answer: str) -> None:
    try:
        parse_offer(answer)
    except BadOfferError as error:
        raise failures.UNREADABLE.error(error.message) from error


def _tell_refused(label: str, refused: dict[str, Meaning]) -> None:
    for meaning in refused.values():
        error: CarrierError = meaning.error()
        logger.warning("A track of %s was refused: %s", label, error)
