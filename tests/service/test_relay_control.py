"""The relay's socket for control, through control's own client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import (
    ConflictError,
    InvalidError,
    NegotiationError,
    NotFoundError,
    UnavailableError,
)
from stagedoor.domain.session import EndReason, SessionState
from stagedoor.ipc.client import RelayClient
from stagedoor.ipc.messages import (
    Binding,
    Devices,
    FragmentRequest,
    RelayEvent,
    SessionRequest,
    ViewerRequest,
    ViewerStatus,
)
from stagedoor.relay.app import Parts, control_app
from stagedoor.relay.events import Events
from stagedoor.relay.hub import Hub
from stagedoor.relay.iso import iso_recordings
from stagedoor.relay.metrics import DestinationCollector, HubCollector, RelayCollector, SessionCollector
from stagedoor.relay.sessions import Sessions
from stagedoor.relay.state import relay_state
from stagedoor.relay.viewers import Viewers
from stagedoor.serving.server import bind_unix, serving
from stagedoor.telemetry.metrics import Metrics
from tests.kit.relay import FakeCarrier, FakeConverters, FakeOutlets, FakeViewers, picture, sound
from tests.kit.wait import until

pytestmark = pytest.mark.service


class Relay:
    """The relay behind its socket, on stand-ins for guests, viewers and servers."""

    def __init__(self) -> None:
        self.carrier = FakeCarrier()
        self.viewer_peers = FakeViewers()
        self.parts: Parts
        self.client: RelayClient

    async def start(self, stack: AsyncExitStack, socket: Path) -> None:
        hub = await stack.enter_async_context(Hub(FakeConverters().converters))
        sessions = await stack.enter_async_context(
            Sessions(hub, {CarrierKind.BUILTIN: self.carrier}, FakeOutlets())
        )
        viewers = await stack.enter_async_context(Viewers(hub, self.viewer_peers))
        iso = await stack.enter_async_context(iso_recordings(hub, lambda: events.recording(iso.status)))
        events = Events(lambda: relay_state(hub, sessions, iso, viewers), hub.status)
        sessions.on_status, hub.on_path = events.session, events.path
        metrics = Metrics("relay")
        collector = RelayCollector(
            HubCollector(hub), SessionCollector(sessions, viewers), DestinationCollector(sessions)
        )
        metrics.registry.register(collector)
        self.parts = Parts(hub, sessions, viewers, iso, events, metrics, collector)
        await stack.enter_async_context(
            serving(control_app(self.parts), await asyncio.to_thread(bind_unix, socket))
        )
        stack.callback(events.close)
        self.client = await stack.enter_async_context(RelayClient(socket))

    async def join(
        self, name: str = "s1", path: str = "guest1", owner: str = "anna", offer: str = "v=0"
    ) -> None:
        answer = await self.client.open_session(
            SessionRequest(session=name, owner=owner, label=path, offer=offer, binding=Binding(path=path))
        )
        assert (answer.id, answer.answer, answer.etag) == (name, "v=0 answer", '"1"')


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[Relay]:
    relay = Relay()
    async with AsyncExitStack() as stack:
        await relay.start(stack, tmp_path / "relay.sock")
        yield relay


async def test_a_sessions_life(relay: Relay) -> None:
    await relay.join(path="lobby-anna")
    sink = relay.carrier.peers[0].sink
    sink.on_packet(picture(0, key=True))
    status = await relay.client.bind("s1", Binding(path="guest1"))
    assert (status.path, status.state) == ("guest1", SessionState.LIVE)
    status = await relay.client.set_devices("s1", Devices(camera="off"))
    assert status.devices.camera == "off"
    answer = await relay.client.patch_session("s1", FragmentRequest(fragment="a=candidate:1"))
    assert answer.fragment is None
    state = await relay.client.state()
    assert [session.session for session in state.sessions] == ["s1"]
    assert [(path.path, path.owner) for path in state.paths] == [("guest1", "anna")]
    status = await relay.client.close_session("s1", EndReason.REMOVED)
    assert (status.state, status.reason) == (SessionState.CLOSED, EndReason.REMOVED)
    assert (await relay.client.state()).sessions == ()


async def test_errors_keep_their_class(relay: Relay) -> None:
    await relay.join()
    with pytest.raises(ConflictError) as taken:
        await relay.join("s2", owner="berta")
    assert taken.value.code == "path_taken"
    with pytest.raises(NegotiationError):
        await relay.join("s2", "guest2", offer="refuse")
    with pytest.raises(InvalidError):
        await relay.join("s2", "no/path")
    with pytest.raises(NotFoundError):
        await relay.client.close_session("s9", EndReason.LEFT)
    with pytest.raises(NotFoundError):
        await relay.client.close_viewer("v9")


async def test_what_is_not_a_message_is_refused(relay: Relay, tmp_path: Path) -> None:
    transport = httpx.AsyncHTTPTransport(uds=str(tmp_path / "relay.sock"))
    async with httpx.AsyncClient(transport=transport, base_url="http://relay") as client:
        answer = await client.post("/sessions", json={"session": "s1", "surprise": 1})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "invalid"
        assert (await client.get("/nowhere")).status_code == 404
        assert (await client.get("/sessions")).status_code == 405


async def test_events_start_with_everything(relay: Relay) -> None:
    await relay.join()
    events = relay.client.events(lambda: None)
    async with asyncio.timeout(5):
        first = await anext(events)
        assert first.type == "state"
        assert first.state is not None
        assert [session.session for session in first.state.sessions] == ["s1"]
        relay.carrier.peers[0].sink.on_packet(sound(0))
        await relay.client.close_session("s1", EndReason.LEFT)
        seen: list[RelayEvent] = []
        async for event in events:
            seen.append(event)
            if event.path is not None and event.path.owner is None:
                break
    states = [event.session.state for event in seen if event.session is not None]
    assert states == [SessionState.LIVE, SessionState.CLOSED]
    await events.aclose()  # type: ignore[attr-defined]


async def test_events_end_with_the_relay(relay: Relay) -> None:
    ended = asyncio.Event()
    events = relay.client.events(ended.set)
    async with asyncio.timeout(5):
        await anext(events)
        following = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        relay.parts.events.close()
        await ended.wait()
    following.cancel()
    await asyncio.wait([following])


async def test_viewers(relay: Relay) -> None:
    await relay.join()
    sink = relay.carrier.peers[0].sink
    sink.on_packet(picture(0, key=True))
    sink.on_packet(sound(0))
    answer = await relay.client.open_viewer(
        ViewerRequest(viewer="v1", path="guest1", offer="v=0", invite="i1")
    )
    assert answer.answer == "v=0 viewer"
    [viewer] = relay.viewer_peers.made
    listed = (await relay.client.state()).viewers
    assert listed == (ViewerStatus(viewer="v1", path="guest1", invite="i1"),)
    sink.on_packet(picture(1))
    viewer.ready.set()
    await until(lambda: len(viewer.written) == 3)
    assert viewer.written[0].key
    answer_2 = await relay.client.patch_viewer("v1", FragmentRequest(fragment="a=candidate:1"))
    assert answer_2.etag == "v"
    await relay.client.close_viewer("v1")
    assert viewer.closed
    assert relay.parts.hub.status("guest1").readers == ()


async def test_a_viewer_that_leaves_or_fails_touches_nobody(relay: Relay) -> None:
    await relay.join()
    sink = relay.carrier.peers[0].sink
    sink.on_packet(picture(0, key=True))
    for name in ("v1", "v2", "v3"):
        await relay.client.open_viewer(ViewerRequest(viewer=name, path="guest1", offer="v=0"))
    gone, broken, well = relay.viewer_peers.made
    for viewer in relay.viewer_peers.made:
        viewer.ready.set()
    await until(lambda: all(len(viewer.written) == 1 for viewer in relay.viewer_peers.made))
    gone.offer.on_closed("vanished")
    broken.fails = True
    sink.on_packet(picture(1))
    await until(lambda: gone.closed and broken.closed and len(well.written) == 2)
    assert len(relay.parts.viewers) == 1
    well.offer.on_key_frame_wanted()
    assert relay.carrier.peers[0].asked == 1


async def test_who_watches_over_a_bad_line_asks_for_few_key_frames(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.relay.hub.key_frames.INTERVAL_S", 0.0)
    await relay.join()
    (guest,) = relay.carrier.peers
    guest.sink.on_packet(picture(0, key=True))
    await relay.client.open_viewer(ViewerRequest(viewer="v1", path="guest1", offer="v=0"))
    (viewer,) = relay.viewer_peers.made

    def asked() -> int:
        before = guest.asked
        viewer.offer.on_key_frame_wanted()
        times = guest.asked - before
        guest.sink.on_packet(picture(guest.asked + 1, key=True))
        return times

    assert [asked(), asked(), asked()] == [1, 0, 0]
    monkeypatch.setattr("stagedoor.relay.viewers.KEY_FRAMES_APART_S", 0.0)
    assert asked() == 1


async def test_a_viewer_of_nothing_gets_404(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stagedoor.relay.viewers.WAIT_S", 0.05)
    with pytest.raises(NotFoundError):
        await relay.client.open_viewer(ViewerRequest(viewer="v1", path="guest1", offer="v=0"))
    assert "guest1" not in relay.parts.hub


async def test_metrics_and_health(relay: Relay) -> None:
    await relay.join()
    await relay.client.healthy()
    relay.carrier.peers[0].sink.on_packet(picture(0, key=True))
    text = await relay.client.metrics()
    assert "stagedoor_relay_loop_lag_seconds" in text
    assert 'stagedoor_sessions{state="live"} 1.0' in text
    assert 'stagedoor_path_packets_total{path="guest1",track="video"} 1.0' in text
    await relay.client.close_session("s1", EndReason.LEFT)
    text = await relay.client.metrics()
    assert 'path="guest1"' not in text
    assert 'stagedoor_sessions_ended_total{reason="left"} 1.0' in text


def test_a_stale_socket_is_replaced_and_only_ours(tmp_path: Path) -> None:
    path = tmp_path / "run" / "relay.sock"
    for _ in range(2):
        listener = bind_unix(path)
        assert path.stat().st_mode & 0o777 == 0o600
        listener.close()
    with pytest.raises(UnavailableError):
        bind_unix(tmp_path / ("x" * 120) / "relay.sock")
