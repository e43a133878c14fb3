"""The emulator's calls on tracks, as far as they go without media: pushing, ordering, pulling, closing."""

from collections.abc import AsyncIterator

import pytest

from stagedoor.emulator.options import Options, Timers
from stagedoor.emulator.serve import Emulator, emulator
from tests.kit import cloudflare_sdp as sdp
from tests.kit.cloudflare import Client, Json, client, local, offered, pushed, remote
from tests.kit.wait import until

pytestmark = pytest.mark.api


@pytest.fixture
async def it() -> AsyncIterator[Emulator]:
    options = Options(
        timers=Timers(empty_track=0.1),
        calls_per_second=1000,
        turn_key_id="key-one",
        turn_key_token="token-of-key-one",
    )
    async with emulator(options) as running:
        yield running


@pytest.fixture
async def api(it: Emulator) -> AsyncIterator[Client]:
    async with client(it) as made:
        yield made


# Pushing


async def test_a_push_is_answered_and_echoed(api: Client) -> None:
    session, added = await pushed(api, "camera", "screen")
    assert added["requiresImmediateRenegotiation"] is False
    assert added["tracks"] == [{"mid": "0", "trackName": "camera"}, {"mid": "1", "trackName": "screen"}]
    assert added["sessionDescription"]["type"] == "answer"
    tracks = (await api.ok("GET", f"/sessions/{session}"))["tracks"]
    assert [(each["mid"], each["status"], each["location"]) for each in tracks] == [
        ("0", "active", "local"),
        ("1", "active", "local"),
    ]


@pytest.mark.parametrize(
    ("tracks", "text"),
    [
        ([], "Expecting at least 1 track"),
        ([{"location": "local", "trackName": "a"}], "tracks[0]: Missing mid in track"),
        (
            [local("0", "a"), {"location": "local", "trackName": "b", "mid": ""}],
            "tracks[1]: Missing mid in track",
        ),
        ([{"location": "local", "mid": "0", "trackname": "a"}], "tracks[0]: Missing trackName in track"),
        ([{"mid": "0", "trackName": "a"}], "tracks[0]: Missing location in track"),
        ([local("0", "a"), remote("x", "y")], "Expecting all tracks to be local or all to be remote"),
        ([local("0", "a")] * 65, "Expecting at most 64 track in the request"),
    ],
)
async def test_tracks_that_lack_something_are_refused(api: Client, tracks: list[Json], text: str) -> None:
    session = await api.session()
    body = {"sessionDescription": offered(sdp.sending("video", "0")), "tracks": tracks}
    refusal = await api.refused("POST", f"/sessions/{session}/tracks/new", body)
    assert refusal == (406, "invalid_params", text)


async def test_a_mid_that_the_offer_does_not_send_is_refused(api: Client) -> None:
    session = await api.session()
    body = {"sessionDescription": offered(sdp.receiving("video", "0")), "tracks": [local("0", "a")]}
    status, code, _ = await api.refused("POST", f"/sessions/{session}/tracks/new", body)
    assert (status, code) == (406, "invalid_session_description")


async def test_tracks_are_discovered_in_the_offer_each_once(api: Client) -> None:
    session = await api.session()
    path = f"/sessions/{session}/tracks/new"
    sections = [sdp.sending("audio", "0"), sdp.sending("video", "1")]
    first = await api.ok("POST", path, {"sessionDescription": offered(*sections), "autoDiscover": True})
    assert [each["mid"] for each in first["tracks"]] == ["0", "1"]
    assert len({each["trackName"] for each in first["tracks"]}) == 2
    sections.append(sdp.sending("video", "2"))
    second = await api.ok("POST", path, {"sessionDescription": offered(*sections), "autoDiscover": True})
    assert [each["mid"] for each in second["tracks"]] == ["2"]


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("not an SDP", 400, "decoding_error"),
        ("v=0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n", 400, "decoding_error"),
        (sdp.description(sdp.sending("video", "0"), setup=""), 406, "invalid_session_description"),
        (
            sdp.description(sdp.sending("video", "0"), sdp.sending("video", "0")),
            406,
            "invalid_session_description",
        ),
        (sdp.description(sdp.sending("video", "0"), sdp.sending("audio", "1"), bundle=False), 406, None),
    ],
)
async def test_offers_that_are_none(api: Client, text: str, status: int, code: str | None) -> None:
    session = await api.session()
    body = {"sessionDescription": {"type": "offer", "sdp": text}, "tracks": [local("0", "a")]}
    refusal = await api.refused("POST", f"/sessions/{session}/tracks/new", body)
    assert refusal[:2] == (status, code or "invalid_session_description")


async def test_an_offer_without_ufrag_is_named_so(api: Client) -> None:
    session = await api.session()
    text = "v=0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"
    body = {"sessionDescription": {"type": "offer", "sdp": text}, "tracks": [local("0", "a")]}
    refusal = await api.refused("POST", f"/sessions/{session}/tracks/new", body)
    assert refusal == (400, "decoding_error", "SDP contains no ice-ufrag")


async def test_an_offer_that_leaves_out_what_was_negotiated_is_refused(api: Client) -> None:
    session, _ = await pushed(api, "one", "two")
    body = {"sessionDescription": offered(sdp.sending("video", "0")), "tracks": [local("0", "one")]}
    status, code, _ = await api.refused("POST", f"/sessions/{session}/tracks/new", body)
    assert (status, code) == (406, "invalid_session_description")


# Offers of the SFU, and the order of calls


async def awaiting(api: Client) -> str:
    """A session in which an offer of the SFU waits."""
    session = await api.session()
    track = {"location": "local", "trackName": "mic", "kind": "audio"}
    added = await api.ok("POST", f"/sessions/{session}/tracks/new", {"tracks": [track]})
    assert added["requiresImmediateRenegotiation"] is True
    assert added["sessionDescription"]["type"] == "offer"
    assert added["tracks"][0]["mid"] == "0"
    return session


async def test_a_push_without_an_offer_needs_a_kind(api: Client) -> None:
    session = await api.session()
    body = {"tracks": [{"location": "local", "trackName": "mic"}]}
    refusal = await api.refused("POST", f"/sessions/{session}/tracks/new", body)
    assert refusal == (406, "invalid_params", "tracks[0]: Missing kind in track")


async def test_while_an_offer_waits_only_its_answer_a_look_and_a_forced_close_pass(api: Client) -> None:
    session = await awaiting(api)
    expected = (
        406,
        "invalid_session_description",
        "renegotiation is expected before pulling or pushing tracks. "
        "API requests were possibly made out-of-order",
    )
    pull = {"tracks": [remote("x", "y")]}
    assert await api.refused("POST", f"/sessions/{session}/tracks/new", pull) == expected
    push = {"sessionDescription": offered(sdp.sending("video", "1")), "tracks": [local("1", "a")]}
    assert await api.refused("POST", f"/sessions/{session}/tracks/new", push) == expected
    update = {"tracks": [remote("x", "y", mid="0")]}
    assert await api.refused("PUT", f"/sessions/{session}/tracks/update", update) == expected
    close = {
        "tracks": [{"mid": "0"}],
        "force": False,
        "sessionDescription": offered(sdp.sending("audio", "0")),
    }
    assert await api.refused("PUT", f"/sessions/{session}/tracks/close", close) == expected
    assert len((await api.ok("GET", f"/sessions/{session}"))["tracks"]) == 1
    forced = await api.ok(
        "PUT", f"/sessions/{session}/tracks/close", {"tracks": [{"mid": "0"}], "force": True}
    )
    assert forced == {"tracks": [{"mid": "0"}], "requiresImmediateRenegotiation": False}


async def test_an_answer_is_taken_once(api: Client) -> None:
    session = await awaiting(api)
    answer = {"type": "answer", "sdp": sdp.description(sdp.sending("audio", "0"), setup="active")}
    path = f"/sessions/{session}/renegotiate"
    offer = {"sessionDescription": {**answer, "type": "offer"}}
    assert (await api.refused("PUT", path, offer))[:2] == (406, "invalid_session_description")
    assert await api.ok("PUT", path, {"sessionDescription": answer}) == {}
    again = await api.refused("PUT", path, {"sessionDescription": answer})
    assert again[:2] == (406, "invalid_session_description")


@pytest.mark.parametrize(
    "sections",
    [[sdp.sending("audio", "7")], [sdp.sending("audio", "0"), sdp.sending("audio", "1")]],
)
async def test_an_answer_to_another_offer_is_refused(api: Client, sections: list[str]) -> None:
    session = await awaiting(api)
    answer = {"type": "answer", "sdp": sdp.description(*sections, setup="active")}
    refusal = await api.refused("PUT", f"/sessions/{session}/renegotiate", {"sessionDescription": answer})
    assert refusal[:2] == (406, "invalid_session_description")


async def test_an_answer_without_an_offer_and_an_empty_one(api: Client) -> None:
    session = await api.session()
    path = f"/sessions/{session}/renegotiate"
    answer = {"type": "answer", "sdp": sdp.description(sdp.sending("audio", "0"), setup="active")}
    assert (await api.refused("PUT", path, {"sessionDescription": answer}))[:2] == (
        406,
        "invalid_session_description",
    )
    assert (await api.refused("PUT", path, {}))[:2] == (400, "decoding_error")


# Pulling, as far as it goes without media


async def test_what_is_not_published_is_not_found_and_leaves_nothing(api: Client) -> None:
    publisher, _ = await pushed(api, "camera")
    session = await api.session()
    tracks = [remote(publisher, "camera"), remote(publisher, "other"), remote("f" * 32, "camera")]
    added = await api.ok("POST", f"/sessions/{session}/tracks/new", {"tracks": tracks})
    assert added["requiresImmediateRenegotiation"] is False
    assert "sessionDescription" not in added
    for asked, got in zip(tracks, added["tracks"], strict=True):
        assert got["mid"] == ""
        assert got["errorCode"] == "not_found_track_error"
        assert (got["sessionId"], got["trackName"]) == (asked["sessionId"], asked["trackName"])
    assert (await api.ok("GET", f"/sessions/{session}"))["tracks"] == []


async def test_a_pull_names_a_session_and_a_track(api: Client) -> None:
    session = await api.session()
    for track, text in (
        ({"location": "remote", "trackName": "a"}, "tracks[0]: Missing sessionId in track"),
        ({"location": "remote", "sessionId": "a"}, "tracks[0]: Missing trackName in track"),
    ):
        refusal = await api.refused("POST", f"/sessions/{session}/tracks/new", {"tracks": [track]})
        assert refusal == (406, "invalid_params", text)


async def test_a_pull_waits_for_its_own_connection_and_is_425_in_the_end() -> None:
    async with emulator(Options(timers=Timers(transport=0.1))) as it, client(it) as api:
        session, _ = await pushed(api, "camera")
        refusal = await api.refused(
            "POST", f"/sessions/{session}/tracks/new", {"tracks": [remote(session, "camera")]}
        )
        assert refusal == (425, "session_error", "Session is not ready yet")


async def test_a_publisher_that_is_gone_may_refuse_the_whole_pull() -> None:
    options = Options(timers=Timers(unconnected=0.3), refuse_gone_publisher=True)
    async with emulator(options) as it, client(it) as api:
        publisher, _ = await pushed(api, "camera")
        await until(lambda: not it.engine.live())
        session = await api.session()
        path, body = f"/sessions/{session}/tracks/new", {"tracks": [remote(publisher, "camera")]}
        assert (await api.refused("POST", path, body))[:2] == (410, "session_error")
        assert (await api.call("GET", f"/sessions/{session}")).status_code == 200


# Closing and changing


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"tracks": [], "force": True}, "Expecting at least 1 track"),
        ({"tracks": [{"mid": ""}], "force": True}, "tracks[0]: Missing mid in track"),
        ({"tracks": [{"mid": "0"}], "force": False}, "Missing sessionDescription"),
    ],
)
async def test_closing_needs_mids_and_without_force_an_offer(api: Client, body: Json, text: str) -> None:
    session, _ = await pushed(api, "camera")
    refusal = await api.refused("PUT", f"/sessions/{session}/tracks/close", body)
    assert refusal == (406, "invalid_params", text)


async def test_closing_by_force_is_told_for_each_mid(api: Client) -> None:
    session, _ = await pushed(api, "camera", "screen")
    body = {"tracks": [{"mid": "1"}, {"mid": "9"}], "force": True}
    closed = await api.ok("PUT", f"/sessions/{session}/tracks/close", body)
    assert closed["tracks"][0] == {"mid": "1"}
    assert closed["tracks"][1]["errorCode"] == "close_track_error"
    tracks = (await api.ok("GET", f"/sessions/{session}"))["tracks"]
    assert [each["status"] for each in tracks] == ["active", "inactive"]
    again = await api.ok(
        "PUT", f"/sessions/{session}/tracks/close", {"tracks": [{"mid": "1"}], "force": True}
    )
    assert again["tracks"][0]["errorCode"] == "close_track_error"


async def test_closing_by_an_exchange_stops_the_line_and_the_last_one_ends_the_session(api: Client) -> None:
    session, _ = await pushed(api, "camera", "screen")
    path = f"/sessions/{session}/tracks/close"
    offer = offered(sdp.sending("video", "0"), sdp.stopped("video", "1"))
    body = {"tracks": [{"mid": "1"}], "force": False, "sessionDescription": offer}
    closed = await api.ok("PUT", path, body)
    assert closed["sessionDescription"]["type"] == "answer"
    assert "m=video 0 " in closed["sessionDescription"]["sdp"]
    offer = offered(sdp.stopped("video", "0"), sdp.stopped("video", "1"), ufrag_on_session=True)
    body = {"tracks": [{"mid": "0"}], "force": False, "sessionDescription": offer}
    await api.ok("PUT", path, body)
    assert (await api.refused("GET", f"/sessions/{session}"))[:2] == (410, "session_error")


async def test_updates_name_mids_and_tell_for_each_track(api: Client) -> None:
    session = await api.session()
    path = f"/sessions/{session}/tracks/update"
    assert await api.refused("PUT", path, {"tracks": []}) == (
        406,
        "invalid_params",
        "Expecting at least 1 track",
    )
    refusal = await api.refused("PUT", path, {"tracks": [remote("x", "y")]})
    assert refusal == (406, "invalid_params", "tracks[0]: Missing mid in track")
    updated = await api.ok("PUT", path, {"tracks": [remote("x", "y", mid="3")]})
    assert updated["tracks"][0]["errorCode"] == "not_found_track_error"
