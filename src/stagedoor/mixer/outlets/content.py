"""What could be made for somebody beside the canvases, and at which path of the hub."""

from collections.abc import Iterator
from dataclasses import dataclass

from stagedoor.domain.hearing import monitor_bus, return_bus
from stagedoor.domain.ids import (
    MONITOR_PREFIX,
    MULTIVIEW,
    RETURN_VIDEO,
    return_audio_path,
    return_path,
    return_video_path,
)
from stagedoor.ipc.mixer import Listener, Wanted
from stagedoor.media.packets import Kind
from stagedoor.mixer.outlets.pictures import RETURN


@dataclass(frozen=True, slots=True)
class Content:
    """What a stream carries: a picture, a bus, or both; empty for none."""

    picture: str = ""
    bus: str = ""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of its tracks."""
        return frozenset(({Kind.VIDEO} if self.picture else set()) | ({Kind.AUDIO} if self.bus else set()))


def watched(wanted: Wanted, *, has_program: bool) -> dict[str, Content]:
    """Return what is to be made, by its path: what could be, where somebody watches it."""
    return {path: each for path, each in _possible(wanted, has_program) if path in wanted.watched}


def _possible(wanted: Wanted, has_program: bool) -> Iterator[tuple[str, Content]]:
    program = RETURN if has_program else ""
    for listener in wanted.listeners:
        yield from _return(listener, listener.outside or program)
    for monitor in wanted.monitors:
        yield MONITOR_PREFIX + monitor.operator, Content(bus=monitor_bus(monitor.operator))
    if program:
        yield RETURN_VIDEO, Content(program)
        yield MULTIVIEW, Content(MULTIVIEW)


def _return(listener: Listener, picture: str) -> Iterator[tuple[str, Content]]:
    """Yield what goes back to somebody, by its path; picture and sound apart where they are split."""
    bus = return_bus(listener.name)
    if not listener.split:
        yield return_path(listener.name), Content(picture, bus)
        return
    yield return_audio_path(listener.name), Content(bus=bus)
    if listener.outside:
        yield return_video_path(listener.name), Content(picture)
