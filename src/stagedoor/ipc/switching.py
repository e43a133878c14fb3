"""What the mixer is asked to switch, and from which frame on it is so."""

from pydantic import Field

from stagedoor.domain.transition import Transition
from stagedoor.ipc.messages import Message


class SceneCommand(Message):
    """A scene, by its id."""

    scene: str


class TakeCommand(Message):
    """Take preview to program; `transition` overrides the usual one."""

    transition: Transition | None = None


class TbarCommand(Message):
    """Where the T-bar stands: 0 program, 1 preview has become program."""

    position: float = Field(ge=0, le=1)


class FadeCommand(Message):
    """Fade program to black, or back from it."""

    black: bool
    frames: int = Field(default=15, ge=1, le=250)


class Settled(Message):
    """What is on program and preview once nothing moves: there a mixer that begins anew begins.

    A transition that goes by itself has arrived then; a T-bar has gone to the end that it is nearer to.
    """

    program: str = ""
    preview: str = ""


class Applied(Message):
    """What is so from a frame on.

    Attributes:
        frame: The number of the first program frame that shows it.
        revision: Of what was wanted last.
        program: The scene on program; during a transition the one that it leads to.
        preview: The scene on preview.
        settled: What both are once nothing moves.
        to_black: Whether program fades to black, or is there.
        cut_frame: Of a stinger, the first program frame with the new scene.
        trouble: Why a stinger is not played, and it was cut; empty where nothing is wrong.
    """

    frame: int
    revision: int = 0
    program: str = ""
    preview: str = ""
    settled: Settled = Settled()
    to_black: bool = False
    cut_frame: int | None = None
    trouble: str = ""
