"""A child that publishes: `python -m bench.guests SOCKET FIRST COUNT AUDIO RTMP CARRIER`.

It sends `COUNT` guests to the socket, says `ready`, then answers each line of its input with how many
pictures every guest has sent so far, and ends with its input.
"""

import asyncio
import json
import sys

import httpx
import uvloop
from tests.kit.publisher import Publisher

from bench.source import speech
from stagedoor.domain.carrier import CarrierKind
from stagedoor.ipc.messages import Binding, DestinationSpec, SessionAnswer, SessionRequest


async def publish(
    client: httpx.AsyncClient,
    name: str,
    publisher: Publisher,
    *,
    audio: str = "",
    rtmp: str = "",
    carrier: CarrierKind = CarrierKind.BUILTIN,
) -> None:
    """Publish to the path `name`, and to the RTMP server with this kind of sound if one is named."""
    destinations: tuple[DestinationSpec, ...] = ()
    if audio:
        spec = {"id": "rtmp", "url": f"{rtmp}/live/{name}", "audio": audio}
        destinations = (DestinationSpec.model_validate(spec),)
    body = SessionRequest(
        session=f"session-{name}",
        owner=name,
        label=name,
        offer=await publisher.offer(),
        binding=Binding(path=name, destinations=destinations),
        carrier=carrier,
    )
    answer = await client.post(
        "/sessions", content=body.model_dump_json(), headers={"Content-Type": "application/json"}
    )
    answer.raise_for_status()
    await publisher.accept(SessionAnswer.model_validate_json(answer.content).answer)
    await publisher.connected(30)


async def main(socket: str, first: int, count: int, audio: str, rtmp: str, carrier: str) -> None:
    """Publish until standard input ends."""
    media = speech()
    publishers = [Publisher(media) for _ in range(count)]
    transport = httpx.AsyncHTTPTransport(uds=socket)
    async with httpx.AsyncClient(transport=transport, base_url="http://relay", timeout=30) as client:
        for number, publisher in enumerate(publishers, first):
            way = CarrierKind(carrier)
            await publish(client, f"guest{number}", publisher, audio=audio, rtmp=rtmp, carrier=way)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps([each.video.sent if each.video else 0 for each in publishers]) + "\n")
        sys.stdout.flush()
    for publisher in publishers:
        await publisher.close()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
