"""RTMP's commands and control messages over a link (RTMP 1.0 sections 5.4, 7.1 and 7.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stagedoor.domain.errors import MediaError, UnreachableError
from stagedoor.media.amf import Value, decode_values, encode_values
from stagedoor.outputs.link import Link
from stagedoor.outputs.rtmp.chunks import ChunkReader, ChunkWriter, Message, MessageType

CHUNK_SIZE: Final = 4096

_CONTROL_STREAM, _COMMAND_STREAM = 2, 3
_PING_REQUEST, _PING_RESPONSE = 6, 7


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the server: an answer, or an event such as `onStatus`."""

    name: str
    transaction: int
    values: tuple[Value, ...]

    @property
    def info(self) -> dict[str, Value]:
        """All properties of its objects together."""
        found: dict[str, Value] = {}
        for value in self.values:
            if isinstance(value, Mapping):
                found |= value
        return found

    def text(self, name: str) -> str:
        """Return a property that is a text; empty where there is none."""
        value = self.info.get(name)
        return value if isinstance(value, str) else ""


class Connection:
    """Commands both ways; answers the server's control messages itself while it is read."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._writer = ChunkWriter()
        self._reader = ChunkReader(link)
        self._window = 0
        self._acknowledged = 0

    async def begin(self) -> None:
        """Raise our chunk size, so that a frame is not cut into crumbs."""
        await self._control(MessageType.SET_CHUNK_SIZE, CHUNK_SIZE.to_bytes(4, "big"))
        self._writer.chunk_size = CHUNK_SIZE

    def chunks(self, chunk_stream: int, message: Message) -> bytes:
        """Return a message ready to be sent."""
        return self._writer.write(chunk_stream, message)

    async def send(self, data: bytes) -> None:
        """Send whole messages; raises `UnreachableError`."""
        await self._link.send(data)

    async def command(self, name: str, transaction: int, *values: Value, stream: int = 0) -> None:
        """Send a command; transaction 0 wants no answer."""
        body = encode_values(name, transaction, *values)
        await self.send(self.chunks(_COMMAND_STREAM, Message(MessageType.COMMAND, body, 0, stream)))

    async def next_command(self) -> Command:
        """Return the server's next command; raises `UnreachableError` when it goes or talks nonsense."""
        while True:
            message = await self._reader.read()
            await self._acknowledge()
            if message.type == MessageType.COMMAND:
                return _parse(message.payload)
            await self._obey(message)

    async def answer_to(self, transaction: int) -> Command:
        """Return the `_result` or `_error` of a command."""
        while True:
            command = await self.next_command()
            if command.name in ("_result", "_error") and command.transaction in (transaction, 0):
                return command

    async def _obey(self, message: Message) -> None:
        value = int.from_bytes(message.payload[:4], "big")
        match message.type:
            case MessageType.SET_CHUNK_SIZE:
                self._reader.chunk_size = max(1, value & 0x7FFFFFFF)
            case MessageType.ABORT:
                self._reader.abort(value)
            case MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE:
                self._window = value
            case MessageType.USER_CONTROL if message.payload[:2] == _PING_REQUEST.to_bytes(2, "big"):
                pong = _PING_RESPONSE.to_bytes(2, "big") + message.payload[2:6]
                await self._control(MessageType.USER_CONTROL, pong)
            case _:
                pass

    async def _acknowledge(self) -> None:
        """Say how much was read, once a window (section 5.4.3)."""
        read = self._link.bytes_read
        if self._window and read - self._acknowledged >= self._window:
            self._acknowledged = read
            await self._control(MessageType.ACKNOWLEDGEMENT, (read & 0xFFFFFFFF).to_bytes(4, "big"))

    async def _control(self, kind: MessageType, payload: bytes) -> None:
        await self.send(self.chunks(_CONTROL_STREAM, Message(kind, payload)))


def _parse(payload: bytes) -> Command:
    try:
        values = decode_values(payload)
    except MediaError as error:
        raise UnreachableError("the server sent a command that makes no sense") from error
    match values:
        case [str(name), float(transaction), *rest]:
            return Command(name, int(transaction), tuple(rest))
        case _:
            raise UnreachableError("the server sent a command that makes no sense")
