"""The emulator's own calls, which the real service does not have: faults, and what there is."""

from typing import Any

from pydantic import ValidationError

from stagedoor.emulator.engine import Engine
from stagedoor.emulator.faults import FaultSettings
from stagedoor.emulator.refusal import decoding
from stagedoor.emulator.session import Session


def set_faults(engine: Engine, body: bytes) -> dict[str, Any]:
    """Put faults in force, in place of all others; returns what is in force.

    Raises:
        Refusal: They cannot be understood.
    """
    try:
        settings = FaultSettings.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(each) for each in first["loc"])
        raise decoding(f"{where}: {first['msg']}") from error
    engine.faults.set(settings)
    engine.expire(settings.expire, silently=False)
    engine.expire(settings.vanish, silently=True)
    return faults(engine)


def clear_faults(engine: Engine) -> dict[str, Any]:
    """Switch all faults off."""
    engine.faults.set(FaultSettings())
    return faults(engine)


def faults(engine: Engine) -> dict[str, Any]:
    """What is in force, with the calls that are left; and how many calls went wrong so far."""
    return {**engine.faults.settings.model_dump(mode="json", by_alias=True), "hits": engine.faults.hits}


def sessions(engine: Engine) -> dict[str, Any]:
    """What there is, with the counters of media."""
    return {"udpPort": engine.udp_port, "sessions": [_session(each) for each in engine.sessions.values()]}


def _session(session: Session) -> dict[str, Any]:
    published = [
        {
            "mid": mid,
            "trackName": each.name,
            "closed": each.closed,
            "packets": each.packets,
            "keyFramesAsked": each.key_frames_asked,
        }
        for mid, each in session.publications.items()
    ]
    pulled = [
        {
            "mid": mid,
            "sessionId": each.publication.session_id if each.publication else None,
            "trackName": each.publication.name if each.publication else None,
            "closed": each.closed,
            "packets": each.packets,
            "repeated": each.repeated,
            "empty": each.empty,
        }
        for mid, each in session.subscriptions.items()
    ]
    return {
        "sessionId": session.session_id,
        "state": session.state,
        "awaitsAnswer": session.negotiation.pending,
        "published": published,
        "pulled": pulled,
    }
