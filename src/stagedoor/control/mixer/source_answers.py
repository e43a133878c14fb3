"""What the routes of sources answer, as JSON."""

from typing import Annotated, Literal

from pydantic import Field

from stagedoor.control.schemas import Answer
from stagedoor.domain.clip import Autoplay
from stagedoor.domain.device import DeviceKind
from stagedoor.domain.source import SourceKind
from stagedoor.ipc.clips import ClipStatus


class CropView(Answer):
    """What is cut off at each side, in fractions of the picture."""

    left: float
    top: float
    right: float
    bottom: float


class OffsetView(Answer):
    """Where a zoomed part of a picture lies: from its middle to the right and down, in fractions of it."""

    x: float
    y: float


class ChromaKeyView(Answer):
    """A colour that is see-through."""

    kind: Literal["chroma"]
    color: str
    tolerance: float
    softness: float
    spill: float


class LumaKeyView(Answer):
    """A brightness that is see-through."""

    kind: Literal["luma"]
    low: float
    high: float
    invert: bool


class CaptureView(Answer):
    """What a camera is asked for, pixels and pictures a second."""

    width: int
    height: int
    frame_rate: int


class SourceView(Answer):
    """A source; `url` without its credentials.

    Attributes:
        clip: Of a file that the mixer has open, where it is; else null.
    """

    id: str
    kind: SourceKind
    label: str
    color: str
    url: str
    slate: str
    playout_ms: int | None
    if_gone: str | None
    iso: bool
    loop: bool
    in_s: float
    out_s: float | None
    autoplay: Autoplay
    duration_s: float | None
    crop: CropView
    zoom: float
    offset: OffsetView
    key: Annotated[ChromaKeyView | LumaKeyView, Field(discriminator="kind")] | None
    capture: CaptureView | None
    clip: ClipStatus | None


class SourceList(Answer):
    """All sources, in the order of the multiview."""

    sources: tuple[SourceView, ...]


class DeviceView(Answer):
    """A camera or a sound input of this machine.

    Attributes:
        url: What a source of kind `device` has.
        label: What the device calls itself.
    """

    url: str
    kind: DeviceKind
    label: str


class DeviceList(Answer):
    """What is there now, cameras first."""

    devices: tuple[DeviceView, ...]


class Steered(Answer):
    """What became of a clip.

    Attributes:
        frame: The first program frame that shows it; null where that takes longer than an answer may: the
            mixer's events tell when it is there.
        clip: Where it is now; null of a still.
    """

    frame: int | None
    clip: ClipStatus | None
