"""A child that mixes four files: `python -m bench.mixer.ours FILE FOLDER`; says `ready`, ends with SIGTERM.

Program is recorded into the folder: while nobody wants it, it is not encoded. At the end it prints, as JSON,
how many frames it drew and how many of them showed a picture a second time.
"""

import asyncio
import json
import signal
import sys
import time

import uvloop

from stagedoor.domain.layout import scene_of
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.mixer import Wanted
from stagedoor.ipc.recording import RecordingSpec
from stagedoor.mixer.engine import Engine
from stagedoor.mixer.main import SWITCH_INTERVAL_S
from stagedoor.mixer.sources.opening import Hub
from stagedoor.settings.mixer import MixerSettings

NAMES = ("a", "b", "c", "d")
SETTINGS = MixerSettings(width=1920, height=1080, frame_rate=30, preset="veryfast", bitrate=6_000_000)
NOWHERE = Hub("http://127.0.0.1:9", "")
"""There is no hub: what is compared is the mixing and the encoding."""


async def main(file: str, folder: str) -> None:
    """Mix until SIGTERM."""
    take = RecordingSpec(take="quad", started_ns=time.monotonic_ns(), folder=folder)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Engine.open(SETTINGS, NOWHERE) as engine:
        await engine.want(
            Wanted(
                sources=tuple(Source(name, SourceKind.URL, url=file) for name in NAMES),
                scenes=(scene_of("quad", list(NAMES), "quad"),),
                program="quad",
                recording=take,
            )
        )
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await stop.wait()
        state = engine.state()
        repeated = sum(source.repeated for source in state.sources)
        told = {"frames": state.frame, "repeated": repeated, **state.timing.model_dump()}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    uvloop.run(main(*sys.argv[1:]))
