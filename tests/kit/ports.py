"""Ports that nobody uses now."""

import contextlib
import random
import socket

RANGE = range(20_000, 32_000)
"""Below those that the kernel gives away by itself, so that nobody else gets one before it is used."""
_RANDOM = random.SystemRandom()


def free_ports(count: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> tuple[int, ...]:
    """`count` different ports of loopback, of TCP if not of UDP, that were free a moment ago."""
    with contextlib.ExitStack() as stack:
        return tuple(_bound(stack.enter_context(socket.socket(type=kind))) for _ in range(count))


def _bound(probe: socket.socket) -> int:
    while True:
        port = _RANDOM.choice(RANGE)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
