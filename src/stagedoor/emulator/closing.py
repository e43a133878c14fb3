"""The calls that end and look: `tracks/close`, `renegotiate`, and reading a session."""

from stagedoor.emulator.messages import (
    Closed,
    Renegotiate,
    Renegotiated,
    SessionState,
    TracksClose,
    TracksClosed,
    TrackState,
)
from stagedoor.emulator.negotiation import read, remote_transport
from stagedoor.emulator.pushing import accept_offer, answer
from stagedoor.emulator.refusal import CLOSED_TRACK, invalid_description, invalid_params
from stagedoor.emulator.session import Session


def renegotiate(session: Session, request: Renegotiate) -> Renegotiated:
    """`renegotiate`: the client's answer to the offer that waits for it.

    Raises:
        Refusal: No offer waits, or this is no answer to it.
    """
    if not session.negotiation.pending or request.session_description.type != "answer":
        raise invalid_description("No answer is expected now")
    description = read(request.session_description.sdp)
    remote = None if session.connection.is_started else remote_transport(description)
    session.settle(session.negotiation.take_answer(description))
    if remote is not None:
        session.connect(remote)
    return Renegotiated()


def close(session: Session, request: TracksClose) -> TracksClosed:
    """`tracks/close`, by force or by an exchange of session descriptions.

    Raises:
        Refusal: A mid is missing, or the exchange is.
    """
    if not request.tracks:
        raise invalid_params("Expecting at least 1 track")
    for index, track in enumerate(request.tracks):
        if not track.mid:
            raise invalid_params(f"tracks[{index}]: Missing mid in track")
    if request.force:
        return TracksClosed(
            tracks=[_close_one(session, each.mid or "", force=True) for each in request.tracks]
        )
    if request.session_description is None:
        raise invalid_params("Missing sessionDescription")
    results = [_close_one(session, each.mid or "", force=False) for each in request.tracks]
    accept_offer(session, request.session_description)
    closed = TracksClosed(tracks=results, session_description=answer(session))
    if all(line.stopped for line in session.negotiation.lines):
        session.end("its last line was closed by an exchange")
    return closed


def _close_one(session: Session, mid: str, *, force: bool) -> Closed:
    """Both directions of a line."""
    publication, subscription = session.publications.get(mid), session.subscriptions.get(mid)
    was_open = False
    if publication is not None and not publication.closed:
        session.close_publication(publication, force=force)
        was_open = True
    if subscription is not None and not subscription.closed:
        subscription.close()
        was_open = True
    if was_open:
        return Closed(mid=mid)
    return Closed(mid=mid, error_code=CLOSED_TRACK.code, error_description=CLOSED_TRACK.description)


def look(session: Session) -> SessionState:
    """Reading a session: all tracks that it ever had."""
    local = [
        TrackState(
            location="local",
            mid=mid,
            track_name=publication.name,
            status="inactive" if publication.closed else "active",
        )
        for mid, publication in session.publications.items()
    ]
    remote = [
        TrackState(
            location="remote",
            mid=mid,
            session_id=subscription.publication.session_id,
            track_name=subscription.publication.name,
            status="inactive" if subscription.closed or subscription.publication.closed else "active",
        )
        for mid, subscription in session.subscriptions.items()
        if subscription.publication is not None
    ]
    return SessionState(tracks=local + remote)
