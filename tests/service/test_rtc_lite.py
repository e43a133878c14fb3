"""ICE lite agents on one UDP port: who is answered, who is found by what, and where answers go."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aioice import stun

from stagedoor.domain.errors import UnavailableError
from stagedoor.rtc.lite import MOST_ADDRESSES, LiteAgent, LitePort
from tests.kit.wait import until

pytestmark = pytest.mark.service

DTLS = b"\x16hello"
RTP = b"\x80media"


class Peer(asyncio.DatagramProtocol):
    """A socket that checks and listens."""

    def __init__(self) -> None:
        self.came: list[bytes] = []
        self.transport: Any = None

    @classmethod
    async def open(cls, port: LitePort) -> "Peer":
        loop = asyncio.get_running_loop()
        _, peer = await loop.create_datagram_endpoint(cls, remote_addr=("127.0.0.1", port.port))
        return peer

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, _addr: Any) -> None:
        self.came.append(data)

    def send(self, data: bytes) -> None:
        self.transport.sendto(data)

    def check(
        self, agent: LiteAgent, *, pwd: str = "", nominate: bool = True, role: str = "CONTROLLING"
    ) -> bytes:
        """Send a binding request; its transaction id."""
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{agent.local_username}:them"
        message.attributes["PRIORITY"] = 1
        message.attributes[f"ICE-{role}"] = 7
        if nominate:
            message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity((pwd or agent.local_password).encode())
        self.send(bytes(message))
        return message.transaction_id

    def close(self) -> None:
        self.transport.close()


@pytest.fixture
async def port() -> AsyncIterator[LitePort]:
    opened = await LitePort.open("127.0.0.1", 0)
    yield opened
    opened.close()


@pytest.fixture
async def peer(port: LitePort) -> AsyncIterator[Peer]:
    opened = await Peer.open(port)
    yield opened
    opened.close()


async def test_a_signed_check_is_answered_with_where_it_came_from_and_nominates(
    port: LitePort, peer: Peer
) -> None:
    agent = port.agent()
    transaction = peer.check(agent)
    assert await asyncio.wait_for(agent.connect("them", "pwd"), 5)
    await until(lambda: peer.came)
    answer = stun.parse_message(peer.came[0])
    assert answer.check_message_integrity(agent.local_password.encode())
    assert (answer.message_class, answer.transaction_id) == (stun.Class.RESPONSE, transaction)
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == peer.transport.get_extra_info("sockname")
    assert "FINGERPRINT" in answer.attributes
    agent.send_now(RTP)
    await until(lambda: RTP in peer.came)
    await agent.aclose()


async def test_what_is_not_signed_by_the_agents_password_is_dropped(port: LitePort, peer: Peer) -> None:
    agent = port.agent()
    peer.check(agent, pwd="another password altogether")
    peer.send(b"\x00\x01nonsense")
    peer.send(b"")
    other = port.agent()
    await other.aclose()
    peer.check(other)
    transaction = peer.check(agent)
    await until(lambda: peer.came)
    assert [stun.parse_message(each).transaction_id for each in peer.came] == [transaction]
    await agent.aclose()


async def test_a_peer_in_the_wrong_role_is_told_so(port: LitePort, peer: Peer) -> None:
    agent = port.agent()
    peer.check(agent, role="CONTROLLED")
    await until(lambda: peer.came)
    assert stun.parse_message(peer.came[0]).error_code == 487
    agent.send_now(RTP)
    peer.check(agent, nominate=False)
    await until(lambda: len(peer.came) == 2)
    assert RTP not in peer.came, "nothing is nominated"
    await agent.aclose()


async def test_media_finds_its_agent_by_address_and_follows_its_peer(port: LitePort, peer: Peer) -> None:
    agents = (port.agent(), port.agent())
    media: tuple[list[bytes], list[bytes]] = ([], [])
    second = await Peer.open(port)
    moved = await Peer.open(port)
    try:
        for agent, got, side in zip(agents, media, (peer, second), strict=True):
            agent.attach(on_media=got.append, on_lost=lambda: None)
            side.check(agent)
        await until(lambda: peer.came and second.came)
        peer.send(RTP + b"1")
        second.send(RTP + b"2")
        moved.send(RTP + b"of a stranger")
        await until(lambda: media[0] and media[1])
        assert media == ([RTP + b"1"], [RTP + b"2"])
        peer.send(DTLS)
        assert await asyncio.wait_for(agents[0]._recv(), 5) == DTLS

        moved.check(agents[0])
        await until(lambda: moved.came)
        agents[0].send_now(RTP)
        await until(lambda: RTP in moved.came)
        peer.send(RTP + b"late")
        await until(lambda: RTP + b"late" in media[0], what="the old address is still its own")
    finally:
        second.close()
        moved.close()
        for agent in agents:
            await agent.aclose()


async def test_addresses_of_one_agent_are_bounded(port: LitePort) -> None:
    agent = port.agent()
    peers = [await Peer.open(port) for _ in range(MOST_ADDRESSES + 5)]
    try:
        for each in peers:
            each.check(agent)
            await until(lambda each=each: each.came)  # type: ignore[misc]
        assert len(port._at) <= MOST_ADDRESSES
        await agent.aclose()
        assert not port._at
        assert not port._agents
    finally:
        for each in peers:
            each.close()


async def test_an_agent_that_hears_nothing_is_lost_and_a_silent_one_says_nothing(
    port: LitePort, peer: Peer
) -> None:
    agent, lost = port.agent(), asyncio.Event()
    agent.attach(on_media=lambda _: None, on_lost=lost.set)
    peer.check(agent)
    await until(lambda: peer.came)
    agent.silent = True
    agent.send_now(RTP)
    peer.check(agent)
    agent.lost_after = 0.2
    await asyncio.wait_for(agent.watch(), 5)
    assert lost.is_set()
    assert len(peer.came) == 1
    await agent.aclose()


async def test_closing_lets_everybody_go(port: LitePort) -> None:
    agent = port.agent()
    waiting = asyncio.create_task(agent.connect("them", "pwd"))
    hearing = asyncio.create_task(agent._recv())
    await asyncio.sleep(0)
    await agent.aclose()
    await agent.aclose()
    assert await waiting is False
    with pytest.raises(ConnectionError):
        await hearing


async def test_a_port_that_is_taken_is_an_error_of_ours(port: LitePort) -> None:
    with pytest.raises(UnavailableError) as error:
        await LitePort.open("127.0.0.1", port.port)
    assert error.value.code == "port_busy"
