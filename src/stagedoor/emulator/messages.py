"""The bodies of requests and responses; who reads them ignores what it does not know."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Location = Literal["local", "remote"]


class Message(BaseModel):
    """A JSON object with the API's spelling of names and its strictness about types."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True, extra="ignore")

    def body(self) -> bytes:
        """As JSON, without what is not there."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class Description(Message):
    """An SDP and which side of the exchange it is."""

    sdp: str
    type: Literal["offer", "answer"]


class Simulcast(Message):
    """Which of several encodings a subscriber would like."""

    preferred_rid: str | None = None
    priority_ordering: Literal["none", "asciibetical"] | None = None
    rid_not_available: Literal["none", "asciibetical"] | None = None


class Problem(Message):
    """What may be wrong with a call, or with one item of it."""

    error_code: str | None = None
    error_description: str | None = None


class Track(Message):
    """One track of a request."""

    location: Location | None = None
    mid: str | None = None
    session_id: str | None = None
    track_name: str | None = None
    bidirectional_media_stream: bool | None = None
    kind: str | None = None
    simulcast: Simulcast | None = None


class TrackResult(Track, Problem):
    """One track of a response."""


class TrackState(Track):
    """One track of a session."""

    status: Literal["active", "inactive", "initializing"]


class NewSession(Message):
    """Begin a session, with or without an offer."""

    session_description: Description


class SessionMade(Problem):
    """The new session."""

    session_id: str
    session_description: Description | None = None


class TracksNew(Message):
    """Push or pull."""

    session_description: Description | None = None
    tracks: list[Track] | None = None
    auto_discover: bool | None = None


class TracksAdded(Problem):
    """What became of a push or a pull."""

    requires_immediate_renegotiation: bool
    session_description: Description | None = None
    tracks: list[TrackResult]


class Renegotiate(Message):
    """The answer to the SFU's offer."""

    session_description: Description


class Renegotiated(Problem):
    """Nothing more to do."""

    session_description: Description | None = None


class Mid(Message):
    """A media line."""

    mid: str | None = None


class TracksClose(Message):
    """End tracks."""

    tracks: list[Mid]
    force: bool
    session_description: Description | None = None


class Closed(Problem):
    """One track that was to be ended."""

    mid: Annotated[str, Field(min_length=1)]


class TracksClosed(Problem):
    """What became of it."""

    tracks: list[Closed]
    requires_immediate_renegotiation: Literal[False] = False
    session_description: Description | None = None


class TracksUpdate(Message):
    """Let lines carry other tracks."""

    tracks: list[Track]
    session_description: Description | None = None


class TracksUpdated(Problem):
    """What became of it."""

    requires_immediate_renegotiation: Literal[False] = False
    tracks: list[TrackResult]


class ChannelState(Message):
    """One data channel of a session."""

    location: Location
    status: Literal["active", "inactive", "initializing"]


class SessionState(Problem):
    """What a session has."""

    tracks: list[TrackState]
    data_channels: list[ChannelState] = []


class Channel(Message):
    """One data channel of a request."""

    location: Location | None = None
    session_id: str | None = None
    data_channel_name: str | None = None
    ordered: bool | None = None
    max_retransmits: Annotated[int, Field(ge=0)] | None = None
    max_packet_life_time: Annotated[int, Field(ge=0)] | None = None
    wait_for_ack: bool | None = None
    can_reply: bool | None = None
    id: int | float | None = None


class ChannelResult(Channel, Problem):
    """One data channel of a response."""


class ChannelsRequest(Message):
    """Add, change or end data channels."""

    data_channels: list[Channel]


class ChannelsResult(Problem):
    """What became of it."""

    data_channels: list[ChannelResult]


class ChannelsEstablish(Message):
    """Begin the transport of data channels."""

    data_channel: Channel
    session_description: Description | None = None


class ChannelsEstablished(Problem):
    """What became of it."""

    requires_immediate_renegotiation: bool = False
    data_channel: Channel


class Adapter(Message):
    """One WebSocket adapter of a request."""

    location: Location | None = None
    session_id: str | None = None
    track_name: str | None = None
    endpoint: str | None = None
    input_codec: Literal["pcm"] | None = None
    output_codec: Literal["pcm", "jpeg"] | None = None
    mode: Literal["stream", "buffer"] | None = None
    adapter_id: str | None = None


class AdapterResult(Adapter, Problem):
    """One WebSocket adapter of a response."""


class AdaptersRequest(Message):
    """Make or end adapters."""

    tracks: list[Adapter]


class AdaptersResult(Problem):
    """What became of it."""

    tracks: list[AdapterResult]


class TurnRequest(Message):
    """TURN credentials, please."""

    ttl: Annotated[int, Field(gt=0, le=172_800)]


class IceServer(Message):
    """Where to find STUN or TURN."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class IceServers(Message):
    """All of them."""

    ice_servers: list[IceServer]
