import asyncio
import base64
import hashlib
import struct

import pytest

from stagedoor.domain.errors import RefusedError, UnreachableError
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.outputs.rtsp.auth import Credentials
from stagedoor.outputs.rtsp.sdp import describe
from stagedoor.outputs.rtsp.stream import MTU, NTP_EPOCH, RtpStream
from stagedoor.outputs.rtsp.wire import Reply, interleaved, next_reply, request

pytestmark = pytest.mark.unit

SPS, PPS = bytes.fromhex("6742c01ed9014016ec0440000003004000000f03c58b92"), bytes.fromhex("68cb83cb20")
H264 = Track(Codec.H264, 90_000, 640, 360, extradata=b"\0\0\0\1" + SPS + b"\0\0\0\1" + PPS)
OPUS = Track(Codec.OPUS, 48_000, channels=2)
AAC = Track(Codec.AAC, 48_000, channels=2, extradata=b"\x11\x90")


class Bytes:
    def __init__(self, data: bytes) -> None:
        self.data = data

    async def read(self, size: int) -> bytes:
        if len(self.data) < size:
            raise UnreachableError("the end")
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    async def read_line(self) -> bytes:
        return await self.read(self.data.index(b"\n") + 1)


def reply_to(data: bytes) -> Reply:
    return asyncio.run(next_reply(Bytes(data)))


def test_an_answer_is_found_behind_binary_packets() -> None:
    reply = reply_to(
        interleaved(1, b"rtcp") + b"\r\nRTSP/1.0 461 Unsupported Transport\r\nCSeq: 3\r\nX: a\r\nx: b\r\n\r\n"
    )
    assert (reply.status, reply.words, reply.sequence) == (461, "Unsupported Transport", 3)
    assert reply.headers["x"] == ("a", "b")
    assert reply.header("none") == ""


def test_a_request_of_the_server_is_no_answer() -> None:
    reply = reply_to(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 2\r\n\r\nab")
    assert (reply.status, reply.words) == (0, "OPTIONS")


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x03\0\0\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: x\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n" + b"A: b\r\n" * 100 + b"\r\n",
    ],
)
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(UnreachableError, match=r"does not speak RTSP|too large|too many"):
        reply_to(data)


def test_a_request_on_the_wire() -> None:
    sent = request("ANNOUNCE", "rtsp://h/x", {"CSeq": "1"}, b"v=0")
    assert sent == b"ANNOUNCE rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nv=0"


def test_basic() -> None:
    credentials = Credentials("me", "wörd")
    assert credentials.answer("OPTIONS", "rtsp://h/x") is None
    credentials.challenge(['Basic realm="x"'])
    answer = credentials.answer("OPTIONS", "rtsp://h/x")
    assert answer is not None
    assert base64.b64decode(answer.removeprefix("Basic ")).decode() == "me:wörd"


def test_digest_of_rfc_2069() -> None:
    credentials = Credentials("Mufasa", "Circle Of Life")
    credentials.challenge(['Basic realm="r"', 'Digest realm="r", nonce="dcd98b"'])
    answer = credentials.answer("ANNOUNCE", "rtsp://h/x") or ""
    who = hashlib.md5(b"Mufasa:r:Circle Of Life").hexdigest()
    what = hashlib.md5(b"ANNOUNCE:rtsp://h/x").hexdigest()
    assert f'response="{hashlib.md5(f"{who}:dcd98b:{what}".encode()).hexdigest()}"' in answer
    assert answer.startswith('Digest username="Mufasa"')
    assert "Circle" not in answer


def test_digest_with_qop_counts_and_prefers_the_stronger_hash() -> None:
    credentials = Credentials("me", "word")
    offered = ['Digest realm="r", nonce="n", qop="auth"']
    credentials.challenge(
        [*offered, 'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth", opaque="o"']
    )
    first, second = (credentials.answer("RECORD", "rtsp://h/x") or "" for _ in range(2))
    assert "nc=00000001" in first
    assert "nc=00000002" in second
    assert "algorithm=SHA-256" in first
    assert 'opaque="o"' in first
    assert len(first.partition('response="')[2].partition('"')[0]) == 64


def test_a_stale_nonce_is_renewed_and_a_wrong_password_is_not_tried_again() -> None:
    credentials = Credentials("me", "word")
    credentials.challenge(['Digest realm="r", nonce="1"'])
    credentials.challenge(['Digest realm="r", nonce="2", stale=TRUE'])
    assert 'nonce="2"' in (credentials.answer("X", "u") or "")
    with pytest.raises(RefusedError, match="does not take this user"):
        credentials.challenge(['Digest realm="r", nonce="3"'])
    with pytest.raises(RefusedError, match="does not take this user"):
        credentials.challenge([])


def test_logins_that_cannot_be_made() -> None:
    with pytest.raises(RefusedError, match="wants a user"):
        Credentials("", "").challenge(['Basic realm="r"'])
    with pytest.raises(RefusedError, match="kind of login"):
        Credentials("me", "word").challenge(["Negotiate", 'Digest algorithm=SHA-512-256, nonce="x"'])


def test_what_is_announced() -> None:
    text = describe([H264, OPUS], "192.0.2.1")
    sprop = f"{base64.b64encode(SPS).decode()},{base64.b64encode(PPS).decode()}"
    assert text.splitlines() == [
        *("v=0", "o=- 0 0 IN IP4 0.0.0.0", "s=Stagedoor", "c=IN IP4 0.0.0.0", "t=0 0"),
        "m=video 0 RTP/AVP 96",
        "a=rtpmap:96 H264/90000",
        f"a=fmtp:96 packetization-mode=1; profile-level-id=42c01e; sprop-parameter-sets={sprop}",
        "a=control:trackID=0",
        "m=audio 0 RTP/AVP 97",
        "a=rtpmap:97 opus/48000/2",
        "a=fmtp:97 sprop-stereo=1",
        "a=control:trackID=1",
    ]


@pytest.mark.parametrize(
    ("track", "line"),
    [
        (Track(Codec.VP8, 90_000), "a=rtpmap:96 VP8/90000"),
        (Track(Codec.VP9, 90_000), "a=fmtp:96 profile-id=0"),
        (Track(Codec.AV1, 90_000), "a=rtpmap:96 AV1/90000"),
        (Track(Codec.H264, 90_000), "a=fmtp:96 packetization-mode=1"),
        (
            Track(Codec.H265, 90_000, extradata=b"\0\0\1\x40\1V\0\0\1\x42\1S"),
            "a=fmtp:96 sprop-vps=QAFW; sprop-sps=QgFT",
        ),
        (AAC, "a=rtpmap:96 mpeg4-generic/48000/2"),
    ],
)
def test_other_codecs_are_announced(track: Track, line: str) -> None:
    assert line in describe([track], "::1").splitlines()


def picture(pts: int, size: int = 3000) -> Packet:
    return Packet(H264, b"\0\0\0\1\x65" + b"\xaa" * size, pts, pts, key=True)


def test_packets_of_a_frame_share_their_time_and_the_last_is_marked() -> None:
    stream = RtpStream(H264, 96, 0)
    first, second = stream.packetize(picture(900)), stream.packetize(picture(1800))
    heads = [struct.unpack(">BBHII", packet[:12]) for packet in (*first, *second)]
    assert all(len(packet) <= MTU + 12 for packet in first)
    assert [bool(head[1] & 0x80) for head in heads] == [False, False, True] * 2
    assert {head[1] & 0x7F for head in heads} == {96}
    assert [(head[2] - heads[0][2]) % 65536 for head in heads] == list(range(6))
    assert (heads[3][3] - heads[0][3]) % 2**32 == 900
    assert len({head[4] for head in heads}) == 1


def test_reports_of_both_tracks_say_one_clock() -> None:
    origin = 1_700_000_000_250_000_000
    video, audio = RtpStream(H264, 96, origin), RtpStream(OPUS, 97, origin)
    assert video.report() is None
    sent = video.packetize(picture(90_000 * 10))
    audio.packetize(Packet(OPUS, b"\xfc123", 48_000 * 10, 48_000 * 10, key=True))
    seen = []
    for stream in (video, audio):
        report = stream.report() or b""
        kind, length, ntp, stamp, packets, octets = struct.unpack(">xBHxxxxQIII", report[:28])
        assert (kind, length) == (200, 6)
        assert len(report) % 4 == 0
        assert report[28:30] == b"\x81\xca"
        assert struct.unpack(">H", report[30:32])[0] * 4 + 4 == len(report) - 28
        seen.append((ntp, stamp, packets, octets))
    assert seen[0][0] == seen[1][0]
    assert (seen[0][0] >> 32) - NTP_EPOCH == 1_700_000_010
    assert abs((seen[0][0] & 0xFFFFFFFF) / 2**32 - 0.25) < 1e-6
    assert seen[0][1] == struct.unpack(">I", sent[0][4:8])[0]
    assert seen[0][2:] == (len(sent), sum(len(packet) - 12 for packet in sent))


def test_sound_is_marked_only_where_its_format_says_so() -> None:
    opus = RtpStream(OPUS, 97, 0).packetize(Packet(OPUS, b"\xfc123", 0, 0, key=True))
    aac = RtpStream(AAC, 97, 0).packetize(Packet(AAC, b"123", 0, 0, key=True))
    assert [packet[1] & 0x80 for packet in (*opus, *aac)] == [0, 0x80]
