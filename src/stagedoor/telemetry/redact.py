"""Takes secrets out of text that people will see."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

MASK = "***"
LONG_ENOUGH = 6
"""Characters; shorter parts of a URL are no keys, and would mask half of every text."""

_USERINFO = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/?#\s@]*@", re.IGNORECASE)
_URL_QUERY = re.compile(r"(?P<start>\b(?:rtmps?|rtsps?)://[^\s?\"']+\?)[^\s\"']*", re.IGNORECASE)
_PARAMETER = re.compile(
    r"(?P<name>(?:[?&](?:invite|key|auth)|\b(?:token|streamkey|secret|credential|password|pass|pwd|signature|sig))=)"
    r"[^&\s\"',;]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?P<scheme>\bBearer\s+)[^\s\"',;]+", re.IGNORECASE)
_SIGNED = re.compile(r"\b[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{43}\b")
"""Our own signed tokens: a payload, a dot, and 32 bytes of MAC in base64."""


def redact(text: str, known: Iterable[str] = ()) -> str:
    """Return `text` without the credentials that can be recognised in it, and without the `known` secrets."""
    for secret in known:
        text = text.replace(secret, MASK)
    text = _USERINFO.sub(rf"\g<scheme>{MASK}@", text)
    text = _URL_QUERY.sub(rf"\g<start>{MASK}", text)
    text = _SIGNED.sub(MASK, text)
    text = _BEARER.sub(rf"\g<scheme>{MASK}", text)
    return _PARAMETER.sub(rf"\g<name>{MASK}", text)


def url_secrets(url: str) -> list[str]:
    """Return the parts of a URL that `redact` must know to find them outside of it."""
    parts = urlsplit(url)
    middle = [part for part in parts.path.strip("/").split("/")[1:] if "{path}" not in part]
    values = [value for _, _, value in (item.partition("=") for item in parts.query.split("&"))]
    found = [parts.password or "", *middle, *values]
    return [part for part in found if len(part) >= LONG_ENOUGH and "{path}" not in part]


def redact_url(url: str) -> str:
    """Return a URL of which only scheme, host, application and `{path}` are left.

    Many servers take the stream key as a segment of the path, so a segment is shown only where it is the
    first of several, or holds `{path}`.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = f"{MASK}@" if "@" in parts.netloc else ""
    segments = parts.path.strip("/").split("/") if parts.path.strip("/") else []
    shown = [
        segment if "{path}" in segment or (index == 0 and len(segments) > 1) else MASK
        for index, segment in enumerate(segments)
    ]
    query = f"?{MASK}" if parts.query or parts.fragment else ""
    return f"{parts.scheme}://{user}{host}{''.join(f'/{segment}' for segment in shown)}{query}"
