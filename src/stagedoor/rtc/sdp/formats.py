"""Which payload types of an offer we take, and how an answer says so."""

import base64
import contextlib
from dataclasses import dataclass

from stagedoor.media.packets import Codec, Kind
from stagedoor.rtc.sdp.offer import Format, Section

_CODECS = {
    "h264": Codec.H264,
    "h265": Codec.H265,
    "vp8": Codec.VP8,
    "vp9": Codec.VP9,
    "av1": Codec.AV1,
    "opus": Codec.OPUS,
}
_VIDEO_FEEDBACK = ("goog-remb", "ccm fir", "nack", "nack pli")


@dataclass(frozen=True, slots=True)
class Choice:
    """One codec of a section, with its retransmission format (RFC 4588) if the other side has one."""

    codec: Codec
    format: Format
    rtx: Format | None = None

    @property
    def clock_rate(self) -> int:
        """Ticks a second of its RTP time stamps."""
        return self.format.clock_rate

    @property
    def repairs(self) -> bool:
        """Whether the other side sends lost packets again (NACK, RFC 4585)."""
        return "nack" in self.format.feedback

    @property
    def payload_types(self) -> tuple[int, ...]:
        """The payload types that the answer lists."""
        return (self.format.payload_type, *((self.rtx.payload_type,) if self.rtx else ()))


def usable(section: Section) -> list[Choice]:
    """The formats of a section that we can carry, in the order of the offer.

    H.264 is taken in packetization mode 1 with any profile, mode 0 where nothing else is offered
    (RFC 6184 section 8.1); VP9 in profiles 0 and 2; Opus at 48 kHz (RFC 7587).
    """
    rtx = {
        int(each.parameters["apt"]): each
        for each in section.formats.values()
        if each.name == "rtx" and each.parameters.get("apt", "").isdigit()
    }
    choices = [
        Choice(codec, each, rtx.get(each.payload_type))
        for each in section.formats.values()
        if (codec := _codec(section.kind, each)) is not None
    ]
    return [c for c in choices if not _single_nal(c)] + [c for c in choices if _single_nal(c)]


def _codec(kind: str, offered: Format) -> Codec | None:
    codec = _CODECS.get(offered.name)
    if codec is None or codec.kind != kind:
        return None
    wanted = 48000 if codec.kind is Kind.AUDIO else 90000
    return codec if offered.clock_rate == wanted else None


def _single_nal(choice: Choice) -> bool:
    return choice.codec is Codec.H264 and choice.format.parameters.get("packetization-mode", "0") == "0"


def answer_lines(choice: Choice, start_bitrate: int | None) -> list[str]:
    """The `rtpmap`, `rtcp-fb` and `fmtp` lines of one choice.

    Args:
        choice: The codec to answer with.
        start_bitrate: Bits a second that a Chromium sender should begin with; None for a viewer.
    """
    return format_lines(choice, _answer_parameters(choice, start_bitrate))


def format_lines(choice: Choice, parameters: dict[str, str]) -> list[str]:
    """The same lines with these `fmtp` parameters."""
    chosen = choice.format
    number = chosen.payload_type
    channels = f"/{chosen.channels}" if chosen.channels > 1 else ""
    spelled = {Codec.OPUS: "opus", Codec.H265: "H265"}.get(choice.codec, choice.codec.value.upper())
    lines = [f"a=rtpmap:{number} {spelled}/{chosen.clock_rate}{channels}"]
    if choice.codec.kind is Kind.VIDEO:
        lines += [f"a=rtcp-fb:{number} {each}" for each in _VIDEO_FEEDBACK if each in chosen.feedback]
    elif choice.repairs:
        lines.append(f"a=rtcp-fb:{number} nack")
    if parameters:
        lines.append(f"a=fmtp:{number} " + ";".join(f"{key}={value}" for key, value in parameters.items()))
    if choice.rtx is not None:
        lines.append(f"a=rtpmap:{choice.rtx.payload_type} rtx/{choice.rtx.clock_rate}")
        lines.append(f"a=fmtp:{choice.rtx.payload_type} apt={number}")
    return lines


def _answer_parameters(choice: Choice, start_bitrate: int | None) -> dict[str, str]:
    parameters = dict(choice.format.parameters)
    if choice.codec is Codec.OPUS:
        parameters["useinbandfec"] = "1"
        parameters.setdefault("minptime", "10")
    elif start_bitrate is not None:
        parameters["x-google-start-bitrate"] = str(start_bitrate // 1000)
    return parameters


def sprop_parameter_sets(offered: Format) -> bytes:
    """The parameter sets of an offer (RFC 6184 section 8.1) in Annex B; unreadable ones are left out."""
    sets = []
    for each in filter(None, offered.parameters.get("sprop-parameter-sets", "").split(",")):
        with contextlib.suppress(ValueError):
            sets.append(b"\0\0\0\1" + base64.b64decode(each, validate=True))
    return b"".join(sets)
