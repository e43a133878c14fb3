"""A board that an earlier version has kept can be used."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from stagedoor.control.mixer.board import Board
from stagedoor.control.mixer.ready_made import completed
from stagedoor.domain.hearing import Strip
from stagedoor.domain.ids import is_outside
from stagedoor.domain.limits import check_scene, check_sources, check_strips
from stagedoor.domain.scene import Scene, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.settings import GuestsSettings

pytestmark = pytest.mark.unit

OLD = "outside-camera"
LONG = "outside-" + "x" * 72


def test_a_source_called_outside_gets_another_name_wherever_it_is() -> None:
    sources = (
        Source(OLD, SourceKind.URL, "Street", url="rtsp://h/street"),
        Source("source-" + OLD, SourceKind.COLOR, "Taken"),
        Source(LONG, SourceKind.COLOR, "Long"),
        Source("roof", SourceKind.URL, url="rtsp://h/roof", if_gone=OLD),
    )
    scene = Scene("street", background=OLD, slots=(Slot(OLD), Slot("roof"), Slot("outside-gone")))
    stored = replace(
        Board(),
        sources=MappingProxyType({each.id: each for each in sources}),
        scenes=MappingProxyType({scene.id: scene}),
        strips=MappingProxyType({OLD: Strip(muted=True)}),
    )
    board = completed(stored, GuestsSettings.model_validate({"seats": ["guest1"]}))
    check_sources(tuple(board.sources.values()))
    check_strips(board.strips)
    check_scene(board.scene("street"))
    new = "source-outside-camera-2"
    assert (board.source(new).label, board.source("roof").if_gone) == ("Street", new)
    assert [slot.source for slot in board.scene("street").slots] == [new, "roof", "source-outside-gone"]
    assert (board.scene("street").background, dict(board.strips)) == (new, {new: Strip(muted=True)})
    assert not any(map(is_outside, board.sources))
    assert completed(board, GuestsSettings.model_validate({"seats": ["guest1"]})) == board
