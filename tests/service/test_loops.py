"""The loop of our processes: datagrams that have come together go on together."""

import asyncio
import socket

import pytest

from stagedoor.loops import fast_loop
from tests.kit.wait import until

pytestmark = pytest.mark.service

BURST = 16


class Turns(asyncio.DatagramProtocol):
    """Notes in which turn of the loop each datagram came."""

    def __init__(self) -> None:
        self.turn = 0
        self.seen: list[int] = []

    def datagram_received(self, _data: bytes, _address: object) -> None:
        self.seen.append(self.turn)

    def count(self) -> None:
        self.turn += 1
        if len(self.seen) < BURST:
            asyncio.get_running_loop().call_soon(self.count)


async def turns_of_a_burst() -> set[int]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Turns, local_addr=("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(BURST):
            sender.sendto(b"frame", transport.get_extra_info("sockname"))
    protocol.count()
    await until(lambda: len(protocol.seen) == BURST)
    transport.close()
    await asyncio.sleep(0)
    return set(protocol.seen)


def test_a_burst_is_handed_over_in_one_turn() -> None:
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        assert len(runner.run(turns_of_a_burst())) == 1
