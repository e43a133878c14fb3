"""Trickle ICE fragments (application/trickle-ice-sdpfrag, RFC 8840 section 9), the body of WHIP's PATCH."""

import re
from dataclasses import dataclass, field

from stagedoor.domain.errors import BadOfferError
from stagedoor.rtc.sdp.offer import MOST_CANDIDATES, PWD, UFRAG, ice_credential

MOST_BYTES = 64 * 1024
_HINT = "Send ice-ufrag, ice-pwd and candidates as application/trickle-ice-sdpfrag (RFC 9725 section 4.3)."


@dataclass(slots=True)
class Fragment:
    """What a PATCH says.

    Attributes:
        candidates: (mid, candidate) pairs, the candidate without `a=candidate:`; the mid may be empty.
    """

    ufrag: str = ""
    pwd: str = ""
    candidates: list[tuple[str, str]] = field(default_factory=list)
    end_of_candidates: bool = False


def parse_fragment(text: str) -> Fragment:
    """Read a fragment.

    Raises:
        BadOfferError: It has neither credentials nor candidates, or is too large.
    """
    if len(text) > MOST_BYTES:
        raise BadOfferError("the fragment is too long", hint=_HINT)
    fragment, mid = Fragment(), ""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        match name:
            case "a=ice-ufrag":
                fragment.ufrag = _credential(value.strip(), UFRAG)
            case "a=ice-pwd":
                fragment.pwd = _credential(value.strip(), PWD)
            case "a=mid":
                mid = value.strip()
            case "a=candidate":
                fragment.candidates.append((mid, value.strip()))
            case "a=end-of-candidates":
                fragment.end_of_candidates = True
            case _:
                pass
    if len(fragment.candidates) > MOST_CANDIDATES:
        raise BadOfferError(f"the fragment has more than {MOST_CANDIDATES} candidates", hint=_HINT)
    if not (fragment.ufrag or fragment.candidates or fragment.end_of_candidates):
        raise BadOfferError("the fragment says nothing about ICE", hint=_HINT)
    return fragment


def _credential(value: str, form: re.Pattern[str]) -> str:
    try:
        return ice_credential(value, form)
    except ValueError as error:
        raise BadOfferError("the fragment's ICE credentials cannot be read", hint=_HINT) from error


def write_fragment(ufrag: str, pwd: str, mid: str, candidates: list[str]) -> str:
    """Our side of an ICE restart: new credentials, and every candidate at once."""
    lines = [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{pwd}", "m=audio 9 UDP/TLS/RTP/SAVPF 0", f"a=mid:{mid}"]
    lines += [f"a=candidate:{candidate}" for candidate in candidates]
    lines.append("a=end-of-candidates")
    return "\r\n".join(lines) + "\r\n"
