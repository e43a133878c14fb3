"""The relay pulls guests from an SFU: real media, real order of calls, on the emulator."""

from dataclasses import replace

import pytest

from stagedoor.carriers.cloudflare import wanted
from stagedoor.domain.carrier import PullState
from stagedoor.domain.errors import NoRestartError
from stagedoor.media.packets import Kind
from stagedoor.rtc.sdp.offer import parse_offer
from tests.kit.sfu_guest import QUICK, house
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.media.test_rtc_loss import decoded

pytestmark = pytest.mark.media

SHOW = Show(320, 180, seconds=2, bitrate=400_000)
WIDE = Show(640, 360, seconds=2, bitrate=600_000)


async def test_a_guest_arrives_whole_and_in_step() -> None:
    async with house() as it, it.guest(encode(SHOW)) as guest:
        await guest.arrived.more(60)
        assert decoded(guest.arrived.packets) == len(guest.arrived.of(Kind.VIDEO))
        assert guest.states() == {Kind.AUDIO: PullState.PULLED, Kind.VIDEO: PullState.PULLED}
        report = guest.peer.report()
        assert report.connected
        assert report.cloudflare is not None
        assert report.cloudflare.code == ""
        assert len(report.cloudflare.publish_session) == len(report.cloudflare.pull_session) == 8

        def is_in_step() -> bool:
            offset = guest.peer.report().av_offset_ms
            return offset is not None and abs(offset) <= 20

        await until(is_in_step, 15)


async def test_tracks_are_named_after_seat_and_kind() -> None:
    async with house() as it, it.guest(encode(SHOW), label="guest2-screen") as guest:
        await guest.arrived.more(1)
        published = [
            each.name for session in it.it.engine.sessions.values() for each in session.publications.values()
        ]
        assert sorted(published) == ["guest2-screen-audio", "guest2-screen-video"]


async def test_the_pages_word_is_acted_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wanted, "UNTOLD_S", 3600.0)
    async with house() as it, it.guest(encode(SHOW)) as guest:
        await guest.connected()
        assert guest.states() == {Kind.AUDIO: PullState.PUBLISHED, Kind.VIDEO: PullState.PUBLISHED}
        guest.peer.sending([Kind.AUDIO, Kind.VIDEO])
        await guest.arrived.more(10)


@pytest.mark.parametrize(("first", "second"), [(Kind.AUDIO, Kind.VIDEO), (Kind.VIDEO, Kind.AUDIO)])
async def test_a_track_that_comes_second_is_added_to_the_first(first: Kind, second: Kind) -> None:
    after = {first: 0.0, second: 3.0}
    show = encode(SHOW)
    async with (
        house() as it,
        it.guest(show, video_after=after[Kind.VIDEO], audio_after=after[Kind.AUDIO]) as guest,
    ):
        await guest.arrived.more(20, kinds=(first,))
        assert guest.states()[second] in (PullState.PUBLISHED, PullState.WAITING)
        await guest.arrived.more(20)
        status = guest.peer.report().cloudflare
        assert status is not None
        assert {each.kind: each.retries > 0 for each in status.tracks}[second]
        assert status.rebuilt == 0, "one pull session serves both"
        assert decoded(guest.arrived.packets) == len(guest.arrived.of(Kind.VIDEO))


async def test_what_flows_is_asked_for_before_what_does_not() -> None:
    """The SFU waits 8 s for a track that sends nothing; the other one must not wait with it."""
    async with house(type(QUICK)()) as it, it.guest(encode(SHOW), audio_after=3600.0) as guest:
        guest.peer.sending([Kind.VIDEO])
        await guest.arrived.more(20, timeout=6.0, kinds=(Kind.VIDEO,))


@pytest.mark.parametrize("only", [Kind.AUDIO, Kind.VIDEO])
async def test_sound_or_picture_alone(only: Kind) -> None:
    after: dict[Kind, float | None] = {Kind.AUDIO: None, Kind.VIDEO: None, only: 0.0}
    show = encode(SHOW)
    async with (
        house() as it,
        it.guest(show, video_after=after[Kind.VIDEO], audio_after=after[Kind.AUDIO]) as guest,
    ):
        await guest.arrived.more(20, kinds=(only,))
        assert guest.states() == {only: PullState.PULLED}


async def test_sizes_change_without_another_negotiation() -> None:
    async with house() as it, it.guest(encode(SHOW), encode(WIDE)) as guest:
        await until(lambda: {p.track.width for p in guest.arrived.of(Kind.VIDEO)} == {320, 640}, 15)
        assert decoded(guest.arrived.packets) == len(guest.arrived.of(Kind.VIDEO))
        calls = it.account.api.calls
        assert calls["renegotiate", "ok"] == 1


async def test_loss_on_the_way_is_repaired() -> None:
    async with house() as it, it.guest(encode(SHOW)) as guest:
        await guest.arrived.more(10)
        await it.api.faults(loss={"fraction": 0.05, "seed": 3})
        await guest.arrived.more(150, timeout=20.0)
        assert decoded(guest.arrived.packets) == len(guest.arrived.of(Kind.VIDEO))


async def test_key_frames_are_asked_for_all_the_way() -> None:
    async with house() as it, it.guest(encode(Show(320, 180, seconds=4, key_every=120))) as guest:
        await guest.arrived.more(5)
        asked = guest.key_frames_asked
        guest.peer.request_key_frame()
        await until(lambda: guest.key_frames_asked > asked)


async def test_candidates_are_taken_and_a_restart_is_refused() -> None:
    async with house() as it, it.guest(encode(SHOW)) as guest:
        # Closed in the middle of connecting, aioice may leave its consent task.
        await guest.connected()
        assert await guest.peer.patch("a=end-of-candidates", None) == (None, guest.peer.etag)
        with pytest.raises(NoRestartError):
            await guest.peer.patch("a=ice-ufrag:zzzz\r\na=ice-pwd:0123456789012345678901", "*")


async def test_what_is_over_is_closed_at_the_sfu() -> None:
    async with house() as it:
        async with it.guest(encode(SHOW)) as guest:
            await guest.arrived.more(5)
        await until(lambda: not it.account.journal.sessions)
        sessions = it.it.engine.sessions.values()
        published = [each for session in sessions for each in session.publications.values()]
        assert published
        assert all(each.closed for each in published)


async def test_traps_of_other_clients_are_none_for_us() -> None:
    """Candidates in one section only, one transport for all, padding, other payload types, our DTLS role."""
    async with house(replace(QUICK, padding_every=3)) as it, it.guest(encode(SHOW), video_after=2.0) as guest:
        guest.peer.sending([Kind.AUDIO])
        await guest.arrived.more(20, kinds=(Kind.AUDIO,))
        peer = guest.peer._puller.peer
        assert peer is not None
        roles = [_role(peer.answer_sdp)]
        guest.peer.sending([Kind.VIDEO])
        await guest.arrived.more(60)
        roles.append(_role(peer.answer_sdp))

        assert roles == ["active", "active"], "a later offer does not change who began the handshake"
        assert peer is guest.peer._puller.peer
        assert len(peer._peer._order) == 1
        sections = {each.section.kind: each for each in peer._streams}
        assert [bool(each.section.transport.candidates) for each in sections.values()].count(True) == 1
        offered = parse_offer(guest.connection.localDescription.sdp)
        for section in offered.sections:
            assert sections[section.kind].receiver.choice.format.payload_type not in section.formats
        empty = [
            line.empty for each in it.it.engine.sessions.values() for line in each.subscriptions.values()
        ]
        assert sum(empty) > 20
        assert not any(packet.gap or not packet.data for packet in guest.arrived.packets)


def _role(sdp: str) -> str:
    (setup,) = {line for line in sdp.splitlines() if line.startswith("a=setup:")}
    return setup.removeprefix("a=setup:")


async def test_bytes_are_counted() -> None:
    async with house() as it, it.guest(encode(SHOW)) as guest:
        await guest.arrived.more(60)
        payload = sum(len(packet.data) for packet in guest.arrived.packets)
        await until(lambda: it.account.journal.usage.pulled_bytes > payload * 0.8)
