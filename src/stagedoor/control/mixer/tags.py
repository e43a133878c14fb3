"""Entity tags: each stands for a scene, source, overlay or guest's name as it was set (RFC 9110, 8.8.3).

Whoever changes one may name the tag of what they saw; then nothing is lost of what others made of it.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Annotated

from fastapi import Header, Response

from stagedoor.control.mixer.answers import SceneView
from stagedoor.control.mixer.overlay_answers import OverlayView
from stagedoor.control.mixer.source_answers import SourceView
from stagedoor.control.schemas import GuestView
from stagedoor.domain.errors import PreconditionError

ETAG_BYTES = 12
_NOT_SET = {"clip", "shown", "running", "elapsed_ms"}
"""What the mixer says beside what was set, and how a timer runs: whoever sets one anew does not change it."""
_TAGS = re.compile(r'(W/)?"([^"]*)"')

Tagged = SceneView | SourceView | OverlayView | GuestView
IfMatch = Annotated[
    str | None,
    Header(max_length=1000, description="The `ETag` of what is to be changed; another one by now: 412."),
]


def tag_of(view: Tagged) -> str:
    """Return the tag of a thing as the API shows it; what is the same has the same, also after a restart."""
    return view.tag if isinstance(view, GuestView) else _digest(view.model_dump_json(exclude=_NOT_SET))


def name_tag(guest: str, name: str) -> str:
    """Return the tag of a guest under a name: all else of a guest nobody sets."""
    return _digest(f"{guest} {name}")


def tags_of(views: Iterable[Tagged]) -> dict[str, str]:
    """Return the tags of things by their ids."""
    return {view.id: tag_of(view) for view in views}


def put_tag(response: Response, view: Tagged) -> str:
    """Have an answer carry a thing's `ETag`, and return the tag."""
    tag = tag_of(view)
    response.headers["ETag"] = f'"{tag}"'
    return tag


def require_tag(if_match: str | None, now: Tagged | None) -> None:
    """Let a change through that names no tag, or that of what is there now (RFC 9110, section 13.1.1).

    Args:
        if_match: The request's `If-Match`.
        now: What is there now; None: nothing.

    Raises:
        PreconditionError: It names another tag, or nothing is there.
    """
    if if_match is None or (now is not None and _matches(if_match, tag_of(now))):
        return
    raise PreconditionError(
        "it is no more" if now is None else f"{now.id} was changed meanwhile",
        code="overtaken",
        hint="Look at what it is now, and send that along as If-Match: the whole ETag, with its quotes.",
    )


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=ETAG_BYTES).hexdigest()


def _matches(if_match: str, tag: str) -> bool:
    """Compare strongly: a weak tag matches nothing."""
    return if_match.strip() == "*" or ("", tag) in _TAGS.findall(if_match)
