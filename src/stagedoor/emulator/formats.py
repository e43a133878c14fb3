"""Which codecs are carried, what makes two formats the same, and their payload types in one session."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from stagedoor.emulator.refusal import BACKEND, Refusal
from stagedoor.rtc.sdp.offer import Format

FEEDBACK = ("goog-remb", "ccm fir", "nack", "nack pli")
_POOL = (125, 37, 98, 36, 96, 35, 111, 38, 102, 39, 104, 40, *range(41, 64), *range(105, 125), 97, 99)
"""Payload types of our offers; not those that browsers take first, so that nobody relies on them."""
_AUDIO = {"opus": (48000, 2), "pcmu": (8000, 1), "pcma": (8000, 1)}
_STATIC = {"pcmu": 0, "pcma": 8}
_VIDEO = ("h264", "h265", "vp8", "vp9", "av1")
_SPELLED = {"opus": "opus", "rtx": "rtx"}
_KEPT = {
    "opus": ("minptime", "useinbandfec", "stereo", "sprop-stereo", "usedtx"),
    "h264": ("level-asymmetry-allowed", "packetization-mode", "profile-level-id"),
    "h265": ("level-id", "profile-id", "tier-flag", "tx-mode"),
    "vp9": ("profile-id",),
    "av1": ("level-idx", "profile", "tier"),
}
_DEFAULTS = {
    "opus": {"minptime": "10", "useinbandfec": "1"},
    "h264": {"level-asymmetry-allowed": "1", "packetization-mode": "1", "profile-level-id": "42e01f"},
}


class Identity(NamedTuple):
    """The same for formats that carry the same streams; `repairs` for the retransmissions of such."""

    name: str
    profile: str = ""
    repairs: bool = False

    @property
    def clock_rate(self) -> int:
        """Ticks a second of its time stamps."""
        return _AUDIO.get(self.name, (90000, 1))[0]

    @property
    def rtx(self) -> "Identity":
        """The format of its retransmissions (RFC 4588)."""
        return self._replace(repairs=True)


def identity(kind: str, offered: Format) -> Identity | None:
    """What a format carries; None if it is nothing that the SFU takes.

    Of H.264 only the constrained baseline profile in packetization mode 1 is taken.
    """
    name = offered.name
    if kind == "audio":
        known = _AUDIO.get(name) == (offered.clock_rate, offered.channels)
        return Identity(name) if known else None
    if name not in _VIDEO or offered.clock_rate != 90000:
        return None
    if name == "h264":
        profile = offered.parameters.get("profile-level-id", "")
        is_mode_1 = offered.parameters.get("packetization-mode") == "1"
        return Identity(name) if is_mode_1 and _is_constrained_baseline(profile) else None
    if name in ("vp9", "h265"):
        return Identity(name, offered.parameters.get("profile-id", "0"))
    return Identity(name, offered.parameters.get("profile", "0") if name == "av1" else "")


def _is_constrained_baseline(profile: str) -> bool:
    try:
        return profile[:2] == "42" and bool(int(profile[2:4], 16) & 0x40)
    except ValueError:
        return False


def accepted(kind: str, offered: Iterable[Format]) -> list[Format]:
    """The formats of an offer that we take, in its order, each followed by its retransmissions."""
    formats = list(offered)
    repairs = {each.parameters.get("apt"): each for each in formats if each.name == "rtx"}
    taken: dict[Identity, list[Format]] = {}
    for each in formats:
        found = identity(kind, each)
        if found is None or found in taken:
            continue
        taken[found] = [_cleaned(kind, each)]
        if (rtx := repairs.get(str(each.payload_type))) is not None:
            taken[found].append(replace(rtx, feedback=[]))
    return [each for pair in taken.values() for each in pair]


def identities(kind: str, formats: Iterable[Format]) -> dict[int, Identity]:
    """What each payload type of a section carries."""
    formats = list(formats)
    found = {each.payload_type: known for each in formats if (known := identity(kind, each)) is not None}
    for each in formats:
        if each.name == "rtx" and (apt := each.parameters.get("apt", "")).isdigit() and int(apt) in found:
            found[each.payload_type] = found[int(apt)].rtx
    return found


def _cleaned(kind: str, offered: Format) -> Format:
    kept = _KEPT.get(offered.name, ())
    parameters = {key: value for key, value in offered.parameters.items() if key in kept}
    if offered.name == "opus":
        parameters = {"minptime": "10", **parameters, "useinbandfec": "1"}
    known = FEEDBACK if kind == "video" else ("nack",)
    feedback = [each for each in known if each in offered.feedback]
    return replace(offered, parameters=parameters, feedback=feedback)


def everything(kind: str) -> list[Identity]:
    """All that we can receive, for an offer of ours."""
    if kind == "audio":
        return [Identity(name) for name in _AUDIO]
    return [
        Identity("vp8"),
        Identity("h264"),
        Identity("vp9", "0"),
        Identity("h265", "1"),
        Identity("av1", "0"),
    ]


class Numbers:
    """The payload types of one session: a number means the same in all of its sections (RFC 8843)."""

    def __init__(self) -> None:
        self._meaning: dict[int, Identity] = {}

    def learn(self, kind: str, formats: Iterable[Format]) -> None:
        """Take the numbers of the other side's offer."""
        self._meaning.update(identities(kind, formats))

    def number(self, wanted: Identity, avoid: frozenset[int] = frozenset()) -> int:
        """The number for a format in an offer of ours, if possible none of those that its publisher uses.

        Raises:
            Refusal: All are taken.
        """
        for number, meaning in self._meaning.items():
            if meaning == wanted:
                return number
        free = [each for each in _POOL if each not in self._meaning]
        better = [each for each in free if each not in avoid]
        if not free:
            raise Refusal(500, *BACKEND)
        chosen: int = _STATIC.get(wanted.name, (better or free)[0])
        self._meaning[chosen] = wanted
        return chosen

    def offered(
        self, wanted: Iterable[Identity], avoid: frozenset[int] = frozenset(), like: Iterable[Format] = ()
    ) -> list[Format]:
        """Formats for an offer of ours; parameters are those of the publisher's where `like` has them."""
        formats: list[Format] = []
        for each in wanted:
            kind = "audio" if each.name in _AUDIO else "video"
            template = next((known for known in like if identity(kind, known) == each), None)
            number = self.number(each, avoid)
            formats.append(_offered(each, kind, number, template))
            if kind == "video":
                repairs = Format(self.number(each.rtx, avoid), "rtx", 90000, parameters={"apt": str(number)})
                formats.append(repairs)
        return formats


def _offered(wanted: Identity, kind: str, number: int, template: Format | None) -> Format:
    rate, channels = _AUDIO.get(wanted.name, (90000, 1))
    parameters = dict(_DEFAULTS.get(wanted.name, {}))
    if template is not None:
        parameters = dict(template.parameters)
    elif wanted.profile and wanted.name in ("vp9", "h265"):
        parameters = {"profile-id": wanted.profile}
    return Format(number, wanted.name, rate, channels, parameters, list(FEEDBACK) if kind == "video" else [])


def format_lines(chosen: Format) -> list[str]:
    """The `rtpmap`, `fmtp` and `rtcp-fb` lines of a format."""
    number = chosen.payload_type
    channels = f"/{chosen.channels}" if chosen.channels > 1 else ""
    spelled = _SPELLED.get(chosen.name, chosen.name.upper())
    lines = [f"a=rtpmap:{number} {spelled}/{chosen.clock_rate}{channels}"]
    if chosen.parameters:
        parameters = ";".join(f"{key}={value}" for key, value in chosen.parameters.items())
        lines.append(f"a=fmtp:{number} {parameters}")
    return lines + [f"a=rtcp-fb:{number} {each}" for each in chosen.feedback]
