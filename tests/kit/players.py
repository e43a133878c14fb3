"""Players that we did not write: ffplay, mpv and VLC, without a screen or a loudspeaker."""

import asyncio
import contextlib
import os
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

from tests.kit.watch import Watched, watch

NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
"""VLC does not run as root."""
PATIENCE = 15.0
"""Seconds beyond the time that is played."""
OFFSET = re.compile(r"A-V:\s*(-?\d+\.\d+)")
"""Not `nan`, which ffplay says until it knows both clocks."""


async def played_by_mpv(url: str, seconds: int) -> Watched:
    """What mpv shows, written down as it would be shown."""
    with tempfile.TemporaryDirectory(prefix="mpv-") as folder:
        shown = Path(folder, "shown.mkv")
        options = (f"--length={seconds}", f"--o={shown}", "--ovc=mpeg2video", "--oac=pcm_s16le")
        async with _player("mpv", "--no-config", *options, url, folder=folder) as player:
            return await _shown(player, shown, seconds)


async def played_by_vlc(url: str, seconds: int) -> Watched:
    """What VLC shows, written down as it would be shown."""
    with tempfile.TemporaryDirectory(prefix="vlc-") as folder:
        Path(folder).chmod(0o777)
        shown = Path(folder, "shown.ts")
        chain = f"#transcode{{vcodec=mp2v,vb=2000,acodec=mpga,ab=192}}:std{{access=file,mux=ts,dst={shown}}}"
        options = ("-I", "dummy", "--no-one-instance", f"--run-time={seconds}", "--sout", chain)
        user = NOBODY if os.geteuid() == 0 else ()
        async with _player(*user, "cvlc", *options, url, "vlc://quit", folder=folder) as player:
            return await _shown(player, shown, seconds)


async def ffplay_offsets(url: str, reports: int) -> list[float]:
    """ffplay's own account of sound minus picture, seconds: with every picture, once both have begun."""
    said = ""
    with tempfile.TemporaryDirectory(prefix="ffplay-") as folder:
        async with _player("ffplay", "-hide_banner", "-stats", url, folder=folder) as player:
            assert player.stdout is not None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE + reports / 30):
                    while len(OFFSET.findall(said)) < reports:
                        part = await player.stdout.read(4096)
                        assert part, f"it ended: {said[-2000:]}"
                        said += part.decode(errors="replace")
    return [float(found) for found in OFFSET.findall(said)]


def typical_offset(seen: Watched) -> float:
    """The median of the seconds by which beeps come after flashes."""
    offsets = seen.av_offsets()
    assert len(offsets) >= 3, f"flashes {seen.flashes}, beeps {seen.beeps}"
    return median(offsets)


async def _shown(player: asyncio.subprocess.Process, file: Path, seconds: int) -> Watched:
    async with asyncio.timeout(seconds + PATIENCE):
        said, _ = await player.communicate()
    assert file.exists(), said.decode(errors="replace")[-2000:]
    return await watch(str(file), seconds + 5)


@contextlib.asynccontextmanager
async def _player(*command: str, folder: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "HOME": folder, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"},
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
