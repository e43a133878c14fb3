"""A source: anything that a slot can show and that can be heard."""

from dataclasses import dataclass
from enum import StrEnum

from stagedoor.domain.clip import Autoplay, ClipAction
from stagedoor.domain.device import Capture
from stagedoor.domain.errors import ConflictError, IllegalTransitionError
from stagedoor.domain.key import ChromaKey, LumaKey
from stagedoor.domain.scene import Crop, Offset


class SourceKind(StrEnum):
    """What a source is; the values are those of the API."""

    GUEST = "guest"
    URL = "url"
    HUB = "hub"
    STILL = "still"
    COLOR = "color"
    PATTERN = "pattern"
    SLATE = "slate"
    DEVICE = "device"


class SourceState(StrEnum):
    """What the frames of a source say."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    GONE = "gone"


TRANSITIONS: dict[SourceState, frozenset[SourceState]] = {
    SourceState.CONNECTING: frozenset({SourceState.LIVE, SourceState.GONE}),
    SourceState.LIVE: frozenset({SourceState.STALLED, SourceState.GONE}),
    SourceState.STALLED: frozenset({SourceState.LIVE, SourceState.GONE}),
    SourceState.GONE: frozenset({SourceState.CONNECTING, SourceState.LIVE}),
}

LAST_PICTURE_MS = 2000
"""How long a stalled source's last picture stands before its slate takes the place."""


def moved(state: SourceState, to: SourceState) -> SourceState:
    """Return `to`, or raise `IllegalTransitionError` if the table forbids the move."""
    if to not in TRANSITIONS[state]:
        raise IllegalTransitionError(f"a source cannot go from {state} to {to}")
    return to


def screen_label(label: str) -> str:
    """Return what people read of the screen that somebody shares."""
    return f"{label}: screen"


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be shown and heard under one id.

    Attributes:
        id: Unique among sources; a seat's source has the seat's name.
        kind: Where its picture and sound come from.
        label: What people read, also on its slate.
        color: `#rrggbb` of its slate and, for a colour, of its picture.
        slate: The file of a still that is its slate; empty is its label on its colour. A source of kind
            `slate` shows it all the time.
        url: For `guest` and `hub` the path of the hub, for `url` and `still` the address or file, for
            `device` its name; else empty.
        playout_ms: A fixed playout delay in milliseconds; None lets it follow the source's jitter.
        if_gone: The source to show in its place while it is gone; None shows its slate.
        iso: Whether a recording keeps it on its own; of seats it does so always.
        loop: Of a clip, whether it begins again at its end.
        in_s: Of a clip, where it begins, seconds of the file's own time from its beginning.
        out_s: Of a clip, where it ends; None is the file's end.
        autoplay: Of a clip, when it plays by itself.
        duration_s: Of a still, how long it is there once it is on program; None is for ever.
        crop: What is cut off its picture in every scene, before a slot's own crop.
        zoom: How many times larger what is left of it is shown, at least 1.
        offset: Which part of it a zoom shows.
        key: What of its picture is see-through in every scene; None is nothing.
        capture: What a camera is asked for; None takes what it gives by itself.
    """

    id: str
    kind: SourceKind
    label: str = ""
    color: str = "#808080"
    url: str = ""
    playout_ms: int | None = None
    if_gone: str | None = None
    iso: bool = False
    loop: bool = True
    in_s: float = 0.0
    out_s: float | None = None
    autoplay: Autoplay = Autoplay.ALWAYS
    duration_s: float | None = None
    crop: Crop = Crop()
    zoom: float = 1.0
    offset: Offset = Offset()
    key: ChromaKey | LumaKey | None = None
    slate: str = ""
    capture: Capture | None = None

    @property
    def is_clip(self) -> bool:
        """Whether it is a file that is played in, and so has a transport."""
        return self.kind is SourceKind.URL and not self.is_remote

    def require(self, action: ClipAction) -> None:
        """Return if this can be done with it; raise `ConflictError` if it is no clip.

        A still with a duration can be played, and nothing else.
        """
        stays = self.kind is SourceKind.STILL and self.duration_s is not None
        if not self.is_clip and not (stays and action is ClipAction.PLAY):
            raise ConflictError(
                f"{self.id} is no clip",
                code="not_a_clip",
                values={"name": self.id},
                hint="A file of kind url is one, and a still with a duration can be played.",
            )

    @property
    def is_remote(self) -> bool:
        """Whether the mixer reads it from a server or the hub, so that what comes is there only once."""
        return self.kind is SourceKind.HUB or (self.kind is SourceKind.URL and "://" in self.url)
