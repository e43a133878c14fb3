import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from stagedoor.outputs import mediamtx
from stagedoor.outputs.address import Address
from stagedoor.outputs.mediamtx import MediaMtxApi
from tests.kit.wait import until

pytestmark = pytest.mark.service


class Answers:
    """An HTTP server that gives one answer to everything."""

    def __init__(self) -> None:
        self.status, self.body = 200, "{}"
        self.asked: list[str] = []
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.asked.append(head.split()[1])
                answer = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.body)}\r\n\r\n{self.body}"
                writer.write(answer.encode())
        writer.close()


@pytest.fixture
async def answers() -> AsyncIterator[Answers]:
    found = Answers()
    server = await asyncio.start_server(found.handle, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    yield found
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("status", "body", "ready"),
    [
        (200, json.dumps({"name": "live/guest1", "ready": True}), True),
        (200, json.dumps({"ready": False, "sourceReady": True}), False),
        (200, json.dumps({"sourceReady": True}), True),
        (404, json.dumps({"error": "path not found"}), False),
        (401, "", None),
        (200, "nonsense", None),
        (200, "[]", None),
        (200, json.dumps({"ready": "yes"}), None),
    ],
)
async def test_what_it_says_of_a_path(answers: Answers, status: int, body: str, ready: bool | None) -> None:
    answers.status, answers.body = status, body
    async with MediaMtxApi(answers.url) as api:
        assert await api.ready("live/guest1") is ready
    assert answers.asked == ["/v3/paths/get/live/guest1"]


async def test_an_api_that_is_not_there_or_not_open() -> None:
    api = MediaMtxApi("http://127.0.0.1:1")
    assert await api.ready("x") is None
    async with api:
        assert await api.ready("x") is None


async def test_a_path_is_watched(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mediamtx, "POLL_EVERY", 0.01)
    told: list[bool | None] = []
    answers.body = json.dumps({"ready": True})
    async with MediaMtxApi(answers.url) as api:
        task = asyncio.create_task(api.watch("guest1", told.append))
        await until(lambda: True in told)
        answers.status = 404
        await until(lambda: False in told)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("api", "destination", "asked"),
    [
        ("http://mtx:9997", "rtmp://mtx/guest1", True),
        ("http://127.0.0.1:9997", "rtsp://localhost:8554/guest1", True),
        ("http://[::1]:9997", "rtmp://127.0.0.2/guest1", True),
        ("http://127.0.0.1:9997", "rtmp://live.example.com/app/key", False),
    ],
)
def test_only_destinations_at_the_same_server_are_asked_for(api: str, destination: str, asked: bool) -> None:
    assert MediaMtxApi(api).serves(Address.parse(destination)) is asked
