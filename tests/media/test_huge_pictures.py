"""A guest whose picture is larger than what is transcoded: the destination says so, the path goes on."""

import asyncio
from dataclasses import replace

import pytest

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.destination import DestinationState
from stagedoor.ipc.messages import AudioMode, DestinationSpec, VideoMode
from stagedoor.media.packets import Codec
from stagedoor.outputs.destination import Destination
from stagedoor.relay.converters import converting
from stagedoor.relay.hub import Hub, Reader
from tests.kit import samples
from tests.kit.wait import until

pytestmark = pytest.mark.media

SPEC = DestinationSpec(id="1", url="rtmp://127.0.0.1:9/live/guest1", video=VideoMode.H264)


async def test_the_destination_says_why_and_the_path_goes_on() -> None:
    sent = samples.video(Codec.VP8, ((320, 180),), frames=6)
    huge = replace(sent[0].track, width=12_000, height=12_000)
    async with converting() as converters, Hub(converters) as hub:

        def open_reader(audio: AudioMode, video: VideoMode) -> Reader:
            return hub.subscribe("guest1", kind="rtmp", audio=audio, video=video)

        destination = Destination(SPEC, open_reader, lambda: None, "guest1")
        publisher = hub.publish("guest1", "anna", request_key_frame=lambda: None)
        other = hub.subscribe("guest1", kind="http")
        running = asyncio.create_task(destination.run())
        await until(lambda: len(hub.status("guest1").readers) == 2)
        for packet in sent:
            publisher.write(replace(packet, track=huge))
        await until(lambda: destination.status.state is DestinationState.RETRYING)
        status = destination.status
        assert status.code == "picture_too_large"
        assert "12000×12000" in status.reason
        assert "smaller" in status.hint
        assert len(await other.batch()) == len(sent)
        publisher.write(replace(sent[1], pts=30_000, dts=30_000, track=huge))
        assert len(await other.batch()) == 1
        await cancel_and_wait(running)
        other.close()
        publisher.close()
