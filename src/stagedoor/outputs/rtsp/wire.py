"""RTSP's messages on the wire, and the binary packets in between (RFC 2326 sections 6, 7 and 10.12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from stagedoor.domain.errors import UnreachableError

MOST_HEADERS: Final = 64
LARGEST_BODY: Final = 64 * 1024

_DOLLAR: Final = b"$"


class Source(Protocol):
    """Where the bytes come from."""

    async def read(self, size: int) -> bytes:
        """Return exactly `size` bytes."""

    async def read_line(self) -> bytes:
        """Return one line with its end."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server says: an answer, or a request of its own, whose `status` is 0.

    Attributes:
        status: The answer's code.
        words: The answer's reason phrase, or the request's method.
        headers: By lower-case name; all values of each.
    """

    status: int
    words: str
    headers: Mapping[str, tuple[str, ...]]

    def header(self, name: str) -> str:
        """Return the first value of a header; empty where there is none."""
        return self.headers.get(name, ("",))[0]

    @property
    def sequence(self) -> int:
        """Its CSeq; -1 where there is none."""
        text = self.header("cseq").strip()
        return int(text) if text.isdecimal() else -1


def request(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return a request."""
    lines = [f"{method} {url} RTSP/1.0", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def interleaved(channel: int, packet: bytes) -> bytes:
    """Return a packet framed for its channel (section 10.12)."""
    return b"".join((_DOLLAR, bytes((channel,)), len(packet).to_bytes(2, "big"), packet))


async def next_reply(source: Source) -> Reply:
    """Return what the server says next, past all binary packets; raises `UnreachableError`."""
    while True:
        first = await source.read(1)
        if first == _DOLLAR:
            head = await source.read(3)
            await source.read(int.from_bytes(head[1:], "big"))
        elif first not in b"\r\n":
            return await _message(source, first)


async def _message(source: Source, first: bytes) -> Reply:
    start = (first + await source.read_line()).decode("utf-8", "replace").split(None, 2)
    headers = await _headers(source)
    size = headers.get("content-length", ("0",))[0]
    if not size.isdecimal() or int(size) > LARGEST_BODY:
        raise UnreachableError("the server's answer is too large")
    await source.read(int(size))
    match start:
        case [version, status, *words] if version.startswith("RTSP/") and status.isdecimal():
            return Reply(int(status), " ".join(words).strip(), headers)
        case [method, _, version] if version.startswith("RTSP/"):
            return Reply(0, method, headers)
        case _:
            raise UnreachableError(
                "the server does not speak RTSP",
                hint="Look at scheme and port: RTSP is mostly at 554 or 8554.",
            )


async def _headers(source: Source) -> dict[str, tuple[str, ...]]:
    headers: dict[str, tuple[str, ...]] = {}
    for _ in range(MOST_HEADERS):
        line = (await source.read_line()).decode("utf-8", "replace").strip()
        if not line:
            return headers
        name, _colon, value = line.partition(":")
        key = name.strip().lower()
        headers[key] = (*headers.get(key, ()), value.strip())
    raise UnreachableError("the server's answer has too many headers")
