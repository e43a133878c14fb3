"""The calls that pull: `tracks/new` with remote tracks, and `tracks/update`."""

import asyncio

from stagedoor.emulator.engine import Engine
from stagedoor.emulator.lines import Line
from stagedoor.emulator.messages import (
    Description,
    Track,
    TrackResult,
    TracksAdded,
    TracksNew,
    TracksUpdate,
    TracksUpdated,
)
from stagedoor.emulator.publication import Publication
from stagedoor.emulator.pushing import accept_offer, answer
from stagedoor.emulator.refusal import (
    BACKEND,
    EMPTY_TRACK,
    NO_CODEC,
    NO_SECTION,
    NO_SIMULCAST,
    NOT_FOUND_TRACK,
    ItemError,
    gone,
    invalid_params,
    not_ready,
)
from stagedoor.emulator.session import Session, State

Found = Publication | ItemError


async def pull(engine: Engine, session: Session, request: TracksNew) -> TracksAdded:
    """`tracks/new` with remote tracks.

    Raises:
        Refusal: A track lacks what it needs, or the session's own connection does not come up in time.
    """
    tracks = request.tracks or []
    _check(tracks)
    await _own_connection(engine, session)
    if engine.options.refuse_gone_publisher and any(_is_gone(engine, track) for track in tracks):
        raise gone()
    found = await asyncio.gather(*(_find(engine, track) for track in tracks))
    session.check_alive()
    if request.session_description is not None:
        accept_offer(session, request.session_description)
        return _pull_into_offer(session, tracks, found)
    return _pull_by_our_offer(session, tracks, found)


def _check(tracks: list[Track]) -> None:
    for index, track in enumerate(tracks):
        if not track.session_id:
            raise invalid_params(f"tracks[{index}]: Missing sessionId in track")
        if not track.track_name:
            raise invalid_params(f"tracks[{index}]: Missing trackName in track")


async def _own_connection(engine: Engine, session: Session) -> None:
    """A pull may be the first thing in a session; where a connection was begun, it must stand."""
    if session.state is not State.CONNECTING:
        return
    try:
        async with asyncio.timeout(engine.options.timers.transport):
            await session.connected.wait()
    except TimeoutError:
        raise not_ready() from None
    session.check_alive()


def _is_gone(engine: Engine, track: Track) -> bool:
    session = engine.sessions.get(track.session_id or "")
    return session is not None and session.state is State.GONE


async def _find(engine: Engine, track: Track) -> Found:
    """The publication of a track, once it flows; it is waited for only while its publisher is connected."""
    publisher = engine.sessions.get(track.session_id or "")
    if engine.faults.settings.not_found or publisher is None or publisher.state is not State.CONNECTED:
        return NOT_FOUND_TRACK
    publication = publisher.published(track.track_name or "")
    if publication is None:
        return NOT_FOUND_TRACK
    try:
        async with asyncio.timeout(engine.options.timers.empty_track):
            await publication.flows.wait()
    except TimeoutError:
        return EMPTY_TRACK
    return EMPTY_TRACK if publication.closed else publication


def _failed(track: Track, error: ItemError) -> TrackResult:
    """An item that was not pulled: its mid is the empty string."""
    return TrackResult(
        session_id=track.session_id,
        track_name=track.track_name,
        mid="",
        error_code=error.code,
        error_description=error.description,
    )


def _pulled(track: Track, line: Line) -> TrackResult:
    return TrackResult(session_id=track.session_id, track_name=track.track_name, mid=line.mid)


def _pull_by_our_offer(session: Session, tracks: list[Track], found: list[Found]) -> TracksAdded:
    """Send in new lines, or in lines that were closed before and can carry the track as they are."""
    results, is_new = [], False
    for track, each in zip(tracks, found, strict=True):
        if isinstance(each, ItemError):
            results.append(_failed(track, each))
            continue
        line = _existing(session, track, each)
        if isinstance(line, ItemError):
            results.append(_failed(track, line))
            continue
        if line is None:
            is_new = True
            source = session.source(each.session_id)
            line = session.negotiation.add_sending(each.kind, each.formats, each.line.formats, source)
        session.subscribe(line, each)
        results.append(_pulled(track, line))
    if not is_new:
        session.settle([])
        return TracksAdded(requires_immediate_renegotiation=False, tracks=results)
    description = Description(sdp=session.negotiation.offer(), type="offer")
    return TracksAdded(requires_immediate_renegotiation=True, session_description=description, tracks=results)


def _existing(session: Session, track: Track, publication: Publication) -> Line | ItemError | None:
    """A line that needs no negotiation: the one that the track names (`#name`), or a free one that fits."""
    if track.mid and track.mid.startswith("#"):
        own = session.published(track.mid[1:])
        if own is None or not own.bidirectional or not own.line.sends:
            return NOT_FOUND_TRACK
        return own.line if _carries(own.line, publication) else NO_CODEC
    return next((each for each in session.free_lines(publication.kind) if _carries(each, publication)), None)


def _carries(line: Line, publication: Publication) -> bool:
    now = publication.formats[:1]
    return bool(now) and now[0] in line.meaning.values()


def _pull_into_offer(session: Session, tracks: list[Track], found: list[Found]) -> TracksAdded:
    """Send in the sections of the client's offer: which a track names by mid, else by kind in order."""
    results = []
    for track, each in zip(tracks, found, strict=True):
        outcome = each if isinstance(each, ItemError) else _place(session, track, each)
        failed = isinstance(outcome, ItemError)
        results.append(_failed(track, outcome) if isinstance(outcome, ItemError) else _pulled(track, outcome))
        if not failed and isinstance(each, Publication) and isinstance(outcome, Line):
            session.subscribe(outcome, each)
    session.settle([])
    return TracksAdded(
        requires_immediate_renegotiation=False, session_description=answer(session), tracks=results
    )


def _place(session: Session, track: Track, publication: Publication) -> Line | ItemError:
    lines = [
        line
        for line in session.negotiation.lines
        if line.can_send and not line.sends and not line.stopped and line.kind == publication.kind
    ]
    if track.mid:
        lines = [line for line in lines if line.mid == track.mid]
    if not lines:
        return NO_SECTION
    line = next((line for line in lines if _carries(line, publication)), None)
    if line is None:
        return NO_CODEC
    wanted = set(publication.formats)
    line.agree([f for f in line.formats if line.meaning[f.payload_type]._replace(repairs=False) in wanted])
    line.sends = True
    return line


async def update(engine: Engine, session: Session, request: TracksUpdate) -> TracksUpdated:
    """`tracks/update`: another source for a line that receives.

    Raises:
        Refusal: There is nothing to update, or a track lacks its mid.
    """
    if not request.tracks:
        raise invalid_params("Expecting at least 1 track")
    for index, track in enumerate(request.tracks):
        if not track.mid:
            raise invalid_params(f"tracks[{index}]: Missing mid in track")
    await _own_connection(engine, session)
    return TracksUpdated(tracks=[await _update_one(engine, session, track) for track in request.tracks])


async def _update_one(engine: Engine, session: Session, track: Track) -> TrackResult:
    subscription = session.subscriptions.get(track.mid or "")
    if subscription is None:
        return _failed(track, NOT_FOUND_TRACK)
    before = subscription.publication
    same = before is not None and (before.session_id, before.name) == (track.session_id, track.track_name)
    if same or track.simulcast is not None or not track.track_name:
        return _kept(track, NO_SIMULCAST)
    found = await _find(engine, track)
    if isinstance(found, ItemError):
        return _kept(track, found)
    if found.kind != subscription.kind or not _carries(subscription.line, found):
        return _kept(track, BACKEND)
    subscription.attach(found)
    return _pulled(track, subscription.line)


def _kept(track: Track, error: ItemError) -> TrackResult:
    """An item that goes on as it was."""
    failed = _failed(track, error)
    failed.mid = track.mid
    return failed
