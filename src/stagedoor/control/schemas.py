"""What control's HTTP API takes and answers, as JSON; `/openapi.json` is made of these."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stagedoor.domain.guest import GuestState
from stagedoor.domain.invite import Admit
from stagedoor.domain.session import SessionState
from stagedoor.ipc.messages import DestinationStatus, TrackStatus

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Id = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_-]+$")]
Switch = Literal["on", "off"]

WEEK_S = 7 * 86400
YEAR_S = 366 * 86400


class Answer(BaseModel):
    """Base of what is answered."""

    model_config = ConfigDict(frozen=True)


class Body(BaseModel):
    """Base of what is asked: closed, so that a misspelt field is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SessionKind(StrEnum):
    """The two kinds of session."""

    CAMERA = "camera"
    SCREEN = "screen"


class SessionView(Answer):
    """One media connection of a guest.

    Attributes:
        path: Where it is published in the hub.
        round_trip_ms: Null while unknown.
        av_offset_ms: Sound minus picture, null while unknown.
        time_to_first_frame_ms: From the offer to the first frame at the hub, null before it.
        allowed_bitrate: Bits a second that the sender may use.
        reason: Why it ended, null while it lasts.
    """

    id: str
    path: str
    kind: SessionKind
    state: SessionState
    tracks: tuple[TrackStatus, ...] = ()
    destinations: tuple[DestinationStatus, ...] = ()
    round_trip_ms: float | None = None
    av_offset_ms: float | None = None
    time_to_first_frame_ms: int | None = None
    allowed_bitrate: int = 0
    reason: str | None = None


class GuestView(Answer):
    """A person taking part.

    Attributes:
        away: Media is gone and the place is held.
        reason: Why they are no longer here, null while they are.
    """

    id: str
    name: str
    seat: str | None
    state: GuestState
    away: bool
    color: str
    camera: Switch
    mic: Switch
    sessions: tuple[SessionView, ...] = ()
    reason: str | None = None


class GuestList(Answer):
    """All guests that are expected, here or just gone."""

    guests: tuple[GuestView, ...]


class SeatView(Answer):
    """A place for a guest.

    Attributes:
        guest: Who has it, whether here or away.
        held_for_ms: How long it is still held for a guest who is away without an invite; otherwise null.
    """

    name: str
    label: str
    color: str
    guest: str | None
    held_for_ms: int | None


class SeatList(Answer):
    """All seats."""

    seats: tuple[SeatView, ...]


class SeatBody(Body):
    """Which seat."""

    seat: Id


class RemoveBody(Body):
    """Whether the guest's link is to stop working too."""

    block: bool = False


class RenameBody(Body):
    """A guest's new name."""

    name: Name


class ReportBody(Body):
    """What the guest's page has switched off."""

    camera: Switch
    mic: Switch


class InviteBody(Body):
    """A link to be made.

    Attributes:
        seat: The seat that it leads to; none: the lobby.
        admit: `direct` leads to the seat at once, `lobby` lets the operator decide.
        expires_s: Seconds from now; null for never.
    """

    seat: Id | None = None
    name: Text | None = None
    admit: Admit = Admit.DIRECT
    expires_s: int | None = Field(default=WEEK_S, ge=1, le=YEAR_S)


class InviteView(Answer):
    """A signed link that lets somebody in, also as a QR code (an SVG element)."""

    id: str
    token: str
    url: str
    qr_svg: str
    seat: str | None
    name: str | None
    admit: Admit
    expires_at: datetime | None


class InviteList(Answer):
    """The links that work."""

    invites: tuple[InviteView, ...]


class InviteSummary(Answer):
    """What a guest may know of the own link."""

    seat: str | None
    name: str | None
    admit: Admit


class JoinInfo(Answer):
    """What the page shows before Join.

    Attributes:
        notice_version: What `consent` must name.
        open: Anybody gets a free seat.
        max_bitrate: Bits a second for the picture.
        records: Whether guests are recorded.
        streams: Whether guests are published to other servers.
        https_url: The same page by HTTPS, where the request came without and one is known.
    """

    production: str
    notice: str
    notice_version: str
    open: bool
    invite: InviteSummary | None
    guest: GuestView | None
    max_bitrate: int
    records: bool
    streams: bool
    https_url: str | None = None


class JoinBody(Body):
    """A person pressed Join.

    Attributes:
        consent: The version of the notice that was ticked.
        instance: The page's own id, the same after a reload.
        takeover: The person said to close the page that is open elsewhere.
    """

    name: Name
    consent: str = Field(default="", max_length=64)
    instance: Id
    takeover: bool = False


class Joined(Answer):
    """What the page goes on with: `token` as Bearer, `endpoint` for its offers."""

    guest: GuestView
    token: str
    endpoint: str


class IceServerView(Answer):
    """A STUN or TURN server, as RTCPeerConnection takes it."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class IceServerList(Answer):
    """The ICE servers in use."""

    ice_servers: tuple[IceServerView, ...]


class SessionIds(Answer):
    """The sessions that are open, by seat (or guest id in the lobby)."""

    sessions: dict[str, str]


class SessionClosed(Answer):
    """Whether there was a session to end."""

    status: Literal["closed", "no_session"]
    guest_id: str


class Severity(StrEnum):
    """How urgent a warning is."""

    WARNING = "warning"
    CRITICAL = "critical"


class HealthWarning(Answer):
    """Something that an operator may act on."""

    code: str
    severity: Severity
    since: datetime
    message: str
    hint: str


class HealthView(Answer):
    """How everything does; `parts` has each process."""

    status: Literal["ok", "warning", "critical"]
    parts: dict[str, Literal["ok", "down"]]
    warnings: tuple[HealthWarning, ...]


class Problem(Answer):
    """An error (RFC 9457); `code` is stable, `hint` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    kind: str
    blame: str
    retryable: bool
    hint: str
