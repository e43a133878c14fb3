"""What everything that goes through the SFU shares."""

from dataclasses import dataclass, replace

from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.carriers.cloudflare.janitor import Janitor
from stagedoor.rtc.ice import PeerSettings


@dataclass(frozen=True, slots=True)
class Way:
    """The way through the SFU.

    Attributes:
        api: The SFU.
        janitor: Closes what is over.
        settings: Addresses from which the relay dials out.
    """

    api: CloudflareApi
    janitor: Janitor
    settings: PeerSettings

    @property
    def dial(self) -> PeerSettings:
        """How the relay dials out: from any port, without asking for its own outer address."""
        return replace(self.settings, stun_server=None, udp_ports=None)
