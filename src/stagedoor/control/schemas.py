"""What control's HTTP API takes and answers, as JSON; `/openapi.json` is made of these."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from stagedoor.control.readiness import Readiness
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.guest import GuestState
from stagedoor.domain.session import SessionState
from stagedoor.ipc.messages import CarrierStatus, DestinationStatus, TrackStatus
from stagedoor.ipc.mixer import ReturnStatus
from stagedoor.media.packets import Kind

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Id = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_-]+$")]
LINES = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
"""Nothing that cannot be printed but tabs and ends of lines."""
MessageText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=LINES)]
Switch = Literal["on", "off"]
Quality = Literal["360p", "540p", "720p", "1080p"]
MAX_DEVICES = 16
"""Of one kind; a page that has more tells the first."""


TAG = "kind="
"""What a name begins with that tells which of several bodies was meant; no refusal shows it."""


class Answer(BaseModel):
    """Base of what is answered."""

    model_config = ConfigDict(frozen=True)


class Body(BaseModel):
    """Base of what is asked: closed, so that a misspelt field is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GuestTally(StrEnum):
    """What the light at a seat says; `unknown` while no mixer says anything."""

    PROGRAM = "program"
    PREVIEW = "preview"
    OFF = "off"
    UNKNOWN = "unknown"


class ReturnPicture(StrEnum):
    """The picture that comes back to a guest: program's, one from outside, or none beside the sound."""

    PROGRAM = "program"
    OUTSIDE = "outside"
    NONE = "none"


class SessionKind(StrEnum):
    """The two kinds of session."""

    CAMERA = "camera"
    SCREEN = "screen"


class SessionView(Answer):
    """One media connection of a guest.

    Attributes:
        path: Where it is published in the hub.
        carrier: The way by which its media gets here.
        cloudflare: How far it has come through Cloudflare; null where it goes another way.
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
    carrier: CarrierKind
    cloudflare: CarrierStatus | None = None
    tracks: tuple[TrackStatus, ...] = ()
    destinations: tuple[DestinationStatus, ...] = ()
    round_trip_ms: float | None = None
    av_offset_ms: float | None = None
    time_to_first_frame_ms: int | None = None
    allowed_bitrate: int = 0
    reason: str | None = None


class TroubleView(Answer):
    """Why a guest's last try to connect failed; `hint` says what to do.

    The guest's own page is told `code` and `at` only, and the other two are empty.
    """

    code: str
    message: str
    hint: str
    at: datetime


class DevicesOfKind(Body):
    """The devices of one kind, by the names that the browser gives them; `now` is the one in use."""

    names: tuple[Text, ...] = Field(default=(), max_length=MAX_DEVICES)
    now: Text = ""


class OwnDevices(Body):
    """What a guest's page can be asked to change.

    Attributes:
        speaker: Without names where the browser leaves no choice of them.
        quality: How large a picture the page sends.
    """

    camera: DevicesOfKind = DevicesOfKind()
    microphone: DevicesOfKind = DevicesOfKind()
    speaker: DevicesOfKind = DevicesOfKind()
    quality: Quality = "720p"


class MessageOnScreen(Body):
    """Words to the guest, by the command that brought them.

    Attributes:
        read_at: When the guest has read them, which takes them off the screen; null while they stand there.
    """

    id: Id
    text: MessageText
    read_at: AwareDatetime | None = None


class CountdownOnScreen(Body):
    """Seconds that run down, by the command that brought them."""

    id: Id
    ends_at: AwareDatetime


class PrompterOnScreen(Body):
    """A text to be read aloud, by the command that brought it."""

    id: Id


class OnScreen(Body):
    """What operators have put on a guest's screen, as the guest's page says; null is what is not there."""

    message: MessageOnScreen | None = None
    countdown: CountdownOnScreen | None = None
    prompter: PrompterOnScreen | None = None


class GuestView(Answer):
    """A person taking part.

    Attributes:
        seat_label: What people read of the seat.
        away: Media is gone and the place is held.
        tally: Whether they are seen in program; in the lobby always `off`.
        heard: Whether they are heard in program, as the mixer confirms, seen or not; null: nobody says.
        return_picture: Which picture comes back to them.
        carrier: What the guest's next session takes.
        mic: Off: mic off at the guest, as their page says; the fader mute is the strip's.
        trouble: Why the last try to connect failed; null once the camera is live.
        hand_raised: Since when the hand is up; null while it is not.
        synthetic: A test guest, made by the server.
        hears: What their return carries, by the mixer's word; told to operators alone.
        devices: What their page has told of its devices, for operators and the guest alone; null: nothing.
        readiness: How ready they are, as their page has told the same; null: nothing.
        on_screen: What stands on their screen, as their page has told the same since it came; null: nothing.
        reason: Why they are no longer here, null while they are.
        tag: The `ETag` of them under this name, without its quotes.
    """

    id: str
    name: str
    tag: str
    seat: str | None
    seat_label: str | None
    state: GuestState
    away: bool
    color: str
    camera: Switch
    mic: Switch
    tally: GuestTally
    heard: bool | None
    return_picture: ReturnPicture
    carrier: CarrierKind
    trouble: TroubleView | None = None
    sessions: tuple[SessionView, ...] = ()
    reason: str | None = None
    hand_raised: datetime | None = None
    synthetic: bool = False
    hears: ReturnStatus | None = None
    devices: OwnDevices | None = None
    readiness: Readiness | None = None
    on_screen: OnScreen | None = None


class GuestList(Answer):
    """All guests that are expected, here or just gone."""

    guests: tuple[GuestView, ...]


class SeatBody(Body):
    """Which seat."""

    seat: Id


class RemoveBody(Body):
    """Whether the guest's link is to stop working too."""

    block: bool = False


class CarrierBody(Body):
    """By which carrier the guest is to come; null leaves it to invite, seat and settings."""

    carrier: CarrierKind | None


class RenameBody(Body):
    """A guest's new name."""

    name: Name


class SendingBody(Body):
    """A session of which the page has seen packets of these kinds leave."""

    session: Id
    kinds: tuple[Kind, ...] = Field(min_length=1, max_length=2)


class ReportBody(Body):
    """What the guest's page has switched off, and how it does.

    Attributes:
        sending: Told whenever packets of a kind have begun to leave.
        devices: Which devices there are; null leaves what was told before.
        readiness: What it has found of itself; null leaves what was told before.
        on_screen: What operators have put there that it shows now; null leaves what was told before.
    """

    camera: Switch
    mic: Switch
    sending: SendingBody | None = None
    devices: OwnDevices | None = None
    readiness: Readiness | None = None
    on_screen: OnScreen | None = None


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


class CostView(Answer):
    """What Cloudflare has sent, and what that costs before its free allowance.

    Attributes:
        since: When counting began, last by `POST /api/carrier/cost/reset`; it goes on over restarts.
        pulled_bytes: Guests' media, to here.
        returned_bytes: Pictures and sound back to guests.
        price_per_gb: For 10^9 bytes.
    """

    since: datetime
    pulled_bytes: int
    returned_bytes: int
    price_per_gb: float
    currency: Literal["USD"] = "USD"
    cost: float


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
    """An error (RFC 9457); `code` is stable, `hint` says what to do.

    Attributes:
        values: What `detail` has put in, by name, for whoever says it in another language.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    kind: str
    blame: str
    retryable: bool
    hint: str
    values: dict[str, str | int | float]
