import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.errors import MediaError
from stagedoor.media.h264 import to_annexb
from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import PASSED, Codec, Track
from stagedoor.media.vp9 import superframe
from tests.kit.bit_writer import BitWriter

pytestmark = pytest.mark.unit

DELIMITER = b"\x09\xf0"
SEI = b"\x06\x05\x01\xaa\x80"
SLICE = BitWriter().ue(0, 0, 0).bits(32, 0xABCD).to_nal(0x41)


def sps(columns: int, rows: int, number: int = 0) -> bytes:
    writer = BitWriter().bits(24, 0x42C01F).ue(number, 0, 2, 1).bits(1, 0).ue(columns - 1, rows - 1)
    return writer.bits(1, 1).bits(1, 1).bits(1, 0).bits(1, 0).to_nal(0x67)


def pps(number: int = 0, of: int = 0) -> bytes:
    return BitWriter().ue(number, of).bits(8, 0x55).to_nal(0x68)


def idr(number: int = 0) -> bytes:
    return BitWriter().ue(0, 7, number).bits(32, 0xABCD).to_nal(0x65)


HD = to_annexb([sps(80, 45), pps()])


@pytest.fixture
def h264() -> FrameInspector:
    return FrameInspector(Codec.H264, 90000)


def test_a_key_frame_with_its_sets_makes_the_track(h264: FrameInspector) -> None:
    data = HD + to_annexb([SEI, idr()])

    inspected = h264.inspect(data)

    assert inspected == (data, Track(Codec.H264, 90000, 1280, 720, extradata=HD), True, 0)


def test_the_track_is_the_same_object_until_it_changes(h264: FrameInspector) -> None:
    before = h264.inspect(to_annexb([SLICE])).track
    first = h264.inspect(HD + to_annexb([idr()])).track
    same = [h264.inspect(data).track for data in (to_annexb([SLICE]), HD + to_annexb([idr()]))]
    other = h264.inspect(to_annexb([sps(40, 23), pps(), idr()])).track

    assert (before.width, before.extradata) == (0, b"")
    assert all(track is first for track in same)
    assert (other.width, other.height) == (640, 368)
    assert other.extradata == to_annexb([sps(40, 23), pps()])


def test_delimiters_are_taken_away(h264: FrameInspector) -> None:
    assert h264.inspect(to_annexb([DELIMITER, SLICE])).data == to_annexb([SLICE])
    assert h264.inspect(to_annexb([DELIMITER, SEI, SLICE, SLICE])).data == to_annexb([SEI, SLICE, SLICE])
    key = h264.inspect(to_annexb([DELIMITER, sps(80, 45), pps(), idr(), idr()]))
    assert (key.data, key.key) == (HD + to_annexb([idr(), idr()]), True)


def test_a_key_frame_that_lacks_its_sets_gets_the_cached_ones(h264: FrameInspector) -> None:
    h264.inspect(HD + to_annexb([idr()]))

    for units in ([idr()], [DELIMITER, SEI, idr()], [sps(80, 45), SEI, idr()], [pps(), SEI, idr()]):
        inspected = h264.inspect(to_annexb(units))
        assert inspected.key
        assert inspected.data == HD + to_annexb([unit for unit in units if unit in (SEI, idr())])


def test_sets_that_come_alone_or_with_another_frame_are_remembered(h264: FrameInspector) -> None:
    alone = h264.inspect(to_annexb([sps(80, 45), pps()]))
    with_slice = h264.inspect(to_annexb([sps(40, 23, 1), pps(1, 1), SLICE]))

    assert (alone.data, alone.key) == (b"", False)
    assert (with_slice.data, with_slice.key) == (to_annexb([sps(40, 23, 1), pps(1, 1), SLICE]), False)
    assert h264.inspect(to_annexb([idr()])).track.width == 1280
    assert h264.inspect(to_annexb([idr(1)])).track.width == 640
    assert h264.inspect(to_annexb([idr(1)])).data == to_annexb([sps(40, 23, 1), pps(1, 1), idr(1)])


def test_sets_from_outside_the_stream_are_used(h264: FrameInspector) -> None:
    h264.prime(HD)

    assert h264.inspect(to_annexb([idr()])).data == HD + to_annexb([idr()])


def test_a_key_frame_whose_sets_never_came_is_no_key(h264: FrameInspector) -> None:
    data = to_annexb([idr()])

    assert h264.inspect(data) == (data, Track(Codec.H264, 90000), False, 0)


def test_short_start_codes_are_read(h264: FrameInspector) -> None:
    short = b"".join(b"\0\0\1" + unit for unit in (DELIMITER, sps(80, 45), pps(), idr()))

    assert h264.inspect(short).data == HD + to_annexb([idr()])
    assert h264.inspect(b"\0\0\1" + SLICE) == (b"\0\0\1" + SLICE, h264.inspect(short).track, False, 0)


def test_a_broken_set_leaves_the_old_one_in_force(h264: FrameInspector) -> None:
    track = h264.inspect(HD + to_annexb([idr()])).track

    with pytest.raises(MediaError):
        h264.inspect(to_annexb([sps(40, 23)[:6], pps(), idr()]))

    assert h264.inspect(to_annexb([idr()])).track is track


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\1",
        b"\0\0\1",
        b"\x65abc",
        b"\0\0\0\1\xe5abc",
        b"\0\0\0\1\x00abc",
        b"\0\0\0\1\x09\xf0\0\0\1",
        to_annexb([DELIMITER, b"\x80"]),
    ],
)
def test_garbage_is_a_media_error(data: bytes, h264: FrameInspector) -> None:
    with pytest.raises(MediaError):
        h264.inspect(data)


@pytest.mark.parametrize("codec", sorted(PASSED))
def test_an_empty_frame_is_a_media_error(codec: Codec) -> None:
    with pytest.raises(MediaError):
        FrameInspector(codec, 90000).inspect(b"")


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.OPUS])
def test_only_codecs_with_sets_can_be_primed(codec: Codec) -> None:
    with pytest.raises(MediaError):
        FrameInspector(codec, 90000).prime(HD)


@pytest.mark.parametrize("codec", sorted(PASSED - {Codec.AAC}))
@settings(deadline=None)
@given(
    frames=st.lists(
        st.tuples(
            st.sampled_from([b"", b"\0\0\0\1", b"\0\0\1\x65", HD + b"\0\0\1", b"\0\0\0\1\x40\1", b"\x12\0"]),
            st.binary(max_size=40),
        ).map(b"".join),
        max_size=4,
    )
)
def test_garbage_never_raises_anything_else(codec: Codec, frames: list[bytes]) -> None:
    inspector = FrameInspector(codec, 90000)
    for data in frames:
        try:
            inspected = inspector.inspect(data)
        except MediaError:
            continue
        assert inspected.track.codec is codec


def vp9_frame(width: int, height: int, *, key: bool) -> bytes:
    if key:
        writer = BitWriter().bits(8, 0b10000010).bits(24, 0x498342).bits(4, 0)
    else:
        writer = BitWriter().bits(8, 0b10000110).bits(2, 0).bits(8 + 12, 0).bits(3, 0)
    return writer.bits(16, width - 1).bits(16, height - 1).to_bytes()


def test_a_vp9_picture_in_layers_has_the_size_of_its_last() -> None:
    inspector = FrameInspector(Codec.VP9, 90000)
    picture = superframe([vp9_frame(320, 180, key=True), vp9_frame(640, 360, key=False)])

    inspected = inspector.inspect(picture)

    assert inspected == (picture, Track(Codec.VP9, 90000, 640, 360), True, 0)


def test_only_key_frames_change_the_track() -> None:
    inspector = FrameInspector(Codec.VP9, 90000)
    track = inspector.inspect(vp9_frame(640, 360, key=True)).track

    assert inspector.inspect(vp9_frame(320, 180, key=False)).track is track
    assert inspector.inspect(vp9_frame(320, 180, key=True)).track.width == 320


def test_a_size_that_no_container_could_say_is_a_media_error() -> None:
    inspector = FrameInspector(Codec.VP9, 90000)
    track = inspector.inspect(vp9_frame(640, 360, key=True)).track
    with pytest.raises(MediaError):
        inspector.inspect(vp9_frame(65_536, 16, key=True))
    assert inspector.inspect(vp9_frame(640, 360, key=True)).track is track


def test_opus_packets_tell_their_duration_in_ticks() -> None:
    inspector = FrameInspector(Codec.OPUS, 48000, 2)

    assert inspector.inspect(b"\xf8") == (b"\xf8", Track(Codec.OPUS, 48000, channels=2), True, 960)
    assert FrameInspector(Codec.OPUS, 16000).inspect(b"\xf8").duration == 320


def test_opus_channels_are_the_most_that_came_where_nothing_was_negotiated() -> None:
    inspector = FrameInspector(Codec.OPUS, 48000)

    tracks = [inspector.inspect(packet).track for packet in (b"\xf8", b"\xfc", b"\xf8")]

    assert [track.channels for track in tracks] == [1, 2, 2]
    assert tracks[2] is tracks[1]


def test_aac_frames_pass_as_they_are() -> None:
    inspector = FrameInspector(Codec.AAC, 48000, 2)

    assert inspector.inspect(b"aac") == (b"aac", Track(Codec.AAC, 48000, channels=2), True, 0)
