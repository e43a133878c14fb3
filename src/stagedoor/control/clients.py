"""Control's ways to the other processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from stagedoor.ipc.client import RelayClient
from stagedoor.ipc.mixer_client import MixerClient
from stagedoor.settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Clients:
    """One for each process; neither has to be there."""

    relay: RelayClient
    mixer: MixerClient


@asynccontextmanager
async def open_clients(server: ServerSettings) -> AsyncIterator[Clients]:
    """Make the clients, and close their connections when the block ends."""
    async with RelayClient(server.relay_socket) as relay, MixerClient(server.mixer_socket) as mixer:
        yield Clients(relay, mixer)
