"""Publishing by RTSP to servers that behave badly."""

import asyncio
import contextlib

import pytest

from stagedoor.domain.errors import RefusedError
from stagedoor.outputs.address import Address
from stagedoor.outputs.rtsp.client import MAX_CHALLENGES, RtspPublisher
from tests.kit.relay import AUDIO

pytestmark = pytest.mark.service


async def test_a_server_that_only_ever_challenges_is_given_up() -> None:
    asked = 0

    async def challenge(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                asked += head.startswith("OPTIONS")
                sequence = head.partition("CSeq: ")[2].partition("\r")[0]
                nonce = f'Digest realm="r", nonce="{asked}", stale=true'
                writer.write(
                    f"RTSP/1.0 401 No\r\nCSeq: {sequence}\r\nWWW-Authenticate: {nonce}\r\n\r\n".encode()
                )
        writer.close()

    server = await asyncio.start_server(challenge, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        async with asyncio.timeout(3):
            with pytest.raises(RefusedError, match="401") as refused:
                await RtspPublisher.open(Address.parse(f"rtsp://me:word@127.0.0.1:{port}/x"), [AUDIO], 0)
    finally:
        server.close()
        await server.wait_closed()
    assert asked == MAX_CHALLENGES
    assert refused.value.hint
