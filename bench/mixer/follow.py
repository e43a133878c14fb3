"""A child that reads program: `python -m bench.mixer.follow URL SECONDS [GUESTS]`; prints JSON.

What comes is read before all else that the machine does, where it lets us: what waits is not the instrument.
To decode it takes longer, and waits its turn. Beside that a thread only sleeps and wakes up, so that it is
known when the machine itself stood still.
"""

import contextlib
import gc
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from tests.kit.flashes import OPTIONS
from tests.kit.painted import Row
from tests.kit.show import BITS

from stagedoor.precedence import come_first

KEPT_S = 2.0
"""From the first packet on, what comes to a reader may have been kept for readers to come."""
QUAD = tuple(Row(x, y + 0.5 / BITS / 2 * 16 / 9, 0.5) for y in (0.0, 0.5) for x in (0.0, 0.5))
"""The squares on top of each picture of a quad, all of 16:9."""
OF_INSTRUMENTS = 50
"""Above all that is measured."""
NAP_S = 0.005
STOOD_S = 0.005
"""A nap that ends so much too late while the machine below ours did something else: ours stood still."""


class Packet(NamedTuple):
    """One of program's: its time, when it came, bytes, whether it is a key frame, what its picture says."""

    at: float
    now: float
    size: int
    key: bool
    shown: tuple[int, ...]


@dataclass
class Reading:
    """What was read.

    Attributes:
        size: Pixels, as the stream says.
        packets: Those that were not kept for readers to come.
        stood: When the machine stood still: from, to, in seconds of the monotonic clock.
    """

    size: tuple[int, int] = (0, 0)
    packets: list[Packet] = field(default_factory=list)
    stood: list[tuple[float, float]] = field(default_factory=list)


def stolen() -> int:
    """How long the machine below has let others run, in ticks of 10 ms (proc(5), /proc/stat)."""
    return int(Path("/proc/stat").read_text().split(maxsplit=9)[8])


@contextlib.contextmanager
def naps(stood: list[tuple[float, float]]) -> Iterator[None]:
    """Sleep and wake up while the block lasts, and note the naps that were too long."""
    over = threading.Event()

    def nap() -> None:
        if not come_first(OF_INSTRUMENTS):
            # Of a thread that others may hold up nothing is learned of the machine.
            return
        while not over.is_set():
            due, taken = time.monotonic() + NAP_S, stolen()
            over.wait(NAP_S)
            if (now := time.monotonic()) > due + STOOD_S and stolen() > taken:
                stood.append((due, now))

    thread = threading.Thread(target=nap)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def read(url: str, seconds: float, rows: Sequence[Row]) -> Reading:
    """Read for so long after what was kept; it is decoded only where the numbers in `rows` are to be read."""
    reading = Reading()
    if not rows:
        come_first(OF_INSTRUMENTS)
    with naps(reading.stood), av.open(url, timeout=(15, 10), options=OPTIONS) as container:
        context = container.streams.video[0].codec_context
        reading.size = context.width, context.height
        begun = None
        for packet in container.demux(video=0):
            now = time.monotonic()
            if packet.pts is None or packet.time_base is None:
                continue
            begun = now if begun is None else begun
            shown = _numbers(packet, rows) if rows else ()
            at = float(packet.pts * packet.time_base)
            if now > begun + KEPT_S:
                reading.packets.append(Packet(at, now, packet.size, packet.is_keyframe, shown))
            if now > begun + KEPT_S + seconds:
                break
    return reading


def _numbers(packet: "av.Packet[av.VideoStream]", rows: Sequence[Row]) -> tuple[int, ...]:
    """What the squares of its picture say: program's encoder gives each picture a packet of its own."""
    (frame,) = packet.decode()
    luma = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    return tuple(row.number(luma, BITS) for row in rows)


def main(url: str, seconds: str, guests: str = "0") -> None:
    """Read, and print what was read."""
    # What looks through all that was read would hold up what is read, and before all else.
    gc.disable()
    json.dump(asdict(read(url, float(seconds), QUAD[: int(guests)])), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
