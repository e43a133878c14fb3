"""What a guest's page says of itself: which devices are on, which there are, and how ready it is."""

from dataclasses import dataclass

from stagedoor.control.readiness import Readiness
from stagedoor.control.schemas import OwnDevices
from stagedoor.ipc.messages import Devices


@dataclass(frozen=True, slots=True)
class OwnWord:
    """The newest word of one page; None is what it has not said."""

    switches: Devices = Devices()
    devices: OwnDevices | None = None
    readiness: Readiness | None = None

    def followed_by(self, newer: "OwnWord") -> "OwnWord":
        """Return what is known after another word, which leaves what it does not say."""
        return OwnWord(newer.switches, newer.devices or self.devices, newer.readiness or self.readiness)
