"""Real RTSP servers, GStreamer's: one that is published to, in RECORD mode, and one that plays a file."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.kit.ports import free_ports
from tests.kit.wait import until

RECORDS, PLAYS = (Path(__file__).with_name(f"{name}.py") for name in ("gst_rtsp", "gst_rtsp_play"))
PYTHON = "/usr/bin/python3"
"""Debian's, which has GStreamer's bindings."""


class _Server:
    """GStreamer in a process of its own, on a port that it keeps."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self._folder, self._log = folder, folder / "rtsp.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Without a path."""
        return f"rtsp://127.0.0.1:{self.port}"

    async def _run(self, script: Path, *arguments: str) -> None:
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(PYTHON, str(script), str(self.port), *arguments), stdout=output, stderr=output
            )
        await until(self._listens, 10, interval=0.05, what=f"the RTSP server: {self.log()}")

    async def kill(self) -> None:
        """As `kill -9` does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    def log(self) -> str:
        """What it has printed so far."""
        return self._log.read_text() if self._log.exists() else ""

    async def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, self.log()
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True


class RtspPlayer(_Server):
    """Plays a Matroska file of H.264 and Opus at `/live`, once, in its own time."""

    def __init__(self, folder: Path, file: Path) -> None:
        super().__init__(folder)
        self._file = file

    async def start(self) -> None:
        """Start it and return once it listens."""
        await self._run(PLAYS, str(self._file))


class RtspServer(_Server):
    """GStreamer in a process of its own; `start` after `kill` keeps the port.

    It writes what is published at `/{tracks}/{path}` to files: tracks are `h264-opus`, `h264-aac`,
    `h264`, `opus` or `vp8-opus`, paths `guest1`, `guest2` or `guest1-screen`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._starts = 0

    async def start(self) -> None:
        """Start it and return once it listens."""
        self._starts += 1
        folder = self._folder / f"recorded-{self._starts}"
        folder.mkdir()
        await self._run(RECORDS, str(folder))

    def files(self, path: str = "") -> list[Path]:
        """What has been written of `path` (`/h264-opus/guest1`; empty: of all), oldest first."""
        lines = [line.split() for line in self.log().splitlines() if line.startswith("/")]
        return [Path(words[1]) for words in lines if len(words) == 2 and path in ("", words[0])]

    async def receives(self, path: str = "", *, size: int = 20_000, timeout: float = 15.0) -> Path:
        """The newest file of `path`, once it holds `size` bytes."""

        def large() -> bool:
            files = self.files(path)
            return bool(files) and files[-1].exists() and files[-1].stat().st_size >= size

        await until(large, timeout, interval=0.05, what=f"media at {path}: {self.log()}")
        return self.files(path)[-1]


@contextlib.asynccontextmanager
async def rtsp_server(folder: Path) -> AsyncIterator[RtspServer]:
    """A running server."""
    server = RtspServer(folder)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


@contextlib.asynccontextmanager
async def rtsp_player(folder: Path, file: Path) -> AsyncIterator[RtspPlayer]:
    """A running player."""
    player = RtspPlayer(folder, file)
    try:
        await player.start()
        yield player
    finally:
        await player.kill()
