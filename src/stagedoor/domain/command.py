"""A command to a guest's page: asked for by an operator, done or refused by the page.

::

    sent ─▶ delivered ─▶ done | refused | timeout
      └────────────────────▲
"""

from enum import StrEnum

from stagedoor.domain.errors import ConflictError


class CommandKind(StrEnum):
    """What a guest's page can be asked for."""

    MUTE = "mute"
    """Mic off at the guest; the fader mute is a strip's and asks nobody."""
    UNMUTE_REQUEST = "unmute_request"
    """Only the person can switch a microphone on."""
    CAMERA_OFF = "camera_off"
    QUALITY = "quality"
    DEVICE = "device"
    MESSAGE = "message"
    COUNTDOWN = "countdown"
    PROMPTER = "prompter"


class CommandState(StrEnum):
    """How far a command has come."""

    SENT = "sent"
    DELIVERED = "delivered"
    """The page has it; of an unmute request: the person sees it."""
    DONE = "done"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    """Nobody has said what became of it."""


OVER = frozenset({CommandState.DONE, CommandState.REFUSED, CommandState.TIMEOUT})
ANSWER_MS = 5_000
"""How long a page may take."""
PERSON_MS = 60_000
"""How long a person may take who was asked to switch the microphone on."""


def moved(state: CommandState, to: CommandState) -> CommandState:
    """Return `to`; raise `ConflictError` if the command is over, or was delivered already."""
    if state in OVER or to is CommandState.SENT or state is to:
        raise ConflictError(f"this command is {state} already", code="command_over")
    return to


def answer_within_ms(kind: CommandKind, state: CommandState) -> int:
    """Return how long the next move of a command may take."""
    asks = kind is CommandKind.UNMUTE_REQUEST and state is CommandState.DELIVERED
    return PERSON_MS if asks else ANSWER_MS
