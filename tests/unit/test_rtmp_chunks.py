import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.errors import RefusedError, UnreachableError
from stagedoor.outputs.rtmp.auth import AdobeAuth
from stagedoor.outputs.rtmp.chunks import LARGEST_MESSAGE, ChunkReader, ChunkWriter, Message

pytestmark = pytest.mark.unit


class Bytes:
    def __init__(self, data: bytes) -> None:
        self.data = data

    async def read(self, size: int) -> bytes:
        if len(self.data) < size:
            raise UnreachableError("the end")
        taken, self.data = self.data[:size], self.data[size:]
        return taken


def read_all(data: bytes, count: int, chunk_size: int = 128) -> list[Message]:
    async def run() -> list[Message]:
        reader = ChunkReader(Bytes(data))
        reader.chunk_size = chunk_size
        return [await reader.read() for _ in range(count)]

    return asyncio.run(run())


MESSAGES = st.builds(
    Message,
    type=st.sampled_from([8, 9, 18, 20]),
    payload=st.binary(min_size=1, max_size=900),
    timestamp=st.one_of(st.integers(0, 2**32 - 1), st.integers(0xFFFFFE, 0x1000001)),
    stream=st.integers(0, 2**32 - 1),
)


@given(st.lists(st.tuples(st.integers(2, 63), MESSAGES), max_size=6), st.integers(1, 400))
def test_what_is_written_is_read(sent: list[tuple[int, Message]], chunk_size: int) -> None:
    writer = ChunkWriter()
    writer.chunk_size = chunk_size
    data = b"".join(writer.write(stream, message) for stream, message in sent)
    assert read_all(data, len(sent), chunk_size) == [message for _, message in sent]


def test_an_extended_time_follows_every_header_of_a_message() -> None:
    data = ChunkWriter().write(4, Message(9, bytes(130), 0x01000000))
    assert data[1:4] == b"\xff\xff\xff"
    assert data[12:16] == b"\x01\0\0\0"
    assert data[16 + 128 :] == b"\xc4\x01\0\0\0" + bytes(2)


def test_short_headers_take_over_what_they_leave_out() -> None:
    full = b"\x03\0\0\x0a\0\0\x02\x14\x01\0\0\0ab"
    same_stream = b"\x43\0\0\x05\0\0\x01\x08c"
    only_time = b"\x83\0\0\x07d"
    nothing = b"\xc3e"
    assert read_all(full + same_stream + only_time + nothing, 4) == [
        Message(20, b"ab", 10, 1),
        Message(8, b"c", 15, 1),
        Message(8, b"d", 22, 1),
        Message(8, b"e", 29, 1),
    ]


def test_two_messages_may_be_interleaved() -> None:
    one, two = Message(8, bytes(range(200)), 1, 1), Message(9, bytes(150), 2, 1)
    a, b = ChunkWriter().write(4, one), ChunkWriter().write(6, two)
    data = a[:140] + b[:140] + a[140:] + b[140:]
    assert read_all(data, 2) == [one, two]


@pytest.mark.parametrize(
    "data",
    [
        b"\xc5abc",
        b"\x03\0\0\0" + (LARGEST_MESSAGE + 1).to_bytes(3, "big") + b"\x14\0\0\0\0" + bytes(200),
    ],
)
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(UnreachableError, match=r"no sense|too large"):
        read_all(data, 1)


def test_adobe_s_scheme_answers_a_challenge() -> None:
    auth = AdobeAuth("me", "word")
    assert auth.next("[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] :")
    assert auth.query == "authmod=adobe&user=me"
    assert auth.next("[ authmod=adobe ] : ?reason=needauth&user=me&salt=s&challenge=c&opaque=o")
    fields = dict(pair.split("=", 1) for pair in auth.query.split("&"))
    assert set(fields) == {"authmod", "user", "challenge", "response", "opaque"}
    assert "word" not in auth.query
    with pytest.raises(RefusedError, match="does not take"):
        auth.next("[ authmod=adobe ] : ?reason=authfailed&opaque=o")


def test_a_refusal_for_another_reason_is_not_for_credentials() -> None:
    assert not AdobeAuth("me", "word").next("no such application")


def test_credentials_that_are_wanted_and_missing() -> None:
    with pytest.raises(RefusedError, match="wants a user"):
        AdobeAuth("", "").next("code=403 need auth; authmod=adobe")
