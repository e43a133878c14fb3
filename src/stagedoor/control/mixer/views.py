"""The board and the mixer's state as the API shows them, and what it takes as domain data."""

from collections.abc import Iterable
from dataclasses import asdict
from urllib.parse import urlsplit, urlunsplit

from stagedoor.control.mixer.answers import (
    BorderView,
    MixerView,
    OutputView,
    SceneSoundView,
    SceneView,
    SlotView,
    StripView,
    TransitionView,
)
from stagedoor.control.mixer.board import Board, Output
from stagedoor.control.mixer.schemas import SceneBody, SlotBody
from stagedoor.control.mixer.source_answers import CropView, SourceView
from stagedoor.control.mixer.source_schemas import ChromaKeyBody, LumaKeyBody, SourceBody
from stagedoor.control.schemas import GuestTally
from stagedoor.domain.device import Capture
from stagedoor.domain.ids import Canvas
from stagedoor.domain.key import ChromaKey, Key, LumaKey
from stagedoor.domain.scene import Border, Crop, Offset, Rect, Scene, SceneSound, Slot
from stagedoor.domain.source import Source
from stagedoor.domain.strip import Strip
from stagedoor.domain.tally import tally
from stagedoor.domain.transition import Transition
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.mixer import MixerState
from stagedoor.outputs.address import HIDDEN, redact


def scene_of(key: str, body: SceneBody) -> Scene:
    """Return the scene that a body describes."""
    second = None if body.second is None else _slots_of(body.second)
    audio = tuple(SceneSound(rule.source, rule.follow, rule.gain_db) for rule in body.audio)
    return Scene(key, body.label, body.background, _slots_of(body.slots), second, audio)


def scene_view(scene: Scene) -> SceneView:
    """Return a scene as the API shows it."""
    return SceneView(
        id=scene.id,
        label=scene.label,
        background=scene.background,
        slots=_slot_views(scene.slots),
        second=None if scene.second is None else _slot_views(scene.second),
        audio=tuple(SceneSoundView(**asdict(rule)) for rule in scene.audio),
    )


def source_of(key: str, body: SourceBody, url: str) -> Source:
    """Return the source that a body describes, with its checked address."""
    fields = body.model_dump(include=set(SourceBody.model_fields))
    crop, offset = Crop(**fields["crop"]), Offset(**fields["offset"])
    own = {
        "crop": crop,
        "offset": offset,
        "key": None if body.key is None else _key_of(body.key),
        "capture": None if body.capture is None else Capture(**fields["capture"]),
    }
    return Source(**{**fields, "id": key, "url": url, **own})


def _key_of(body: ChromaKeyBody | LumaKeyBody) -> Key:
    fields = body.model_dump()
    return ChromaKey(**fields) if body.kind == "chroma" else LumaKey(**fields)


def scene_views(board: Board) -> tuple[SceneView, ...]:
    """Return all scenes as the API shows them."""
    return tuple(scene_view(scene) for scene in board.scenes.values())


def source_view(source: Source, state: MixerState | None) -> SourceView:
    """Return a source as the API shows it, with what the mixer says of it."""
    clips = (each.clip for each in (() if state is None else state.sources) if each.id == source.id)
    return SourceView(**{**asdict(source), "url": without_login(source.url), "clip": next(clips, None)})


def source_views(board: Board, state: MixerState | None) -> tuple[SourceView, ...]:
    """Return all sources as the API shows them."""
    return tuple(source_view(source, state) for source in board.sources.values())


def without_login(url: str) -> str:
    """Return a source's address without user, password and query; `***` where there were some."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{HIDDEN}@{host}" if host != parts.netloc else host
    return urlunsplit(parts._replace(netloc=netloc, query=HIDDEN if parts.query else "", fragment=""))


def strip_view(strip: Strip) -> StripView:
    """Return a source's sound as the API shows it."""
    return StripView(**asdict(strip))


def strip_views(board: Board) -> dict[str, StripView]:
    """Return the sound of every source, also of those where nobody has set it."""
    return {key: strip_view(board.strips.get(key, Strip())) for key in board.sources}


def transition_view(transition: Transition) -> TransitionView:
    """Return a transition as the API shows it."""
    return TransitionView(**asdict(transition))


def output_view(output: Output, state: MixerState | None) -> OutputView:
    """Return an output as the API shows it, with what the mixer says of it."""
    return OutputView(
        id=output.id,
        label=output.label,
        url=redact(output.whole_url, public=output.canvas),
        audio=output.audio,
        video=output.video,
        running=output.running,
        canvas=output.canvas,
        status=_status(output, () if state is None else state.destinations),
    )


def by_canvas(board: Board, state: MixerState | None) -> tuple[tuple[Canvas, DestinationStatus], ...]:
    """Return what the mixer says of each destination, with the canvas that it gets."""
    canvases = {key: output.canvas for key, output in board.outputs.items()}
    told = () if state is None else state.destinations
    return tuple((canvases.get(each.id, Canvas.PROGRAM), each) for each in told)


def output_views(board: Board, state: MixerState | None) -> tuple[OutputView, ...]:
    """Return all outputs as the API shows them."""
    return tuple(output_view(output, state) for output in board.outputs.values())


def mixer_view(state: MixerState) -> MixerView:
    """Return what the mixer says as the API shows it."""
    program, preview = frozenset(state.on_program), frozenset(state.on_preview)
    return MixerView(
        frame=state.frame,
        width=state.width,
        height=state.height,
        frame_rate=state.frame_rate,
        second_canvas=state.second_canvas,
        program=state.program,
        preview=state.preview,
        position=state.position,
        leaving=state.leaving or None,
        black=state.black,
        black_is_silent=state.black_is_silent,
        to_black=state.to_black,
        heard=state.heard,
        tally={
            key: GuestTally(tally(key, program, preview).value) for key in sorted(program | preview) if key
        },
        timing=state.timing,
        sound=state.sound,
        queues=state.queues,
        encoder=state.encoding.encoder,
        encoder_wanted=state.encoding.wanted,
        encoder_reason=state.encoding.reason,
        sources=state.sources,
        multiview=state.multiview,
        outputs=state.destinations,
    )


def _status(output: Output, statuses: Iterable[DestinationStatus]) -> DestinationStatus | None:
    return next((status for status in statuses if output.running and status.id == output.id), None)


def _slots_of(bodies: Iterable[SlotBody]) -> tuple[Slot, ...]:
    return tuple(_slot_of(body) for body in bodies)


def _slot_views(slots: Iterable[Slot]) -> tuple[SlotView, ...]:
    return tuple(_slot_view(slot) for slot in slots)


def _slot_of(body: SlotBody) -> Slot:
    return Slot(
        body.source,
        Rect(body.x, body.y, body.width, body.height),
        body.z,
        body.alpha,
        Crop(**body.crop.model_dump()),
        body.fit,
        Border(**body.border.model_dump()),
        body.radius,
        body.label,
        body.if_gone,
    )


def _slot_view(slot: Slot) -> SlotView:
    return SlotView(
        source=slot.source,
        **asdict(slot.rect),
        z=slot.z,
        alpha=slot.alpha,
        crop=CropView(**asdict(slot.crop)),
        fit=slot.fit,
        border=BorderView(**asdict(slot.border)),
        radius=slot.radius,
        label=slot.label,
        if_gone=slot.if_gone,
    )
