"""The obvious design, to compare with: aiortc decodes, pipes feed ffmpeg, which encodes again.

`python -m bench.naive SOCKET` takes the same requests on a Unix socket as the relay does.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process

import av
import uvicorn
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from fastapi import FastAPI

from stagedoor.ipc.messages import SessionAnswer, SessionRequest

SIZE = (1920, 1080)
RATE = 30
BITRATE = "2500k"


async def _encoder(url: str, sound: int) -> Process:
    width, height = SIZE
    command = [
        "ffmpeg",
        "-loglevel",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
        "-s",
        f"{width}x{height}",
    ]
    command += [
        "-r",
        str(RATE),
        "-i",
        "pipe:0",
        "-f",
        "s16le",
        "-ar",
        "48000",
        "-ac",
        "2",
        "-i",
        f"pipe:{sound}",
    ]
    command += [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-tune",
        "zerolatency",
        "-b:v",
        BITRATE,
        "-g",
        "60",
    ]
    command += ["-c:a", "aac", "-b:a", "128k", "-f", "flv", url]
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, pass_fds=(sound,))


class Guest:
    """One guest of the obvious design."""

    def __init__(self, url: str) -> None:
        self.connection = RTCPeerConnection()
        self._url = url
        self._tracks: dict[str, MediaStreamTrack] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.connection.on("track", self._track)

    def _track(self, track: MediaStreamTrack) -> None:
        self._tracks[track.kind] = track
        if len(self._tracks) == 2:
            self._tasks.append(asyncio.get_running_loop().create_task(self._run()))

    async def _run(self) -> None:
        reading, writing = os.pipe()
        encoder = await _encoder(self._url, reading)
        os.close(reading)
        assert encoder.stdin is not None
        await asyncio.gather(self._video(encoder.stdin), self._audio(writing))

    async def _video(self, pipe: asyncio.StreamWriter) -> None:
        try:
            while True:
                frame = await self._tracks["video"].recv()
                assert isinstance(frame, av.VideoFrame)
                pipe.write(frame.to_ndarray(format="yuv420p").tobytes())
                await pipe.drain()
        except (MediaStreamError, ConnectionError):
            pipe.close()

    async def _audio(self, pipe: int) -> None:
        try:
            while True:
                frame = await self._tracks["audio"].recv()
                assert isinstance(frame, av.AudioFrame)
                await asyncio.to_thread(os.write, pipe, frame.to_ndarray().tobytes())
        except (MediaStreamError, BrokenPipeError):
            os.close(pipe)

    async def answer(self, offer: str) -> str:
        """Answer as aiortc does by itself."""
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return str(self.connection.localDescription.sdp)


def app() -> FastAPI:
    """The one endpoint that the guests need."""
    api = FastAPI()
    guests: list[Guest] = []

    @api.post("/sessions")
    async def open_session(request: SessionRequest) -> SessionAnswer:
        guest = Guest(request.binding.destinations[0].url)
        guests.append(guest)
        return SessionAnswer(id=request.session, answer=await guest.answer(request.offer), etag="x")

    return api


if __name__ == "__main__":
    uvicorn.run(app(), uds=sys.argv[1], log_level="warning")
