"""What the mixer is told: the board, the guests who hear a return, and who watches what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stagedoor.control.bindings import base_path
from stagedoor.control.mixer.board import Board, Output
from stagedoor.control.stage import Stage
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.guest import Guest, GuestState
from stagedoor.domain.hearing import Place
from stagedoor.domain.ids import PROGRAM, RETURN_VIDEO, lobby_path, return_audio_path, screen_path
from stagedoor.domain.overlay import Overlay, OverlayKind
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.messages import DestinationSpec
from stagedoor.ipc.mixer import Listener, Monitor, Wanted

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
        waiting: The sources of guests in the lobby, which no scene may have.
        monitors: What operators listen to.
        watched: Paths of the hub that have readers.
    """

    listeners: tuple[Listener, ...] = ()
    waiting: tuple[Source, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    watched: tuple[str, ...] = ()


def audience(stage: Stage, monitors: Mapping[str, tuple[str, ...]], watched: Iterable[str]) -> Audience:
    """Return who hears and watches now."""
    guests = [guest for guest in stage.house.guests.values() if guest.state in _PLACES]
    listeners = tuple(_listener(stage, guest) for guest in guests)
    read = {*watched, *(path for each in listeners if each.split for path in _pushed(each.name))}
    listened = {source for sources in monitors.values() for source in sources}
    waiting = (source for guest in guests if guest.seat is None for source in _of_lobby(guest))
    return Audience(
        listeners,
        tuple(source for source in waiting if source.id in listened),
        tuple(Monitor(operator=operator, listen=listen) for operator, listen in monitors.items()),
        tuple(sorted(read)),
    )


def lobby_sources(stage: Stage) -> frozenset[str]:
    """Return the sources of guests in the lobby, which operators may listen to."""
    waiting = (
        guest for guest in stage.house.guests.values() if guest.state in _PLACES and guest.seat is None
    )
    return frozenset(source.id for guest in waiting for source in _of_lobby(guest))


def wanted(revision: int, board: Board, present: Audience, media_dir: Path) -> Wanted:
    """Return everything that the mixer shall do."""
    return Wanted(
        revision=revision,
        sources=(*(_located(source, media_dir) for source in board.sources.values()), *present.waiting),
        scenes=tuple(board.scenes.values()),
        strips=dict(board.strips),
        program=board.program,
        preview=board.preview,
        transition=board.transition,
        listeners=present.listeners,
        monitors=present.monitors,
        overlays=tuple(_found(overlay, media_dir) for overlay in board.overlays.values()),
        destinations=tuple(_spec(output) for output in board.outputs.values() if output.running),
        watched=present.watched,
    )


def _listener(stage: Stage, guest: Guest) -> Listener:
    base = base_path(guest)
    session = stage.sessions.of(guest.id, screen=False)
    carrier = stage.carrier_of(guest) if session is None else session.carrier
    return Listener(
        name=base,
        sources=(base, screen_path(base)),
        place=_PLACES[guest.state],
        hears_program=stage.settings.mixer.lobby_hears == "program",
        split=carrier is CarrierKind.CLOUDFLARE,
    )


def _pushed(listener: str) -> tuple[str, str]:
    """Return the paths that go to the SFU, whose readers are not waited for: they come where a path is."""
    return RETURN_VIDEO, return_audio_path(listener)


def _of_lobby(guest: Guest) -> tuple[Source, Source]:
    camera = lobby_path(guest.id)
    screen = screen_path(camera)
    return (
        Source(camera, SourceKind.GUEST, guest.name, url=camera),
        Source(screen, SourceKind.GUEST, f"{guest.name}: screen", url=screen),
    )


def _located(source: Source, media_dir: Path) -> Source:
    """Return a source with the whole path where its address is the name of a file."""
    is_file = source.kind in (SourceKind.URL, SourceKind.STILL) and "://" not in source.url
    return replace(source, url=str(media_dir / source.url)) if is_file else source


def _found(overlay: Overlay, media_dir: Path) -> Overlay:
    """Return an overlay with the whole path of its file, if it has one."""
    is_image = overlay.kind is OverlayKind.IMAGE
    return replace(overlay, url=str(media_dir / overlay.url)) if is_image else overlay


def _spec(output: Output) -> DestinationSpec:
    url = output.url.replace("{path}", PROGRAM)
    return DestinationSpec(id=output.id, url=url, audio=output.audio, video=output.video)
