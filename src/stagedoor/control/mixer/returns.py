"""What comes back to each seat: program from our mixer, something from outside, or sound alone."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from stagedoor.control.schemas import ReturnPicture
from stagedoor.control.seat_schemas import ReturnView
from stagedoor.domain.ids import OUTSIDE_PREFIX, is_outside, outside_source
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.mixer import MixerState, SourceStatus
from stagedoor.settings import Settings
from stagedoor.telemetry.redact import redact_url

SLATE = "No picture from the studio"
"""What a guest reads while nothing comes from outside."""


class Returns:
    """The return URLs of the seats, and what the mixer says of what it reads there.

    Args:
        settings: The seats, and whether there is a mixer.
    """

    def __init__(self, settings: Settings) -> None:
        self._mixer = settings.mixer
        self._seats = {seat.name: seat for seat in settings.guests.seats}
        self._set: Mapping[str, str] = MappingProxyType({})
        self._statuses: Mapping[str, SourceStatus] = MappingProxyType({})

    def use(self, urls: Mapping[str, str]) -> None:
        """Have these URLs, by seat, go before those of the settings; an empty one is none."""
        self._set = urls

    def url(self, seat: str | None) -> str:
        """Return what a seat's return is read from; empty where it is program, or nothing."""
        known = self._seats.get(seat or "")
        if known is None or not self._mixer.runs:
            return ""
        return self._set.get(known.name, known.return_url or "")

    def sources(self) -> Iterator[Source]:
        """Yield what the mixer is to read for returns."""
        for seat in self._seats.values():
            if url := self.url(seat.name):
                yield Source(outside_source(seat.name), SourceKind.URL, SLATE, seat.color, url)

    def picture(self, seat: str | None) -> ReturnPicture:
        """Return which picture whoever has this seat gets."""
        if self._mixer.enabled and not self.url(seat):
            return ReturnPicture.PROGRAM
        # Where nothing here makes returns, whatever is at their paths comes from outside.
        has_picture = bool(self.url(seat)) or not self._mixer.runs
        return ReturnPicture.OUTSIDE if has_picture else ReturnPicture.NONE

    def confirm(self, state: MixerState | None) -> bool:
        """Take what the mixer says of them; None: it is not there. Return whether that is news."""
        sources = () if state is None else state.sources
        before = {seat: self.view(seat) for seat in self._seats}
        self._statuses = {
            each.id.removeprefix(OUTSIDE_PREFIX): each for each in sources if is_outside(each.id)
        }
        return before != {seat: self.view(seat) for seat in self._seats}

    def failing(self) -> dict[str, ReturnView]:
        """Return by seat what comes from nowhere, and why."""
        views = ((seat, self.view(seat)) for seat in self._seats)
        return {seat: view for seat, view in views if view and view.state is SourceState.GONE and view.code}

    def view(self, seat: str) -> ReturnView | None:
        """Return a seat's return from outside as the API shows it; None where there is none."""
        url, status = self.url(seat), self._statuses.get(seat)
        if not url:
            return None
        if status is None:
            return ReturnView(url=redact_url(url), state=None)
        return ReturnView(
            url=redact_url(url),
            state=status.state,
            width=status.width,
            height=status.height,
            has_video=status.has_video,
            has_audio=status.has_audio,
            code=status.code,
            reason=status.reason,
        )
