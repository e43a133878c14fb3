"""What the event streams say, as JSON."""

from typing import Annotated, Literal

from pydantic import Field

from stagedoor.control.backstage.chat_schemas import ChatMessage
from stagedoor.control.backstage.command_schemas import CommandView
from stagedoor.control.incidents.schemas import IncidentView
from stagedoor.control.mixer.answers import BoardChange, BoardView, Meters, MixerView
from stagedoor.control.recording.answers import RecordingView
from stagedoor.control.schemas import Answer, GuestView, HealthView
from stagedoor.control.seat_schemas import SeatView
from stagedoor.domain.carrier import CarrierKind


class Snapshot(Answer):
    """What an operator's event stream starts with.

    Attributes:
        carriers: Those by which guests can come.
        mixer: What the mixer says; null while it is not there.
        board: What the operator set; null where another program mixes.
        recording: What is being recorded; null while nothing is.
        commands: Those to guests' pages that are not over.
        chat: The number of the newest message; 0 where there is none.
        incidents: What is wrong now, and what was within the last hour.
        build: Of the operator's page that is served; a page that is of another one is old.
        invites: Another number than before where other links work.
    """

    guests: tuple[GuestView, ...]
    seats: tuple[SeatView, ...]
    health: HealthView
    carriers: tuple[CarrierKind, ...]
    mixer: MixerView | None = None
    board: BoardView | None = None
    recording: RecordingView | None = None
    commands: tuple[CommandView, ...] = ()
    chat: int = 0
    incidents: tuple[IncidentView, ...] = ()
    build: str = ""
    invites: int = 0


class StudioView(Answer):
    """What a guest is told of the studio, as relay and mixer confirm it.

    Attributes:
        recording: The show is being recorded.
        live: Program is being published to a server at least.
        speaks: An operator speaks to this guest.
    """

    recording: bool = False
    live: bool = False
    speaks: bool = False


class GuestSnapshot(Answer):
    """What a guest's own event stream starts with.

    Attributes:
        commands: Those that the page has not answered.
        chat: The number of the newest message that the guest may read; 0 where there is none.
        build: Of the guest page that is served; a page that is of another one is old.
    """

    guest: GuestView
    studio: StudioView
    commands: tuple[CommandView, ...] = ()
    chat: int = 0
    build: str = ""


class InvitesView(Answer):
    """Other links work than before; the number grows with each change, and `GET /api/invites` lists them."""

    number: int


class GuestGone(Answer):
    """A guest that is no longer listed."""

    id: str


class Ended(Answer):
    """The page must not come back by itself."""

    reason: Literal["left", "removed", "expired", "opened_elsewhere"]


class SnapshotEvent(Answer):
    """First event of an operator's stream."""

    seq: int
    type: Literal["snapshot"] = "snapshot"
    data: Snapshot


class GuestEvent(Answer):
    """A guest is new or has changed."""

    seq: int
    type: Literal["guest"] = "guest"
    data: GuestView


class GuestGoneEvent(Answer):
    """A guest is no longer listed."""

    seq: int
    type: Literal["guest_gone"] = "guest_gone"
    data: GuestGone


class SeatsEvent(Answer):
    """The seats have changed."""

    seq: int
    type: Literal["seats"] = "seats"
    data: tuple[SeatView, ...]


class HealthEvent(Answer):
    """Health has changed."""

    seq: int
    type: Literal["health"] = "health"
    data: HealthView


class MixerEvent(Answer):
    """The mixer says something else, or it is gone (null)."""

    seq: int
    type: Literal["mixer"] = "mixer"
    data: MixerView | None


class BoardEvent(Answer):
    """The operator has changed something."""

    seq: int
    type: Literal["board"] = "board"
    data: BoardChange


class RecordingEvent(Answer):
    """What is recorded has changed, or nothing is any more (null); once a second while something is."""

    seq: int
    type: Literal["recording"] = "recording"
    data: RecordingView | None


class MetersEvent(Answer):
    """How loud every source and program are, ten times a second; only with `?meters=1`."""

    seq: int
    type: Literal["meters"] = "meters"
    data: Meters


class CommandEvent(Answer):
    """A command to a guest's page is new or has come further; the page is told of new ones only."""

    seq: int
    type: Literal["command"] = "command"
    data: CommandView


class ChatEvent(Answer):
    """Something was said; guests' pages are told what is for them."""

    seq: int
    type: Literal["chat"] = "chat"
    data: ChatMessage


class IncidentEvent(Answer):
    """An incident is new, has changed, or has ended."""

    seq: int
    type: Literal["incident"] = "incident"
    data: IncidentView


class InvitesEvent(Answer):
    """A link was made, revoked or forgotten."""

    seq: int
    type: Literal["invites"] = "invites"
    data: InvitesView


class GuestSnapshotEvent(Answer):
    """First event of a guest's own stream."""

    seq: int
    type: Literal["snapshot"] = "snapshot"
    data: GuestSnapshot


class StudioEvent(Answer):
    """What a guest is told of the studio has changed."""

    seq: int
    type: Literal["studio"] = "studio"
    data: StudioView


class EndedEvent(Answer):
    """Last event of a guest's own stream."""

    seq: int
    type: Literal["ended"] = "ended"
    data: Ended


class DeskNews(Answer):
    """What an operator's page that asks again and again is answered; no events: nothing has changed."""

    tag: str
    events: tuple[SnapshotEvent, ...]


class GuestNews(Answer):
    """What a guest's page that asks again and again is answered; no events: nothing has changed."""

    tag: str
    events: tuple[GuestSnapshotEvent | EndedEvent, ...]


OperatorEvent = Annotated[
    SnapshotEvent
    | GuestEvent
    | GuestGoneEvent
    | SeatsEvent
    | HealthEvent
    | MixerEvent
    | BoardEvent
    | RecordingEvent
    | MetersEvent
    | CommandEvent
    | ChatEvent
    | IncidentEvent
    | InvitesEvent,
    Field(discriminator="type"),
]
GuestStreamEvent = Annotated[
    GuestSnapshotEvent | GuestEvent | StudioEvent | CommandEvent | ChatEvent | EndedEvent,
    Field(discriminator="type"),
]
