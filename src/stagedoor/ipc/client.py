"""Control's way to the relay: HTTP over its Unix socket, one method for each row of `ipc.messages`."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx

from stagedoor.domain.errors import UnavailableError
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import (
    AudioMode,
    Binding,
    CarrierUsage,
    Devices,
    FragmentAnswer,
    FragmentRequest,
    IceServersAnswer,
    RelayEvent,
    RelayState,
    Sending,
    SessionAnswer,
    SessionRequest,
    SessionStatus,
    VideoMode,
    ViewerRequest,
)
from stagedoor.ipc.process_client import ProcessClient
from stagedoor.ipc.recording import RecordingRequest, RecordingSpec, RecordingStatus
from stagedoor.media.packets import Kind


class RelayClient(ProcessClient[RelayEvent]):
    """The relay as control sees it."""

    def __init__(self, socket: Path) -> None:
        super().__init__(socket, "relay", RelayEvent)

    async def open_session(self, request: SessionRequest) -> SessionAnswer:
        """Hand a publisher's offer to the relay."""
        return await self._call("POST", "/sessions", SessionAnswer, request)

    async def patch_session(self, session: str, request: FragmentRequest) -> FragmentAnswer:
        """Hand on a publisher's trickled candidates or its ICE restart."""
        return await self._call("PATCH", f"/sessions/{session}", FragmentAnswer, request)

    async def bind(self, session: str, binding: Binding) -> SessionStatus:
        """Move a session to another path and other destinations, without a new negotiation."""
        return await self._call("PUT", f"/sessions/{session}/binding", SessionStatus, binding)

    async def set_devices(self, session: str, devices: Devices) -> SessionStatus:
        """Tell the relay what the guest's page has switched off."""
        return await self._call("PUT", f"/sessions/{session}/devices", SessionStatus, devices)

    async def sending(self, session: str, kinds: tuple[Kind, ...]) -> SessionStatus:
        """Tell the relay that the guest's page has seen its own packets leave."""
        return await self._call("PUT", f"/sessions/{session}/sending", SessionStatus, Sending(kinds=kinds))

    async def restart_relay(self, session: str, destination: str | None) -> SessionStatus:
        """Have a session's destinations, or one, begin anew."""
        query = {} if destination is None else {"destination": destination}
        return await self._call("POST", f"/sessions/{session}/relay/restart", SessionStatus, None, **query)

    async def close_session(self, session: str, reason: EndReason) -> SessionStatus:
        """End a session."""
        return await self._call("DELETE", f"/sessions/{session}", SessionStatus, reason=reason.value)

    async def open_viewer(self, request: ViewerRequest) -> SessionAnswer:
        """Hand a reader's offer to the relay."""
        return await self._call("POST", "/viewers", SessionAnswer, request)

    async def patch_viewer(self, viewer: str, request: FragmentRequest) -> FragmentAnswer:
        """Hand on a reader's trickled candidates or its ICE restart."""
        return await self._call("PATCH", f"/viewers/{viewer}", FragmentAnswer, request)

    async def close_viewer(self, viewer: str) -> None:
        """End a reader's connection."""
        await self._send("DELETE", f"/viewers/{viewer}")

    async def carrier_ice_servers(self) -> IceServersAnswer:
        """Return Cloudflare's ICE servers, with credentials that do not last; none without a TURN key."""
        return await self._call("GET", "/carrier/ice-servers", IceServersAnswer)

    async def carrier_usage(self) -> CarrierUsage:
        """Return how much Cloudflare has sent."""
        return await self._call("GET", "/carrier/usage", CarrierUsage)

    async def reset_carrier_usage(self) -> CarrierUsage:
        """Have counted anew how much Cloudflare sends."""
        return await self._call("DELETE", "/carrier/usage", CarrierUsage)

    async def record(self, spec: RecordingSpec | None) -> RecordingStatus:
        """Have the relay record its share of a take, or nothing."""
        return await self._call("PUT", "/recording", RecordingStatus, RecordingRequest(spec=spec))

    async def state(self) -> RelayState:
        """Return everything that the relay knows."""
        return await self._call("GET", "/state", RelayState)

    def live(
        self, path: str, container: str, audio: AudioMode, video: VideoMode
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """Open a path's packets in a container; the response streams until the path's reader is closed."""
        return self._stream("GET", f"/live/{path}.{container}", audio=audio, video=video)

    def _unreachable(self) -> UnavailableError:
        return UnavailableError(
            "the relay cannot be reached at the moment",
            code="relay_unavailable",
            hint="It is restarted by itself; if this lasts, look at its log.",
        )
