"""FFmpeg's own WHIP muxer, in a process of its own: it holds up all of Python while it connects.

As a program: `python -m tests.kit.ffmpeg_whip FILE` sends a file of H.264 and Opus in its own time, again and
again until it is interrupted; where to and how, it is told in JSON on standard input.
"""

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import av

from tests.kit.certificate import Certificate
from tests.kit.show import CACHE, Show, encode


@contextlib.asynccontextmanager
async def ffmpeg_whip(
    endpoint: str, token: str, show: Show, certificate: Certificate, *, flags: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A publisher that shows `show`; at the end it hangs up as FFmpeg does.

    Args:
        flags: FFmpeg's `whip_flags`; empty: it offers to be the passive side of DTLS.
    """
    encode(show)
    options = {"authorization": token, "cert_file": str(certificate.file), "key_file": str(certificate.key)}
    if flags:
        options["whip_flags"] = flags
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.kit.ffmpeg_whip", str(CACHE / f"{show.name}.nut")),
        stdin=asyncio.subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps([endpoint, options]).encode())
        process.stdin.close()
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _endless(file: str) -> Iterator[tuple[float, "av.Packet[Any]"]]:
    """The packets of a file with the seconds when each is due, over and over."""
    begins = 0.0
    while True:
        with av.open(file, format="nut") as container:
            length = 0.0
            for packet in container.demux():
                if packet.dts is None or packet.time_base is None:
                    continue
                due = float(packet.dts * packet.time_base)
                length = max(length, due + float((packet.duration or 0) * packet.time_base))
                shift = round(begins / packet.time_base)
                packet.dts += shift
                packet.pts = packet.dts
                yield begins + due, packet
        begins += length


def _send(file: str) -> None:
    endpoint, options = json.loads(sys.stdin.read())
    with (
        av.open(file, format="nut") as source,
        av.open(endpoint, "w", format="whip", options=options) as sink,
    ):
        streams = [sink.add_stream_from_template(stream) for stream in source.streams]
        begun = 0.0
        for due, packet in _endless(file):
            begun = begun or time.monotonic()
            time.sleep(max(0.0, begun + due - time.monotonic()))
            packet.stream = streams[packet.stream.index]
            sink.mux(packet)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        _send(sys.argv[1])
