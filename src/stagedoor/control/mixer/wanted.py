"""What the mixer is told: the board, the guests who hear a return, and who watches what."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from stagedoor.control.bindings import base_path
from stagedoor.control.mixer.board import Board, Output
from stagedoor.control.mixer.talkbacks import Addressed, Talkbacks
from stagedoor.control.stage import Stage
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.guest import Guest, GuestState
from stagedoor.domain.hearing import Place
from stagedoor.domain.ids import (
    RETURN_VIDEO,
    Canvas,
    lobby_path,
    outside_source,
    return_audio_path,
    return_video_path,
    screen_path,
    split_screen,
    talkback_path,
)
from stagedoor.domain.overlay import AnyOverlay, Card, OverlayKind
from stagedoor.domain.source import Source, SourceKind, screen_label
from stagedoor.domain.transition import Transition
from stagedoor.ipc.mixer import Listener, Monitor, OutputSpec, Talkback, Wanted

_PLACES = {
    GuestState.CHECKING: Place.CHECKING,
    GuestState.LOBBY: Place.LOBBY,
    GuestState.SEATED: Place.SEATED,
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Whoever hears or watches something of the mixer.

    Attributes:
        listeners: Guests who get a return.
        off_air: Sources that no scene may have: operators who can speak, what comes from outside for a seat,
            and guests who are not on the board while somebody listens or speaks to them, or they hear their
            own test.
        dark: Guests' sources whose camera is said to be off.
        ended: Guests' screen shares that were ended.
        monitors: What operators listen to.
        talkbacks: Operators who speak now.
        watched: Paths of the hub that have readers.
        names: Of those who sit at a seat, by the seat.
    """

    listeners: tuple[Listener, ...] = ()
    off_air: tuple[Source, ...] = ()
    dark: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    talkbacks: tuple[Talkback, ...] = ()
    watched: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def audience(
    stage: Stage, monitors: Mapping[str, tuple[str, ...]], talkbacks: Talkbacks, watched: Iterable[str]
) -> Audience:
    """Return who hears and watches now."""
    guests = [guest for guest in stage.house.guests.values() if guest.state in _PLACES]
    listeners = tuple(_listener(stage, guest) for guest in guests)
    read = {*watched, *(path for each in listeners if each.split for path in _pushed(each, stage))}
    speaking = tuple(_talkback(operator, talkbacks, guests) for operator in talkbacks.operators)
    needed = {source for sources in monitors.values() for source in sources}
    needed |= {name for talkback in speaking for name in talkback.to}
    needed |= {base_path(guest) for guest in guests if _tests(stage, guest)}
    waiting = (source for guest in guests for source in _beside_board(stage, guest))
    return Audience(
        listeners=listeners,
        off_air=(
            *(_speaker(operator) for operator in talkbacks.operators),
            *stage.returns.sources(),
            *(source for source in waiting if source.id in needed),
        ),
        dark=tuple(base_path(guest) for guest in guests if stage.devices(guest.id).camera == "off"),
        ended=stage.sessions.ended_shares,
        monitors=tuple(Monitor(operator=operator, listen=listen) for operator, listen in monitors.items()),
        talkbacks=tuple(talkback for talkback in speaking if talkback.to),
        watched=tuple(sorted(read)),
        names={seat: guest.name for seat, guest in stage.house.holders.items()},
    )


def lobby_sources(stage: Stage) -> frozenset[str]:
    """Return the sources of guests in the lobby, which operators may listen to: not of a check."""
    waiting = (guest for guest in stage.house.guests.values() if guest.state is GuestState.LOBBY)
    return frozenset(source.id for guest in waiting for source in _of_lobby(guest))


def wanted(
    revision: int,
    board: Board,
    present: Audience,
    has: Callable[[Canvas], bool],
    media_dir: Path,
    returning: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Wanted:
    """Return everything that the mixer shall do.

    Args:
        revision: The number of what is wanted.
        board: What operators have made.
        present: Who hears and watches.
        has: Tells which canvases there are.
        media_dir: Where files are.
        returning: The sources by which guests come back from servers, by the names of their returns.
    """
    on_board = (_named(_located(source, media_dir), present.names) for source in board.sources.values())
    return Wanted(
        revision=revision,
        sources=(*on_board, *present.off_air),
        scenes=tuple(board.scenes.values()),
        strips=dict(board.strips),
        program=board.program,
        preview=board.preview,
        black=board.black,
        black_is_silent=board.black_is_silent,
        transition=with_file(board.transition, media_dir),
        listeners=tuple(
            each.model_copy(update={"returning": returning.get(each.name, ())}) for each in present.listeners
        ),
        monitors=present.monitors,
        talkbacks=present.talkbacks,
        dark=present.dark,
        ended=present.ended,
        overlays=tuple(_found(overlay, media_dir) for overlay in board.overlays.values()),
        destinations=tuple(
            _spec(each) for each in board.outputs.values() if each.running and has(each.canvas)
        ),
        watched=present.watched,
    )


def with_file(transition: Transition, media_dir: Path) -> Transition:
    """Return a transition with the whole path of its file, if it has one."""
    return replace(transition, file=str(media_dir / transition.file)) if transition.file else transition


def _listener(stage: Stage, guest: Guest) -> Listener:
    base = base_path(guest)
    is_outside = bool(stage.returns.url(guest.seat))
    session = stage.sessions.of(guest.id, screen=False)
    carrier = stage.carrier_of(guest) if session is None else session.carrier
    return Listener(
        name=base,
        sources=(base, screen_path(base)),
        place=_PLACES[guest.state],
        hears_program=stage.settings.mixer.lobby_hears == "program",
        outside=outside_source(base) if is_outside else "",
        split=carrier is CarrierKind.CLOUDFLARE,
    )


def _talkback(operator: str, talkbacks: Talkbacks, guests: Iterable[Guest]) -> Talkback:
    """Return whom an operator speaks to by the names of their returns, wherever they sit by now."""
    to = talkbacks.to(operator)
    addressed = (guest for guest in guests if is_addressed(to, guest))
    return Talkback(operator=operator, to=tuple(base_path(guest) for guest in addressed))


def is_addressed(to: Addressed, guest: Guest) -> bool:
    """Tell whether whoever speaks to `to` speaks to a guest."""
    return to == "all" or not {guest.id, guest.seat, base_path(guest)}.isdisjoint(to)


def _speaker(operator: str) -> Source:
    path = talkback_path(operator)
    return Source(path, SourceKind.GUEST, f"Talkback of {operator}", url=path)


def _tests(stage: Stage, guest: Guest) -> bool:
    """Tell whether a guest who has not joined yet sends something, to hear it."""
    return guest.state is GuestState.CHECKING and stage.sessions.of(guest.id, screen=False) is not None


def _pushed(listener: Listener, stage: Stage) -> tuple[str, ...]:
    """Return the paths that go to the SFU, whose readers are not waited for: they come where a path is."""
    sound = return_audio_path(listener.name)
    if listener.outside:
        return sound, return_video_path(listener.name)
    return (sound, RETURN_VIDEO) if stage.settings.mixer.enabled else (sound,)


def _beside_board(stage: Stage, guest: Guest) -> tuple[Source, ...]:
    """Return a guest's sources that are not on the board: in the lobby, and where another program mixes."""
    if guest.seat is None:
        return _of_lobby(guest)
    if stage.settings.mixer.enabled:
        return ()
    return (Source(guest.seat, SourceKind.GUEST, guest.name, url=guest.seat),)


def _of_lobby(guest: Guest) -> tuple[Source, Source]:
    camera = lobby_path(guest.id)
    screen = screen_path(camera)
    return (
        Source(camera, SourceKind.GUEST, guest.name, url=camera),
        Source(screen, SourceKind.GUEST, screen_label(guest.name), url=screen),
    )


def _named(source: Source, names: Mapping[str, str]) -> Source:
    """Return a seat's source with the name of who sits there, which people read in its label's place."""
    seat, shares = split_screen(source.id)
    if source.kind is not SourceKind.GUEST or seat not in names:
        return source
    return replace(source, label=screen_label(names[seat]) if shares else names[seat])


def _located(source: Source, media_dir: Path) -> Source:
    """Return a source with the whole paths of its files, if it has some."""
    is_file = source.kind in (SourceKind.URL, SourceKind.STILL) and "://" not in source.url
    url = str(media_dir / source.url) if is_file else source.url
    return replace(source, url=url, slate=str(media_dir / source.slate) if source.slate else "")


def _found(overlay: AnyOverlay, media_dir: Path) -> AnyOverlay:
    """Return an overlay with the whole path of its file, if it has one."""
    if isinstance(overlay, Card) and overlay.kind is OverlayKind.IMAGE:
        return replace(overlay, url=str(media_dir / overlay.url))
    return overlay


def _spec(output: Output) -> OutputSpec:
    return OutputSpec(
        id=output.id,
        url=output.whole_url,
        audio=output.audio,
        video=output.video,
        canvas=output.canvas,
        starts=output.starts,
    )
