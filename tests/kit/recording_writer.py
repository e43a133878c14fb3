"""A process that records until it is killed, and says what it has handed to its recorder.

    python -m tests.kit.recording_writer FOLDER

It writes `guest1-001.mkv` and `program-001.mp4` in real time. Each line on standard output is a media time in
milliseconds: everything before it had been given away when the line was written.
"""

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from stagedoor.ipc.messages import AudioMode
from stagedoor.ipc.recording import RecordingSpec
from stagedoor.media.mux import Container
from stagedoor.media.packets import Packet
from stagedoor.mixer.outlets.stream import Stream
from stagedoor.outputs.files.recorded import Recorded
from stagedoor.outputs.files.recorder import Recorder
from tests.kit import samples
from tests.kit.show import AUDIO_RATE, VIDEO_RATE, Show, encode
from tests.kit.viewing import packets_of

Due = tuple[float, int, Packet]
SHOW = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)


async def main(folder: str) -> None:
    """Record until killed."""
    spec = RecordingSpec(take="take", started_ns=time.monotonic_ns(), folder=folder)
    async with asyncio.TaskGroup() as group:
        recorder = Recorder(group, lambda: None)
        await recorder.start(spec)
        guest, program = (Stream(name, lambda: None) for name in ("guest1", "program"))
        recorder.begin(Recorded("guest1", Container.MKV, lambda: guest.open_reader(AudioMode.OPUS), _now))
        recorder.begin(Recorded("program", Container.MP4, lambda: program.open_reader(AudioMode.AAC), _now))
        media = (encode(SHOW),)
        pictures, opus = packets_of(media, VIDEO_RATE, 0.0), packets_of(media, AUDIO_RATE, 0.0)
        group.create_task(_write([guest, program], pictures, tell=True))
        group.create_task(_write([guest], opus))
        group.create_task(_write([program], _repeated(samples.aac(samples.tone(20.0)))))


def _repeated(packets: list[Packet]) -> Iterator[Due]:
    return ((packet.pts / AUDIO_RATE, 0, packet) for packet in packets)


async def _write(streams: list[Stream], packets: Iterable[Due], *, tell: bool = False) -> None:
    began = time.monotonic()
    for due, _, packet in packets:
        await asyncio.sleep(began + due - time.monotonic())
        for stream in streams:
            stream.write(replace(packet, arrived=time.monotonic()))
        if tell:
            sys.stdout.write(f"{round(due * 1000)}\n")
            sys.stdout.flush()


def _now(packet: Packet) -> int:
    return round(packet.arrived * 1_000_000_000)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
