"""Carriers: what brings a guest's media to the box, and what is known of media on its way by Cloudflare."""

from enum import StrEnum


class CarrierKind(StrEnum):
    """The carriers that there are."""

    BUILTIN = "builtin"
    CLOUDFLARE = "cloudflare"


class PullState(StrEnum):
    """How far one track has come on its way from the SFU to the relay.

    Attributes:
        PUBLISHED: The guest's offer named it; nothing is known of its packets yet.
        WAITING: It was asked for, and the SFU has nothing of it yet; it is asked for again.
        PULLED: The SFU sends it to the relay.
        FAILED: The SFU refuses it; what became of it is in the session's code and reason.
    """

    PUBLISHED = "published"
    WAITING = "waiting"
    PULLED = "pulled"
    FAILED = "failed"


def choose(*wishes: CarrierKind | None, default: CarrierKind) -> CarrierKind:
    """Return the first wish that there is, in the order operator, invite, seat; else the default."""
    return next((wish for wish in wishes if wish is not None), default)
