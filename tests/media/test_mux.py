"""What each container's bytes say to a reader that we did not write: FFmpeg's demuxers and decoders."""

import io
import json
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from stagedoor.domain.errors import MediaError, NegotiationError
from stagedoor.media.mux import Container, Muxer
from stagedoor.media.packets import Codec, Kind, Packet, Track
from tests.kit import samples

pytestmark = pytest.mark.media

FORMATS = {Container.MKV: "matroska", Container.TS: "mpegts"}
VIDEO_CODECS = [Codec.H264, Codec.H265, Codec.VP8, Codec.VP9, Codec.AV1]
PAIRS = [
    (container, video, audio)
    for container in Container
    for video in VIDEO_CODECS
    for audio in (Codec.OPUS, Codec.AAC)
    if {video, audio} <= container.codecs
]
TONE = samples.tone(1.0)


def audio_packets(codec: Codec) -> list[Packet]:
    return samples.opus(TONE) if codec is Codec.OPUS else samples.aac(TONE)


def muxed(container: Container, packets: list[Packet]) -> bytes:
    first = {packet.track.kind: packet.track for packet in reversed(packets)}
    muxer = Muxer(container, first.get(Kind.VIDEO), first.get(Kind.AUDIO))
    return b"".join([*(muxer.write(packet) for packet in packets), muxer.close()])


def opened(container: Container, data: bytes) -> av.container.InputContainer:
    options = {"probesize": "8192", "analyzeduration": "0"} if container is not Container.MP4 else {}
    return av.open(io.BytesIO(data), "r", format=FORMATS.get(container, container.value), options=options)


def read(container: Container, data: bytes) -> dict[str, list[Any]]:
    """Return the packets of each kind, after the names of the codecs that the reader found."""
    streams: dict[str, list[Any]] = {"video": [], "audio": []}
    with opened(container, data) as reader:
        streams["codecs"] = [stream.codec.canonical_name for stream in reader.streams]
        for packet in reader.demux():
            if packet.size:
                streams[packet.stream.type].append(packet)
    return streams


@pytest.mark.parametrize(("container", "video", "audio"), PAIRS)
def test_every_packet_arrives_with_its_time(container: Container, video: Codec, audio: Codec) -> None:
    sound = audio_packets(audio)
    pictures = samples.video(video, ((320, 180),), frames=30)
    streams = read(container, muxed(container, samples.merged(pictures, sound)))
    assert sorted(streams["codecs"]) == sorted([video, audio])
    for kind, sent in (("video", pictures), ("audio", sound)):
        got = streams[kind]
        assert len(got) == len(sent)
        for packet, original in zip(got, sent, strict=True):
            assert packet.pts is not None
            assert packet.time_base is not None
            exact = Fraction(original.pts, original.track.clock_rate)
            assert abs(packet.pts * packet.time_base - exact) <= packet.time_base / 2
            assert packet.is_keyframe == original.key


@pytest.mark.parametrize(("container", "video", "audio"), PAIRS)
def test_everything_decodes(container: Container, video: Codec, audio: Codec) -> None:
    pictures = samples.video(video, ((320, 180),), frames=10)
    data = muxed(container, samples.merged(pictures, audio_packets(audio)))
    with opened(container, data) as reader:
        assert sum(1 for _ in reader.decode(video=0)) == len(pictures)
    with opened(container, data) as reader:
        frames = [frame.to_ndarray() for frame in reader.decode(audio=0)]
    line = np.concatenate(frames, axis=1)[0][12000:36000]
    assert np.argmax(np.abs(np.fft.rfft(line))) * 2 == pytest.approx(440, abs=4)


@pytest.mark.parametrize("container", list(Container))
def test_a_size_change_goes_through_at_the_frame(container: Container) -> None:
    pictures = samples.video()
    data = muxed(container, samples.merged(pictures, audio_packets(Codec.AAC)))
    with opened(container, data) as reader:
        sizes = [(frame.width, frame.height) for frame in reader.decode(video=0)]
    assert sizes == [(packet.track.width, packet.track.height) for packet in pictures]


@pytest.mark.parametrize("container", list(Container))
@pytest.mark.parametrize("kind", list(Kind))
def test_one_track_alone_is_enough(container: Container, kind: Kind) -> None:
    packets = samples.video(frames=5) if kind is Kind.VIDEO else audio_packets(Codec.AAC)
    streams = read(container, muxed(container, packets))
    assert len(streams[kind.value]) == len(packets)


@pytest.mark.parametrize("container", [Container.NUT, Container.MKV, Container.TS, Container.FLV])
def test_each_packet_leaves_in_the_call_that_brings_it(container: Container) -> None:
    packets = samples.merged(samples.video(), audio_packets(Codec.OPUS))
    first = {packet.track.kind: packet.track for packet in reversed(packets)}
    muxer = Muxer(container, first[Kind.VIDEO], first[Kind.AUDIO])
    for packet in packets:
        assert len(muxer.write(packet)) >= len(packet.data)
    assert muxer.close() == b""


@pytest.mark.parametrize("container", list(Container))
def test_a_reader_that_comes_late_starts_at_the_next_key_frame(container: Container) -> None:
    pictures = samples.video(frames=5)
    muxer = Muxer(container, pictures[3].track, None)
    assert muxer.write(pictures[3]) == b""
    rest = b"".join(muxer.write(packet) for packet in pictures[4:]) + muxer.close()
    with opened(container, rest) as reader:
        sizes = [(frame.width, frame.height) for frame in reader.decode(video=0)]
    assert sizes == [(1280, 720)] * 5 + [(640, 360)] * 5


def test_b_frames_keep_their_order() -> None:
    pictures = samples.video(sizes=((320, 180),), frames=12, b_frames=2)
    shift = -pictures[0].dts
    pictures = [Packet(p.track, p.data, p.pts + shift, p.dts + shift, p.duration, p.key) for p in pictures]
    assert any(packet.pts != packet.dts for packet in pictures)
    for container in (Container.MKV, Container.TS, Container.FLV, Container.MP4):
        got = read(container, muxed(container, pictures))["video"]
        for packet, original in zip(got, pictures, strict=True):
            assert packet.pts is not None
            assert packet.time_base is not None
            assert abs(packet.pts * packet.time_base - Fraction(original.pts, 90000)) <= Fraction(1, 1000)


def test_what_a_container_cannot_carry_is_refused() -> None:
    vp8 = Track(Codec.VP8, 90000, 320, 180)
    with pytest.raises(NegotiationError):
        Muxer(Container.FLV, vp8, None)
    with pytest.raises(NegotiationError):
        Muxer(Container.NUT, None, None)


def test_another_codec_ends_the_reader() -> None:
    pictures = samples.video(frames=1)
    muxer = Muxer(Container.NUT, pictures[0].track, None)
    muxer.write(pictures[0])
    with pytest.raises(MediaError):
        muxer.write(Packet(Track(Codec.VP8, 90000, 320, 180), b"\0", 3000, 3000, key=True))


def test_a_track_that_was_not_named_is_left_out() -> None:
    pictures, sound = samples.video(frames=2), audio_packets(Codec.OPUS)
    muxer = Muxer(Container.NUT, pictures[0].track, None)
    assert muxer.write(sound[0]) == b""
    assert muxer.write(pictures[0]) != b""


@pytest.mark.parametrize(
    ("video", "named"),
    [
        (Codec.H264, "avc1.42c0"),
        (Codec.H265, "hvc1.1.6.L60.90"),
        (Codec.VP9, "vp09.00.11.08"),
        (Codec.AV1, "av01.0.00M.08"),
    ],
)
def test_the_media_type_of_mp4_names_its_codecs(video: Codec, named: str) -> None:
    track = samples.video(video, ((320, 180),), frames=1)[0].track
    sound = samples.aac(samples.tone(0.1))[0].track
    content_type = Muxer(Container.MP4, track, sound).content_type
    assert content_type.startswith(f'video/mp4; codecs="{named}')
    assert content_type.endswith(',mp4a.40.2"')
    assert Muxer(Container.MKV, track, sound).content_type == "video/x-matroska"
    assert Muxer(Container.MP4, Track(Codec.H264, 90000), sound).content_type == "video/mp4"


def test_ffprobe_of_the_system_reads_a_file(tmp_path: Path) -> None:
    """An older FFmpeg than ours, and a file on disk."""
    packets = samples.merged(samples.video(), samples.aac(TONE))
    for container in Container:
        file = tmp_path / f"probe.{container}"
        file.write_bytes(muxed(container, packets))
        command = ["ffprobe", "-v", "error", "-count_packets", "-of", "json", "-show_streams", str(file)]
        streams = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=20).stdout)[
            "streams"
        ]
        found = {stream["codec_name"]: int(stream["nb_read_packets"]) for stream in streams}
        assert found == {"h264": 30, "aac": len(samples.aac(TONE))}
