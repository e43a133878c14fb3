"""A box that nothing can dial into, a guest somewhere else, and between them only a TLS reverse proxy.

::

    guest ──cable──▶ middle: Edge (TLS, https://show.example:…) ◀──one-way cable── box: Stagedoor, tunnel
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.kit.app import App, running_app
from tests.kit.certificate import Certificate, certificate
from tests.kit.edge import Edge, edge_to
from tests.kit.net import OURS, Namespace, namespace
from tests.kit.tunnel import Tunnel, forwarded, tunnel_at

ROOT = Path(__file__).resolve().parents[2]
NAME = "show.example"
DIAL_SECONDS = 1.5


@dataclass
class Outside:
    """A namespace for the box and one for each guest; made by `outside`, needs root (marker `netns`).

    The middle is the test's own namespace. What a test runs in its own process (the proxy, a stand-in for a
    service in the cloud) listens at `address`: guest and box both reach it there, by the same address, but
    neither reaches the other. UDP must be bound to `address` itself: with 0.0.0.0 the kernel would
    answer from another address, and that is no answer for the one-way cable.

    `program` runs Stagedoor in the box; its ports are on the test's own loopback through the tunnel, so that
    `app.api`, `app.hub_url` and so on work as always::

        async with outside(tmp_path) as there, there.program() as app:
            async with chromium(inside=there.guest) as browser:
                ...

    Attributes:
        guests: Where browsers run: `chromium(inside=there.guest)`.
        box: Where Stagedoor runs. Only answers to what it has sent get in (`tests.kit.cable`, one-way).
        address: Of the middle, for both.
        edge: The proxy; `edge.url` is what guests call the box, and `edge.manners` how the proxy behaves.
        certificate: The proxy's.
        tunnel: What the box has dialled; the only way in.
    """

    guests: tuple[Namespace, ...]
    box: Namespace
    address: str
    edge: Edge
    certificate: Certificate
    tunnel: Tunnel
    port: int = 0
    """Of the box's pages, once there is a program."""

    @property
    def guest(self) -> Namespace:
        """The first one."""
        return self.guests[0]

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs `arguments` in the box, where the proxy's certificate is trusted."""
        return self.box.command("env", f"SSL_CERT_FILE={self.certificate.file}", *arguments)

    @contextlib.asynccontextmanager
    async def reaching(self, *ports: int) -> AsyncIterator[None]:
        """Have ports of the box's loopback on ours; the first one is where the proxy leads."""
        self.port = ports[0]
        async with contextlib.AsyncExitStack() as stack:
            for port in ports:
                await stack.enter_async_context(forwarded(self.tunnel, port))
            yield

    @contextlib.asynccontextmanager
    async def program(
        self, *arguments: str, server: Mapping[str, Any] | None = None, **settings: Mapping[str, Any]
    ) -> AsyncIterator[App]:
        """Stagedoor in the box, listening on every interface, with the proxy's URL as its `public_url`."""
        ours = {"host": "0.0.0.0", "public_url": self.edge.url, **(server or {})}
        parts: dict[str, Any] = {**settings, "server": ours}
        async with running_app(*arguments, inside=self, **parts) as app:
            yield app

    async def ways_in(self) -> list[str]:
        """Try every way to dial into the box, from the middle and from the guest; those that work.

        A listener on every interface of the box stands by, for TCP and UDP. That it can be reached is tried
        from the box itself, so that this cannot come out empty by mistake.
        """
        async with self._listener("0.0.0.0", *self.box.command()) as port:
            assert await self._dials(self.box.command(), self.box.far, port), "the listener is not there"
            places = {"middle": [], "guest": self.guest.command()}
            return await self._dialled_from(places, self.box.far, port)

    async def ways_to_the_middle(self) -> list[str]:
        """Try to reach a listener at the middle's address from the guest and from the box."""
        async with self._listener(self.address) as port:
            places = {"guest": self.guest.command(), "box": self.box.command()}
            return await self._dialled_from(places, self.address, port)

    async def _dialled_from(self, places: Mapping[str, list[str]], host: str, port: int) -> list[str]:
        ways = await asyncio.gather(*(self._dials(prefix, host, port) for prefix in places.values()))
        return [f"{kind} from {name}" for name, kinds in zip(places, ways, strict=True) for kind in kinds]

    @contextlib.asynccontextmanager
    async def _listener(self, host: str, *prefix: str) -> AsyncIterator[int]:
        async with _child([*prefix, *_MODULE, "listen", host]) as (_, said):
            yield int(said)

    async def _dials(self, prefix: list[str], host: str, port: int) -> list[str]:
        command = [*prefix, *_MODULE, "dial", host, str(port)]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        async with asyncio.timeout(20):
            said, _ = await process.communicate()
        return said.decode().split()


_MODULE = (sys.executable, "-m", "tests.kit.outside")


@contextlib.asynccontextmanager
async def outside(folder: Path, *, one_way: bool = True, guests: int = 1) -> AsyncIterator[Outside]:
    """Lay the cables, and start proxy and tunnel; `Outside` says how to use them.

    Args:
        folder: For certificates.
        one_way: Nobody can dial into the box; else the middle may, as on a LAN.
        guests: How many are in networks of their own.
    """
    address = f"{OURS}.250.1"
    hosts = {NAME: address}
    shown = certificate(folder, name=NAME)
    with contextlib.ExitStack() as cables:
        box = cables.enter_context(namespace(10, one_way=one_way, hosts=hosts))
        places = tuple(
            cables.enter_context(namespace(10 + number, hosts=hosts)) for number in range(1, guests + 1)
        )
        await _route(address, *places, box)
        async with tunnel_at(address) as tunnel:

            async def dial() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
                return await tunnel.dial(made.port)

            dialled = box.command(sys.executable, "-m", "tests.kit.tunnel", address, str(tunnel.port))
            async with edge_to(dial, shown, name=NAME, host=address) as edge, _child(dialled):
                made = Outside(places, box, address, edge, shown, tunnel)
                yield made


async def _route(address: str, *places: Namespace) -> None:
    """Let them reach the middle's address."""
    await _run("ip", "address", "add", f"{address}/32", "dev", places[0].near_device)
    for place in places:
        await _run("ip", "-n", place.name, "route", "add", "default", "via", place.near)


async def _run(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(*arguments, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, f"{' '.join(arguments)}: {said.decode()}"


@contextlib.asynccontextmanager
async def _child(command: list[str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A process that says one line when it is ready, and ends with its standard input."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            said = (await process.stdout.readline()).decode().strip()
        assert said, "it did not start"
        yield process, said
    finally:
        process.stdin.close()
        await process.wait()


def listen(host: str) -> None:
    """Take connections and answer datagrams, until standard input ends."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind((host, 0))
        tcp.listen()
        udp.bind((host, tcp.getsockname()[1]))
        sys.stdout.write(f"{tcp.getsockname()[1]}\n")
        sys.stdout.flush()
        asyncio.run(_echo(udp))


async def _echo(udp: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    loop.add_reader(udp, lambda: udp.sendto(*udp.recvfrom(100)))
    await asyncio.to_thread(sys.stdin.read)
    loop.remove_reader(udp)


def dial(host: str, port: int) -> None:
    """Say in one word each which protocols reach a listener."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), DIAL_SECONDS):
        sys.stdout.write("TCP ")
    with contextlib.suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.settimeout(DIAL_SECONDS)
        udp.sendto(b"there?", (host, port))
        udp.recv(100)
        sys.stdout.write("UDP ")


if __name__ == "__main__":
    listen(sys.argv[2]) if sys.argv[1] == "listen" else dial(sys.argv[2], int(sys.argv[3]))
