"""A child that mixes four files: `python -m bench.mixer.ours FILE FOLDER [second]`; it ends with SIGTERM.

It says `ready`, and records program into the folder: while nobody wants it, it is not encoded. With `second`
it makes the second canvas too. At its end it prints, as JSON, how many frames it drew and how many of them
showed a picture a second time.
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
from stagedoor.settings.mixer import MixerSettings, SecondCanvasSettings

NAMES = ("a", "b", "c", "d")
SETTINGS = MixerSettings(width=1920, height=1080, frame_rate=30, preset="veryfast", bitrate=6_000_000)
SECOND = SecondCanvasSettings(enabled=True)
NOWHERE = Hub("http://127.0.0.1:9", "")
"""There is no hub: what is compared is the mixing and the encoding."""


async def main(file: str, folder: str, *more: str) -> None:
    """Mix until SIGTERM."""
    take = RecordingSpec(take="quad", started_ns=time.monotonic_ns(), folder=folder)
    settings = SETTINGS.model_copy(update={"second_canvas": SECOND}) if more else SETTINGS
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Engine.open(settings, NOWHERE) as engine:
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
        told = {
            "frames": state.frame,
            "repeated": repeated,
            "second_dropped": state.second_dropped,
            **state.timing.model_dump(),
        }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    uvloop.run(main(*sys.argv[1:]))
