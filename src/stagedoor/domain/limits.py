"""What scenes, sources and sound may be: each value that is not names its field.

Sources that do not exist are legal everywhere, as are slots that overlap: the first show their slate, the
others lie above each other.
"""

from collections.abc import Mapping, Sequence

from stagedoor.domain.checks import Rule, color, count, name, unique, within, words, wrong
from stagedoor.domain.device import DeviceKind, device_kind
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.ids import is_hub_path, is_lobby, is_mixed, is_outside, is_path, is_talkback
from stagedoor.domain.key import ChromaKey, Key, has_hue
from stagedoor.domain.scene import MAX_SLOTS, Border, Crop, Rect, Scene, SceneSound, Slot, is_color
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.strip import GATE_OFF_DB, LEAST_GAIN_DB, MAX_GAIN_DB, Compressor, Strip
from stagedoor.domain.transition import Transition, TransitionKind

MAX_SCENES = 500
MAX_SOURCES = 256
MAX_LABEL = 200
"""Characters."""
MAX_URL = 2000
"""Characters."""
MAX_PLAYOUT_MS = 1000
LEAST_STAY_S, MAX_STAY_S = 0.1, 86_400.0
"""How long a still may stay."""
MAX_CLIP_S = 360_000.0
"""The furthest place in a file: a hundred hours."""
LEAST_EDGE, GREATEST_EDGE = -1.0, 2.0
"""How far outside the canvas, 0…1, a slot may reach."""
MAX_Z = 1000
LEAST_SIDE, MAX_SIDE = 16, 4096
"""Of a camera's picture, pixels."""
MAX_CAPTURE_RATE = 120
MAX_ZOOM = 16.0
"""Of a source's own picture."""
MAX_BORDER = 0.5
MAX_RADIUS = 0.5
MAX_FRAMES = 250
MAX_STINGER_S = 10.0
"""How long a stinger's file may be."""
MAX_STINGER_FRAMES = 600
"""The same at 60 frames a second."""
MAX_DELAY_MS = 1000
MAX_HIGH_PASS_HZ = 1000
LEAST_THRESHOLD_DB = -60.0
MAX_RATIO = 20.0
MAX_MAKEUP_DB = 24.0
"""Of a compressor."""
MAX_OVERLAYS = 64
MAX_TEXT = 500
"""Characters of an overlay's text."""
LEAST_SIZE = 0.01
"""Of an overlay, in fractions of the canvas's height; its lines together are no taller than the canvas."""


def check_scenes(scenes: Sequence[Scene]) -> None:
    """Return if all of these scenes may be stored together.

    Raises:
        InvalidError: One may not; the message begins with the field: `scenes[3].slots[2].rect.width`.
    """
    count("scenes", len(scenes), MAX_SCENES)
    unique("scenes", (scene.id for scene in scenes))
    for number, scene in enumerate(scenes):
        check_scene(scene, f"scenes[{number}]")


def check_scene(scene: Scene, at: str = "scene") -> None:
    """Return if a scene may be shown; raise `InvalidError`, which names the field below `at`, if not."""
    name(f"{at}.id", scene.id)
    _label(f"{at}.label", scene.label)
    if not is_color(scene.background):
        if not is_path(scene.background):
            why = "is neither a colour such as #20c040 nor a source's id"
            raise wrong(f"{at}.background", Rule.BACKGROUND, why)
        _showable(f"{at}.background", scene.background)
    _slots(f"{at}.slots", scene.slots)
    _slots(f"{at}.second", scene.second or ())
    _audio(f"{at}.audio", scene.audio)


def check_sources(sources: Sequence[Source]) -> None:
    """Return if all of these sources may be there together.

    Raises:
        InvalidError: One may not, or an `if_gone` leads round in a circle; the message begins with the field.
    """
    count("sources", len(sources), MAX_SOURCES)
    unique("sources", (source.id for source in sources))
    for number, source in enumerate(sources):
        _source(f"sources[{number}]", source)
    instead = {source.id: source.if_gone for source in sources}
    for number, source in enumerate(sources):
        _no_circle(f"sources[{number}].if_gone", source.id, instead)


def check_strips(strips: Mapping[str, Strip]) -> None:
    """Return if these are sound settings by source; raise `InvalidError`, which names the field, if not."""
    count("strips", len(strips), MAX_SOURCES)
    for source, strip in strips.items():
        name("strips", source)
        at = f"strips.{source}"
        within(f"{at}.gain_db", strip.gain_db, LEAST_GAIN_DB, MAX_GAIN_DB)
        within(f"{at}.pan", strip.pan, -1, 1)
        within(f"{at}.delay_ms", strip.delay_ms, 0, MAX_DELAY_MS)
        within(f"{at}.high_pass_hz", strip.high_pass_hz, 0, MAX_HIGH_PASS_HZ)
        within(f"{at}.gate_db", strip.gate_db, GATE_OFF_DB, 0)
        _compressor(f"{at}.compressor", strip.compressor)


def check_transition(transition: Transition) -> None:
    """Return if a transition can be made; raise `InvalidError`, which names the field, if not."""
    within("transition.frames", transition.frames, 1, MAX_FRAMES)
    color("transition.color", transition.color)
    within("transition.cut_at", transition.cut_at, 0, MAX_STINGER_FRAMES)
    if len(transition.file) > MAX_URL or not transition.file.isprintable():
        why = f"is longer than {MAX_URL} characters, or cannot be printed"
        raise wrong("transition.file", Rule.WORDS, why, most=MAX_URL)
    if transition.kind is TransitionKind.STINGER and not transition.file:
        raise wrong("transition.file", Rule.STINGER_FILE, "is what a stinger plays, which has one")


def _compressor(at: str, compressor: Compressor) -> None:
    within(f"{at}.threshold_db", compressor.threshold_db, LEAST_THRESHOLD_DB, 0)
    within(f"{at}.ratio", compressor.ratio, 1, MAX_RATIO)
    within(f"{at}.makeup_db", compressor.makeup_db, 0, MAX_MAKEUP_DB)


def _audio(at: str, rules: Sequence[SceneSound]) -> None:
    count(at, len(rules), MAX_SLOTS)
    unique(at, (rule.source for rule in rules), "source")
    for number, rule in enumerate(rules):
        name(f"{at}[{number}].source", rule.source)
        _showable(f"{at}[{number}].source", rule.source)
        within(f"{at}[{number}].gain_db", rule.gain_db, LEAST_GAIN_DB, MAX_GAIN_DB)


def _slots(at: str, slots: Sequence[Slot]) -> None:
    count(at, len(slots), MAX_SLOTS)
    for number, slot in enumerate(slots):
        _slot(f"{at}[{number}]", slot)


def _slot(at: str, slot: Slot) -> None:
    name(f"{at}.source", slot.source)
    _showable(f"{at}.source", slot.source)
    _rect(f"{at}.rect", slot.rect)
    within(f"{at}.z", slot.z, -MAX_Z, MAX_Z)
    within(f"{at}.alpha", slot.alpha, 0, 1)
    _crop(f"{at}.crop", slot.crop)
    _border(f"{at}.border", slot.border)
    within(f"{at}.radius", slot.radius, 0, MAX_RADIUS)
    if slot.if_gone is not None:
        name(f"{at}.if_gone", slot.if_gone)
        _showable(f"{at}.if_gone", slot.if_gone)
        _no_circle(f"{at}.if_gone", slot.source, {slot.source: slot.if_gone})


def _rect(at: str, rect: Rect) -> None:
    widest = GREATEST_EDGE - LEAST_EDGE
    within(f"{at}.x", rect.x, LEAST_EDGE, GREATEST_EDGE)
    within(f"{at}.y", rect.y, LEAST_EDGE, GREATEST_EDGE)
    within(f"{at}.width", rect.width, 0, widest)
    within(f"{at}.height", rect.height, 0, widest)
    if rect.right > GREATEST_EDGE:
        raise _beyond(f"{at}.width", rect.right)
    if rect.bottom > GREATEST_EDGE:
        raise _beyond(f"{at}.height", rect.bottom)


def _beyond(at: str, edge: float) -> InvalidError:
    why = f"reaches to {edge:g}; at most {GREATEST_EDGE:g}"
    return wrong(at, Rule.EDGE, why, edge=edge, most=GREATEST_EDGE)


def _crop(at: str, crop: Crop) -> None:
    for side in ("left", "top", "right", "bottom"):
        within(f"{at}.{side}", getattr(crop, side), 0, 1)
    if crop.left + crop.right >= 1:
        raise wrong(f"{at}.right", Rule.CROP, "leaves nothing of the picture's width")
    if crop.top + crop.bottom >= 1:
        raise wrong(f"{at}.bottom", Rule.CROP, "leaves nothing of the picture's height")


def _border(at: str, border: Border) -> None:
    within(f"{at}.width", border.width, 0, MAX_BORDER)
    color(f"{at}.color", border.color)


def _source(at: str, source: Source) -> None:
    name(f"{at}.id", source.id)
    _showable(f"{at}.id", source.id)
    _label(f"{at}.label", source.label)
    color(f"{at}.color", source.color)
    for field, address in (("url", source.url), ("slate", source.slate)):
        if len(address) > MAX_URL or not address.isprintable():
            why = f"is longer than {MAX_URL} characters, or has some that cannot be printed"
            raise wrong(f"{at}.{field}", Rule.WORDS, why, most=MAX_URL)
    if source.kind is SourceKind.GUEST and source.url:
        name(f"{at}.url", source.url)
        _showable(f"{at}.url", source.url)
        _not_mixed(f"{at}.url", source.url)
    if source.kind is SourceKind.HUB:
        check_hub_path(f"{at}.url", source.url)
    if source.playout_ms is not None:
        within(f"{at}.playout_ms", source.playout_ms, 0, MAX_PLAYOUT_MS)
    if source.if_gone is not None:
        name(f"{at}.if_gone", source.if_gone)
    _crop(f"{at}.crop", source.crop)
    within(f"{at}.zoom", source.zoom, 1, MAX_ZOOM)
    within(f"{at}.offset.x", source.offset.x, -1, 1)
    within(f"{at}.offset.y", source.offset.y, -1, 1)
    if source.key is not None:
        _key(f"{at}.key", source.key)
    _clip(at, source)
    _device(at, source)


def _device(at: str, source: Source) -> None:
    kind = device_kind(source.url) if source.kind is SourceKind.DEVICE else None
    if source.kind is SourceKind.DEVICE and kind is None:
        raise wrong(f"{at}.url", Rule.DEVICE, "names no device such as /dev/video0 or alsa:default")
    if source.capture is None:
        return
    if kind is not DeviceKind.CAMERA:
        raise wrong(f"{at}.capture", Rule.CAMERA_ONLY, "is of a camera alone")
    within(f"{at}.capture.width", source.capture.width, LEAST_SIDE, MAX_SIDE)
    within(f"{at}.capture.height", source.capture.height, LEAST_SIDE, MAX_SIDE)
    within(f"{at}.capture.frame_rate", source.capture.frame_rate, 1, MAX_CAPTURE_RATE)


def _key(at: str, key: Key) -> None:
    if isinstance(key, ChromaKey):
        color(f"{at}.color", key.color)
        if not has_hue(key.color):
            raise wrong(f"{at}.color", Rule.HUE, "is a grey, or nearly: a luma key is for that")
        for field in ("tolerance", "softness", "spill"):
            within(f"{at}.{field}", getattr(key, field), 0, 1)
        return
    within(f"{at}.low", key.low, 0, 1)
    within(f"{at}.high", key.high, 0, 1)
    if key.low > key.high:
        raise wrong(f"{at}.low", Rule.LOW_HIGH, f"is above high, which is {key.high:g}", high=key.high)


def _clip(at: str, source: Source) -> None:
    within(f"{at}.in_s", source.in_s, 0, MAX_CLIP_S)
    if source.out_s is not None:
        within(f"{at}.out_s", source.out_s, 0, MAX_CLIP_S)
        if source.out_s <= source.in_s:
            why = f"is not before out_s, which is {source.out_s:g}"
            raise wrong(f"{at}.in_s", Rule.IN_OUT, why, out_s=source.out_s)
    for field, is_set in (("in_s", source.in_s > 0), ("out_s", source.out_s is not None)):
        if is_set and not source.is_clip:
            raise wrong(f"{at}.{field}", Rule.CLIP_ONLY, "is of a file alone, whose kind is url")
    if source.duration_s is not None:
        within(f"{at}.duration_s", source.duration_s, LEAST_STAY_S, MAX_STAY_S)
        if source.kind is not SourceKind.STILL:
            raise wrong(f"{at}.duration_s", Rule.STILL_ONLY, "is of a still alone")


def _no_circle(at: str, start: str, instead: Mapping[str, str | None]) -> None:
    way = [start]
    while (following := instead.get(way[-1])) is not None:
        way.append(following)
        if following == start:
            circle = " → ".join(way[:6])
            raise wrong(at, Rule.CIRCLE, f"leads back to its own source: {circle}", way=circle)
        if len(way) > len(instead):
            return


def _showable(at: str, source: str) -> None:
    if is_talkback(source):
        raise wrong(at, Rule.TALKBACK, "is an operator's talkback, which goes to returns alone")
    if is_outside(source):
        raise wrong(at, Rule.OUTSIDE, "is what a guest gets from outside, which goes to that guest alone")


def check_hub_path(at: str, path: str) -> None:
    """Return if a source may be read from a path of the hub; raise `InvalidError` if not.

    Which paths are a seat's own is not known here.
    """
    if not is_hub_path(path):
        why = "is no path of the hub: a-z, 0-9, _ and -, at most 64, with a letter or digit first"
        raise wrong(at, Rule.HUB_PATH, why)
    check_readable(at, path)


def check_readable(at: str, path: str) -> None:
    """Return if what is published to a path of the hub may be a source, whoever reads it from there."""
    _showable(at, path)
    _not_mixed(at, path)
    if is_lobby(path):
        raise wrong(at, Rule.LOBBY, "is of somebody in the lobby, whom operators alone see and hear")


def _not_mixed(at: str, path: str) -> None:
    if is_mixed(path):
        raise wrong(at, Rule.MIXED, "comes out of the mixer itself, and would be seen in itself")


def _label(at: str, value: str) -> None:
    words(at, value, MAX_LABEL)
