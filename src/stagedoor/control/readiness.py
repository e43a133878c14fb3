"""How ready a guest is, as their page tells it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_FAULTS = 16
Fault = Literal[
    "camera_fault",
    "camera_off",
    "black",
    "dark",
    "microphone_fault",
    "muted",
    "silent",
    "speaker_fault",
    "speaker_silent",
    "echo",
    "no_line",
    "no_sound",
    "no_picture",
    "lossy",
    "slow",
    "far",
    "low_band",
]


class Readiness(BaseModel):
    """What a guest's page has found of itself: at the check before they went in, and since.

    Attributes:
        faults: What is wrong, the gravest first; without any, the guest is ready.
        checked: Whether the check was made; otherwise only what the page sees by itself is known.
        hears: Whether the return's sound is played: `blocked` while the browser waits for a click, `nothing`
            while none comes or its volume is 0; null where there is no return.
        limited_by: What keeps the browser from sending a better picture; null while it does not say.
        system: The browser and what it runs on, such as `Firefox 128, Windows`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    faults: tuple[Fault, ...] = Field(default=(), max_length=MAX_FAULTS)
    checked: bool = False
    hears: Literal["yes", "blocked", "nothing"] | None = None
    limited_by: Literal["none", "cpu", "bandwidth", "other"] | None = None
    system: Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
