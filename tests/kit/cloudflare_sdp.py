"""Session descriptions of a client that never connects, for calls that only negotiate."""

FINGERPRINT = ":".join(["AB"] * 32)
_FORMATS = {
    "audio": ("111", ("a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1")),
    "video": (
        "96 97",
        ("a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack pli", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"),
    ),
}
_MID_EXTENSION = "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid"


def section(kind: str, mid: str, direction: str, port: int = 9, *, lines: tuple[str, ...] = ()) -> str:
    """One `m=` section."""
    numbers, described = _FORMATS[kind]
    text = [f"m={kind} {port} UDP/TLS/RTP/SAVPF {numbers}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}", "a=rtcp-mux"]
    return "\r\n".join([*text, *(lines or described), _MID_EXTENSION, f"a={direction}"])


def sending(kind: str, mid: str) -> str:
    """A section in which the client sends."""
    return section(kind, mid, "sendonly")


def receiving(kind: str, mid: str) -> str:
    """A section in which the client receives."""
    return section(kind, mid, "recvonly")


def stopped(kind: str, mid: str) -> str:
    """A section that is switched off for good."""
    return section(kind, mid, "inactive", 0)


def description(
    *sections: str, setup: str = "actpass", bundle: bool = True, ufrag_on_session: bool = False
) -> str:
    """A whole description; every section that is not stopped has the transport."""
    transport = ["a=ice-ufrag:abcd", f"a=ice-pwd:{'p' * 24}"]
    if setup:
        transport.append(f"a=setup:{setup}")
    alive = [each for each in sections if " 0 UDP/TLS" not in each]
    mids = [line[6:] for each in alive for line in each.split("\r\n") if line.startswith("a=mid:")]
    head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=fingerprint:sha-256 {FINGERPRINT}"]
    if bundle:
        head.append("a=group:BUNDLE " + " ".join(mids))
    if ufrag_on_session:
        head += transport
    body = [line for each in sections for line in [each, *(transport if each in alive else [])]]
    return "\r\n".join([*head, *body]) + "\r\n"
