"""The carrier `cloudflare` on an emulated SFU, with guests that a test drives."""

import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from stagedoor.carriers.base import Offer
from stagedoor.carriers.cloudflare.account import Cloudflare, open_account
from stagedoor.carriers.cloudflare.carrier import CloudflarePeer
from stagedoor.carriers.cloudflare.push import HubReader
from stagedoor.domain.carrier import PullState
from stagedoor.emulator.options import Options, Timers
from stagedoor.emulator.serve import Emulator, emulator
from stagedoor.media.packets import Kind, Packet
from stagedoor.rtc.ice import PeerSettings
from stagedoor.settings import CloudflareSettings
from tests.kit.cloudflare import Client, client
from tests.kit.publisher import Publisher
from tests.kit.show import Media
from tests.kit.wait import until

LOOPBACK = PeerSettings(host_addresses=("127.0.0.1",))
QUICK = Options(timers=Timers(empty_track=0.1))
"""An SFU that says at once that a track has sent nothing yet."""


@dataclass
class Arrived:
    """What the relay gets of a guest."""

    packets: list[Packet] = field(default_factory=list)
    closed: str = ""

    def on_packet(self, packet: Packet) -> None:
        self.packets.append(packet)

    def on_closed(self, reason: str) -> None:
        self.closed = reason

    def of(self, kind: Kind) -> list[Packet]:
        """Frames of a kind."""
        return [packet for packet in self.packets if packet.track.kind is kind]

    async def more(
        self, count: int = 20, timeout: float = 15.0, kinds: tuple[Kind, ...] = tuple(Kind)
    ) -> None:
        """Return once so many more frames of each kind have come."""
        before = {kind: len(self.of(kind)) for kind in kinds}
        await until(
            lambda: all(len(self.of(kind)) >= before[kind] + count for kind in kinds),
            timeout,
            what=f"more frames; it ended: {self.closed!r}",
        )


class SfuGuest(Publisher):
    """A publisher that comes by the carrier.

    Attributes:
        peer: The relay's view of it.
        arrived: What the relay gets.
    """

    peer: CloudflarePeer
    arrived: Arrived

    async def come(self, account: Cloudflare, label: str = "guest1") -> None:
        """Offer, and take the answer."""
        self.arrived = Arrived()
        offer = Offer(await self.offer(), label, 2_000_000)
        self.peer = await account.carrier.open(offer, self.arrived)
        await self.accept(self.peer.answer_sdp)

    def states(self) -> dict[Kind, PullState]:
        """How far each track is."""
        status = self.peer.report().cloudflare
        assert status is not None
        return {each.kind: each.state for each in status.tracks}


@dataclass
class House:
    """An account at work.

    Attributes:
        it: The SFU.
        api: A client of it, for faults.
        account: Ours.
        folder: Where the journal is.
    """

    it: Emulator
    api: Client
    account: Cloudflare
    folder: Path

    @contextlib.asynccontextmanager
    async def guest(
        self,
        *parts: Media,
        label: str = "guest1",
        video_after: float | None = 0.0,
        audio_after: float | None = 0.0,
    ) -> AsyncIterator[SfuGuest]:
        """A guest who has come; closed at the end."""
        publisher = SfuGuest(*parts, video_after=video_after, audio_after=audio_after)
        try:
            await publisher.come(self.account, label)
            yield publisher
        finally:
            await publisher.peer.aclose()
            await publisher.close()


async def _no_path(_path: str) -> HubReader | None:
    return None


def account_of(it: Emulator, **more: object) -> CloudflareSettings:
    """The settings of an account at this SFU."""
    return CloudflareSettings.model_validate(
        {"app_id": it.app_id, "app_secret": it.app_secret, "base_url": it.base_url, **more}
    )


@contextlib.asynccontextmanager
async def house(
    options: Options = QUICK, open_reader: object = _no_path, folder: Path | None = None
) -> AsyncIterator[House]:
    """An emulated SFU and an account at it."""
    with tempfile.TemporaryDirectory() as made:
        where = folder or Path(made)
        async with (
            emulator(options) as it,
            client(it) as api,
            open_account(account_of(it), where, LOOPBACK, open_reader) as account,  # type: ignore[arg-type]
        ):
            yield House(it, api, account, where)


def seconds_since(begun: float) -> float:
    """Since a moment of `time.monotonic()`."""
    return time.monotonic() - begun
