"""What the mixer is told is read, whatever the operator set."""

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.types import Message

from stagedoor.control.mixer.board import MAX_OUTPUTS, MAX_SCENES_BYTES, Board, Output
from stagedoor.control.mixer.monitors import MAX_MONITORS
from stagedoor.control.mixer.talkbacks import MAX_TALKBACKS
from stagedoor.control.mixer.wanted import Audience, wanted
from stagedoor.domain.errors import CapacityError, TooLargeError
from stagedoor.domain.house import MAX_GUESTS
from stagedoor.domain.limits import MAX_LABEL, MAX_OVERLAYS, MAX_SOURCES, MAX_TEXT, MAX_URL
from stagedoor.domain.overlay import Card, OverlayKind, Ticker
from stagedoor.domain.overlay_limits import MAX_TICKER_TEXT, MAX_TICKERS
from stagedoor.domain.scene import MAX_SLOTS, Rect, Scene, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.strip import Strip
from stagedoor.ipc.mixer import Listener, Monitor, Talkback, Wanted
from stagedoor.serving.messages import MAX_MESSAGE, read

pytestmark = pytest.mark.unit

WIDEST = "\N{CLAPPER BOARD}"
"""No character that can be printed has more bytes of UTF-8."""
LABEL = WIDEST * MAX_LABEL
MEDIA = Path("/" + "m" * 1000)


async def test_the_greatest_board_is_read() -> None:
    told = wanted(1, greatest_board(), greatest_audience(), lambda _: True, MEDIA)
    body = told.model_dump_json().encode()
    assert 2 * 1024 * 1024 < len(body) < MAX_MESSAGE * 0.75
    assert await read(request(body), Wanted) == told


async def test_what_is_longer_is_refused() -> None:
    with pytest.raises(TooLargeError):
        await read(request(b" " * (MAX_MESSAGE + 1)), Wanted)


def greatest_board() -> Board:
    """Return a board with as much of everything as there can be."""
    board = Board()
    for key in ids(MAX_SOURCES):
        address = "rtsp://" + WIDEST * (MAX_URL - 7)
        board = board.with_source(Source(key, SourceKind.URL, LABEL, url=address, if_gone=None))
        board = board.with_strip(key, Strip(gain_db=-1 / 3, pan=-1 / 3))
    keys = list(ids(MAX_OVERLAYS))
    items = (WIDEST * (MAX_TICKER_TEXT // 4 - 1),) * 4
    board = board.with_overlays(
        *(Ticker(key, items=items) for key in keys[:MAX_TICKERS]),
        *(Card(key, OverlayKind.TEXT, text=WIDEST * MAX_TEXT, title=LABEL) for key in keys[MAX_TICKERS:]),
    )
    for key in ids(MAX_OUTPUTS):
        board = board.with_output(Output(key, LABEL, "rtmp://" + WIDEST * (MAX_URL - 7)))
    return with_all_scenes(board)


def with_all_scenes(board: Board) -> Board:
    """Return a board with scenes until no more is taken."""
    slot = Slot("s" * 80, Rect(-1 / 3, -1 / 3, 1 / 3, 1 / 3))
    try:
        for key in ids(MAX_SCENES_BYTES):
            board = board.with_scenes(
                [Scene(key, LABEL, slots=(slot,) * MAX_SLOTS, second=(slot,) * MAX_SLOTS)]
            )
    except CapacityError:
        return board
    raise AssertionError("there is no end to the scenes")


def greatest_audience() -> Audience:
    """Return as many guests and operators as there can be."""
    guests, operators = ids(MAX_GUESTS), ids(MAX_MONITORS)
    lobby = tuple(Source(key, SourceKind.GUEST, LABEL, url=key) for key in ids(2 * MAX_GUESTS))
    return Audience(
        tuple(Listener(name=key, sources=(key, key)) for key in guests),
        lobby,
        guests,
        guests,
        tuple(Monitor(operator=key, listen=ids(MAX_SOURCES)) for key in operators),
        tuple(Talkback(operator=key, to=guests) for key in ids(MAX_TALKBACKS)),
        ids(3 * MAX_GUESTS),
    )


def ids(count: int) -> tuple[str, ...]:
    """Return names as long as they can be."""
    return tuple(str(number).rjust(80, "x") for number in range(count))


def request(body: bytes) -> Request:
    """Return a request that carries a body."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "PUT", "path": "/", "headers": []}, receive)
