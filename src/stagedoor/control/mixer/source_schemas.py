"""What the routes of sources take, as JSON; every number is finite and bounded."""

from typing import Annotated, Literal

from pydantic import Field

from stagedoor.control.mixer.schemas import Color, CropBody, Fraction, OnAir, Url, bounded
from stagedoor.control.schemas import Body, Text
from stagedoor.domain.clip import Autoplay
from stagedoor.domain.limits import (
    LEAST_SIDE,
    LEAST_STAY_S,
    MAX_CAPTURE_RATE,
    MAX_CLIP_S,
    MAX_PLAYOUT_MS,
    MAX_SIDE,
    MAX_STAY_S,
    MAX_ZOOM,
)
from stagedoor.domain.source import SourceKind

PlaceInFile = Annotated[float, bounded(0, MAX_CLIP_S)]


class OffsetBody(Body):
    """Where a zoomed part of a picture lies: from its middle to the right and down, in fractions of it."""

    x: Annotated[float, bounded(-1, 1)] = 0.0
    y: Annotated[float, bounded(-1, 1)] = 0.0


class ChromaKeyBody(Body):
    """A colour that is see-through, such as a green wall behind somebody.

    Attributes:
        color: It has a hue.
        tolerance: So far from it all is see-through; 1 is from grey to the most colourful.
        softness: Over so much more it becomes opaque.
        spill: How much of the key's hue is taken out of what stays.
    """

    kind: Literal["chroma"]
    color: Color = "#00b140"
    tolerance: Fraction = 0.3
    softness: Fraction = 0.15
    spill: Fraction = 0.5


class LumaKeyBody(Body):
    """A brightness that is see-through; 0 is black, 1 is white.

    Attributes:
        low: What is this dark, or darker, is see-through.
        high: What is this bright, or brighter, is opaque; not below `low`.
        invert: Whether it is the other way round.
    """

    kind: Literal["luma"]
    low: Fraction = 0.05
    high: Fraction = 0.15
    invert: bool = False


KeyBody = Annotated[ChromaKeyBody | LumaKeyBody, Field(discriminator="kind")]


class CaptureBody(Body):
    """What a camera is asked for, pixels and pictures a second; it gives what is nearest."""

    width: int = Field(ge=LEAST_SIDE, le=MAX_SIDE)
    height: int = Field(ge=LEAST_SIDE, le=MAX_SIDE)
    frame_rate: int = Field(default=30, ge=1, le=MAX_CAPTURE_RATE)


class SourceBody(Body):
    """A source.

    Attributes:
        url: Of a `url` an address (rtsp, rtmp, http, https) or a file of the media folder, of a `still` a
            file of it, of a `hub` a path that something publishes to, of a `device` its name: `/dev/video0`,
            `alsa:default`, `alsa:hw:1,0`; else empty.
        slate: A still of the media folder that is shown while it has no picture; empty is its label on its
            colour. A source of kind `slate` shows it all the time, framed and keyed as any picture.
        playout_ms: A fixed playout delay; null lets it follow the source's jitter.
        if_gone: What is shown while it is gone; null shows its slate.
        iso: Whether a recording keeps it on its own: of a `url` that is an address, and of a `hub`. A seat's
            source is always kept; of what is in files, or does not move, there is nothing to keep, and it is
            refused.
        loop: Of a file, whether it begins again at its end; else it stands on its last picture.
        in_s: Of a file, where it begins, seconds of its own time from its beginning.
        out_s: Of a file, where it ends; null is its end.
        autoplay: When a file plays by itself: `always` as soon as it is open, `program` while it is on
            program, from its in point, `never` only when it is told to. Else it is cued.
        duration_s: Of a still, how long it is there from when it comes on program; then it is gone until it
            has left program. Null is for ever.
        crop: What is cut off its picture in every scene, before a slot's own crop and fit.
        zoom: How many times larger what is left is shown.
        offset: Which part of it a zoom shows; never more than there is.
        key: What of its picture is see-through in every scene; null is nothing.
        capture: Of a camera what it is asked for; null takes what it gives by itself.
    """

    kind: SourceKind
    label: Text = ""
    color: Color = "#808080"
    url: Url = Field(default="", repr=False)
    slate: Url = ""
    playout_ms: int | None = Field(default=None, ge=0, le=MAX_PLAYOUT_MS)
    if_gone: OnAir | None = None
    iso: bool = False
    loop: bool = True
    in_s: PlaceInFile = 0.0
    out_s: PlaceInFile | None = None
    autoplay: Autoplay = Autoplay.ALWAYS
    duration_s: Annotated[float, bounded(LEAST_STAY_S, MAX_STAY_S)] | None = None
    crop: CropBody = CropBody()
    zoom: Annotated[float, bounded(1, MAX_ZOOM)] = 1.0
    offset: OffsetBody = OffsetBody()
    key: KeyBody | None = None
    capture: CaptureBody | None = None


class NewSourceBody(SourceBody):
    """A source to be made; an id is made from the label where it is left out."""

    id: OnAir | None = None


class SeekBody(Body):
    """Where a clip is to go, seconds of the file's own time from its beginning."""

    at_s: PlaceInFile
