"""One source at work: what it is to be, what it shows and how it is."""

from dataclasses import dataclass
from typing import Final

from stagedoor.domain.errors import StagedoorError, UnavailableError
from stagedoor.domain.ids import is_lobby, is_outside, is_talkback, split_screen
from stagedoor.domain.scene import Crop
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.mixer import SourceStatus
from stagedoor.mixer.picture.picture import NOTHING, Picture
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.own_packets import can_record
from stagedoor.mixer.sources.reader import Reader
from stagedoor.mixer.sources.showing import SHORTEST_LAP_S, Showing
from stagedoor.mixer.sources.stay import Stay
from stagedoor.mixer.sources.transport import Transport

_UNHEARD: Final = UnavailableError(
    "its sound comes too late to be heard: set a longer playout_ms", code="source_sound_late"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One source at work.

    Attributes:
        source: What it is to be.
        slate: Shown while it has nothing to show.
        feed: Of a source that is read; None for one that does not move.
        reader: What reads it.
        picture: Of a source that does not move.
        stay: Of a still that is not there for ever.
        trouble: Why a still cannot be shown.
        framing: What of its picture is cut off in every scene.
    """

    source: Source
    slate: Picture
    feed: Feed | None = None
    reader: Reader | None = None
    picture: Picture | None = None
    stay: Stay | None = None
    trouble: StagedoorError | None = None
    framing: Crop = NOTHING

    def can_use(self, source: Source) -> bool:
        """Tell whether it goes on with other settings; otherwise it must be begun anew for them."""
        old = self.source
        if (old.kind, old.url, old.capture) != (source.kind, source.url, source.capture):
            return False
        return self.feed is not None or (self.stay is not None and source.duration_s is not None)

    def settle(self, old: "Entry | None") -> None:
        """Have what goes on of `old` take the settings of now."""
        if old is None or old is self:
            return
        if self.feed is not None and self.feed is old.feed:
            self.feed.playout.fix(self.source.playout_ms)
            self.feed.key = self.source.key
            if self.reader is not None and self.source.label != old.source.label:
                # Somebody has sat down.
                self.reader.expect()
            if self.transport is not None:
                self.transport.use(self.source)
        if self.stay is not None and self.stay is old.stay and self.source.duration_s is not None:
            self.stay.use(self.source.duration_s)

    @property
    def transport(self) -> Transport | None:
        """Of a clip."""
        return None if self.feed is None else self.feed.transport

    @property
    def played(self) -> Transport | Stay | None:
        """What is played of it: a clip, or a still that stays for a time."""
        return self.stay if self.transport is None else self.transport

    @property
    def showing(self) -> Picture | None:
        """What it shows now, as it is framed and keyed; None for its slate, or who stands in."""
        picture = self.picture if self.feed is None else self.feed.picture
        is_over = self.stay is not None and self.stay.is_over
        return None if picture is None or is_over else picture.framed(self.framing, self.source.key)

    @property
    def state(self) -> SourceState:
        """What its frames say."""
        if self.feed is not None:
            return self.feed.state
        return SourceState.LIVE if self.showing is not None else SourceState.GONE

    @property
    def is_seen(self) -> bool:
        """Whether it has a place in the multiview."""
        source = self.source
        if is_talkback(source.id) or is_outside(source.id) or source.kind is SourceKind.COLOR:
            return False
        if is_lobby(source.id):
            # Whoever waits has a tile of their own; a cell would move all others in the middle of a show.
            return False
        shares = split_screen(source.id)[1]
        return not shares or self.feed is None or self.feed.state in (SourceState.LIVE, SourceState.STALLED)

    def moment(self, picture: Picture, *, reads_hub: bool) -> Showing:
        """Return what it shows, as the cut log has it.

        Args:
            picture: Which.
            reads_hub: Whether guests are read at the hub, by the very times of their pieces; else these are
                known where what comes is the same data (`sources.twin`).
        """
        source, feed = self.source, self.feed
        shown = Showing(source.id, stream=picture.stream, media_s=picture.media_s)
        if feed is not None and feed.transport is not None:
            lap = feed.transport.lap_at(picture.media_s)
            file_s = lap.file_s + picture.media_s - lap.line_s
            plays = feed.transport.moves
            lap_s = lap.line_s // SHORTEST_LAP_S * SHORTEST_LAP_S
            return shown._replace(media_s=file_s, file=source.url, lap_s=lap_s, plays=plays)
        if source.kind is not SourceKind.GUEST:
            return shown._replace(path=source.id if source.iso and source.is_remote else "")
        shown = shown._replace(path=source.url)
        if feed is None or reads_hub:
            return shown
        path_s = feed.path_s(picture)
        if path_s is not None:
            return shown._replace(media_s=path_s)
        return shown._replace(delay_ms=feed.playout.delay_ms)

    def status(self, now_s: float) -> SourceStatus:
        """Return what is measured of it."""
        feed, trouble = self.feed, self.trouble
        if feed is None:
            return SourceStatus(
                id=self.source.id,
                state=self.state,
                has_video=self.showing is not None,
                code="" if trouble is None else trouble.code,
                reason="" if trouble is None else trouble.message,
            )
        facts, age_ms = feed.facts, feed.age_ms(now_s)
        failure = None if facts.code else self._shortcoming(feed, now_s)
        return SourceStatus(
            id=self.source.id,
            state=feed.state,
            width=facts.width,
            height=facts.height,
            frame_rate=round(feed.frame_rate(now_s), 1),
            video_codec=facts.video_codec,
            audio_codec=facts.audio_codec,
            age_ms=age_ms,
            playout_ms=round(feed.playout.delay_ms),
            has_video=age_ms is not None,
            has_audio=feed.has_sound,
            repeated=feed.repeated,
            concealed_ms=feed.sound.concealed // 48,
            rebuilt_ms=round(feed.rebuilt_s * 1000),
            waiting=feed.waiting.count,
            filled=round(feed.waiting.filled, 3),
            dropped=feed.dropped,
            sound_ms=feed.sound.waiting // 48,
            code=facts.code if failure is None else failure.code,
            reason=facts.reason if failure is None else failure.message,
            clip=feed.clip,
        )

    def _shortcoming(self, feed: Feed, now_s: float) -> StagedoorError | None:
        """Return what a stream that comes lacks all the same."""
        if feed.is_unheard(now_s):
            return _UNHEARD
        if not (self.source.iso and self.source.is_remote):
            return None
        codecs = (feed.facts.video_codec, feed.facts.audio_codec)
        left_out = " and ".join(codec for codec in codecs if codec and not can_record(codec))
        if not left_out:
            return None
        return UnavailableError(f"its recording is without {left_out}", code="source_not_recorded")
