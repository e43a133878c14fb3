"""A cable between our network namespace and another one, made of two TUN devices and this process.

Run as `python -m tests.kit.cable NAMESPACE NEAR_DEVICE FAR_DEVICE [one-way]` by `tests.kit.net`, as root. It
carries IP packets and spoils them as each line of its standard input says, a JSON object with `loss` (0 to
1), `delay_ms` and `rate_mbit` (0 is no limit); it ends with its input. With `one-way` it is what a NAT or a
firewall is to whoever dials in: only answers to what the far end has sent get there. It needs nothing of the
kernel but TUN.
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
from collections.abc import Callable
from pathlib import Path
from typing import Final

TUNSETIFF: Final = 0x400454CA
IFF_TUN_WITHOUT_HEADER: Final = 0x1001
CLONE_NEWNET: Final = 0x40000000
LONGEST_QUEUE_SECONDS: Final = 0.2
"""What a slow link's queue holds before it drops."""
FLOW_SECONDS: Final = 120.0
"""How long after the last packet out of a one-way cable answers to it are let in."""
MOST_FLOWS: Final = 4096


class Gate:
    """Knows what the far end has sent, and lets in only answers to that (IPv4; TCP, UDP and ICMP)."""

    def __init__(self) -> None:
        self._flows: dict[bytes, float] = {}

    def note(self, packet: bytes, now: float) -> bool:
        """Remember a packet of the far end; it may always pass."""
        key = flow_of(packet)
        if key is not None:
            self._flows.pop(key, None)
            self._flows[key] = now
            if len(self._flows) > MOST_FLOWS:
                del self._flows[next(iter(self._flows))]
        return True

    def admits(self, packet: bytes, now: float) -> bool:
        """Whether a packet answers one that was sent not long ago."""
        key = flow_of(packet, answering=True)
        return key is not None and now - self._flows.get(key, -FLOW_SECONDS) < FLOW_SECONDS


def flow_of(packet: bytes, *, answering: bool = False) -> bytes | None:
    """Protocol, addresses and ports of a packet, or of the one that it answers; None of what is not IPv4."""
    if packet[0] >> 4 != 4:
        return None
    protocol, source, target = packet[9:10], packet[12:16], packet[16:20]
    at = (packet[0] & 15) * 4
    ports = packet[at : at + 2], packet[at + 2 : at + 4]
    one, other = ports if protocol[0] in (6, 17) else (b"", b"")
    return protocol + (target + other + source + one if answering else source + one + target + other)


class Direction:
    """One way through the cable: a queue with a rate, a delay and losses."""

    def __init__(self, out: int, admits: Callable[[bytes, float], bool] | None = None) -> None:
        self.out = out
        self._admits = admits
        self.loss = self.delay = self.rate = 0.0
        self._free_at = 0.0
        self._random = random.Random(out)
        self._queue: list[tuple[float, int, bytes]] = []
        self._count = 0

    def take(self, packet: bytes, now: float) -> None:
        """Queue a packet, or lose it."""
        if self._admits is not None and not self._admits(packet, now):
            return
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
    namespace, near_name, far_name, *options = sys.argv[1:]
    near = open_tun(near_name)
    enter(namespace)
    far = open_tun(far_name)
    gate = Gate() if "one-way" in options else None
    ways = {
        near: Direction(far, gate.admits if gate else None),
        far: Direction(near, gate.note if gate else None),
    }
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
