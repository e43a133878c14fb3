"""What control and relay say to each other: HTTP with JSON over a Unix socket.

====== ============================ ======================== ==========================================
verb   path                         body → answer            does
====== ============================ ======================== ==========================================
POST   /sessions                    SessionRequest → SessionAnswer   a publisher's offer (WHIP)
PATCH  /sessions/{id}               FragmentRequest → FragmentAnswer trickle ICE, or an ICE restart
PUT    /sessions/{id}/binding       Binding → SessionStatus  moves the session to another path
PUT    /sessions/{id}/devices       Devices → SessionStatus  what the page says is switched off
PUT    /sessions/{id}/sending       Sending → SessionStatus  the page has seen its own packets leave
POST   /sessions/{id}/relay/restart → SessionStatus          its destinations begin anew; `?destination=`: one
DELETE /sessions/{id}?reason=…      → SessionStatus          ends it
POST   /viewers                     ViewerRequest → SessionAnswer    a reader's offer (WHEP)
PATCH  /viewers/{id}                FragmentRequest → FragmentAnswer
DELETE /viewers/{id}                → 204
PUT    /recording                   RecordingRequest → RecordingStatus  records a take, or nothing
GET    /state                       → RelayState
GET    /events                      → NDJSON of RelayEvent; the first one carries the whole state
GET    /live/{path}.{container}     → the path's packets in that container, until it ends
GET    /carrier/ice-servers         → IceServersAnswer       short-lived TURN credentials of Cloudflare
GET    /carrier/usage               → CarrierUsage           bytes that Cloudflare has sent
DELETE /carrier/usage               → CarrierUsage           counts them anew
GET    /metrics, /healthz
====== ============================ ======================== ==========================================

Errors are problem documents (`stagedoor.ipc.problems`). Destination URLs are secrets: they travel only here.
"""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from stagedoor.domain.carrier import CarrierKind, PullState
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.session import EndReason, SessionState
from stagedoor.ipc.message import Message as Message
from stagedoor.ipc.recording import RecordingStatus
from stagedoor.media.packets import Codec, Kind


class AudioMode(StrEnum):
    """What sound a destination gets."""

    AAC = "aac"
    OPUS = "opus"
    NONE = "none"


class VideoMode(StrEnum):
    """What picture a destination gets."""

    COPY = "copy"
    H264 = "h264"


class DestinationSpec(Message):
    """One place to publish to.

    Attributes:
        id: Stable name within the path.
        url: The whole URL, `{path}` already filled in; may hold a stream key, so it is never logged.
        audio: `aac` transcodes Opus, `opus` sends it as it is, `none` sends no sound.
        video: `copy` sends what came where the protocol can carry it; `h264` transcodes what is not H.264.
    """

    id: str
    url: str
    audio: AudioMode = AudioMode.AAC
    video: VideoMode = VideoMode.COPY


class Devices(Message):
    """What the guest's page says of its own devices."""

    camera: Literal["on", "off"] = "on"
    mic: Literal["on", "off"] = "on"


class Sending(Message):
    """What the guest's page has seen leave: packets of these kinds."""

    kinds: tuple[Kind, ...]


class Binding(Message):
    """Where a session's packets go."""

    path: str
    destinations: tuple[DestinationSpec, ...] = ()


class SessionRequest(Message):
    """A publisher's offer.

    Attributes:
        session: The id that control chose.
        owner: The guest's id, or an operator's path; a path has one owner, whose newest session wins.
        label: What the log calls it (`guest1`).
        offer: SDP.
        binding: Where the packets go at first.
        max_bitrate: Bits a second that the sender is allowed for its picture.
        carrier: The way by which its media gets here.
    """

    session: str
    owner: str
    label: str
    offer: str
    binding: Binding
    devices: Devices = Devices()
    carrier: CarrierKind = CarrierKind.BUILTIN
    max_bitrate: int = Field(default=6_000_000, ge=100_000, le=100_000_000)


class ViewerRequest(Message):
    """A reader's offer (WHEP).

    Attributes:
        carrier: The way by which the path gets to the reader; by Cloudflare only a guest's return does.
        picture: By Cloudflare, the path of a return's picture where that is not the one of all returns.
        invite: The id of the invite that it came with; empty for whoever may see any path.
    """

    viewer: str
    path: str
    offer: str
    carrier: CarrierKind = CarrierKind.BUILTIN
    picture: str = ""
    invite: str = ""


class SessionAnswer(Message):
    """The answer to an offer, with the entity tag of its ICE session (RFC 9725 section 4.3.1)."""

    id: str
    answer: str
    etag: str


class FragmentRequest(Message):
    """An SDP fragment of type application/trickle-ice-sdpfrag (RFC 8840).

    Attributes:
        if_match: The entity tag sent along; `*` asks for an ICE restart.
    """

    fragment: str
    if_match: str | None = None


class FragmentAnswer(Message):
    """Our own fragment, if the other side asked for a restart, and the tag in force."""

    fragment: str | None
    etag: str


class TrackState(StrEnum):
    """What the frames of one track say."""

    WAITING = "waiting"
    LIVE = "live"
    STALLED = "stalled"
    OFF = "off"


class TrackStatus(Message):
    """What the relay measures of one track; rates over the last second or two.

    Attributes:
        frame_rate: Frames a second (video), packets a second (audio).
        bitrate: Bits a second of payload.
        loss: Fraction 0…1 of packets that never came in the last seconds.
        lost: Packets that never came, in all.
        jitter_ms: Interarrival jitter (RFC 3550 section 6.4.1).
        age_ms: Since the last frame; null before the first.
        frames: Frames passed on, in all.
        gaps: Times that something was lost for good.
    """

    kind: Kind
    codec: Codec
    state: TrackState
    width: int = 0
    height: int = 0
    channels: int = 0
    frame_rate: float = 0.0
    bitrate: int = 0
    loss: float = 0.0
    lost: int = 0
    jitter_ms: float = 0.0
    age_ms: int | None = None
    frames: int = 0
    gaps: int = 0


class DestinationStatus(Message):
    """How one destination does.

    Attributes:
        url: Without credentials, key or query.
        reason: The server's own words, or ours, for the last failure; empty while all is well.
        code: The error's stable code; empty while all is well.
        live_ms: For how long it has been live; null while it is not.
        bytes_sent: In all, since it was started.
        first_frame: The first program frame that the server was sent since it is published there; null
            before, and of a guest's destinations.
        dropped: Packets that it never got, because it was too slow.
        queued: Packets that wait for it now.
        server_ready: What MediaMTX says of the path; null where it is not asked or does not answer.
    """

    id: str
    url: str
    state: DestinationState
    reason: str = ""
    code: str = ""
    hint: str = ""
    attempts: int = 0
    live_ms: int | None = None
    bytes_sent: int = 0
    first_frame: int | None = None
    dropped: int = 0
    queued: int = 0
    server_ready: bool | None = None


class PullStatus(Message):
    """How far one track has come on its way from the SFU; `retries`: how often it was not there yet."""

    kind: Kind
    state: PullState
    retries: int = 0


class CarrierStatus(Message):
    """What is known of a session's way through Cloudflare.

    Attributes:
        publish_session: The first characters of the guest's session id at the SFU.
        pull_session: The same of the relay's session; empty while there is none.
        rebuilt: How often the relay's session was made anew.
        code: The last failure's stable code; empty while all is well.
        reason: What Cloudflare said, or did not.
        hint: What to do about it.
    """

    publish_session: str = ""
    pull_session: str = ""
    tracks: tuple[PullStatus, ...] = ()
    rebuilt: int = 0
    code: str = ""
    reason: str = ""
    hint: str = ""


class SessionStatus(Message):
    """Everything known of one session.

    Attributes:
        carrier: The way by which its media gets here.
        cloudflare: What is known of that way, where it leads through Cloudflare; else null.
        round_trip_ms: By RTCP or STUN; null while unknown.
        av_offset_ms: Sound minus picture as they leave, by the sender's own clock; null while unknown.
        time_to_first_frame_ms: From the offer's arrival to the first picture (or packet of sound) at the hub.
        allowed_bitrate: What we tell the sender it may use, bits a second.
        reason: Why it ended.
    """

    session: str
    owner: str
    label: str
    path: str
    state: SessionState
    carrier: CarrierKind = CarrierKind.BUILTIN
    cloudflare: CarrierStatus | None = None
    connected: bool = False
    devices: Devices = Devices()
    tracks: tuple[TrackStatus, ...] = ()
    destinations: tuple[DestinationStatus, ...] = ()
    round_trip_ms: float | None = None
    av_offset_ms: float | None = None
    time_to_first_frame_ms: int | None = None
    allowed_bitrate: int = 0
    reason: EndReason | None = None
    detail: str = ""


class IceServerInfo(Message):
    """A STUN or TURN server, as `RTCPeerConnection` takes it."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = Field(default=None, repr=False)


class IceServersAnswer(Message):
    """The carrier's own ICE servers; none where no TURN key is set."""

    servers: tuple[IceServerInfo, ...] = ()


class CarrierUsage(Message):
    """What Cloudflare has sent since `since_ms` (milliseconds since the epoch), kept over restarts.

    Attributes:
        pulled_bytes: To the relay.
        returned_bytes: To guests, counted from what the relay pushed and how many were pulling it.
    """

    since_ms: int
    pulled_bytes: int = 0
    returned_bytes: int = 0


class ReaderStatus(Message):
    """One reader of a path."""

    id: str
    kind: str
    queued: int
    dropped: int


class PathStatus(Message):
    """One named stream of the hub."""

    path: str
    owner: str | None
    tracks: tuple[TrackStatus, ...] = ()
    readers: tuple[ReaderStatus, ...] = ()


class ViewerStatus(Message):
    """One viewer that came with an invite, as its request said."""

    viewer: str
    path: str
    invite: str


class RelayState(Message):
    """The relay's whole actual state."""

    pid: int
    version: str
    sessions: tuple[SessionStatus, ...] = ()
    paths: tuple[PathStatus, ...] = ()
    viewers: tuple[ViewerStatus, ...] = ()
    recording: RecordingStatus = RecordingStatus()


class RelayEvent(Message):
    """One line of `GET /events`.

    `state` comes first; `session` on every change and once a second while live; `path` when a path comes,
    goes or changes its readers; `recording` on every change and once a second while something is recorded.
    """

    type: Literal["state", "session", "path", "recording"]
    state: RelayState | None = None
    session: SessionStatus | None = None
    path: PathStatus | None = None
    recording: RecordingStatus | None = None
