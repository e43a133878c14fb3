"""One media connection of a guest, as the relay sees it."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stagedoor.carriers.base import Peer, Report
from stagedoor.domain.session import EndReason, SessionState, moved
from stagedoor.ipc.messages import Binding, Devices, SessionRequest, SessionStatus, TrackState, TrackStatus
from stagedoor.media.packets import Kind, Packet
from stagedoor.relay.guest_relay import GuestRelay
from stagedoor.relay.hub import Hub, Publisher
from stagedoor.relay.hub.flow import Flow, TrackFlow
from stagedoor.telemetry.logging import FieldsAdapter, with_fields

logger = logging.getLogger(__name__)

CONNECT_WITHIN_S = 30.0
"""A session that has had no packet by then is given up."""


@dataclass(frozen=True, slots=True)
class SessionHooks:
    """What a session needs of its surroundings.

    Attributes:
        hub: Where its packets go.
        make_relay: Makes the relay of a path, given whom to tell of changes and the carrier's name.
        on_change: Called when its status has changed in a way that cannot wait for the next second.
        on_lost: Called when its peer has gone, with a sentence.
        on_first_picture: Called with the seconds that the first picture took.
    """

    hub: Hub
    make_relay: Callable[[str, Callable[[], None], str], GuestRelay]
    on_change: Callable[["Session"], None]
    on_lost: Callable[["Session", str], None]
    on_first_picture: Callable[[float], None]


class Session:
    """Passes a peer's packets to a path, and derives its state from them (the `MediaSink` of its peer).

    Args:
        request: The offer, and where its packets go.
        hooks: The surroundings.
        carrier: The carrier's name, for the log.

    Attributes:
        binding: The path and the destinations in force.
        state: What the frames say.
        peer: The connection, once the offer is answered.
        relay: What publishes the path; None while there is nothing to publish to.
        asked: When its offer came, monotonic seconds.
        first_frame_ms: From the offer's arrival to the first picture, or sound where there is no picture.
    """

    def __init__(self, request: SessionRequest, hooks: SessionHooks, carrier: str) -> None:
        self.id = request.session
        self.carrier = request.carrier
        self.owner = request.owner
        self.label = request.label
        self.binding = request.binding
        self.devices = request.devices
        self.state = SessionState.WAITING
        self.reason: EndReason | None = None
        self.detail = ""
        self.peer: Peer | None = None
        self.relay: GuestRelay | None = None
        self.first_frame_ms: int | None = None
        self.log: FieldsAdapter = with_fields(logger, guest=request.owner, session=request.session[:8])
        self._hooks = hooks
        self._carrier_name = carrier
        self.asked = time.monotonic()
        self._answered = self.asked
        self._flow = Flow()
        self._publisher: Publisher | None = None
        self._watch = True

    # The peer's side.

    def on_packet(self, packet: Packet) -> None:
        """Take an encoded frame."""
        if self._publisher is not None:
            self._publisher.write(packet)
            if self._watch:
                self._watch_start()

    def on_closed(self, reason: str) -> None:
        """The peer has gone."""
        if self.state is not SessionState.CLOSED:
            self._hooks.on_lost(self, reason)

    def _watch_start(self) -> None:
        """The first packets of a session, or of a session at another path."""
        video, audio = self._flow.video, self._flow.audio
        if not (video.frames or audio.frames):
            return
        if self.relay is not None:
            self.relay.start()
        took = time.monotonic() - self.asked
        if self.first_frame_ms is None or video.frames == 1:
            self.first_frame_ms = round(took * 1000)
        if video.frames == 1:
            self._hooks.on_first_picture(took)
        if self.state is SessionState.WAITING:
            self._move(SessionState.LIVE)
            self.log.info("%s is live after %d ms", self.label, self.first_frame_ms)
            self._hooks.on_change(self)
        # Sound alone is watched further: the first picture is still to be timed.
        self._watch = video.frames == 0

    # Control's side.

    def open(self, peer: Peer) -> None:
        """The offer is answered: publish."""
        self.peer = peer
        self._answered = time.monotonic()
        self.bind(self.binding)

    def bind(self, binding: Binding) -> GuestRelay | None:
        """Send the packets to another path and other destinations, without a new negotiation.

        Returns:
            The relay of the path that was left, which the caller closes.

        Raises:
            ConflictError: Somebody else publishes to the path; nothing has changed then.
            InvalidError: No path can have this name.
        """
        left = None
        if self._publisher is None or self._publisher.path != binding.path:
            left = self._move_to(binding.path)
        self.binding = binding
        if binding.destinations and self.relay is None:
            self.relay = self._hooks.make_relay(binding.path, self._changed, self._carrier_name)
        if self.relay is not None:
            self.relay.apply(binding.destinations)
        self._watch = True
        return left

    def _move_to(self, path: str) -> GuestRelay | None:
        ask = self._request_key_frame
        publisher = self._hooks.hub.publish(path, self.owner, request_key_frame=ask, flow=self._flow)
        before, self._publisher = self._publisher, publisher
        if before is not None:
            before.close()
            ask()
        if self.relay is None or self.relay.path == path:
            return None
        left, self.relay = self.relay, None
        return left

    def adopt(self, relay: GuestRelay) -> None:
        """Go on with the relay of the session that this one replaces, so that no server is left."""
        relay.on_change = self._changed
        relay.carrier = self._carrier_name
        self.relay = relay

    def close(self, reason: EndReason, detail: str) -> None:
        """Publish nothing any more; the peer and the relay are still to be closed."""
        self._move(SessionState.CLOSED)
        self.reason, self.detail = reason, detail
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()

    def _request_key_frame(self) -> None:
        if self.peer is not None:
            self.peer.request_key_frame()

    def _changed(self) -> None:
        # The last word about a session is that it is closed; its destinations stop after that.
        if self.state is not SessionState.CLOSED:
            self._hooks.on_change(self)

    # What the frames say.

    def tick(self, now: float) -> bool:
        """Derive the state from the age of the last frames; returns whether it changed."""
        if self.state is SessionState.CLOSED:
            return False
        if self.state is SessionState.WAITING:
            if now - self._answered > CONNECT_WITHIN_S:
                self.on_closed("no media came")
            return False
        stalled = any(
            flow.state(now, off=self._off(flow)) is TrackState.STALLED for flow in self._flow.tracks
        )
        to = SessionState.STALLED if stalled else SessionState.LIVE
        if to is self.state:
            return False
        self._move(to)
        self.log.info("%s is %s", self.label, to)
        return True

    def _move(self, to: SessionState) -> None:
        self.state = moved(self.state, to)

    def _off(self, flow: TrackFlow) -> bool:
        said = self.devices.camera if flow.kind is Kind.VIDEO else self.devices.mic
        return said == "off"

    def set_devices(self, devices: Devices) -> None:
        """Take what the page says of the guest's devices."""
        self.devices = devices
        self.tick(time.monotonic())

    def sending(self, kinds: Iterable[Kind]) -> None:
        """Take what the page says: packets of these kinds leave it."""
        if self.peer is not None:
            self.peer.sending(kinds)

    def status(self) -> SessionStatus:
        """Everything known of it."""
        now = time.monotonic()
        self._flow.sample(now)
        report = None if self.peer is None else self.peer.report()
        return SessionStatus(
            session=self.id,
            owner=self.owner,
            label=self.label,
            path=self.binding.path,
            state=self.state,
            carrier=self.carrier,
            cloudflare=None if report is None else report.cloudflare,
            connected=report is not None and report.connected and self.state is not SessionState.CLOSED,
            devices=self.devices,
            tracks=tuple(self._track(flow, report, now) for flow in self._flow.tracks),
            destinations=() if self.relay is None else self.relay.statuses,
            round_trip_ms=None if report is None else report.round_trip_ms,
            av_offset_ms=None if report is None else report.av_offset_ms,
            time_to_first_frame_ms=self.first_frame_ms,
            allowed_bitrate=0 if report is None else report.allowed_bitrate,
            reason=self.reason,
            detail=self.detail,
        )

    def _track(self, flow: TrackFlow, report: Report | None, now: float) -> TrackStatus:
        status = flow.status(now, off=self._off(flow))
        measures = None if report is None else report.tracks.get(flow.kind)
        if measures is None:
            return status
        return status.model_copy(
            update={
                "loss": round(measures.loss, 4),
                "lost": measures.lost,
                "jitter_ms": round(measures.jitter_ms, 2),
            }
        )
