"""A guest who watches the return: aiortc's peer connection, which only receives."""

from typing import Any

from aiortc import RTCPeerConnection, RTCSessionDescription

from stagedoor.carriers.cloudflare.returns import Returns
from stagedoor.ipc.messages import ViewerRequest
from tests.kit.wait import until


class ReturnViewer:
    """One viewer.

    Args:
        name: Its id.
        path: The return that it asks for.
        picture: The path of the return's own picture, if it has one.
    """

    def __init__(self, name: str, path: str = "return-guest1", picture: str = "") -> None:
        self.name = name
        self.path = path
        self.picture = picture
        self.connection = RTCPeerConnection()

    async def watch(self, returns: Returns) -> None:
        """Offer to receive both, and take the answer."""
        for kind in ("audio", "video"):
            self.connection.addTransceiver(kind, direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        request = ViewerRequest(
            viewer=self.name,
            path=self.path,
            offer=self.connection.localDescription.sdp,
            picture=self.picture,
            invite="invite",
        )
        answer = await returns.open(request)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer.answer, "answer"))

    async def received(self) -> dict[str, int]:
        """Packets by kind."""
        counts: dict[str, int] = {"audio": 0, "video": 0}
        for receiver in self.connection.getReceivers():
            report: Any = await receiver.getStats()
            for each in report.values():
                if each.type == "inbound-rtp":
                    counts[each.kind] += each.packetsReceived
        return counts

    async def more(self, *kinds: str, count: int = 20, timeout: float = 15.0) -> None:
        """Return once so many more packets of these kinds have come; of both where none is named."""
        before = await self.received()

        async def has_more() -> bool:
            now = await self.received()
            return all(now[kind] >= before[kind] + count for kind in kinds or tuple(now))

        await until(has_more, timeout, interval=0.05, what=f"more for {self.name}")

    async def close(self) -> None:
        """Go."""
        await self.connection.close()
