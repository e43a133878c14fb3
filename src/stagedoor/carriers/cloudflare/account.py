"""Everything that the relay has of Cloudflare, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.carriers.cloudflare.carrier import CloudflareCarrier
from stagedoor.carriers.cloudflare.janitor import Janitor
from stagedoor.carriers.cloudflare.journal import Journal
from stagedoor.carriers.cloudflare.pushing import OpenReader
from stagedoor.carriers.cloudflare.returns import Returns
from stagedoor.carriers.cloudflare.turn import TurnServers
from stagedoor.carriers.cloudflare.way import Way
from stagedoor.rtc.ice import PeerSettings
from stagedoor.settings import CloudflareSettings


@dataclass(frozen=True, slots=True)
class Cloudflare:
    """One account at work.

    Attributes:
        api: Its calls, counted.
        journal: What survives a crash.
        carrier: Brings guests here.
        turn: Servers for guests whose networks are narrow.
        returns: Brings the returns to guests.
    """

    api: CloudflareApi
    journal: Journal
    carrier: CloudflareCarrier
    turn: TurnServers
    returns: Returns


@asynccontextmanager
async def open_account(
    settings: CloudflareSettings, data_dir: Path, dial: PeerSettings, open_reader: OpenReader
) -> AsyncIterator[Cloudflare]:
    """Open an account until the block ends; what a crash has left there is closed.

    Args:
        settings: The account.
        data_dir: Where the journal is kept.
        dial: Addresses from which the relay dials out.
        open_reader: Opens a path of the hub.
    """
    journal = Journal(data_dir)
    async with CloudflareApi(settings) as api, Janitor(api, journal) as janitor:
        way = Way(api, janitor, dial)
        async with Returns(way, open_reader) as returns:
            yield Cloudflare(api, journal, CloudflareCarrier(way), TurnServers(api), returns)
