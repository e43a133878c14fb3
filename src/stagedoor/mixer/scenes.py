"""The scenes as they are set, and as they are shown while sources of theirs are gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from stagedoor.domain.scene import Scene, Slot
from stagedoor.domain.source import SourceState

HOLDING: Final = Scene("", slots=(Slot(""),))
"""Stands on program while nobody has said what is to be there."""

_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Now:
    """What holds from one frame to the next; others may look at any time, so it is replaced whole.

    Attributes:
        scenes: As they are set, by id.
        gone: The sources that are gone for which slots say what stands in.
        known: What stands in.
        shown: Scenes as they are shown, as far as somebody has asked.
    """

    scenes: Mapping[str, Scene] = field(default_factory=dict)
    gone: frozenset[str] = _NONE
    known: frozenset[str] = _NONE
    shown: dict[str, Scene] = field(default_factory=dict)


class Scenes:
    """Every scene, by id."""

    def __init__(self) -> None:
        self._now = _Now()
        self._watched = self._instead = _NONE

    # Between two frames, on the thread that draws them.

    def use(self, scenes: Mapping[str, Scene]) -> None:
        """Have these; what stands in for what is said with the next `look`."""
        slots = [slot for scene in scenes.values() for slot in scene.all_slots if slot.if_gone is not None]
        self._watched = frozenset(slot.source for slot in slots)
        self._instead = frozenset(slot.if_gone for slot in slots if slot.if_gone is not None)
        self._now = _Now(scenes, self._now.gone, self._now.known)

    def look(self, state: Callable[[str], SourceState | None]) -> None:
        """Look which sources are gone; `state` gives a source's, and None where there is no such source."""
        gone = frozenset(source for source in self._watched if state(source) is SourceState.GONE)
        known = frozenset(source for source in self._instead if state(source)) if gone else _NONE
        if (gone, known) != (self._now.gone, self._now.known):
            self._now = _Now(self._now.scenes, gone, known)

    # At any time, on any thread.

    @property
    def all(self) -> Mapping[str, Scene]:
        """All of them as they are set."""
        return self._now.scenes

    def as_set(self, scene: str) -> Scene:
        """Return a scene as it is set; the holding picture where there is none."""
        return self._now.scenes.get(scene, HOLDING)

    def shown(self, scene: str) -> Scene:
        """Return a scene as it is shown, the same object as long as it is the same."""
        now = self._now
        wanted = now.scenes.get(scene, HOLDING)
        if not now.gone:
            return wanted
        found = now.shown.get(scene)
        return found or now.shown.setdefault(scene, wanted.as_shown(now.gone, now.known))
