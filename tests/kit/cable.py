"""A cable between our network namespace and another one, made of two TUN devices and this process.

Run as `python -m tests.kit.cable NAMESPACE NEAR_DEVICE FAR_DEVICE` by `tests.kit.net`, as root. It carries
IP packets and
spoils them as each line of its standard input says, a JSON object with `loss` (0 to 1), `delay_ms` and
`rate_mbit` (0 is no limit); it ends with its input. It needs nothing of the kernel but TUN.
"""

import contextlib
import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import struct
import sys
import time
from pathlib import Path
from typing import Final

TUNSETIFF: Final = 0x400454CA
IFF_TUN_WITHOUT_HEADER: Final = 0x1001
CLONE_NEWNET: Final = 0x40000000
LONGEST_QUEUE_SECONDS: Final = 0.2
"""What a slow link's queue holds before it drops."""


class Direction:
    """One way through the cable: a queue with a rate, a delay and losses."""

    def __init__(self, out: int) -> None:
        self.out = out
        self.loss = self.delay = self.rate = 0.0
        self._free_at = 0.0
        self._random = random.Random(out)
        self._queue: list[tuple[float, int, bytes]] = []
        self._count = 0

    def take(self, packet: bytes, now: float) -> None:
        """Queue a packet, or lose it."""
        begins = max(now, self._free_at)
        if self._random.random() < self.loss or begins - now > LONGEST_QUEUE_SECONDS:
            return
        self._free_at = begins + (len(packet) * 8 / self.rate if self.rate else 0.0)
        self._count += 1
        heapq.heappush(self._queue, (self._free_at + self.delay, self._count, packet))

    def give(self, now: float) -> float:
        """Pass on what is due; seconds until the next packet is."""
        while self._queue and self._queue[0][0] <= now:
            with contextlib.suppress(OSError):  # a device that is not up yet loses them
                os.write(self.out, heapq.heappop(self._queue)[2])
        return max(0.0, self._queue[0][0] - now) if self._queue else 1.0


def open_tun(name: str) -> int:
    """A new TUN device in the present namespace; it lives as long as the file."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN_WITHOUT_HEADER))
    return device


def enter(namespace: str) -> None:
    """Move this process into a namespace made by `ip netns add`."""
    with Path("/run/netns", namespace).open() as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def main() -> None:
    """Carry packets until standard input ends."""
    namespace, near_name, far_name = sys.argv[1:]
    near = open_tun(near_name)
    enter(namespace)
    far = open_tun(far_name)
    ways = {near: Direction(far), far: Direction(near)}
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        wait = min(way.give(time.monotonic()) for way in ways.values())
        told = sys.stdin.fileno()
        readable = select.select([*ways, told], [], [], wait)[0]
        for source in ways.keys() & readable:
            take_all(source, ways[source])
        if told in readable:
            if not (line := sys.stdin.readline()):
                return
            spoil(json.loads(line), *ways.values())


def take_all(source: int, way: Direction) -> None:
    """Read every packet that is waiting."""
    while True:
        try:
            way.take(os.read(source, 65536), time.monotonic())
        except BlockingIOError:
            return


def spoil(how: dict[str, float], *ways: Direction) -> None:
    """Both ways alike."""
    for way in ways:
        way.loss, way.delay, way.rate = how["loss"], how["delay_ms"] / 1000, how["rate_mbit"] * 1e6


if __name__ == "__main__":
    main()
