"""What the routes of commands to guests take and answer, as JSON."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stagedoor.control.schemas import LINES, Answer, Body, MessageText, Quality, Text
from stagedoor.domain.command import CommandKind, CommandState

MAX_PROMPTER = 20_000
PrompterText = Annotated[str, StringConstraints(max_length=MAX_PROMPTER, pattern=LINES)]


class MuteCommand(Body):
    """Mic off at the guest."""

    kind: Literal[CommandKind.MUTE]


class UnmuteRequestCommand(Body):
    """Ask the person to switch the microphone on; `done` once they have."""

    kind: Literal[CommandKind.UNMUTE_REQUEST]


class CameraOffCommand(Body):
    """Camera off at the guest."""

    kind: Literal[CommandKind.CAMERA_OFF]


class QualityCommand(Body):
    """How large a picture the page sends."""

    kind: Literal[CommandKind.QUALITY]
    quality: Quality


class DeviceCommand(Body):
    """Another device; without a label the next one that the page has."""

    kind: Literal[CommandKind.DEVICE]
    device: Literal["camera", "microphone", "speaker"]
    label: Text = ""


class MessageCommand(Body):
    """Words on the guest's screen; empty ones take them away."""

    kind: Literal[CommandKind.MESSAGE]
    text: MessageText


class CountdownCommand(Body):
    """Seconds that run down on the guest's screen; 0 takes them away."""

    kind: Literal[CommandKind.COUNTDOWN]
    seconds: int = Field(ge=0, le=86_400)


class PrompterCommand(Body):
    """A text to be read from the screen; an empty one takes it away.

    Attributes:
        speed: Words a minute; 0 stands still.
        size: Of the letters, in percent of the screen's height.
    """

    kind: Literal[CommandKind.PROMPTER]
    text: PrompterText
    speed: int = Field(default=120, ge=0, le=400)
    size: int = Field(default=6, ge=2, le=25)


GuestCommand = Annotated[
    MuteCommand
    | UnmuteRequestCommand
    | CameraOffCommand
    | QualityCommand
    | DeviceCommand
    | MessageCommand
    | CountdownCommand
    | PrompterCommand,
    Field(discriminator="kind"),
]


class CommandView(Answer):
    """A command to a guest's page.

    Attributes:
        command: What it is asked for.
        at: When it was sent.
        reason: Why the page refused: an English phrase without capital and point.
    """

    id: str
    guest: str
    command: GuestCommand
    state: CommandState
    at: datetime
    reason: str = ""


class CommandList(Answer):
    """The last commands to one guest, the newest last."""

    commands: tuple[CommandView, ...]


class CommandAnswer(Body):
    """What became of a command, as the guest's page says; `reason` for a refusal."""

    state: Literal[CommandState.DELIVERED, CommandState.DONE, CommandState.REFUSED]
    reason: Text = ""


class HandBody(Body):
    """Whether the hand is up."""

    raised: bool
