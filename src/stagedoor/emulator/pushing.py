"""The calls that publish: `sessions/new` and `tracks/new` with local tracks."""

import secrets

from stagedoor.emulator.lines import Line
from stagedoor.emulator.messages import Description, SessionMade, Track, TrackResult, TracksAdded, TracksNew
from stagedoor.emulator.negotiation import read, remote_transport
from stagedoor.emulator.refusal import invalid_description, invalid_params
from stagedoor.emulator.session import Session


def accept_offer(session: Session, description: Description) -> None:
    """Follow a client's offer, and let it connect.

    Raises:
        Refusal: It is none, or does not fit.
    """
    if description.type != "offer":
        raise invalid_description("An offer is expected")
    offer = read(description.sdp)
    remote = None if session.connection.is_started else remote_transport(offer)
    session.settle(session.negotiation.take_offer(offer))
    if remote is not None:
        session.connect(remote)


def answer(session: Session) -> Description:
    """Our answer, after everything that it says was decided."""
    return Description(sdp=session.negotiation.answer(), type="answer")


def begin(session: Session, description: Description | None) -> SessionMade:
    """`sessions/new`: the connection of a session, which publishes nothing by itself."""
    if description is None:
        return SessionMade(session_id=session.session_id)
    accept_offer(session, description)
    return SessionMade(session_id=session.session_id, session_description=answer(session))


def push(session: Session, request: TracksNew) -> TracksAdded:
    """`tracks/new` with local tracks, or with `autoDiscover`.

    Raises:
        Refusal: A track lacks what it needs, or the offer does not fit.
    """
    tracks = request.tracks or []
    if request.session_description is None:
        return _push_by_our_offer(session, tracks)
    for index, track in enumerate(tracks):
        if not track.mid:
            raise invalid_params(f"tracks[{index}]: Missing mid in track")
        _check_name(index, track)
    accept_offer(session, request.session_description)
    lines = [_sending_line(session, index, track.mid or "") for index, track in enumerate(tracks)]
    results = [_publish(session, line, track) for line, track in zip(lines, tracks, strict=True)]
    if request.auto_discover:
        results += [_discover(session, line) for line in _undiscovered(session)]
    return TracksAdded(
        requires_immediate_renegotiation=False, session_description=answer(session), tracks=results
    )


def _check_name(index: int, track: Track) -> None:
    if not track.track_name:
        raise invalid_params(f"tracks[{index}]: Missing trackName in track")


def _sending_line(session: Session, index: int, mid: str) -> Line:
    line = session.negotiation.line(mid)
    if line is None or not line.receives:
        raise invalid_description(f"tracks[{index}]: The offer sends nothing in section {mid!r}")
    return line


def _publish(session: Session, line: Line, track: Track) -> TrackResult:
    name = track.track_name or ""
    publication = session.publish(line, name)
    if track.bidirectional_media_stream:
        publication.bidirectional = True
        if line.can_send:
            line.source, line.sends = line.source or session.source(session.session_id), True
    return TrackResult(mid=line.mid, track_name=name)


def _undiscovered(session: Session) -> list[Line]:
    """Lines that send and are not published yet; once published, they stay what they are."""
    return [
        line for line in session.negotiation.lines if line.receives and line.mid not in session.publications
    ]


def _discover(session: Session, line: Line) -> TrackResult:
    name = secrets.token_hex(16)
    session.publish(line, name)
    return TrackResult(location="local", mid=line.mid, track_name=name)


def _push_by_our_offer(session: Session, tracks: list[Track]) -> TracksAdded:
    for index, track in enumerate(tracks):
        _check_name(index, track)
        if track.kind not in ("audio", "video"):
            raise invalid_params(f"tracks[{index}]: Missing kind in track")
    results = []
    for track in tracks:
        source = session.source(session.session_id) if track.bidirectional_media_stream else None
        line = session.negotiation.add_receiving(track.kind or "audio", source=source)
        results.append(_publish(session, line, track))
    description = Description(sdp=session.negotiation.offer(), type="offer")
    return TracksAdded(requires_immediate_renegotiation=True, session_description=description, tracks=results)
