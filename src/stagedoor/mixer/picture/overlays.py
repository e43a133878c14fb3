"""Overlays on program: blended only where they are, and changed at the edge of a frame."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from stagedoor.domain.geometry import Box
from stagedoor.domain.overlay import AnyOverlay, OverlayKind, Scoreboard, Ticker, Timer, placed
from stagedoor.domain.ticker import step_of
from stagedoor.domain.timer import SECOND_NS
from stagedoor.ipc.tickers import TickerPlace
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.picture.art import Art
from stagedoor.mixer.picture.figures import Face
from stagedoor.mixer.picture.panels import Panel
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.planes import OPAQUE, Planes, even_up
from stagedoor.mixer.picture.text import Drawn
from stagedoor.mixer.picture.ticker import Crawl, Ribbon
from stagedoor.mixer.picture.times import Times
from stagedoor.mixer.switcher import Fade

SLIDE: Final = 0.3
"""By how much of its width a lower third slides in."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An overlay as it is drawn, and how far it has come.

    Attributes:
        overlay: What it is to be.
        art: Its picture.
        shows: What it shows of that from frame to frame.
        fade: Its coming or going: 0 gone, 1 there.
    """

    overlay: AnyOverlay
    art: Art
    shows: Drawn | Face | Crawl
    fade: Fade


class Overlays:
    """Lays overlays onto program; in program's thread.

    Args:
        size: Of program, pixels.
        clock: When frames are due.
        times: What timers show.

    Attributes:
        over: The timers that have come to a zero at which they go, as they were wanted.
    """

    def __init__(self, size: Size, clock: Clock, times: Times | None = None) -> None:
        self._size = size
        self._clock = clock
        self._times = times or Times(clock)
        self._laid: dict[str, Laid] = {}
        self._crawled: tuple[int, dict[str, int]] = (0, {})
        self._places: Mapping[str, TickerPlace] | None = None
        self.over: tuple[Timer, ...] = ()

    def use(
        self,
        overlays: Iterable[AnyOverlay],
        art: Mapping[str, Art],
        frame: int,
        places: Iterable[TickerPlace] = (),
    ) -> None:
        """Have these overlays from a frame on; those that are taken away go at once.

        Args:
            overlays: The lowest first.
            art: Their pictures by id, made by `draw`.
            frame: The first that shows the change.
            places: How far tickers had come before this process; only the first that it is told count.
        """
        overlays = tuple(overlays)
        self._places = {place.id: place for place in places} if self._places is None else {}
        self._times.use(overlay for overlay in overlays if isinstance(overlay, Timer))
        self.over = self._times.over(frame)
        self._laid = {
            overlay.id: self._changed(overlay, art[overlay.id], frame)
            for overlay in overlays
            if overlay.id in art
        }

    def _changed(self, overlay: AnyOverlay, art: Art, frame: int) -> Laid:
        old = self._laid.get(overlay.id)
        shows = self._shows(overlay, art, old, frame)
        fade = Fade(frame - 1, overlay.frames, 0.0, 0.0) if old is None else old.fade
        return self._moved(Laid(overlay, art, shows, fade), frame)

    def _moved(self, laid: Laid, frame: int) -> Laid:
        """Return an overlay on its way to where it is to be: there if it is on, unless its time is over."""
        overlay = laid.overlay
        is_over = any(timer.id == overlay.id for timer in self.over)
        target = 1.0 if overlay.on and not is_over else 0.0
        if laid.fade.target == target:
            return laid
        return replace(laid, fade=Fade(frame - 1, overlay.frames, laid.fade.at(frame - 1), target))

    def _shows(self, overlay: AnyOverlay, art: Art, old: Laid | None, frame: int) -> Drawn | Face | Crawl:
        match art:
            case Drawn():
                return art
            case Panel():
                return old.shows if old is not None and old.art is art else art.face()
            case Ribbon():
                assert isinstance(overlay, Ticker)
                return self._crawl(overlay, art, old, frame)

    def _crawl(self, ticker: Ticker, ribbon: Ribbon, old: Laid | None, frame: int) -> Crawl:
        """Return what goes on where the ticker is seen, and otherwise begins at the right edge."""
        crawl = None if old is None or old.fade.at(frame - 1) <= 0 else old.shows
        if isinstance(crawl, Crawl) and crawl.height == ribbon.height:
            crawl.change(ribbon, ticker.speed, frame)
            return crawl
        return Crawl(
            self._size[0],
            self._clock.frame_rate,
            ribbon,
            ticker.speed,
            frame,
            self._entered(ticker, frame) if ticker.on else 0,
        )

    def _entered(self, ticker: Ticker, frame: int) -> int:
        """Return how far a ticker has come before a frame, had it gone on; 0 for one that begins."""
        place = (self._places or {}).get(ticker.id)
        if place is None:
            return 0
        width, rate = self._size[0], self._clock.frame_rate
        frames = round((self._times.day_ns(frame - 1) - place.day_ns) * rate / SECOND_NS)
        return even_up(place.entered * width) + max(0, frames) * step_of(ticker.speed, width, rate)

    @property
    def tickers(self) -> tuple[TickerPlace, ...]:
        """How far those tickers have come that are seen; in any thread."""
        frame, crawled = self._crawled
        day_ns, width = self._times.day_ns(frame), self._size[0]
        return tuple(TickerPlace(id=key, entered=at / width, day_ns=day_ns) for key, at in crawled.items())

    @property
    def on(self) -> tuple[str, ...]:
        """The ids of those that are there or coming."""
        return tuple(key for key, laid in self._laid.items() if laid.fade.target > 0)

    def lay(self, canvas: Planes, frame: int) -> None:
        """Lay all that is to be seen in a frame onto its canvas."""
        self.over = self._times.over(frame)
        for key, laid in self._laid.items():
            self._laid[key] = laid = self._moved(laid, frame)
            shown = laid.fade.at(frame)
            if shown > 0:
                self._lay(canvas, laid, shown, frame)
        self._crawled = frame, dict(self._crawling(frame))

    def _crawling(self, frame: int) -> Iterator[tuple[str, int]]:
        for key, laid in self._laid.items():
            if isinstance(laid.shows, Crawl) and laid.fade.at(frame) > 0:
                yield key, laid.shows.entered(frame)

    def _lay(self, canvas: Planes, laid: Laid, shown: float, frame: int) -> None:
        weight = round(shown * laid.overlay.alpha * OPAQUE)
        match laid.shows:
            case Crawl() as crawl:
                _, y = placed(laid.overlay.anchor, (self._size[0], crawl.height), self._size)
                crawl.lay(canvas, y, frame, weight)
            case Face() as face:
                self._blend(canvas, laid, face.showing(self._times.text(_timer_of(laid), frame)), weight, 0)
            case Drawn() as drawn:
                self._blend(canvas, laid, drawn, weight, _slid(laid, drawn, shown))

    def _blend(self, canvas: Planes, laid: Laid, drawn: Drawn, weight: int, slid: int) -> None:
        planes = drawn.planes
        x, y = placed(laid.overlay.anchor, (planes.width, planes.height), self._size)
        x -= slid
        whole = Box(x, y, planes.width, planes.height)
        at = whole.within(Box(0, 0, *self._size))
        window = at.moved(-x, -y)
        mask = drawn.mask.cut(window.x, window.y, window.width, window.height)
        canvas.lay_masked(planes, mask, window, at, weight)


def _slid(laid: Laid, drawn: Drawn, shown: float) -> int:
    """Return by how many pixels a lower third has yet to slide in."""
    if laid.overlay.kind is not OverlayKind.LOWER_THIRD:
        return 0
    return round((1 - shown) ** 2 * SLIDE * drawn.planes.width) // 2 * 2


def _timer_of(laid: Laid) -> str:
    """Return the timer whose time an overlay shows: itself, or the one that a scoreboard names."""
    return laid.overlay.timer if isinstance(laid.overlay, Scoreboard) else laid.overlay.id
