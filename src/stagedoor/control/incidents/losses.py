"""What the audience misses: sources on air that have come through, and do so no more."""

from collections.abc import Iterator, Set
from typing import Final

from stagedoor.control.mixer.board import Board
from stagedoor.control.own_word import OwnWord
from stagedoor.control.stage import Stage
from stagedoor.domain.ids import split_screen
from stagedoor.domain.incident import Finding, IncidentKind
from stagedoor.domain.source import Source, SourceKind, SourceState, screen_label
from stagedoor.ipc.mixer import MixerState, SourceStatus

_STOPPED: Final = frozenset({SourceState.STALLED, SourceState.GONE})


class Losses:
    """Remembers which sources have come through, so that what stands empty is no loss."""

    def __init__(self) -> None:
        self._came: dict[str, bool] = {}
        self._lost: frozenset[str] = frozenset()
        self._dark: frozenset[str] = frozenset()

    def look(self, stage: Stage, board: Board, state: MixerState | None) -> frozenset[str]:
        """Return the sources that are lost on air; none while the mixer is not there.

        A camera that its guest has switched off is not lost, nor is a still whose time is over. An empty seat
        and an ended share are lost only if they were on air as that happened, until they are taken off air;
        any other source that is gone on air is lost, whatever was seen of it. One that is lost stays so while
        a mixer that begins anew connects to it.
        """
        if state is None:
            return frozenset()
        on_air = frozenset(state.on_program)
        words = {key: stage.word(each.id) for key, each in stage.house.holders.items()}
        # Of a camera that is on again the first picture is on its way.
        back = {key for key in self._dark & words.keys() if words[key].switches.camera == "on"}
        self._dark = frozenset(key for key, word in words.items() if _is_dark(word))
        able = [each for each in board.sources.values() if each.kind is not SourceKind.STILL]
        kinds = {
            each.id: each.kind for each in able if each.id in on_air or _is_awaited(stage, each, words.keys())
        }
        # A mixer that begins anew has none of them at first.
        self._came = {key: came for key, came in self._came.items() if key in board.sources}
        self._came |= {
            each.id: self._has_come(each, kinds.get(each.id), is_back=each.id in back)
            for each in state.sources
        }
        return self._lost_of(state, on_air - self._dark)

    def _has_come(self, status: SourceStatus, kind: SourceKind | None, *, is_back: bool) -> bool:
        """Tell whether something has come of a source; `kind` is None of one that cannot be lost."""
        # Of one that control has not seen before: only what came can stall.
        came = not is_back and self._came.get(status.id, status.state is SourceState.STALLED)
        if status.state is SourceState.CONNECTING:
            return came
        is_lost = status.state is SourceState.GONE and kind is not SourceKind.GUEST
        return kind is not None and (came or is_lost or status.state is SourceState.LIVE)

    def _lost_of(self, state: MixerState, watched: Set[str]) -> frozenset[str]:
        """Return which of the sources that the audience waits for are lost."""
        states = {each.id: each.state for each in state.sources}
        stopped = {key for key, now in states.items() if now in _STOPPED}
        settled = {key for key, now in states.items() if now is not SourceState.CONNECTING}
        again = (self._lost - settled) & states.keys()
        lost = frozenset(key for key in (stopped | again) & watched if self._came[key])
        self._lost = lost | (self._lost & self._came.keys() - settled)
        return lost


def source_findings(stage: Stage, board: Board, lost: Set[str]) -> Iterator[tuple[str, Finding]]:
    """Yield the sources that are lost on air; of seats only those whose guest has gone for good."""
    people = stage.house.holders
    for key in sorted(lost - people.keys()):
        guest = people.get(split_screen(key)[0])
        name = screen_label(guest.name) if guest is not None else board.sources[key].label or key
        yield (
            f"lost/{key}",
            Finding(
                kind=IncidentKind.SOURCE_LOST,
                code="source_lost",
                critical=True,
                cause=f"{name} is lost on air: nothing comes from there any more.",
                done="Its slate, or what stands in, is shown until it comes back.",
                todo="Cut to another scene.",
                guest=None if guest is None else guest.id,
                source=key,
                values={"name": name},
            ),
        )


def _is_dark(word: OwnWord) -> bool:
    """Tell whether a guest has switched the camera off; one that broke is off too."""
    faults = () if word.readiness is None else word.readiness.faults
    return word.switches.camera == "off" and "camera_fault" not in faults


def _is_awaited(stage: Stage, source: Source, seats: Set[str]) -> bool:
    """Tell whether something is to come of a source, as nothing is of an empty seat."""
    if source.kind is not SourceKind.GUEST:
        return True
    return split_screen(source.id)[0] in seats and source.id not in stage.sessions.ended_shares
