"""Ports that nobody uses now."""

import contextlib
import socket


def free_ports(count: int) -> tuple[int, ...]:
    """`count` different TCP ports of loopback that were free a moment ago."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return tuple(probe.getsockname()[1] for probe in probes)
