"""Bad networks: a TCP proxy that freezes and resets, and network namespaces with loss, delay and a rate."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from types import TracebackType

OURS = f"10.{100 + os.getpid() % 100}"
"""How this process's addresses begin: several may run tests at a time."""


class Proxy:
    """Passes TCP connections on to a port of loopback, until told otherwise.

    Attributes:
        port: Where it listens.
        frozen: While true nothing is read from either side, and connections stay open.
        accepted: Connections so far.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self.accepted = 0
        self._target = target
        self._open = asyncio.Event()
        self._open.set()
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def frozen(self) -> bool:
        """Whether nothing is passed on at the moment."""
        return not self._open.is_set()

    def freeze(self) -> None:
        """Accept, and read nothing."""
        self._open.clear()

    def thaw(self) -> None:
        """Go on."""
        self._open.set()

    def reset(self) -> None:
        """Break every connection with a TCP reset."""
        for writer in self._writers:
            raw: socket.socket = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        assert task is not None
        self._pipes.add(task)
        self._writers.add(writer)
        try:
            onward_reader, onward = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            self._forget(writer, task)
            return
        self._writers.add(onward)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(reader, onward))
                group.create_task(self._pass(onward_reader, writer))
        except* OSError:
            pass
        finally:
            self._forget(onward, task)
            self._forget(writer, task)

    def _forget(self, writer: asyncio.StreamWriter, task: "asyncio.Task[None]") -> None:
        self._writers.discard(writer)
        self._pipes.discard(task)
        writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await self._open.wait()
            data = await reader.read(65536)
            if not data:
                raise ConnectionResetError
            await self._open.wait()
            writer.write(data)
            await writer.drain()


@contextlib.asynccontextmanager
async def proxy_to(port: int) -> AsyncIterator[Proxy]:
    """A running proxy to a port of loopback."""
    async with Proxy(port) as proxy:
        yield proxy


class Namespace:
    """A network namespace joined to ours by one cable (`tests.kit.cable`); needs root (marker `netns`).

    Attributes:
        name: For `ip netns exec`.
        near: Our end's address.
        far: The other end's address, inside.
    """

    def __init__(self, number: int, *, one_way: bool = False, hosts: Mapping[str, str] | None = None) -> None:
        self._one_way = one_way
        self._hosts = hosts or {}
        self.name = f"stagedoor{os.getpid()}-{number}"
        self.near, self.far = f"{OURS}.{number}.1", f"{OURS}.{number}.2"
        self._ends = f"sd{os.getpid()}n{number}", f"sd{os.getpid()}f{number}"
        self._cable: subprocess.Popen[str] | None = None

    @property
    def exists(self) -> bool:
        """Whether the kernel knows it."""
        return Path("/run/netns", self.name).exists()

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs `arguments` inside."""
        return ["ip", "netns", "exec", self.name, *arguments]

    def impair(self, *, loss: float = 0.0, delay_ms: float = 0.0, rate_mbit: float = 0.0) -> None:
        """Spoil both directions; each call replaces the one before.

        Args:
            loss: Part of the packets, 0 to 1.
            delay_ms: For each direction.
            rate_mbit: 0 is no limit; a full queue holds 200 ms.
        """
        assert self._cable is not None
        assert self._cable.stdin is not None
        self._cable.stdin.write(
            json.dumps({"loss": loss, "delay_ms": delay_ms, "rate_mbit": rate_mbit}) + "\n"
        )
        self._cable.stdin.flush()

    def stall(self, seconds: float) -> None:
        """Pass nothing on for so long, then all of it at once, as a radio link does; blocks meanwhile."""
        assert self._cable is not None
        self._cable.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._cable.send_signal(signal.SIGCONT)

    @property
    def near_device(self) -> str:
        """Our end's network device."""
        return self._ends[0]

    def create(self) -> None:
        """Lay the cable."""
        near, far = self._ends
        _run("ip", "netns", "add", self.name)
        self._write_hosts()
        options = ["one-way"] if self._one_way else []
        self._cable = subprocess.Popen(
            [sys.executable, "-m", "tests.kit.cable", self.name, near, far, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._cable.stdout is not None
        assert self._cable.stdout.readline() == "ready\n"
        for arguments in (
            ("address", "add", self.near, "peer", self.far, "dev", near),
            ("link", "set", near, "up"),
        ):
            _run("ip", *arguments)
        for arguments in (
            ("link", "set", "lo", "up"),
            ("address", "add", self.far, "peer", self.near, "dev", far),
            ("link", "set", far, "up"),
        ):
            _run("ip", "-n", self.name, *arguments)
        # Namespaces see our end and nothing behind it, also on a machine that forwards.
        Path(f"/proc/sys/net/ipv4/conf/{near}/forwarding").write_text("0")

    def _write_hosts(self) -> None:
        """Names that are known inside, as `ip netns exec` shows them there."""
        if self._hosts:
            folder = Path("/etc/netns", self.name)
            folder.mkdir(parents=True)
            names = {"localhost": "127.0.0.1", **self._hosts}
            folder.joinpath("hosts").write_text("".join(f"{at} {name}\n" for name, at in names.items()))

    def remove(self) -> None:
        """Take everything away."""
        if self._cable is not None:
            with self._cable as cable:
                assert cable.stdin is not None
                cable.stdin.close()
                try:
                    cable.wait(5)
                finally:
                    cable.kill()
        subprocess.run(["ip", "netns", "delete", self.name], check=False, capture_output=True)
        if self._hosts:
            shutil.rmtree(Path("/etc/netns", self.name), ignore_errors=True)


@contextlib.contextmanager
def namespace(
    number: int = 1, *, one_way: bool = False, hosts: Mapping[str, str] | None = None
) -> Iterator[Namespace]:
    """A namespace for one test.

    Args:
        number: 1 to 249; tells those of one test apart.
        one_way: Nothing gets in but answers to what comes out.
        hosts: Addresses by the names that are known inside.
    """
    made = Namespace(number, one_way=one_way, hosts=hosts)
    try:
        made.create()
        yield made
    finally:
        made.remove()


def _run(*arguments: str) -> None:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr}"
