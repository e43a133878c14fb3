"""Publishing a stream to the relay's hub: `PUT /live/{path}.nut`, again whenever the relay comes back."""

import asyncio
import logging
from typing import Final
from urllib.parse import quote, urlsplit

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.closing import close_stream
from stagedoor.aio.race import until_first
from stagedoor.aio.supervise import supervise
from stagedoor.domain.errors import BrokenError, MediaError, StagedoorError
from stagedoor.ipc.messages import AudioMode
from stagedoor.local_http import read_head
from stagedoor.media.mux import Container, Muxer
from stagedoor.media.packets import Kind, Packet, Track
from stagedoor.mixer.outlets.stream import Stream
from stagedoor.mixer.sources.opening import Hub
from stagedoor.outputs.reader import Reader

logger = logging.getLogger(__name__)

CONNECT_WITHIN_S: Final = 2.0
STALLED_S: Final = 5.0
"""A hub that takes not one byte for this long is connected to anew."""
MOST_WAITING: Final = 1000
"""Packets of one kind that wait for the first of the other."""
HIGH_WATER: Final = 512 * 1024


async def publish(stream: Stream, hub: Hub, kinds: frozenset[Kind] = frozenset(Kind)) -> None:
    """Publish a stream to the path of its name until cancelled, or until the stream ends.

    Args:
        stream: What.
        hub: Where.
        kinds: What the path is to have; what else the stream has is left out.
    """
    said: list[str] = []

    def note(error: StagedoorError) -> bool:
        if said[-1:] != [error.message]:
            logger.info("%s goes to the hub anew: %s", stream.name, error.message)
            said.append(error.message)
        return True

    await supervise(
        f"{stream.name} at the hub",
        lambda: _once(stream, hub, kinds),
        expected=(BrokenError, MediaError),
        on_failure=note,
        backoff=Backoff(0.05, 0.5),
        healthy_after=2.0,
    )


async def _once(stream: Stream, hub: Hub, kinds: frozenset[Kind]) -> None:
    reader = stream.open_reader(AudioMode.OPUS if Kind.AUDIO in kinds else AudioMode.NONE)
    try:
        first = await _first(reader, kinds)
        if not first:
            return
        await _send(stream.name, hub, reader, first, kinds)
    finally:
        reader.close()


async def _first(reader: Reader, kinds: frozenset[Kind]) -> list[Packet]:
    """Wait for each kind's first packet, which says how its track looks; empty if the stream ends."""
    found: list[Packet] = []
    while {packet.track.kind for packet in found} != kinds:
        batch = await reader.batch()
        if not batch:
            return []
        found += [packet for packet in batch if packet.track.kind in kinds]
        if len(found) > MOST_WAITING:
            # One kind does not come: no more is kept of the other than a reader can begin with.
            keys = [at for at, packet in enumerate(found) if packet.track.kind is Kind.VIDEO and packet.key]
            found = found[keys[-1] if keys else -1 :]
    return found


async def _send(name: str, hub: Hub, reader: Reader, first: list[Packet], kinds: frozenset[Kind]) -> None:
    tracks: dict[Kind, Track] = {}
    for packet in first:
        tracks.setdefault(packet.track.kind, packet.track)
    muxer = Muxer(Container.NUT, tracks.get(Kind.VIDEO), tracks.get(Kind.AUDIO))
    answers, writer = await _connect(name, hub)
    try:
        await until_first(_feed(reader, writer, muxer, first, kinds), _refusal(answers))
    except OSError as error:
        raise BrokenError("the hub has gone") from error
    finally:
        await close_stream(writer, within=0.2)


async def _connect(name: str, hub: Hub) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(hub.url)
    try:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            answers, writer = await asyncio.open_connection(address.hostname, address.port)
    except OSError as error:
        raise BrokenError("the hub cannot be reached") from error
    writer.transport.set_write_buffer_limits(high=HIGH_WATER)
    head = (
        f"PUT /live/{quote(name)}.nut HTTP/1.1",
        f"Host: {address.netloc}",
        f"Authorization: Bearer {hub.token}",
        "Content-Type: video/x-nut",
        "Transfer-Encoding: chunked",
    )
    writer.write("\r\n".join([*head, "", ""]).encode())
    return answers, writer


async def _feed(
    reader: Reader, writer: asyncio.StreamWriter, muxer: Muxer, batch: list[Packet], kinds: frozenset[Kind]
) -> None:
    while batch:
        data = b"".join([muxer.write(packet) for packet in batch if packet.track.kind in kinds])
        if data:
            writer.write(b"%x\r\n%b\r\n" % (len(data), data))
            async with asyncio.timeout(STALLED_S):
                await writer.drain()
        batch = await reader.batch()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _refusal(answers: asyncio.StreamReader) -> None:
    """Wait for the answer, which comes only when the hub wants no more."""
    try:
        status, _ = await read_head(answers)
    except (OSError, ValueError) as error:
        raise BrokenError("the hub has gone") from error
    raise BrokenError(f"the hub answered {status}")
