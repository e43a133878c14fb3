"""What guests' pages are told of the studio: whether it records, is live, and speaks to them."""

from stagedoor.control.event_schemas import StudioView
from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.mixer.wanted import is_addressed
from stagedoor.control.recording.recordings import Recordings
from stagedoor.control.stage import Stage
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.guest import Guest


class Studio:
    """Tells each guest's pages when something of it changes.

    Args:
        stage: Guests, and their pages.
        mixing: Knows program's destinations, and who speaks to whom.
        recordings: Knows what is recorded.
    """

    def __init__(self, stage: Stage, mixing: Mixing, recordings: Recordings) -> None:
        self._stage = stage
        self._mixing = mixing
        self._recordings = recordings
        self._told: dict[str, StudioView] = {}

    def view(self, guest: Guest) -> StudioView:
        """Return what is so now, as relay and mixer confirm it."""
        state, talkbacks = self._mixing.state, self._mixing.talkbacks
        outputs = () if state is None else state.destinations
        return StudioView(
            recording=self._recordings.confirmed,
            live=any(output.state is DestinationState.LIVE for output in outputs),
            speaks=state is not None
            and guest.present
            and any(is_addressed(talkbacks.to(operator), guest) for operator in talkbacks.operators),
        )

    def tell(self, guest: Guest) -> StudioView:
        """Return what is so now to somebody who tells it to the guest's page."""
        view = self._told[guest.id] = self.view(guest)
        return view

    def look(self) -> None:
        """Look again, and tell the pages for which something has changed."""
        guests = self._stage.house.guests.values()
        views = {guest.id: self.view(guest) for guest in guests if self._stage.events.pages(guest.id)}
        before, self._told = self._told, views
        for guest, view in views.items():
            if before.get(guest) != view:
                self._stage.events.studio(guest, view)
