"""Reading a stream back by a program that is not ours: Debian's ffprobe."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ReadBack:
    """What ffprobe saw."""

    streams: list[dict[str, Any]] = field(default_factory=list)
    packets: list[dict[str, Any]] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)
    errors: str = ""

    @property
    def codecs(self) -> list[str]:
        return sorted(stream["codec_name"] for stream in self.streams)

    def times(self, kind: str) -> list[float]:
        """Decoding times of a track's packets, seconds."""
        return [float(p["dts_time"]) for p in self.packets if p["codec_type"] == kind and "dts_time" in p]

    def sizes(self) -> list[tuple[int, int]]:
        """The sizes of the pictures, each named once per change."""
        found: list[tuple[int, int]] = []
        for frame in self.frames:
            if "width" in frame and (not found or found[-1] != (frame["width"], frame["height"])):
                found.append((frame["width"], frame["height"]))
        return found


class Probe:
    """A running ffprobe."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def result(self, within: float = 15.0) -> ReadBack:
        """Wait for its end."""
        async with asyncio.timeout(within):
            out, err = await self._process.communicate()
        return _parse(out, err)

    async def stop(self) -> ReadBack:
        """End it as Ctrl-C does, and return what it saw."""
        self._process.send_signal(signal.SIGINT)
        return await self.result(5.0)


@contextlib.asynccontextmanager
async def probing(url: str, *options: str, seconds: float = 2.0) -> AsyncIterator[Probe]:
    """ffprobe on a URL: it reads and decodes `seconds` of media."""
    process = await asyncio.create_subprocess_exec(
        *("ffprobe", "-v", "warning", "-of", "json", "-show_streams", "-show_packets", "-show_frames"),
        *("-read_intervals", f"%+{seconds}", "-analyzeduration", "800000", "-probesize", "500000"),
        *(*options, url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(os.environ, LC_ALL="C"),
    )
    try:
        yield Probe(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _parse(out: bytes, err: bytes) -> ReadBack:
    found = json.loads(out or b"{}")
    mixed = found.get("packets_and_frames", [])
    return ReadBack(
        streams=found.get("streams", []),
        packets=[each for each in mixed if each["type"] == "packet"] or found.get("packets", []),
        frames=[each for each in mixed if each["type"] == "frame"] or found.get("frames", []),
        errors=err.decode(),
    )
