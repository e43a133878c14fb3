"""A guest who watches the return by way of the SFU."""

import asyncio
import time
from dataclasses import dataclass, field

from stagedoor.carriers.cloudflare.session import SfuSession, Source
from stagedoor.domain.errors import NegotiationError, NotFoundError
from stagedoor.domain.ids import RETURN_PREFIX, RETURN_VIDEO, return_audio_path
from stagedoor.ipc.messages import ViewerRequest
from stagedoor.media.packets import Kind
from stagedoor.rtc.sdp.offer import Offer


@dataclass(slots=True)
class Viewer:
    """A guest who watches.

    Attributes:
        paths: What is wanted, by mid of the guest's offer.
        sources: Where that comes from, by mid; nothing for what was not there.
        refused: Where it should have come from, by mid, and could not be had.
        tries: How often it could not be moved to where it should come from.
    """

    request: ViewerRequest
    ufrag: str
    session: SfuSession
    paths: dict[str, str]
    sources: dict[str, Source]
    refused: dict[str, Source]
    asked_at: float = field(default_factory=time.monotonic)
    silent: int = 0
    tries: int = 0
    move_at: float = 0.0
    moving: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        """As control chose it."""
        return self.request.viewer


def paths_in(offer: Offer, path: str, picture: str = "") -> dict[str, str]:
    """What an offer wants of a guest's return, by mid; `picture` is the path of a picture of the guest's own.

    Raises:
        NotFoundError: The path is no return.
        NegotiationError: The offer asks for neither picture nor sound.
    """
    guest = path.removeprefix(RETURN_PREFIX)
    if guest == path or not guest:
        raise NotFoundError("only returns are to be had by Cloudflare", code="path_unknown")
    paths = {Kind.VIDEO: picture or RETURN_VIDEO, Kind.AUDIO: return_audio_path(guest)}
    wanted: dict[str, str] = {}
    for section in offer.sections:
        if section.receives and section.kind in paths and paths[Kind(section.kind)] not in wanted.values():
            wanted[section.mid] = paths[Kind(section.kind)]
    if not wanted:
        raise NegotiationError("the offer asks for nothing that a return has", code="nothing_in_common")
    return wanted
