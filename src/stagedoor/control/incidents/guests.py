"""What is wrong with guests."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from stagedoor.control.registry import Session
from stagedoor.control.stage import Stage
from stagedoor.domain.guest import Guest
from stagedoor.domain.incident import Finding, IncidentKind
from stagedoor.domain.session import SessionState
from stagedoor.domain.source import SourceState
from stagedoor.ipc.messages import TrackState
from stagedoor.ipc.mixer import Meter, MixerState
from stagedoor.media.packets import Kind

SILENT_DBFS: Final = -90.0
"""A microphone that is open is never as quiet as that; one that is switched off in the machine is."""

Found = Iterator[tuple[str, Finding]]


def guest_findings(stage: Stage, silent: frozenset[str], lost: frozenset[str]) -> Found:
    """Yield what is wrong with the guests who are here.

    Args:
        stage: Who is here.
        silent: Seats that have long been silent.
        lost: Sources that are lost on air.
    """
    for guest in stage.house.guests.values():
        if guest.present:
            yield from _connection(stage, guest, lost)
            if guest.seat is not None:
                yield from _sound(stage, guest, silent)
                yield from _hearing(stage, guest)


def silent_sources(state: MixerState | None, meters: Mapping[str, Meter]) -> frozenset[str]:
    """Return the sources whose sound comes to the mixer, and is nothing but silence now."""
    if state is None:
        return frozenset()
    heard = {each.id for each in state.sources if each.has_audio and each.state is SourceState.LIVE}
    # What a gate keeps out was there.
    quiet = (
        key for key, each in meters.items() if max(each.peak, default=0.0) + each.reduced_db < SILENT_DBFS
    )
    return frozenset(heard.intersection(quiet))


def _connection(stage: Stage, guest: Guest, lost: frozenset[str]) -> Found:
    trouble = stage.carriers.trouble(guest.id)
    camera = stage.sessions.of(guest.id, screen=False)
    if guest.seat in lost and camera is not None and _has_sound(camera):
        yield f"lost/{guest.id}", _frozen(guest)
    elif guest.seat is not None and (guest.seat in lost or (guest.away and guest.met)):
        on_air = guest.seat in lost or stage.tallies.is_on_air(guest.seat)
        yield f"lost/{guest.id}", _lost(guest, on_air=on_air)
    elif trouble is not None:
        yield (
            f"trouble/{guest.id}",
            Finding(
                kind=IncidentKind.GUEST_TROUBLE,
                code=trouble.code,
                critical=False,
                cause=f"{guest.name} cannot be connected: {trouble.message}",
                done="Their page tries again by itself.",
                todo=trouble.hint,
                guest=guest.id,
                values={"name": guest.name, "reason": trouble.message},
            ),
        )
    cloudflare = camera.status.cloudflare if camera is not None and camera.status is not None else None
    if cloudflare is not None and cloudflare.code:
        yield (
            f"cloudflare/{guest.id}",
            Finding(
                kind=IncidentKind.GUEST_CLOUDFLARE,
                code=cloudflare.code,
                critical=False,
                cause=f"Cloudflare fails for {guest.name}: {cloudflare.reason}",
                done="What is lost there is made anew by itself.",
                todo=cloudflare.hint,
                guest=guest.id,
                values={"name": guest.name, "reason": cloudflare.reason},
            ),
        )


def _frozen(guest: Guest) -> Finding:
    return Finding(
        kind=IncidentKind.GUEST_LOST,
        code="guest_lost",
        critical=True,
        cause=f"{guest.name}'s picture is lost on air.",
        done="The last picture stands for two seconds, then their slate.",
        todo="Cut to another scene.",
        guest=guest.id,
        source=guest.seat,
        values={"name": guest.name, "seat": guest.seat or "", "what": "picture"},
    )


def _lost(guest: Guest, *, on_air: bool) -> Finding:
    return Finding(
        kind=IncidentKind.GUEST_LOST,
        code="guest_lost",
        critical=on_air,
        cause=f"{guest.name} is lost{' on air' if on_air else ''}: nothing comes from them any more.",
        done=f"{guest.seat} is held, and their page comes back by itself.",
        todo="Cut to another scene." if on_air else "Call them, if this lasts.",
        guest=guest.id,
        source=guest.seat,
        values={"name": guest.name, "seat": guest.seat or ""},
    )


def _sound(stage: Stage, guest: Guest, silent: frozenset[str]) -> Found:
    camera = stage.sessions.of(guest.id, screen=False)
    if stage.devices(guest.id).mic == "off" or camera is None or not _is_live(camera):
        return
    usual = _WITHOUT_SOUND if not _has_sound(camera) else _SILENT if guest.seat in silent else None
    if usual is not None:
        on_air = stage.tallies.is_on_air(guest.seat)
        cause = usual.cause.format(guest.name)
        yield (
            f"sound/{guest.id}",
            replace(usual, critical=on_air, cause=cause, guest=guest.id, values={"name": guest.name}),
        )


def _hearing(stage: Stage, guest: Guest) -> Found:
    readiness = stage.word(guest.id).readiness
    hears = "yes" if readiness is None or guest.away else readiness.hears or "yes"
    if (todo := _TO_HEAR.get(hears)) is not None:
        yield (
            f"hearing/{guest.id}",
            Finding(
                kind=IncidentKind.GUEST_HEARS_NOTHING,
                code="guest_hears_nothing",
                critical=stage.tallies.is_on_air(guest.seat),
                cause=f"{guest.name} hears nothing of the studio.",
                todo=todo,
                guest=guest.id,
                values={"name": guest.name, "hears": hears},
            ),
        )


_TO_HEAR: Final = {
    "blocked": "Write to them: their browser plays nothing until they press the button over the picture.",
    "nothing": "Write to them to look at the volume below the picture. If that is up, look at their return.",
}

_WITHOUT_SOUND: Final = Finding(
    kind=IncidentKind.GUEST_WITHOUT_SOUND,
    code="guest_without_sound",
    critical=False,
    cause="{} sends a picture and no sound.",
    todo="Ask them to choose their microphone, and to let the page use it.",
)
_SILENT: Final = Finding(
    kind=IncidentKind.GUEST_SILENT,
    code="guest_silent",
    critical=False,
    cause="{} sends nothing but silence, though their page says that the microphone is on.",
    todo="Ask them to look at the switch of their microphone, or to choose another one.",
)


def _is_live(session: Session) -> bool:
    return session.status is not None and session.status.state is SessionState.LIVE


def _has_sound(session: Session) -> bool:
    tracks = session.status.tracks if session.status is not None else ()
    return any(track.kind is Kind.AUDIO and track.state is TrackState.LIVE for track in tracks)
