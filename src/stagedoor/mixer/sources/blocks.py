"""Sound cards' packets in blocks: FFmpeg reads as little at a time as a card allows, down to a sample."""

from collections.abc import Iterable, Iterator
from typing import Final

import av
from av.container import InputContainer

from stagedoor.mixer.sources.tracks import AnyPacket, Track

BLOCK_S: Final = 0.01
_BYTES: Final = 2
"""Of a sample: a card is asked for `pcm_s16`."""


def packets_of(container: InputContainer, tracks: Iterable[Track]) -> Iterator[AnyPacket]:
    """Return a stream's packets, those of a sound card in blocks of some milliseconds."""
    streams = [track.stream for track in tracks]
    packets = container.demux(*streams)
    if container.format.name != "alsa":
        return packets
    return _joined(packets, streams[0])


def _joined(packets: Iterable[AnyPacket], stream: av.VideoStream | av.AudioStream) -> Iterator[AnyPacket]:
    context = stream.codec_context
    if not isinstance(context, av.AudioCodecContext):
        yield from packets
        return
    most = round(context.sample_rate * BLOCK_S) * context.channels * _BYTES
    first: AnyPacket | None = None
    parts: list[bytes] = []
    size = 0
    for packet in packets:
        if not packet.size:
            yield packet
            continue
        first = first or packet
        parts.append(bytes(packet))
        size += packet.size
        if size >= most:
            yield _block(first, parts)
            first, parts, size = None, [], 0


def _block(first: AnyPacket, parts: list[bytes]) -> AnyPacket:
    """Return one packet of several, at the time of the first."""
    block = av.Packet(b"".join(parts))
    block.stream, block.pts, block.dts = first.stream, first.pts, first.dts
    if first.time_base is not None:
        block.time_base = first.time_base
    return block
