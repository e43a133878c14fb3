"""What a guest's page says of itself: its devices, how ready it is, and what stands on its screen."""

from dataclasses import dataclass, replace

from stagedoor.control.readiness import Readiness
from stagedoor.control.schemas import OnScreen, OwnDevices
from stagedoor.ipc.messages import Devices


@dataclass(frozen=True, slots=True)
class OwnWord:
    """The newest word of one page; None is what it has not said."""

    switches: Devices = Devices()
    devices: OwnDevices | None = None
    readiness: Readiness | None = None
    on_screen: OnScreen | None = None

    def followed_by(self, newer: "OwnWord") -> "OwnWord":
        """Return what is known after another word, which leaves what it does not say."""
        return OwnWord(
            newer.switches,
            newer.devices or self.devices,
            newer.readiness or self.readiness,
            newer.on_screen or self.on_screen,
        )

    def with_page_closed(self) -> "OwnWord":
        """Return what is known once the page is not there any more: it shows nothing."""
        return replace(self, on_screen=None)
